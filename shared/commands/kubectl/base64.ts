/** Base64 of byte strings (RFC 4648), as secrets hold their data. */
import type { Bytes } from '../../base/index.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes.charCodeAt(i), bytes.charCodeAt(i + 1), bytes.charCodeAt(i + 2)];
    text += LETTERS[a >> 2]! + LETTERS[((a & 3) << 4) | ((b || 0) >> 4)]!;
    text += i + 1 < bytes.length ? LETTERS[((b & 15) << 2) | ((c || 0) >> 6)]! : '=';
    text += i + 2 < bytes.length ? LETTERS[c & 63]! : '=';
  }
  return text;
}

/** Undefined: it is none. */
export function decodeBase64(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  let bytes = '';
  for (let i = 0; i < text.length; i += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = [...text.slice(i, i + 4)].map((letter) => Math.max(0, LETTERS.indexOf(letter)));
    const all = (a << 18) | (b << 12) | (c << 6) | d;
    bytes += String.fromCharCode(all >> 16);
    if (text[i + 2] !== '=') bytes += String.fromCharCode((all >> 8) & 255);
    if (text[i + 3] !== '=') bytes += String.fromCharCode(all & 255);
  }
  return bytes;
}
