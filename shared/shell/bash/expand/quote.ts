/** Text as bash writes it so that it can be read again: `%q`, `${x@Q}`, `declare -p`, `set -x`. */
import type { Bytes } from '../../../base/index.ts';

const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
  '\\': '\\\\',
  "'": "\\'",
};

/** `$'…'`. In a UTF-8 locale valid characters stay. */
export function ansiQuote(text: Bytes, isUtf8: boolean): Bytes {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const code = text.charCodeAt(i);
    const named = NAMED[char];
    if (named !== undefined) out += named;
    else if (code < 32 || code === 127 || (code > 127 && !isUtf8)) out += `\\${code.toString(8).padStart(3, '0')}`;
    else out += char;
  }
  return `$'${out}'`;
}

/** Whether only `$'…'` can hold it. */
export const needsAnsi = (text: Bytes, isUtf8: boolean): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 127 || (code > 127 && !isUtf8)) return true;
  }
  return false;
};

/** `'…'`, with `'\''` for the quote itself. */
export const singleQuote = (text: Bytes): Bytes => `'${text.replaceAll("'", "'\\''")}'`;

const DOUBLE_SPECIAL = /["$`\\]/g;
export const doubleQuote = (text: Bytes): Bytes => `"${text.replace(DOUBLE_SPECIAL, '\\$&')}"`;

/** `printf %q`: backslashes before what means something. */
export function backslashQuote(text: Bytes, isUtf8: boolean): Bytes {
  if (text === '') return "''";
  if (needsAnsi(text, isUtf8)) return ansiQuote(text, isUtf8);
  return text
    .replace(/[ !"$&'()*,;<>?[\\\]^`{|}]/g, '\\$&')
    .replace(/^[#~]/, '\\$&')
    .replace(/([=:])~/g, '$1\\~');
}

/** As `set -x` shows a word: quoted only where needed. */
export function traceQuote(text: Bytes, isUtf8: boolean): Bytes {
  if (text === '') return "''";
  if (/[\s!"$&'()*;<>?[\\\]^`{|}]|^[#~]|[=:]~/.test(text)) return singleQuote(text);
  return needsAnsi(text, isUtf8) ? ansiQuote(text, isUtf8) : text;
}

/** As `declare -p` writes a value. */
export const declareQuote = (text: Bytes, isUtf8: boolean): Bytes => (needsAnsi(text, isUtf8) ? ansiQuote(text, isUtf8) : doubleQuote(text));

/** `${x@Q}` and the values of `set` without arguments. */
export function readableQuote(text: Bytes, isUtf8: boolean): Bytes {
  return needsAnsi(text, isUtf8) ? ansiQuote(text, isUtf8) : singleQuote(text);
}

/** As `set` lists values: bare where nothing needs quoting. */
export function listQuote(text: Bytes, isUtf8: boolean): Bytes {
  if (text === '') return '';
  if (needsAnsi(text, isUtf8)) return ansiQuote(text, isUtf8);
  return /[ !"$&'()*;<>?[\\\]^`{|}]|^[#~]|[=:]~/.test(text) ? singleQuote(text) : text;
}
