/**
 * Commands on one family's rules, as iptables-nft does them: queued, prepared against what is there, sent to the kernel as one batch.
 * What is wrong is found in that order too, and worded by who finds it: preparing gives `iptables: No chain/target/match by that name.`, the
 * kernel ` RULE_APPEND failed (Invalid argument): rule in chain INPUT`. Authority: iptables/nft.c.
 */
import { strerror, type Errno } from '../../base/index.ts';
import {
  actionText,
  Batch,
  BUILTIN,
  type Chain,
  ChainRule,
  checkRule,
  type Ruleset,
  type RuleSpec,
  type Table,
  TABLE_NAMES,
  type TableName,
} from '../../kernel/index.ts';
import type { Environment } from './environment.ts';
import { Exit, OTHER_PROBLEM, RESOURCE_PROBLEM, VERSION_PROBLEM, usage } from './exit.ts';
import { ruleLine } from './list.ts';
import { byName, listChains, listRules, sortedChains } from './listing.ts';
import { isNative } from './matches/ports.ts';
import type { Command, CommandKind } from './command.ts';
import { isTargetName } from './extensions.ts';
import { ruleSpec } from './save.ts';

/** What failed while preparing: which of nft.c's functions, and its errno. */
class Refusal extends Error {
  constructor(
    readonly by: string,
    readonly errno: Errno | 'none',
  ) {
    super(by);
  }
}
const MESSAGES: readonly (readonly [by: string | null, errno: Errno | 'none', text: string])[] = [
  ['chain-del', 'EBUSY', 'Directory not empty'],
  ['chain-add', 'EEXIST', 'Chain already exists'],
  ['chain-rename', 'EEXIST', 'File exists'],
  ['insert', 'E2BIG', 'Index of insertion too big'],
  ['check', 'ENOENT', 'Bad rule (does a matching rule exist in that chain?)'],
  ['replace', 'E2BIG', 'Index of replacement too big'],
  ['delete-number', 'E2BIG', 'Index of deletion too big'],
  ['delete', 'ENOENT', 'Bad rule (does a matching rule exist in that chain?)'],
  ['policy', 'ENOENT', 'Bad built-in chain name'],
  ['policy', 'EINVAL', 'Bad policy name'],
  [null, 'none', 'Incompatible with this kernel'],
  [null, 'ENOENT', 'No chain/target/match by that name'],
];
const refusalText = ({ by, errno }: Refusal): string =>
  MESSAGES.find((row) => (row[0] === null || row[0] === by) && row[1] === errno)?.[2] ?? (errno === 'none' ? '' : strerror(errno));

/** A step sent to the kernel, for its errors. */
interface Sent {
  readonly name: string;
  readonly what: string;
  readonly line: number;
}
type Pending = { readonly line: number; readonly prepare: () => void };

export const isTableName = (name: string): name is TableName => (TABLE_NAMES as readonly string[]).includes(name);
export class Session {
  private pending: Pending[] = [];
  private sent: Sent[] = [];
  private batch: Batch;
  /** Line of the file that is being restored; 0: none. */
  line = 0;
  constructor(
    private readonly environment: Environment,
    private readonly ruleset: Ruleset,
  ) {
    this.batch = new Batch(ruleset, checkRule);
  }

  queue(command: Command): void {
    if (!isTableName(command.table)) throw new Exit(VERSION_PROBLEM, `table '${command.table}' does not exist`);
    const table = command.table;
    const { kinds } = command;
    if (kinds.has('append') || kinds.has('insert')) this.queueRules(command, table);
    for (const kind of kinds) {
      if (kind === 'append' || kind === 'insert' || (kind.startsWith('zero') && kinds.size > 1)) continue;
      this.enqueue(() => this.prepare(kind, command, table));
    }
    if (kinds.size === 1) return;
    for (const kind of kinds) if (kind.startsWith('zero')) this.enqueue(() => this.prepare(kind, command, table));
  }
  enqueue(prepare: () => void): void {
    this.pending.push({ line: this.line, prepare });
  }

