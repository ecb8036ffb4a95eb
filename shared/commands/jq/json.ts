/** JSON as jq 1.6 reads, orders and prints it. */
import { err, ok, type Result } from '../../base/index.ts';
import { jsonProblem } from './json-problem.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const typeName = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
export const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
export const isTruthy = (value: Json): boolean => value !== null && value !== false;

const RANK: Readonly<Record<string, number>> = { null: 0, false: 1, true: 2, number: 3, string: 4, array: 5, object: 6 };
const rank = (value: Json): number => RANK[typeof value === 'boolean' ? String(value) : typeName(value)] ?? 0;
export function compareJson(a: Json, b: Json): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (isArray(a) && isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const each = compareJson(a[i] ?? null, b[i] ?? null);
      if (each !== 0) return each;
    }
    return a.length - b.length;
  }
  if (!isObject(a) || !isObject(b)) return 0;
  const keys = compareJson(Object.keys(a).sort(), Object.keys(b).sort());
  if (keys !== 0) return keys;
  for (const key of Object.keys(a).sort()) {
    const each = compareJson(a[key] ?? null, b[key] ?? null);
    if (each !== 0) return each;
  }
  return 0;
}

export interface Style {
  /** Columns of indentation, '\t', or undefined for one line. */
  readonly indent: string | undefined;
  readonly sortKeys: boolean;
  readonly colour: boolean;
  readonly ascii: boolean;
}
/** jq prints numbers with 17 significant digits. */
export const numberText = (value: number): string => {
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) return value > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const point = Number(exponent) + 1;
  const digits = mantissa.replace(/[-.]/g, '').length;
  // as jv_dtoa_fmt: far from its digits the point is moved by an exponent
  if (value !== 0 && (point <= -4 || point > digits + 15)) return `${mantissa}e${exponent.replace(/^([-+])(\d)$/, '$10$2')}`;
  return plainNumber(value, point, digits);
};
/** Without an exponent, however large. */
const plainNumber = (value: number, point: number, digits: number): string => (point > 21 && digits < point ? BigInt(value).toString() : String(value));
const quote = (text: string, ascii: boolean): string => {
  const quoted = JSON.stringify(text).replace(/\x7f/g, '\\u007f');
  return ascii ? quoted.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted;
};
const COLOURS: Readonly<Record<string, string>> = {
  null: '1;30',
  false: '0;39',
  true: '0;39',
  number: '0;39',
  string: '0;32',
  array: '1;39',
  object: '1;39',
  key: '34;1',
};

export function formatJson(value: Json, style: Style, depth = 0): string {
  const paint = (text: string, kind: string): string => (style.colour ? `\x1b[${COLOURS[kind] ?? '0'}m${text}\x1b[0m` : text);
  if (value === null || typeof value === 'boolean') return paint(String(value), String(value));
  if (typeof value === 'number') return paint(numberText(value), 'number');
  if (typeof value === 'string') return paint(quote(value, style.ascii), 'string');
  const isList = isArray(value);
  const keys = isList ? [] : style.sortKeys ? Object.keys(value).sort() : Object.keys(value);
  const items = isList
    ? value.map((item) => formatJson(item, style, depth + 1))
    : keys.map(
        (key) =>
          `${style.colour ? paint(quote(key, style.ascii), 'key') : quote(key, style.ascii)}:${style.indent === undefined ? '' : ' '}${formatJson(value[key] ?? null, style, depth + 1)}`,
      );
  const [open, close] = isList ? '[]' : '{}';
  if (items.length === 0) return `${open ?? ''}${close ?? ''}`;
  if (style.indent === undefined) return `${open ?? ''}${items.join(',')}${close ?? ''}`;
  const pad = style.indent.repeat(depth + 1);
  return `${open ?? ''}\n${items.map((item) => pad + item).join(',\n')}\n${style.indent.repeat(depth)}${close ?? ''}`;
}

/** The values of a text, one after the other; `rest` says what is wrong after them, as jq words it. */
export function parseJsonStream(text: string): { readonly values: readonly Json[]; readonly problem: string | undefined } {
  const values: Json[] = [];
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    const end = valueEnd(text, at);
    const piece = parse(text.slice(at, end));
    if (!piece.ok) return { values, problem: jsonProblem(text) ?? 'Invalid JSON' };
    values.push(piece.value);
    at = end;
  }
  return { values, problem: undefined };
}
const skipBlanks = (text: string, at: number): number => at + (/^[\s\ufeff]*/.exec(text.slice(at))?.[0].length ?? 0);
/** Where the value that begins here ends, by its brackets and quotes. */
function valueEnd(text: string, start: number): number {
  const first = text[start] ?? '';
  if (first !== '{' && first !== '[' && first !== '"') return start + (/^[^\s,[\]{}":]*/.exec(text.slice(start))?.[0].length || 1);
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      if (depth === 0) return i + 1;
    } else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return i + 1;
  }
  return text.length;
}
function parse(text: string): Result<Json, 'invalid'> {
  if (text === 'nan' || text === 'NaN') return ok(NaN);
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return ok(Number(text));
  try {
    return ok(JSON.parse(text) as Json);
  } catch {
    return err('invalid');
  }
}
