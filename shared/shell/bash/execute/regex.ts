/** POSIX extended regular expressions for `=~`, put into JavaScript's syntax. */
import { ShellFailure } from '../failure.ts';

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\v\\f\\r',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
  word: '0-9A-Za-z_',
};

const kept = new Map<string, RegExp>();

export function compileRegex(source: string, ignoreCase: boolean): RegExp {
  const key = `${ignoreCase ? 'i' : 'c'}${source}`;
  const known = kept.get(key);
  if (known) return known;
  let regex: RegExp;
  try {
    regex = new RegExp(translate(source), ignoreCase ? 'i' : '');
  } catch {
    throw new ShellFailure(undefined, 'command', 2);
  }
  if (kept.size > 256) kept.clear();
  kept.set(key, regex);
  return regex;
}

function translate(source: string): string {
  let out = '';
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '[') {
      const end = bracketEnd(source, i);
      if (end < 0) throw new SyntaxError('unmatched bracket');
      out += bracket(source.slice(i + 1, end));
      i = end;
    } else if (char === '\\' && i + 1 < source.length) {
      const next = source.charAt(++i);
      out += /[<>]/.test(next) ? '\\b' : /[wWsSbB]/.test(next) ? `\\${next}` : /[A-Za-z0-9]/.test(next) ? next : next === '\n' ? '\\n' : `\\${next}`;
    } else if (char === '.') out += '[\\s\\S]';
    else if (char === '{' && !/^\{\d*,?\d*\}/.test(source.slice(i))) out += '\\{';
    else if (char === '}' && !/\{\d*,?\d*$/.test(source.slice(0, i))) out += '\\}';
    else if (char === '(' && source.charAt(i + 1) === '?') {
      out += '(';
    } else if (char === '/') out += '\\/';
    else if (char === ']') out += '\\]';
    else out += char;
  }
  return out;
}

function bracketEnd(source: string, open: number): number {
  let at = open + 1;
  if (source.charAt(at) === '^') at++;
  if (source.charAt(at) === ']') at++;
  while (at < source.length) {
    if (source.charAt(at) === '[' && /[:.=]/.test(source.charAt(at + 1))) {
      const end = source.indexOf(`${source.charAt(at + 1)}]`, at + 2);
      if (end < 0) return -1;
      at = end + 2;
    } else if (source.charAt(at) === ']') return at;
    else at++;
  }
  return -1;
}

function bracket(inner: string): string {
  const isNegated = inner.startsWith('^');
  const body = (isNegated ? inner.slice(1) : inner).replace(
    /\[:(\w+):\]|\[[.=](.)[.=]\]|[\\[\]^]/g,
    (whole, name: string | undefined, single: string | undefined) =>
      name !== undefined ? (CLASSES[name] ?? '') : single !== undefined ? `\\${single}` : `\\${whole}`,
  );
  if (body === '') return isNegated ? '[\\s\\S]' : '(?!)';
  return `[${isNegated ? '^' : ''}${body}]`;
}
