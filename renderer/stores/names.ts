/** Tapes keep what labs and lessons are called in English. Here is what they are called in the reader's language. */
import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import { useCore } from '../core.ts';
import { usePreferences } from './preferences.ts';

export const useNames = defineStore('names', () => {
  const preferences = usePreferences();
  const translated = shallowRef<ReadonlyMap<string, string>>(new Map());

  watch(
    () => preferences.locale,
    async (locale) => {
      const names = new Map<string, string>();
      if (locale !== 'en') {
        const core = useCore();
        for (const list of ['labs.list', 'lessons.list'] as const) {
          const [english, own] = await Promise.all([core.call(list, { locale: 'en' }), core.call(list, { locale })]);
          const titles = new Map(own.map(({ id, title }) => [id, title]));
          for (const { id, title } of english) names.set(title, titles.get(id) ?? title);
        }
      }
      if (preferences.locale === locale) translated.value = names;
    },
    { immediate: true },
  );
  /** The name itself where nothing else is known, or where the reader gave it. */
  const nameOf = (english: string): string => translated.value.get(english) ?? english;
  return { nameOf };
});
