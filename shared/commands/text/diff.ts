/** diff and cmp (GNU diffutils 3.8): normal, unified, context and brief; directories one level after the other. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatDate, type GnuUsage, type Parsed, program } from '../coreutils/index.ts';
import { differences, type Change } from './difference.ts';

const DIFF: GnuUsage = {
  usage: '[OPTION]... FILES',
  summary: 'Compare FILES line by line.',
  version: 'GNU diffutils) 3.8',
  options: [
    { long: 'normal', help: 'output a normal diff (the default)' },
    { short: 'q', long: 'brief', help: 'report only when files differ' },
    { short: 's', long: 'report-identical-files', help: 'report when two files are the same' },
    { short: 'c', help: 'output 3 lines of copied context' },
    { short: 'C', long: 'context', argument: 'required', help: 'output NUM lines of copied context' },
    { short: 'u', help: 'output 3 lines of unified context' },
    { short: 'U', long: 'unified', argument: 'optional', help: 'output NUM lines of unified context' },
    { long: 'label', argument: 'required', help: 'use LABEL instead of file name and timestamp' },
    { short: 'L', argument: 'required' },
    { short: 'r', long: 'recursive', help: 'recursively compare any subdirectories found' },
    { short: 'N', long: 'new-file', help: 'treat absent files as empty' },
    { short: 'i', long: 'ignore-case', help: 'ignore case differences in file contents' },
    { short: 'b', long: 'ignore-space-change', help: 'ignore changes in the amount of white space' },
    { short: 'w', long: 'ignore-all-space', help: 'ignore all white space' },
    { short: 'B', long: 'ignore-blank-lines', help: 'ignore changes where lines are all blank' },
    { short: 'Z', long: 'ignore-trailing-space', help: 'ignore white space at line end' },
    { short: 'a', long: 'text', help: 'treat all files as text' },
    { long: 'color', argument: 'optional', help: 'color output' },
    { short: 'y', long: 'side-by-side' },
  ],
  failure: 2,
};

interface Side {
  readonly name: Bytes;
  readonly text: Bytes;
  readonly mtimeUs: number;
}

const NO_NEWLINE = '\\ No newline at end of file\n';

/** Lines without their newlines; the last one of a text that ends without is marked, so that it differs from one that has it. */
const linesOf = (text: Bytes): Bytes[] => {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}\0`];
};
const written = (mark: Bytes, line: Bytes): Bytes => (line.endsWith('\0') ? `${mark}${line.slice(0, -1)}\n${NO_NEWLINE}` : `${mark}${line}\n`);

function normalizer(parsed: Parsed): (line: Bytes) => Bytes {
  return (line) => {
    let text = line;
    if (parsed.has('ignore-all-space')) text = text.replace(/[ \t\r]+/g, '');
    if (parsed.has('ignore-space-change')) text = text.replace(/[ \t\r]+/g, ' ').replace(/ $/, '');
    if (parsed.has('ignore-trailing-space')) text = text.replace(/[ \t\r]+$/, '');
    return parsed.has('ignore-case') ? text.toLowerCase() : text;
  };
}

const span = ([from, to]: readonly [number, number]): Bytes => (to - from > 1 ? `${from + 1},${to}` : to === from ? String(from) : String(to));

function normal(changes: readonly Change[], a: readonly Bytes[], b: readonly Bytes[]): Bytes {
  return changes
    .map(({ left, right }) => {
      const letter = left[0] === left[1] ? 'a' : right[0] === right[1] ? 'd' : 'c';
      const taken = a.slice(...left).map((line) => written('< ', line));
      const added = b.slice(...right).map((line) => written('> ', line));
      return `${span(left)}${letter}${span(right)}\n${taken.join('')}${letter === 'c' ? '---\n' : ''}${added.join('')}`;
    })
    .join('');
}

/** Changes whose contexts touch. */
function hunks(changes: readonly Change[], context: number): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const before = groups.at(-1)?.at(-1);
    if (before && change.left[0] - before.left[1] <= 2 * context) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}
const rangeOf = (from: number, to: number): Bytes => (to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`);

