/**
 * socat's addresses: `NAME:PARAMETER:PARAMETER,option,option=value`. Quotes keep separators and are taken off, brackets keep them and stay, a
 * backslash takes the meaning off the next character (nestlex.c, xioopen.c).
 */
import type { Bytes } from '../../base/index.ts';

export interface Address {
  /** As written. */
  readonly text: Bytes;
  /** As written, and in lower case. */
  readonly given: Bytes;
  readonly name: string;
  readonly parameters: readonly Bytes[];
  readonly options: ReadonlyMap<string, Bytes | undefined>;
}
export class AddressError extends Error {}

const QUOTES = new Set(['"', "'"]);
const NESTS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** One token up to a separator; the rest of the text. */
function token(text: Bytes, from: number, ends: string, whole: Bytes): { readonly word: Bytes; readonly at: number } {
  let word = '';
  const nests: string[] = [];
  let quote = '';
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (quote === '' && nests.length === 0 && (ends.includes(char) || text.startsWith('!!', at))) return { word, at };
    if (quote !== "'" && char === '\\' && at + 1 < text.length) {
      const next = text[++at]!;
      word += quote === '' ? (ESCAPES[next] ?? next) : next;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word += char;
    } else if (QUOTES.has(char)) quote = char;
    else {
      if (nests.at(-1) === char) nests.pop();
      else if (char in NESTS) nests.push(NESTS[char]!);
      word += char;
    }
  }
  if (quote !== '') throw new AddressError(`unexpected end of address "${whole}"`);
  return { word, at };
}

/** One side: a single address, or two for reading and writing. */
export function parseAddress(text: Bytes): { readonly read: Address; readonly write: Address | undefined } {
  const first = single(text, 0);
  if (!text.startsWith('!!', first.at)) return { read: first.address, write: undefined };
  return { read: first.address, write: single(text, first.at + 2).address };
}
function single(text: Bytes, from: number): { readonly address: Address; readonly at: number } {
  let { word: given, at } = token(text, from, ':,', text);
  const parameters: Bytes[] = [];
  while (text[at] === ':') {
    const next = token(text, at + 1, ':,', text);
    parameters.push(next.word);
    ({ at } = next);
  }
  const options = new Map<string, Bytes | undefined>();
  while (text[at] === ',') {
    const name = token(text, at + 1, ',=', text);
    ({ at } = name);
    let value: Bytes | undefined;
    if (text[at] === '=') {
      const next = token(text, at + 1, ',', text);
      value = next.word;
      ({ at } = next);
    }
    if (name.word !== '') options.set(name.word.toLowerCase(), value);
  }
  // A path alone is a file to open; a number, a descriptor.
  let name = given.toLowerCase();
  if (given === '-') name = 'stdio';
  else if (/^\d+$/.test(given)) {
    parameters.unshift(given);
    name = 'fd';
  } else if (given.includes('/')) {
    parameters.splice(0, parameters.length, [given, ...parameters].join(':'));
    name = 'gopen';
    given = 'GOPEN';
  }
  return { address: { text: text.slice(from, at), given, name, parameters, options }, at };
}
