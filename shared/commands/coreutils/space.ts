/** df and du of GNU coreutils 9.1: how full file systems are, and what files take. Every file takes whole blocks of 4 KiB, directories none. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Inode, Process, Sys } from '../../shell/index.ts';
import { compilePattern } from '../../shell/index.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { join, program, quoted } from './program.ts';

/** Rounded up to one decimal below ten, as `-h` has it. */
export function humanSize(bytes: number, base: 1024 | 1000): string {
  const letters = base === 1024 ? 'KMGTPE' : 'kMGTPE';
  let value = bytes;
  let power = -1;
  while (value >= base && power < 5) {
    value /= base;
    power++;
  }
  if (power < 0) return String(bytes);
  const tenths = Math.ceil(value * 10) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)}${letters[power]!}`;
  return Math.ceil(value) >= base && power < 5 ? `1.0${letters[power + 1]!}` : `${Math.ceil(value)}${letters[power]!}`;
}

const UNIT: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1 << 20, G: 1 << 30, T: 2 ** 40, kB: 1000, KB: 1000, MB: 1e6, GB: 1e9 };
/** How sizes are shown: a number of bytes a unit, or the letters of a human. */
type Scale = { readonly block: number; readonly suffix: string } | { readonly human: 1024 | 1000 };
function scaleOf(parsed: Parsed): Scale | string {
  let scale: Scale = { block: 1024, suffix: '' };
  for (const [name, value] of parsed.given) {
    if (name === 'human-readable') scale = { human: 1024 };
    if (name === 'si') scale = { human: 1000 };
    if (name === 'k') scale = { block: 1024, suffix: '' };
    if (name === 'm') scale = { block: 1 << 20, suffix: '' };
    if (name === 'bytes') scale = { block: 1, suffix: '' };
    if (name !== 'block-size') continue;
    const [, digits = '', unit = ''] = /^(\d*)([A-Za-z]*?)(?:iB)?$/.exec(value) ?? [];
    const size = UNIT[unit];
    if (size === undefined || value === '') return value;
    scale = { block: Number(digits || 1) * size, suffix: digits === '' ? unit : '' };
  }
  return scale;
}
const shown = (bytes: number, scale: Scale): string => ('human' in scale ? humanSize(bytes, scale.human) : `${Math.ceil(bytes / scale.block)}${scale.suffix}`);

const SIZE_OPTIONS: GnuUsage['options'] = [
  { short: 'B', long: 'block-size', argument: 'required', help: 'scale sizes by SIZE before printing them' },
  { short: 'h', long: 'human-readable', help: 'print sizes in powers of 1024 (e.g., 1023M)' },
  { short: 'k', help: 'like --block-size=1K' },
];

const FIELDS = {
  source: 'Filesystem',
  fstype: 'Type',
  itotal: 'Inodes',
  iused: 'IUsed',
  iavail: 'IFree',
  ipcent: 'IUse%',
  size: '',
  used: 'Used',
  avail: 'Avail',
  pcent: 'Use%',
  file: 'File',
  target: 'Mounted on',
} as const;
type Field = keyof typeof FIELDS;
const DF: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Show information about the file system on which each FILE resides, or all file systems by default.',
  options: [
    { short: 'a', long: 'all', help: 'include pseudo, duplicate, inaccessible file systems' },
    ...SIZE_OPTIONS,
    { short: 'H', long: 'si', help: 'print sizes in powers of 1000 (e.g., 1.1G)' },
    { short: 'i', long: 'inodes', help: 'list inode information instead of block usage' },
    { short: 'l', long: 'local', help: 'limit listing to local file systems' },
    { short: 'm', help: 'like --block-size=1M' },
    { long: 'no-sync', help: 'do not invoke sync before getting usage info (default)' },
    { long: 'output', argument: 'optional', help: 'use the output format defined by FIELD_LIST' },
    { short: 'P', long: 'portability', help: 'use the POSIX output format' },
    { long: 'sync', help: 'invoke sync before getting usage info' },
    { long: 'total', help: 'elide all entries insignificant to available space, and produce a grand total' },
    { short: 't', long: 'type', argument: 'required', help: 'limit listing to file systems of type TYPE' },
    { short: 'T', long: 'print-type', help: 'print file system type' },
    { short: 'x', long: 'exclude-type', argument: 'required', help: 'limit listing to file systems not of type TYPE' },
  ],
};
interface Volume {
  readonly source: Bytes;
  readonly fstype: Bytes;
  readonly target: Bytes;
  readonly file: Bytes;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly inodes: number;
  readonly usedInodes: number;
}
const percent = (used: number, all: number): string => (all === 0 ? '-' : `${Math.ceil((used * 100) / all)}%`);

export const df = program(DF, function* (p, parsed, usage) {
  const scale = scaleOf(parsed);
  if (typeof scale === 'string') return yield* p.fail(`invalid --block-size argument ${quoted(scale)}`);
  const asked = parsed.options.get('output');
  const fields: Field[] = parsed.has('inodes')
    ? ['source', 'itotal', 'iused', 'iavail', 'ipcent', 'target']
    : ['source', 'size', 'used', 'avail', 'pcent', 'target'];
  if (parsed.has('print-type')) fields.splice(1, 0, 'fstype');
  if (asked !== undefined) {
    fields.splice(0, fields.length, ...((asked === '' ? Object.keys(FIELDS) : asked.split(',')) as Field[]));
    const wrong = fields.find((field) => !Object.hasOwn(FIELDS, field));
    if (wrong !== undefined) return yield* usageError(p, `option --output: field ${quoted(wrong)} unknown`, usage);
  }
  const volumes: Volume[] = [];
  let status = 0;
  const mounts = p.namespaces.mnt.list;
  const add = (mount: (typeof mounts)[number], file: Bytes): void => {
    const space = mount.fs.space?.();
    const target = (mount.at ?? mount.top).path(p.fs.root);
    const inodes = space ? Math.floor(space.sizeBytes / 16_384) : 0;
    volumes.push({
      source: mount.options.source,
      fstype: mount.fs.type,
      target,
      file,
      sizeBytes: space?.sizeBytes ?? 0,
      usedBytes: space?.usedBytes ?? 0,
      inodes,
      usedInodes: space?.inodes ?? 0,
    });
  };
  const named = (name: string): readonly Bytes[] => parsed.given.filter(([option]) => option === name).map(([, value]) => value);
  const [only, without] = [named('type'), named('exclude-type')];
  const isWanted = (mount: (typeof mounts)[number]): boolean => (only.length === 0 || only.includes(mount.fs.type)) && !without.includes(mount.fs.type);
  if (parsed.operands.length === 0) for (const mount of mounts) if (isWanted(mount) && (parsed.has('all') || mount.fs.space)) add(mount, '-');
  for (const operand of parsed.operands) {
    const place = p.fs.lookup(operand);
    if (!place.ok) {
      status = yield* p.fail(`${operand}: ${strerror(place.error)}`);
      continue;
    }
    const mount = mounts.find((each) => each.fs === place.value.inode.fs);
    if (mount && isWanted(mount)) add(mount, operand);
  }
  if (volumes.length === 0) return status === 0 ? yield* p.fail('no file systems processed') : status;
  yield* p.print(tableOf(volumes, fields, scale, parsed));
  return status;
});

function tableOf(volumes: readonly Volume[], fields: readonly Field[], scale: Scale, parsed: Parsed): Bytes {
  const isPosix = parsed.has('portability');
  const isHuman = 'human' in scale;
  const titleOf = (field: Field): string => {
    if (field === 'size') return isHuman ? 'Size' : `${blockTitle(scale)}-blocks`;
    if (field === 'avail') return isHuman ? 'Avail' : 'Available';
    return field === 'pcent' && isPosix ? 'Capacity' : FIELDS[field];
  };
  const all = parsed.has('total') ? [...volumes, totalOf(volumes)] : volumes;
  const rows = all.map((volume) =>
    fields.map((field): string => {
      const free = volume.sizeBytes - volume.usedBytes;
      switch (field) {
        case 'size':
          return shown(volume.sizeBytes, scale);
        case 'used':
          return shown(volume.usedBytes, scale);
        case 'avail':
          return shown(free, scale);
        case 'pcent':
          return percent(volume.usedBytes, volume.sizeBytes);
        case 'itotal':
          return String(volume.inodes);
        case 'iused':
          return String(volume.usedInodes);
        case 'iavail':
          return String(volume.inodes - volume.usedInodes);
        case 'ipcent':
          return percent(volume.usedInodes, volume.inodes);
        default:
          return volume[field];
      }
    }),
  );
  const least: Partial<Record<Field, number>> = { source: 14, size: 5, used: 5, avail: 5, pcent: 4, itotal: 5, iused: 5, iavail: 5, ipcent: 4, fstype: 4 };
  const lines = [fields.map(titleOf), ...rows];
  const widths = fields.map((field, i) => Math.max(least[field] ?? 0, ...lines.map((line) => line[i]!.length)));
  const isLeft = (field: Field): boolean => ['source', 'fstype', 'target', 'file'].includes(field);
  return lines
    .map(
      (line) =>
        `${line.map((cell, i) => (isLeft(fields[i]!) ? (i === line.length - 1 ? cell : cell.padEnd(widths[i]!)) : cell.padStart(widths[i]!))).join(' ')}\n`,
    )
    .join('');
}
const blockTitle = (scale: (Scale & { readonly block: number }) | { readonly human: number }): string => {
  if (!('block' in scale)) return '';
  const unit = ['', 'K', 'M', 'G', 'T'].findIndex((_, i) => scale.block === 1024 ** i);
  return unit === 0 ? '1B' : unit > 0 ? `1${' KMGT'[unit]!}` : `${scale.block}B`;
};
const totalOf = (volumes: readonly Volume[]): Volume => {
  const sum = (of: (volume: Volume) => number): number => volumes.reduce((total, volume) => total + of(volume), 0);
  return {
    source: 'total',
    fstype: '-',
    target: '-',
    file: '-',
    sizeBytes: sum((v) => v.sizeBytes),
    usedBytes: sum((v) => v.usedBytes),
    inodes: sum((v) => v.inodes),
    usedInodes: sum((v) => v.usedInodes),
  };
};

const DU: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Summarize device usage of the set of FILEs, recursively for directories.',
  options: [
    { short: '0', long: 'null', help: 'end each output line with NUL, not newline' },
    { short: 'a', long: 'all', help: 'write counts for all files, not just directories' },
    { long: 'apparent-size', help: 'print apparent sizes rather than device usage' },
    ...SIZE_OPTIONS,
    { short: 'b', long: 'bytes', help: "equivalent to '--apparent-size --block-size=1'" },
    { short: 'c', long: 'total', help: 'produce a grand total' },
    {
      short: 'd',
      long: 'max-depth',
      argument: 'required',
      help: 'print the total for a directory only if it is N or fewer levels below the command line argument',
    },
    { short: 'D', long: 'dereference-args', help: 'dereference only symlinks that are listed on the command line' },
    { short: 'L', long: 'dereference', help: 'dereference all symbolic links' },
    { short: 'l', long: 'count-links', help: 'count sizes many times if hard linked' },
    { short: 'm', help: 'like --block-size=1M' },
    { short: 's', long: 'summarize', help: 'display only a total for each argument' },
    { short: 'S', long: 'separate-dirs', help: 'for directories do not include size of subdirectories' },
    { long: 'si', help: 'like -h, but use powers of 1000 not 1024' },
    { short: 't', long: 'threshold', argument: 'required', help: 'exclude entries smaller than SIZE if positive', isMissing: true },
    { long: 'time', argument: 'optional', help: 'show time of the last modification of any file in the directory', isMissing: true },
    { long: 'exclude', argument: 'required', help: 'exclude files that match PATTERN' },
    { short: 'x', long: 'one-file-system', help: 'skip directories on different file systems' },
  ],
};
export const du = program(DU, function* (p, parsed, usage) {
  const scale = scaleOf(parsed);
  if (typeof scale === 'string') return yield* p.fail(`invalid --block-size argument ${quoted(scale)}`);
  const given = parsed.options.get('max-depth');
  if (given !== undefined && !/^\d+$/.test(given)) return yield* usageError(p, `invalid maximum depth ${quoted(given)}`, usage);
  if (parsed.has('summarize') && parsed.has('all')) return yield* usageError(p, 'cannot both summarize and show all entries', usage);
  const depth = parsed.has('summarize') ? 0 : Number(given ?? Infinity);
  const walk = new Walk(p, parsed, depth, scale);
  let total = 0;
  for (const operand of parsed.operands.length > 0 ? parsed.operands : ['.']) total += yield* walk.visit(operand, 0);
  if (parsed.has('total')) yield* walk.show(total, 'total');
  return walk.status;
});
class Walk {
  status = 0;
  private readonly seen = new Set<Inode>();
  /** Directories that links led to, once each: `device:inode`. */
  private readonly directories = new Set<string>();
  private readonly excluded;
  constructor(
    private readonly p: Process,
    private readonly parsed: Parsed,
    private readonly depth: number,
    private readonly scale: Scale,
  ) {
    this.excluded = parsed.given.filter(([name]) => name === 'exclude').map(([, pattern]) => compilePattern(pattern, { isPlain: true }));
  }
  *show(bytes: number, path: Bytes): Sys {
    yield* this.p.print(`${shown(bytes, this.scale)}\t${path}${this.parsed.has('null') ? '\0' : '\n'}`);
  }
  *visit(path: Bytes, level: number): Sys<number> {
    const { p, parsed } = this;
    const follows = parsed.has('dereference') || (parsed.has('dereference-args') && level === 0);
    const found = follows ? p.fs.stat(path) : p.fs.lstat(path);
    if (!found.ok) {
      this.status = yield* p.fail(`cannot access ${quoted(path)}: ${strerror(found.error)}`);
      return 0;
    }
    const inode = found.value;
    if (this.excluded.some((pattern) => pattern.matches(path.replace(/^.*\//s, '')) || pattern.matches(path))) return 0;
    if (inode.kind !== 'dir' && inode.nlink > 1 && this.seen.has(inode) && !parsed.has('count-links')) return 0;
    this.seen.add(inode);
    if (inode.kind === 'dir' && parsed.has('dereference')) {
      const key = `${inode.fs.device}:${inode.ino}`;
      if (this.directories.has(key)) return 0;
      this.directories.add(key);
    }
    const isApparent = parsed.has('bytes') || parsed.has('apparent-size');
    const own = isApparent ? inode.size : inode.kind === 'file' ? Math.ceil(inode.size / 4096) * 4096 : 0;
    let [sum, below] = [own, 0];
    if (inode.kind === 'dir') {
      const entries = p.fs.readdir(path);
      if (!entries.ok) this.status = yield* p.fail(`cannot read directory ${quoted(path)}: ${strerror(entries.error)}`);
      for (const { name, inode: child } of entries.ok ? entries.value : []) {
        yield* p.tick();
        const size = yield* this.visit(join(path, name), level + 1);
        if (child.kind === 'dir') below += size;
        sum += size;
      }
    }
    if (level <= this.depth && (inode.kind === 'dir' || parsed.has('all') || level === 0))
      yield* this.show(parsed.has('separate-dirs') ? sum - below : sum, path);
    return sum;
  }
}
