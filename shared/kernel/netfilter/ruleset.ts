/**
 * The rules of one family in one namespace: tables, chains, rules with counters, as nf_tables holds what iptables-nft puts there. Changes come
 * in batches that happen wholly or not at all (nf_tables_api.c).
 *
 * Invariant: a chain's `references` is the number of rules that jump or go to it.
 * Invariant: no rule reached from a base chain fails its extension's checks there, and no jump is deeper than sixteen.
 */
import type { Errno } from '../../base/index.ts';
import { Hook, HookPriority } from '../numbers.ts';
import type { Family, MatchInfo, Selector } from './match.ts';
import type { TargetInfo } from './target.ts';

export const TABLE_NAMES = ['raw', 'mangle', 'filter', 'security', 'nat'] as const;
export type TableName = (typeof TABLE_NAMES)[number];
export type ChainType = 'filter' | 'nat' | 'route';

/** How a chain hangs in a hook. */
export interface BaseSpec {
  readonly hook: Hook;
  readonly type: ChainType;
  readonly priority: number;
}

/** What a rule says; made by programs. */
export interface RuleSpec {
  readonly selector: Selector;
  readonly matches: readonly MatchInfo[];
  /** Null: counts only. */
  readonly target: TargetInfo | null;
  /** Selector and matches as iptables-save prints them, without a space before: `-s 10.0.0.0/8 -p tcp -m tcp --dport 80`, or ''. */
  readonly conditions: string;
  /** The target as iptables-save prints it, for extensions: `-j DNAT --to-destination 10.0.0.1`. Verdicts and jumps are made here. */
  readonly action: string;
}

export class ChainRule {
  packets = 0;
  bytes = 0;
  /** What the data plane made of it; made anew when it is null. */
  compiled: unknown = null;
  constructor(
    readonly handle: number,
    readonly spec: RuleSpec,
  ) {}
  /** As iptables-save prints it after `-A CHAIN`. */
  get text(): string {
    const { conditions } = this.spec;
    const action = actionText(this.spec);
    return conditions === '' || action === '' ? conditions + action : `${conditions} ${action}`;
  }
}
export function actionText(spec: RuleSpec): string {
  const { target } = spec;
  if (target === null) return '';
  if (target.kind === 'verdict') return `-j ${target.verdict}`;
  if (target.kind === 'jump') return `-j ${target.chain}`;
  if (target.kind === 'goto') return `-g ${target.chain}`;
  return spec.action;
}

export class Chain {
  rules: ChainRule[] = [];
  /** Of base chains: ACCEPT or DROP, and what reached the end; counted once somebody has set or zeroed the counters. */
  policy: 'ACCEPT' | 'DROP' = 'ACCEPT';
  isCounting = false;
  packets = 0;
  bytes = 0;
  references = 0;
  readonly handle: number;
  constructor(
    readonly table: Table,
    public name: string,
    /** Null for a user's own chain. */
    readonly base: BaseSpec | null,
  ) {
    this.handle = table.handles.next++;
  }
}
/** Numbers that are given out one after the other. */
export interface Handles {
  next: number;
}
export class Table {
  readonly chains = new Map<string, Chain>();
  /** Of its chains and rules. */
  readonly handles: Handles = { next: 1 };
  readonly handle: number;
  constructor(
    readonly ruleset: Ruleset,
    readonly name: TableName,
  ) {
    this.handle = ruleset.handles.next++;
  }
  /** Base chains, in the order of their hooks. */
  get baseChains(): Chain[] {
    return [...this.chains.values()].filter((chain) => chain.base !== null).sort((a, b) => a.base!.hook - b.base!.hook);
  }
}

const H = Hook;
const P = HookPriority;
const base = (hook: Hook, priority: number, type: ChainType = 'filter'): BaseSpec => ({ hook, priority, type });
/** Chains that iptables makes in each table (iptables/nft.c, xtables_ipv4). */
export const BUILTIN: Readonly<Record<TableName, Readonly<Record<string, BaseSpec>>>> = {
  raw: { PREROUTING: base(H.PREROUTING, P.RAW), OUTPUT: base(H.OUTPUT, P.RAW) },
  mangle: {
    PREROUTING: base(H.PREROUTING, P.MANGLE),
    INPUT: base(H.INPUT, P.MANGLE),
    FORWARD: base(H.FORWARD, P.MANGLE),
    OUTPUT: base(H.OUTPUT, P.MANGLE, 'route'),
    POSTROUTING: base(H.POSTROUTING, P.MANGLE),
  },
  filter: { INPUT: base(H.INPUT, P.FILTER), FORWARD: base(H.FORWARD, P.FILTER), OUTPUT: base(H.OUTPUT, P.FILTER) },
  security: { INPUT: base(H.INPUT, 150), FORWARD: base(H.FORWARD, 150), OUTPUT: base(H.OUTPUT, 150) },
  nat: {
    PREROUTING: base(H.PREROUTING, P.NAT_DST, 'nat'),
    INPUT: base(H.INPUT, P.NAT_SRC, 'nat'),
    OUTPUT: base(H.OUTPUT, P.NAT_DST, 'nat'),
    POSTROUTING: base(H.POSTROUTING, P.NAT_SRC, 'nat'),
  },
};

