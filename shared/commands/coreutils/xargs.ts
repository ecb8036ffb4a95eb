/** xargs(1) of GNU findutils 4.9. Deviation: terminals are not asked (-p), nor is a system limit on lengths but that of -s. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { signalNumber, type Process, type Sys } from '../../shell/index.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { statusOf } from './processes.ts';
import { program } from './program.ts';

const XARGS: GnuUsage = {
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  summary: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  options: [
    { short: '0', long: 'null', help: 'items are separated by a null, not whitespace' },
    { short: 'a', long: 'arg-file', argument: 'required', help: 'read arguments from FILE, not standard input' },
    { short: 'd', long: 'delimiter', argument: 'required', help: 'items in input stream are separated by CHARACTER' },
    { short: 'E', argument: 'required', help: 'set logical EOF string' },
    { short: 'e', long: 'eof', argument: 'optional', help: 'equivalent to -E END if END is specified' },
    { short: 'I', argument: 'required', help: 'same as --replace=R' },
    { short: 'i', long: 'replace', argument: 'optional', help: 'replace R in INITIAL-ARGS with names read from standard input; {} is assumed' },
    { short: 'L', long: 'max-lines', argument: 'required', help: 'use at most MAX-LINES non-blank input lines per command line' },
    { short: 'l', argument: 'optional', help: 'similar to -L but defaults to at most one non-blank input line' },
    { short: 'n', long: 'max-args', argument: 'required', help: 'use at most MAX-ARGS arguments per command line' },
    { short: 'o', long: 'open-tty', help: 'reopen stdin as /dev/tty in the child process' },
    { short: 'P', long: 'max-procs', argument: 'required', help: 'run at most MAX-PROCS processes at a time' },
    { short: 'p', long: 'interactive', help: 'prompt before running commands', isMissing: true },
    { long: 'process-slot-var', argument: 'required', help: 'set environment variable VAR in child processes', isMissing: true },
    { short: 'r', long: 'no-run-if-empty', help: 'if there are no arguments, then do not run COMMAND' },
    { short: 's', long: 'max-chars', argument: 'required', help: 'limit length of command line to MAX-CHARS' },
    { long: 'show-limits', help: 'show limits on command-line length', isMissing: true },
    { short: 't', long: 'verbose', help: 'print commands before executing them' },
    { short: 'x', long: 'exit', help: 'exit if the size (see -s) is exceeded' },
  ],
  stopAtOperand: true,
  version: 'GNU findutils) 4.9.0',
};

/** How input becomes items, and items command lines. */
interface Plan {
  readonly command: readonly Bytes[];
  readonly replace: Bytes | undefined;
  readonly delimiter: Bytes | undefined;
  readonly end: Bytes | undefined;
  readonly perLine: number | undefined;
  readonly perCall: number;
  readonly maxChars: number;
}
interface Item {
  readonly text: Bytes;
  /** The last of its line. */
  readonly endsLine: boolean;
}

/** Words as xargs splits them: blanks, quotes, backslashes; a line that ends in a blank goes on. */
function split(text: Bytes, isWhole: boolean): { readonly items: readonly Item[]; readonly problem: string | undefined } {
  const items: Item[] = [];
  let at = 0;
  const last = (): void => void (items.length > 0 && (items[items.length - 1] = { text: items.at(-1)!.text, endsLine: true }));
  while (at < text.length) {
    const blank = /^[ \t]+/.exec(text.slice(at, at + 4096))?.[0].length ?? 0;
    at += blank;
    if (text[at] === '\n') {
      if (blank === 0) last();
      at++;
      continue;
    }
    if (at >= text.length) break;
    let word = '';
    for (; at < text.length && text[at] !== '\n' && (isWhole || !/[ \t]/.test(text[at]!)); at++) {
      const char = text[at]!;
      if (char === '\\') word += text[++at] ?? '';
      else if (char === '"' || char === "'") {
        const end = text.indexOf(char, at + 1);
        const line = text.indexOf('\n', at);
        if (end < 0 || (line >= 0 && line < end))
          return {
            items,
            problem: `unmatched ${char === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option`,
          };
        word += text.slice(at + 1, end);
        at = end;
      } else word += char;
    }
    items.push({ text: word, endsLine: false });
    if (text[at] === '\n') {
      last();
      at++;
    }
  }
  last();
  return { items, problem: undefined };
}

