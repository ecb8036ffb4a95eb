/** `podwalk lesson grade`: a report for each learner from their tapes, as a table, as data, or as a page to print. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseExerciseName, parsePack } from '../../shared/lab/index.ts';
import { reportOf, type LearnerReport, type Tape } from '../../shared/recording/index.ts';
import { content } from './own-content.ts';
import { formatTable, localeOption, printJson } from './table.ts';
import { loadTape } from './tape.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';
import { whyNot } from './why-not.ts';

type Locale = 'en' | 'zh';

export async function grade({ options, operands }: Arguments): Promise<number> {
  const locale = localeOption(options['locale']);
  if (!locale) throw new UsageError(`--locale is en or zh, not ${JSON.stringify(options['locale'])}`);
  const path = options['pack'];
  if (typeof path !== 'string') throw new UsageError('grade wants --pack FILE: what the class was to do');
  if (operands.length === 0) throw new UsageError('grade wants tapes: NAME=TAPE, or TAPE where the learner is the name of the file');
  const library = content();
  const { value: pack, problems } = parsePack(basename(path), read(path), await library.lessons());
  if (!pack) throw new Failure(problems.join('\n'));
  const tapes = new Map<string, Tape[]>();
  for (const operand of operands) {
    const [, name = nameOf(operand), file = operand] = /^([^=/]+)=(.+)$/.exec(operand) ?? [];
    tapes.set(name, [...(tapes.get(name) ?? []), loadTape(file)]);
  }
  const reports = [...tapes].map(([learner, own]) => reportOf(learner, pack, own)).sort((a, b) => a.learner.localeCompare(b.learner));
  const titles = new Map<string, string>();
  for (const { id } of pack.tasks) titles.set(id, parseExerciseName(id) ? exerciseTitle(id, locale) : (await library.load(id)).texts[locale].title);
  if (typeof options['html'] === 'string') write(options['html'], page(pack.title[locale], reports, titles, locale));
  if (options['json'] === true) printJson({ pack: pack.title, learners: reports });
  else if (typeof options['html'] !== 'string') process.stdout.write(table(reports, titles, locale));
  return 0;
}

const nameOf = (path: string): string => basename(path).replace(/\..*$/, '');
const exerciseTitle = (id: string, locale: Locale): string => {
  const { level, seed } = parseExerciseName(id)!;
  return locale === 'zh' ? `练习 ${seed}，第 ${level} 级` : `Exercise ${seed}, level ${level}`;
};
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${whyNot(error)}`);
  }
}
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${whyNot(error)}`);
  }
}

const WORDS = {
  en: {
    learner: 'Learner',
    task: 'Task',
    done: 'Steps',
    points: 'Points',
    time: 'Minutes',
    commands: 'Commands',
    mistakes: 'Wrong answers',
    attempts: 'Attempts',
    sum: 'Sum',
    none: 'not begun',
    report: 'Report',
  },
  zh: {
    learner: '学员',
    task: '任务',
    done: '步骤',
    points: '得分',
    time: '分钟',
    commands: '命令数',
    mistakes: '答错次数',
    attempts: '尝试次数',
    sum: '合计',
    none: '没有开始',
    report: '成绩单',
  },
} as const;

/** Whole rows of a learner, in the order of the pack. */
function rowsOf({ tasks }: LearnerReport, titles: ReadonlyMap<string, string>, locale: Locale): readonly (readonly string[])[] {
  return tasks.map(({ id, steps, done, points, of, seconds, commands, mistakes, attempts }) => [
    titles.get(id) ?? id,
    steps === undefined ? WORDS[locale].none : `${done}/${steps}`,
    `${points}/${of}`,
    seconds === undefined ? '-' : (seconds / 60).toFixed(1),
    commands === undefined ? '-' : String(commands),
    mistakes === undefined ? '-' : String(mistakes),
    String(attempts),
  ]);
}
function heads(locale: Locale): readonly string[] {
  const { task, done, points, time, commands, mistakes, attempts } = WORDS[locale];
  return [task, done, points, time, commands, mistakes, attempts];
}

function table(reports: readonly LearnerReport[], titles: ReadonlyMap<string, string>, locale: Locale): string {
  return reports.map((report) => `${report.learner}: ${report.points}/${report.of}\n${formatTable(heads(locale), rowsOf(report, titles, locale))}`).join('\n');
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);

/** One page a learner when it is printed; needs nothing but itself. */
function page(title: string, reports: readonly LearnerReport[], titles: ReadonlyMap<string, string>, locale: Locale): string {
  const words = WORDS[locale];
  const row = (cells: readonly string[], tag: 'td' | 'th'): string => `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  const sections = reports.map(
    (report) => `<section>
<h1>${escape(title)}</h1>
<h2>${escape(words.learner)}: ${escape(report.learner)}</h2>
<table>
<thead>${row(heads(locale), 'th')}</thead>
<tbody>
${rowsOf(report, titles, locale)
  .map((cells) => row(cells, 'td'))
  .join('\n')}
</tbody>
<tfoot>${row([words.sum, '', `${report.points}/${report.of}`, '', '', '', ''], 'td')}</tfoot>
</table>
</section>`,
  );
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<title>${escape(title)}: ${words.report}</title>
<style>
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: #161b26; }
section { break-after: page; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; font-weight: 600; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.35rem 0.6rem; border-bottom: 1px solid #d4d9e2; text-align: left; }
th { font-weight: 600; } tfoot td { font-weight: 600; border-bottom: 0; }
</style>
</head>
<body>
${sections.join('\n')}
</body>
</html>
`;
}
