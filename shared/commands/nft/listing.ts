/** `list`: of tables that nft has made, and of those of iptables. */
import type { NftTable, Table } from '../../kernel/index.ts';
import { FAMILIES, WHERE, type Desk } from './desk.ts';
import { Lister } from './foreign.ts';
import { mistakeAt } from './lexer.ts';

function all(
  desk: Desk,
  family: string | undefined,
): { readonly handle: number; readonly family: string; readonly name: string; readonly own?: NftTable; readonly foreign?: Table }[] {
  return [
    ...desk.tables.map((own) => ({ handle: own.handle, family: own.family, name: own.name, own })),
    ...desk.around.rulesets.flatMap((ruleset) =>
      [...ruleset.tables.values()].map((foreign) => ({ handle: foreign.handle, family: ruleset.family, name: foreign.name, foreign })),
    ),
  ]
    .filter((each) => family === undefined || each.family === family)
    .sort((a, b) => a.handle - b.handle);
}

function optionalFamily(desk: Desk): string | undefined {
  const { cursor } = desk;
  if (cursor.atLineEnd()) return undefined;
  if (!FAMILIES.includes(cursor.token.text)) throw cursor.unexpected(WHERE);
  return cursor.next().text;
}

function lister(desk: Desk, table: Table): Lister {
  return new Lister(desk.around.style, table.ruleset.family);
}

export function list(desk: Desk): void {
  const { cursor, shower } = desk;
  if (cursor.atLineEnd()) throw cursor.unexpected();
  const what = cursor.next();
  const print = (text: string): void => void (desk.output += text);
  switch (what.text) {
    case 'ruleset':
      for (const { own, foreign } of all(desk, optionalFamily(desk))) print(own ? shower.table(own) : lister(desk, foreign!).table(foreign!));
      return;
    case 'tables':
      for (const { family, name } of all(desk, optionalFamily(desk))) print(`table ${family} ${name}\n`);
      return;
    case 'chains':
      for (const { own, foreign, family, name } of all(desk, optionalFamily(desk))) {
        const heads = own
          ? [...own.chains.values()].map((chain) => shower.chain(chain, false))
          : [...foreign!.chains.values()].map((chain) => lister(desk, foreign!).headOnly(chain));
        print(`table ${family} ${name} {\n${heads.join('')}}\n`);
      }
      return;
    case 'sets':
    case 'maps':
      for (const { own, family, name } of all(desk, optionalFamily(desk))) {
        const sets = [...(own?.sets.values() ?? [])].filter(({ kind }) => kind === what.text.slice(0, -1));
        print(`table ${family} ${name} {\n${sets.map((set) => shower.set(set)).join('')}}\n`);
      }
      return;
    case 'counters':
      for (const { own, family, name } of all(desk, optionalFamily(desk))) if (own) print(`table ${family} ${name} {\n${shower.counters(own).join('')}}\n`);
      return;
    case 'quotas':
    case 'limits':
    case 'meters':
    case 'flowtables':
    case 'hooks':
      optionalFamily(desk);
      return;
    case 'table':
    case 'chain':
    case 'set':
    case 'map':
    case 'counter':
      return listOne(desk, what.text);
    default:
      throw mistakeAt('syntax error, unexpected string', what);
  }
}

function listOne(desk: Desk, what: 'table' | 'chain' | 'set' | 'map' | 'counter'): void {
  const { cursor, shower } = desk;
  const why = 'No such file or directory';
  const place = desk.place();
  const own = desk.own(place);
  const foreign = own ? undefined : desk.foreign(place);
  if (!own && !foreign) throw mistakeAt(why, place.table);
  if (what === 'table') {
    desk.output += own ? shower.table(own) : lister(desk, foreign!).table(foreign!);
    return;
  }
  if (cursor.atLineEnd()) throw cursor.unexpected('string');
  const name = cursor.next();
  if (foreign) {
    const chain = what === 'chain' ? foreign.chains.get(name.text) : undefined;
    if (!chain) throw mistakeAt(why, name);
    desk.output += lister(desk, foreign).table(foreign, chain);
    return;
  }
  const table = own!;
  const part = what === 'chain' ? table.chains.get(name.text) : what === 'counter' ? table.counters.get(name.text) : table.sets.get(name.text);
  if (!part) throw mistakeAt(why, name);
  const block =
    'rules' in part ? shower.chain(part) : 'types' in part ? shower.set(part) : shower.counters({ ...table, counters: new Map([[part.name, part]]) }).join('');
  desk.output += shower.part(table, [block]);
}
