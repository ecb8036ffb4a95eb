/** pgrep, pkill, pidof of procps-ng 4.0.2, kill of procps, killall of psmisc: processes by name or number, and signals to them. */
import { compilePosixRegex, type Bytes } from '../../base/index.ts';
import { parseSignal, SIGNAL_NAMES, signalNumber, type Process, type Program, type SignalName } from '../../shell/index.ts';
import { declarationOf, declared, declaredOptions, type Declaration } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { owners } from '../coreutils/index.ts';
import { option, tool } from './usage.ts';

const PROCPS = 'procps-ng 4.0.2';
interface Row {
  readonly pid: number;
  readonly process: Process;
}
const rowsOf = (p: Process): readonly Row[] => p.namespaces.pid.list();

const SELECTING = [
  option('count', '-c --count', 'count of matching processes'),
  option('full', '-f --full', 'use full process name to match'),
  option('pgroup', '-g --pgroup <PGID,...>', 'match listed process group IDs'),
  option('group', '!-G --group <GID,...>', 'match real group IDs'),
  option('ignore-case', '-i --ignore-case', 'match case insensitively'),
  option('newest', '-n --newest', 'select most recently started'),
  option('oldest', '-o --oldest', 'select least recently started'),
  option('older', '-O --older <seconds>', 'select where older than seconds'),
  option('parent', '-P --parent <PPID,...>', 'match only child processes of the given parent'),
  option('session', '-s --session <SID,...>', 'match session IDs'),
  option('terminal', '!-t --terminal <tty,...>', 'match by controlling terminal'),
  option('euid', '-u --euid <ID,...>', 'match by effective IDs'),
  option('uid', '-U --uid <ID,...>', 'match by real IDs'),
  option('exact', '-x --exact', 'match exactly with the command name'),
  option('pidfile', '!-F --pidfile <file>', 'read PIDs from file'),
  option('runstates', '!-r --runstates <state>', 'match runstates [D,S,Z,...]'),
  option('ns', '!--ns <PID>', 'match the processes that belong to the same namespace as <pid>'),
] as const;
const LISTING = [
  option('delimiter', '-d --delimiter <string>', 'specify output delimiter'),
  option('list-name', '-l --list-name', 'list PID and process name'),
  option('list-full', '-a --list-full', 'list PID and full command line'),
  option('inverse', '-v --inverse', 'negates the matching'),
] as const;
const KILLING = [
  option('signal', '--signal <sig>', 'signal to send (either number or name)'),
  option('queue', '!-q --queue <value>', 'integer value to be sent with the signal'),
  option('echo', '-e --echo', 'display what is killed'),
] as const;
type GrepId = (typeof SELECTING)[number]['id'] | (typeof LISTING)[number]['id'] | (typeof KILLING)[number]['id'];

/** `-9`, `-KILL` in front of everything, as `--signal` would say it. */
function signalFirst(argv: readonly Bytes[]): readonly Bytes[] {
  const at = argv.findIndex((word, i) => i > 0 && /^-[A-Z0-9]+$/.test(word) && parseSignal(word.slice(1)) !== undefined);
  return at < 0 ? argv : [...argv.slice(0, at), '--signal', argv[at]!.slice(1), ...argv.slice(at + 1)];
}

