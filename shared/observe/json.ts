/**
 * JSON that programs print, read with the rest of a damaged text still used: what is whole in a list is taken, the other things are named.
 * Also the typed access to what it holds.
 */
import type { Input, Line } from './input.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A list of objects, or one: not a prompt that begins with a bracket. */
export const isJson = (text: string): boolean => /^\s*(?:\[\s*(?:[[{\]]|$)|\{\s*(?:["}]|$))/.test(text);
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects of a list (or the one object that stands alone), each with where it stands. `list` names the member that holds the list. */
export function jsonObjects(input: Input, list?: string): { readonly value: JsonObject; readonly line: Line }[] {
  const whole = parse(input.text);
  if (whole.ok) {
    const items = isObject(whole.value) && list !== undefined && Array.isArray(whole.value[list]) ? whole.value[list] : whole.value;
    return (Array.isArray(items) ? (items as unknown[]) : [items]).flatMap((value, i) => {
      const line = itemLine(i + 1, value);
      if (isObject(value)) return [{ value, line }];
      input.problem(line, 'not an object');
      return [];
    });
  }
  return wholeObjects(input, list);
}

/** Written out only when it is shown. */
const itemLine = (number: number, value: unknown): Line => ({
  number: 1,
  get text() {
    return `item ${number}: ${JSON.stringify(value)}`;
  },
});

function parse(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false };
  }
}

/** Of a text that is not JSON as a whole: each object at the depth of the list that is. */
function wholeObjects(input: Input, list: string | undefined): { readonly value: JsonObject; readonly line: Line }[] {
  const { text } = input;
  const named = list === undefined ? -1 : text.indexOf(`"${list}"`);
  const found: { readonly value: JsonObject; readonly line: Line }[] = [];
  let lineNumber = 1;
  let depth = 0;
  let start = -1;
  let unreadFrom: Line | undefined;
  let isInString = false;
  for (let i = named === -1 ? 0 : named + list!.length + 2; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\n') lineNumber++;
    if (isInString) {
      if (c === '\\') i++;
      else if (c === '"') isInString = false;
    } else if (c === '"' && depth > 0) isInString = true;
    else if (c === '{') {
      if (depth++ === 0) start = i;
    } else if (c === '}' && depth > 0 && --depth === 0) {
      const piece = text.slice(start, i + 1);
      const line = { number: lineNumber, text: piece };
      const read = parse(piece);
      if (read.ok && isObject(read.value)) found.push({ value: read.value, line });
      else input.problem(line, 'not JSON');
      start = -1;
    } else if (depth === 0 && !/[\s,[\]:]/.test(c)) unreadFrom ??= { number: lineNumber, text: text.slice(i) };
  }
  if (unreadFrom) input.problem(unreadFrom, 'not JSON');
  if (start !== -1) input.problem({ number: lineNumber, text: text.slice(start) }, 'JSON that ends too early');
  else if (!unreadFrom) input.problem({ number: lineNumber, text: text.slice(-40) }, 'JSON that ends too early');
  return found;
}

export const textIn = (object: JsonObject, key: string): string | undefined => {
  const value = object[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
};
export const numberIn = (object: JsonObject, key: string): number | undefined => {
  const value = object[key];
  return typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
};
/** true, 1, "on"; a key without value is one too. */
export const flagIn = (object: JsonObject, key: string): boolean => object[key] === true || object[key] === null || object[key] === 1 || object[key] === 'on';
export const objectIn = (object: JsonObject, key: string): JsonObject => (isObject(object[key]) ? object[key] : {});
export const objectsIn = (object: JsonObject, key: string): readonly JsonObject[] => (Array.isArray(object[key]) ? object[key].filter(isObject) : []);
export const textsIn = (object: JsonObject, key: string): string[] =>
  Array.isArray(object[key]) ? object[key].filter((one): one is string => typeof one === 'string') : [];
