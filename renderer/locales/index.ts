/** The window's words in both languages. Keys are checked by the types: Chinese has exactly what English has. */
import { createI18n } from 'vue-i18n';
import type { Locale } from '../../shared/ipc/index.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en, zh },
  // Chinese has one form; English the two that `|` separates.
  pluralRules: { zh: () => 0 },
});

/** For what is not a component. */
export const translate = (key: string, values: Record<string, string | number> = {}): string => i18n.global.t(key, values);
export const locale = (): Locale => i18n.global.locale.value;

export function setLocale(next: Locale): void {
  i18n.global.locale.value = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

/** A moment, as the reader's language writes it. */
export function formatDate(ms: number): string {
  return new Intl.DateTimeFormat(locale() === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}
/** `3:07`, `1:02:33`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]!}`;
}
