/** The words. Goal: every key that is used exists, every key that exists is used, and both languages fill in the same values. */
import { expect, test } from 'vitest';
import { createI18n } from 'vue-i18n';
import { contract } from '../../shared/ipc/index.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

type Tree = { readonly [key: string]: string | Tree };
function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}
const english = flatten(en);
const chinese = flatten(zh);

const files = import.meta.glob<string>(['../**/*.{vue,ts}', '!../**/*.test.ts', '!./*'], { query: '?raw', import: 'default', eager: true });
const sources = Object.values(files).join('\n');
/** Keys as they stand in the sources; `${…}` is any one part. */
const used = [...sources.matchAll(/['`]([a-z][a-zA-Z]*(?:\.(?:[a-zA-Z-]+|\$\{[^}]+\}))+)['`]/g)]
  .map((match) => match[1]!)
  .filter((key) => (english.has(key) || !Object.hasOwn(contract, key)) && !/\.(vue|ts|css|svg|png)$/.test(key))
  .filter((key) => english.has(key) || key.includes('${') || Object.hasOwn(en, key.split('.')[0]!))
  .map((key) => ({ key, pattern: new RegExp(`^${key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]+\}/g, '[^.]+')}$`) }));

test('every key that is used exists', () => {
  const keys = [...english.keys()];
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter(({ pattern }) => !keys.some((key) => pattern.test(key))).map(({ key }) => key)).toEqual([]);
});
test('every key that exists is used', () => {
  expect([...english.keys()].filter((key) => !used.some(({ pattern }) => pattern.test(key)))).toEqual([]);
});
test('both languages fill in the same values', () => {
  const values = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();
  const wrong = [...english].filter(([key, text]) => JSON.stringify(values(text)) !== JSON.stringify(values(chinese.get(key) ?? '')));
  expect(wrong.map(([key]) => key)).toEqual([]);
});
test('Chinese is Chinese', () => {
  // `up` and `down` are words of `ip link`; programs are called what they are called
  const isName = (key: string): boolean => key.startsWith('topology.state.') || /^origin\..*\.by$/.test(key);
  const same = [...english].filter(([key, text]) => chinese.get(key) === text && !isName(key) && /[a-z]{4}/i.test(text.replaceAll(/\{\w+\}/g, '')));
  expect(same.map(([key]) => key)).toEqual([]);
});
test.each([
  ['en', en],
  ['zh', zh],
] as const)('every message of %s can be read: braces, @ and | are said as vue-i18n wants them', (locale, messages) => {
  const i18n = createI18n({ legacy: false, locale, messages: { [locale]: messages }, warnHtmlMessage: false });
  const unreadable = [...flatten(messages).keys()].filter((key) => {
    try {
      i18n.global.t(key);
      return false;
    } catch {
      return true;
    }
  });
  expect(unreadable).toEqual([]);
});