const pgrepAs = (kind: 'list' | 'kill'): Program => {
  const usage = tool<GrepId>(
    {
      synopsis: ['[options] <pattern>'],
      options: [...(kind === 'list' ? LISTING : KILLING), ...SELECTING],
      ...{ column: 27, from: PROCPS, failure: 2 },
    },
    function* (p, line) {
      const [pattern, extra] = line.operands;
      const numbers = (id: GrepId): readonly number[] | undefined =>
        line
          .value(id)
          ?.split(',')
          .map((word) => Number(word) || numberOf(p, id, word));
      const tests: ((row: Row) => boolean)[] = [];
      const byList = (id: GrepId, of: (row: Row) => number): void => {
        const wanted = numbers(id);
        if (wanted) tests.push((row) => wanted.includes(of(row)));
      };
      byList('parent', ({ process }) => process.ppid);
      byList('pgroup', ({ process }) => process.pgid);
      byList('session', ({ process }) => process.sid);
      byList('uid', ({ process }) => process.uid);
      byList('euid', ({ process }) => process.credentials.euid);
      const older = line.value('older');
      if (older !== undefined) tests.push(({ process }) => p.nowUs - process.startedUs > Number(older) * 1e6);
      if (pattern === undefined && tests.length === 0) return yield* p.fail(`no matching criteria specified\nTry \`${p.name} --help' for more information.`, 2);
      if (extra !== undefined) return yield* p.fail(`only one pattern can be provided\nTry \`${p.name} --help' for more information.`, 2);
      if (pattern !== undefined) {
        const compiled = compilePosixRegex(line.has('exact') ? `^(${pattern})$` : pattern, { syntax: 'extended', ignoreCase: line.has('ignore-case') });
        if (!compiled.ok) return yield* p.fail(compiled.error, 2);
        const regex = compiled.value;
        tests.push(({ process }) => regex.test(line.has('full') ? process.argv.join(' ') : process.comm));
      }
      const signal = parseSignal(line.value('signal') ?? 'TERM');
      if (!signal) return yield* p.fail(`unknown signal ${line.value('signal') ?? ''}`, 2);
      const found = rowsOf(p).filter((row) => row.process !== p && row.process.state !== 'zombie' && tests.every((test) => test(row)) !== line.has('inverse'));
      const chosen = line.has('newest') ? found.slice(-1) : line.has('oldest') ? found.slice(0, 1) : found;
      if (kind === 'kill') {
        for (const { pid, process } of chosen) {
          p.kill(pid, signal);
          if (line.has('echo')) yield* p.print(`${process.comm} killed (pid ${pid})\n`);
        }
      } else if (!line.has('count') && chosen.length > 0) {
        const shown = chosen.map(
          ({ pid, process }) => `${pid}${line.has('list-full') ? ` ${process.argv.join(' ')}` : line.has('list-name') ? ` ${process.comm}` : ''}`,
        );
        yield* p.print(`${shown.join(line.value('delimiter') ?? '\n')}\n`);
      }
      if (line.has('count')) yield* p.print(`${chosen.length}\n`);
      return chosen.length > 0 ? 0 : 1;
    },
  );
  if (kind === 'list') return usage;
  return declared(declarationOf(usage) ?? { options: [] }, function* (p) {
    p.argv = [...signalFirst(p.argv)];
    return yield* usage(p);
  });
};
/** Users by name; -1 for nobody. */
function numberOf(p: Process, id: GrepId, word: Bytes): number {
  if (word === '0') return id === 'pgroup' ? p.pgid : id === 'session' ? p.sid : 0;
  const names = owners(p);
  return (id === 'uid' || id === 'euid') && names.user(0) === word ? 0 : -1;
}

