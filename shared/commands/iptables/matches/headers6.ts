/** `-m dst`, `hbh`, `frag`, `ipv6header`, `rt`, `eui64`: IPv6's extension headers (libip6t_*). */
import type { Address, Asked, Eui64Info, Family, FragInfo, Ipv6HeaderInfo, Ipv6OptionsInfo, Range, RtInfo } from '../../../kernel/index.ts';
import { formatAddress, parseHostAddress } from '../addresses.ts';
import { usage } from '../exit.ts';
import { defineMatch } from '../extension.ts';

const IP6: readonly Family[] = ['ip6'];
const not = (invert: boolean): string => (invert ? ' !' : '');
const bang = (invert: boolean): string => (invert ? '!' : '');
const span = ({ min, max }: Range): string => (min === max ? `${min}` : `${min}:${max}`);
const saved = <T>(option: string, asked: Asked<T> | null, text: (value: T) => string): string =>
  asked === null ? '' : `${not(asked.invert)} --${option} ${text(asked.value)}`;
const listedRange = (name: string, asked: Asked<Range> | null): string =>
  asked === null ? '' : ` ${name}${asked.value.min === asked.value.max ? '' : 's'}:${bang(asked.invert)}${span(asked.value)}`;
const listedNumber = (name: string, asked: Asked<number> | null): string => (asked === null ? '' : ` ${name}:${bang(asked.invert)}${asked.value}`);

/** IP6T_OPTS_OPTSNR. */
const OPTIONS_MAX = 16;
function parseOptions(text: string): Ipv6OptionsInfo['options'] {
  const items = text.split(',');
  if (items.length > OPTIONS_MAX) usage('too many ports specified');
  return items.map((item) => {
    const [type = '', length] = item.split(':');
    const number = (part: string, what: string): number => (/^\d+$/.test(part) ? Number(part) & 255 : usage(`invalid option ${what} ${part}`));
    return { type: number(type, 'type'), length: length === undefined ? null : number(length, 'length') };
  });
}
const optionText = (options: Ipv6OptionsInfo['options']): string =>
  options.map(({ type, length }) => (length === null ? `${type}` : `${type}:${length}`)).join(',');
const optionHeader = (kind: Ipv6OptionsInfo['kind']) =>
  defineMatch<Ipv6OptionsInfo>({
    name: kind,
    families: IP6,
    options: [
      { name: `${kind}-len`, id: 'length', type: 'u32', invertible: true },
      { name: `${kind}-opts`, id: 'options', type: 'string' },
    ],
    init: () => ({ kind, length: null, options: [] }),
    parse(info, call) {
      if (call.id === 'length') info.length = { value: call.number, invert: call.invert };
      else info.options = parseOptions(call.argument);
    },
    save: (info) => saved(`${kind}-len`, info.length, (value) => `${value}`) + (info.options.length === 0 ? '' : ` --${kind}-opts ${optionText(info.options)}`),
    list: (info) => ` ${kind}${listedNumber('length', info.length)}${info.options.length === 0 ? '' : ` opts ${optionText(info.options)}`}`,
  });
export const dst = optionHeader('dst');
export const hbh = optionHeader('hbh');

const FRAG_FLAGS = ['reserved', 'first', 'more', 'last'] as const;
const FRAG_OPTIONS = { reserved: 'fragres', first: 'fragfirst', more: 'fragmore', last: 'fraglast' } as const;
export const frag = defineMatch<FragInfo>({
  name: 'frag',
  families: IP6,
  options: [
    { name: 'fragid', id: 'id', type: 'u32-range', invertible: true },
    { name: 'fraglen', id: 'length', type: 'u32', invertible: true },
    { name: 'fragres', id: 'reserved', type: 'none' },
    { name: 'fragfirst', id: 'first', type: 'none' },
    { name: 'fragmore', id: 'more', type: 'none', excludes: ['last'] },
    { name: 'fraglast', id: 'last', type: 'none', excludes: ['more'] },
  ],
  init: () => ({ kind: 'frag', id: null, length: null, reserved: false, first: false, more: false, last: false }),
  parse(info, call) {
    if (call.id === 'id') info.id = { value: call.range, invert: call.invert };
    else if (call.id === 'length') info.length = { value: call.number, invert: call.invert };
    else info[call.id as (typeof FRAG_FLAGS)[number]] = true;
  },
  save: (info) =>
    saved('fragid', info.id, span) +
    saved('fraglen', info.length, (value) => `${value}`) +
    FRAG_FLAGS.filter((flag) => info[flag])
      .map((flag) => ` --${FRAG_OPTIONS[flag]}`)
      .join(''),
  list(info) {
    const flags = FRAG_FLAGS.filter((flag) => info[flag]).map((flag) => ` ${flag}`);
    return ` frag${info.id === null ? ' ' : listedRange('id', info.id)}${listedNumber('length', info.length)}${flags.join('')}`;
  },
});

