/**
 * flock (util-linux 2.38.1): locks on open files, for scripts that must not run twice at once (flock(2)). A lock belongs to what was opened:
 * every descriptor that came from it holds it, and it ends with the last of them.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Inode, OpenFile, Process, Sys } from '../../shell/index.ts';
import { statusOf } from '../coreutils/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

const OPTIONS: readonly OptionSpec[] = [
  { id: 's', short: 's', long: 'shared', argument: 'none', help: 'get a shared lock' },
  { id: 'x', short: 'x', long: 'exclusive', argument: 'none', help: 'get an exclusive lock (default)' },
  { id: 'x', short: 'e', argument: 'none', help: 'get an exclusive lock (default)' },
  { id: 'u', short: 'u', long: 'unlock', argument: 'none', help: 'remove a lock' },
  { id: 'n', short: 'n', long: 'nonblock', argument: 'none', help: 'fail rather than wait' },
  { id: 'n', short: '', long: 'nb', argument: 'none', help: 'fail rather than wait' },
  { id: 'w', short: 'w', long: 'timeout', argument: 'required', help: 'wait for a limited amount of time' },
  { id: 'E', short: 'E', long: 'conflict-exit-code', argument: 'required', help: 'exit code after conflict or timeout' },
  { id: 'o', short: 'o', long: 'close', argument: 'none', help: 'close file descriptor before running command' },
  { id: 'F', short: 'F', long: 'no-fork', argument: 'none', help: 'execute command without forking' },
  { id: 'V', short: 'V', long: 'version', argument: 'none', help: 'display version' },
];
const [USAGE, BAD_INPUT, NO_INPUT] = [64, 65, 66];
/** How often who waits looks again. */
const LOOK_US = 5000;

type Kind = 'shared' | 'exclusive';
const locks = new WeakMap<Inode, Map<OpenFile, Kind>>();

function take(inode: Inode, file: OpenFile, kind: Kind): boolean {
  const held = locks.get(inode) ?? new Map<OpenFile, Kind>();
  locks.set(inode, held);
  for (const [other, theirs] of held) {
    if (other.references === 0) held.delete(other);
    else if (other !== file && (kind === 'exclusive' || theirs === 'exclusive')) return false;
  }
  held.set(file, kind);
  return true;
}
function* wait(p: Process, inode: Inode, file: OpenFile, kind: Kind, untilUs: number): Sys<boolean> {
  while (!take(inode, file, kind)) {
    if (p.nowUs >= untilUs) return false;
    yield* p.sleep(Math.min(LOOK_US, untilUs - p.nowUs));
  }
  return true;
}

export const flock = declared({ synopsis: '[options] <file>|<fd> [<command>...]', options: declaredOptions(OPTIONS) }, function* (p) {
  const fail = function* (words: Bytes, status: number): Sys<number> {
    yield* p.error(words === '' ? '' : `flock: ${words}\n`);
    if (status === USAGE && words === 'not enough arguments') yield* p.error("Try 'flock --help' for more information.\n");
    return status;
  };
  const { options, operands, error } = parseOptions(p.argv, OPTIONS, 'posix');
  if (error !== undefined) return (yield* p.error(`${error}Try 'flock --help' for more information.\n`), USAGE);
  const given = (id: string): Bytes | undefined => options.findLast((each) => each.id === id)?.argument;
  const has = (id: string): boolean => options.some((each) => each.id === id);
  if (has('V')) return (yield* p.print('flock from util-linux 2.38.1\n'), 0);
  const timeout = given('w');
  const seconds = timeout === undefined ? Infinity : Number(timeout);
  if (Number.isNaN(seconds)) return yield* fail(`invalid timeout value: '${timeout ?? ''}'`, USAGE);
  const [where, ...command] = operands;
  if (where === undefined) return yield* fail(p.argv.length === 1 ? 'not enough arguments' : 'requires file descriptor, file or directory', USAGE);
  if (command[0] === '-c' || command[0] === '--command') {
    if (command.length !== 2) return yield* fail(`${command[0]} requires exactly one command argument`, USAGE);
    command.splice(0, 2, p.env.get('SHELL') ?? '/bin/sh', '-c', command[1] ?? '');
  }
  let fd = Number(where);
  if (command.length > 0) {
    const opened = yield* p.open(where, { read: true, create: !(p.fs.exists(where) && p.fs.stat(where).ok) });
    if (!opened.ok) return yield* fail(`cannot open lock file ${where}: ${strerror(opened.error)}`, NO_INPUT);
    fd = opened.value;
  } else if (!/^\d+$/.test(where)) return yield* fail(`bad file descriptor: '${where}'`, USAGE);
  const file = p.fds.get(fd);
  const inode = file?.place?.inode;
  if (file === undefined || inode === undefined) return yield* fail(`${fd}: ${strerror('EBADF')}`, BAD_INPUT);
  if (has('u')) locks.get(inode)?.delete(file);
  else {
    const untilUs = has('n') ? p.nowUs : p.nowUs + seconds * 1e6;
    if (!(yield* wait(p, inode, file, has('s') ? 'shared' : 'exclusive', untilUs))) return Number(given('E') ?? 1);
  }
  if (command.length === 0) return 0;
  const child = p.spawn(command);
  if (!child.ok) return yield* fail(`failed to execute ${command[0] ?? ''}: ${strerror(child.error)}`, child.error === 'ENOENT' ? 69 : 71);
  if (has('o')) p.close(fd);
  return statusOf(yield* p.waitExit(child.value));
});
