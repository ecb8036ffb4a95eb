/** Findings as sentences, in the reader's language. */
import { DIAGNOSES } from './catalogue.ts';
import type { Finding, Words } from './finding.ts';

const NO_FIX = {
  'needs-kubernetes': { en: 'No command on a node mends it: it is for Kubernetes to change.', zh: '节点上的命令无法修复：需要在 Kubernetes 中更改。' },
  'unknown-intent': { en: 'What mends it depends on what is wanted; nothing is proposed.', zh: '如何修复取决于本来的意图，因此不提出命令。' },
  'none-found': { en: 'No fix was found that makes nothing else worse.', zh: '没有找到不会让别处变坏的修复办法。' },
} as const;

const fill = (template: string, values: Readonly<Record<string, string | undefined>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export function findingWords({ code, where, values, noFix }: Finding, locale: 'en' | 'zh'): Words & { readonly noFix?: string } {
  const words = DIAGNOSES.find((one) => one.code === code)?.words[locale] ?? { title: code, cause: '' };
  const known = { ...values, node: where.node, place: where.place ?? where.node, device: where.device };
  return { title: fill(words.title, known), cause: fill(words.cause, known), ...(noFix && { noFix: NO_FIX[noFix][locale] }) };
}
