/** Expressions of nft's rules and what they are compared with: fields, concatenations, sets of values, maps (nftables' parser_bison.y, evaluate.c). */
import type { NftElement, NftExpression, NftKey, NftOperation, NftStatement, NftVerdict } from '../../kernel/index.ts';
import { FIELD_TYPES, fieldText, HEADERS, LONE_META } from './fields.ts';
import { mistakeAt, NftMistake, type Cursor, type Token } from './lexer.ts';
import { BIT_TYPES, formatRange, formatValue, parseRange, parseValue, type Names } from './types.ts';

export interface Field extends NftExpression {
  readonly type: string;
  /** Where it begins, and its width. */
  readonly at: number;
  readonly width: number;
}
/** What a rule may refer to in its table. */
export interface Scope {
  readonly names: Names;
  hasSet(name: string): boolean;
  hasChain(name: string): boolean;
  /** `; did you mean …` for a chain that is not there. */
  suggestChain(name: string): string;
  /** Types of a set's dimensions and of a map's values. */
  setTypes(name: string): readonly string[];
  dataType(name: string): string;
}

/** Undefined: here is no expression. */
export function parseField(cursor: Cursor): Field | undefined {
  const start = cursor.token;
  if (start.kind !== 'word') return undefined;
  const finish = (field: string, type = FIELD_TYPES[field]): Field => {
    if (type === undefined) throw mistakeAt('syntax error, unexpected string', cursor.previous);
    const { previous } = cursor;
    return { field, type, mask: null, at: start.at, width: previous.at + previous.text.length - start.at };
  };
  if (start.text === 'meta') {
    cursor.index++;
    return finish(`meta ${cursor.next().text}`);
  }
  if (LONE_META.includes(start.text)) {
    cursor.index++;
    return finish(`meta ${start.text}`);
  }
  if (start.text === 'ct') {
    cursor.index++;
    const key = cursor.next().text;
    if (key !== 'original' && key !== 'reply') return finish(`ct ${key}`);
    return finish(`ct ${key} ${cursor.is('ip', 'ip6') ? (cursor.index++, '') : ''}${cursor.next().text}`);
  }
  if (start.text === 'fib') {
    cursor.index++;
    let keys = cursor.next().text;
    while (cursor.take('.')) keys += ` . ${cursor.next().text}`;
    return finish(`fib ${keys} ${cursor.next().text}`);
  }
  if (start.text === 'numgen') {
    cursor.index++;
    const how = cursor.next().text;
    cursor.expect('mod');
    const modulus = cursor.next().text;
    const offset = cursor.take('offset') ? ` offset ${cursor.next().text}` : '';
    return finish(`numgen ${how} mod ${modulus}${offset}`, 'integer');
  }
  if (!HEADERS.includes(start.text)) return undefined;
  cursor.index++;
  return finish(`${start.text} ${cursor.next().text}`);
}
/** `ip saddr . tcp dport`. */
export function parseFields(cursor: Cursor): Field[] | undefined {
  const first = parseField(cursor);
  if (first === undefined) return undefined;
  const fields = [first];
  while (cursor.take('.')) {
    const next = parseField(cursor);
    if (next === undefined) throw cursor.unexpected();
    fields.push(next);
  }
  return fields;
}
export const fieldsText = (fields: readonly NftExpression[]): string => fields.map(({ field }) => fieldText(field)).join(' . ');

