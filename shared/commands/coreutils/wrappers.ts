/** nohup, nice, setsid, stdbuf: each changes something about itself and becomes the command that follows. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { program } from './program.ts';

/** Runs the rest of its command line in place of itself. */
const wrapper = (usage: GnuUsage, prepare: (p: Process, parsed: Parsed) => Sys<number | undefined>): Program =>
  program({ failure: 125, stopAtOperand: true, ...usage }, function* (p, parsed, own) {
    const argv = parsed.operands;
    if (argv.length === 0) return yield* usageError(p, 'missing operand', own);
    const status = yield* prepare(p, parsed);
    if (status !== undefined) return status;
    const failure = p.exec(argv);
    return yield* p.failErrno(`failed to run command '${argv[0] ?? ''}'`, failure, failure === 'ENOENT' ? 127 : 126);
  });
const NICE: GnuUsage = {
  usage: '[OPTION] [COMMAND [ARG]...]',
  summary: 'Run COMMAND with an adjusted niceness, which affects process scheduling.',
  options: [{ short: 'n', long: 'adjustment', argument: 'required', help: 'add integer N to the niceness (default 10)' }],
  stopAtOperand: true,
  failure: 125,
  obsolete: (word) => (/^-[-+]?\d+$/.test(word) ? ['-n', word.slice(1)] : undefined),
  missing: ['niceness: there is no scheduler that would heed it, so it stays 0'],
};
const nohup = wrapper({ usage: 'COMMAND [ARG]...', summary: 'Run COMMAND, ignoring hangup signals.', options: [] }, keepRunning);
/** What is said to a terminal goes to a file; so does what goes wrong. */
function* keepRunning(p: Process): Sys<number | undefined> {
  p.on('HUP', 'ignore');
  const [input, output, errors] = [0, 1, 2].map((fd) => p.isTerminal(fd));
  if (input) {
    const none = yield* p.open('/dev/null', { write: true });
    if (none.ok) p.fds.duplicate(none.value, 0);
  }
  if (output) {
    const file = yield* p.open('nohup.out', { write: true, create: true, append: true }, 0o600);
    if (!file.ok) return yield* p.failErrno("failed to open 'nohup.out'", file.error, 125);
    yield* p.error(`${p.name}: ${input ? 'ignoring input and ' : ''}appending output to 'nohup.out'\n`);
    p.fds.duplicate(file.value, 1);
  } else if (input) yield* p.error(`${p.name}: ignoring input${errors ? ' and redirecting stderr to stdout' : ''}\n`);
  if (errors) p.fds.duplicate(1, 2);
  return undefined;
}
const setsid = wrapper(
  {
    usage: '[options] <program> [arguments ...]',
    summary: 'Run a program in a new session.',
    options: [
      { short: 'c', long: 'ctty', help: 'set the controlling terminal to the current one' },
      { short: 'f', long: 'fork', help: 'always fork' },
      { short: 'w', long: 'wait', help: 'wait program to exit, and use the same return' },
    ],
    failure: 1,
    version: 'util-linux 2.38.1)',
  },
  function* (p) {
    yield* p.tick();
    p.setsid();
    return undefined;
  },
);
const nice = program(NICE, function* (p, parsed, usage) {
  const given = parsed.options.get('adjustment');
  if (given !== undefined && !/^[+-]?\d+$/.test(given)) return yield* p.fail(`invalid adjustment '${given}'`, 125);
  if (parsed.operands.length === 0) {
    if (given !== undefined) return yield* usageError(p, 'a command must be given with an adjustment', usage);
    yield* p.print('0\n');
    return 0;
  }
  const failure = p.exec(parsed.operands);
  return yield* p.failErrno(`'${parsed.operands[0] ?? ''}'`, failure, failure === 'ENOENT' ? 127 : 126);
});
const stdbuf = wrapper(
  {
    usage: 'OPTION... COMMAND',
    summary: 'Run COMMAND, with modified buffering operations for its standard streams.',
    options: (['input', 'output', 'error'] as const).map((long) => ({
      short: long[0]!,
      long,
      argument: 'required',
      help: `adjust standard ${long} stream buffering`,
    })),
    missing: ['other buffering: every program here writes as the real one does by default'],
  },
  function* (p, parsed) {
    if (parsed.given.length === 0) return yield* p.fail(`you must specify a buffering mode option\nTry '${p.name} --help' for more information.`, 125);
    return undefined;
  },
);

const at = (name: string, main: Program, origin = 'coreutils 9.1'): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin });
export const WRAPPING_PROGRAMS: readonly InstalledProgram[] = [
  ...[at('nohup', nohup), at('nice', nice), at('stdbuf', stdbuf), at('setsid', setsid, 'util-linux 2.38.1')],
];
