/** The operators of `${…}` on one value (bash(1), Parameter Expansion); for `@` and `*` they apply to each. */
import type { Bytes } from '../../../base/index.ts';
import type { Shell } from '../shell.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { ParameterOperation } from '../syntax/tree.ts';

/** Works on characters where the locale has longer ones than bytes. */
function onText(shell: Shell, value: Bytes, pattern: Bytes, work: (text: string, pattern: Pattern) => string): Bytes {
  const isPlain = !shell.isUtf8 || (/^[\0-\x7f]*$/.test(value) && /^[\0-\x7f]*$/.test(pattern));
  const options = { ignoreCase: shell.options.has('nocasematch'), isPlain: !shell.options.has('extglob') };
  if (isPlain) return work(value, compilePattern(pattern, options));
  return shell.encode(work(shell.decode(value), compilePattern(shell.decode(pattern), options)));
}

export function removeMatch(shell: Shell, operation: ParameterOperation & { kind: 'remove' }, value: Bytes, pattern: Bytes): Bytes {
  if (value === '' || pattern === '') return value;
  return onText(shell, value, pattern, (text, compiled) => {
    if (operation.from === 'start') return text.slice(compiled.prefixEnd(text, operation.isLongest) ?? 0);
    const start = compiled.suffixStart(text, operation.isLongest);
    return start === undefined ? text : text.slice(0, start);
  });
}

/** `replacement`: an unquoted `&` in it has been turned into `\0`, which stands for what matched. */
export function replaceMatches(shell: Shell, where: 'first' | 'all' | 'start' | 'end', value: Bytes, pattern: Bytes, replacement: readonly Bytes[]): Bytes {
  if (pattern === '' && where !== 'start' && where !== 'end') return value;
  return onText(shell, value, pattern, (text, compiled) => {
    const join = (matched: string): string => (replacement.length === 1 ? (replacement[0] ?? '') : replacement.join(matched));
    if (where === 'start') {
      const end = compiled.prefixEnd(text, true);
      return end === undefined ? text : join(text.slice(0, end)) + text.slice(end);
    }
    if (where === 'end') {
      const start = compiled.suffixStart(text, true);
      return start === undefined ? text : text.slice(0, start) + join(text.slice(start));
    }
    let out = '';
    let at = 0;
    while (at <= text.length) {
      const found = compiled.find(text, at);
      if (!found || (found.end === found.start && found.start >= text.length && text !== '')) break;
      out += text.slice(at, found.start) + join(text.slice(found.start, found.end));
      at = found.end;
      if (found.end === found.start) {
        out += text.charAt(at);
        at++;
      }
      if (where === 'first') break;
    }
    return out + text.slice(at);
  });
}

const toggle = (char: string): string => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase());

export function changeCase(shell: Shell, operation: ParameterOperation & { kind: 'case' }, value: Bytes, pattern: Bytes | undefined): Bytes {
  const change = operation.to === 'upper' ? (char: string) => char.toUpperCase() : operation.to === 'lower' ? (char: string) => char.toLowerCase() : toggle;
  const compiled = compilePattern(pattern ?? '?', { isPlain: !shell.options.has('extglob') });
  const chars = [...shell.decode(value)];
  return shell.encode(chars.map((char, i) => ((operation.isAll || i === 0) && compiled.matches(char) ? change(char) : char)).join(''));
}

/** Characters from `offset`, as many as `length` says; undefined when the end comes before the start. */
export function sliceText(shell: Shell, value: Bytes, offset: number, length: number | undefined): Bytes | undefined {
  const text = shell.isUtf8 ? [...shell.decode(value)] : value;
  const start = offset < 0 ? text.length + offset : offset;
  if (start < 0 || start > text.length) return '';
  const end = length === undefined ? text.length : length < 0 ? text.length + length : Math.min(text.length, start + length);
  if (end < start) return undefined;
  const piece = text.slice(start, end);
  return typeof piece === 'string' ? piece : shell.encode(piece.join(''));
}

export const lengthOf = (shell: Shell, value: Bytes): number => (shell.isUtf8 ? [...shell.decode(value)].length : value.length);
