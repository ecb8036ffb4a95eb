/** `-m iprange` (libxt_iprange). */
import type { Address, Family, IprangeInfo } from '../../../kernel/index.ts';
import { formatAddress, parseHostAddress } from '../addresses.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';

type Span = { min: Address; max: Address };

function parseRange(text: string, option: string, family: Family, warn: (line: string) => void): Span {
  const dash = text.indexOf('-');
  const low = dash < 0 ? text : text.slice(0, dash);
  const high = dash < 0 ? text : text.slice(dash + 1);
  const address = (each: string): Address => parseHostAddress(each, family) ?? usage(`iprange: Bad value for "--${option}" option: "${each}"`);
  const range = { min: address(low), max: address(high) };
  if (formatOrder(range.min) > formatOrder(range.max)) warn(`xt_iprange: range ${low}-${high} is reversed and will never match\n`);
  return range;
}
const formatOrder = (address: Address): string => (typeof address === 'number' ? (address >>> 0).toString(16).padStart(8, '0') : address);
const span = (range: Span): string => `${formatAddress(range.min)}-${formatAddress(range.max)}`;

export const iprange = defineMatch<IprangeInfo>({
  name: 'iprange',
  families: BOTH,
  options: [
    { name: 'src-range', id: 'source', type: 'string', invertible: true },
    { name: 'dst-range', id: 'destination', type: 'string', invertible: true },
  ],
  init: () => ({ kind: 'iprange' }),
  parse(info, call, context) {
    info[call.id as 'source' | 'destination'] = { value: parseRange(call.argument, call.name, context.family, context.warn), invert: call.invert };
  },
  check(_info, seen) {
    if (seen.size === 0) usage("iprange match: You must specify `--src-range' or `--dst-range'");
  },
  save(info) {
    const side = (asked: IprangeInfo['source'], option: string): string => (asked ? `${asked.invert ? ' !' : ''} --${option} ${span(asked.value)}` : '');
    return side(info.source, 'src-range') + side(info.destination, 'dst-range');
  },
  list(info) {
    const side = (asked: IprangeInfo['source'], word: string): string => (asked ? ` ${word} IP range${asked.invert ? ' !' : ''} ${span(asked.value)}` : '');
    return side(info.source, 'source') + side(info.destination, 'destination');
  },
});
