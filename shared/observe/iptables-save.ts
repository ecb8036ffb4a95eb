/**
 * `iptables-save` and `ip6tables-save`, with counters and without, and `iptables -S`.
 *
 *     *nat
 *     :POSTROUTING ACCEPT [0:0]
 *     [0:0] -A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE
 *     COMMIT
 */
import type { ChainFact, RuleFact, TableFact } from '../snapshot/index.ts';
import { valueAfter, type CommandLine } from './command-line.ts';
import type { Draft, Facts } from './facts.ts';
import type { Input, Line } from './input.ts';

type ChainDraft = Draft<ChainFact> & { rules: RuleFact[] };
export type TableDraft = Draft<TableFact> & { chains: ChainDraft[] };

export const familyOf = ({ program }: CommandLine): TableFact['family'] => (program.startsWith('ip6') ? 'inet6' : 'inet');
export const newTable = (command: CommandLine, table: string): TableDraft => ({ family: familyOf(command), table, chains: [] });

export function parseIptablesSave(input: Input): Facts {
  const tables: TableDraft[] = [];
  const chains = new Map<string, ChainDraft>();
  let table: TableDraft | undefined;
  let last: Line | undefined;
  for (const line of input.lines()) {
    const { text } = line;
    last = line;
    if (text.startsWith('#')) continue;
    if (text.startsWith('*')) {
      if (table) input.problem(line, `table ${table.table} has no COMMIT`);
      table = newTable(input.command, text.slice(1).trim());
      tables.push(table);
      chains.clear();
    } else if (!table) input.problem(line, 'stands in no table');
    else if (text.trim() === 'COMMIT') table = undefined;
    else if (text.startsWith(':')) {
      const [, name, policy, packets, bytes] = /^:(\S+) (\S+)(?: \[(\d+):(\d+)\])?\s*$/.exec(text) ?? [];
      if (name === undefined) input.problem(line, 'no chain');
      else addChain(table, chains, { name, policy: policy === '-' ? null : policy!, packets: Number(packets ?? 0), bytes: Number(bytes ?? 0), rules: [] });
    } else readRule(table, chains, line, input);
  }
  if (table && last) input.problem(last, `table ${table.table} has no COMMIT: the text ends too early`);
  return { iptables: tables };
}

function addChain(table: TableDraft, chains: Map<string, ChainDraft>, chain: ChainDraft): ChainDraft {
  table.chains.push(chain);
  chains.set(chain.name, chain);
  return chain;
}

const RULE = /^(?:\[(\d+):(\d+)\] )?-A (\S+)(?: .*\S)?\s*$/;

function readRule(table: TableDraft, chains: Map<string, ChainDraft>, line: Line, input: Input): void {
  const [, packets, bytes, name] = RULE.exec(line.text) ?? [];
  if (name === undefined) {
    input.problem(line, 'no rule');
    return;
  }
  let chain = chains.get(name);
  if (!chain) {
    input.problem(line, `chain ${name} is not declared`);
    chain = addChain(table, chains, { name, policy: null, packets: 0, bytes: 0, rules: [] });
  }
  const from = packets === undefined ? 0 : line.text.indexOf('-A ');
  chain.rules.push({ text: line.text.slice(from).trimEnd(), packets: Number(packets ?? 0), bytes: Number(bytes ?? 0) });
}

/** `-P INPUT ACCEPT`, `-N KUBE-SERVICES`, `-A …`; with -v `-c 1 84` stands before the target. */
export function parseIptablesRules(input: Input): Facts {
  const table = newTable(input.command, valueAfter(input.command, '-t', '--table') ?? 'filter');
  const chains = new Map<string, ChainDraft>();
  for (const line of input.lines()) {
    const [, verb, name, rest = ''] = /^-([PNA]) (\S+)(.*)$/.exec(line.text) ?? [];
    if (verb === undefined) {
      if (!line.text.startsWith('#')) input.problem(line, 'no chain and no rule');
      continue;
    }
    const [counted = '', packets = '0', bytes = '0'] = / -c (\d+) (\d+)(?= |$)/.exec(rest) ?? [];
    const [policy] = rest.trim().split(' ');
    if (verb === 'N') addChain(table, chains, { name: name!, policy: null, packets: 0, bytes: 0, rules: [] });
    else if (verb === 'P') addChain(table, chains, { name: name!, policy: policy!, packets: Number(packets), bytes: Number(bytes), rules: [] });
    else readRule(table, chains, { number: line.number, text: `[${packets}:${bytes}] -A ${name!}${rest.replace(counted, '')}` }, input);
  }
  return { iptables: table.chains.length === 0 ? [] : [table] };
}
