/** `-m conntrack`, and its older form `-m state` (libxt_conntrack). */
import type { Asked, ConntrackInfo, CtState, CtStatus, MaskedAddress, Range } from '../../../kernel/index.ts';
import { isAny, listAddress } from '../addresses.ts';
import { BOTH, defineMatch, type ListContext } from '../extension.ts';
import { usage } from '../exit.ts';

/** In the order that they are printed. */
const STATES: readonly CtState[] = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'];
/** In the order that abbreviations are looked up. */
const LOOKUP: readonly CtState[] = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT'];
const STATUSES: readonly CtStatus[] = ['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'];

/** A comma list of names or beginnings of them; the message quotes what is left when one is wrong. */
function parseNames<N extends string>(text: string, names: readonly N[], what: string): N[] {
  const found = new Set<N>();
  for (let rest = text; ;) {
    const comma = rest.indexOf(',');
    const word = comma < 0 ? rest : rest.slice(0, comma);
    const name = word === '' ? undefined : names.find((each) => each.startsWith(word.toUpperCase()));
    if (name === undefined) return usage(`Bad ${what} "${rest}"`);
    found.add(name);
    if (comma < 0) break;
    rest = rest.slice(comma + 1);
  }
  return [...found];
}
const inOrder = <N extends string>(wanted: readonly N[], order: readonly N[]): N[] => order.filter((name) => wanted.includes(name));

function dump(info: ConntrackInfo, prefix: string, context: ListContext): string {
  const not = (asked: Asked<unknown>): string => (asked.invert ? ' !' : '');
  const address = (name: string, asked: Asked<MaskedAddress> | undefined): string => {
    if (!asked) return '';
    const { value } = asked;
    return `${not(asked)} ${prefix}${name} ${!context.numeric && isAny(value.address) ? 'anywhere' : listAddress(value, context.numeric)}`;
  };
  const span = (range: Range): string => (range.min === range.max ? `${range.min}` : `${range.min}:${range.max}`);
  const ports = (name: string, asked: Asked<Range> | undefined): string => (asked ? `${not(asked)} ${prefix}${name} ${span(asked.value)}` : '');
  let text = '';
  if (info.states) text += `${not(info.states)} ${prefix}${info.isStateAlias ? 'state' : 'ctstate'} ${inOrder(info.states.value, STATES).join(',')}`;
  if (info.protocol) text += `${not(info.protocol)} ${prefix}ctproto ${info.protocol.value}`;
  text += address('ctorigsrc', info.originalSource) + address('ctorigdst', info.originalDestination);
  text += address('ctreplsrc', info.replySource) + address('ctrepldst', info.replyDestination);
  text += ports('ctorigsrcport', info.originalSourcePort) + ports('ctorigdstport', info.originalDestinationPort);
  text += ports('ctreplsrcport', info.replySourcePort) + ports('ctrepldstport', info.replyDestinationPort);
  if (info.statuses) text += `${not(info.statuses)} ${prefix}ctstatus ${inOrder(info.statuses.value, STATUSES).join(',') || 'NONE'}`;
  if (info.expiresS) text += `${not(info.expiresS)} ${prefix}ctexpire ${span(info.expiresS.value)}`;
  if (info.direction) text += ` ${prefix}ctdir ${info.direction}`;
  return text;
}

export const conntrack = defineMatch<ConntrackInfo>({
  name: 'conntrack',
  families: BOTH,
  options: [
    { name: 'ctstate', id: 'state', type: 'string', invertible: true },
    { name: 'ctproto', id: 'protocol', type: 'protocol', invertible: true },
    { name: 'ctorigsrc', id: 'originalSource', type: 'host-mask', invertible: true },
    { name: 'ctorigdst', id: 'originalDestination', type: 'host-mask', invertible: true },
    { name: 'ctreplsrc', id: 'replySource', type: 'host-mask', invertible: true },
    { name: 'ctrepldst', id: 'replyDestination', type: 'host-mask', invertible: true },
    { name: 'ctstatus', id: 'status', type: 'string', invertible: true },
    { name: 'ctexpire', id: 'expire', type: 'u32-range', invertible: true },
    { name: 'ctorigsrcport', id: 'originalSourcePort', type: 'port-range', invertible: true },
    { name: 'ctorigdstport', id: 'originalDestinationPort', type: 'port-range', invertible: true },
    { name: 'ctreplsrcport', id: 'replySourcePort', type: 'port-range', invertible: true },
    { name: 'ctrepldstport', id: 'replyDestinationPort', type: 'port-range', invertible: true },
    { name: 'ctdir', id: 'direction', type: 'string' },
  ],
  init: () => ({ kind: 'conntrack', isStateAlias: false }),
  parse(info, call) {
    const { invert } = call;
    switch (call.id) {
      case 'state':
        info.states = { value: parseNames(call.argument, LOOKUP, 'ctstate'), invert };
        return;
      case 'protocol':
        info.protocol = { value: call.number, invert };
        return;
      case 'originalSource':
      case 'originalDestination':
      case 'replySource':
      case 'replyDestination':
        info[call.id] = { value: call.address, invert };
        return;
      case 'originalSourcePort':
      case 'originalDestinationPort':
      case 'replySourcePort':
      case 'replyDestinationPort':
        info[call.id] = { value: call.range, invert };
        return;
      case 'status': {
        const names = parseNames(call.argument, ['NONE', ...STATUSES], 'ctstatus');
        info.statuses = { value: STATUSES.filter((name) => names.includes(name)), invert };
        return;
      }
      case 'expire':
        info.expiresS = { value: call.range, invert };
        return;
      case 'direction': {
        const direction = call.argument.toUpperCase();
        if (direction !== 'ORIGINAL' && direction !== 'REPLY') return usage(`conntrack: Bad value for "--ctdir" option: "${call.argument}"`);
        info.direction = direction;
      }
    }
  },
  check(_info, seen) {
    if (seen.size === 0) usage('conntrack: At least one option is required');
  },
  alias: (info) => (info.isStateAlias ? 'state' : 'conntrack'),
  save: (info, context) => dump(info, '--', { ...context, numeric: true }),
  list: (info, context) => dump(info, '', context),
});

export const state = defineMatch<ConntrackInfo>({
  name: 'state',
  families: BOTH,
  options: [{ name: 'state', id: 'state', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'conntrack', isStateAlias: true }),
  parse(info, call) {
    if (call.argument === '' || call.argument.endsWith(',')) usage('"--state" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED');
    info.states = { value: parseNames(call.argument, LOOKUP.slice(0, 5), 'state'), invert: call.invert };
  },
  alias: () => 'state',
  save: (info, context) => dump(info, '--', { ...context, numeric: true }),
  list: (info, context) => dump(info, '', context),
});
