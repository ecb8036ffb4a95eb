/** jq programs as tokens; a string with `\(…)` in it is one, with the filters inside. */
import type { Filter } from './syntax.ts';

export interface Token {
  readonly kind: 'op' | 'name' | 'field' | 'variable' | 'number' | 'string' | 'format' | 'end';
  readonly text: string;
  readonly parts?: readonly (string | Filter)[];
}
export class Problem extends Error {}
const OPERATORS = [
  '?//',
  '|=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '//=',
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '..',
  'and',
  'or',
  '.',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '|',
  ',',
  ':',
  ';',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '?',
].sort((a, b) => b.length - a.length);
export const KEYWORDS = new Set([
  'if',
  'then',
  'elif',
  'else',
  'end',
  'as',
  'reduce',
  'foreach',
  'def',
  'try',
  'catch',
  'label',
  'break',
  'and',
  'or',
  '__loc__',
  'import',
  'include',
]);

/** `parse` reads the filters inside strings. */
export function tokenize(text: string, parse: (tokens: readonly Token[]) => Filter): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += /^(?:\s|#[^\n]*)*/.exec(text.slice(at))?.[0].length ?? 0;
    const rest = text.slice(at);
    if (rest === '') break;
    const match = (pattern: RegExp): string | undefined => pattern.exec(rest)?.[0];
    const number = match(/^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/);
    const field = match(/^\.[A-Za-z_]\w*/);
    const variable = match(/^\$(?:__loc__|[A-Za-z_]\w*(?:::\w+)*)/);
    const format = match(/^@\w+/);
    const name = match(/^[A-Za-z_]\w*(?:::\w+)*/);
    if (rest.startsWith('"')) {
      const [parts, length] = stringParts(text, at, parse);
      tokens.push({ kind: 'string', text: '', parts });
      at += length;
      continue;
    }
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (field !== undefined) tokens.push({ kind: 'field', text: field.slice(1) });
    else if (variable !== undefined) tokens.push({ kind: 'variable', text: variable.slice(1) });
    else if (format !== undefined) tokens.push({ kind: 'format', text: format });
    else if (name !== undefined) tokens.push({ kind: KEYWORDS.has(name) ? 'op' : 'name', text: name });
    else {
      const operator = OPERATORS.find((each) => rest.startsWith(each));
      if (operator === undefined) throw new Problem('syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?)');
      tokens.push({ kind: 'op', text: operator });
    }
    at += (number ?? field ?? variable ?? format ?? name ?? tokens.at(-1)?.text ?? ' ').length;
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** The pieces of a string with its `\(…)`, and how long it is in the text. */
function stringParts(text: string, start: number, parse: (tokens: readonly Token[]) => Filter): [readonly (string | Filter)[], number] {
  const parts: (string | Filter)[] = [];
  let current = '';
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '"') {
      if (current !== '' || parts.length === 0) parts.push(current);
      return [parts, i + 1 - start];
    }
    if (char !== '\\') {
      current += char;
      continue;
    }
    const next = text[++i] ?? '';
    if (next === '(') {
      let depth = 1;
      let end = i + 1;
      for (; end < text.length && depth > 0; end++) {
        if (text[end] === '"') end += stringParts(text, end, parse)[1] - 1;
        else if (text[end] === '(') depth++;
        else if (text[end] === ')') depth--;
      }
      if (current !== '') parts.push(current);
      current = '';
      parts.push(parse(tokenize(text.slice(i + 1, end - 1), parse)));
      i = end - 1;
    } else if (next === 'u') {
      current += String.fromCharCode(parseInt(text.slice(i + 1, i + 5), 16));
      i += 4;
    } else current += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[next] ?? next;
  }
  throw new Problem('syntax error, unexpected $end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?)');
}
