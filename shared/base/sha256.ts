/** SHA-256 and SHA-224 (FIPS 180-4) of byte strings. */
import type { Bytes } from './bytes.ts';

const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
const PRIMES = Array.from({ length: 312 }, (_, i) => i).filter((n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0));
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));
const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** SHA-224's beginning: the second half of the fractions that follow. */
const START_224 = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4].map((word) => word | 0);

/** Eight words of 32 bits. */
export const sha256 = (text: Bytes): readonly number[] => digest(text, START);
/** Twenty-eight bytes. */
export const sha224 = (text: Bytes): Bytes => bytesOf(digest(text, START_224).slice(0, 7));
const bytesOf = (words: readonly number[]): Bytes =>
  words.map((word) => String.fromCharCode((word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255)).join('');

function digest(text: Bytes, start: readonly number[]): readonly number[] {
  const padded = `${text}\x80${'\0'.repeat((119 - (text.length % 64)) % 64)}`;
  const words: number[] = [];
  for (let i = 0; i < padded.length; i += 4)
    words.push((padded.charCodeAt(i) << 24) | (padded.charCodeAt(i + 1) << 16) | (padded.charCodeAt(i + 2) << 8) | padded.charCodeAt(i + 3));
  words.push(Math.floor(text.length / 2 ** 29), (text.length * 8) | 0);
  const state = [...start];
  const schedule: number[] = new Array<number>(64).fill(0);
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      if (i < 16) schedule[i] = words[block + i]!;
      else {
        const [x, y] = [schedule[i - 15]!, schedule[i - 2]!];
        const low = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
        const high = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
        schedule[i] = (schedule[i - 16]! + low + schedule[i - 7]! + high) | 0;
      }
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i]! + schedule[i]!) | 0;
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i]! + value) | 0;
  }
  return state;
}

const BASE64_URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648's base 64 for addresses of the web, without padding. */
export function base64Url(text: Bytes): string {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const bits = (text.charCodeAt(i) << 16) | ((text.charCodeAt(i + 1) || 0) << 8) | (text.charCodeAt(i + 2) || 0);
    const digits = Math.min(4, text.length - i + 1);
    for (let digit = 0; digit < digits; digit++) out += BASE64_URL[(bits >>> (18 - 6 * digit)) & 63];
  }
  return out;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first digits of a digest in RFC 4648's base 32. */
export function base32(digest: readonly number[], digits: number): string {
  const bits = digest.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
  return Array.from({ length: digits }, (_, i) => BASE32[parseInt(bits.slice(i * 5, i * 5 + 5), 2)]).join('');
}
