/**
 * Commands of nft one after the other, on a draft of the tables that takes effect as a whole (nftables' libnftables.c, evaluate.c). Tables of
 * iptables-nft are listed, flushed and deleted too; what would put something of nft's own into them is refused as not modelled.
 */
import { addChain, addRule, addTable } from './chains.ts';
import { ENOENT, type Desk, WHERE } from './desk.ts';
import { mistakeAt, NftMistake, type Token } from './lexer.ts';
import { list } from './listing.ts';
import { remove, rename, reset } from './remove.ts';
import { addCounter, addElements, addSet } from './sets.ts';

/** What it prints; the draft is as it should be, and `finish` does the rest. */
export function run(desk: Desk): string {
  for (;;) {
    desk.cursor.skipLines();
    if (desk.cursor.atEnd()) return desk.output;
    if (!desk.cursor.is('list', 'define')) desk.hasChanged = true;
    command(desk);
    if (!desk.cursor.atLineEnd()) throw desk.cursor.unexpected(WHERE);
  }
}

export function finish(desk: Desk): void {
  for (const act of desk.later) act();
}

function command(desk: Desk): void {
  const { cursor } = desk;
  const { token } = cursor;
  switch (token.text) {
    case 'define': {
      cursor.index++;
      const name = cursor.next().text;
      cursor.expect('=');
      const value: Token[] = [];
      let depth = 0;
      while (!cursor.atEnd() && (depth > 0 || !cursor.atLineEnd())) {
        if (cursor.is('{')) depth++;
        if (cursor.is('}')) depth--;
        if (cursor.token.kind !== 'newline') value.push(cursor.token);
        cursor.index++;
      }
      cursor.variables.set(name, value);
      return;
    }
    case 'add':
    case 'create':
    case 'insert':
    case 'replace':
      cursor.index++;
      return add(desk, token.text);
    case 'table':
    case 'chain':
    case 'rule':
    case 'set':
    case 'map':
    case 'element':
    case 'counter':
      return add(desk, 'add');
    case 'delete':
    case 'destroy':
    case 'flush':
      cursor.index++;
      return remove(desk, token.text === 'flush' ? 'flush' : 'delete');
    case 'list':
      cursor.index++;
      return list(desk);
    case 'reset':
      cursor.index++;
      return reset(desk);
    case 'rename':
      cursor.index++;
      return rename(desk);
    case 'monitor':
    case 'export':
    case 'import':
    case 'describe':
    case 'get':
    case 'include':
      throw mistakeAt(`not modelled: ${token.text}`, token);
    default:
      throw new NftMistake('syntax error, unexpected newline, expecting string', desk.text.length);
  }
}

function add(desk: Desk, how: 'add' | 'create' | 'insert' | 'replace'): void {
  const { cursor } = desk;
  const what = cursor.token;
  if (cursor.atLineEnd()) throw cursor.unexpected('string');
  cursor.index++;
  switch (what.text) {
    case 'table':
      return addTable(desk, how === 'create');
    case 'chain': {
      const table = desk.need(desk.place(), 'No such file or directory');
      return addChain(desk, table, how === 'create');
    }
    case 'rule':
      return addRule(desk, how);
    case 'set':
    case 'map': {
      const table = desk.need(desk.place(), 'No such file or directory');
      return addSet(desk, table, what.text, how === 'create');
    }
    case 'element':
      return addElements(desk, how === 'create');
    case 'counter': {
      const table = desk.need(desk.place(), ENOENT);
      return addCounter(desk, table, how === 'create');
    }
    case 'quota':
    case 'limit':
    case 'flowtable':
    case 'secmark':
    case 'synproxy':
    case 'ct':
      throw mistakeAt(`not modelled: ${what.text}`, what);
  }
  // `nft add ip t c tcp dport 22 accept` is a rule as well.
  if (cursor.atLineEnd()) throw cursor.unexpected('string');
  cursor.index--;
  addRule(desk, how);
}
