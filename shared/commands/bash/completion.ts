/**
 * What Tab offers for the arguments of programs: the options and sub-commands that they declare, and where a name of something is wanted the names that
 * there are: interfaces, network namespaces, hosts, users, chains. iproute2 has a grammar of its own; kubectl answers for itself.
 */
import type { Bytes } from '../../base/index.ts';
import { BUILTIN, netfilterOf, type TableName } from '../../kernel/index.ts';
import { netnsOf, NETNS_DIR } from '../../machine/index.ts';
import { imageOf, type Completion, type CompletionRequest, type Process } from '../../shell/index.ts';
import { declarationOf, type Declaration, type DeclaredOption } from '../declaration.ts';
import { completeIproute } from './iproute-words.ts';

export const deviceNames = (p: Process): readonly Bytes[] => [...netnsOf(p).devices.values()].map((device) => device.name);
export function namespaceNames(p: Process): readonly Bytes[] {
  const entries = p.fs.readdir(NETNS_DIR);
  return entries.ok ? entries.value.map(({ name }) => name) : [];
}
/** Names in /etc/hosts. */
function hostNames(p: Process): readonly Bytes[] {
  const file = p.fs.readFile('/etc/hosts');
  return (file.ok ? file.value : '')
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
    .filter((name) => name !== '');
}

/** Options whose argument is a name of something, by program. */
const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, (p: Process) => readonly Bytes[]>>>> = {
  ping: { '-I': deviceNames },
  arping: { '-I': deviceNames },
  tcpdump: { '-i': deviceNames, '--interface': deviceNames },
  traceroute: { '-i': deviceNames, '--interface': deviceNames },
  arp: { '-i': deviceNames, '--device': deviceNames },
  curl: { '--interface': deviceNames },
  ss: { '-N': namespaceNames, '--net': namespaceNames },
  iptables: {
    '-i': deviceNames,
    '-o': deviceNames,
    '--in-interface': deviceNames,
    '--out-interface': deviceNames,
    '-t': () => TABLES,
    '--table': () => TABLES,
  },
};
const TABLES = ['filter', 'mangle', 'nat', 'raw', 'security'];
/** Programs whose operands are interfaces, and those that name hosts. */
const DEVICE_OPERANDS = new Set(['ifconfig', 'ethtool']);
const HOST_OPERANDS = new Set(['ping', 'ping4', 'ping6', 'traceroute', 'tracepath', 'arping', 'nc', 'netcat', 'curl', 'wget', 'ssh', 'nslookup']);
/** Commands of iptables that a chain follows. */
const CHAIN_COMMANDS = /^(-[ADCIRLSFZNXEP]|--(append|delete|check|insert|replace|list|list-rules|flush|zero|delete-chain|rename-chain|policy))$/;

export function completeArguments(request: CompletionRequest): readonly Completion[] | undefined {
  const { words, word, process } = request;
  const [name = ''] = words;
  const program = imageOf(process, name);
  const declares = program && declarationOf(program);
  if (!declares) return undefined;
  const found = declares.complete?.(request) ?? completeDeclared(name.slice(name.lastIndexOf('/') + 1), declares, request);
  return found
    ? [...new Set(found)]
        .filter((text) => text.startsWith(word))
        .sort()
        .map((text) => ({ text, suffix: text.endsWith('=') ? '' : ' ' }))
    : undefined;
}

function completeDeclared(name: string, declares: Declaration, { words, word, process }: CompletionRequest): readonly Bytes[] | undefined {
  const before = words.slice(0, -1);
  const last = before.at(-1) ?? '';
  if (name === 'ip' || name === 'bridge' || name === 'tc') return completeIproute(name, declares, before, word, process);
  const program = name.startsWith('iptables') || name.startsWith('ip6tables') ? 'iptables' : name;
  const named = ARGUMENTS[program]?.[last];
  if (named) return named(process);
  if (program === 'iptables') return completeIptables(declares, before, word, process);
  const option = declares.options.find(({ names }) => names.includes(last));
  if (before.length > 1 && option?.value !== undefined && option.isOptional !== true) return undefined;
  if (word.startsWith('-')) return optionNames(declares.options, word);
  const operands = operandsOf(before, declares.options);
  if (name === 'brctl') return operands.length === 0 ? commandNames(declares) : brctlNames(operands, process);
  if (DEVICE_OPERANDS.has(name)) return operands.length === 0 ? deviceNames(process) : undefined;
  if (HOST_OPERANDS.has(name) && operands.length === 0 && !word.includes('/')) return hostNames(process).filter((host) => host.startsWith(word));
  if (name === 'bash' || name === 'sh' || name === 'dd') return undefined;
  return operands.length === 0 && declares.commands ? commandNames(declares) : undefined;
}

