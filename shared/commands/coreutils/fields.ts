/** cut, tr, sort, uniq, comm-like: programs over fields and sets of characters (GNU coreutils 9.1, in the C locale). */
import type { Bytes, Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { LineReader, type Program, type Sys } from '../../shell/index.ts';
import { closeInput, eachInput, eachPiece, openInput } from './input.ts';
import { usageError, type GnuUsage } from './options.ts';
import { sort } from './sort.ts';
import { program } from './program.ts';

const CUT: GnuUsage = {
  usage: 'OPTION... [FILE]...',
  summary: 'Print selected parts of lines from each FILE to standard output.',
  options: [
    { short: 'b', long: 'bytes', argument: 'required', help: 'select only these bytes' },
    { short: 'c', long: 'characters', argument: 'required', help: 'select only these characters' },
    { short: 'd', long: 'delimiter', argument: 'required', help: 'use DELIM instead of TAB for field delimiter' },
    { short: 'f', long: 'fields', argument: 'required', help: 'select only these fields' },
    { short: 'n', help: '(ignored)' },
    { long: 'complement', help: 'complement the set of selected bytes, characters or fields' },
    { short: 's', long: 'only-delimited', help: 'do not print lines not containing delimiters' },
    { long: 'output-delimiter', argument: 'required', help: 'use STRING as the output delimiter' },
    { short: 'z', long: 'zero-terminated', help: 'line delimiter is NUL, not newline' },
  ],
};

type Range = readonly [number, number];
function ranges(list: Bytes, what: string): readonly Range[] | string {
  const found: Range[] = [];
  for (const part of list.split(',')) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === '') return part === '' ? `${what}s are numbered from 1` : `invalid ${what} value '${part.replace(/^[\d-]*/, '')}'`;
    const [, from = '', dash, to = ''] = match;
    if (dash && from === '' && to === '') return `invalid range with no endpoint: -`;
    if (from !== '' && Number(from) === 0) return `${what}s are numbered from 1`;
    const low = from === '' ? 1 : Number(from);
    const high = dash ? (to === '' ? Infinity : Number(to)) : low;
    if (high < low) return 'invalid decreasing range';
    found.push([low, high]);
  }
  return found;
}
const isIn = (list: readonly Range[], n: number): boolean => list.some(([low, high]) => n >= low && n <= high);

export const cut = program(CUT, function* (p, parsed) {
  const modes = ['bytes', 'characters', 'fields'].filter((mode) => parsed.has(mode));
  const [mode] = modes;
  if (mode === undefined) return yield* usageError(p, 'you must specify a list of bytes, characters, or fields', CUT);
  if (modes.length > 1) return yield* usageError(p, 'only one list may be specified', CUT);
  const isFields = mode === 'fields';
  // An empty one is the NUL character.
  const delimiter = parsed.options.get('delimiter') === '' ? '\0' : (parsed.options.get('delimiter') ?? '\t');
  if (delimiter.length > 1) return yield* usageError(p, 'the delimiter must be a single character', CUT);
  if (!isFields && parsed.has('delimiter')) return yield* usageError(p, 'an input delimiter may be specified only when operating on fields', CUT);
  const list = ranges(parsed.options.get(mode) ?? '', isFields ? 'field' : 'byte/character position');
  if (typeof list === 'string') return yield* usageError(p, list, CUT);
  const wanted = (n: number): boolean => isIn(list, n) !== parsed.has('complement');
  const glue = parsed.options.get('output-delimiter');
  const cutLine = (line: Bytes): Bytes | undefined => {
    if (!isFields) {
      if (glue === undefined) return [...line].filter((_, i) => wanted(i + 1)).join('');
      return list
        .map(([low, high]) => line.slice(low - 1, high))
        .filter((piece) => piece !== '')
        .join(glue);
    }
    if (!line.includes(delimiter)) return parsed.has('only-delimited') ? undefined : line;
    return line
      .split(delimiter)
      .filter((_, i) => wanted(i + 1))
      .join(glue ?? delimiter);
  };
  const ending = parsed.has('zero-terminated') ? '\0' : '\n';
  return yield* eachInput(p, parsed.operands, function* (fd): Sys<Errno | undefined> {
    if (ending === '\0' || delimiter === '\n') {
      // All at once: lines end elsewhere, or are the fields.
      const all = yield* p.readAll(fd);
      if (!all.ok) return all.error;
      const records = delimiter === '\n' && ending === '\n' ? [all.value.replace(/\n$/, '')] : all.value.replace(/\0$/, '').split('\0');
      for (const record of all.value === '' ? [] : records) yield* p.print(`${cutLine(record) ?? ''}${ending}`);
      return undefined;
    }
    const lines = new LineReader(p, fd);
    for (let line; (line = yield* lines.next()) !== undefined;) {
      const out = cutLine(line);
      if (out !== undefined) yield* p.print(`${out}\n`);
    }
    return lines.failure;
  });
});

