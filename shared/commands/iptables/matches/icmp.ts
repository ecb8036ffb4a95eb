/** `-m icmp` and `-m icmp6`: types and codes by name or number (libipt_icmp, libip6t_icmp6, libxt_icmp.h). */
import type { IcmpInfo } from '../../../kernel/index.ts';
import { defineMatch, type MatchExtension } from '../extension.ts';
import { usage } from '../exit.ts';
import { scanWithin } from '../numbers.ts';

/** Name, type, code; without a code all of the type. In the order that listings look in. */
type NamedType = readonly [name: string, type: number, code?: number];

const ICMP: readonly NamedType[] = [
  ['any', 255],
  ['echo-reply', 0],
  ['pong', 0],
  ['destination-unreachable', 3],
  ['network-unreachable', 3, 0],
  ['host-unreachable', 3, 1],
  ['protocol-unreachable', 3, 2],
  ['port-unreachable', 3, 3],
  ['fragmentation-needed', 3, 4],
  ['source-route-failed', 3, 5],
  ['network-unknown', 3, 6],
  ['host-unknown', 3, 7],
  ['network-prohibited', 3, 9],
  ['host-prohibited', 3, 10],
  ['TOS-network-unreachable', 3, 11],
  ['TOS-host-unreachable', 3, 12],
  ['communication-prohibited', 3, 13],
  ['host-precedence-violation', 3, 14],
  ['precedence-cutoff', 3, 15],
  ['source-quench', 4],
  ['redirect', 5],
  ['network-redirect', 5, 0],
  ['host-redirect', 5, 1],
  ['TOS-network-redirect', 5, 2],
  ['TOS-host-redirect', 5, 3],
  ['echo-request', 8],
  ['ping', 8],
  ['router-advertisement', 9],
  ['router-solicitation', 10],
  ['time-exceeded', 11],
  ['ttl-exceeded', 11],
  ['ttl-zero-during-transit', 11, 0],
  ['ttl-zero-during-reassembly', 11, 1],
  ['parameter-problem', 12],
  ['ip-header-bad', 12, 0],
  ['required-option-missing', 12, 1],
  ['timestamp-request', 13],
  ['timestamp-reply', 14],
  ['address-mask-request', 17],
  ['address-mask-reply', 18],
];
const ICMP6: readonly NamedType[] = [
  ['destination-unreachable', 1],
  ['no-route', 1, 0],
  ['communication-prohibited', 1, 1],
  ['beyond-scope', 1, 2],
  ['address-unreachable', 1, 3],
  ['port-unreachable', 1, 4],
  ['failed-policy', 1, 5],
  ['reject-route', 1, 6],
  ['packet-too-big', 2],
  ['time-exceeded', 3],
  ['ttl-exceeded', 3],
  ['ttl-zero-during-transit', 3, 0],
  ['ttl-zero-during-reassembly', 3, 1],
  ['parameter-problem', 4],
  ['bad-header', 4, 0],
  ['unknown-header-type', 4, 1],
  ['unknown-option', 4, 2],
  ['echo-request', 128],
  ['ping', 128],
  ['echo-reply', 129],
  ['pong', 129],
  ['router-solicitation', 133],
  ['router-advertisement', 134],
  ['neighbour-solicitation', 135],
  ['neighbor-solicitation', 135],
  ['neighbour-advertisement', 136],
  ['neighbor-advertisement', 136],
  ['redirect', 137],
];

/** Sets type and code from a name (or the beginning of one), `type` or `type/code`. */
function parseType(text: string, names: readonly NamedType[], protocol: string, info: IcmpInfo): void {
  const found = names.filter((each) => each[0].toLowerCase().startsWith(text.toLowerCase()));
  if (found.length > 1) usage(`Ambiguous ${protocol} type \`${text}': \`${found[0]![0]}' or \`${found[1]![0]}'?`);
  const named = found[0];
  if (named) {
    info.type = named[1];
    info.code = named[2] === undefined ? { min: 0, max: 255 } : { min: named[2], max: named[2] };
    return;
  }
  const type = scanRange(text);
  if (!type) return usage(`Unknown ${protocol} type \`${text}'`);
  if (type.rest !== '') {
    if (!type.rest.startsWith('/')) usage(`unknown character ${type.rest[0]}`);
    const code = scanRange(type.rest.slice(1));
    if (!code) return usage(`Unknown ${protocol} code \`${text}'`);
    if (code.rest !== '') usage(`unknown character ${code.rest[0]}`);
    info.code = { min: code.min, max: code.max };
  } else info.code = { min: 0, max: 255 };
  if (type.min !== type.max) usage(`${protocol} type range not supported`);
  info.type = type.min;
}
/** `N` or `N:M`, up to 255. */
function scanRange(text: string): { readonly min: number; readonly max: number; readonly rest: string } | undefined {
  const low = scanWithin(text, 0, 255);
  if (!low) return undefined;
  if (!low.rest.startsWith(':')) return { min: low.value, max: low.value, rest: low.rest };
  const high = scanWithin(low.rest.slice(1), 0, 255);
  return high && { min: low.value, max: high.value, rest: high.rest };
}

function listType(info: IcmpInfo, names: readonly NamedType[], numeric: boolean): string {
  const not = info.invert ? '!' : '';
  const named = numeric ? undefined : names.find((each) => each[1] === info.type && (each[2] ?? 0) === info.code.min && (each[2] ?? 255) === info.code.max);
  if (named) return ` ${not}${named[0]}`;
  let text = `${info.invert ? ' !' : ''}type ${info.type}`;
  if (info.code.min === info.code.max) text += ` code ${info.code.min}`;
  else if (info.code.min !== 0 || info.code.max !== 255) text += ` codes ${info.code.min}-${info.code.max}`;
  return text;
}
const saveType = (option: string, info: IcmpInfo): string => {
  const code = info.code.min !== 0 || info.code.max !== 255 ? `/${info.code.min}` : '';
  return `${info.invert ? ' !' : ''} --${option} ${info.kind === 'icmp' && info.type === 255 ? 'any' : `${info.type}${code}`}`;
};

export const icmp: MatchExtension = defineMatch<IcmpInfo>({
  name: 'icmp',
  families: ['ip'],
  options: [{ name: 'icmp-type', id: 'type', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'icmp', type: 255, code: { min: 0, max: 255 }, invert: false }),
  parse(info, call) {
    parseType(call.argument, ICMP, 'ICMP', info);
    info.invert = call.invert;
  },
  save: (info) => saveType('icmp-type', info),
  list: (info, context) => ' icmp' + listType(info, ICMP, context.numeric),
});
export const icmp6: MatchExtension = defineMatch<IcmpInfo>({
  name: 'icmp6',
  families: ['ip6'],
  options: [{ name: 'icmpv6-type', id: 'type', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'icmp6', type: 0, code: { min: 0, max: 255 }, invert: false }),
  parse(info, call) {
    parseType(call.argument, ICMP6, 'ICMPv6', info);
    info.invert = call.invert;
  },
  save: (info) => saveType('icmpv6-type', info),
  list: (info, context) => ' ipv6-icmp' + listType(info, ICMP6, context.numeric),
});
