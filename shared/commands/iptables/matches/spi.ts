/** `-m ah`, `-m esp`, `-m ipcomp`: parameter indexes (libipt_ah, libip6t_ah, libxt_esp, libxt_ipcomp). */
import type { Family, Range, SpiInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';

const ALL = 0xffffffff;
const span = ({ min, max }: Range): string => (min === max ? `${min}` : `${min}:${max}`);
const isWhole = ({ min, max }: Range): boolean => min === 0 && max === ALL;
const blank = (kind: SpiInfo['kind'], spi: Range): SpiInfo => ({ kind, spi, invert: false, reserved: false, length: null });

/** `spi:500`, `spis:!0:10`, with a space before it; nothing for a whole range. */
const listed = ({ spi, invert }: SpiInfo, isShown: boolean): string =>
  isShown ? ` spi${spi.min === spi.max ? '' : 's'}:${invert ? '!' : ''}${span(spi)}` : '';
const saved = ({ spi, invert }: SpiInfo, option: string): string => (isWhole(spi) ? '' : `${invert ? ' !' : ''} --${option} ${span(spi)}`);

const authentication = (family: Family) =>
  defineMatch<SpiInfo>({
    name: 'ah',
    families: [family],
    options: [
      { name: 'ahspi', id: 'spi', type: 'u32-range', invertible: true },
      ...(family === 'ip'
        ? []
        : ([
            { name: 'ahlen', id: 'length', type: 'u32', invertible: true },
            { name: 'ahres', id: 'reserved', type: 'none' },
          ] as const)),
    ],
    init: () => blank('ah', { min: 0, max: ALL }),
    parse(info, call) {
      if (call.id === 'spi') {
        info.spi = call.range;
        info.invert = call.invert;
      } else if (call.id === 'length') info.length = { value: call.number, invert: call.invert };
      else info.reserved = true;
    },
    save(info) {
      const length = info.length === null ? '' : `${info.length.invert ? ' !' : ''} --ahlen ${info.length.value}`;
      return `${saved(info, 'ahspi')}${length}${info.reserved ? ' --ahres' : ''}`;
    },
    list(info) {
      const length = info.length === null ? '' : `length:${info.length.invert ? '!' : ''}${info.length.value}`;
      return ` ah${family === 'ip' ? (isWhole(info.spi) ? ' ' : '') : ''}${listed(info, !isWhole(info.spi))}${length}${info.reserved ? ' reserved' : ''}`;
    },
  });
export const ah = authentication('ip');
export const ah6 = authentication('ip6');

export const esp = defineMatch<SpiInfo>({
  name: 'esp',
  families: BOTH,
  options: [{ name: 'espspi', id: 'spi', type: 'u32-range', invertible: true }],
  init: () => blank('esp', { min: 0, max: ALL }),
  parse(info, call) {
    info.spi = call.range;
    info.invert = call.invert;
  },
  save: (info) => saved(info, 'espspi'),
  list: (info) => ` esp${listed(info, !isWhole(info.spi))}`,
});

export const ipcomp = defineMatch<SpiInfo>({
  name: 'ipcomp',
  families: BOTH,
  options: [
    { name: 'ipcompspi', id: 'spi', type: 'u32-range', invertible: true },
    { name: 'compres', id: 'reserved', type: 'none' },
  ],
  init: () => blank('ipcomp', { min: 0, max: 0 }),
  parse(info, call) {
    if (call.id === 'reserved') info.reserved = true;
    else {
      info.spi = call.range;
      info.invert = call.invert;
    }
  },
  save: (info) => `${saved(info, 'ipcompspi')}${info.reserved ? ' --compres' : ''}`,
  list: (info) => ` comp${listed(info, !isWhole(info.spi))}${info.reserved ? ' reserved' : ''}`,
});
