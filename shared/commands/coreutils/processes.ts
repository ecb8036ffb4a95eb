/** sleep, timeout, env, true, false, echo, date, sync: small programs about processes. */
import { type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { decodeEscapes, parseSignal, signalNumber, type ChildStatus, type Process, type Program, type SignalName, type Sys } from '../../shell/index.ts';
import { date } from './date.ts';
import { declared } from '../declaration.ts';
import { usageError, type GnuUsage } from './options.ts';
import { program } from './program.ts';

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
const sleep = program(SLEEP, function* (p, parsed) {
  if (parsed.operands.length === 0) return yield* usageError(p, 'missing operand', SLEEP);
  const times = parsed.operands.map(duration);
  const bad = times.indexOf(undefined);
  if (bad >= 0) return yield* usageError(p, `invalid time interval '${parsed.operands[bad] ?? ''}'`, SLEEP);
  yield* p.sleep(times.reduce<number>((sum, us) => sum + (us ?? 0), 0));
  return 0;
});

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
const timeout = program(TIMEOUT, function* (p, parsed) {
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
});

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
const env = program(ENV, function* (p, parsed) {
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
});

/** `--help` and `--version` count only when nothing else is there. */
function lone(p: Process, synopsis: string, summary: string): Bytes | undefined {
  if (p.argv.length !== 2) return undefined;
  if (p.argv[1] === '--version') return `${p.name} (GNU coreutils) 9.1\n`;
  const other = p.name === 'echo' ? 'LONG-OPTION' : 'OPTION';
  return p.argv[1] === '--help' ? `Usage: ${p.name} ${synopsis}\n  or:  ${p.name} ${other}\n${summary}\n` : undefined;
}
const CONSTANT = '[ignored command line arguments]';
const constant = (status: number): Program =>
  declared({ synopsis: CONSTANT, summary: `Exit with status ${status}.`, options: [] }, function* (p) {
    const said = p.name === 'sync' ? undefined : lone(p, CONSTANT, `Exit with a status code indicating ${status === 0 ? 'success' : 'failure'}.`);
    if (said !== undefined) yield* p.print(said);
    return status;
  });
const ECHO = { synopsis: '[SHORT-OPTION]... [STRING]...', summary: 'Echo the STRING(s) to standard output.' };
const ECHO_OPTIONS = [
  { names: ['-n'], help: 'do not output the trailing newline' },
  { names: ['-e'], help: 'enable interpretation of backslash escapes' },
  { names: ['-E'], help: 'disable interpretation of backslash escapes (default)' },
];
const echo = declared({ ...ECHO, options: ECHO_OPTIONS }, function* (p) {
  const said = lone(p, ECHO.synopsis, ECHO.summary);
  if (said !== undefined) return (yield* p.print(said), 0);
  const words = p.argv.slice(1);
  let isNewline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    for (const letter of (words.shift() ?? '').slice(1)) {
      if (letter === 'n') isNewline = false;
      else escapes = letter === 'e';
    }
  }
  const { text, isEnded } = escapes ? decodeEscapes(words.join(' '), 'echo', false) : { text: words.join(' '), isEnded: false };
  yield* p.print(text + (isNewline && !isEnded ? '\n' : ''));
  return 0;
});

const at = (name: string, main: Program): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin: 'coreutils 9.1' });
export const PROCESS_PROGRAMS: readonly InstalledProgram[] = [
  ...[at('sleep', sleep), at('timeout', timeout), at('env', env), at('true', constant(0)), at('false', constant(1))],
  ...[at('echo', echo), at('date', date), at('sync', constant(0))],
];