const TR: GnuUsage = {
  usage: '[OPTION]... SET1 [SET2]',
  summary: 'Translate, squeeze, and/or delete characters from standard input, writing to standard output.',
  options: [
    { short: 'c', long: 'complement', help: 'use the complement of SET1' },
    { short: 'C', help: 'use the complement of SET1' },
    { short: 'd', long: 'delete', help: 'delete characters in SET1, do not translate' },
    { short: 's', long: 'squeeze-repeats', help: 'replace each sequence of a repeated character in the last specified SET by one' },
    { short: 't', long: 'truncate-set1', help: 'first truncate SET1 to length of SET2' },
  ],
  stopAtOperand: true,
};
const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[a-zA-Z0-9]/,
  alpha: /[a-zA-Z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9a-fA-F]/,
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\' };
const ALL = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
/** A SET as its characters; `[c*n]` is expanded to `fill` characters where n is 0 or absent. */
function charSet(text: Bytes, fill: number): string[] {
  const out: string[] = [];
  const one = (at: number): [string, number] => {
    if (text[at] !== '\\' || at + 1 >= text.length) return [text[at] ?? '', at + 1];
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1))?.[0];
    if (octal !== undefined) return [String.fromCharCode(parseInt(octal, 8) & 255), at + 1 + octal.length];
    const next = text[at + 1] ?? '';
    return [ESCAPES[next] ?? next, at + 2];
  };
  for (let at = 0; at < text.length;) {
    const named = /^\[:(\w+):\]/.exec(text.slice(at));
    if (named) {
      const set = CLASSES[named[1] ?? ''];
      if (set) out.push(...ALL.filter((char) => set.test(char)));
      at += named[0].length;
      continue;
    }
    const repeat = /^\[(\\?.)\*(\d*)\]/s.exec(text.slice(at));
    if (repeat) {
      const count = repeat[2] === '' ? 0 : parseInt(repeat[2] ?? '0', repeat[2]?.startsWith('0') ? 8 : 10);
      out.push(...one(at + 1)[0].repeat(count || Math.max(0, fill - out.length)));
      at += repeat[0].length;
      continue;
    }
    const [low, next] = one(at);
    if (text[next] === '-' && next + 1 < text.length) {
      const [high, end] = one(next + 1);
      for (let code = low.charCodeAt(0); code <= high.charCodeAt(0); code++) out.push(String.fromCharCode(code));
      at = end;
    } else {
      out.push(low);
      at = next;
    }
  }
  return out;
}
export const tr = program(TR, function* (p, parsed) {
  const [first, second] = parsed.operands;
  const isDelete = parsed.has('delete');
  const squeeze = parsed.has('squeeze-repeats');
  if (first === undefined) return yield* usageError(p, 'missing operand', TR);
  if (second === undefined && !isDelete && !squeeze)
    return yield* usageError(p, `missing operand after '${first}'\nTwo strings must be given when translating.`, TR);
  if (second !== undefined && isDelete && !squeeze)
    return yield* usageError(p, `extra operand '${second}'\nOnly one string may be given when deleting without squeezing repeats.`, TR);
  const extra = parsed.operands[2];
  if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, TR);
  for (const set of [first, second ?? '']) {
    const [, named] = /\[:(\w*):\]/.exec(set) ?? [];
    if (named !== undefined && !CLASSES[named]) return yield* p.fail(`invalid character class '${named}'`);
    for (const [range = '', low = '', high = ''] of set.replace(/\[(:\w+:|=.=|.\*\d*)\]/gs, '').matchAll(/([^\\])-([^\\])/gs))
      if (low > high) return yield* p.fail(`range-endpoints of '${range}' are in reverse collating sequence order`);
  }
  let from = charSet(first, 0);
  if (parsed.has('complement') || parsed.has('C')) from = ALL.filter((char) => !from.includes(char));
  const to = second === undefined ? [] : charSet(second, from.length);
  const translate = second !== undefined && !isDelete;
  if (translate && to.length === 0) return yield* p.fail('when not truncating set1, string2 must be non-empty');
  const map = new Map(
    translate ? from.flatMap((char, i) => (i < to.length || !parsed.has('truncate-set1') ? [[char, to[Math.min(i, to.length - 1)] ?? ''] as const] : [])) : [],
  );
  const deleted = new Set(isDelete ? from : []);
  const squeezed = new Set(squeeze ? (second === undefined ? from : to) : []);
  let last = '';
  const failure = yield* eachPiece(p, 0, function* (piece) {
    let out = '';
    for (let i = 0; i < piece.length; i++) {
      const char = piece[i] ?? '';
      if (deleted.has(char)) continue;
      const now = map.get(char) ?? char;
      if (now === last && squeezed.has(now)) continue;
      out += now;
      last = now;
    }
    yield* p.print(out);
  });
  return failure === undefined ? 0 : yield* p.failErrno('read error', failure);
});

