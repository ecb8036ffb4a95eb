/** `podwalk lesson`: `list`, and `check`, which proves each lesson unsolved at its start and solved by its own solution. */
import { checkLesson, createLab } from '../../shared/lab/index.ts';
import { WireFailure } from '../../shared/ipc/index.ts';
import type { Content } from '../content.ts';
import { content } from './own-content.ts';
import { formatTable, localeOption, printJson } from './table.ts';
import { UsageError, type Arguments } from './usage.ts';

export async function lesson({ options, operands }: Arguments): Promise<number> {
  const [what, ...ids] = operands;
  if (what === 'grade') return (await import('./grade.ts')).grade({ options, operands: ids });
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError(`--locale is en or zh, not ${JSON.stringify(options['locale'])}`);
  const isJson = options['json'] === true;
  if (what === 'list' && ids.length === 0) return list(locale, isJson);
  if (what === 'check') return check(ids, isJson);
  throw new UsageError(what === 'list' ? `nothing is expected at ${JSON.stringify(ids[0])}` : `list, check or grade is wanted, not ${JSON.stringify(what)}`);
}

async function list(locale: 'en' | 'zh', isJson: boolean): Promise<number> {
  const lessons = await content().list(locale);
  if (isJson) printJson(lessons);
  else
    process.stdout.write(
      formatTable(
        ['COURSE', 'LESSON', 'LAB', 'STEPS', 'MINUTES', 'TITLE'],
        lessons.map(({ id, lab, steps, minutes, title, course }) => [course ? String(course.number) : '-', id, lab, String(steps), String(minutes), title]),
      ),
    );
  return 0;
}

async function check(ids: readonly string[], isJson: boolean): Promise<number> {
  const library = content();
  const all = await library.lessons();
  const unknown = ids.find((id) => !all.includes(id));
  if (unknown !== undefined) throw new UsageError(`there is no lesson ${JSON.stringify(unknown)}; there are: ${all.join(', ')}`);
  const results: { readonly lesson: string; readonly problems: readonly string[] }[] = [];
  for (const id of all.filter((one) => ids.length === 0 || ids.includes(one))) {
    const problems = await problemsOf(library, id);
    results.push({ lesson: id, problems });
    if (isJson) continue;
    process.stdout.write(problems.length === 0 ? `ok      ${id}\n` : `FAILED  ${id}\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  }
  if (isJson) printJson(results);
  return results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}
async function problemsOf(library: Content, id: string): Promise<readonly string[]> {
  try {
    const file = await library.load(id);
    const labFile = await library.lab(file.definition.lab);
    return checkLesson(file, () => createLab(labFile, { seed: 1, epochMs: Date.now(), types: library.types }));
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    return error.message.split('\n');
  }
}
