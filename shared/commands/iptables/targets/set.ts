/** `-j SET`: puts what a packet says into an ipset, or takes it out (libxt_SET). */
import type { SetTarget } from '../../../kernel/index.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { usage } from '../exit.ts';
import { parseReference, referenceText } from '../matches/set.ts';
import { parseWithin } from '../numbers.ts';

function dump(info: SetTarget, prefix: string): string {
  let text = info.add ? ` ${prefix}add-set ${referenceText(info.add)}` : '';
  if (info.exist) text += ` ${prefix}exist`;
  if (info.timeoutS !== null) text += ` ${prefix}timeout ${info.timeoutS}`;
  if (info.delete) text += ` ${prefix}del-set ${referenceText(info.delete)}`;
  if (info.map === null) return text;
  return `${text} ${prefix}map-set ${referenceText(info.map)}${MAPPED.filter((what) => info.mapped.includes(what))
    .map((what) => ` ${prefix}map-${what}`)
    .join('')}`;
}
const MAPPED = ['mark', 'prio', 'queue'] as const;

export const set = defineTarget<SetTarget>({
  name: 'SET',
  families: BOTH,
  byHand: true,
  options: [
    { name: 'add-set', id: 'add', type: 'string' },
    { name: 'del-set', id: 'delete', type: 'string' },
    { name: 'exist', id: 'exist', type: 'none' },
    { name: 'timeout', id: 'timeout', type: 'string' },
    { name: 'map-set', id: 'map', type: 'string' },
    { name: 'map-mark', id: 'mark', type: 'none' },
    { name: 'map-prio', id: 'prio', type: 'none' },
    { name: 'map-queue', id: 'queue', type: 'none' },
  ],
  init: () => ({ kind: 'SET', add: null, delete: null, exist: false, timeoutS: null, map: null, mapped: [] }),
  parse(info, call, context, seen) {
    seen.add(call.id);
    switch (call.id) {
      case 'add':
      case 'delete':
      case 'map':
        if (info[call.id]) usage(`--${call.name} can be specified only once`);
        info[call.id] = parseReference(call.name, call.argument, context);
        return;
      case 'exist':
        info.exist = true;
        return;
      case 'mark':
      case 'prio':
      case 'queue':
        info.mapped = [...info.mapped, call.id];
        return;
      case 'timeout':
        info.timeoutS = parseWithin(call.argument, 0, 0xfffffffe) ?? usage('Invalid value for option --timeout or out of range 0-4294967294');
    }
  },
  check(_info, seen) {
    if (!seen.has('add') && !seen.has('delete') && !seen.has('map')) usage("You must specify either `--add-set' or `--del-set' or `--map-set'");
    if (seen.has('map') && !MAPPED.some((what) => seen.has(what))) usage("You must specify flags `--map-mark' or '--map-prio` or `--map-queue'");
    if (seen.has('add')) return;
    if (seen.has('exist')) usage("Flag `--exist' can be used with `--add-set' only");
    if (seen.has('timeout')) usage("Option `--timeout' can be used with `--add-set' only");
  },
  save: (info) => dump(info, '--'),
  list: (info) => dump(info, ''),
});
