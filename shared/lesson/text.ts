/**
 * A lesson's words in one language: Markdown with a head of `key: value` lines between `---`, then
 *
 *     introduction
 *     # Title of a chapter {#chapter-id}
 *     ## Title of a step {#step-id}
 *     body
 *     ### Hint              (as often as there are hints; `{#name}` for one that depends on the lab's state)
 *     ### Question          (for a quiz: the question, then a list of choices)
 */
import type { LessonDefinition } from './definition.ts';
import { checkRunBlocks, type LabNodes } from './references.ts';
import { readRunBlocks, type RunBlock } from './shown.ts';
import type { Problem } from './yaml-file.ts';

export interface LessonText {
  readonly title: string;
  readonly summary: string;
  readonly outcome: string;
  readonly introduction: string;
  readonly chapters: ReadonlyMap<string, string>;
  readonly steps: ReadonlyMap<string, StepWords>;
}
export interface StepWords {
  readonly title: string;
  readonly body: string;
  readonly hints: readonly string[];
  /** Those for a state of the lab, by the names of `hints` in lesson.yaml. */
  readonly hintsByState: ReadonlyMap<string, string>;
  /** Its commands, and what is shown of their output. */
  readonly runs: readonly RunBlock[];
  readonly quiz: { readonly question: string; readonly choices: readonly string[] } | undefined;
}

interface Section {
  readonly level: number;
  readonly title: string;
  readonly id: string | undefined;
  readonly line: number;
  body: string[];
}

const HEAD_KEYS = ['title', 'summary', 'outcome'] as const;

export function parseLessonText(
  source: string,
  definition: LessonDefinition,
  labs: LabNodes,
): { readonly value: LessonText | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (line: number, message: string): void => void problems.push({ line, column: 1, message });
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const head = readHead(lines, report);
  const sections = readSections(lines, head.end);
  const chapters = new Map<string, string>();
  const steps = new Map<string, StepWords>();
  const steps_ = new Map(definition.chapters.flatMap((chapter) => chapter.steps).map((step) => [step.id, step]));
  const introduction = sections[0]?.level === 0 ? sections[0].body.join('\n').trim() : '';
  let open:
    | {
        words: { title: string; body: string; hints: string[]; hintsByState: Map<string, string>; runs: StepWords['runs']; quiz: StepWords['quiz'] };
        id: string;
      }
    | undefined;
  for (const section of sections) {
    const body = section.body.join('\n').trim();
    if (section.level === 1) {
      if (section.id === undefined || !definition.chapters.some((chapter) => chapter.id === section.id))
        report(section.line, `no chapter "${section.id ?? section.title}" is defined: write its id after the title, such as {#${definition.chapters[0]?.id}}`);
      else chapters.set(section.id, section.title);
    } else if (section.level === 2) {
      if (section.id === undefined || !steps_.has(section.id))
        report(section.line, `no step "${section.id ?? section.title}" is defined: write its id after the title, such as {#${[...steps_.keys()][0]}}`);
      else {
        const runs = readRunBlocks(section.body, section.line + 1);
        checkRunBlocks(runs, definition, labs, report);
        open = { id: section.id, words: { title: section.title, body, hints: [], hintsByState: new Map(), runs, quiz: undefined } };
        steps.set(section.id, open.words);
      }
    } else if (section.level === 3 && open) {
      if (/^(Hint|提示)/.test(section.title)) {
        if (section.id === undefined) open.words.hints.push(body);
        else if (steps_.get(open.id)?.hints[section.id] === undefined)
          report(section.line, `step "${open.id}" has no hint "${section.id}" in lesson.yaml: say there when it is offered`);
        else open.words.hintsByState.set(section.id, body);
      } else if (/^(Question|问题)/.test(section.title)) {
        const choices = body
          .split('\n')
          .filter((line) => /^[-*] /.test(line))
          .map((line) => line.slice(2).trim());
        open.words.quiz = {
          question: body
            .split('\n')
            .filter((line) => !/^[-*] /.test(line))
            .join('\n')
            .trim(),
          choices,
        };
        const asked = steps_.get(open.id);
        const wanted = asked?.answer ? 0 : asked?.quiz?.choices;
        if (wanted !== choices.length)
          report(
            section.line,
            wanted === undefined
              ? `step "${open.id}" has no quiz in lesson.yaml`
              : `${wanted} choices are defined and ${choices.length} are written: one list item for each`,
          );
      } else report(section.line, `"### ${section.title}" is neither a hint nor a question: write "### Hint" or "### Question"`);
    }
  }
  for (const chapter of definition.chapters) {
    if (!chapters.has(chapter.id)) report(lines.length, `chapter "${chapter.id}" has no title here: write "# … {#${chapter.id}}"`);
    for (const step of chapter.steps) {
      const words = steps.get(step.id);
      if (!words) report(lines.length, `step "${step.id}" has no text here: write "## … {#${step.id}}"`);
      else if ((step.quiz ?? step.answer) && !words.quiz) report(lines.length, `step "${step.id}" has no question here: write "### Question" below it`);
      const unsaid = Object.keys(step.hints).find((name) => words && !words.hintsByState.has(name));
      if (unsaid !== undefined) report(lines.length, `step "${step.id}" has a hint "${unsaid}" without words here: write "### Hint {#${unsaid}}"`);
    }
  }
  return problems.length > 0 ? { value: undefined, problems } : { value: { ...head.values, introduction, chapters, steps }, problems };
}

function readHead(
  lines: readonly string[],
  report: (line: number, message: string) => void,
): { readonly end: number; readonly values: { readonly title: string; readonly summary: string; readonly outcome: string } } {
  const values = { title: '', summary: '', outcome: '' };
  if (lines[0] !== '---') {
    report(1, 'the text begins with a head: "---", then title, summary and outcome, then "---"');
    return { end: 0, values };
  }
  const end = lines.indexOf('---', 1);
  if (end < 0) {
    report(1, 'the head is not ended: a line "---" is needed after it');
    return { end: lines.length, values };
  }
  for (let i = 1; i < end; i++) {
    const match = /^(\w+):\s*(.*)$/.exec(lines[i]!);
    const key = HEAD_KEYS.find((one) => one === match?.[1]);
    if (!match || !key) report(i + 1, `"${lines[i]}" means nothing here: title, summary and outcome are known`);
    else values[key] = match[2]!.replace(/^(["'])(.*)\1$/, '$2').trim();
  }
  for (const key of HEAD_KEYS) if (values[key] === '') report(end + 1, `"${key}" is missing`);
  return { end: end + 1, values };
}

/** Headings outside of code blocks; what stands before the first is a section of level 0. */
function readSections(lines: readonly string[], from: number): readonly Section[] {
  const sections: Section[] = [{ level: 0, title: '', id: undefined, line: from + 1, body: [] }];
  let fence = '';
  for (let i = from; i < lines.length; i++) {
    const line = lines[i]!;
    const mark = /^(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && fence === '') fence = mark;
    else if (mark !== undefined && line.startsWith(fence) && line.trim() === mark) fence = '';
    const heading = fence === '' ? /^(#{1,3})\s+(.*?)(?:\s*\{#([\w-]+)\})?\s*$/.exec(line) : null;
    if (heading) sections.push({ level: heading[1]!.length, title: heading[2]!, id: heading[3], line: i + 1, body: [] });
    else sections.at(-1)!.body.push(line);
  }
  return sections;
}
