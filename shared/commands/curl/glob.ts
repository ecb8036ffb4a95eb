/** Several pages in one address: `{a,b}` and `[1-9]` (tool_urlglob.c). */
import type { Bytes } from '../../base/index.ts';

/** More would not end. */
const LIMIT = 10_000;

/** Where an address is wrong, counted from one, and how. */
export interface GlobError {
  readonly position: number;
  readonly message: string;
}
/** All addresses, leftmost part slowest. */
export function expandGlob(text: Bytes): readonly Bytes[] | GlobError {
  let all: Bytes[] = [''];
  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    const address = /^\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:%[^\]]*)?\]/.exec(text.slice(at));
    if (address !== null || (char !== '{' && char !== '[')) {
      const literal = address?.[0] ?? (char === '\\' && at + 1 < text.length && '{}[]'.includes(text[at + 1]!) ? text[at + 1]! : char);
      at += address === null && literal !== char ? 2 : literal.length;
      all = all.map((each) => each + literal);
      continue;
    }
    const end = text.indexOf(char === '{' ? '}' : ']', at);
    const choices = end < 0 ? undefined : char === '{' ? text.slice(at + 1, end).split(',') : range(text.slice(at + 1, end));
    if (choices === undefined) {
      if (char === '{') return { position: at + 1, message: 'unmatched brace' };
      return { position: at + 2, message: /[0-9A-Za-z]/.test(text[at + 1] ?? '') ? 'bad range' : 'bad range specification' };
    }
    if (all.length * choices.length > LIMIT) return { position: at + 2, message: 'range overflow' };
    all = all.flatMap((each) => choices.map((choice) => each + choice));
    at = end + 1;
  }
  return all;
}
function range(text: Bytes): readonly Bytes[] | undefined {
  const letters = /^([A-Za-z])-([A-Za-z])(?::(\d+))?$/.exec(text);
  const numbers = /^(\d+)-(\d+)(?::(\d+))?$/.exec(text);
  const [, from = '', to = '', step = '1'] = letters ?? numbers ?? [];
  if (from === '' || Number(step) === 0) return undefined;
  const value = (each: string): number => (letters ? each.charCodeAt(0) : Number(each));
  const found: Bytes[] = [];
  for (let i = value(from); i <= value(to) && found.length <= LIMIT; i += Number(step)) {
    found.push(letters ? String.fromCharCode(i) : String(i).padStart(from.startsWith('0') ? from.length : 0, '0'));
  }
  return found.length === 0 ? undefined : found;
}
