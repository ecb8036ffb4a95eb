/** `@csv`, `@base64` and their kin. */
import { JqError } from './error.ts';
import { formatJson, isArray, type Json, numberText, typeName } from './json.ts';

const PLAIN = { indent: undefined, sortKeys: false, colour: false, ascii: false };
export const textOf = (value: Json): string => (typeof value === 'string' ? value : formatJson(value, PLAIN));
/** As error messages show a value: its beginning. */
export const dumpOf = (value: Json): string => {
  const text = formatJson(value, PLAIN);
  return text.length > 11 ? `${text.slice(0, 10)}...` : text;
};
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64(bytes: string): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes.charCodeAt(i) << 16) | ((bytes.charCodeAt(i + 1) || 0) << 8) | (bytes.charCodeAt(i + 2) || 0);
    const left = bytes.length - i;
    out +=
      (ALPHABET[n >> 18] ?? '') +
      (ALPHABET[(n >> 12) & 63] ?? '') +
      (left > 1 ? (ALPHABET[(n >> 6) & 63] ?? '') : '=') +
      (left > 2 ? (ALPHABET[n & 63] ?? '') : '=');
  }
  return out;
}
export function fromBase64(text: string): string {
  let out = '';
  const clean = text.replace(/=+$/, '');
  for (let i = 0; i < clean.length; i += 4) {
    const digits = [...clean.slice(i, i + 4)].map((char) => ALPHABET.indexOf(char));
    const n = digits.reduce((sum, digit, j) => sum | (digit << (18 - 6 * j)), 0);
    for (let j = 0; j < digits.length - 1; j++) out += String.fromCharCode((n >> (16 - 8 * j)) & 255);
  }
  return out;
}

export function formatValue(name: string, value: Json): string {
  const row = (separator: string, cell: (each: Json) => string): string => {
    if (!isArray(value))
      throw new JqError(`${typeName(value)} (${dumpOf(value)}) cannot be ${name === '@sh' ? 'escaped for shell' : `${name.slice(1)}-formatted, only array`}`);
    return value.map(cell).join(separator);
  };
  const scalar =
    (quote: (text: string) => string) =>
    (each: Json): string => {
      if (typeof each === 'string') return quote(each);
      if (each === null) return '';
      if (typeof each === 'number') return numberText(each);
      if (typeof each === 'boolean') return String(each);
      throw new JqError(`${typeName(each)} (${textOf(each).slice(0, 10)}) is not valid in a csv row`);
    };
  switch (name) {
    case '@text':
      return textOf(value);
    case '@json':
      return formatJson(value, PLAIN);
    case '@csv':
      return row(
        ',',
        scalar((text) => `"${text.replaceAll('"', '""')}"`),
      );
    case '@tsv':
      return row(
        '\t',
        scalar((text) => text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')),
      );
    case '@html':
      return textOf(value).replace(/[<>&'"]/g, (char) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[char] ?? char);
    case '@uri':
      return textOf(value).replace(/[^A-Za-z0-9\-_.~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
    case '@sh': {
      const quote = (each: Json): string => (typeof each === 'string' ? `'${each.replaceAll("'", "'\\''")}'` : textOf(each));
      return isArray(value) ? value.map(quote).join(' ') : quote(value);
    }
    case '@base64':
      return base64(textOf(value));
    case '@base64d':
      return fromBase64(textOf(value));
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`);
  }
}