const HEADERS: readonly (readonly [saved: string, short: string, bit: number])[] = [
  ['hop-by-hop', 'hop', 128],
  ['ipv6-opts', 'dst', 64],
  ['ipv6-route', 'route', 32],
  ['ipv6-frag', 'frag', 16],
  ['ah', 'auth', 8],
  ['esp', 'esp', 4],
  ['ipv6-nonxt', 'none', 2],
  ['protocol', 'prot', 1],
];
const headerNames = (headers: number): string =>
  HEADERS.filter(([, , bit]) => (headers & bit) !== 0)
    .map(([name]) => name)
    .join(',');
export const ipv6header = defineMatch<Ipv6HeaderInfo>({
  name: 'ipv6header',
  families: IP6,
  options: [
    { name: 'header', id: 'header', type: 'string', mandatory: true, invertible: true },
    { name: 'soft', id: 'soft', type: 'none' },
  ],
  init: () => ({ kind: 'ipv6header', headers: 0, soft: false, invert: false }),
  parse(info, call) {
    if (call.id === 'soft') {
      info.soft = true;
      return;
    }
    for (const name of call.argument.split(',')) {
      const found = HEADERS.find(([long, short]) => long === name || short === name) ?? usage(`unknown header \`${name}' specified`);
      info.headers |= found[2];
    }
    info.invert = call.invert;
  },
  save: ({ headers, soft, invert }) => `${not(invert)} --header ${headerNames(headers)}${soft ? ' --soft' : ''}`,
  list({ headers, soft, invert }, { numeric }) {
    const shown = numeric ? `0x${headers.toString(16).toUpperCase().padStart(2, '0')}` : headerNames(headers);
    return ` ipv6header flags:${bang(invert)}${shown}${soft ? ' soft' : ''}`;
  },
});

export const eui64 = defineMatch<Eui64Info>({
  name: 'eui64',
  families: IP6,
  options: [],
  init: () => ({ kind: 'eui64' }),
  parse: () => undefined,
  save: () => '',
  list: () => '',
});

const addressesText = (info: RtInfo): string => info.addresses.map((address) => formatAddress(address as Address)).join(',');
export const rt = defineMatch<RtInfo>({
  name: 'rt',
  families: IP6,
  options: [
    { name: 'rt-type', id: 'type', type: 'u32', invertible: true },
    { name: 'rt-segsleft', id: 'segments', type: 'u32-range', invertible: true },
    { name: 'rt-len', id: 'length', type: 'u32', invertible: true },
    { name: 'rt-0-res', id: 'reserved', type: 'none' },
    { name: 'rt-0-addrs', id: 'addresses', type: 'string' },
    { name: 'rt-0-not-strict', id: 'loose', type: 'none' },
  ],
  init: () => ({ kind: 'rt', type: null, segments: null, length: null, reserved: false, addresses: [], strict: true }),
  parse(info, call) {
    const { id, invert, name } = call;
    if (id === 'type' || id === 'length') info[id] = { value: call.number, invert };
    else if (id === 'segments') info.segments = { value: call.range, invert };
    else {
      if (info.type === null || info.type.value !== 0 || info.type.invert) usage(`\`--rt-type 0' required before \`--${name}'`);
      if (id === 'reserved') info.reserved = true;
      else if (id === 'addresses') {
        info.addresses = call.argument.split(',').map((text) => String(parseHostAddress(text, 'ip6') ?? usage(`error parsing address "${text}"`)));
      } else {
        if (info.addresses.length === 0) usage("`--rt-0-addr ...' required before `--rt-0-not-strict'");
        info.strict = false;
      }
    }
  },
  save(info) {
    const addresses = info.addresses.length === 0 ? '' : ` --rt-0-addrs ${addressesText(info)}${info.strict ? '' : ' --rt-0-not-strict'}`;
    const text =
      saved('rt-type', info.type, (value) => `${value}`) + saved('rt-segsleft', info.segments, span) + saved('rt-len', info.length, (value) => `${value}`);
    return `${text}${info.reserved ? ' --rt-0-res' : ''}${addresses}`;
  },
  list(info) {
    const addresses = info.addresses.length === 0 ? '' : ` 0-addrs ${addressesText(info)}${info.strict ? '' : ' 0-not-strict'}`;
    const text = `${listedNumber('type', info.type)}${listedRange('segsleft', info.segments)}${listedNumber('length', info.length)}`;
    return ` rt${text}${info.reserved ? ' reserved' : ''}${addresses}`;
  },
});
