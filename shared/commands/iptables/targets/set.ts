/** `-j SET`: puts what a packet says into an ipset, or takes it out (libxt_SET). Deviation: `--map-set` is not modelled. */
import type { SetTarget } from '../../../kernel/index.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { usage } from '../exit.ts';
import { parseReference, referenceText } from '../matches/set.ts';
import { parseWithin } from '../numbers.ts';

function dump(info: SetTarget, prefix: string): string {
  let text = info.add ? ` ${prefix}add-set ${referenceText(info.add)}` : '';
  if (info.exist) text += ` ${prefix}exist`;
  if (info.timeoutS !== null) text += ` ${prefix}timeout ${info.timeoutS}`;
  return info.delete ? `${text} ${prefix}del-set ${referenceText(info.delete)}` : text;
}

export const set = defineTarget<SetTarget>({
  name: 'SET',
  families: BOTH,
  byHand: true,
  options: [
    { name: 'add-set', id: 'add', type: 'string' },
    { name: 'del-set', id: 'delete', type: 'string' },
    { name: 'exist', id: 'exist', type: 'none' },
    { name: 'timeout', id: 'timeout', type: 'string' },
  ],
  init: () => ({ kind: 'SET', add: null, delete: null, exist: false, timeoutS: null }),
  parse(info, call, context, seen) {
    seen.add(call.id);
    switch (call.id) {
      case 'add':
      case 'delete':
        if (info[call.id]) usage(`--${call.name} can be specified only once`);
        info[call.id] = parseReference(call.name, call.argument, context);
        return;
      case 'exist':
        info.exist = true;
        return;
      case 'timeout':
        info.timeoutS = parseWithin(call.argument, 0, 0xfffffffe) ?? usage('Invalid value for option --timeout or out of range 0-4294967294');
    }
  },
  check(_info, seen) {
    if (!seen.has('add') && !seen.has('delete')) usage("You must specify either `--add-set' or `--del-set' or `--map-set'");
    if (seen.has('add')) return;
    if (seen.has('exist')) usage("Flag `--exist' can be used with `--add-set' only");
    if (seen.has('timeout')) usage("Option `--timeout' can be used with `--add-set' only");
  },
  save: (info) => dump(info, '--'),
  list: (info) => dump(info, ''),
});