export function parseVerdict(cursor: Cursor, scope: Scope): NftVerdict | undefined {
  const { token } = cursor;
  if (token.kind !== 'word') return undefined;
  switch (token.text) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      cursor.index++;
      return { kind: token.text };
    case 'jump':
    case 'goto': {
      cursor.index++;
      const name = cursor.next();
      if (!scope.hasChain(name.text)) throw mistakeAt(`No such file or directory${scope.suggestChain(name.text)}`, name);
      return { kind: token.text, chain: name.text };
    }
    default:
      return undefined;
  }
}
export const verdictText = (verdict: NftVerdict): string => ('chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind);

/** A key of several dimensions: `10.0.0.1 . 80`. */
export function parseKey(cursor: Cursor, types: readonly string[], names: Names): { readonly key: NftKey; readonly at: number; readonly width: number } {
  const start = cursor.token;
  const key = types.map((type, i) => {
    if (i > 0) cursor.expect('.');
    cursor.expand();
    return parseRange(type, cursor.next(), names);
  });
  const { previous } = cursor;
  return { key, at: start.at, width: previous.at + previous.text.length + (previous.kind === 'quoted' ? 2 : 0) - start.at };
}
export const keyText = (key: NftKey, types: readonly string[], isNumeric: boolean, names: Names): string =>
  key.map((range, i) => formatRange(types[i] ?? 'integer', range, isNumeric, names)).join(' . ');

/** Where elements stand in the text, for mistakes. */
const places = new WeakMap<NftElement, { readonly at: number; readonly width: number }>();
export const placeOf = (element: NftElement): { readonly at: number; readonly width: number } => places.get(element) ?? { at: 0, width: 1 };

const compare = (a: NftKey, b: NftKey): number => {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!.min, b[i]!.min];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
};
/** `{ key [timeout T] [: data], … }`; `data`: the type of a map's values, `verdict`, or null for sets. Sorted. */
export function parseElements(cursor: Cursor, types: readonly string[], data: string | null, scope: Scope): NftElement[] {
  const elements: NftElement[] = [];
  const isBraced = cursor.take('{');
  for (;;) {
    cursor.skipLines();
    if (isBraced && cursor.is('}')) break;
    cursor.expand();
    if (cursor.is('{')) {
      elements.push(...parseElements(cursor, types, data, scope));
    } else {
      const { key, at, width } = parseKey(cursor, types, scope.names);
      let timeoutS: number | null = null;
      while (cursor.is('timeout', 'expires', 'counter', 'comment')) {
        if (cursor.take('timeout')) timeoutS = parseSeconds(cursor.next());
        else if (cursor.take('counter')) cursor.index += cursor.is('packets') ? COUNTER_WORDS : 0;
        else cursor.index += 2;
      }
      let value: NftElement['data'] = null;
      if (data !== null) {
        cursor.expect(':');
        cursor.expand();
        value = data === 'verdict' ? (parseVerdict(cursor, scope) ?? fail(cursor)) : dataValue(cursor, data, scope);
      }
      const element: NftElement = { key, data: value, text: '', timeoutS, expiresUs: null, counter: null };
      places.set(element, { at, width });
      elements.push(element);
    }
    cursor.skipLines();
    if (!isBraced || !cursor.take(',')) break;
  }
  if (isBraced) cursor.expect('}');
  return elements.sort((a, b) => compare(a.key, b.key));
}
/** `packets N bytes N`. */
const COUNTER_WORDS = 4;
function fail(cursor: Cursor): never {
  throw cursor.unexpected();
}
function dataValue(cursor: Cursor, type: string, scope: Scope): NftElement['data'] {
  const token = cursor.next();
  return parseValue(type, token, token.text, scope.names);
}
export function elementText(element: NftElement, types: readonly string[], data: string | null, isNumeric: boolean, names: Names): string {
  const key = keyText(element.key, types, isNumeric, names);
  if (data === null || element.data === null) return key;
  return `${key} : ${typeof element.data === 'object' ? verdictText(element.data) : formatValue(data, element.data, isNumeric, names)}`;
}
export const elementsText = (elements: readonly NftElement[], types: readonly string[], data: string | null, isNumeric: boolean, names: Names): string =>
  `{ ${elements.map((element) => elementText(element, types, data, isNumeric, names)).join(', ')} }`;

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 };
export function parseSeconds(token: Token): number {
  if (/^\d+$/.test(token.text)) return Number(token.text);
  if (!/^(\d+(ms|[dhms]))+$/.test(token.text)) throw mistakeAt('unknown time specification', token);
  let seconds = 0;
  for (const [, count = '', unit = ''] of token.text.matchAll(/(\d+)(ms|[dhms])/g)) seconds += Number(count) * UNITS[unit]!;
  return seconds;
}
/** `1h30m`, `29s156ms`. */
export function secondsText(seconds: number): string {
  let ms = Math.round(seconds * 1000);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const size = UNITS[unit]! * 1000;
    if (ms >= size) text += `${Math.floor(ms / size)}${unit}`;
    ms %= size;
  }
  return text === '' ? '0s' : text;
}

const OPERATIONS: readonly NftOperation[] = ['==', '!=', '<', '>', '<=', '>='];
const WORDS: Readonly<Record<string, NftOperation>> = { eq: '==', ne: '!=', lt: '<', gt: '>', le: '<=', ge: '>=' };
function parseOperation(cursor: Cursor): NftOperation | undefined {
  const operation = OPERATIONS.find((each) => cursor.is(each)) ?? (cursor.token.kind === 'word' ? WORDS[cursor.token.text] : undefined);
  if (operation !== undefined) cursor.index++;
  return operation;
}
/** Flags: `syn`, `syn,ack`, `(syn|ack)`, `syn | ack`. */
function parseBits(cursor: Cursor, type: string, names: Names): number {
  let bits = 0;
  const isOpen = cursor.take('(');
  do {
    cursor.expand();
    const token = cursor.next();
    bits |= Number(parseValue(type, token, token.text, names));
  } while (cursor.take(',', '|'));
  if (isOpen) cursor.expect(')');
  return bits;
}

