/** SHA-512 (FIPS 180-4), for the names of chains that plugins make. Constants are computed as the standard defines them: from cube and square roots of primes. */
import type { Bytes } from '../base/index.ts';

const MASK = (1n << 64n) - 1n;

function primes(count: number): readonly bigint[] {
  const found: bigint[] = [];
  for (let n = 2n; found.length < count; n++) if (found.every((prime) => n % prime !== 0n)) found.push(n);
  return found;
}
/** The first 64 bits of the fraction of a root: floor(root(n · 2^(64·degree))) mod 2^64. */
function fraction(n: bigint, degree: 2n | 3n): bigint {
  const target = n << (64n * degree);
  let low = 0n;
  let high = 1n << 70n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= target) low = middle;
    else high = middle - 1n;
  }
  return low & MASK;
}
const K = primes(80).map((prime) => fraction(prime, 3n));
const INITIAL = primes(8).map((prime) => fraction(prime, 2n));

const rotate = (x: bigint, by: bigint): bigint => ((x >> by) | (x << (64n - by))) & MASK;

export function sha512Hex(message: Bytes): string {
  const bits = BigInt(message.length) * 8n;
  let padded = `${message}\x80`;
  while (padded.length % 128 !== 112) padded += '\0';
  for (let shift = 120n; shift >= 0n; shift -= 8n) padded += String.fromCharCode(Number((bits >> shift) & 255n));
  const hash = [...INITIAL];
  for (let at = 0; at < padded.length; at += 128) compress(hash, padded.slice(at, at + 128));
  return hash.map((word) => word.toString(16).padStart(16, '0')).join('');
}

function compress(hash: bigint[], block: Bytes): void {
  const w: bigint[] = [];
  for (let i = 0; i < 16; i++) {
    let word = 0n;
    for (let j = 0; j < 8; j++) word = (word << 8n) | BigInt(block.charCodeAt(i * 8 + j));
    w.push(word);
  }
  for (let i = 16; i < 80; i++) {
    const [x, y] = [w[i - 15]!, w[i - 2]!];
    const s0 = rotate(x, 1n) ^ rotate(x, 8n) ^ (x >> 7n);
    const s1 = rotate(y, 19n) ^ rotate(y, 61n) ^ (y >> 6n);
    w.push((w[i - 16]! + s0 + w[i - 7]! + s1) & MASK);
  }
  let [a, b, c, d, e, f, g, h] = hash as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  for (let i = 0; i < 80; i++) {
    const t1 = (h + (rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n)) + ((e & f) ^ (~e & MASK & g)) + K[i]! + w[i]!) & MASK;
    const t2 = ((rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & MASK;
    [a, b, c, d, e, f, g, h] = [(t1 + t2) & MASK, a, b, c, (d + t1) & MASK, e, f, g];
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i]! + word) & MASK;
}
