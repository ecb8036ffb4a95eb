/** Sets, maps, their elements, and counters: what `add`, `create` and blocks of tables make of them. */
import type { NftElement, NftSet, NftTable } from '../../kernel/index.ts';
import { EEXIST, ENOENT, type Desk } from './desk.ts';
import { fieldsText, parseElements, parseFields, parseSeconds, placeOf } from './expression.ts';
import { FIELD_TYPES } from './fields.ts';
import { mistakeAt, NftMistake } from './lexer.ts';

/** A mistake about an element. */
export const placed = (message: string, element: NftElement): NftMistake => {
  const { at, width } = placeOf(element);
  return new NftMistake(message, at, width);
};

export function addSet(desk: Desk, table: NftTable, kind: 'set' | 'map', isCreate: boolean): void {
  const { cursor } = desk;
  const name = cursor.next();
  const old = table.sets.get(name.text);
  if (old && isCreate) throw mistakeAt(EEXIST, name);
  const draft = {
    types: [] as string[],
    dataType: '',
    flags: [] as string[],
    timeoutS: null as number | null,
    size: null as number | null,
    counts: false,
    comment: '',
    typeText: '',
  };
  cursor.expect('{');
  let elementsAt = -1;
  for (;;) {
    cursor.skipLines();
    if (cursor.take('}')) break;
    const word = cursor.next();
    if (word.text === 'type' || word.text === 'typeof') setType(desk, draft, word.text === 'typeof', kind);
    else if (word.text === 'flags') {
      do draft.flags.push(cursor.next().text);
      while (cursor.take(','));
    } else if (word.text === 'timeout') draft.timeoutS = parseSeconds(cursor.next());
    else if (word.text === 'gc-interval' || word.text === 'policy') cursor.next();
    else if (word.text === 'size') draft.size = Number(cursor.next().text);
    else if (word.text === 'counter') draft.counts = true;
    else if (word.text === 'comment') draft.comment = cursor.next().text;
    else if (word.text === 'auto-merge') draft.flags.push('auto-merge');
    else if (word.text === 'elements') {
      cursor.expect('=');
      elementsAt = cursor.index;
      skipBlock(desk);
    } else throw mistakeAt('syntax error, unexpected string', word);
    if (!cursor.atLineEnd() && !cursor.is('}')) throw cursor.unexpected();
  }
  const set: NftSet = old ?? { name: name.text, handle: ++table.handles, kind, ...draft, elements: [] };
  table.sets.set(name.text, set);
  if (elementsAt < 0) return;
  const end = cursor.index;
  cursor.index = elementsAt;
  putElements(desk, table, set, false);
  cursor.index = end;
}

function skipBlock(desk: Desk): void {
  const { cursor } = desk;
  cursor.expand();
  cursor.expect('{');
  for (let depth = 1; depth > 0; cursor.index++) {
    if (cursor.atEnd()) throw cursor.unexpected();
    if (cursor.is('{')) depth++;
    if (cursor.is('}')) depth--;
  }
}

function setType(desk: Desk, draft: { types: string[]; dataType: string; typeText: string }, isTypeof: boolean, kind: 'set' | 'map'): void {
  const { cursor } = desk;
  if (isTypeof) {
    const fields = parseFields(cursor);
    if (fields === undefined) throw cursor.unexpected();
    draft.types = fields.map(({ field }) => FIELD_TYPES[field] ?? 'integer');
    draft.typeText = `typeof ${fieldsText(fields)}`;
    if (kind === 'set') return;
    cursor.expect(':');
    const data = cursor.is('verdict') ? undefined : parseFields(cursor);
    if (data === undefined) cursor.expect('verdict');
    draft.dataType = data === undefined ? 'verdict' : (FIELD_TYPES[data[0]!.field] ?? 'integer');
    draft.typeText += ` : ${data === undefined ? 'verdict' : fieldsText(data)}`;
    return;
  }
  do draft.types.push(cursor.next().text);
  while (cursor.take('.'));
  if (kind === 'set') return;
  cursor.expect(':');
  draft.dataType = cursor.next().text;
}

export function addElements(desk: Desk, isCreate: boolean): void {
  const { cursor } = desk;
  const table = desk.need(desk.place(), ENOENT);
  const name = cursor.next();
  const set = table.sets.get(name.text);
  if (!set) throw mistakeAt(ENOENT, name);
  putElements(desk, table, set, isCreate);
}

function putElements(desk: Desk, table: NftTable, set: NftSet, isCreate: boolean): void {
  const { cursor } = desk;
  const added = parseElements(cursor, set.types, set.kind === 'map' ? set.dataType : null, desk.scope(table));
  for (const element of added) {
    const same = set.elements.find((other) => other.key.every(({ min, max }, i) => element.key[i]!.min === min && element.key[i]!.max === max));
    if (same) {
      if (isCreate) throw placed(EEXIST, element);
      continue;
    }
    const overlaps = set.elements.some((other) => other.key.every(({ min, max }, i) => element.key[i]!.min <= max && min <= element.key[i]!.max));
    if (overlaps) throw placed('interval overlaps with an existing one', element);
    const seconds = element.timeoutS ?? set.timeoutS;
    if (seconds !== null) element.expiresUs = desk.around.style.nowUs + seconds * 1e6;
    if (set.counts) element.counter = { packets: 0, bytes: 0 };
    set.elements.push(element);
  }
  set.elements.sort((a, b) => (a.key[0]!.min < b.key[0]!.min ? -1 : a.key[0]!.min > b.key[0]!.min ? 1 : 0));
}

export function addCounter(desk: Desk, table: NftTable, isCreate: boolean): void {
  const { cursor } = desk;
  const name = cursor.next();
  const old = table.counters.get(name.text);
  if (old && isCreate) throw mistakeAt(EEXIST, name);
  const counter = { packets: 0, bytes: 0 };
  if (cursor.take('{')) {
    cursor.skipLines();
    if (cursor.take('packets')) {
      counter.packets = Number(cursor.next().text);
      cursor.expect('bytes');
      counter.bytes = Number(cursor.next().text);
    }
    cursor.skipLines();
    cursor.expect('}');
  }
  if (!old) table.counters.set(name.text, { name: name.text, handle: ++table.handles, counter, comment: '' });
}