  /** Does all that is queued. Ends the program when something is wrong. */
  commit(): void {
    const pending = this.pending;
    this.pending = [];
    this.sent = [];
    this.batch = new Batch(this.ruleset, checkRule);
    let line = 0;
    try {
      for (const each of pending) {
        line = each.line;
        this.current = each.line;
        each.prepare();
      }
    } catch (error) {
      this.batch.abort();
      if (!(error instanceof Refusal)) throw error;
      const text = refusalText(error);
      const { program } = this.environment;
      if (line > 0) this.environment.warn(`${program}: line ${line} failed: ${text}.\n`);
      else this.environment.warn(`${program}: ${text}.${error.errno === 'EINVAL' ? " Run `dmesg' for more information." : ''}\n`);
      throw new Exit(OTHER_PROBLEM, undefined);
    }
    const errors = this.batch.commit();
    if (errors.length === 0) return;
    let text = '';
    for (const { tag, errno } of [...errors].sort((a, b) => a.tag - b.tag)) {
      const sent = this.sent[tag]!;
      text += `${sent.line > 0 ? `\nline ${sent.line}:` : ''} ${sent.name} failed (${strerror(errno)}): ${sent.what}`;
      if (sent.line === 0) break;
    }
    throw new Exit(RESOURCE_PROBLEM, text);
  }
  abort(): void {
    this.pending = [];
  }
  private current = 0;
  private send(name: string, what: string): number {
    this.sent.push({ name, what, line: this.current });
    return this.sent.length - 1;
  }

  // --- what is there, and what is made when needed ---

  private table(name: TableName): Table {
    return this.batch.addTable(name);
  }
  private find(table: TableName, chain: string): Chain | undefined {
    return this.ruleset.chain(table, chain);
  }
  /** The table, and its built-in chain of this name, or all of them. */
  private ensure(name: TableName, chain: string | undefined): void {
    const table = this.table(name);
    for (const [builtin, spec] of Object.entries(BUILTIN[name])) {
      if (chain !== undefined && builtin !== chain) continue;
      if (!table.chains.has(builtin)) this.batch.addChain(this.send('CHAIN_ADD', `chain ${builtin}`), table, builtin, spec);
    }
  }
  private need(by: string, table: TableName, chain: string | undefined): Chain {
    const found = chain === undefined ? undefined : this.find(table, chain);
    if (!found) throw new Refusal(by, 'ENOENT');
    return found;
  }
  private ruleAt(chain: Chain, number: number): ChainRule | undefined {
    return chain.rules[number - 1];
  }
  private assertTarget(spec: RuleSpec, table: TableName): void {
    const { target } = spec;
    if (target === null || (target.kind !== 'jump' && target.kind !== 'goto')) return;
    if (!(target.chain in BUILTIN[table]) && !this.find(table, target.chain)) usage(`Chain '${target.chain}' does not exist`);
  }
  private specs(command: Command): RuleSpec[] {
    const { rule } = command;
    for (const used of rule.matches) {
      const { info } = used;
      if ((info.kind !== 'tcp' && info.kind !== 'udp') || !isNative(info)) continue;
      if (info.kind === 'tcp' && rule.selector.protocol !== 6) usage("TCP match requires '-p tcp'");
      if (info.kind === 'udp' && rule.selector.protocol !== 17) usage("UDP match requires '-p udp'");
    }
    return rule.sources.flatMap((source) => rule.destinations.map((destination) => ruleSpec(this.environment.family, rule, source, destination)));
  }

  // --- rules ---

  private queueRules(command: Command, table: TableName): void {
    const isAppend = command.kinds.has('append');
    const { chain = '' } = command;
    for (const spec of this.specs(command)) {
      this.enqueue(() => {
        this.assertTarget(spec, table);
        this.ensure(table, chain);
        const found = this.find(table, chain);
        if (isAppend) this.put(command, 'RULE_APPEND', found, spec, null);
        else this.insert(command, this.need('insert', table, chain), spec);
      });
    }
  }
  private insert(command: Command, chain: Chain, spec: RuleSpec): void {
    const at = command.ruleNumber;
    const before = this.ruleAt(chain, at) ?? null;
    if (before === null && at > 1 && !this.ruleAt(chain, at - 1)) throw new Refusal('insert', 'E2BIG');
    this.put(command, before === null && at > 1 ? 'RULE_APPEND' : 'RULE_INSERT', chain, spec, before);
  }
  private put(command: Command, name: string, chain: Chain | undefined, spec: RuleSpec, before: ChainRule | null): void {
    if (!chain) throw new Refusal('append', 'ENOENT');
    const rule = this.batch.insert(this.send(name, `rule in chain ${chain.name}`), chain, spec, before);
    this.finishRule(command, rule ?? new ChainRule(0, spec));
  }
  private finishRule(command: Command, rule: ChainRule): void {
    const { packets, bytes } = command.rule;
    if (packets > 0 || bytes > 0) this.batch.setRuleCounters(rule, packets, bytes);
    if (command.verbose > 0) this.environment.print(ruleLine(rule, this.environment.family));
  }
  private same(chain: Chain, spec: RuleSpec): ChainRule | undefined {
    const action = actionText(spec);
    return chain.rules.find((rule) => rule.spec.conditions === spec.conditions && actionText(rule.spec) === action);
  }

  private prepare(kind: CommandKind, command: Command, table: TableName): void {
    const { chain } = command;
    switch (kind) {
      case 'check':
      case 'delete':
        for (const spec of this.specs(command)) {
          this.assertTarget(spec, table);
          const found = this.need(kind, table, chain);
          const rule = this.same(found, spec);
          if (!rule) throw new Refusal(kind, 'ENOENT');
          if (command.verbose > 0) this.environment.print(ruleLine(rule, this.environment.family));
          if (kind === 'delete') this.batch.delete(found, rule);
        }
        return;
      case 'delete-number': {
        const found = this.need(kind, table, chain);
        const rule = this.ruleAt(found, command.ruleNumber);
        if (!rule) throw new Refusal(kind, 'E2BIG');
        this.batch.delete(found, rule);
        return;
      }
      case 'replace': {
        const [spec] = this.specs(command);
        this.assertTarget(spec!, table);
        const found = this.need(kind, table, chain);
        const old = this.ruleAt(found, command.ruleNumber);
        if (!old) throw new Refusal(kind, 'E2BIG');
        const rule = this.batch.replace(this.send('RULE_REPLACE', `rule in chain ${found.name}`), found, old, spec!);
        this.finishRule(command, rule ?? new ChainRule(0, spec!));
        return;
      }
      case 'list':
        return listChains(this.environment, this.ruleset, command, table);
      case 'list-rules':
        return listRules(this.environment, this.ruleset, command, table);
      case 'flush':
        return this.flush(table, chain, command.verbose > 0);
      case 'zero':
        return this.zero(table, chain, command.verbose > 0);
      case 'zero-number': {
        const found = chain === undefined ? undefined : this.find(table, chain);
        if (!found) throw new Refusal('delete', 'none');
        const rule = this.ruleAt(found, command.ruleNumber);
        if (rule) this.batch.setRuleCounters(rule, 0, 0);
        return;
      }
      case 'new-chain':
        return this.addChain(table, chain!);
      case 'delete-chain':
        return this.deleteChains(table, chain, command.verbose > 0);
      case 'rename-chain':
        return this.rename(table, chain!, command.newName);
      case 'policy':
        return this.setPolicy(table, chain!, command.policy ?? '', undefined);
      case 'append':
      case 'insert':
        return;
    }
  }

  // --- chains ---

  private exists(table: TableName, chain: string): boolean {
    return chain in BUILTIN[table] || this.find(table, chain) !== undefined;
  }
  private addChain(table: TableName, name: string): void {
    this.table(table);
    if (this.exists(table, name)) throw new Refusal('chain-add', 'EEXIST');
    this.batch.addChain(this.send('CHAIN_USER_ADD', `chain ${name}`), this.table(table), name, null);
  }
  private rename(table: TableName, from: string, to: string): void {
    if (this.exists(table, to)) throw new Refusal('chain-rename', 'EEXIST');
    const chain = this.need('chain-rename', table, from);
    this.batch.renameChain(this.send('CHAIN_RENAME', `chain ${to}`), chain, to);
  }
  setPolicy(table: TableName, name: string, policy: string, counters: { readonly packets: number; readonly bytes: number } | undefined): void {
    if (policy !== 'ACCEPT' && policy !== 'DROP' && policy !== '-') throw new Refusal('policy', 'EINVAL');
    this.ensure(table, name);
    const chain = this.find(table, name);
    if (!chain?.base) throw new Refusal('policy', 'ENOENT');
    if (policy !== '-') this.batch.setPolicy(chain, policy);
    this.batch.setChainCounters(chain, counters?.packets ?? 0, counters?.bytes ?? 0);
  }
  private deleteChains(table: TableName, name: string | undefined, isVerbose: boolean): void {
    const remove = (chain: Chain): void => {
      if (isVerbose && chain.base === null) this.environment.print(`Deleting chain \`${chain.name}'\n`);
      if (chain.base !== null && (chain.policy !== 'ACCEPT' || chain.rules.length > 0)) {
        if (name !== undefined) throw new Refusal('chain-del', 'EBUSY');
        return;
      }
      this.batch.deleteChain(this.send('CHAIN_DEL', `chain ${chain.name}`), chain);
    };
    if (name !== undefined) return remove(this.need('chain-del', table, name));
    const found = this.ruleset.table(table);
    if (!found) return;
    const own = [...found.chains.values()].filter((chain) => chain.base === null);
    for (const chain of [...found.baseChains, ...(isVerbose ? own.sort(byName) : own)]) remove(chain);
  }
  private flush(table: TableName, name: string | undefined, isVerbose: boolean): void {
    if (name !== undefined || isVerbose) this.ensure(table, name);
    const one = name === undefined ? undefined : this.need('flush', table, name);
    for (const chain of one ? [one] : sortedChains(this.ruleset.table(table))) {
      if (isVerbose) this.environment.print(`Flushing chain \`${chain.name}'\n`);
      this.batch.flush(chain);
    }
  }
  private zero(table: TableName, name: string | undefined, isVerbose: boolean): void {
    const chains = name === undefined ? sortedChains(this.ruleset.table(table)) : [this.need('zero', table, name)];
    for (const chain of chains) {
      if (isVerbose) this.environment.print(`Zeroing chain \`${chain.name}'\n`);
      if (chain.base !== null) this.batch.setChainCounters(chain, 0, 0);
      for (const rule of chain.rules) if (rule.packets > 0 || rule.bytes > 0) this.batch.setRuleCounters(rule, 0, 0);
    }
  }

  // --- iptables-restore ---

  flushTable(name: TableName, isVerbose: boolean): void {
    if (isVerbose) {
      this.flush(name, undefined, true);
      this.deleteChains(name, undefined, true);
    }
    this.batch.deleteTable(name);
  }
  restoreChain(table: TableName, name: string): void {
    const chain = this.find(table, name);
    if (chain) this.batch.flush(chain);
    else this.batch.addChain(this.send('CHAIN_USER_ADD', `chain ${name}`), this.table(table), name, null);
  }
}

/** Ends the program for a name that no chain may have. */
export function checkChainName(name: string, environment: Pick<Environment, 'family'>): void {
  if (name.length >= 29) usage(`chain name \`${name}' too long (must be under 29 chars)`);
  if (name.startsWith('-') || name.startsWith('!')) usage(`chain name not allowed to start with \`${name[0]}'`);
  if (isTargetName(name, environment.family)) usage('chain name may not clash with target name');
  if (/\s/.test(name)) usage(`Invalid chain name \`${name}'`);
}
