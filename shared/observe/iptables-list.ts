/**
 * `iptables -L`, with -n, -v, -x, --line-numbers and without. Its columns are put back into the words of iptables-save; what stands after them is
 * worded by each match for people, so only the common ones have a way back. The others stay in the text as printed, and are named.
 *
 *     Chain FORWARD (policy DROP 0 packets, 0 bytes)
 *     num   pkts bytes target     prot opt in     out     source               destination
 *     2        0     0 ACCEPT     tcp  --  cni0   *       0.0.0.0/0            0.0.0.0/0            tcp dpt:80
 */
import type { ChainFact, RuleFact } from '../snapshot/index.ts';
import { valueAfter } from './command-line.ts';
import type { Draft, Facts } from './facts.ts';
import type { Input, Line } from './input.ts';
import { newTable } from './iptables-save.ts';

type ChainDraft = Draft<ChainFact> & { rules: RuleFact[] };
const PROTOCOLS: Readonly<Record<string, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipencap',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  132: 'sctp',
};
const SCALE: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

export function parseIptablesList(input: Input): Facts {
  const table = newTable(input.command, valueAfter(input.command, '-t', '--table') ?? /^-t(\w+)$/m.exec(input.command.options.join('\n'))?.[1] ?? 'filter');
  let chain: ChainDraft | undefined;
  let columns: Columns | undefined;
  for (const line of input.lines()) {
    const [, name, policy, packets, bytes] = /^Chain (\S+) \((?:policy (\S+)(?: (\w+) packets, (\w+) bytes)?|.*references?)\)\s*$/.exec(line.text) ?? [];
    if (name !== undefined) {
      chain = { name, policy: policy ?? null, packets: counter(packets), bytes: counter(bytes), rules: [] };
      table.chains.push(chain);
      columns = undefined;
    } else if (/^\s*(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot opt\s/.test(line.text)) columns = columnsOf(line.text);
    else if (!chain || !columns) input.problem(line, 'stands in no chain');
    else {
      const rule = readRule(chain.name, columns, line, input);
      if (rule) chain.rules.push(rule);
      else input.problem(line, 'no rule');
    }
  }
  return { iptables: table.chains.length === 0 ? [] : [table] };
}

/** `12K` is what is left of a larger number: -x prints it whole. */
const counter = (text: string | undefined): number => {
  const [, digits, scale] = /^(\d+)([KMGT]?)$/.exec(text ?? '') ?? [];
  return digits === undefined ? 0 : Number(digits) * (SCALE[scale!] ?? 1);
};

interface Columns {
  readonly hasNumber: boolean;
  readonly hasCounters: boolean;
  readonly hasInterfaces: boolean;
}
const columnsOf = (text: string): Columns => ({
  hasNumber: /^num\b/.test(text),
  hasCounters: /\bpkts\b/.test(text),
  hasInterfaces: /\bin\s+out\b/.test(text),
});

const PROTOCOL = String.raw`!?(?:all|ip|tcp|udp|icmp|icmpv6|ipv6-icmp|igmp|gre|esp|ah|sctp|udplite|dccp|ipip|ipencap|vrrp|ospf|pim|mh|\d+)`;

function readRule(chain: string, { hasNumber, hasCounters, hasInterfaces }: Columns, line: Line, input: Input): RuleFact | undefined {
  const pattern = [
    hasNumber ? String.raw`\s*\d+\s+` : String.raw`\s*`,
    hasCounters ? String.raw`(\w+)\s+(\w+)\s+` : '()()',
    String.raw`(?:(\S+)\s+)??(${PROTOCOL})\s+(\S+)\s+`,
    hasInterfaces ? String.raw`(\S+)\s+(\S+)\s+` : '()()',
    String.raw`(\S+)\s+(\S+)\s*(.*)$`,
  ].join('');
  const found = new RegExp(`^${pattern}`).exec(line.text);
  if (!found) return undefined;
  const [, packets, bytes, target = '', protocol = '', , inside, outside, source, destination, rest = ''] = found;
  const name = protocolName(protocol);
  const { matches, options, unknown } = wordsOfMatches(rest.trim(), name.replace('! ', ''), target);
  if (unknown !== '') input.problem(line, `no words of iptables-save are known for: ${unknown}`);
  const text = [
    `-A ${chain}`,
    negatable('-s', source),
    negatable('-d', destination),
    negatable('-i', inside),
    negatable('-o', outside),
    name === 'all' ? '' : name.startsWith('! ') ? `! -p ${name.slice(2)}` : `-p ${name}`,
    ...matches,
    unknown,
    target === '' ? '' : `${/\[goto\]/.test(rest) ? '-g' : '-j'} ${target}`,
    ...options,
  ].filter((word) => word !== '');
  return { text: text.join(' '), packets: counter(packets), bytes: counter(bytes) };
}

function protocolName(shown: string): string {
  const isNegated = shown.startsWith('!');
  const name = isNegated ? shown.slice(1) : shown;
  const word = name === '0' || name === 'ip' ? 'all' : (PROTOCOLS[name] ?? name);
  return isNegated ? `! ${word}` : word;
}

const ANY = new Set(['', '*', 'any', 'anywhere', '0.0.0.0/0', '::/0', '0.0.0.0', '::']);

function negatable(option: string, shown: string | undefined): string {
  const isNegated = shown?.startsWith('!') === true;
  const value = isNegated ? shown.slice(1) : (shown ?? '');
  if (ANY.has(value)) return '';
  const isAddress = option === '-s' || option === '-d';
  const full = isAddress && !value.includes('/') ? (value.includes(':') ? `${value}/128` : /^[\d.]+$/.test(value) ? `${value}/32` : value) : value;
  return `${isNegated ? '! ' : ''}${option} ${full}`;
}

/** What a match prints, and its words in iptables-save: before the target, or as the target's options. */
const MATCHES: readonly (readonly [pattern: RegExp, place: 'match' | 'option', words: (groups: readonly string[], protocol: string) => string])[] = [
  [/^\/\* (.*?) \*\//, 'match', ([, comment]) => `-m comment --comment ${/^[\w.:-]+$/.test(comment!) ? comment! : `"${comment!.replace(/["\\]/g, '\\$&')}"`}`],
  [/^ctstate (\S+)/, 'match', ([, state]) => `-m conntrack --ctstate ${state!}`],
  [/^state (\S+)/, 'match', ([, state]) => `-m state --state ${state!}`],
  [
    /^(?:tcp|udp) (?:spts?:(!?)(\S+))?(?: ?dpts?:(!?)(\S+))?(?=\s|$)/,
    'match',
    ([, notFrom, from, notTo, to], protocol) => ports(protocol, notFrom, from, notTo, to),
  ],
  [/^multiport (dports|sports|ports) (!?)(\S+)/, 'match', ([, what, not, list]) => `-m multiport ${not === '' ? '' : '! '}--${what!} ${list!}`],
  [/^match-set (\S+) (\S+)/, 'match', ([, set, flags]) => `-m set --match-set ${set!} ${flags!}`],
  [/^! match-set (\S+) (\S+)/, 'match', ([, set, flags]) => `-m set ! --match-set ${set!} ${flags!}`],
  [/^mark match (!?) ?(0x\S+)/, 'match', ([, not, mark]) => `-m mark ${not === '' ? '' : '! '}--mark ${mark!}`],
  [/^ADDRTYPE match dst-type (\S+)/, 'match', ([, type]) => `-m addrtype --dst-type ${type!}`],
  [/^statistic mode random probability ([\d.]+)/, 'match', ([, chance]) => `-m statistic --mode random --probability ${chance!}`],
  [/^reject-with (\S+)/, 'option', ([, type]) => `--reject-with ${type!}`],
  [/^MARK (or|and|xor) (0x\S+)/, 'option', ([, how, mark]) => `--${how!}-mark ${mark!}`],
  [/^MARK set (0x\S+)/, 'option', ([, mark]) => `--set-xmark ${mark!}/0xffffffff`],
  [/^random-fully/, 'option', () => '--random-fully'],
  [/^\[goto\]/, 'match', () => ''],
];

function ports(protocol: string, notFrom: string | undefined, from: string | undefined, notTo: string | undefined, to: string | undefined): string {
  const one = (option: string, not: string | undefined, port: string | undefined): string => (port ? `${not ? ' !' : ''} ${option} ${port}` : '');
  return `-m ${protocol}${one('--sport', notFrom, from)}${one('--dport', notTo, to)}`;
}

function wordsOfMatches(text: string, protocol: string, target: string): { matches: string[]; options: string[]; unknown: string } {
  const [matches, options]: [string[], string[]] = [[], []];
  let rest = text;
  let unknown = '';
  while (rest !== '') {
    const [to] = /^to:\S+/.exec(rest) ?? [];
    const known = MATCHES.find(([pattern]) => pattern.test(rest));
    let length: number;
    if (to !== undefined) {
      options.push(`${target === 'DNAT' ? '--to-destination' : '--to-source'} ${to.slice(3)}`);
      length = to.length;
    } else if (known) {
      const groups = known[0].exec(rest)!.map((group: string | undefined) => group ?? '');
      (known[1] === 'match' ? matches : options).push(known[2](groups, protocol));
      length = groups[0]!.length;
    } else {
      unknown = rest; // where one match ends and the next begins is not told
      break;
    }
    rest = rest.slice(length || rest.length).trimStart();
  }
  return { matches, options, unknown };
}
