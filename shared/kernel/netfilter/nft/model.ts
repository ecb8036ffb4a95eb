/**
 * What nft(8) puts into the kernel itself: tables of families ip, ip6 and inet with chains, rules, sets, maps and counters (nf_tables_api.c).
 * Rules are statements as data with their text beside them; `run.ts` turns them into actions.
 */
import type { Hook } from '../../numbers.ts';
import type { ExtensionTarget } from '../target.ts';

export type NftFamily = 'ip' | 'ip6' | 'inet';
/** Numbers, IPv4 addresses as unsigned numbers, IPv6 addresses as 32 hexadecimal digits, names. Of one type they compare with `<`. */
export type NftValue = number | string;
export interface NftRange {
  readonly min: NftValue;
  readonly max: NftValue;
}
/** One dimension after the other. */
export type NftKey = readonly NftRange[];

export interface NftElement {
  readonly key: NftKey;
  /** Of maps: a value, or a verdict. */
  readonly data: NftValue | NftVerdict | null;
  readonly text: string;
  /** Seconds; null: the set's own, or for ever. */
  timeoutS: number | null;
  expiresUs: number | null;
  counter: NftCounter | null;
}
/** What is looked at: a field of the packet by its name (`ip saddr`), with a mask. */
export interface NftExpression {
  readonly field: string;
  readonly mask: number | null;
}
export type NftVerdict = { readonly kind: 'accept' | 'drop' | 'return' | 'continue' } | { readonly kind: 'jump' | 'goto'; readonly chain: string };

export interface NftCounter {
  packets: number;
  bytes: number;
}
export type NftOperation = '==' | '!=' | '<' | '>' | '<=' | '>=';
/** `numeric`: with `-n`. */
interface Texts {
  readonly text: string;
  readonly numeric: string;
}
export type NftStatement = Texts &
  (
    | { readonly kind: 'match'; readonly left: readonly NftExpression[]; readonly operation: NftOperation; readonly values: readonly NftKey[] }
    /** Some of the bits are set, or with `!=` none of them. */
    | { readonly kind: 'bits'; readonly left: NftExpression; readonly operation: NftOperation; readonly bits: number }
    | { readonly kind: 'lookup'; readonly left: readonly NftExpression[]; readonly set: string; readonly invert: boolean }
    | { readonly kind: 'vmap'; readonly left: readonly NftExpression[]; readonly elements: readonly NftElement[] | null; readonly set: string }
    | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
    | { readonly kind: 'counter'; readonly counter: NftCounter }
    | { readonly kind: 'counter-of'; readonly name: string }
    | { readonly kind: 'limit'; readonly costUs: number; readonly burst: number; readonly over: boolean; readonly bytes: boolean }
    | { readonly kind: 'quota'; readonly bytes: number; readonly over: boolean; readonly used: { bytes: number } }
    /** A target of iptables' that does the same: LOG, REJECT, SNAT, DNAT, MASQUERADE, REDIRECT, TCPMSS. */
    | { readonly kind: 'action'; readonly target: ExtensionTarget }
    | {
        readonly kind: 'set';
        readonly field: string;
        /** From a field (masked, then or-ed), a map, or a number alone. */
        readonly source: NftExpression | null;
        readonly value: number;
        readonly map: { readonly left: readonly NftExpression[]; readonly elements: readonly NftElement[] | null; readonly set: string } | null;
      }
    | { readonly kind: 'notrack' }
    | { readonly kind: 'connections'; readonly limit: number; readonly over: boolean }
    | {
        readonly kind: 'update';
        readonly how: 'add' | 'update' | 'delete';
        readonly left: readonly NftExpression[];
        readonly set: string;
        readonly timeoutS: number | null;
      }
  );

export interface NftRule {
  readonly handle: number;
  readonly statements: readonly NftStatement[];
  readonly comment: string;
}
export interface NftBase {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: number;
}
export interface NftChain {
  name: string;
  readonly handle: number;
  readonly base: NftBase | null;
  policy: 'accept' | 'drop';
  comment: string;
  rules: NftRule[];
}
export interface NftSet {
  readonly name: string;
  readonly handle: number;
  readonly kind: 'set' | 'map';
  /** Names of the types of its dimensions, and of a map's values. */
  readonly types: readonly string[];
  readonly dataType: string;
  /** `typeof …` as it was written; '': by the names of the types. */
  readonly typeText: string;
  readonly flags: readonly string[];
  readonly timeoutS: number | null;
  size: number | null;
  readonly counts: boolean;
  comment: string;
  elements: NftElement[];
}
export interface NftObject {
  readonly name: string;
  readonly handle: number;
  readonly counter: NftCounter;
  readonly comment: string;
}
export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly handle: number;
  comment: string;
  dormant: boolean;
  /** Of its chains, rules, sets: the last that was given out. */
  handles: number;
  chains: Map<string, NftChain>;
  sets: Map<string, NftSet>;
  counters: Map<string, NftObject>;
}

export const isNftVerdict = (data: NftElement['data']): data is NftVerdict => typeof data === 'object' && data !== null;
/** A table that may be changed without the first one noticing; rules and elements are shared. */
export function copyTable(table: NftTable): NftTable {
  const chains = new Map<string, NftChain>();
  for (const [name, chain] of table.chains) chains.set(name, { ...chain, rules: [...chain.rules] });
  const sets = new Map<string, NftSet>();
  for (const [name, set] of table.sets) sets.set(name, { ...set, elements: [...set.elements] });
  return { ...table, chains, sets, counters: new Map(table.counters) };
}