function unified(changes: readonly Change[], a: readonly Bytes[], b: readonly Bytes[], context: number): Bytes {
  let out = '';
  for (const group of hunks(changes, context)) {
    const [first, last] = [group[0]!, group.at(-1)!];
    const before = Math.min(context, first.left[0]);
    const after = Math.min(context, a.length - last.left[1]);
    out += `@@ -${rangeOf(first.left[0] - before, last.left[1] + after)} +${rangeOf(first.right[0] - before, last.right[1] + after)} @@\n`;
    let at = first.left[0] - before;
    for (const { left, right } of group) {
      for (; at < left[0]; at++) out += written(' ', a[at] ?? '');
      for (; at < left[1]; at++) out += written('-', a[at] ?? '');
      for (let i = right[0]; i < right[1]; i++) out += written('+', b[i] ?? '');
    }
    for (; at < last.left[1] + after; at++) out += written(' ', a[at] ?? '');
  }
  return out;
}

function copied(changes: readonly Change[], a: readonly Bytes[], b: readonly Bytes[], context: number): Bytes {
  const half = (group: readonly Change[], lines: readonly Bytes[], side: 'left' | 'right', mark: Bytes): { from: number; to: number; text: Bytes } => {
    const [first, last] = [group[0]!, group.at(-1)!];
    const from = Math.max(0, first[side][0] - Math.min(context, first.left[0]));
    const to = Math.min(lines.length, last[side][1] + Math.min(context, a.length - last.left[1]));
    let text = '';
    let at = from;
    for (const change of group) {
      const [begin, end] = change[side];
      for (; at < begin; at++) text += written('  ', lines[at] ?? '');
      const isBoth = change.left[0] < change.left[1] && change.right[0] < change.right[1];
      for (; at < end; at++) text += written(isBoth ? '! ' : mark, lines[at] ?? '');
    }
    for (; at < to; at++) text += written('  ', lines[at] ?? '');
    return { from, to, text: group.some((change) => change[side][0] < change[side][1]) ? text : '' };
  };
  const label = (from: number, to: number): Bytes => (to - from > 1 ? `${from + 1},${to}` : String(to));
  return hunks(changes, context)
    .map((group) => {
      const [left, right] = [half(group, a, 'left', '- '), half(group, b, 'right', '+ ')];
      return `***************\n*** ${label(left.from, left.to)} ****\n${left.text}--- ${label(right.from, right.to)} ----\n${right.text}`;
    })
    .join('');
}

class Diff {
  constructor(
    private readonly p: Process,
    private readonly parsed: Parsed,
  ) {}

  *sideOf(name: Bytes): Sys<Side | number> {
    const { p } = this;
    const fd = name === '-' ? { ok: true as const, value: 0 } : yield* p.open(name, { read: true });
    if (!fd.ok) {
      if (fd.error === 'ENOENT' && this.parsed.has('new-file')) return { name, text: '', mtimeUs: 0 };
      return yield* p.failErrno(name, fd.error, 2);
    }
    const mtimeUs = p.fds.get(fd.value)?.inode?.mtimeUs ?? 0;
    const all = yield* p.readAll(fd.value);
    if (fd.value !== 0) p.close(fd.value);
    return all.ok ? { name, text: all.value, mtimeUs: mtimeUs || p.unixUs } : yield* p.failErrno(name, all.error, 2);
  }
  isDir(name: Bytes): boolean {
    const inode = this.p.fs.stat(name);
    return inode.ok && inode.value.kind === 'dir';
  }

