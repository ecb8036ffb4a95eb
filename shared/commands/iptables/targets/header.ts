/** Targets that change single header fields: TCPMSS, TTL, HL, DSCP, TOS, CHECKSUM, CLASSIFY, and TRACE (libxt_*, libipt_TTL, libip6t_HL). */
import type { ChecksumTarget, ClassifyTarget, DscpTarget, TcpmssTarget, TosTarget, TraceTarget, TtlTarget } from '../../../kernel/index.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { usage } from '../exit.ts';
import { dscpOfClass } from '../matches/header.ts';
import { hex, hex2 } from '../numbers.ts';
import { TOS_NAMES } from '../option.ts';

export const tcpmss = defineTarget<TcpmssTarget>({
  name: 'TCPMSS',
  families: BOTH,
  options: [
    { name: 'set-mss', id: 'set', type: 'u16', max: 65515 },
    { name: 'clamp-mss-to-pmtu', id: 'clamp', type: 'none' },
  ],
  init: () => ({ kind: 'TCPMSS', mss: 0 }),
  parse(info, call) {
    info.mss = call.id === 'clamp' ? 'clamp' : call.number;
  },
  check(_info, seen) {
    if (seen.size === 0) usage('TCPMSS target: At least one parameter is required');
  },
  save: (info) => (info.mss === 'clamp' ? ' --clamp-mss-to-pmtu' : ` --set-mss ${info.mss}`),
  list: (info) => (info.mss === 'clamp' ? ' TCPMSS clamp to PMTU' : ` TCPMSS set ${info.mss}`),
});

const WORDS = { set: 'set to', dec: 'decrement by', inc: 'increment by' } as const;
const timeToLive = (kind: 'TTL' | 'HL') => {
  const prefix = kind.toLowerCase();
  const all = ['set', 'dec', 'inc'];
  return defineTarget<TtlTarget>({
    name: kind,
    families: [kind === 'TTL' ? 'ip' : 'ip6'],
    options: [
      { name: `${prefix}-set`, id: 'set', type: 'u8', excludes: all },
      { name: `${prefix}-dec`, id: 'dec', type: 'u8', min: 1, excludes: all },
      { name: `${prefix}-inc`, id: 'inc', type: 'u8', min: 1, excludes: all },
    ],
    init: () => ({ kind, mode: 'set', value: 0 }),
    parse(info, call) {
      info.mode = call.id as TtlTarget['mode'];
      info.value = call.number;
    },
    check(_info, seen) {
      if (seen.size === 0) usage(`${kind}: You must specify an action`);
    },
    save: (info) => ` --${prefix}-${info.mode} ${info.value}`,
    list: (info) => ` ${kind} ${WORDS[info.mode]} ${info.value}`,
  });
};
export const ttl = timeToLive('TTL');
export const hl = timeToLive('HL');

export const dscp = defineTarget<DscpTarget>({
  name: 'DSCP',
  families: BOTH,
  options: [
    { name: 'set-dscp', id: 'dscp', type: 'u8', max: 63, excludes: ['class'] },
    { name: 'set-dscp-class', id: 'class', type: 'string', excludes: ['dscp'] },
  ],
  init: () => ({ kind: 'DSCP', dscp: 0 }),
  parse(info, call) {
    info.dscp = call.id === 'dscp' ? call.number : dscpOfClass(call.argument);
  },
  check(_info, seen) {
    if (seen.size === 0) usage('DSCP target: Parameter --set-dscp is required');
  },
  save: (info) => ` --set-dscp 0x${hex2(info.dscp)}`,
  list: (info) => ` DSCP set 0x${hex2(info.dscp)}`,
});

const TOS_SETTERS = ['set', 'and', 'or', 'xor'];
export const tos = defineTarget<TosTarget>({
  name: 'TOS',
  families: BOTH,
  options: [
    { name: 'set-tos', id: 'set', type: 'tos', max: 0x3f, excludes: TOS_SETTERS },
    { name: 'and-tos', id: 'and', type: 'u8', excludes: TOS_SETTERS },
    { name: 'or-tos', id: 'or', type: 'u8', excludes: TOS_SETTERS },
    { name: 'xor-tos', id: 'xor', type: 'u8', excludes: TOS_SETTERS },
  ],
  init: () => ({ kind: 'TOS', value: 0, mask: 0 }),
  parse(info, call) {
    if (call.id === 'set') Object.assign(info, { value: call.number, mask: call.mask });
    else if (call.id === 'and') Object.assign(info, { value: 0, mask: ~call.number & 255 });
    else if (call.id === 'or') Object.assign(info, { value: call.number, mask: call.number });
    else Object.assign(info, { value: call.number, mask: 0 });
  },
  check(_info, seen) {
    if (seen.size === 0) usage('TOS: An action is required');
  },
  save: (info) => ` --set-tos 0x${hex2(info.value)}/0x${hex2(info.mask)}`,
  list(info, context) {
    if (context.numeric) return ` TOS set 0x${hex2(info.value)}/0x${hex2(info.mask)}`;
    if (info.value === 0) return ` TOS and 0x${hex2(~info.mask & 255)}`;
    if (info.value === info.mask) return ` TOS or 0x${hex2(info.value)}`;
    if (info.mask === 0) return ` TOS xor 0x${hex2(info.value)}`;
    const symbol = info.mask === 0x3f ? TOS_NAMES.find((each) => each[1] === info.value) : undefined;
    if (symbol) return `  TOS set${symbol[0]}`;
    return ` TOS set 0x${hex2(info.value)}/0x${hex2(info.mask)}`;
  },
});

export const checksum = defineTarget<ChecksumTarget>({
  name: 'CHECKSUM',
  families: BOTH,
  options: [{ name: 'checksum-fill', id: 'fill', type: 'none', mandatory: true }],
  init: () => ({ kind: 'CHECKSUM' }),
  parse: () => undefined,
  save: () => ' --checksum-fill',
  list: () => ' CHECKSUM fill',
});

export const classify = defineTarget<ClassifyTarget>({
  name: 'CLASSIFY',
  families: BOTH,
  options: [{ name: 'set-class', id: 'class', type: 'string', mandatory: true }],
  init: () => ({ kind: 'CLASSIFY', major: 0, minor: 0 }),
  parse(info, call) {
    const match = /^\s*(?:0[xX])?([\da-fA-F]+):(?:0[xX])?([\da-fA-F]+)/.exec(call.argument);
    if (!match) return usage(`Bad class value "${call.argument}"`);
    info.major = parseInt(match[1]!, 16) & 0xffff;
    info.minor = parseInt(match[2]!, 16) & 0xffff;
  },
  save: (info) => ` --set-class ${hex(info.major).padStart(4, '0')}:${hex(info.minor).padStart(4, '0')}`,
  list: (info) => ` CLASSIFY set ${hex(info.major)}:${hex(info.minor)}`,
});

export const trace = defineTarget<TraceTarget>({
  name: 'TRACE',
  families: BOTH,
  options: [],
  init: () => ({ kind: 'TRACE' }),
  parse: () => undefined,
  save: () => '',
  list: () => '',
});
