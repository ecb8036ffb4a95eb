/** `-m rpfilter`: whether an answer would leave where the packet came in (libxt_rpfilter). */
import type { RpfilterInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';

const words = (info: RpfilterInfo, prefix: string): string =>
  [info.loose ? 'loose' : '', info.validMark ? 'validmark' : '', info.acceptLocal ? 'accept-local' : '', info.invert ? 'invert' : '']
    .filter((word) => word !== '')
    .map((word) => ` ${prefix}${word}`)
    .join('');

export const rpfilter = defineMatch<RpfilterInfo>({
  name: 'rpfilter',
  families: BOTH,
  options: [
    { name: 'loose', id: 'loose', type: 'none' },
    { name: 'validmark', id: 'validmark', type: 'none' },
    { name: 'accept-local', id: 'accept-local', type: 'none' },
    { name: 'invert', id: 'invert', type: 'none' },
  ],
  init: () => ({ kind: 'rpfilter', loose: false, validMark: false, acceptLocal: false, invert: false }),
  parse(info, call) {
    if (call.id === 'loose') info.loose = true;
    else if (call.id === 'validmark') info.validMark = true;
    else if (call.id === 'accept-local') info.acceptLocal = true;
    else info.invert = true;
  },
  save: (info) => words(info, '--'),
  list: (info) => ` rpfilter${words(info, '')}`,
});