  /** 0 the same, 1 different, 2 trouble. `command` is told where directories are compared. */
  *files(leftName: Bytes, rightName: Bytes, command: Bytes | undefined): Sys<number> {
    const { p, parsed } = this;
    const left = yield* this.sideOf(leftName);
    const right = yield* this.sideOf(rightName);
    if (typeof left === 'number' || typeof right === 'number') return 2;
    if (left.text === right.text) return yield* this.same(leftName, rightName);
    if (parsed.has('brief')) return (yield* p.print(`Files ${leftName} and ${rightName} differ\n`), 1);
    if (!parsed.has('text') && (left.text.includes('\0') || right.text.includes('\0')))
      return (yield* p.print(`Binary files ${leftName} and ${rightName} differ\n`), 1);
    const [a, b] = [linesOf(left.text), linesOf(right.text)];
    const normalize = normalizer(parsed);
    const all = differences(a.map(normalize), b.map(normalize));
    const isBlank = (line: Bytes): boolean => line.replace('\0', '') === '';
    const changes = parsed.has('ignore-blank-lines') ? all.filter(({ left, right }) => ![...a.slice(...left), ...b.slice(...right)].every(isBlank)) : all;
    if (changes.length === 0) return yield* this.same(leftName, rightName);
    if (command !== undefined) yield* p.print(`${command} ${leftName} ${rightName}\n`);
    yield* p.print(this.text(changes, a, b, left, right));
    return 1;
  }
  private *same(left: Bytes, right: Bytes): Sys<number> {
    if (this.parsed.has('report-identical-files')) yield* this.p.print(`Files ${left} and ${right} are identical\n`);
    return 0;
  }
  private text(changes: readonly Change[], a: readonly Bytes[], b: readonly Bytes[], left: Side, right: Side): Bytes {
    const { parsed } = this;
    const labels = parsed.given.filter(([name]) => name === 'label' || name === 'L').map(([, value]) => value);
    const head = (side: Side, i: number): Bytes => labels[i] ?? `${side.name}\t${formatDate('%Y-%m-%d %H:%M:%S.%N +0000', side.mtimeUs)}`;
    if (parsed.has('u') || parsed.has('unified')) {
      const context = Number(parsed.options.get('unified') || '3');
      return `--- ${head(left, 0)}\n+++ ${head(right, 1)}\n${unified(changes, a, b, context)}`;
    }
    if (parsed.has('c') || parsed.has('context')) {
      const context = Number(parsed.options.get('context') ?? '3');
      return `*** ${head(left, 0)}\n--- ${head(right, 1)}\n${copied(changes, a, b, context)}`;
    }
    return normal(changes, a, b);
  }

  *directories(left: Bytes, right: Bytes): Sys<number> {
    const { p, parsed } = this;
    const names = (dir: Bytes): Set<Bytes> => {
      const list = p.fs.readdir(dir);
      return new Set(list.ok ? list.value.map(({ name }) => name) : []);
    };
    const [ours, theirs] = [names(left), names(right)];
    const words = p.argv.slice(1).filter((word) => word.startsWith('-'));
    const command = [p.name, ...words].join(' ');
    let status = 0;
    for (const name of [...new Set([...ours, ...theirs])].sort()) {
      const [a, b] = [`${left}/${name}`, `${right}/${name}`];
      const isOnly = !ours.has(name) || !theirs.has(name);
      if (isOnly && !parsed.has('new-file')) {
        yield* p.print(`Only in ${ours.has(name) ? left : right}: ${name}\n`);
        status = Math.max(status, 1);
      } else if (this.isDir(a) || this.isDir(b)) {
        if (parsed.has('recursive')) status = Math.max(status, yield* this.directories(a, b));
        else yield* p.print(`Common subdirectories: ${a} and ${b}\n`);
      } else status = Math.max(status, yield* this.files(a, b, command));
    }
    return status;
  }
}

