/** Which parser reads what a command line prints. Subcommands are abbreviated as their program allows: `ip a`, `ip r`, `bridge f`. */
import { parseBrctlShow, parseBrctlShowMacs, parseBrctlShowStp } from './brctl.ts';
import { parseBridgeFdb, parseBridgeFdbJson, parseBridgeLink, parseBridgeLinkJson, parseBridgeVlan, parseBridgeVlanJson } from './bridge.ts';
import { hasLetter, valueAfter, type CommandLine } from './command-line.ts';
import { parseConntrack } from './conntrack.ts';
import type { Facts } from './facts.ts';
import { parseEthtoolStatistics, parseLsns, parseLsnsJson } from './hosts.ts';
import { parseIfconfig } from './ifconfig.ts';
import type { Input } from './input.ts';
import { parseIpBrief } from './ip-brief.ts';
import { parseIpLinkJson } from './ip-link-json.ts';
import { parseIpLink } from './ip-link.ts';
import { parseIpNeighbour, parseIpNeighbourJson } from './ip-neighbour.ts';
import { parseIpNetns, parseIpNetnsJson } from './ip-netns.ts';
import { parseIpRouteJson } from './ip-route-json.ts';
import { parseIpRoute } from './ip-route.ts';
import { parseIpRule, parseIpRuleJson } from './ip-rule.ts';
import { parseIpset } from './ipset.ts';
import { parseIptablesList } from './iptables-list.ts';
import { parseIptablesRules, parseIptablesSave } from './iptables-save.ts';
import { isJson } from './json.ts';
import { parseKubectlJson, parseKubectlTable } from './kubectl.ts';
import { parseArp, parseRouteTable } from './net-tools.ts';
import { parseNetstat, parseSs } from './sockets.ts';
import { parseSysctl } from './sysctl.ts';

type Parser = (input: Input) => Facts;
interface Forms {
  readonly text: Parser;
  readonly json?: Parser;
}

/** In the order in which iproute2 looks for an abbreviation. */
const IP: readonly (readonly [name: string, forms: Forms | undefined])[] = [
  ['address', { text: parseIpLink, json: parseIpLinkJson }],
  ['addrlabel', undefined],
  ['maddress', undefined],
  ['route', { text: parseIpRoute, json: parseIpRouteJson }],
  ['rule', { text: parseIpRule, json: parseIpRuleJson }],
  ['neighbor', { text: parseIpNeighbour, json: parseIpNeighbourJson }],
  ['neighbour', { text: parseIpNeighbour, json: parseIpNeighbourJson }],
  ['ntable', undefined],
  ['ntbl', undefined],
  ['link', { text: parseIpLink, json: parseIpLinkJson }],
  ['l2tp', undefined],
  ['fou', undefined],
  ['ila', undefined],
  ['macsec', undefined],
  ['tunnel', undefined],
  ['tunl', undefined],
  ['tuntap', undefined],
  ['tap', undefined],
  ['token', undefined],
  ['tcpmetrics', undefined],
  ['monitor', undefined],
  ['xfrm', undefined],
  ['mroute', undefined],
  ['mrule', undefined],
  ['netns', { text: parseIpNetns, json: parseIpNetnsJson }],
];

function ipForms(command: CommandLine): Forms | undefined {
  const words = wordsAfterOptions(command);
  const object = IP.find(([name]) => words[0] !== undefined && name.startsWith(words[0]));
  const isBrief = command.options.some((option) => /^--?br(?:ief|ie|i)?$/.test(option));
  return object?.[1] && isBrief && object[1].json === parseIpLinkJson ? { ...object[1], text: parseIpBrief } : object?.[1];
}

/** `-n NAME`, `-f FAMILY` and their like have a word of their own. */
const wordsAfterOptions = ({ args }: CommandLine): readonly string[] =>
  args.filter((arg, i) => !arg.startsWith('-') && !/^-(?:n|netns|f|family|b|batch|rc|l)$/.test(args[i - 1] ?? ''));

const BRIDGE: readonly (readonly [name: string, forms: Forms])[] = [
  ['link', { text: parseBridgeLink, json: parseBridgeLinkJson }],
  ['fdb', { text: parseBridgeFdb, json: parseBridgeFdbJson }],
  ['vlan', { text: parseBridgeVlan, json: parseBridgeVlanJson }],
];

const bridgeForms = ({ words }: CommandLine): Forms | undefined => BRIDGE.find(([name]) => words[0] !== undefined && name.startsWith(words[0]))?.[1];

function brctlForms({ words }: CommandLine): Forms | undefined {
  if (words[0] === 'show') return { text: parseBrctlShow };
  if (words[0] === 'showmacs') return { text: parseBrctlShowMacs };
  return words[0] === 'showstp' ? { text: parseBrctlShowStp } : undefined;
}

const iptablesForms = (command: CommandLine): Forms | undefined => {
  if (hasLetter(command, 'L') || command.options.includes('--list')) return { text: parseIptablesList };
  return hasLetter(command, 'S') || command.options.includes('--list-rules') ? { text: parseIptablesRules } : undefined;
};

const IPTABLES = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-legacy`, `${name}-nft`]);
const PROGRAMS: Readonly<Record<string, (command: CommandLine) => Forms | undefined>> = {
  ip: ipForms,
  bridge: bridgeForms,
  brctl: brctlForms,
  ...Object.fromEntries(IPTABLES.map((name) => [`${name}-save`, () => ({ text: parseIptablesSave })])),
  ...Object.fromEntries(IPTABLES.map((name) => [name, iptablesForms])),
  sysctl: () => ({ text: parseSysctl }),
  conntrack: (command) => (hasLetter(command, 'L') || command.options.includes('--dump') ? { text: parseConntrack } : undefined),
  ss: () => ({ text: parseSs }),
  netstat: (command) => (hasLetter(command, 'i') ? undefined : { text: hasLetter(command, 'r') ? parseRouteTable : parseNetstat }),
  route: () => ({ text: parseRouteTable }),
  ifconfig: (command) => (hasLetter(command, 's') ? undefined : { text: parseIfconfig }),
  arp: () => ({ text: parseArp }),
  ipset: ({ words }) => (/^(?:save|list)$/.test(words[0] ?? '') ? { text: parseIpset } : undefined),
  ethtool: (command) => (hasLetter(command, 'S') || command.options.includes('--statistics') ? { text: parseEthtoolStatistics } : undefined),
  lsns: () => ({ text: parseLsns, json: parseLsnsJson }),
  kubectl: ({ words }) =>
    words.includes('get') && words.some((word) => /^(?:pods?|po|nodes?|no)$/.test(word)) ? { text: parseKubectlTable, json: parseKubectlJson } : undefined,
};

/** For the error that names what can be read. */
export const READABLE: readonly string[] = Object.keys(PROGRAMS);

export function parserOf(command: CommandLine, text: string): Parser | undefined {
  if (valueAfter(command, '-o', '--output') === 'xml') return undefined;
  const forms = Object.hasOwn(PROGRAMS, command.program) ? PROGRAMS[command.program]!(command) : undefined;
  return forms?.json && isJson(text) ? forms.json : forms?.text;
}
