/** What all commands of nft work on: the words, a draft of the tables, what they have printed so far. */
import { utf8Encode } from '../../base/index.ts';
import { Batch, checkRule, type NftTable, type Ruleset, type Table } from '../../kernel/index.ts';
import { Cursor, mistakeAt, tokenize, type Token } from './lexer.ts';
import type { RuleScope } from './rule.ts';
import { Shower, type OwnStyle } from './show.ts';

/** Messages of what the kernel refuses. */
export const ENOENT = 'Could not process rule: No such file or directory';
export const EEXIST = 'Could not process rule: File exists';
export const EBUSY = 'Could not process rule: Device or resource busy';
export const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];
/** What may come when a command is complete. */
export const WHERE = 'end of file or newline or semicolon';

/** As its bytes in UTF-8. */
export const quoted = (name: string): string => utf8Encode(`‘${name}’`);

export interface Surroundings {
  readonly rulesets: readonly Ruleset[];
  readonly draft: NftTable[];
  /** The next handle of a table. */
  readonly takeHandle: () => number;
  readonly style: OwnStyle;
  /** `-e`: what is added is printed. */
  readonly isEcho: boolean;
}
export interface Place {
  readonly family: string;
  readonly table: Token;
}

export class Desk {
  output = '';
  /** On tables of iptables, done when all else has gone well. */
  readonly later: (() => void)[] = [];
  readonly cursor: Cursor;
  readonly tables: NftTable[];
  readonly shower: Shower;
  /** Whether tables of nft's own may be others now. */
  hasChanged = false;
  constructor(
    readonly text: string,
    readonly around: Surroundings,
  ) {
    this.cursor = new Cursor(tokenize(text));
    this.tables = around.draft;
    this.shower = new Shower(around.style);
  }

  family(): string {
    const { cursor } = this;
    return FAMILIES.includes(cursor.token.text) ? cursor.next().text : 'ip';
  }

  place(): Place {
    const family = this.family();
    if (this.cursor.atLineEnd()) throw this.cursor.unexpected('string');
    return { family, table: this.cursor.next() };
  }

  own({ family, table }: Place): NftTable | undefined {
    return this.tables.find((each) => each.family === family && each.name === table.text);
  }

  foreign({ family, table }: Place): Table | undefined {
    return this.around.rulesets
      .filter((ruleset) => ruleset.family === family)
      .flatMap((ruleset) => [...ruleset.tables.values()])
      .find((each) => each.name === table.text);
  }

  need(place: Place, why: string): NftTable {
    const found = this.own(place);
    if (found) return found;
    if (this.foreign(place)) throw mistakeAt('not modelled: what nft has of its own in a table of iptables', place.table);
    throw mistakeAt(why, place.table);
  }

  scope(table: NftTable): RuleScope {
    const { names } = this.around.style;
    return {
      names,
      family: table.family,
      hasSet: (name) => table.sets.has(name),
      hasChain: (name) => table.chains.has(name),
      hasCounter: (name) => table.counters.has(name),
      setTypes: (name) => table.sets.get(name)?.types ?? [],
      dataType: (name) => table.sets.get(name)?.dataType ?? '',
      suggestChain: () => {
        const base = [...table.chains.values()].find((chain) => chain.base !== null);
        return base ? `; did you mean chain ${quoted(base.name)} in table ${table.family} ${quoted(table.name)}?` : '';
      },
    };
  }

  onForeign(table: Table, act: (batch: Batch) => void): void {
    this.later.push(() => {
      const batch = new Batch(table.ruleset, checkRule);
      act(batch);
      batch.commit();
    });
  }
}
