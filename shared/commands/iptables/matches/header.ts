/** Matches of single header fields: mac, length, ttl, hl, tos, dscp, pkttype, tcpmss (libxt_*, libipt_ttl, libip6t_hl). */
import { formatMac } from '../../../wire/index.ts';
import type { DscpInfo, LengthInfo, MacInfo, PacketKind, PkttypeInfo, Range, TcpmssInfo, TosInfo, TtlInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';
import { hex2 } from '../numbers.ts';
import { TOS_NAMES } from '../option.ts';

const not = (invert: boolean): string => (invert ? ' !' : '');
const bang = (invert: boolean): string => (invert ? '!' : '');
const span = (range: Range): string => (range.min === range.max ? `${range.min}` : `${range.min}:${range.max}`);

export const mac = defineMatch<MacInfo>({
  name: 'mac',
  families: BOTH,
  options: [{ name: 'mac-source', id: 'source', type: 'mac', mandatory: true, invertible: true }],
  init: () => ({ kind: 'mac', source: 0, invert: false }),
  parse(info, call) {
    info.source = call.mac;
    info.invert = call.invert;
  },
  save: (info) => `${not(info.invert)} --mac-source ${formatMac(info.source)}`,
  list: (info) => ` MAC ${info.invert ? '! ' : ''}${formatMac(info.source)}`,
});

export const length = defineMatch<LengthInfo>({
  name: 'length',
  families: BOTH,
  options: [{ name: 'length', id: 'length', type: 'u16-range', mandatory: true, invertible: true }],
  init: () => ({ kind: 'length', length: { min: 0, max: 0 }, invert: false }),
  parse(info, call) {
    info.length = call.range;
    info.invert = call.invert;
  },
  save: (info) => `${not(info.invert)} --length ${span(info.length)}`,
  list: (info) => ` length ${bang(info.invert)}${span(info.length)}`,
});

export const tcpmss = defineMatch<TcpmssInfo>({
  name: 'tcpmss',
  families: BOTH,
  options: [{ name: 'mss', id: 'mss', type: 'u16-range', mandatory: true, invertible: true }],
  init: () => ({ kind: 'tcpmss', mss: { min: 0, max: 0 }, invert: false }),
  parse(info, call) {
    if (call.range.max < call.range.min) usage('tcpmss: invalid range given');
    info.mss = call.range;
    info.invert = call.invert;
  },
  save: (info) => `${not(info.invert)} --mss ${span(info.mss)}`,
  list: (info) => ` tcpmss match ${bang(info.invert)}${span(info.mss)}`,
});

const SIGNS = { eq: '==', ne: '!=', lt: '<', gt: '>' } as const;
const timeToLive = (kind: 'ttl' | 'hl', advice: string, words: (info: TtlInfo) => string) => {
  const all = ['lt', 'gt', 'eq'];
  return defineMatch<TtlInfo>({
    name: kind,
    families: [kind === 'ttl' ? 'ip' : 'ip6'],
    options: [
      { name: `${kind}-lt`, id: 'lt', type: 'u8', excludes: all },
      { name: `${kind}-gt`, id: 'gt', type: 'u8', excludes: all },
      { name: `${kind}-eq`, id: 'eq', type: 'u8', excludes: all, invertible: true },
      { name: kind, id: 'eq', type: 'u8', excludes: all },
    ],
    init: () => ({ kind, compare: 'eq', value: 0 }),
    parse(info, call) {
      info.compare = call.invert ? 'ne' : (call.id as TtlInfo['compare']);
      info.value = call.number;
    },
    check(_info, seen) {
      if (seen.size === 0) usage(advice);
    },
    save: (info) => `${info.compare === 'ne' ? ` ! --${kind}-eq` : ` --${kind}-${info.compare}`} ${info.value}`,
    list: words,
  });
};
export const ttl = timeToLive(
  'ttl',
  "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt",
  (info) => ` TTL match TTL ${SIGNS[info.compare]} ${info.value}`,
);
export const hl = timeToLive(
  'hl',
  "HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'",
  (info) => ` HL match HL ${SIGNS[info.compare]} ${info.value}`,
);

export const tos = defineMatch<TosInfo>({
  name: 'tos',
  families: BOTH,
  options: [{ name: 'tos', id: 'tos', type: 'tos', mandatory: true, invertible: true, max: 0x3f }],
  init: () => ({ kind: 'tos', value: 0, mask: 0, invert: false }),
  parse(info, call) {
    info.value = call.number;
    info.mask = call.mask;
    info.invert = call.invert;
  },
  save: (info) => `${not(info.invert)} --tos 0x${hex2(info.value)}/0x${hex2(info.mask)}`,
  list(info, context) {
    const symbol = context.numeric || info.mask !== 0x3f ? undefined : TOS_NAMES.find((each) => each[1] === info.value);
    return ` tos match${bang(info.invert)}${symbol ? ` ${symbol[0]}` : `0x${hex2(info.value)}/0x${hex2(info.mask)}`}`;
  },
});

const DSCP_CLASSES: readonly (readonly [string, number])[] = [
  ...Array.from({ length: 8 }, (_, i) => [`CS${i}`, i * 8] as const),
  ['BE', 0],
  ...[1, 2, 3, 4].flatMap((group) => [1, 2, 3].map((drop) => [`AF${group}${drop}`, group * 8 + drop * 2] as const)),
  ['EF', 46],
];
/** The code point of a class; only the class's own letters are compared. */
export const dscpOfClass = (text: string): number =>
  DSCP_CLASSES.find(([name]) => text.slice(0, name.length).toUpperCase() === name)?.[1] ?? usage(`Invalid DSCP value \`${text}'`);

export const dscp = defineMatch<DscpInfo>({
  name: 'dscp',
  families: BOTH,
  options: [
    { name: 'dscp', id: 'dscp', type: 'u8', max: 63, invertible: true, excludes: ['class'] },
    { name: 'dscp-class', id: 'class', type: 'string', invertible: true, excludes: ['dscp'] },
  ],
  init: () => ({ kind: 'dscp', dscp: 0, invert: false }),
  parse(info, call) {
    info.dscp = call.id === 'dscp' ? call.number : dscpOfClass(call.argument);
    if (call.invert) info.invert = true;
  },
  check(_info, seen) {
    if (seen.size === 0) usage('DSCP match: Parameter --dscp is required');
  },
  save: (info) => `${not(info.invert)} --dscp 0x${hex2(info.dscp)}`,
  list: (info) => ` DSCP match ${bang(info.invert)}0x${hex2(info.dscp)}`,
});

const PACKET_TYPES: Readonly<Record<string, PacketKind>> = {
  unicast: 'unicast',
  broadcast: 'broadcast',
  multicast: 'multicast',
  otherhost: 'otherhost',
  bcast: 'broadcast',
  mcast: 'multicast',
  host: 'unicast',
};
export const pkttype = defineMatch<PkttypeInfo>({
  name: 'pkttype',
  families: BOTH,
  options: [{ name: 'pkt-type', id: 'type', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'pkttype', type: 'unicast', invert: false }),
  parse(info, call) {
    info.type = PACKET_TYPES[call.argument.toLowerCase()] ?? usage(`Bad packet type '${call.argument}'`);
    info.invert = call.invert;
  },
  save: (info) => `${not(info.invert)} --pkt-type ${info.type}`,
  list: (info) => ` PKTTYPE ${bang(info.invert)}= ${info.type}`,
});
