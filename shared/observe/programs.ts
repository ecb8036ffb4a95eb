/** Which parser reads what a command line prints. Subcommands are abbreviated as their program allows: `ip a`, `ip r`, `bridge f`. */
import type { CommandLine } from './command-line.ts';
import type { Facts } from './facts.ts';
import type { Input } from './input.ts';
import { parseIpBrief } from './ip-brief.ts';
import { parseIpLinkJson } from './ip-link-json.ts';
import { parseIpLink } from './ip-link.ts';
import { parseIpNeighbour, parseIpNeighbourJson } from './ip-neighbour.ts';
import { parseIpNetns, parseIpNetnsJson } from './ip-netns.ts';
import { parseIpRouteJson } from './ip-route-json.ts';
import { parseIpRoute } from './ip-route.ts';
import { parseIpRule, parseIpRuleJson } from './ip-rule.ts';
import { isJson } from './json.ts';

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

const PROGRAMS: Readonly<Record<string, (command: CommandLine) => Forms | undefined>> = {
  ip: ipForms,
};

/** For the error that names what can be read. */
export const READABLE: readonly string[] = Object.keys(PROGRAMS);

export function parserOf(command: CommandLine, text: string): Parser | undefined {
  const forms = Object.hasOwn(PROGRAMS, command.program) ? PROGRAMS[command.program]!(command) : undefined;
  return forms?.json && isJson(text) ? forms.json : forms?.text;
}
