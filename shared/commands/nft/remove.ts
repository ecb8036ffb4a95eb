/** `delete`, `flush`, `rename` and `reset`. */
import type { Batch, Table } from '../../kernel/index.ts';
import { EBUSY, EEXIST, ENOENT, FAMILIES, type Desk, type Place } from './desk.ts';
import { parseElements } from './expression.ts';
import { mistakeAt, type Token } from './lexer.ts';
import { placed } from './sets.ts';

const flushAll = (batch: Batch, table: Table): void => {
  for (const chain of table.chains.values()) batch.flush(chain);
};

export function remove(desk: Desk, how: 'delete' | 'flush'): void {
  const { cursor } = desk;
  const what = cursor.next();
  if (what.text === 'ruleset' && how === 'flush') return flushRuleset(desk);
  if (what.text === 'table') {
    const place = desk.place();
    const foreign = desk.own(place) ? undefined : desk.foreign(place);
    if (foreign) return desk.onForeign(foreign, (batch) => (how === 'delete' ? batch.deleteTable(foreign.name) : flushAll(batch, foreign)));
    const table = desk.need(place, ENOENT);
    if (how === 'delete') desk.tables.splice(desk.tables.indexOf(table), 1);
    else for (const chain of table.chains.values()) chain.rules = [];
    return;
  }
  if (!['chain', 'rule', 'set', 'map', 'element', 'counter'].includes(what.text)) throw mistakeAt('syntax error, unexpected string', what);
  const place = desk.place();
  const name = cursor.next();
  if (what.text === 'chain') return removeChain(desk, how, place, name);
  const table = desk.need(place, ENOENT);
  if (what.text === 'rule' && how === 'delete') {
    const chain = table.chains.get(name.text);
    if (!chain) throw mistakeAt(ENOENT, name);
    cursor.expect('handle');
    const handle = cursor.next();
    const at = chain.rules.findIndex((rule) => rule.handle === Number(handle.text));
    if (at < 0) throw mistakeAt(ENOENT, handle);
    chain.rules.splice(at, 1);
    return;
  }
  const isUsed = [...table.chains.values()].some(({ rules }) =>
    rules.some(({ statements }) => statements.some((each) => new RegExp(`(@|counter name ")${name.text}\\b`).test(each.text))),
  );
  if (what.text === 'set' || what.text === 'map') {
    const set = table.sets.get(name.text);
    if (!set) throw mistakeAt(ENOENT, name);
    if (how === 'flush') set.elements = [];
    else if (isUsed) throw mistakeAt(EBUSY, name);
    else table.sets.delete(name.text);
  } else if (what.text === 'element' && how === 'delete') {
    const set = table.sets.get(name.text);
    if (!set) throw mistakeAt(ENOENT, name);
    for (const element of parseElements(cursor, set.types, null, desk.scope(table))) {
      const at = set.elements.findIndex((other) => other.key.every(({ min, max }, i) => element.key[i]!.min === min && element.key[i]!.max === max));
      if (at < 0) throw placed(ENOENT, element);
      set.elements.splice(at, 1);
    }
  } else if (what.text === 'counter' && how === 'delete') {
    if (!table.counters.has(name.text)) throw mistakeAt(ENOENT, name);
    if (isUsed) throw mistakeAt(EBUSY, name);
    table.counters.delete(name.text);
  } else throw mistakeAt('syntax error, unexpected string', what);
}

function removeChain(desk: Desk, how: 'delete' | 'flush', place: Place, name: Token): void {
  const table = desk.own(place);
  const foreign = table ? undefined : desk.foreign(place);
  if (foreign) {
    const chain = foreign.chains.get(name.text);
    if (!chain) throw mistakeAt(ENOENT, name);
    if (how === 'delete' && chain.references > 0) throw mistakeAt(EBUSY, name);
    return desk.onForeign(foreign, (batch) => {
      batch.flush(chain);
      if (how === 'delete') batch.deleteChain(0, chain);
    });
  }
  const found = desk.need(place, ENOENT);
  const chain = found.chains.get(name.text);
  if (!chain) throw mistakeAt(ENOENT, name);
  if (how === 'flush') {
    chain.rules = [];
    return;
  }
  const jumps = new RegExp(`\\b(jump|goto) ${name.text}(?![\\w-])`);
  for (const other of found.chains.values()) {
    if (other !== chain && other.rules.some(({ statements }) => statements.some((each) => jumps.test(each.text)))) throw mistakeAt(EBUSY, name);
  }
  found.chains.delete(name.text);
}

function flushRuleset(desk: Desk): void {
  const family = FAMILIES.includes(desk.cursor.token.text) ? desk.cursor.next().text : undefined;
  for (const table of desk.tables.filter((each) => family === undefined || each.family === family)) desk.tables.splice(desk.tables.indexOf(table), 1);
  for (const ruleset of desk.around.rulesets) {
    if (family !== undefined && ruleset.family !== family) continue;
    for (const table of ruleset.tables.values()) desk.onForeign(table, (batch) => batch.deleteTable(table.name));
  }
}

export function rename(desk: Desk): void {
  desk.cursor.expect('chain');
  const table = desk.need(desk.place(), ENOENT);
  const name = desk.cursor.next();
  const chain = table.chains.get(name.text);
  if (!chain) throw mistakeAt(ENOENT, name);
  const to = desk.cursor.next();
  if (table.chains.has(to.text)) throw mistakeAt(EEXIST, to);
  table.chains = new Map([...table.chains].map(([key, value]) => (value === chain ? [to.text, value] : [key, value])));
  chain.name = to.text;
}

export function reset(desk: Desk): void {
  const { cursor } = desk;
  const what = cursor.next();
  if (what.text !== 'counter' && what.text !== 'counters') throw mistakeAt(`not modelled: reset ${what.text}`, what);
  const isOne = what.text === 'counter';
  const table = isOne ? desk.need(desk.place(), ENOENT) : undefined;
  const name = isOne ? cursor.next() : undefined;
  for (const each of table ? [table] : desk.tables) {
    const counters = new Map([...each.counters].filter(([key]) => name === undefined || key === name.text));
    if (name !== undefined && counters.size === 0) throw mistakeAt(ENOENT, name);
    desk.output += desk.shower.part(each, desk.shower.counters({ ...each, counters }));
    for (const { counter } of counters.values()) Object.assign(counter, { packets: 0, bytes: 0 });
  }
}
