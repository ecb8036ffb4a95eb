/** truncate, link, unlink, dd, split and printenv: what is needed now and then (coreutils 9.1). */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { closeInput, openInput } from './input.ts';
import { usageError, type GnuUsage } from './options.ts';
import type { Declaration } from '../declaration.ts';
import { declared } from '../declaration.ts';
import { program } from './program.ts';

const sizeOf = (text: Bytes): number | undefined => {
  const [, digits, unit = '', tail = ''] = /^(\d+)([bcwkKMGT]?)(B|iB)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const base = tail === 'B' ? 1000 : 1024;
  const power = { k: 1, K: 1, M: 2, G: 3, T: 4 }[unit];
  return Number(digits) * (power === undefined ? ({ b: 512, w: 2 }[unit] ?? 1) : base ** power);
};

const TRUNCATE: GnuUsage = {
  usage: 'OPTION... FILE...',
  summary: 'Shrink or extend the size of each FILE to the specified size.',
  options: [
    { short: 'c', long: 'no-create', help: 'do not create any files' },
    { short: 's', long: 'size', argument: 'required', help: 'set or adjust the file size by SIZE bytes' },
    { short: 'r', long: 'reference', argument: 'required', help: 'base size on RFILE' },
  ],
};
const truncate = program(TRUNCATE, function* (p, parsed) {
  const text = parsed.options.get('size');
  const reference = parsed.options.get('reference');
  if (text === undefined && reference === undefined) return yield* usageError(p, "you must specify either '--size' or '--reference'", TRUNCATE);
  if (parsed.operands.length === 0) return yield* usageError(p, 'missing file operand', TRUNCATE);
  const [, sign = '', digits = ''] = /^([-+<>/%]?)(.*)$/.exec(text ?? '') ?? [];
  const base = reference === undefined ? undefined : p.fs.stat(reference);
  const amount = base ? (base.ok ? base.value.size : undefined) : sizeOf(digits);
  if (amount === undefined) return yield* p.fail(base ? `cannot stat '${reference ?? ''}': No such file or directory` : `Invalid number: '${text ?? ''}'`);
  let status = 0;
  for (const name of parsed.operands) {
    if (!p.fs.exists(name)) {
      if (parsed.has('no-create')) continue;
      const made = p.fs.writeFile(name, '');
      if (!made.ok) {
        status = yield* p.fail(`cannot open '${name}' for writing: ${strerror(made.error)}`);
        continue;
      }
    }
    const inode = p.fs.stat(name);
    const size = inode.ok ? inode.value.size : 0;
    const wanted = { '+': size + amount, '-': Math.max(0, size - amount), '<': Math.min(size, amount), '>': Math.max(size, amount) }[sign] ?? amount;
    const done = p.fs.truncate(name, wanted);
    if (!done.ok) status = yield* p.fail(`failed to truncate '${name}' at ${wanted} bytes: ${strerror(done.error)}`);
  }
  return status;
});

const exactly = (usage: GnuUsage, count: number, body: (p: Process, names: readonly Bytes[]) => Sys<number>): Program =>
  program(usage, function* (p, parsed) {
    const { operands } = parsed;
    if (operands.length === 0) return yield* usageError(p, 'missing operand', usage);
    if (operands.length < count) return yield* usageError(p, `missing operand after '${operands.at(-1) ?? ''}'`, usage);
    const extra = operands[count];
    return extra === undefined ? yield* body(p, operands) : yield* usageError(p, `extra operand '${extra}'`, usage);
  });
const link = exactly(
  { usage: 'FILE1 FILE2', summary: 'Call the link function to create a link named FILE2 to an existing FILE1.', options: [] },
  2,
  function* (p, [from = '', to = '']) {
    const made = p.fs.link(from, to);
    return made.ok ? 0 : yield* p.fail(`cannot create link '${to}' to '${from}': ${strerror(made.error)}`);
  },
);
const unlink = exactly({ usage: 'FILE', summary: 'Call the unlink function to remove the specified FILE.', options: [] }, 1, function* (p, [name = '']) {
  const gone = p.fs.unlink(name);
  return gone.ok ? 0 : yield* p.fail(`cannot unlink '${name}': ${strerror(gone.error)}`);
});

const PRINTENV: GnuUsage = {
  usage: '[OPTION]... [VARIABLE]...',
  summary: 'Print the values of the specified environment VARIABLE(s).',
  options: [{ short: '0', long: 'null', help: 'end each output line with NUL, not newline' }],
  failure: 2,
  stopAtOperand: true,
};
const printenv = program(PRINTENV, function* (p, parsed) {
  const names = parsed.operands;
  const ending = parsed.has('null') ? '\0' : '\n';
  if (names.length === 0) for (const [name, value] of p.env) yield* p.print(`${name}=${value}${ending}`);
  let status = 0;
  for (const name of names) {
    const value = p.getenv(name);
    if (value === undefined) status = 1;
    else yield* p.print(`${value}${ending}`);
  }
  return status;
});