/** Long ones where there are any and nothing says otherwise, as bash-completion has it; short ones after one dash. */
export function optionNames(options: readonly DeclaredOption[], word: Bytes): readonly Bytes[] {
  const all = options.flatMap(({ names, value, isOptional }) =>
    names.map((each) => (each.startsWith('--') && value !== undefined && isOptional !== true ? `${each}=` : each)),
  );
  const long = all.filter((each) => each.startsWith('--'));
  return (word === '-' || word === '--') && long.length > 0 ? (word === '-' ? all : long) : all;
}
const commandNames = ({ commands = [] }: Declaration): readonly Bytes[] => commands.filter(({ isMissing }) => isMissing !== true).map(({ name }) => name);

/** What is no option and no option's argument. */
export function operandsOf(before: readonly Bytes[], options: readonly DeclaredOption[]): readonly Bytes[] {
  const operands: Bytes[] = [];
  for (let at = 1; at < before.length; at++) {
    const word = before[at]!;
    if (!word.startsWith('-') || word === '-') operands.push(word);
    else if (options.some(({ names, value, isOptional }) => names.includes(word) && value !== undefined && isOptional !== true)) at++;
  }
  return operands;
}

function brctlNames([command = '', ...given]: readonly Bytes[], p: Process): readonly Bytes[] {
  const devices = [...netnsOf(p).devices.values()];
  const bridges = devices.filter(({ kind }) => kind === 'bridge').map((device) => device.name);
  if (given.length === 0) return bridges;
  if (command === 'addif') return deviceNames(p).filter((name) => !bridges.includes(name));
  if (command === 'delif' || command === 'hairpin' || /^set(path|port)/.test(command))
    return given.length === 1
      ? devices.filter(({ master }) => master?.name === given[0]).map((device) => device.name)
      : command === 'hairpin'
        ? ['on', 'off']
        : [];
  return command === 'stp' ? ['on', 'off'] : [];
}

function completeIptables(declares: Declaration, before: readonly Bytes[], word: Bytes, p: Process): readonly Bytes[] | undefined {
  const last = before.at(-1) ?? '';
  const at = before.findIndex((each) => each === '-t' || each === '--table');
  const family = before[0]?.includes('6') === true ? 'ip6' : 'ip';
  const given = at >= 0 ? before[at + 1] : 'filter';
  const table = given !== undefined && Object.hasOwn(BUILTIN, given) ? (given as TableName) : 'filter';
  const builtin = Object.keys(BUILTIN[table]);
  const own = [...(netfilterOf(netnsOf(p)).ruleset(family).table(table)?.chains.keys() ?? [])].filter((name) => !builtin.includes(name));
  const chains = [...builtin, ...own];
  const extensions = (flag: string): readonly Bytes[] =>
    (declares.commands ?? []).filter(({ name, isMissing }) => name.startsWith(`${flag} `) && isMissing !== true).map(({ name }) => name.slice(3));
  if (CHAIN_COMMANDS.test(last)) return chains;
  if (last === '-j' || last === '--jump' || last === '-g' || last === '--goto') return [...extensions('-j'), ...own];
  if (last === '-m' || last === '--match') return extensions('-m');
  if (last === '-p' || last === '--protocol') return ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'all'];
  if (last === '--ctstate' || last === '--state') return ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'];
  if (!word.startsWith('-')) return undefined;
  const used = new Set(before.flatMap((each, i) => (['-m', '-j', '-p'].includes(before[i - 1] ?? '') ? [`-m ${each}`, `-j ${each}`] : [])));
  return [...declares.options, ...(declares.commands ?? []).flatMap(({ name, options = [] }) => (used.has(name) ? options : []))].flatMap(({ names }) => names);
}