const PIDOF: readonly OptionSpec<'single' | 'check-root' | 'quiet' | 'threads' | 'scripts' | 'omit' | 'separator'>[] = [
  option('single', '-s --single-shot', 'return one PID only'),
  option('check-root', '-c --check-root', 'omit processes with different root'),
  option('quiet', '-q', 'quiet mode, only set the exit code'),
  option('threads', '-w --with-workers', 'show kernel workers too'),
  option('scripts', '-x', 'also find shells running the named scripts'),
  option('omit', '-o --omit-pid <PID,...>', 'omit processes with PID'),
  option('separator', '-S --separator SEP', 'use SEP as separator put between PIDs'),
];
const pidof = declared({ synopsis: '[options] [program [...]]', options: declaredOptions(PIDOF) }, function* (p) {
  const line = parseOptions(p.argv, PIDOF);
  if (line.error !== undefined) return (yield* p.error(line.error), 1);
  const value = (id: string): Bytes | undefined => line.options.find((each) => each.id === id)?.argument;
  const has = (id: string): boolean => line.options.some((each) => each.id === id);
  const omitted = value('omit')?.split(',') ?? [];
  const isNamed = ({ argv, comm, exe }: Process): boolean =>
    line.operands.some((name) => name === comm || name === exe || (has('scripts') && argv[1]?.replace(/^.*\//, '') === name.replace(/^.*\//, '')));
  const found = rowsOf(p).filter((row) => row.process !== p && isNamed(row.process) && !omitted.includes(String(row.pid)));
  if (found.length === 0) return 1;
  const pids = found.map((row) => row.pid).reverse();
  if (!has('quiet')) yield* p.print(`${(has('single') ? pids.slice(0, 1) : pids).join(value('separator') ?? ' ')}\n`);
  return 0;
});

const KILL_OPTIONS: Declaration['options'] = [
  { names: ['-s', '--signal'], value: '<signal>', help: 'specify the <signal> to be sent' },
  { names: ['-l', '--list'], value: '<signal>', isOptional: true, help: 'list all signal names, or convert one to a name' },
  { names: ['-L', '--table'], help: 'list all signal names in a nice table' },
  { names: ['-q', '--queue'], value: '<value>', help: 'integer value to be sent with the signal', isMissing: true },
  { names: ['-h', '--help'] },
  { names: ['-V', '--version'] },
];
const KILL_HELP = `
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -q, --queue <value>    integer value to be sent with the signal
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see kill(1).
`;
/** Real-time signals apart. */
const NUMBERED = SIGNAL_NAMES.slice(0, 31).map((name) => (name === 'IO' ? 'POLL' : name));
/** Names side by side as far as 78 columns go. */
function nameList(): string {
  let [text, line] = ['', ''];
  for (const name of NUMBERED) {
    if (line.length + name.length + 1 > 78) [text, line] = [`${text}${line}\n`, ''];
    line += (line === '' ? '' : ' ') + name;
  }
  return `${text}${line}\n`;
}
const nameTable = (): string =>
  Array.from({ length: Math.ceil(NUMBERED.length / 7) }, (_, row) =>
    NUMBERED.slice(row * 7, row * 7 + 7)
      .map((name, i) => `${String(row * 7 + i + 1).padStart(2)} ${name.padEnd(7)}`)
      .join(' ')
      .trimEnd()
      .concat('\n'),
  ).join('');
const kill = declared({ synopsis: '[options] <pid> [...]', options: KILL_OPTIONS }, function* (p) {
  const words = p.argv.slice(1);
  let signal: SignalName | undefined = 'TERM';
  for (; words[0]?.startsWith('-') && words[0] !== '-'; words.shift()) {
    const [word = '', next] = words;
    const [, name, given] = /^(-[a-zA-Z]|--[a-z]+)(?:=?(.*))$/s.exec(word) ?? [];
    const own = given === '' || given === undefined ? undefined : given;
    if (word === '--') {
      words.shift();
      break;
    }
    const named = parseSignal(word.slice(1));
    if (word === '-0' || named) signal = named;
    else if (word === '-h' || word === '--help') return (yield* p.print(KILL_HELP), 0);
    else if (word === '-V' || word === '--version') return (yield* p.print('kill from procps-ng 4.0.2\n'), 0);
    else if (word === '-L' || word === '--table') return (yield* p.print(nameTable()), 0);
    else if (name === '-l' || name === '--list') {
      const asked = own ?? next;
      if (asked === undefined) return (yield* p.print(nameList()), 0);
      const found = parseSignal(/^\d+$/.test(asked) && Number(asked) > 128 ? String(Number(asked) - 128) : asked);
      if (!found) return yield* p.fail(`unknown signal name ${asked}`);
      yield* p.print(`${/^\d+$/.test(asked) ? found : signalNumber(found)}\n`);
      return 0;
    } else if (name === '-s' || name === '--signal' || name === '-n') {
      const asked = own ?? next ?? '';
      signal = parseSignal(asked);
      if (!signal && asked !== '0') return yield* p.fail(`unknown signal name ${asked}`);
      if (own === undefined) words.shift();
    } else if (name === '-q' || name === '--queue') return (yield* p.error('not modelled: kill --queue\n'), 1);
    else if (/^-\d+$/.test(word)) break;
    else return (yield* p.error(`kill: invalid argument ${word.slice(1)}\n${KILL_HELP}`), 1);
  }
  if (words.length === 0) return (yield* p.error(KILL_HELP), 1);
  let status = 0;
  for (const word of words) {
    const sent = /^-?\d+$/.test(word) ? p.kill(Number(word), signal) : undefined;
    if (!sent) status = yield* p.fail(`failed to parse argument: '${word}'`);
    else if (!sent.ok) status = yield* p.failErrno(`(${word})`, sent.error);
  }
  return status;
});

const KILLALL: readonly OptionSpec<'exact' | 'ignore-case' | 'quiet' | 'list' | 'regexp' | 'signal' | 'user' | 'verbose' | 'wait'>[] = [
  option('exact', '-e --exact', 'require exact match for very long names'),
  option('ignore-case', '-I --ignore-case', 'case insensitive process name match'),
  option('list', '-l --list', 'list all known signal names'),
  option('quiet', '-q --quiet', "don't print complaints"),
  option('regexp', '-r --regexp', 'interpret NAME as an extended regular expression'),
  option('signal', '-s --signal SIGNAL', 'send this signal instead of SIGTERM'),
  option('verbose', '-v --verbose', 'report if the signal was successfully sent'),
  option('wait', '-w --wait', 'wait for processes to die'),
];
const killall = declared({ synopsis: '[OPTION]... [--] NAME...', options: declaredOptions(KILLALL) }, function* (p) {
  const line = parseOptions(signalFirst(p.argv), KILLALL);
  const has = (id: string): boolean => line.options.some((each) => each.id === id);
  const named = line.options.findLast(({ id }) => id === 'signal')?.argument ?? 'TERM';
  const signal = parseSignal(named);
  if (has('list')) return (yield* p.print(`${SIGNAL_NAMES.join(' ')}\n`), 0);
  if (line.error !== undefined || line.operands.length === 0) {
    const rows = declaredOptions(KILLALL).map(({ names, value = '', help = '' }) => `  ${`${names.join(',')} ${value}`.padEnd(19)} ${help}\n`);
    return (
      yield* p.error(
        `${line.error ?? ''}Usage: killall [OPTION]... [--] NAME...\n       killall -l, --list\n       killall -V, --version\n\n${rows.join('')}\n`,
      ),
      1
    );
  }
  if (!signal) return (yield* p.error(`${named}: unknown signal; killall -l lists signals.\n`), 1);
  let status = 0;
  for (const word of line.operands) {
    const compiled = compilePosixRegex(word, { syntax: 'extended', ignoreCase: has('ignore-case') });
    const matches = ({ process }: Row): boolean =>
      has('regexp')
        ? compiled.ok && compiled.value.test(process.comm)
        : has('ignore-case')
          ? process.comm.toLowerCase() === word.toLowerCase()
          : process.comm === word;
    const found = rowsOf(p).filter((row) => row.process !== p && row.process.state !== 'zombie' && matches(row));
    if (found.length === 0) {
      status = 1;
      if (!has('quiet')) yield* p.error(`${word}: no process found\n`);
    }
    for (const { pid, process } of found) {
      p.kill(pid, signal);
      if (has('verbose')) yield* p.error(`Killed ${process.comm}(${pid}) with signal ${signalNumber(signal)}\n`);
    }
    if (has('wait')) while (found.some(({ process }) => process.ending === undefined)) yield* p.sleep(100_000);
  }
  return status;
});

export const SIGNALLING_TOOLS: Readonly<Record<string, Program>> = { pgrep: pgrepAs('list'), pkill: pgrepAs('kill'), pidof, kill, killall };
