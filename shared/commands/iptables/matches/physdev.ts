/** `-m physdev`: the ports of a bridge that a bridged packet came by and leaves by (libxt_physdev). */
import type { PhysdevInfo } from '../../../kernel/index.ts';
import { parseInterface } from '../addresses.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';

function dump(info: PhysdevInfo): string {
  const item = (asked: { readonly invert: boolean } | undefined, words: string): string => (asked ? `${asked.invert ? ' !' : ''} --physdev-${words}` : '');
  return (
    item(info.isIn, 'is-in') +
    item(info.in, `in ${info.in?.value}`) +
    item(info.isOut, 'is-out') +
    item(info.out, `out ${info.out?.value}`) +
    item(info.isBridged, 'is-bridged')
  );
}

export const physdev = defineMatch<PhysdevInfo>({
  name: 'physdev',
  families: BOTH,
  options: [
    { name: 'physdev-in', id: 'in', type: 'string', invertible: true },
    { name: 'physdev-out', id: 'out', type: 'string', invertible: true },
    { name: 'physdev-is-in', id: 'isIn', type: 'none', invertible: true },
    { name: 'physdev-is-out', id: 'isOut', type: 'none', invertible: true },
    { name: 'physdev-is-bridged', id: 'isBridged', type: 'none', invertible: true },
  ],
  init: () => ({ kind: 'physdev' }),
  parse(info, call, context) {
    const { invert } = call;
    if (call.id === 'in' || call.id === 'out') info[call.id] = { value: parseInterface(call.argument, context.warn), invert };
    else info[call.id as 'isIn' | 'isOut' | 'isBridged'] = { value: true, invert };
  },
  check(_info, seen) {
    if (seen.size === 0) usage('PHYSDEV: no physdev option specified');
  },
  save: (info) => dump(info),
  list: (info) => ' PHYSDEV match' + dump(info),
});
