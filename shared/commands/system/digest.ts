/** md5sum and cksum's kin (RFC 1321): digests of byte strings. */
import { type Bytes, type Errno } from '../../base/index.ts';
import type { Program, Sys } from '../../shell/index.ts';
import { eachInput, gnuOptions, type GnuUsage } from '../coreutils/index.ts';

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

export function md5(text: Bytes): string {
  const length = text.length;
  const padded = `${text}\x80${'\0'.repeat((119 - (length % 64)) % 64)}`;
  const words: number[] = [];
  for (let i = 0; i < padded.length; i += 4)
    words.push(padded.charCodeAt(i) | (padded.charCodeAt(i + 1) << 8) | (padded.charCodeAt(i + 2) << 16) | (padded.charCodeAt(i + 3) << 24));
  words.push((length * 8) | 0, Math.floor(length / 2 ** 29));
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const f = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const g = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const sum = (a + f + (SINES[i] ?? 0) + (words[block + g] ?? 0)) | 0;
      const shift = SHIFTS[round * 4 + (i % 4)] ?? 0;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  return [a0, b0, c0, d0].map((word) => [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, '0')).join('')).join('');
}

const MD5: GnuUsage = {
  usage: '[OPTION]... [FILE]...',
  summary: 'Print or check MD5 (128-bit) checksums.',
  options: [
    { short: 'b', long: 'binary' },
    { short: 't', long: 'text' },
    { short: 'z', long: 'zero' },
  ],
};
export const md5sum: Program = function* (p) {
  const parsed = yield* gnuOptions(p, MD5);
  if (typeof parsed === 'number') return parsed;
  return yield* eachInput(p, parsed.operands, function* (fd, name): Sys<Errno | undefined> {
    const all = yield* p.readAll(fd);
    if (!all.ok) return all.error;
    yield* p.print(`${md5(all.value)}  ${name}\n`);
    return undefined;
  });
};
