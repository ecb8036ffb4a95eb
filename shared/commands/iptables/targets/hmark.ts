/** `-j HMARK`: a mark from a hash of addresses and ports (libxt_HMARK). */
import type { HmarkTarget } from '../../../kernel/index.ts';
import { ipv4Mask, ipv4MaskLength } from '../../../wire/index.ts';
import { fullMask } from '../addresses.ts';
import { usage } from '../exit.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { hex, hex2 } from '../numbers.ts';

/** Which options were given, as listings ask. */
const given = new WeakMap<HmarkTarget, Set<string>>();
const flagsOf = (info: HmarkTarget): Set<string> => {
  let flags = given.get(info);
  if (!flags) given.set(info, (flags = new Set()));
  return flags;
};
const TUPLES: readonly (readonly [string, string])[] = [
  ['src', 'source'],
  ['dst', 'destination'],
  ['sport', 'sourcePortMask'],
  ['dport', 'destinationPortMask'],
  ['spi', 'spiMask'],
  ['proto', 'protocolMask'],
  ['ct', 'conntrack'],
];
type NumberField = 'sourcePortMask' | 'destinationPortMask' | 'sourcePortSet' | 'destinationPortSet' | 'spiMask' | 'spiSet' | 'protocolMask';
const lengthOf = (mask: HmarkTarget['sourceMask']): number =>
  typeof mask === 'number'
    ? (ipv4MaskLength(mask) ?? 32)
    : [...mask].reduce((sum, digit) => sum + [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4][parseInt(digit, 16)]!, 0);
function maskOf(length: number, whole: HmarkTarget['sourceMask']): HmarkTarget['sourceMask'] {
  if (typeof whole === 'number') return ipv4Mask(length);
  return 'f'
    .repeat(length >> 2)
    .padEnd(Math.ceil(length / 4), ((0xf0 >> (length & 3)) & 15).toString(16))
    .padEnd(32, '0');
}

/** Options in the order in which they are shown: name in saved rules, name in listings, value. */
function parts(info: HmarkTarget): readonly (readonly [string, string])[] {
  const flags = flagsOf(info);
  const hex4 = (value: number): string => `0x${hex(value).padStart(4, '0')}`;
  const all: readonly (readonly [string, string, string])[] = [
    ['source', 'src-prefix', `${lengthOf(info.sourceMask)}`],
    ['destination', 'dst-prefix', `${lengthOf(info.destinationMask)}`],
    ['sourcePortMask', 'sport-mask', hex4(info.sourcePortMask)],
    ['destinationPortMask', 'dport-mask', hex4(info.destinationPortMask)],
    ['spiMask', 'spi-mask', `0x${hex(info.spiMask).padStart(8, '0')}`],
    ['sourcePortSet', 'sport', hex4(info.sourcePortSet)],
    ['destinationPortSet', 'dport', hex4(info.destinationPortSet)],
    ['spiSet', 'spi', `0x${hex(info.spiSet).padStart(8, '0')}`],
    ['protocolMask', 'proto-mask', `0x${hex2(info.protocolMask)}`],
  ];
  return all.filter(([id]) => flags.has(id)).map(([, name, value]) => [name, value]);
}

export const hmark = defineTarget<HmarkTarget>({
  name: 'HMARK',
  families: BOTH,
  options: [
    { name: 'hmark-tuple', id: 'tuple', type: 'string' },
    { name: 'hmark-src-prefix', id: 'source', type: 'u32', max: 128 },
    { name: 'hmark-dst-prefix', id: 'destination', type: 'u32', max: 128 },
    { name: 'hmark-sport-mask', id: 'sourcePortMask', type: 'u16' },
    { name: 'hmark-dport-mask', id: 'destinationPortMask', type: 'u16' },
    { name: 'hmark-spi-mask', id: 'spiMask', type: 'u32' },
    { name: 'hmark-sport', id: 'sourcePortSet', type: 'u16' },
    { name: 'hmark-dport', id: 'destinationPortSet', type: 'u16' },
    { name: 'hmark-spi', id: 'spiSet', type: 'u32' },
    { name: 'hmark-proto-mask', id: 'protocolMask', type: 'u16' },
    { name: 'hmark-rnd', id: 'random', type: 'u32' },
    { name: 'hmark-mod', id: 'modulus', type: 'u32', min: 1 },
    { name: 'hmark-offset', id: 'offset', type: 'u32' },
  ],
  init: (family) => ({
    kind: 'HMARK',
    modulus: 0,
    offset: 0,
    random: 0,
    sourceMask: fullMask(family),
    destinationMask: fullMask(family),
    sourcePortMask: 0,
    destinationPortMask: 0,
    sourcePortSet: 0,
    destinationPortSet: 0,
    spiMask: 0,
    spiSet: 0,
    protocolMask: 0,
    conntrack: false,
  }),
  parse(info, { id, argument, number, family }) {
    const flags = flagsOf(info);
    if (id === 'tuple') {
      for (const name of argument.split(',')) {
        const found = TUPLES.find((each) => each[0] === name)?.[1];
        if (!found) return usage(`Bad type "${name}"`);
        flags.add(found);
        if (found === 'conntrack') info.conntrack = true;
        else if (found === 'spiMask') info.spiMask = 0xffffffff;
        else if (found.endsWith('Mask')) info[found as 'sourcePortMask'] = found === 'protocolMask' ? 0xff : 0xffff;
      }
      return;
    }
    flags.add(id);
    if (id === 'source') info.sourceMask = maskOf(number, fullMask(family));
    else if (id === 'destination') info.destinationMask = maskOf(number, fullMask(family));
    else info[id as NumberField | 'random' | 'modulus' | 'offset'] = number;
  },
  check(info) {
    const flags = flagsOf(info);
    if (!flags.has('modulus')) usage('--hmark-mod is mandatory');
    if (!flags.has('random')) usage('--hmark-rnd is mandatory');
  },
  save(info) {
    const shown = parts(info)
      .map(([name, value]) => ` --hmark-${name} ${value}`)
      .join('');
    const offset = flagsOf(info).has('offset') ? ` --hmark-offset ${info.offset}` : '';
    return `${shown} --hmark-rnd 0x${hex(info.random).padStart(8, '0')} --hmark-mod ${info.modulus}${offset}${info.conntrack ? ' --hmark-tuple ct' : ''}`;
  },
  list(info) {
    const shown = parts(info)
      .map(([name, value]) => `${name} ${value.replace(/^0x0*(?=.)/, '0x')} `)
      .join('');
    const offset = flagsOf(info).has('offset') ? `+ 0x${hex(info.offset)} ` : '';
    return ` HMARK mod ${info.modulus} ${offset}${info.conntrack ? 'ct, ' : ''}${shown}rnd 0x${hex(info.random)} `;
  },
});