/** What the data plane has to know of changes. */
export interface RulesetListener {
  /** After a batch that changed something. */
  changed(): void;
  /** A rule is not there any more. */
  removed(rule: ChainRule): void;
}

export class Ruleset {
  readonly tables = new Map<TableName, Table>();
  /** Raised by every batch. */
  generation = 0;
  constructor(
    readonly family: Family,
    readonly listener: RulesetListener,
    /** Of its tables; one series for both families of a namespace. */
    readonly handles: Handles = { next: 1 },
  ) {}
  table(name: TableName): Table | undefined {
    return this.tables.get(name);
  }
  chain(table: TableName, name: string): Chain | undefined {
    return this.tables.get(table)?.chains.get(name);
  }
}

/** One failed step of a batch, for programs to word. */
export interface BatchError {
  /** Which step: what the caller passed with it. */
  readonly tag: number;
  readonly errno: Errno;
}

/** Checks of an extension against where its rule can be reached from; null when it is right. */
export type RuleCheck = (spec: RuleSpec, family: Family, table: TableName, chain: Chain) => Errno | null;

/**
 * Steps that happen at once and are taken back together when one of them failed, as a netlink batch.
 *     const batch = new Batch(ruleset, checkRule);
 *     batch.append(7, chain, spec);            // 7: tag for errors
 *     const errors = batch.commit();
 */
export class Batch {
  private readonly undo: (() => void)[] = [];
  private readonly errors: BatchError[] = [];
  private readonly gone: ChainRule[] = [];
  private changes = 0;
  /** Tables to be walked at the end, with the tag of the last rule put in. */
  private readonly suspects = new Map<Table, number>();
  constructor(
    private readonly ruleset: Ruleset,
    private readonly check: RuleCheck,
  ) {}

  addTable(name: TableName): Table {
    const { tables } = this.ruleset;
    const old = tables.get(name);
    if (old) return old;
    const table = new Table(this.ruleset, name);
    this.step(
      () => tables.set(name, table),
      () => tables.delete(name),
    );
    return table;
  }
  deleteTable(name: TableName): void {
    const { tables } = this.ruleset;
    const table = tables.get(name);
    if (!table) return;
    for (const chain of table.chains.values()) this.gone.push(...chain.rules);
    this.step(
      () => tables.delete(name),
      () => tables.set(name, table),
    );
  }
  addChain(tag: number, table: Table, name: string, spec: BaseSpec | null): Chain | undefined {
    if (table.chains.has(name)) {
      this.fail(tag, 'EEXIST');
      return undefined;
    }
    const chain = new Chain(table, name, spec);
    this.step(
      () => table.chains.set(name, chain),
      () => table.chains.delete(name),
    );
    return chain;
  }
  deleteChain(tag: number, chain: Chain): void {
    if (chain.references > 0 || chain.rules.length > 0) return this.fail(tag, 'EBUSY');
    const { chains } = chain.table;
    this.step(
      () => chains.delete(chain.name),
      () => chains.set(chain.name, chain),
    );
  }
  renameChain(tag: number, chain: Chain, name: string): void {
    const { chains } = chain.table;
    if (chains.has(name)) return this.fail(tag, 'EEXIST');
    const rename = (from: string, to: string): void => {
      // it keeps its place among them
      const before = [...chains.values()];
      chain.name = to;
      chains.clear();
      for (const other of before) chains.set(other.name, other);
      for (const other of chains.values()) {
        for (const rule of other.rules) {
          const { target } = rule.spec;
          if (target !== null && (target.kind === 'jump' || target.kind === 'goto') && target.chain === from) target.chain = to;
        }
      }
    };
    const old = chain.name;
    this.step(
      () => rename(old, name),
      () => rename(name, old),
    );
  }
  setPolicy(chain: Chain, policy: 'ACCEPT' | 'DROP'): void {
    const old = chain.policy;
    this.step(
      () => (chain.policy = policy),
      () => (chain.policy = old),
    );
  }
  /** Of a base chain; from now on they count. */
  setChainCounters(chain: Chain, packets: number, bytes: number): void {
    const { packets: oldPackets, bytes: oldBytes, isCounting } = chain;
    this.step(
      () => Object.assign(chain, { packets, bytes, isCounting: true }),
      () => Object.assign(chain, { packets: oldPackets, bytes: oldBytes, isCounting }),
    );
  }
  setRuleCounters(rule: ChainRule, packets: number, bytes: number): void {
    const { packets: oldPackets, bytes: oldBytes } = rule;
    this.step(
      () => Object.assign(rule, { packets, bytes }),
      () => Object.assign(rule, { packets: oldPackets, bytes: oldBytes }),
    );
  }
  /** At the end, or before a rule. */
  insert(tag: number, chain: Chain, spec: RuleSpec, before: ChainRule | null): ChainRule | undefined {
    const rule = new ChainRule(chain.table.handles.next++, spec);
    const at = before === null ? chain.rules.length : chain.rules.indexOf(before);
    if (at < 0) {
      this.fail(tag, 'ENOENT');
      return undefined;
    }
    if (!this.admit(tag, chain, spec)) return undefined;
    this.put(chain, rule, at);
    if (chain.base === null || this.destination(chain.table, spec)) this.suspects.set(chain.table, tag);
    return rule;
  }
  append(tag: number, chain: Chain, spec: RuleSpec): ChainRule | undefined {
    return this.insert(tag, chain, spec, null);
  }
  replace(tag: number, chain: Chain, old: ChainRule, spec: RuleSpec): ChainRule | undefined {
    const rule = this.insert(tag, chain, spec, old);
    if (rule) this.delete(chain, old);
    return rule;
  }
  delete(chain: Chain, rule: ChainRule): void {
    const at = chain.rules.indexOf(rule);
    if (at < 0) return;
    this.gone.push(rule);
    const destination = this.destination(chain.table, rule.spec);
    this.step(
      () => {
        chain.rules.splice(at, 1);
        if (destination) destination.references--;
      },
      () => {
        chain.rules.splice(at, 0, rule);
        if (destination) destination.references++;
      },
    );
  }
  flush(chain: Chain): void {
    for (let i = chain.rules.length - 1; i >= 0; i--) this.delete(chain, chain.rules[i]!);
  }

