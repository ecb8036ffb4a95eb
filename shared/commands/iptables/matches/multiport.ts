/** `-m multiport`: up to fifteen ports, a range counting as two (libxt_multiport). */
import type { MultiportInfo, Range } from '../../../kernel/index.ts';
import { serviceOfPort } from '../../names/services.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';
import { parsePort } from '../numbers.ts';

const PROTOCOLS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 136: 'udplite', 132: 'sctp', 33: 'dccp' };
const LIMIT = 15;

function parsePorts(text: string, protocol: string): Range[] {
  const ports: Range[] = [];
  let places = 0;
  for (const part of text.split(',')) {
    if (places >= LIMIT) usage('too many ports specified');
    const colon = part.indexOf(':');
    if (colon < 0) {
      const port = parsePort(part, protocol);
      ports.push({ min: port, max: port });
      places += 1;
      continue;
    }
    if (places === LIMIT - 1) usage('too many ports specified');
    const range = { min: parsePort(part.slice(0, colon), protocol), max: parsePort(part.slice(colon + 1), protocol) };
    if (range.min >= range.max) usage('invalid portrange specified');
    ports.push(range);
    places += 2;
  }
  return ports;
}
const OPTION = { source: 'sports', destination: 'dports', either: 'ports' } as const;
const any = ['source', 'destination', 'either'];

export const multiport = defineMatch<MultiportInfo>({
  name: 'multiport',
  families: BOTH,
  options: [
    { name: 'source-ports', id: 'source', type: 'string', invertible: true, excludes: any },
    { name: 'sports', id: 'source', type: 'string', invertible: true, excludes: any },
    { name: 'destination-ports', id: 'destination', type: 'string', invertible: true, excludes: any },
    { name: 'dports', id: 'destination', type: 'string', invertible: true, excludes: any },
    { name: 'ports', id: 'either', type: 'string', invertible: true, excludes: any },
  ],
  init: () => ({ kind: 'multiport', side: 'either', ports: [], invert: false }),
  parse(info, call, context) {
    const only = 'multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP';
    if (context.selector.invertProtocol) usage(only);
    const protocol = PROTOCOLS[context.selector.protocol];
    if (protocol === undefined) {
      return usage(context.selector.protocol === 0 ? "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'" : only);
    }
    info.ports = parsePorts(call.argument, protocol);
    info.side = call.id as MultiportInfo['side'];
    if (call.invert) info.invert = true;
  },
  check(_info, seen) {
    if (seen.size === 0) usage('multiport expection an option');
  },
  save: (info) =>
    `${info.invert ? ' !' : ''} --${OPTION[info.side]} ${info.ports.map((range) => (range.min === range.max ? range.min : `${range.min}:${range.max}`)).join(',')}`,
  list(info, context) {
    const protocol = PROTOCOLS[context.protocol];
    const port = (number: number): string => (context.numeric || protocol === undefined ? undefined : serviceOfPort(number, protocol)) ?? `${number}`;
    const ports = info.ports.map((range) => (range.min === range.max ? port(range.min) : `${port(range.min)}:${port(range.max)}`));
    return ` multiport ${OPTION[info.side]} ${info.invert ? ' !' : ''}${ports.join(',')}`;
  },
});
