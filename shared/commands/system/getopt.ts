/** getopt(1) of util-linux 2.38.1: words put in order and quoted, for a script to `eval set --`. */
import type { Bytes } from '../../base/index.ts';
import type { Program } from '../../shell/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { option, tool, type ToolUsage } from './usage.ts';

const GETOPT: ToolUsage<'alternative' | 'longoptions' | 'name' | 'options' | 'quiet' | 'quiet-output' | 'shell' | 'test' | 'unquoted'> = {
  synopsis: ['<optstring> <parameters>', '[options] [--] <optstring> <parameters>', '[options] -o|--options <optstring> [options] [--] <parameters>'],
  summary: 'Parse command options.',
  options: [
    option('alternative', '-a --alternative', 'allow long options starting with single -'),
    option('longoptions', '-l --longoptions <longopts>', 'the long options to be recognized'),
    option('name', '-n --name <progname>', 'the name under which errors are reported'),
    option('options', '-o --options <optstring>', 'the short options to be recognized'),
    option('quiet', '-q --quiet', 'disable error reporting by getopt(3)'),
    option('quiet-output', '-Q --quiet-output', 'no normal output'),
    option('shell', '-s --shell <shell>', 'set quoting conventions to those of <shell>'),
    option('test', '-T --test', 'test for getopt(1) version'),
    option('unquoted', '-u --unquoted', 'do not quote the output'),
  ],
  ...{ column: 31, order: 'posix', from: 'util-linux 2.38.1', failure: 2 },
};

type Taking = OptionSpec['argument'];
const takes = (colons: string): Taking => (colons === '' ? 'none' : colons === ':' ? 'required' : 'optional');
function specsOf(short: Bytes, long: readonly Bytes[]): readonly OptionSpec[] {
  const letters = [...short.replace(/^[-+]/, '').matchAll(/([^:])(:{0,2})/g)].map(([, letter = '', colons = '']) => ({
    id: letter,
    short: letter,
    argument: takes(colons),
  }));
  const names = long
    .flatMap((list) => list.split(/[,\s]+/))
    .filter((name) => name !== '')
    .map((name) => ({ id: name.replace(/:*$/, ''), short: '', long: name.replace(/:*$/, ''), argument: takes(/:*$/.exec(name)?.[0] ?? '') }));
  return [...letters, ...names];
}

/** Each mistake is told, and the words after it are read. */
function reorder(words: readonly Bytes[], specs: readonly OptionSpec[], mode: '+' | '-' | '', isLoose: boolean, name: Bytes) {
  const options: { readonly text: Bytes; readonly argument: Bytes | undefined; readonly takes: Taking }[] = [];
  const operands: Bytes[] = [];
  const problems: Bytes[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (mode === '-') options.push({ text: '', argument: word, takes: 'required' });
      else operands.push(word);
      if (mode !== '+') continue;
      operands.push(...words.slice(at + 1));
      break;
    }
    const isLong = word.startsWith('--') || (isLoose && specs.some(({ long }) => long?.startsWith(word.slice(1).replace(/=.*/s, ''))));
    // One word at a time, with what follows it as its argument.
    const single = isLong && !word.startsWith('--') ? `-${word}` : word;
    for (let rest = single; rest !== '';) {
      const isCluster = !rest.startsWith('--') && rest.length > 2;
      const spec = isCluster ? specs.find(({ short }) => short === rest[1]) : undefined;
      const now = isCluster && (spec === undefined || spec.argument === 'none') ? rest.slice(0, 2) : rest;

      const line = parseOptions([name, now], specs);
      const lacking =
        line.error === undefined
          ? undefined
          : specs.find(({ argument, short, long }) => argument === 'required' && (isLong ? long?.startsWith(single.slice(2)) : short === now[1]));
      const next = words[at + 1];
      if (lacking && next !== undefined && !now.includes('=') && / requires an argument/.test(line.error ?? '')) {
        at++;
        options.push({ text: lacking.short === '' ? `--${lacking.long ?? ''}` : `-${lacking.short}`, argument: next, takes: 'required' });
      } else if (line.error !== undefined) problems.push(line.error.replace(/\n$/, ''));
      else {
        const [found] = line.options;
        const own = specs.find(({ id }) => id === found?.id);
        if (own) options.push({ text: own.short === '' ? `--${own.long ?? ''}` : `-${own.short}`, argument: found?.argument, takes: own.argument });
      }
      rest = now === rest ? '' : `-${rest.slice(2)}`;
    }
  }
  return { options, operands, problems };
}

const getoptTool = tool(GETOPT, function* (p, line) {
  if (line.has('test')) return 4;
  const words = [...line.operands];
  const given = line.value('options');
  const short = given ?? words.shift();
  if (short === undefined) return yield* p.fail(`missing optstring argument\nTry '${p.name} --help' for more information.`, 2);
  const long = line.options.flatMap(({ id, argument }) => (id === 'longoptions' && argument !== undefined ? [argument] : []));
  const name = line.value('name') ?? p.name;
  const shell = line.value('shell');
  if (shell !== undefined && !/^(sh|bash|csh|tcsh)$/.test(shell))
    return yield* p.fail(`unknown shell after -s or --shell argument\nTry '${p.name} --help' for more information.`, 2);
  const mode = /^[-+]/.exec(short)?.[0] ?? '';
  const { options, operands, problems } = reorder(words, specsOf(short, long), mode as '+', line.has('alternative'), name);
  const quote = (word: Bytes): Bytes => {
    if (line.has('unquoted')) return word;
    const text = `'${word.replaceAll("'", "'\\''")}'`;
    return shell?.endsWith('csh') ? text.replaceAll('!', "'\\!'").replaceAll('\n', "'\\n'") : text;
  };
  if (!line.has('quiet')) for (const problem of problems) yield* p.error(`${problem}\n`);
  const shown = options.map(({ text, argument, takes: taking }) => `${text === '' ? '' : ` ${text}`}${taking === 'none' ? '' : ` ${quote(argument ?? '')}`}`);
  if (!line.has('quiet-output')) yield* p.print(`${shown.join('')} --${operands.map((word) => ` ${quote(word)}`).join('')}\n`);
  return problems.length > 0 ? 1 : 0;
});
/** As POSIX had it first: `getopt OPTSTRING WORD…`, nothing quoted. */
export const getopt: Program = Object.assign(
  function* (p: Parameters<Program>[0]) {
    if (p.argv.length > 1 && !p.argv[1]!.startsWith('-')) p.argv = [p.argv[0] ?? '', '-u', '-o', `+${p.argv[1]!.replace(/^\+/, '')}`, '--', ...p.argv.slice(2)];
    return yield* getoptTool(p);
  } as Program,
  { declares: (getoptTool as Program & { readonly declares: unknown }).declares },
);
