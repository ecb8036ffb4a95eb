/** What `iptables -L`, `-S` and iptables-save go through: chains in their order, built-in ones whether they are there yet or not. */
import { actionText, BUILTIN, type Chain, type ChainRule, type Ruleset, type Table, type TableName } from '../../kernel/index.ts';
import type { Command } from './command.ts';
import type { Environment } from './environment.ts';
import { otherProblem } from './exit.ts';
import { header, listRule, type ListFormat } from './list.ts';
import { NO_LABELS } from './matches/connection.ts';

export const byName = (a: Chain, b: Chain): number => (a.name < b.name ? -1 : 1);
/** Built-in chains by hook, then users' own by name. Deviation: a built-in chain that was renamed is not shown, and not spoken of as `incompatible`. */
export const sortedChains = (table: Table | undefined): Chain[] =>
  table === undefined
    ? []
    : [
        ...table.baseChains.filter((chain) => chain.name in BUILTIN[table.name]),
        ...[...table.chains.values()].filter((chain) => chain.base === null).sort(byName),
      ];

/** Chains as they are, and built-in ones that are not there yet as they would be. */
function shown(ruleset: Ruleset, table: TableName, name: string | undefined): { chain: Chain | undefined; name: string }[] {
  const found = ruleset.table(table);
  const builtin = Object.keys(BUILTIN[table]).map((each) => ({ chain: found?.chains.get(each), name: each }));
  const own = sortedChains(found)
    .filter((chain) => chain.base === null)
    .map((chain) => ({ chain, name: chain.name }));
  const all = [...builtin, ...own];
  if (name === undefined) return all;
  const one = all.filter((each) => each.name === name);
  if (one.length === 0) otherProblem(`chain \`${name}' in table \`${table}' is incompatible, use 'nft' tool.`);
  return one;
}
export function listChains(environment: Environment, ruleset: Ruleset, command: Command, table: TableName): void {
  const format: ListFormat = { numeric: command.numeric, verbose: command.verbose > 0, exact: command.exact, lineNumbers: command.lineNumbers };
  let text = '';
  for (const { chain, name } of shown(ruleset, table, command.chain)) {
    if (command.ruleNumber === 0) {
      if (text !== '') text += '\n';
      const isBase = name in BUILTIN[table] || (chain?.base ?? null) !== null;
      text += header(
        {
          name,
          policy: isBase ? (chain?.policy ?? 'ACCEPT') : null,
          packets: chain?.packets ?? 0,
          bytes: chain?.bytes ?? 0,
          references: chain?.references ?? 0,
        },
        format,
      );
    }
    warnOfLabels(environment, chain);
    chain?.rules.forEach((rule, index) => {
      if (command.ruleNumber === 0 || command.ruleNumber === index + 1) text += listRule(rule, index + 1, environment.family, format);
    });
  }
  environment.print(text);
}
/** Labels have no names here, and every look for one says so. */
function warnOfLabels(environment: Environment, chain: Chain | undefined): void {
  for (const rule of chain?.rules ?? []) if (rule.spec.matches.some((match) => match.kind === 'connlabel')) environment.warn(NO_LABELS);
}
export function listRules(environment: Environment, ruleset: Ruleset, command: Command, table: TableName): void {
  const chains = shown(ruleset, table, command.chain);
  const counters = command.verbose > 0;
  let text = '';
  if (command.ruleNumber === 0) {
    for (const { chain, name } of chains) {
      if (!(name in BUILTIN[table]) && !chain?.base) text += `-N ${name}\n`;
      else text += `-P ${name} ${chain?.policy ?? 'ACCEPT'}${counters ? ` -c ${chain?.packets ?? 0} ${chain?.bytes ?? 0}` : ''}\n`;
    }
  }
  for (const { chain } of chains) {
    warnOfLabels(environment, chain);
    chain?.rules.forEach((rule, index) => {
      if (command.ruleNumber === 0 || command.ruleNumber === index + 1) text += savedRule(rule, chain, counters ? 'middle' : 'none');
    });
  }
  environment.print(text);
}

/** `-A CHAIN …`, with counters before it (iptables-save -c), in it (iptables -S -v), or without. */
export function savedRule(rule: ChainRule, chain: Chain, counters: 'before' | 'middle' | 'none'): string {
  const { conditions } = rule.spec;
  const action = actionText(rule.spec);
  const middle = counters === 'middle' ? ` -c ${rule.packets} ${rule.bytes}` : '';
  const before = counters === 'before' ? `[${rule.packets}:${rule.bytes}] ` : '';
  return `${before}-A ${chain.name}${conditions === '' ? '' : ` ${conditions}`}${middle}${action === '' ? '' : ` ${action}`}\n`;
}