  /** Takes everything back if anything failed. The errors, in order. */
  commit(): readonly BatchError[] {
    if (this.errors.length === 0) this.validate();
    if (this.errors.length > 0) {
      this.abort();
      return this.errors;
    }
    if (this.changes > 0) {
      this.ruleset.generation++;
      for (const rule of this.gone) this.ruleset.listener.removed(rule);
      this.ruleset.listener.changed();
    }
    return [];
  }

  abort(): void {
    for (let i = this.undo.length - 1; i >= 0; i--) this.undo[i]!();
    this.undo.length = 0;
  }

  private step(act: () => void, back: () => void): void {
    act();
    this.changes++;
    this.undo.push(back);
  }
  private fail(tag: number, errno: Errno): void {
    this.errors.push({ tag, errno });
  }
  private destination(table: Table, spec: RuleSpec): Chain | undefined {
    const { target } = spec;
    return target !== null && (target.kind === 'jump' || target.kind === 'goto') ? table.chains.get(target.chain) : undefined;
  }
  /** What is checked before a rule is put in: its target exists, its extensions agree with the chain. */
  private admit(tag: number, chain: Chain, spec: RuleSpec): boolean {
    const { target } = spec;
    if (target !== null && (target.kind === 'jump' || target.kind === 'goto')) {
      const destination = chain.table.chains.get(target.chain);
      if (!destination) return this.refuse(tag, 'ENOENT');
      if (destination.base !== null) return this.refuse(tag, 'EOPNOTSUPP');
    }
    const errno = this.check(spec, this.ruleset.family, chain.table.name, chain);
    return errno === null || this.refuse(tag, errno);
  }
  private refuse(tag: number, errno: Errno): false {
    this.fail(tag, errno);
    return false;
  }
  private put(chain: Chain, rule: ChainRule, at: number): void {
    const destination = this.destination(chain.table, rule.spec);
    this.step(
      () => {
        chain.rules.splice(at, 0, rule);
        if (destination) destination.references++;
      },
      () => {
        chain.rules.splice(at, 1);
        if (destination) destination.references--;
      },
    );
  }
  /**
   * Walks all that can be reached from base chains (nf_tables_validate): only then a user chain's rules have hooks to be checked against.
   * Once at the end; the last rule that was put into the table is blamed.
   */
  private validate(): void {
    for (const [table, tag] of this.suspects) {
      const seen = new Map<Chain, number>();
      const visit = (chain: Chain, root: Chain, depth: number): Errno | null => {
        if (depth > JUMP_DEPTH) return 'EMLINK';
        if ((seen.get(chain) ?? -1) >= depth) return null;
        for (const rule of chain.rules) {
          const destination = this.destination(table, rule.spec);
          const errno: Errno | null = destination
            ? visit(destination, root, depth + 1)
            : chain === root
              ? null
              : this.check(rule.spec, this.ruleset.family, table.name, root);
          if (errno !== null) return errno;
        }
        seen.set(chain, depth);
        return null;
      };
      for (const root of table.baseChains) {
        seen.clear();
        const errno = visit(root, root, 0);
        if (errno === null) continue;
        this.fail(tag, errno);
        break;
      }
    }
  }
}
/** NFT_JUMP_STACK_SIZE. */
export const JUMP_DEPTH = 16;
