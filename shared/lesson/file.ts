/** A lesson as its folder has it: the definition and its words in both languages, read together. */
import { lessonSchema, type LessonDefinition } from './definition.ts';
import { termsIn, type Glossary } from './glossary.ts';
import type { LessonInfo } from './lesson.ts';
import { parseLessonText, type LessonText } from './text.ts';
import { checkReferences, type LabNodes } from './references.ts';
import { formatProblem, readYaml, type Problem } from './yaml-file.ts';

export type Locale = 'en' | 'zh';

export interface LessonFile {
  readonly id: string;
  readonly definition: LessonDefinition;
  readonly texts: Readonly<Record<Locale, LessonText>>;
  /** Where each step stands: `follow-a-packet/lesson.yaml:9:9`. */
  readonly places: ReadonlyMap<string, string>;
  readonly glossary: Glossary;
}
/** What is in a lesson's folder; undefined for a file that is missing. */
export interface LessonSources {
  readonly definition: string;
  readonly en: string | undefined;
  readonly zh: string | undefined;
}

const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', zh: 'Chinese' };

/** `id` is the folder's name. Problems are lines such as `follow-a-packet/lesson.yaml:3:5: …`. */
export function parseLesson(
  id: string,
  source: LessonSources,
  labs: LabNodes,
  glossary: Glossary = new Map(),
): { readonly value: LessonFile | undefined; readonly problems: readonly string[] } {
  const file = readYaml(source.definition, lessonSchema);
  const inDefinition = (problem: Problem): string => formatProblem(`${id}/lesson.yaml`, problem);
  const definition = file.value;
  if (!definition) return { value: undefined, problems: file.problems.map(inDefinition) };
  const problems: string[] = [];
  checkReferences(definition, labs, (path, message, part) => problems.push(inDefinition({ ...file.at(path, part), message })));
  const read = (locale: Locale): LessonText | undefined => {
    const text = source[locale];
    const name = `${id}/${locale}.md`;
    if (text === undefined) {
      problems.push(`${name}: this file is missing: a lesson is written in English (en.md) and Chinese (zh.md)`);
      return undefined;
    }
    const parsed = parseLessonText(text, definition, labs);
    problems.push(...parsed.problems.map((problem) => formatProblem(name, problem)));
    for (const [index, line] of text.split('\n').entries()) {
      const unknown = termsIn(line).find((term) => !glossary.has(term));
      if (unknown !== undefined) problems.push(`${name}:${index + 1}:1: the glossary has no term "${unknown}": add it to glossary.yaml`);
    }
    const untold = parsed.value && untranslated(parsed.value, locale);
    if (untold !== undefined) problems.push(`${name}: ${untold} is not written in ${LANGUAGES[locale]}: translate it`);
    return parsed.value;
  };
  const [en, zh] = [read('en'), read('zh')];
  if (!en || !zh || problems.length > 0) return { value: undefined, problems };
  const places = definition.chapters.flatMap((chapter, chapterIndex) =>
    chapter.steps.map((step, stepIndex): [string, string] => {
      const { line, column } = file.at(['chapters', chapterIndex, 'steps', stepIndex]);
      return [step.id, `${id}/lesson.yaml:${line}:${column}`];
    }),
  );
  return { value: { id, definition, texts: { en, zh }, places: new Map(places), glossary }, problems: [] };
}

/** The first part that is in the other language, told by its script. */
function untranslated(text: LessonText, locale: Locale): string | undefined {
  const isOurs = (words: string): boolean => /[\u4e00-\u9fff]/.test(words) === (locale === 'zh');
  const head = (['title', 'summary', 'outcome'] as const).find((key) => !isOurs(text[key]));
  if (head !== undefined) return `"${head}"`;
  const step = [...text.steps].find(([, { body }]) => prose(body) !== '' && !isOurs(prose(body)));
  return step && `step "${step[0]}"`;
}

/** Without its blocks of code. */
const prose = (body: string): string => body.replace(/^(`{3,}|~{3,})[^]*?^\1[`~]*\s*$/gm, '').trim();

export function lessonInfo(file: LessonFile, locale: Locale): LessonInfo {
  const { definition } = file;
  const { title, summary, outcome } = file.texts[locale];
  return {
    id: file.id,
    title,
    summary,
    outcome,
    minutes: definition.minutes,
    level: definition.level,
    lab: definition.lab,
    steps: definition.chapters.reduce((sum, chapter) => sum + chapter.steps.length, 0),
  };
}
