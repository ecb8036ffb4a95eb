/** A lesson as its folder has it: the definition and its words in both languages, read together. */
import { lessonSchema, type LessonDefinition } from './definition.ts';
import type { LessonInfo } from './lesson.ts';
import { parseLessonText, type LessonText } from './text.ts';
import { formatProblem, readYaml } from './yaml-file.ts';

export type Locale = 'en' | 'zh';

export interface LessonFile {
  readonly id: string;
  readonly definition: LessonDefinition;
  readonly texts: Readonly<Record<Locale, LessonText>>;
}

/** `id` is the folder's name. Problems are lines such as `lesson.yaml:3:5: …`. */
export function parseLesson(
  id: string,
  source: { readonly definition: string; readonly en: string; readonly zh: string },
): { readonly value: LessonFile | undefined; readonly problems: readonly string[] } {
  const definition = readYaml(source.definition, lessonSchema);
  if (!definition.value) return { value: undefined, problems: definition.problems.map((problem) => formatProblem(`${id}/lesson.yaml`, problem)) };
  const en = parseLessonText(source.en, definition.value);
  const zh = parseLessonText(source.zh, definition.value);
  const problems = [
    ...en.problems.map((problem) => formatProblem(`${id}/en.md`, problem)),
    ...zh.problems.map((problem) => formatProblem(`${id}/zh.md`, problem)),
  ];
  if (!en.value || !zh.value) return { value: undefined, problems };
  return { value: { id, definition: definition.value, texts: { en: en.value, zh: zh.value } }, problems: [] };
}

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
