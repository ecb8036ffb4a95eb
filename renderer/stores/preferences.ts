/**
 * Language, theme and font size: what the reader chose, and what follows from the system where nothing was chosen. The core keeps
 * the choice; a copy here lets the first paint be right before the core has answered.
 */
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { usePreferredDark, usePreferredLanguages } from '@vueuse/core';
import type { AppInfo, Locale, Settings } from '../../shared/ipc/index.ts';
import { useCore } from '../core.ts';
import { setLocale } from '../locales/index.ts';
import { readMemory, writeMemory } from './memory.ts';

const DEFAULTS: Settings = { locale: 'system', theme: 'system', terminalFontSize: 13, record: true };

export const usePreferences = defineStore('preferences', () => {
  const settings = ref<Settings>({ ...DEFAULTS, ...(readMemory('settings') as Partial<Settings> | undefined) });
  const info = ref<AppInfo>();
  const languages = usePreferredLanguages();
  const prefersDark = usePreferredDark();

  const locale = computed<Locale>(() => {
    if (settings.value.locale !== 'system') return settings.value.locale;
    const known = languages.value.find((language) => /^(zh|en)\b/i.test(language));
    return known !== undefined && /^zh/i.test(known) ? 'zh' : 'en';
  });
  const theme = computed<'light' | 'dark'>(() => {
    if (settings.value.theme !== 'system') return settings.value.theme;
    return prefersDark.value ? 'dark' : 'light';
  });

  watch(locale, (value) => setLocale(value), { immediate: true, flush: 'sync' });
  watch(theme, (value) => (document.documentElement.dataset['theme'] = value), { immediate: true, flush: 'sync' });
  watch(settings, (value) => writeMemory('settings', value), { deep: true });

  async function load(): Promise<void> {
    const core = useCore();
    [info.value, settings.value] = await Promise.all([core.call('app.info', {}), core.call('settings.get', {})]);
  }
  /** Takes effect at once; what the core then says counts. */
  async function change(part: Partial<Settings>): Promise<void> {
    settings.value = { ...settings.value, ...part };
    settings.value = await useCore().call('settings.set', part);
  }
  return { settings, info, locale, theme, load, change };
});
