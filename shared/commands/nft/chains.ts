/** Tables, chains and rules that nft makes, by commands or in blocks of a file. */
import { Hook, type NftChain, type NftFamily, type NftRule, type NftTable } from '../../kernel/index.ts';
import { EEXIST, ENOENT, quoted, type Desk } from './desk.ts';
import { mistakeAt, NftMistake, type Token } from './lexer.ts';
import { parseRule } from './rule.ts';
import { addCounter, addSet } from './sets.ts';
import { PRIORITIES } from './show.ts';

const HOOKS: Readonly<Record<string, Hook>> = {
  prerouting: Hook.PREROUTING,
  input: Hook.INPUT,
  forward: Hook.FORWARD,
  output: Hook.OUTPUT,
  postrouting: Hook.POSTROUTING,
};
/** What a set may hold that rules fill, when nothing else was said. */
const DYNAMIC_SIZE = 65_535;

export function addTable(desk: Desk, isCreate: boolean): void {
  const { cursor } = desk;
  const place = desk.place();
  if (['arp', 'bridge', 'netdev'].includes(place.family)) throw mistakeAt(`not modelled: tables of family ${place.family}`, place.table);
  let table = desk.own(place);
  if (table && isCreate) throw mistakeAt(EEXIST, place.table);
  if (!table) {
    if (desk.foreign(place)) {
      if (isCreate) throw mistakeAt(EEXIST, place.table);
      if (!cursor.atLineEnd()) throw mistakeAt('not modelled: what nft has of its own in a table of iptables', place.table);
      return;
    }
    table = {
      family: place.family as NftFamily,
      name: place.table.text,
      handle: desk.around.takeHandle(),
      comment: '',
      dormant: false,
      handles: 0,
      chains: new Map(),
      sets: new Map(),
      counters: new Map(),
    };
    desk.tables.push(table);
  }
  if (cursor.take('{')) tableBlock(desk, table);
}

function tableBlock(desk: Desk, table: NftTable): void {
  const { cursor } = desk;
  makeChains(desk, table);
  const chains: { readonly chain: NftChain; readonly start: number }[] = [];
  for (;;) {
    cursor.skipLines();
    if (cursor.take('}')) break;
    if (cursor.atEnd()) throw cursor.unexpected();
    if (cursor.take('chain')) {
      // Rules may jump to chains that come later: first all chains, then what is in them.
      const start = cursor.index;
      const name = cursor.next();
      const chain = table.chains.get(name.text) ?? makeChain(table, name.text);
      chains.push({ chain, start });
      cursor.expect('{');
      for (let depth = 1; depth > 0;) {
        if (cursor.atEnd()) throw cursor.unexpected();
        if (cursor.is('{')) depth++;
        if (cursor.is('}')) depth--;
        cursor.index++;
      }
    } else if (cursor.is('set', 'map')) addSet(desk, table, cursor.next().text as 'set', false);
    else if (cursor.take('counter')) addCounter(desk, table, false);
    else if (cursor.take('comment')) table.comment = cursor.next().text;
    else if (cursor.take('flags')) table.dormant = cursor.next().text === 'dormant';
    else throw cursor.unexpected();
  }
  const end = cursor.index;
  for (const { chain, start } of chains) {
    cursor.index = start + 1;
    cursor.expect('{');
    chainBlock(desk, table, chain);
  }
  cursor.index = end;
}

/** All chains of a block, before what is in them: rules and elements jump to those that come later, too. */
function makeChains(desk: Desk, table: NftTable): void {
  const { cursor } = desk;
  const start = cursor.index;
  for (let depth = 1; depth > 0 && !cursor.atEnd(); cursor.index++) {
    if (cursor.is('{')) depth++;
    if (cursor.is('}')) depth--;
    if (depth !== 1 || !cursor.is('chain')) continue;
    cursor.index++;
    if (cursor.token.kind === 'word' && !table.chains.has(cursor.token.text)) makeChain(table, cursor.token.text);
  }
  cursor.index = start;
}

function makeChain(table: NftTable, name: string): NftChain {
  const chain: NftChain = { name, handle: ++table.handles, base: null, policy: 'accept', comment: '', rules: [] };
  table.chains.set(name, chain);
  return chain;
}

export function addChain(desk: Desk, table: NftTable, isCreate: boolean): void {
  const { cursor } = desk;
  const name = cursor.next();
  const old = table.chains.get(name.text);
  if (old && isCreate) throw mistakeAt(EEXIST, name);
  const chain = old ?? makeChain(table, name.text);
  if (cursor.take('{')) chainBlock(desk, table, chain);
}

