/** Backslash escapes: of `echo -e`, of `printf` formats and `%b`, of `$'…'`. */
import { utf8Encode, type Bytes } from '../../../base/index.ts';

/** echo: `\0NNN`. printf: `\NNN` and `\"`. ansi: as `$'…'`, with `\cX`. */
export type EscapeStyle = 'echo' | 'printf' | 'percent-b' | 'ansi';

const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

/** The text; `isEnded` when `\c` stopped all output. */
export function decodeEscapes(text: Bytes, style: EscapeStyle, isUtf8 = true): { readonly text: Bytes; readonly isEnded: boolean } {
  if (!text.includes('\\')) return { text, isEnded: false };
  let out = '';
  for (let i = 0; i < text.length;) {
    const char = text.charAt(i);
    if (char !== '\\' || i + 1 >= text.length) {
      out += char;
      i++;
      continue;
    }
    const next = text.charAt(i + 1);
    if (next === 'c' && style !== 'ansi' && style !== 'printf') return { text: out, isEnded: true };
    const found = decodeOne(text, i + 1, style, isUtf8);
    if (found) {
      out += found.text;
      i = found.end;
    } else {
      out += `\\${next}`;
      i += 2;
    }
  }
  return { text: out, isEnded: false };
}

/** The escape whose letter is at `at`; undefined when it is none. */
export function decodeOne(text: Bytes, at: number, style: EscapeStyle, isUtf8 = true): { readonly text: Bytes; readonly end: number } | undefined {
  const letter = text.charAt(at);
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { text: simple, end: at + 1 };
  if ((letter === '"' || letter === "'" || letter === '?') && style !== 'echo' && !(letter !== '"' && style === 'percent-b'))
    return { text: letter, end: at + 1 };
  if (letter === 'c' && style === 'ansi' && at + 1 < text.length) return { text: String.fromCharCode(text.charCodeAt(at + 1) & 31), end: at + 2 };
  const octal = style === 'echo' ? /^0[0-7]{0,3}/ : style === 'percent-b' ? /^0[0-7]{0,3}|^[1-7][0-7]{0,2}/ : /^[0-7]{1,3}/;
  const digits = octal.exec(text.slice(at, at + 4))?.[0];
  if (digits !== undefined) return { text: String.fromCharCode(Number.parseInt(digits, 8) & 255), end: at + digits.length };
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(text.slice(at, at + 3));
  if (hex) return { text: String.fromCharCode(Number.parseInt(hex[1] ?? '0', 16)), end: at + hex[0].length };
  const unicode = /^u([0-9a-fA-F]{1,4})|^U([0-9a-fA-F]{1,8})/.exec(text.slice(at, at + 9));
  if (!unicode) return undefined;
  const code = Number.parseInt(unicode[1] ?? unicode[2] ?? '0', 16);
  const end = at + unicode[0].length;
  if (code > 0x7f && !isUtf8)
    return { text: code > 0xffff ? `\\U${code.toString(16).toUpperCase().padStart(8, '0')}` : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`, end };
  return { text: code <= 0x10ffff ? utf8Encode(String.fromCodePoint(code)) : '', end };
}
