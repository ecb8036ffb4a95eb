/** Bob Jenkins' hash of 32-bit words, by which the kernel spreads flows (linux/jhash.h). */
const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
const JHASH_INITIAL = 0xdeadbeef;
/** jhash2, of which jhash_1word and jhash_3words are cases. */
export function jenkins(words: readonly number[], seed: number): number {
  let a = (JHASH_INITIAL + (words.length << 2) + seed) | 0;
  let b = a;
  let c = a;
  let rest = words;
  while (rest.length > 3) {
    a = (a + rest[0]!) | 0;
    b = (b + rest[1]!) | 0;
    c = (c + rest[2]!) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
    rest = rest.slice(3);
  }
  a = (a + (rest[0] ?? 0)) | 0;
  b = (b + (rest[1] ?? 0)) | 0;
  c = (c + (rest[2] ?? 0)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
