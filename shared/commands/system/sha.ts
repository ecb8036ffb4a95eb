/** SHA-1, SHA-256 and SHA-512 (FIPS 180-4) of byte strings. */
import type { Bytes } from '../../base/index.ts';

const MASK = (1n << 64n) - 1n;

/** The first primes, whose roots are SHA-2's constants. */
const PRIMES = ((): number[] => {
  const found: number[] = [];
  for (let n = 2; found.length < 80; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
})();
/** The first 64 bits of the fraction of a root, computed exactly. */
function rootBits(prime: number, degree: 2 | 3): bigint {
  const shifted = BigInt(prime) << BigInt(64 * degree);
  let low = 0n;
  let high = 1n << 70n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= shifted) low = middle;
    else high = middle;
  }
  return low & MASK;
}

const padded = (text: Bytes, block: number): Bytes => {
  const bits = BigInt(text.length) * 8n;
  const field = block / 8;
  const zeros = (2 * block - 1 - field - (text.length % block)) % block;
  let length = '';
  for (let i = field - 1; i >= 0; i--) length += String.fromCharCode(Number((bits >> BigInt(8 * i)) & 255n));
  return `${text}\x80${'\0'.repeat(zeros)}${length}`;
};
const words32 = (text: Bytes): Int32Array => {
  const words = new Int32Array(text.length / 4);
  for (let i = 0; i < words.length; i++)
    words[i] = (text.charCodeAt(4 * i) << 24) | (text.charCodeAt(4 * i + 1) << 16) | (text.charCodeAt(4 * i + 2) << 8) | text.charCodeAt(4 * i + 3);
  return words;
};
const hex32 = (words: Iterable<number>): string => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
const turnRight = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
const turnLeft = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

export function sha1(text: Bytes): string {
  const words = words32(padded(text, 64));
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const w = new Int32Array(80);
  for (let block = 0; block < words.length; block += 16) {
    for (let i = 0; i < 80; i++) w[i] = i < 16 ? words[block + i]! : turnLeft(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
    let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
    for (let i = 0; i < 80; i++) {
      const round = Math.floor(i / 20);
      const f = round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      const sum = (turnLeft(a, 5) + f + e + w[i]! + [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round]!) | 0;
      [e, d, c, b, a] = [d, c, turnLeft(b, 30), a, sum];
    }
    [a, b, c, d, e].forEach((value, i) => (state[i] = state[i]! + value));
  }
  return hex32(state);
}

let constants256: Int32Array | undefined;
export function sha256(text: Bytes): string {
  const k = (constants256 ??= Int32Array.from(PRIMES.slice(0, 64), (prime) => Number(BigInt.asIntN(32, rootBits(prime, 3) >> 32n))));
  const state = Int32Array.from(PRIMES.slice(0, 8), (prime) => Number(BigInt.asIntN(32, rootBits(prime, 2) >> 32n)));
  const words = words32(padded(text, 64));
  const w = new Int32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        w[i] = words[block + i]!;
        continue;
      }
      const [x, y] = [w[i - 15]!, w[i - 2]!];
      w[i] = w[i - 16]! + (turnRight(x, 7) ^ turnRight(x, 18) ^ (x >>> 3)) + w[i - 7]! + (turnRight(y, 17) ^ turnRight(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const one = (h + (turnRight(e, 6) ^ turnRight(e, 11) ^ turnRight(e, 25)) + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0;
      const two = ((turnRight(a, 2) ^ turnRight(a, 13) ^ turnRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = state[i]! + value));
  }
  return hex32(state);
}

const turn64 = (x: bigint, n: bigint): bigint => ((x >> n) | (x << (64n - n))) & MASK;
let constants512: readonly bigint[] | undefined;
export function sha512(text: Bytes): string {
  const k = (constants512 ??= PRIMES.map((prime) => rootBits(prime, 3)));
  const state = PRIMES.slice(0, 8).map((prime) => rootBits(prime, 2));
  const words32bit = words32(padded(text, 128));
  const word = (i: number): bigint => (BigInt(words32bit[2 * i]! >>> 0) << 32n) | BigInt(words32bit[2 * i + 1]! >>> 0);
  for (let block = 0; block < words32bit.length / 2; block += 16) {
    const w: bigint[] = [];
    for (let i = 0; i < 80; i++) {
      if (i < 16) {
        w.push(word(block + i));
        continue;
      }
      const [x, y] = [w[i - 15]!, w[i - 2]!];
      w.push((w[i - 16]! + (turn64(x, 1n) ^ turn64(x, 8n) ^ (x >> 7n)) + w[i - 7]! + (turn64(y, 19n) ^ turn64(y, 61n) ^ (y >> 6n))) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let i = 0; i < 80; i++) {
      const one = (h + (turn64(e, 14n) ^ turn64(e, 18n) ^ turn64(e, 41n)) + ((e & f) ^ (~e & MASK & g)) + k[i]! + w[i]!) & MASK;
      const two = ((turn64(a, 28n) ^ turn64(a, 34n) ^ turn64(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & MASK;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i]! + value) & MASK));
  }
  return state.map((value) => value.toString(16).padStart(16, '0')).join('');
}