/** What follows a field: a comparison, a lookup or a verdict map. */
export function parseMatch(cursor: Cursor, fields: readonly Field[], scope: Scope): NftStatement {
  const { names } = scope;
  const types = fields.map(({ type }) => type);
  const [first] = fields;
  const name = fieldsText(fields);
  const plain: NftExpression[] = fields.map(({ field, mask }) => ({ field, mask }));
  if (cursor.take('vmap')) {
    if (cursor.is('{')) {
      const elements = parseElements(cursor, types, 'verdict', scope);
      const text = (isNumeric: boolean): string => `${name} vmap ${elementsText(elements, types, 'verdict', isNumeric, names)}`;
      return { kind: 'vmap', left: plain, elements, set: '', text: text(false), numeric: text(true) };
    }
    const set = parseSetName(cursor, scope);
    return { kind: 'vmap', left: plain, elements: null, set, text: `${name} vmap @${set}`, numeric: `${name} vmap @${set}` };
  }
  if (first?.field === 'fib saddr . iif oif' && cursor.is('missing', 'exists')) {
    const word = cursor.next().text;
    const key = [{ min: 0, max: 0 }];
    const text = `${name} ${word}`;
    return { kind: 'match', left: plain, operation: word === 'missing' ? '==' : '!=', values: [key], text, numeric: text };
  }
  if (first !== undefined && fields.length === 1 && BIT_TYPES.includes(first.type)) return parseBitMatch(cursor, first, scope);
  let mask: number | null = null;
  if (cursor.take('&', 'and')) {
    const token = cursor.next();
    mask = Number(parseValue(first!.type, token, token.text, names));
  }
  const operation = parseOperation(cursor);
  const not = operation === '!=' ? '!= ' : '';
  cursor.expand();
  if (cursor.token.kind === 'word' && cursor.token.text.startsWith('@')) {
    const set = parseSetName(cursor, scope);
    return { kind: 'lookup', left: plain, set, invert: operation === '!=', text: `${name} ${not}@${set}`, numeric: `${name} ${not}@${set}` };
  }
  if (cursor.is('{')) {
    const elements = parseElements(cursor, types, null, scope);
    const text = (isNumeric: boolean): string => `${name} ${not}${elementsText(elements, types, null, isNumeric, names)}`;
    return { kind: 'match', left: plain, operation: operation ?? '==', values: elements.map(({ key }) => key), text: text(false), numeric: text(true) };
  }
  const { key } = parseKey(cursor, types, names);
  const masked = mask === null ? '' : ` & ${formatValue(first!.type, mask, false, names)}`;
  const shown = mask !== null ? `${operation ?? '=='} ` : operation === undefined || operation === '==' ? '' : `${operation} `;
  const text = (isNumeric: boolean): string => `${name}${masked} ${shown}${keyText(key, types, isNumeric, names)}`;
  return {
    kind: 'match',
    left: mask === null ? plain : [{ field: first!.field, mask }],
    operation: operation ?? '==',
    values: [key],
    text: text(false),
    numeric: text(true),
  };
}
function parseBitMatch(cursor: Cursor, field: Field, scope: Scope): NftStatement {
  const { names } = scope;
  const { type } = field;
  const name = fieldText(field.field);
  const left = { field: field.field, mask: null };
  const shown = (bits: number, isNumeric: boolean): string => formatValue(type, bits, isNumeric, names);
  const exact = (mask: number, bits: number, operation: NftOperation): NftStatement => {
    const text = (isNumeric: boolean): string => `${name} ${operation === '!=' ? '!= ' : ''}${shown(bits, isNumeric)} / ${shown(mask, isNumeric)}`;
    const key = [{ min: bits, max: bits }];
    return { kind: 'match', left: [{ ...left, mask }], operation, values: [key], text: text(false), numeric: text(true) };
  };
  if (cursor.take('&', 'and')) {
    const mask = parseBits(cursor, type, names);
    const operation = parseOperation(cursor) ?? '==';
    return exact(mask, parseBits(cursor, type, names), operation);
  }
  const operation = parseOperation(cursor);
  if (cursor.is('{')) {
    const elements = parseElements(cursor, [type], null, scope);
    const text = (isNumeric: boolean): string => `${name} ${operation === '!=' ? '!= ' : ''}${elementsText(elements, [type], null, isNumeric, names)}`;
    return { kind: 'match', left: [left], operation: operation ?? '==', values: elements.map(({ key }) => key), text: text(false), numeric: text(true) };
  }
  const isNot = cursor.take('!');
  const bits = parseBits(cursor, type, names);
  if (cursor.take('/')) return exact(parseBits(cursor, type, names), bits, operation ?? '==');
  if (operation !== undefined && type === 'tcp_flag') {
    const key = [{ min: bits, max: bits }];
    const text = (isNumeric: boolean): string => `${name} ${operation} ${shown(bits, isNumeric)}`;
    return { kind: 'match', left: [left], operation, values: [key], text: text(false), numeric: text(true) };
  }
  const invert = isNot || operation === '!=';
  const text = (isNumeric: boolean): string => `${name} ${isNot ? '! ' : invert ? '!= ' : ''}${shown(bits, isNumeric)}`;
  return { kind: 'bits', left, operation: invert ? '!=' : '==', bits, text: text(false), numeric: text(true) };
}
export function parseSetName(cursor: Cursor, scope: Scope): string {
  const token = cursor.next();
  const name = token.text.slice(1);
  if (!token.text.startsWith('@')) throw new NftMistake('syntax error, unexpected string', token.at, token.text.length);
  if (!scope.hasSet(name)) throw mistakeAt('No such file or directory', token);
  return name;
}
