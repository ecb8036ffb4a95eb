/** Archives as GNU tar writes them (POSIX ustar with GNU's magic, long names as entries of type L): headers of 512 bytes, data in blocks. */
import type { Bytes } from '../../base/index.ts';

export interface Entry {
  readonly name: Bytes;
  readonly kind: 'file' | 'dir' | 'link' | 'symlink' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly target: Bytes;
  readonly data: Bytes;
}

const BLOCK = 512;
/** Twenty blocks make a record; an archive is whole records. */
const RECORD = 20 * BLOCK;
const TYPES = { file: '0', link: '1', symlink: '2', dir: '5', other: '7' } as const;

const octal = (value: number, width: number): Bytes => `${value.toString(8).padStart(width - 1, '0')}\0`;
const field = (text: Bytes, width: number): Bytes => text.slice(0, width).padEnd(width, '\0');
const padded = (data: Bytes): Bytes => data + '\0'.repeat((BLOCK - (data.length % BLOCK)) % BLOCK);

function header(entry: Entry, type: string, size: number): Bytes {
  const before = field(entry.name, 100) + octal(entry.mode, 8) + octal(entry.uid, 8) + octal(entry.gid, 8) + octal(size, 12) + octal(entry.mtime, 12);
  const after = `${type}${field(entry.target, 100)}ustar  \0${field('root', 32)}${field('root', 32)}`;
  const bare = (before + ' '.repeat(8) + after).padEnd(BLOCK, '\0');
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += bare.charCodeAt(i);
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`.padEnd(BLOCK, '\0');
}

export function writeEntry(entry: Entry): Bytes {
  const size = entry.kind === 'file' ? entry.data.length : 0;
  const long = (text: Bytes, type: string): Bytes =>
    text.length <= 100 ? '' : header({ ...entry, name: '././@LongLink', target: '', mode: 0, mtime: 0 }, type, text.length + 1) + padded(`${text}\0`);
  return long(entry.target, 'K') + long(entry.name, 'L') + header(entry, TYPES[entry.kind], size) + (size > 0 ? padded(entry.data) : '');
}
/** The end: two empty blocks, filled up to a record. */
export const archiveEnd = (length: number): Bytes => {
  const total = length + 2 * BLOCK;
  return '\0'.repeat(2 * BLOCK + ((RECORD - (total % RECORD)) % RECORD));
};

const text = (block: Bytes, from: number, width: number): Bytes => block.slice(from, from + width).replace(/\0[\s\S]*$/, '');
const number = (block: Bytes, from: number, width: number): number => parseInt(text(block, from, width).trim(), 8) || 0;

/** The entries in order; undefined: this is no archive. */
export function readArchive(bytes: Bytes): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  let [name, target] = ['', ''];
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const block = bytes.slice(at, at + BLOCK);
    if (/^\0*$/.test(block)) break;
    if (!/^ustar/.test(block.slice(257, 262))) return undefined;
    const size = number(block, 124, 12);
    const type = block[156]!;
    const data = bytes.slice(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') name = data.replace(/\0[\s\S]*$/, '');
    else if (type === 'K') target = data.replace(/\0[\s\S]*$/, '');
    else if (type !== 'x' && type !== 'g') {
      const prefix = block.slice(257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
      const plain = text(block, 0, 100);
      const shown = name !== '' ? name : prefix === '' ? plain : `${prefix}/${plain}`;
      const kind =
        type === '5' || shown.endsWith('/') ? 'dir' : type === '2' ? 'symlink' : type === '1' ? 'link' : type === '0' || type === '\0' ? 'file' : 'other';
      entries.push({
        ...{ name: shown, kind, mode: number(block, 100, 8), uid: number(block, 108, 8), gid: number(block, 116, 8) },
        ...{ mtime: number(block, 136, 12), target: target !== '' ? target : text(block, 157, 100), data },
      });
      [name, target] = ['', ''];
    }
  }
  return entries;
}
