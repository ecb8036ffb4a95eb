/** `-j CT`, and its older form `-j NOTRACK` (libxt_CT). */
import type { CtTarget } from '../../../kernel/index.ts';
import { BOTH, defineTarget } from '../extension.ts';
import { usage } from '../exit.ts';
import { parseWithin } from '../numbers.ts';

const CT_EVENTS = ['new', 'related', 'destroy', 'reply', 'assured', 'protoinfo', 'helper', 'mark', 'natseqinfo', 'secmark'];
const EXP_EVENTS = ['new'];

function parseEvents(text: string, known: readonly string[]): string[] {
  const wanted = text.split(',');
  for (const name of wanted) if (!known.includes(name)) usage(`Unknown event type "${name}"`);
  return known.filter((name) => wanted.includes(name));
}
const blank = (isNotrackAlias: boolean): CtTarget => ({
  kind: 'CT',
  isNotrackAlias,
  notrack: isNotrackAlias,
  helper: '',
  timeout: '',
  ctEvents: [],
  expEvents: [],
  zone: null,
});
function dump(info: CtTarget, prefix: string): string {
  let text = info.notrack ? ` ${prefix}notrack` : '';
  if (info.helper !== '') text += ` ${prefix}helper ${info.helper}`;
  if (info.timeout !== '') text += ` ${prefix}timeout ${info.timeout}`;
  if (info.ctEvents.length > 0) text += ` ${prefix}ctevents ${info.ctEvents.join(',')}`;
  if (info.expEvents.length > 0) text += ` ${prefix}expevents ${info.expEvents.join(',')}`;
  if (info.zone && info.zone.id !== 0) text += ` ${prefix}zone${info.zone.direction === 'both' ? '' : `-${info.zone.direction}`} ${info.zone.id}`;
  return text;
}

export const ct = defineTarget<CtTarget>({
  name: 'CT',
  families: BOTH,
  options: [
    { name: 'notrack', id: 'notrack', type: 'none' },
    { name: 'helper', id: 'helper', type: 'string' },
    { name: 'timeout', id: 'timeout', type: 'string' },
    { name: 'ctevents', id: 'ctevents', type: 'string' },
    { name: 'expevents', id: 'expevents', type: 'string' },
    { name: 'zone-orig', id: 'orig', type: 'string' },
    { name: 'zone-reply', id: 'reply', type: 'string' },
    { name: 'zone', id: 'both', type: 'string' },
  ],
  init: () => blank(false),
  parse(info, call) {
    switch (call.id) {
      case 'notrack':
        info.notrack = true;
        return;
      case 'helper':
      case 'timeout':
        info[call.id] = call.argument;
        return;
      case 'ctevents':
        info.ctEvents = parseEvents(call.argument, CT_EVENTS);
        return;
      case 'expevents':
        info.expEvents = parseEvents(call.argument, EXP_EVENTS);
        return;
    }
    const isMark = call.argument.toLowerCase() === 'mark';
    const id = isMark ? 'mark' : (parseWithin(call.argument, 0, 65535) ?? usage(`Cannot parse ${call.argument} as a zone ID`));
    // a direction that was named once stays named; both named is the same as none
    const before = info.zone?.direction ?? 'both';
    const named = call.id as 'both' | 'orig' | 'reply';
    info.zone = { direction: named === 'both' ? before : before === 'both' || before === named ? named : 'both', id };
  },
  alias: (info) => (info.isNotrackAlias ? 'NOTRACK' : 'CT'),
  save: (info) => (info.isNotrackAlias ? '' : dump(info, '--')),
  list: (info) => (info.isNotrackAlias ? ' NOTRACK' : ` CT${dump(info, '')}`),
});

export const notrack = defineTarget<CtTarget>({
  name: 'NOTRACK',
  families: BOTH,
  options: [],
  init: () => blank(true),
  parse: () => undefined,
  alias: () => 'NOTRACK',
  save: () => '',
  list: () => ' NOTRACK',
});