function chainBlock(desk: Desk, table: NftTable, chain: NftChain): void {
  const { cursor } = desk;
  for (;;) {
    cursor.skipLines();
    if (cursor.take('}')) return;
    if (cursor.take('type')) hook(desk, table, chain);
    else if (cursor.take('policy')) {
      const policy = cursor.next();
      if (policy.text !== 'accept' && policy.text !== 'drop') throw (cursor.index--, cursor.unexpected("accept or drop or '$'"));
      chain.policy = policy.text;
    } else if (cursor.take('comment')) chain.comment = cursor.next().text;
    else {
      const parsed = parseRule(cursor, desk.scope(table));
      chain.rules.push(makeRule(table, parsed));
      if (cursor.is('}')) throw new NftMistake("syntax error, unexpected '}', expecting newline or semicolon", cursor.token.at);
    }
    if (!cursor.atLineEnd() && !cursor.is('}')) throw cursor.unexpected();
  }
}

/** `type filter hook input priority 0`. */
function hook(desk: Desk, table: NftTable, chain: NftChain): void {
  const { cursor } = desk;
  const type = cursor.next();
  if (type.text !== 'filter' && type.text !== 'nat' && type.text !== 'route') throw mistakeAt('unknown chain type', type);
  cursor.expect('hook');
  const name = cursor.next();
  if (name.text === 'ingress' || name.text === 'egress') throw mistakeAt(`not modelled: hook ${name.text}`, name);
  const hook = HOOKS[name.text];
  if (hook === undefined) throw mistakeAt('unknown chain hook', name);
  const start = cursor.expect('priority');
  const priority = readPriority(desk, start);
  if ((type.text === 'nat' && hook === Hook.FORWARD) || (type.text === 'route' && hook !== Hook.OUTPUT))
    throw new NftMistake('Could not process rule: Operation not supported', 0, desk.text.length);
  if (chain.base !== null) return;
  const made: NftChain = { ...chain, base: { type: type.text, hook, priority } };
  Object.assign(chain, made);
  table.chains.set(chain.name, chain);
}

function readPriority(desk: Desk, start: Token): number {
  const { cursor } = desk;
  cursor.expand();
  const first = cursor.next();
  const isNegative = first.text === '-';
  const word = isNegative ? cursor.next().text : first.text;
  const named = PRIORITIES.find(([name]) => name === word)?.[1];
  const value = named ?? (/^-?\d+$/.test(word) ? Number(word) : NaN);
  if (Number.isNaN(value)) {
    throw new NftMistake('invalid priority expression value in this context.', start.at, first.at + first.text.length - start.at);
  }
  if (named === undefined) return isNegative ? -value : value;
  const [, sign, digits] = /^([+-])(\d+)?$/.exec(cursor.token.text) ?? [];
  if (sign === undefined) return value;
  cursor.index++;
  const offset = Number(digits ?? cursor.next().text);
  return sign === '+' ? value + offset : value - offset;
}

function makeRule(table: NftTable, parsed: Pick<NftRule, 'statements' | 'comment'>): NftRule {
  // Each set without a name takes a handle before its rule does.
  for (const each of parsed.statements) {
    const set = each.kind === 'update' ? table.sets.get(each.set) : undefined;
    if (set) set.size ??= DYNAMIC_SIZE;
  }
  table.handles += parsed.statements.filter((each) => each.kind !== 'update' && / \{ /.test(each.text)).length;
  return { handle: ++table.handles, ...parsed };
}

export function addRule(desk: Desk, how: 'add' | 'create' | 'insert' | 'replace'): void {
  const { cursor } = desk;
  const place = desk.place();
  const similar = desk.tables.find((each) => each.family === place.family);
  const table = desk.need(place, similar ? `No such file or directory; did you mean table ${quoted(similar.name)} in family ${similar.family}?` : ENOENT);
  const name = cursor.next();
  const chain = table.chains.get(name.text);
  if (!chain) throw mistakeAt(ENOENT, name);
  let at: { readonly rule: number; readonly isAfter: boolean } | undefined;
  if (cursor.is('handle', 'position', 'index')) {
    const word = cursor.next();
    const number = cursor.next();
    const found = word.text === 'index' ? Number(number.text) : chain.rules.findIndex((rule) => rule.handle === Number(number.text));
    if (found < 0 || found >= chain.rules.length) {
      throw how === 'replace' ? mistakeAt(ENOENT, number) : new NftMistake(ENOENT, word.at, number.at + number.text.length - word.at);
    }
    at = { rule: found, isAfter: how === 'add' };
  }
  const rule = makeRule(table, parseRule(cursor, desk.scope(table)));
  if (how === 'replace') {
    if (at === undefined) throw cursor.unexpected();
    chain.rules.splice(at.rule, 1, rule);
  } else if (at !== undefined) chain.rules.splice(at.isAfter ? at.rule + 1 : at.rule, 0, rule);
  else if (how === 'insert') chain.rules.unshift(rule);
  else chain.rules.push(rule);
  if (desk.around.isEcho) desk.output += `${how} rule ${table.family} ${table.name} ${chain.name} ${desk.shower.rule(rule)}\n`;
}
