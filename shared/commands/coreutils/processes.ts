/** sleep, timeout, env, nohup, nice, true, false, echo, uname, id, whoami, nproc, tty, date, xargs, which: small programs about processes. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import {
  LineReader,
  parseSignal,
  searchPath,
  signalNumber,
  type ChildStatus,
  type Process,
  type Program,
  type SignalName,
  type Sys,
} from '../../shell/index.ts';
import { date } from './date.ts';
import { owners } from './ls.ts';
import { gnuOptions, usageError, type GnuUsage } from './options.ts';

/** `$?` of an ending. */
export const statusOf = (ending: ChildStatus): number =>
  ending.kind === 'exited' ? ending.code : ending.kind === 'continued' ? 0 : 128 + signalNumber(ending.signal);

/** Runs a command as env, timeout and their kin do: 127 when it is not there, 126 when it cannot be run. */
function* runCommand(p: Process, argv: readonly Bytes[], wording: (name: Bytes) => Bytes = (name) => `'${name}'`): Sys<Process | number> {
  const child = p.spawn(argv);
  if (child.ok) return child.value;
  yield* p.failErrno(wording(argv[0] ?? ''), child.error);
  return child.error === 'ENOENT' ? 127 : 126;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
/** `1.5`, `2m`, `infinity`: microseconds. */
export function duration(text: Bytes): number | undefined {
  const match = /^(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|inf(?:inity)?)([smhd]?)$/i.exec(text);
  if (!match) return undefined;
  const seconds = /^inf/i.test(match[1] ?? '') ? 1e9 : Number(match[1]);
  return Math.round(seconds * (UNITS[match[2] ?? ''] ?? 1) * 1e6);
}

const SLEEP: GnuUsage = { usage: 'NUMBER[SUFFIX]...', summary: 'Pause for NUMBER seconds.', options: [] };
const sleep: Program = function* (p) {
  const parsed = yield* gnuOptions(p, SLEEP);
  if (typeof parsed === 'number') return parsed;
  if (parsed.operands.length === 0) return yield* usageError(p, 'missing operand', SLEEP);
  const times = parsed.operands.map(duration);
  const bad = times.indexOf(undefined);
  if (bad >= 0) return yield* usageError(p, `invalid time interval '${parsed.operands[bad] ?? ''}'`, SLEEP);
  yield* p.sleep(times.reduce<number>((sum, us) => sum + (us ?? 0), 0));
  return 0;
};

const TIMEOUT: GnuUsage = {
  usage: '[OPTION] DURATION COMMAND [ARG]...',
  summary: 'Start COMMAND, and kill it if still running after DURATION.',
  options: [
    { long: 'foreground', help: 'do not run in a background process group' },
    { short: 'k', long: 'kill-after', argument: 'required', help: 'also send a KILL signal if COMMAND is still running this long after the initial signal' },
    { long: 'preserve-status', help: 'exit with the same status as COMMAND' },
    { short: 's', long: 'signal', argument: 'required', help: 'the signal to be sent on timeout' },
    { short: 'v', long: 'verbose', help: 'diagnose to stderr any signal sent upon timeout' },
  ],
  stopAtOperand: true,
  failure: 125,
};
/** send_sig: to the command and, unless it stays in the foreground, to all of the group; timeout itself is in it, and only KILL ends it. */
function strike(p: Process, child: Process, signal: SignalName, mode: 'group' | 'foreground'): void {
  if (mode === 'foreground' || child.pgid !== p.pgid) p.os.signal(child, signal);
  if (mode === 'foreground') return;
  if (signal !== 'KILL') p.on(signal, 'ignore');
  p.kill(0, signal);
  p.kill(0, 'CONT');
}
const timeout: Program = function* (p) {
  const parsed = yield* gnuOptions(p, TIMEOUT);
  if (typeof parsed === 'number') return parsed;
  const [limit, ...argv] = parsed.operands;
  if (limit === undefined || argv.length === 0) {
    yield* p.error(`Try '${p.name} --help' for more information.\n`);
    return 125;
  }
  const limitUs = duration(limit);
  if (limitUs === undefined) return yield* usageError(p, `invalid time interval '${limit}'`, TIMEOUT);
  const signal = parseSignal(parsed.options.get('signal') ?? 'TERM');
  if (!signal) return yield* usageError(p, `'${parsed.options.get('signal') ?? ''}': invalid signal`, TIMEOUT);
  const killAfter = parsed.options.get('kill-after');
  const mode = parsed.has('foreground') ? 'foreground' : 'group';
  if (mode === 'group') p.leadGroup();
  const child = yield* runCommand(p, argv, (name) => `failed to run command '${name}'`);
  if (typeof child === 'number') return child;
  for (const forwarded of ['INT', 'TERM', 'HUP'] as const) p.on(forwarded, () => void p.os.signal(child, forwarded));
  const ended = (): boolean => child.ending !== undefined;
  const untilUs = p.nowUs + limitUs;
  while (!ended() && (limitUs === 0 || p.nowUs < untilUs)) yield* p.waitFor(ended, p.childChanged, limitUs === 0 ? undefined : untilUs - p.nowUs);
  const timedOut = !ended();
  if (timedOut) {
    if (parsed.has('verbose')) yield* p.error(`${p.name}: sending signal ${signal} to command '${argv[0] ?? ''}'\n`);
    strike(p, child, signal, mode);
    if (killAfter !== undefined && !(yield* p.waitFor(ended, p.childChanged, duration(killAfter) ?? 0))) strike(p, child, 'KILL', mode);
    // What it sent to its own group reaches it here.
    yield* p.sleep(1);
  }
  const status = statusOf(yield* p.waitExit(child));
  if (!timedOut || parsed.has('preserve-status')) return status;
  return status === 128 + signalNumber('KILL') ? status : 124;
};

const ENV: GnuUsage = {
  usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  summary: 'Set each NAME to VALUE in the environment and run COMMAND.',
  options: [
    { short: 'i', long: 'ignore-environment' },
    { short: '0', long: 'null' },
    { short: 'u', long: 'unset', argument: 'required' },
    { short: 'C', long: 'chdir', argument: 'required' },
    { short: 'S', long: 'split-string', argument: 'required' },
  ],
  stopAtOperand: true,
  failure: 125,
};
const env: Program = function* (p) {
  const parsed = yield* gnuOptions(p, ENV);
  if (typeof parsed === 'number') return parsed;
  const operands = [
    ...(parsed.options
      .get('split-string')
      ?.split(/\s+/)
      .filter((word) => word !== '') ?? []),
    ...parsed.operands,
  ];
  const clean = parsed.has('ignore-environment') || operands[0] === '-';
  if (operands[0] === '-') operands.shift();
  const environment = new Map(clean ? [] : p.env);
  for (const [name, value] of parsed.given) if (name === 'unset') environment.delete(value);
  while (operands[0]?.includes('=')) {
    const word = operands.shift() ?? '';
    environment.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  const dir = parsed.options.get('chdir');
  if (dir !== undefined) {
    const moved = p.fs.chdir(dir);
    if (!moved.ok) return yield* p.failErrno(`cannot change directory to '${dir}'`, moved.error, 125);
  }
  if (operands.length === 0) {
    for (const [name, value] of environment) yield* p.print(`${name}=${value}${parsed.has('null') ? '\0' : '\n'}`);
    return 0;
  }
  const failure = p.exec(operands, { env: environment });
  return yield* p.failErrno(`'${operands[0] ?? ''}'`, failure, failure === 'ENOENT' ? 127 : 126);
};

/** Runs the rest of its command line in place of itself. */
const wrapper = (prepare: (p: Process) => void): Program =>
  function* (p) {
    const argv = p.argv.slice(1).filter((word, i, all) => !(word.startsWith('-') && all.slice(0, i).every((before) => before.startsWith('-'))));
    if (argv.length === 0) return yield* p.fail(`missing operand\nTry '${p.name} --help' for more information.`, 125);
    prepare(p);
    const failure = p.exec(argv);
    return yield* p.failErrno(`failed to run command '${argv[0] ?? ''}'`, failure, failure === 'ENOENT' ? 127 : 126);
  };
const nohup = wrapper((p) => p.on('HUP', 'ignore'));
const setsid = wrapper((p) => void p.setsid());
const stdbuf = wrapper(() => undefined);

const constant = (status: number): Program =>
  function* () {
    return status;
  };
const echo: Program = function* (p) {
  const words = p.argv.slice(1);
  let isNewline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const flags = words.shift() ?? '';
    if (flags.includes('n')) isNewline = false;
    escapes = flags.lastIndexOf('e') > flags.lastIndexOf('E');
  }
  const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\x07', b: '\b', e: '\x1b', f: '\f', v: '\v' };
  const text = words.join(' ');
  yield* p.print((escapes ? text.replace(/\\([ntr\\abefv])/g, (_, letter: string) => ESCAPES[letter] ?? '') : text) + (isNewline ? '\n' : ''));
  return 0;
};

const UNAME_FIELDS = [
  ['s', 'kernel-name'],
  ['n', 'nodename'],
  ['r', 'kernel-release'],
  ['v', 'kernel-version'],
  ['m', 'machine'],
  ['p', 'processor'],
  ['i', 'hardware-platform'],
  ['o', 'operating-system'],
] as const;
const UNAME: GnuUsage = {
  usage: '[OPTION]...',
  summary: 'Print certain system information.',
  options: [{ short: 'a', long: 'all' }, ...UNAME_FIELDS.map(([short, long]) => ({ short, long }))],
};
const uname: Program = function* (p) {
  const parsed = yield* gnuOptions(p, UNAME);
  if (typeof parsed === 'number') return parsed;
  const read = (path: string): string => {
    const file = p.fs.readFile(path);
    return file.ok ? file.value.trim() : '';
  };
  const values: Readonly<Record<string, string>> = {
    'kernel-name': 'Linux',
    nodename: p.namespaces.uts.hostname,
    'kernel-release': read('/proc/sys/kernel/osrelease'),
    'kernel-version': read('/proc/sys/kernel/version'),
    machine: 'x86_64',
    processor: 'unknown',
    'hardware-platform': 'unknown',
    'operating-system': 'GNU/Linux',
  };
  const all = parsed.has('all');
  const shown = UNAME_FIELDS.filter(([, long]) =>
    all ? values[long] !== 'unknown' : parsed.has(long) || (parsed.options.size === 0 && long === 'kernel-name'),
  );
  yield* p.print(`${shown.map(([, long]) => values[long] ?? '').join(' ')}\n`);
  return 0;
};

const ID: GnuUsage = {
  usage: '[OPTION]... [USER]',
  summary: 'Print user and group information.',
  options: [
    { short: 'g', long: 'group' },
    { short: 'G', long: 'groups' },
    { short: 'n', long: 'name' },
    { short: 'r', long: 'real' },
    { short: 'u', long: 'user' },
  ],
};
const id: Program = function* (p) {
  const parsed = yield* gnuOptions(p, ID);
  if (typeof parsed === 'number') return parsed;
  const names = owners(p);
  const { euid, egid, groups } = p.credentials;
  const all = [...new Set([egid, ...groups])];
  const byName = parsed.has('name');
  if (parsed.has('user')) yield* p.print(`${byName ? names.user(euid) : euid}\n`);
  else if (parsed.has('group')) yield* p.print(`${byName ? names.group(egid) : egid}\n`);
  else if (parsed.has('groups')) yield* p.print(`${all.map((gid) => (byName ? names.group(gid) : gid)).join(' ')}\n`);
  else
    yield* p.print(`uid=${euid}(${names.user(euid)}) gid=${egid}(${names.group(egid)}) groups=${all.map((gid) => `${gid}(${names.group(gid)})`).join(',')}\n`);
  return 0;
};
const whoami: Program = function* (p) {
  yield* p.print(`${owners(p).user(p.credentials.euid)}\n`);
  return 0;
};
const nproc: Program = function* (p) {
  yield* p.print('2\n');
  return 0;
};
const which: Program = function* (p) {
  let status = p.argv.length > 1 ? 0 : 1;
  for (const name of p.argv.slice(1).filter((word) => !word.startsWith('-'))) {
    const found = searchPath(p, name);
    if (found.ok && p.fs.exists(found.value)) yield* p.print(`${found.value}\n`);
    else status = 1;
  }
  return status;
};
const clear: Program = function* (p) {
  yield* p.print('\x1b[H\x1b[2J\x1b[3J');
  return 0;
};

const XARGS: GnuUsage = {
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  summary: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  options: [
    { short: '0', long: 'null', help: 'items are separated by a null, not whitespace' },
    { short: 'a', long: 'arg-file', argument: 'required', help: 'read arguments from FILE, not standard input' },
    { short: 'd', long: 'delimiter', argument: 'required', help: 'items in input stream are separated by CHARACTER' },
    { short: 'I', long: 'replace', argument: 'required', help: 'replace R in INITIAL-ARGS with names read from standard input' },
    { short: 'L', long: 'max-lines', argument: 'required', help: 'use at most MAX-LINES non-blank input lines per command line' },
    { short: 'n', long: 'max-args', argument: 'required', help: 'use at most MAX-ARGS arguments per command line' },
    { short: 'P', long: 'max-procs', argument: 'required', help: 'run at most MAX-PROCS processes at a time' },
    { short: 'r', long: 'no-run-if-empty', help: 'if there are no arguments, then do not run COMMAND' },
    { short: 't', long: 'verbose', help: 'print commands before executing them' },
  ],
  stopAtOperand: true,
};
/** Words of a line as xargs splits them: blanks, quotes, backslashes. */
function words(line: Bytes): Bytes[] {
  return [...line.matchAll(/(?:[^\s"'\\]|\\[\s\S]|"[^"\n]*"|'[^'\n]*')+/g)].map(([word]) =>
    word.replace(/\\([\s\S])|"([^"]*)"|'([^']*)'/g, (_, char?: string, double?: string, single?: string) => char ?? double ?? single ?? ''),
  );
}
const xargs: Program = function* (p) {
  const parsed = yield* gnuOptions(p, XARGS);
  if (typeof parsed === 'number') return parsed;
  const command = parsed.operands.length > 0 ? parsed.operands : ['echo'];
  const replace = parsed.options.get('replace');
  const delimiter = parsed.has('null') ? '\0' : parsed.options.get('delimiter')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
  const file = parsed.options.get('arg-file');
  const fd =
    file === undefined
      ? 0
      : yield* (function* (): Sys<number> {
          const opened = yield* p.open(file, { read: true });
          return opened.ok ? opened.value : -1;
        })();
  const lines = new LineReader(p, fd);
  const groups: Bytes[][] = [];
  const perCall = replace !== undefined ? 1 : Number(parsed.options.get('max-args') ?? parsed.options.get('max-lines') ?? Infinity);
  const items: Bytes[][] = [];
  if (delimiter !== undefined) {
    const all = yield* p.readAll(fd);
    const text = all.ok ? all.value : '';
    const pieces = text.split(delimiter);
    if (pieces.at(-1) === '') pieces.pop();
    items.push(...pieces.map((piece) => [piece]));
  } else {
    for (let line; (line = yield* lines.next()) !== undefined;) {
      const found = replace !== undefined ? (line.trim() === '' ? [] : [line.trimStart()]) : words(line);
      if (parsed.has('max-lines') ? found.length > 0 : false) items.push(found);
      else items.push(...found.map((word) => [word]));
    }
  }
  for (let i = 0; i < items.length; i += perCall) groups.push(items.slice(i, perCall === Infinity ? undefined : i + perCall).flat());
  if (groups.length === 0 && replace === undefined && !parsed.has('no-run-if-empty')) groups.push([]);
  let status = 0;
  for (const group of groups) {
    const argv = replace !== undefined ? command.map((word) => word.split(replace).join(group[0] ?? '')) : [...command, ...group];
    if (parsed.has('verbose')) yield* p.error(`${argv.join(' ')}\n`);
    const child = p.spawn(argv);
    if (!child.ok) {
      yield* p.error(`${p.name}: ${argv[0] ?? ''}: ${strerror(child.error)}\n`);
      return child.error === 'ENOENT' ? 127 : 126;
    }
    const ending = yield* p.waitExit(child.value);
    if (ending.kind === 'killed') {
      yield* p.error(`${p.name}: ${argv[0] ?? ''}: terminated by signal ${signalNumber(ending.signal)}\n`);
      return 125;
    }
    const code = statusOf(ending);
    if (code === 255) {
      yield* p.error(`${p.name}: ${argv[0] ?? ''}: exited with status 255; aborting\n`);
      return 124;
    }
    if (code !== 0) status = 123;
  }
  return status;
};

const at = (name: string, main: Program, origin = 'coreutils 9.1'): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin });
export const PROCESS_PROGRAMS: readonly InstalledProgram[] = [
  ...[
    at('sleep', sleep),
    at('timeout', timeout),
    at('env', env),
    at('nohup', nohup),
    at('nice', stdbuf),
    at('stdbuf', stdbuf),
    at('true', constant(0)),
    at('false', constant(1)),
  ],
  ...[
    at('echo', echo),
    at('uname', uname),
    at('id', id),
    at('whoami', whoami),
    at('nproc', nproc),
    at('date', date),
    at('sync', constant(0)),
    at('clear', clear, 'ncurses 6.4'),
  ],
  ...[at('which', which, 'debianutils 5.7'), at('xargs', xargs, 'findutils 4.9'), at('setsid', setsid, 'util-linux 2.38')],
];
