/** The options of each classifier. Authority: tc/f_u32.c, f_matchall.c, f_flower.c, f_fw.c of iproute2 6.1. */
import type { ActionOptions, FlowerKeys, Matching, U32Key } from '../../kernel/index.ts';
import { EtherType, formatIpv4, formatMac, type Ipv4 } from '../../wire/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { giveUp } from '../iproute2/exit.ts';
import { macOfBytes, parseLinkAddress } from '../iproute2/link-layer.ts';
import { parseU16, parseU8 } from '../iproute2/numbers.ts';
import { Family, parsePrefix } from '../iproute2/prefix.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { parseActions, parsePolice } from './action.ts';
import { parseClassId } from './quantities.ts';
import { parseMatch } from './u32.ts';
import { FLOWER_USAGE, FW_USAGE, MATCHALL_USAGE, U32_USAGE } from './usage-filter.ts';

const FAILED = 1;
export interface ParsedFilter {
  readonly matching?: Matching;
  readonly classId?: number;
  readonly actions?: readonly ActionOptions[];
}
const USAGES: Readonly<Record<string, string>> = { u32: U32_USAGE, matchall: MATCHALL_USAGE, flower: FLOWER_USAGE, fw: FW_USAGE };
const illegal = (what: string): never => giveUp(FAILED, `Illegal "${what}"\n`);

export function parseFilterKind(session: Session, kind: string, args: Arguments, protocol: number): ParsedFilter {
  const keys: U32Key[] = [];
  let flower: FlowerKeys = protocol === EtherType.IPV4 || protocol === EtherType.IPV6 || protocol === EtherType.ARP ? { etherType: protocol } : {};
  let classId = 0;
  let actions: readonly ActionOptions[] = [];
  while (!args.isAtEnd) {
    const { word } = args;
    if (args.begins('classid') || word === 'flowid') {
      const id = parseClassId(args.next());
      classId = id === undefined || id === 'root' ? illegal('classid') : id;
      args.advance();
    } else if (args.begins('action')) {
      args.next();
      actions = parseActions(session, args);
    } else if (args.begins('police') && kind !== 'flower') {
      args.next();
      actions = [parsePolice(args)];
    } else if (word === 'help') giveUp(FAILED, USAGES[kind]);
    else if (word === 'skip_hw' || word === 'skip_sw' || word === 'indev') giveUp(1, `not modelled: ${kind} ${word}\n`);
    else if (kind === 'u32' && args.begins('match')) {
      args.next();
      parseMatch(args, keys);
      args.advance();
    } else if (kind === 'u32' && ['divisor', 'order', 'link', 'ht', 'offset', 'hashkey', 'sample'].includes(word)) giveUp(1, `not modelled: u32 ${word}\n`);
    else if (kind === 'flower') flower = { ...flower, ...flowerKey(args) };
    else giveUp(FAILED, `What is "${word}"?\n${USAGES[kind] ?? ''}`);
  }
  const matching: Matching = kind === 'u32' ? { kind, keys } : kind === 'flower' ? { kind, keys: flower } : { kind: kind as 'matchall' | 'fw' };
  return { matching, ...(classId !== 0 && { classId }), ...(actions.length > 0 && { actions }) };
}

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58 };
const NOT_MODELLED =
  /^(num_of_vlans|c?vlan_(id|prio|ethtype)|pppoe_sid|ppp_proto|ip_(tos|ttl|flags)|mpls.*|tcp_flags|type|code|arp_.*|enc_.*|(geneve|vxlan|erspan|gtp)_opts|ct_.*|verbose)$/;
function flowerKey(args: Arguments): FlowerKeys {
  const { word } = args;
  const take = <T>(parse: (text: string) => T | undefined): T => {
    const value = parse(args.next()) ?? illegal(word);
    args.advance();
    return value;
  };
  const prefix = (text: string): { address: Ipv4; length: number } | undefined => {
    const parsed = parsePrefix(text, Family.INET);
    return parsed && { address: parsed.v4, length: parsed.bits };
  };
  const mac = (text: string): number | undefined => {
    const parsed = parseLinkAddress(text, 6);
    return 'bytes' in parsed ? macOfBytes(parsed.bytes) : undefined;
  };
  if (word === 'dst_ip') return { destination: take(prefix) };
  if (word === 'src_ip') return { source: take(prefix) };
  if (word === 'dst_port') return { destinationPort: take(parseU16) };
  if (word === 'src_port') return { sourcePort: take(parseU16) };
  if (word === 'dst_mac') return { destinationMac: take(mac) };
  if (word === 'src_mac') return { sourceMac: take(mac) };
  if (word === 'ip_proto') return { protocol: take((text) => (Object.hasOwn(PROTOCOLS, text) ? PROTOCOLS[text] : parseU8(text, 16))) };
  if (NOT_MODELLED.test(word)) return giveUp(1, `not modelled: flower ${word}\n`);
  return giveUp(FAILED, `What is "${word}"?\n${FLOWER_USAGE}`);
}

export function printFlower(printer: Printer, keys: FlowerKeys): void {
  const line = (key: string, value: string | number): void => printer.any(key, `\n  ${key} ${value}`, value);
  const prefix = (key: string, given: FlowerKeys['source']): void => {
    if (given) line(key, `${formatIpv4(given.address)}${given.length === 32 ? '' : `/${given.length}`}`);
  };
  printer.openObject('keys');
  if (keys.destinationMac !== undefined) line('dst_mac', formatMac(keys.destinationMac));
  if (keys.sourceMac !== undefined) line('src_mac', formatMac(keys.sourceMac));
  const type = keys.etherType === EtherType.IPV4 ? 'ipv4' : keys.etherType === EtherType.IPV6 ? 'ipv6' : keys.etherType === EtherType.ARP ? 'arp' : undefined;
  if (type !== undefined) line('eth_type', type);
  if (keys.protocol !== undefined) {
    const { protocol } = keys;
    line('ip_proto', Object.entries(PROTOCOLS).find(([, number]) => number === protocol)?.[0] ?? protocol.toString(16).padStart(2, '0'));
  }
  prefix('dst_ip', keys.destination);
  prefix('src_ip', keys.source);
  if (keys.destinationPort !== undefined) line('dst_port', keys.destinationPort);
  if (keys.sourcePort !== undefined) line('src_port', keys.sourcePort);
  printer.closeObject();
}
