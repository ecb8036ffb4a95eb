/** mkfifo and mknod (GNU coreutils 9.1): names for pipes and devices. */
import { strerror, type Bytes } from '../../base/index.ts';
import { makeDevice, type Process, type Sys } from '../../shell/index.ts';
import { parseMode } from './modes.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { program } from './program.ts';

const MODE = { short: 'm', long: 'mode', argument: 'required' } as const;
const CONTEXT = { short: 'Z', long: 'context', argument: 'optional' } as const;
const PLAIN = 0o666;

/** The permissions that `-m` asks for; a number is the status of a wrong one. */
function* modeOf(p: Process, parsed: Parsed): Sys<number | { readonly failed: number }> {
  const text = parsed.options.get('mode');
  if (text === undefined) return PLAIN;
  const mode = parseMode(text, p.umask)?.(PLAIN, 'file');
  return mode ?? { failed: yield* p.fail('invalid mode') };
}
/** Makes a node; with `-m` its permissions are those exactly, whatever the umask. */
function make(p: Process, path: Bytes, kind: 'fifo' | 'char' | 'block', mode: number, isExact: boolean, rdev = 0): Bytes | undefined {
  const made = p.fs.mknod(path, kind, mode, rdev);
  if (!made.ok) return strerror(made.error);
  if (isExact) p.fs.chmod(path, mode);
  return undefined;
}

const MKFIFO: GnuUsage = { usage: '[OPTION]... NAME...', summary: 'Create named pipes (FIFOs) with the given NAMEs.', options: [MODE, CONTEXT] };
export const mkfifo = program(MKFIFO, function* (p, parsed) {
  if (parsed.operands.length === 0) return yield* usageError(p, 'missing operand', MKFIFO);
  const mode = yield* modeOf(p, parsed);
  if (typeof mode !== 'number') return mode.failed;
  let status = 0;
  for (const path of parsed.operands) {
    const failure = make(p, path, 'fifo', mode, parsed.has('mode'));
    if (failure !== undefined) status = yield* p.fail(`cannot create fifo '${path}': ${failure}`);
  }
  return status;
});

const MKNOD: GnuUsage = { usage: '[OPTION]... NAME TYPE [MAJOR MINOR]', summary: 'Create the special file NAME of the given TYPE.', options: [MODE, CONTEXT] };
export const mknod = program(MKNOD, function* (p, parsed) {
  const mode = yield* modeOf(p, parsed);
  if (typeof mode !== 'number') return mode.failed;
  const [path, type = '', major, minor, extra] = parsed.operands;
  const last = parsed.operands.at(-1);
  if (path === undefined) return yield* usageError(p, 'missing operand', MKNOD);
  const isFifo = type.startsWith('p');
  const surplus = isFifo ? major : extra;
  if (parsed.operands.length === 1 || (!isFifo && minor === undefined)) {
    const note = parsed.operands.length === 2 ? 'Special files require major and minor device numbers.\n' : '';
    yield* p.error(`mknod: missing operand after '${last}'\n${note}Try 'mknod --help' for more information.\n`);
    return 1;
  }
  if (surplus !== undefined) {
    const note = isFifo && parsed.operands.length === 4 ? 'Fifos do not have major and minor device numbers.\n' : '';
    yield* p.error(`mknod: extra operand '${surplus}'\n${note}Try 'mknod --help' for more information.\n`);
    return 1;
  }
  if (!/^[pbcu]/.test(type)) return yield* usageError(p, `invalid device type '${type}'`, MKNOD);
  if (!isFifo && !/^\d+$/.test(major ?? '')) return yield* p.fail(`invalid major device number '${major}'`);
  if (!isFifo && !/^\d+$/.test(minor ?? '')) return yield* p.fail(`invalid minor device number '${minor}'`);
  const kind = isFifo ? 'fifo' : type.startsWith('b') ? 'block' : 'char';
  const failure = make(p, path, kind, mode, parsed.has('mode'), isFifo ? 0 : makeDevice(Number(major), Number(minor)));
  return failure === undefined ? 0 : yield* p.fail(`${path}: ${failure}`);
});