/** So much at once of what has no end: `dd if=/dev/zero` with a large block. */
const MAX_BLOCK = 1 << 24;
const DD = ['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'conv', 'status', 'iflag', 'oflag'];
const DD_DECLARATION: Declaration = {
  synopsis: '[OPERAND]...',
  summary: 'Copy a file, converting and formatting according to the operands.',
  options: [],
  commands: DD.map((name) => ({ name: `${name}=` })),
  missing: ['conversions but lcase, ucase and notrunc', 'what flags do', 'output blocks of another size', 'the cbs operand'],
};
const CONVERSIONS = [
  'ascii',
  'ebcdic',
  'ibm',
  'block',
  'unblock',
  'lcase',
  'ucase',
  'sparse',
  'swab',
  'sync',
  'excl',
  'nocreat',
  'notrunc',
  'noerror',
  'fdatasync',
  'fsync',
];
const MODELLED = ['lcase', 'ucase', 'notrunc', 'fdatasync', 'fsync', 'noerror'];
const FLAGS = [
  'append',
  'binary',
  'cio',
  'direct',
  'directory',
  'dsync',
  'noatime',
  'nocache',
  'noctty',
  'nofollow',
  'nolinks',
  'nonblock',
  'sync',
  'text',
  'fullblock',
];
/** What is wrong with an operand, or not modelled. */
function ddTrouble(name: string, text: Bytes): string | undefined {
  const help = "\nTry 'dd --help' for more information.";
  if (['bs', 'ibs', 'obs', 'count', 'skip', 'seek'].includes(name)) {
    const size = sizeOf(text);
    return size === undefined || size < 0 || (size === 0 && name.endsWith('bs')) ? `invalid number: '${text}'` : undefined;
  }
  if (name === 'status' && !['none', 'noxfer', 'progress'].includes(text)) return `invalid status level: '${text}'${help}`;
  const [known, modelled, what] =
    name === 'conv'
      ? [CONVERSIONS, MODELLED, 'conversion']
      : name === 'iflag' || name === 'oflag'
        ? [FLAGS, FLAGS, name === 'iflag' ? 'input flag' : 'output flag']
        : [];
  if (!known || !modelled) return undefined;
  const wrong = text.split(',').find((word) => !known.includes(word));
  if (wrong !== undefined) return `invalid ${what}: '${wrong}'${help}`;
  const lacking = text.split(',').find((word) => !modelled.includes(word));
  return lacking === undefined ? undefined : `not modelled: conv=${lacking}`;
}
const dd = declared(DD_DECLARATION, function* (p) {
  const given = new Map<string, Bytes>();
  for (const word of p.argv.slice(1)) {
    const [name, ...value] = word.split('=');
    if (value.length === 0 || !DD.includes(name ?? '')) return yield* p.fail(`unrecognized operand '${word}'\nTry 'dd --help' for more information.`);
    const text = value.join('=');
    const trouble = ddTrouble(name ?? '', text);
    if (trouble !== undefined) return yield* p.fail(trouble);
    given.set(name ?? '', text);
  }
  const number = (name: string, fallback: number): number => sizeOf(given.get(name) ?? '') ?? fallback;
  const block = Math.min(number('bs', number('ibs', 512)), MAX_BLOCK);
  const [from, to] = [given.get('if'), given.get('of')];
  const input = from === undefined ? { ok: true as const, value: 0 } : yield* p.open(from, { read: true });
  if (!input.ok) return yield* p.fail(`failed to open '${from ?? ''}': ${strerror(input.error)}`);
  const keeps = given.get('conv')?.split(',').includes('notrunc') || number('seek', 0) > 0;
  const output = to === undefined ? { ok: true as const, value: 1 } : yield* p.open(to, { write: true, create: true, truncate: !keeps });
  if (!output.ok) return yield* p.fail(`failed to open '${to ?? ''}': ${strerror(output.error)}`);
  const seek = number('seek', 0) * block;
  if (seek > 0) p.fds.get(output.value)?.seek(seek, 'start');
  for (let skip = number('skip', 0) * block; skip > 0;) {
    const piece = yield* p.read(input.value, Math.min(skip, block));
    if (!piece.ok || piece.value === '') break;
    skip -= piece.value.length;
  }
  const conversions = given.get('conv')?.split(',') ?? [];
  const counts = { whole: 0, part: 0, bytes: 0 };
  const limit = given.has('count') ? number('count', 0) : Infinity;
  let status = 0;
  while (counts.whole + counts.part < limit) {
    const piece = yield* p.read(input.value, block);
    if (!piece.ok) status = yield* p.fail(`error reading '${from ?? 'standard input'}': ${strerror(piece.error)}`);
    if (!piece.ok || piece.value === '') break;
    if (piece.value.length === block) counts.whole++;
    else counts.part++;
    counts.bytes += piece.value.length;
    const cased = conversions.includes('ucase') ? piece.value.toUpperCase() : conversions.includes('lcase') ? piece.value.toLowerCase() : piece.value;
    const written = yield* p.write(output.value, cased);
    if (written.ok) continue;
    status = yield* p.fail(`error writing '${to ?? 'standard output'}': ${strerror(written.error)}`);
    break;
  }
  if (given.get('status') === 'none') return status;
  yield* p.error(`${counts.whole}+${counts.part} records in\n${counts.whole}+${counts.part} records out\n`);
  if (given.get('status') === 'noxfer') return status;
  const seconds = 0.000_1 + counts.bytes / 1e9;
  const speed = counts.bytes / seconds;
  const scale = (value: number, base: number, units: readonly string[]): string => {
    let [amount, unit] = [value, 0];
    for (; amount >= base && unit < units.length - 1; unit++) amount /= base;
    return `${amount < 10 && unit > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[unit] ?? ''}`;
  };
  const size = `${counts.bytes} byte${counts.bytes === 1 ? '' : 's'}`;
  const decimal = counts.bytes >= 1000 ? [scale(counts.bytes, 1000, ['B', 'kB', 'MB', 'GB'])] : [];
  const binary = counts.bytes >= 1024 ? [scale(counts.bytes, 1024, ['B', 'KiB', 'MiB', 'GiB'])] : [];
  const sizes = decimal.length + binary.length > 0 ? ` (${[...decimal, ...binary].join(', ')})` : '';
  yield* p.error(`${size}${sizes} copied, ${Number(seconds.toPrecision(6))} s, ${scale(speed, 1000, ['B', 'kB', 'MB', 'GB'])}/s\n`);
  return status;
});

const SPLIT: GnuUsage = {
  usage: '[OPTION]... [FILE [PREFIX]]',
  summary: 'Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is "x".',
  options: [
    { short: 'a', long: 'suffix-length', argument: 'required', help: 'generate suffixes of length N (default 2)' },
    { short: 'b', long: 'bytes', argument: 'required', help: 'put SIZE bytes per output file' },
    { short: 'd', help: 'use numeric suffixes starting at 0, not alphabetic' },
    { short: 'l', long: 'lines', argument: 'required', help: 'put NUMBER lines/records per output file' },
  ],
  obsolete: (word) => (/^-\d+$/.test(word) ? ['-l', word.slice(1)] : undefined),
};
const split = program(SPLIT, function* (p, parsed) {
  const [name = '-', prefix = 'x'] = parsed.operands;
  const opened = yield* openInput(p, name);
  if (opened.kind === 'failed') return yield* p.fail(`cannot open '${name}' for reading: ${strerror(opened.errno)}`);
  const all = yield* p.readAll(opened.fd);
  closeInput(p, opened.fd);
  if (!all.ok) return yield* p.failErrno(name, all.error);
  const bytes = parsed.options.get('bytes');
  const size = sizeOf(bytes ?? parsed.options.get('lines') ?? '1000');
  if (!size) return yield* p.fail(`invalid number of ${bytes === undefined ? 'lines' : 'bytes'}: '${bytes ?? parsed.options.get('lines') ?? ''}'`);
  const units = bytes === undefined ? (all.value.match(/[^\n]*\n|[^\n]+$/g) ?? []) : [];
  const pieces: Bytes[] = [];
  if (bytes === undefined) for (let i = 0; i < units.length; i += size) pieces.push(units.slice(i, i + size).join(''));
  else for (let i = 0; i < all.value.length; i += size) pieces.push(all.value.slice(i, i + size));
  const length = Number(parsed.options.get('suffix-length') ?? 2);
  const [base, first] = parsed.has('d') ? [10, 48] : [26, 97];
  for (const [i, piece] of pieces.entries()) {
    let suffix = '';
    for (let digit = 0, rest = i; digit < length; digit++, rest = Math.floor(rest / base)) suffix = String.fromCharCode(first + (rest % base)) + suffix;
    const written = p.fs.writeFile(prefix + suffix, piece);
    if (!written.ok) return yield* p.failErrno(prefix + suffix, written.error);
  }
  return 0;
});

const at = (name: string, main: Program): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin: 'coreutils 9.1' });
export const RARE_PROGRAMS: readonly InstalledProgram[] = [
  ...[at('truncate', truncate), at('link', link), at('unlink', unlink)],
  ...[at('printenv', printenv), at('dd', dd), at('split', split)],
];
