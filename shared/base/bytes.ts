/**
 * Byte strings: each UTF-16 unit holds one byte (0..255). Everything that crosses a file descriptor, a file or a socket
 * payload is one; V8 keeps them as one-byte ropes, so appending is cheap. Text becomes bytes by `utf8Encode`, once, where it is made.
 */
declare const bytesBrand: unique symbol;
export type Bytes = string & { readonly [bytesBrand]?: never };

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
};

/** Text to a byte string; an unpaired surrogate becomes U+FFFD. */
export function utf8Encode(text: string): Bytes {
  if (isAscii(text)) return text;
  let out = '';
  for (const char of text) {
    let code = char.codePointAt(0) ?? 0xfffd;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out += String.fromCharCode(code);
    else if (code < 0x800) out += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out += String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return out;
}

/** A byte string to text; each malformed byte becomes U+FFFD. */
export function utf8Decode(bytes: Bytes): string {
  if (isAscii(bytes)) return bytes;
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes.charCodeAt(i);
    const more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
    let code = more === 0 ? first : more < 0 ? 0xfffd : first & (0x3f >> more);
    let length = 1;
    for (; more > 0 && length <= more; length++) {
      const next = bytes.charCodeAt(i + length);
      if ((next & 0xc0) !== 0x80) break; // also true for NaN past the end
      code = (code << 6) | (next & 63);
    }
    const minimum = [0, 0x80, 0x800, 0x10000][more] ?? 0;
    const whole = more >= 0 && length === more + 1 && code >= minimum && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    out += whole || more === 0 ? String.fromCodePoint(code) : '\ufffd';
    i += whole || more === 0 ? length : 1;
  }
  return out;
}

/** A byte string as an array of bytes, for the outside world. */
export function toUint8Array(bytes: Bytes): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes.charCodeAt(i);
  return out;
}

/** An array of bytes as a byte string. */
export function fromUint8Array(array: Uint8Array): Bytes {
  let out = '';
  for (let i = 0; i < array.length; i += 8192) out += String.fromCharCode(...array.subarray(i, i + 8192));
  return out;
}
