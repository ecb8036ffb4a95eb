/**
 * The glossary: words that lessons explain, in both languages. A lesson's text links to one as `[veth pair](term:veth)`; the view shows its
 * explanation beside it.
 */
import { z } from 'zod';
import { formatProblem, readYaml } from './yaml-file.ts';

const words = z.object({ name: z.string().min(1), text: z.string().min(1) }).strict();
const glossarySchema = z.record(z.string().regex(/^[a-z0-9-]+$/), z.object({ en: words, zh: words }).strict());

export type Glossary = ReadonlyMap<string, Readonly<Record<'en' | 'zh', { readonly name: string; readonly text: string }>>>;

export function parseGlossary(source: string): { readonly value: Glossary; readonly problems: readonly string[] } {
  const { value, problems } = readYaml(source, glossarySchema);
  return { value: new Map(Object.entries(value ?? {})), problems: problems.map((problem) => formatProblem('glossary.yaml', problem)) };
}

/** Terms that a text links to. */
export const termsIn = (text: string): readonly string[] => [...text.matchAll(/\]\(term:([\w-]+)\)/g)].map((match) => match[1]!);