const diff = program(DIFF, function* (p, parsed) {
  if (parsed.has('side-by-side')) return (yield* p.error('not modelled: diff --side-by-side\n'), 2);
  const [left, right, extra] = parsed.operands;
  if (left === undefined) return yield* wrong(p, `missing operand after '${p.name}'`);
  if (right === undefined) return yield* wrong(p, `missing operand after '${left}'`);
  if (extra !== undefined) return yield* wrong(p, `extra operand '${extra}'`);
  const run = new Diff(p, parsed);
  const base = (path: Bytes): Bytes => path.replace(/\/+$/, '').replace(/^.*\//, '');
  if (run.isDir(left) && run.isDir(right)) return yield* run.directories(left, right);
  if (run.isDir(left)) return yield* run.files(`${left}/${base(right)}`, right, undefined);
  if (run.isDir(right)) return yield* run.files(left, `${right}/${base(left)}`, undefined);
  return yield* run.files(left, right, undefined);
});

/** diffutils puts the program's name before both lines. */
const wrong = (p: Process, message: Bytes): Sys<number> => p.fail(`${message}\n${p.name}: Try '${p.name} --help' for more information.`, 2);

const CMP: GnuUsage = {
  usage: '[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]',
  summary: 'Compare two files byte by byte.',
  options: [
    { short: 'b', long: 'print-bytes', help: 'print differing bytes' },
    { short: 'l', long: 'verbose', help: 'output byte numbers and differing byte values' },
    { short: 'n', long: 'bytes', argument: 'required', help: 'compare at most LIMIT bytes' },
    { short: 's', long: 'quiet', help: 'suppress all normal output' },
    { long: 'silent' },
  ],
  failure: 2,
};
/** POSIX's wording is for its own locale. */
const isPlainLocale = (p: Process): boolean => {
  const locale = ['LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => p.getenv(name)).find((value) => value !== undefined && value !== '');
  return locale === undefined || locale === 'C' || locale === 'POSIX';
};
const cmp = program(CMP, function* (p, parsed) {
  const [left, right = '-'] = parsed.operands;
  if (left === undefined) return yield* wrong(p, `missing operand after '${p.name}'`);
  const texts: Bytes[] = [];
  for (const name of [left, right]) {
    const fd = name === '-' ? { ok: true as const, value: 0 } : yield* p.open(name, { read: true });
    const all = fd.ok ? yield* p.readAll(fd.value) : fd;
    if (!all.ok) return yield* p.fail(`${name}: ${strerror(all.error)}`, 2);
    texts.push(all.value.slice(0, Number(parsed.options.get('bytes') ?? all.value.length)));
  }
  const [a = '', b = ''] = texts;
  const isQuiet = parsed.has('quiet') || parsed.has('silent');
  const length = Math.min(a.length, b.length);
  const octal = (text: Bytes, at: number): Bytes => text.charCodeAt(at).toString(8).padStart(3);
  let isDifferent = false;
  for (let at = 0; at < length; at++) {
    if (a[at] === b[at]) continue;
    isDifferent = true;
    if (isQuiet) return 1;
    if (!parsed.has('verbose')) {
      const line = a.slice(0, at).split('\n').length;
      yield* p.print(`${left} ${right} differ: ${isPlainLocale(p) && !parsed.has('print-bytes') ? 'char' : 'byte'} ${at + 1}, line ${line}\n`);
      return 1;
    }
    yield* p.print(`${String(at + 1).padStart(String(length).length)} ${octal(a, at)} ${octal(b, at)}\n`);
  }
  if (a.length === b.length) return isDifferent ? 1 : 0;
  const [short, text] = a.length < b.length ? [left, a] : [right, b];
  if (!isQuiet) {
    const line = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    const where = parsed.has('verbose') ? '' : text.endsWith('\n') ? `, line ${line}` : `, in line ${line}`;
    yield* p.fail(text === '' ? `EOF on ${short} which is empty` : `EOF on ${short} after byte ${text.length}${where}`);
  }
  return 1;
});

export const DIFF_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/bin/diff', main: diff, origin: 'diffutils 3.8' },
  { path: '/usr/bin/cmp', main: cmp, origin: 'diffutils 3.8' },
];
