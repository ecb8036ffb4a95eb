/** A rule as a message, and back to the request that adds it. Authority: net/core/fib_rules.c (fib_nl_fill_rule), fib4_rule_fill. */
import type { Bytes } from '../../../base/index.ts';
import type { Netns, Rule, RuleRequest } from '../../../kernel/index.ts';
import { Family } from '../../iproute2/prefix.ts';
import { addressBytes, addressIn, attribute, nameBytes, numberIn, readAttributes, readName, readU16, readU32, readU8, u16, u32, u8 } from './message.ts';

const FRA = {
  ...{ DST: 1, SRC: 2, IIFNAME: 3, GOTO: 4, PRIORITY: 6, FWMARK: 10, FLOW: 11, SUPPRESS_IFGROUP: 13, SUPPRESS_PREFIXLEN: 14, TABLE: 15 },
  ...{ FWMASK: 16, OIFNAME: 17, L3MDEV: 19, UID_RANGE: 20, PROTOCOL: 21, IP_PROTO: 22, SPORT_RANGE: 23, DPORT_RANGE: 24 },
} as const;
const Flag = { INVERT: 0x2, UNRESOLVED: 0x4, IIF_DETACHED: 0x8, OIF_DETACHED: 0x10 } as const;
const ACTIONS = { lookup: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;
/** Stands in the head for a table whose number does not fit. */
export const TABLE_COMPAT = 252;
const NONE = 0xffff_ffff;

export function ruleBody(rule: Rule, netns: Netns): Bytes {
  const rules = rule.family === 4 ? netns.rules : netns.rules6;
  const flags =
    (rule.invert ? Flag.INVERT : 0) |
    (rule.action === 'goto' && !rules.some(({ priority }) => priority === rule.target) ? Flag.UNRESOLVED : 0) |
    (rule.inName !== '' && !netns.device(rule.inName) ? Flag.IIF_DETACHED : 0) |
    (rule.outName !== '' && !netns.device(rule.outName) ? Flag.OIF_DETACHED : 0);
  const table = rule.table < 256 ? rule.table : TABLE_COMPAT;
  const given = (type: number, value: number): Bytes => (value === 0 ? '' : attribute(type, u32(value)));
  const range = (type: number, ports: readonly [number, number] | null): Bytes => (ports === null ? '' : attribute(type, u16(ports[0]) + u16(ports[1])));
  return (
    u8(rule.family === 4 ? Family.INET : Family.INET6) +
    u8(rule.dstLength) +
    u8(rule.srcLength) +
    u8(rule.tos) +
    u8(table) +
    '\0\0' +
    u8(ACTIONS[rule.action]) +
    u32(flags) +
    attribute(FRA.TABLE, u32(rule.table)) +
    attribute(FRA.SUPPRESS_PREFIXLEN, u32(rule.suppressPrefixLength)) +
    attribute(FRA.PROTOCOL, u8(rule.protocol)) +
    (rule.inName === '' ? '' : attribute(FRA.IIFNAME, nameBytes(rule.inName))) +
    (rule.outName === '' ? '' : attribute(FRA.OIFNAME, nameBytes(rule.outName))) +
    given(FRA.PRIORITY, rule.priority) +
    given(FRA.FWMARK, rule.fwmark) +
    given(FRA.FWMASK, rule.fwmask) +
    given(FRA.GOTO, rule.target) +
    (rule.l3mdev ? attribute(FRA.L3MDEV, u8(1)) : '') +
    (rule.uidRange === null ? '' : attribute(FRA.UID_RANGE, u32(rule.uidRange[0]) + u32(rule.uidRange[1]))) +
    range(FRA.SPORT_RANGE, rule.srcPorts) +
    range(FRA.DPORT_RANGE, rule.dstPorts) +
    (rule.ipProtocol === 0 ? '' : attribute(FRA.IP_PROTO, u8(rule.ipProtocol))) +
    (rule.suppressGroup < 0 ? '' : attribute(FRA.SUPPRESS_IFGROUP, u32(rule.suppressGroup))) +
    (rule.dstLength === 0 ? '' : attribute(FRA.DST, addressBytes(rule.dst))) +
    (rule.srcLength === 0 ? '' : attribute(FRA.SRC, addressBytes(rule.src))) +
    given(FRA.FLOW, rule.realms ?? 0)
  );
}

export function readRuleBody(body: Bytes): RuleRequest {
  const attributes = readAttributes(body.slice(12));
  const number = (type: number): number | undefined => numberIn(attributes, type);
  const src = addressIn(attributes, FRA.SRC);
  const dst = addressIn(attributes, FRA.DST);
  const name = (type: number): string | undefined => {
    const bytes = attributes.get(type);
    return bytes === undefined ? undefined : readName(bytes);
  };
  const pair = (type: number, read: (bytes: Bytes, at: number) => number, size: number): readonly [number, number] | undefined => {
    const bytes = attributes.get(type);
    return bytes === undefined ? undefined : [read(bytes, 0), read(bytes, size)];
  };
  const inName = name(FRA.IIFNAME);
  const outName = name(FRA.OIFNAME);
  const uidRange = pair(FRA.UID_RANGE, readU32, 4);
  const srcPorts = pair(FRA.SPORT_RANGE, readU16, 2);
  const dstPorts = pair(FRA.DPORT_RANGE, readU16, 2);
  const suppress = number(FRA.SUPPRESS_PREFIXLEN) ?? NONE;
  const action = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).find((key) => ACTIONS[key] === readU8(body, 7));
  const optional = {
    fwmark: FRA.FWMARK,
    fwmask: FRA.FWMASK,
    ipProtocol: FRA.IP_PROTO,
    suppressGroup: FRA.SUPPRESS_IFGROUP,
    realms: FRA.FLOW,
    target: FRA.GOTO,
  };
  return {
    ...{ create: true, family: readU8(body) === Family.INET6 ? 6 : 4, tos: readU8(body, 3), priority: number(FRA.PRIORITY) ?? 0 },
    ...((readU32(body, 8) & Flag.INVERT) !== 0 && { invert: true }),
    ...(src !== undefined && { src, srcLength: readU8(body, 2) }),
    ...(dst !== undefined && { dst, dstLength: readU8(body, 1) }),
    ...(action !== undefined && { action }),
    ...{ table: number(FRA.TABLE) ?? readU8(body, 4), protocol: number(FRA.PROTOCOL) ?? 0 },
    ...(inName !== undefined && { inName }),
    ...(outName !== undefined && { outName }),
    ...(attributes.has(FRA.L3MDEV) && { l3mdev: true }),
    ...(uidRange && { uidRange }),
    ...(srcPorts && { srcPorts }),
    ...(dstPorts && { dstPorts }),
    ...(suppress !== NONE && { suppressPrefixLength: suppress }),
    ...Object.fromEntries(Object.entries(optional).flatMap(([key, type]) => (attributes.has(type) ? [[key, number(type)]] : []))),
  };
}