function commandLines(plan: Plan, items: readonly Item[]): { readonly lines: Bytes[][]; readonly problem: string | undefined } {
  const lines: Bytes[][] = [];
  const { command, replace } = plan;
  const cost = (words: readonly Bytes[]): number => words.reduce((sum, word) => sum + word.length + 1, 0);
  if (replace !== undefined) {
    for (const { text } of items) {
      const line = command.map((word, i) => (i === 0 ? word : word.split(replace).join(text)));
      if (cost(line) > plan.maxChars) return { lines, problem: 'argument line too long' };
      lines.push(line);
    }
    return { lines, problem: undefined };
  }
  let group: Bytes[] = [];
  let ended = 0;
  const close = (): void => {
    if (group.length > 0) lines.push([...command, ...group]);
    group = [];
    ended = 0;
  };
  let size = cost(command);
  for (const { text, endsLine } of items) {
    if (cost(command) + text.length + 1 > plan.maxChars) return { lines, problem: 'argument line too long' };
    if (size + text.length + 1 > plan.maxChars) {
      close();
      size = cost(command);
    }
    group.push(text);
    size += text.length + 1;
    if (endsLine) ended++;
    if (group.length >= plan.perCall || (plan.perLine !== undefined && ended >= plan.perLine)) {
      close();
      size = cost(command);
    }
  }
  close();
  return { lines, problem: undefined };
}

function* numberFor(p: Process, parsed: Parsed, name: string, letter: string, least: number): Sys<number | undefined | 'wrong'> {
  const text = parsed.options.get(name);
  if (text === undefined) return undefined;
  if (!/^[-+]?\d+$/.test(text)) {
    yield* usageError(p, `invalid number "${text}" for -${letter} option`, XARGS);
    return 'wrong';
  }
  if (Number(text) >= least) return Number(text);
  yield* usageError(p, `value ${text} for -${letter} option should be >= ${least}`, XARGS);
  return 'wrong';
}
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', r: '\r', '\\': '\\', a: '\x07', b: '\b', f: '\f', v: '\v' };

function* planOf(p: Process, parsed: Parsed): Sys<Plan | number> {
  const limits: Record<string, number | undefined> = {};
  for (const [name, letter, least] of [
    ['max-args', 'n', 1],
    ['max-lines', 'L', 1],
    ['max-procs', 'P', 0],
    ['max-chars', 's', 1],
  ] as const) {
    const found = yield* numberFor(p, parsed, name, letter, least);
    if (found === 'wrong') return 1;
    limits[name] = found;
  }
  const order = parsed.given.map(([name]) => (name === 'replace' ? 'I' : name));
  const [byArgs, byName] = [order.lastIndexOf('max-args'), order.lastIndexOf('I')];
  const isOne = limits['max-args'] === 1;
  const clash = byArgs > byName && !isOne ? (['--replace', '--max-args/-n', '--replace'] as const) : (['--max-args', '--replace/-I/-i', '--max-args'] as const);
  if (byArgs >= 0 && byName >= 0 && (byName > byArgs || !isOne))
    yield* p.fail(`warning: options ${clash[0]} and ${clash[1]} are mutually exclusive, ignoring previous ${clash[2]} value`);
  const named = parsed.options.get('I') ?? parsed.options.get('replace');
  const usesName = named !== undefined && (byName > byArgs || isOne);
  const given = parsed.options.get('delimiter');
  const delimiter = parsed.has('null') ? '\0' : given?.replace(/^\\(x[0-9a-f]{1,2}|[0-7]{1,3}|.)$/i, (_, code: string) => ESCAPES[code] ?? code);
  const end = parsed.options.get('E') ?? parsed.options.get('eof');
  const lines = parsed.has('l') ? Number(parsed.options.get('l') || 1) : limits['max-lines'];
  return {
    ...{ command: parsed.operands.length > 0 ? parsed.operands : ['echo'], delimiter },
    replace: usesName ? named || '{}' : undefined,
    end: end === '' ? undefined : end,
    ...{ perLine: usesName ? undefined : lines, perCall: usesName ? 1 : (limits['max-args'] ?? Infinity), maxChars: limits['max-chars'] ?? 131_072 },
  };
}

