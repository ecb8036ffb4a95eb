/** `-m connlimit`, `-m quota`, `-m cpu` (libxt_connlimit, libxt_quota, libxt_cpu). */
import type { ConnlimitInfo, CpuInfo, QuotaInfo } from '../../../kernel/index.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';

export const connlimit = defineMatch<ConnlimitInfo>({
  name: 'connlimit',
  families: BOTH,
  options: [
    { name: 'connlimit-upto', id: 'upto', type: 'u32', invertible: true, excludes: ['above'] },
    { name: 'connlimit-above', id: 'above', type: 'u32', invertible: true, excludes: ['upto'] },
    { name: 'connlimit-mask', id: 'mask', type: 'u32', max: 128 },
    { name: 'connlimit-saddr', id: 'saddr', type: 'none' },
    { name: 'connlimit-daddr', id: 'daddr', type: 'none' },
  ],
  init: (family) => ({ kind: 'connlimit', limit: 0, upto: false, length: family === 'ip' ? 32 : 128, side: 'source' }),
  parse(info, call) {
    switch (call.id) {
      case 'upto':
      case 'above':
        info.limit = call.number;
        info.upto = (call.id === 'upto') !== call.invert;
        return;
      case 'mask':
        info.length = Math.min(call.number, call.family === 'ip' ? 32 : 128);
        return;
      case 'daddr':
        info.side = 'destination';
    }
  },
  check(_info, seen) {
    if (!seen.has('upto') && !seen.has('above')) usage('You must specify "--connlimit-above" or "--connlimit-upto".');
  },
  save: ({ upto, limit, length, side }) =>
    ` --connlimit-${upto ? 'upto' : 'above'} ${limit} --connlimit-mask ${length} --connlimit-${side === 'source' ? 's' : 'd'}addr`,
  list: ({ upto, limit, length, side }) => ` #conn ${side === 'source' ? 'src' : 'dst'}/${length} ${upto ? '<=' : '>'} ${limit}`,
});

export const quota = defineMatch<QuotaInfo>({
  name: 'quota',
  families: BOTH,
  options: [{ name: 'quota', id: 'quota', type: 'u64', mandatory: true, invertible: true }],
  init: () => ({ kind: 'quota', quota: 0, invert: false }),
  parse(info, call) {
    info.quota = call.number;
    info.invert = call.invert;
  },
  save: ({ quota: bytes, invert }) => `${invert ? ' !' : ''} --quota ${bytes}`,
  list: ({ quota: bytes }) => ` quota: ${bytes} bytes`,
});

export const cpu = defineMatch<CpuInfo>({
  name: 'cpu',
  families: BOTH,
  options: [{ name: 'cpu', id: 'cpu', type: 'u32', mandatory: true, invertible: true }],
  init: () => ({ kind: 'cpu', cpu: 0, invert: false }),
  parse(info, call) {
    info.cpu = call.number;
    info.invert = call.invert;
  },
  save: ({ cpu: number, invert }) => `${invert ? ' !' : ''} --cpu ${number}`,
  list: ({ cpu: number, invert }) => ` cpu ${invert ? '! ' : ''}${number}`,
});
