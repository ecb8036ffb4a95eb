/** SHA-256 (FIPS 180-4) of a byte string: eight words of 32 bits. */
import type { Bytes } from './bytes.ts';

const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
const PRIMES = Array.from({ length: 312 }, (_, i) => i).filter((n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0));
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));
const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

export function sha256(text: Bytes): readonly number[] {
  const padded = `${text}\x80${'\0'.repeat((119 - (text.length % 64)) % 64)}`;
  const words: number[] = [];
  for (let i = 0; i < padded.length; i += 4)
    words.push((padded.charCodeAt(i) << 24) | (padded.charCodeAt(i + 1) << 16) | (padded.charCodeAt(i + 2) << 8) | padded.charCodeAt(i + 3));
  words.push(Math.floor(text.length / 2 ** 29), (text.length * 8) | 0);
  const state = [...START];
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

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first digits of a digest in RFC 4648's base 32. */
export function base32(digest: readonly number[], digits: number): string {
  const bits = digest.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
  return Array.from({ length: digits }, (_, i) => BASE32[parseInt(bits.slice(i * 5, i * 5 + 5), 2)]).join('');
}