const xargs = program(XARGS, function* (p, parsed) {
  const plan = yield* planOf(p, parsed);
  if (typeof plan === 'number') return plan;
  const file = parsed.options.get('arg-file');
  const opened = file === undefined || file === '-' ? undefined : yield* p.open(file, { read: true, cloexec: true });
  if (opened && !opened.ok) return yield* p.failErrno(`Cannot open input file '${file ?? ''}'`, opened.error);
  const all = yield* p.readAll(opened?.value ?? 0);
  const text = all.ok ? all.value : '';
  let items: readonly Item[];
  let problem: string | undefined;
  if (plan.delimiter !== undefined) {
    const pieces = text.split(plan.delimiter);
    if (pieces.at(-1) === '') pieces.pop();
    items = pieces.map((piece) => ({ text: piece, endsLine: true }));
  } else ({ items, problem } = split(text, plan.replace !== undefined));
  const end = plan.end === undefined || plan.delimiter !== undefined ? -1 : items.findIndex((item) => item.text === plan.end);
  if (end >= 0) items = items.slice(0, end);
  const { lines, problem: tooLong } = commandLines(plan, items);
  problem ??= tooLong;
  if (lines.length === 0 && plan.replace === undefined && problem === undefined && !parsed.has('no-run-if-empty')) lines.push([...plan.command]);
  const procs = Number(parsed.options.get('max-procs') ?? 1) || Infinity;
  const run = new Runs(p, opened === undefined, parsed.has('verbose'));
  for (const argv of lines) {
    const stopped = yield* run.start(argv, procs);
    if (stopped !== undefined) return stopped;
  }
  const stopped = yield* run.finish();
  if (stopped !== undefined) return stopped;
  return problem === undefined ? run.status : yield* p.fail(problem);
});
const shown = (word: Bytes): Bytes => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The commands under way. */
class Runs {
  status = 0;
  private readonly going = new Map<Process, Bytes>();
  constructor(
    private readonly p: Process,
    /** Standard input is the list: a command gets none. */
    private readonly isListInput: boolean,
    private readonly isVerbose: boolean,
  ) {}
  /** A number ends xargs. */
  *start(argv: readonly Bytes[], most: number): Sys<number | undefined> {
    const { p } = this;
    while (this.going.size >= most) {
      const stopped = yield* this.reap();
      if (stopped !== undefined) return stopped;
    }
    if (this.isVerbose) yield* p.error(`${argv.map(shown).join(' ')}\n`);
    const input = this.isListInput ? yield* p.open('/dev/null', { read: true }) : undefined;
    const child = p.spawn(argv, { fds: new Map([0, 1, 2].map((fd) => [fd, fd === 0 && input?.ok ? input.value : fd])) });
    if (input?.ok) p.close(input.value);
    if (child.ok) {
      this.going.set(child.value, argv[0] ?? '');
      return undefined;
    }
    yield* p.error(`${p.name}: ${argv[0] ?? ''}: ${strerror(child.error)}\n`);
    return child.error === 'ENOENT' ? 127 : 126;
  }
  *finish(): Sys<number | undefined> {
    while (this.going.size > 0) {
      const stopped = yield* this.reap();
      if (stopped !== undefined) return stopped;
    }
    return undefined;
  }
  private *reap(): Sys<number | undefined> {
    const { p } = this;
    yield* p.waitFor(() => [...this.going.keys()].some((child) => child.ending !== undefined), p.childChanged);
    for (const [child, name] of this.going) {
      if (child.ending === undefined) continue;
      this.going.delete(child);
      const ending = yield* p.waitExit(child);
      if (ending.kind === 'killed') return (yield* p.error(`${p.name}: ${name}: terminated by signal ${signalNumber(ending.signal)}\n`), 125);
      const code = statusOf(ending);
      if (code === 255) return (yield* p.error(`${p.name}: ${name}: exited with status 255; aborting\n`), 124);
      if (code !== 0) this.status = 123;
    }
    return undefined;
  }
}

export const XARGS_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/xargs', main: xargs, origin: 'findutils 4.9' }];