const UNIQ: GnuUsage = {
  usage: '[OPTION]... [INPUT [OUTPUT]]',
  summary: 'Filter adjacent matching lines from INPUT, writing to OUTPUT.',
  options: [
    { short: 'c', long: 'count', help: 'prefix lines by the number of occurrences' },
    { short: 'd', long: 'repeated', help: 'only print duplicate lines, one for each group' },
    { short: 'D', help: 'print all duplicate lines' },
    { long: 'all-repeated', argument: 'optional', help: 'like -D, but allow separating groups with an empty line' },
    { long: 'group', argument: 'optional', help: 'show all items, separating groups with an empty line' },
    { short: 'z', long: 'zero-terminated', help: 'line delimiter is NUL, not newline' },
    { short: 'f', long: 'skip-fields', argument: 'required', help: 'avoid comparing the first N fields' },
    { short: 'i', long: 'ignore-case', help: 'ignore differences in case when comparing' },
    { short: 's', long: 'skip-chars', argument: 'required', help: 'avoid comparing the first N characters' },
    { short: 'u', long: 'unique', help: 'only print unique lines' },
    { short: 'w', long: 'check-chars', argument: 'required', help: 'compare no more than N characters in lines' },
  ],
};
export const uniq = program(UNIQ, function* (p, parsed) {
  const number = (name: string): number => Number(parsed.options.get(name) ?? 0);
  const width = parsed.options.get('check-chars');
  const key = (line: Bytes): Bytes => {
    let text = line;
    for (let i = number('skip-fields'); i > 0; i--) text = text.replace(/^[ \t]*[^ \t]*/, '');
    text = text.slice(number('skip-chars'));
    if (width !== undefined) text = text.slice(0, Number(width));
    return parsed.has('ignore-case') ? text.toLowerCase() : text;
  };
  const [input = '-', output, extra] = parsed.operands;
  if (extra !== undefined) return yield* usageError(p, `extra operand '${extra}'`, UNIQ);
  for (const [name, what] of [
    ['skip-fields', 'fields to skip'],
    ['skip-chars', 'bytes to skip'],
    ['check-chars', 'bytes to compare'],
  ] as const) {
    const text = parsed.options.get(name);
    if (text !== undefined && !/^\d+$/.test(text)) return yield* p.fail(`${text}: invalid number of ${what}`);
  }
  const isAll = parsed.has('D') || parsed.has('all-repeated');
  if (isAll && parsed.has('count')) return yield* usageError(p, 'printing all duplicated lines and repeat counts is meaningless', UNIQ);
  const grouping = parsed.options.get('group') ?? parsed.options.get('all-repeated') ?? 'none';
  const isSeparated = parsed.has('group') ? grouping !== 'none' : grouping === 'separate' || grouping === 'prepend';
  const ending = parsed.has('zero-terminated') ? '\0' : '\n';
  let shown = 0;
  const opened = yield* openInput(p, input);
  if (opened.kind === 'failed') return yield* p.failErrno(input, opened.errno);
  if (output !== undefined) {
    const fd = yield* p.open(output, { write: true, create: true, truncate: true });
    if (!fd.ok) return yield* p.failErrno(output, fd.error);
    p.fds.duplicate(fd.value, 1);
  }
  const show = function* (group: readonly Bytes[]): Sys {
    const isWanted = parsed.has('repeated') || isAll ? group.length > 1 : parsed.has('unique') ? group.length === 1 : true;
    if (!isWanted) return;
    if (isSeparated && (shown++ > 0 || grouping === 'prepend' || grouping === 'both')) yield* p.print(ending);
    for (const line of isAll || parsed.has('group') ? group : group.slice(0, 1))
      yield* p.print(`${parsed.has('count') ? `${String(group.length).padStart(7)} ` : ''}${line}${ending}`);
  };
  const inode = p.fds.get(opened.fd)?.inode;
  if (inode?.kind === 'dir') return yield* p.fail(`error reading '${input}'`);
  const lines = new LineReader(p, opened.fd);
  const records = function* (): Sys<Bytes | undefined> {
    if (ending === '\n') return yield* lines.next();
    rest ??= yield* (function* (): Sys<Bytes[]> {
      const all = yield* p.readAll(opened.fd);
      return all.ok && all.value !== '' ? all.value.replace(/\0$/, '').split('\0') : [];
    })();
    return rest.shift();
  };
  let rest: Bytes[] | undefined;
  let group: Bytes[] = [];
  for (let line; (line = yield* records()) !== undefined;) {
    const [first] = group;
    if (first !== undefined && key(first) !== key(line)) {
      yield* show(group);
      group = [];
    }
    group.push(line);
  }
  if (group.length > 0) yield* show(group);
  if (shown > 0 && (grouping === 'append' || grouping === 'both')) yield* p.print(ending);
  closeInput(p, opened.fd);
  return 0;
});

const at = (name: string, main: Program): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin: 'coreutils 9.1' });
export const FIELD_PROGRAMS: readonly InstalledProgram[] = [at('cut', cut), at('tr', tr), at('uniq', uniq), at('sort', sort)];
