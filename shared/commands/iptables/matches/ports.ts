/** `-m tcp` and `-m udp`: ports, flags, options (libxt_tcp, libxt_udp). */
import type { Range, TcpInfo, UdpInfo } from '../../../kernel/index.ts';
import { serviceOfPort } from '../../names/services.ts';
import { BOTH, defineMatch, type ListContext } from '../extension.ts';
import { usage } from '../exit.ts';
import { hex2, parsePort, parseWithin } from '../numbers.ts';

const FLAGS: readonly (readonly [string, number])[] = [
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
  ['ALL', 63],
  ['NONE', 0],
];
const anyPort = (): Range => ({ min: 0, max: 65535 });
const isAnyPort = (range: Range): boolean => range.min === 0 && range.max === 65535;

function parsePorts(text: string, protocol: string): Range {
  const colon = text.indexOf(':');
  if (colon < 0) {
    const port = parsePort(text, protocol);
    return { min: port, max: port };
  }
  const low = text.slice(0, colon);
  const high = text.slice(colon + 1);
  const range = { min: low === '' ? 0 : parsePort(low, protocol), max: high === '' ? 65535 : parsePort(high, protocol) };
  if (range.min > range.max) usage('invalid portrange (min > max)');
  return range;
}
function parseFlags(text: string): number {
  let flags = 0;
  for (const name of text.split(',')) {
    if (name === '') continue;
    const flag = FLAGS.find((each) => each[0] === name.toUpperCase());
    if (!flag) return usage(`Unknown TCP flag \`${name}'`);
    flags |= flag[1];
  }
  return flags;
}
function flagNames(flags: number): string {
  const names = FLAGS.slice(0, 6).filter((each) => flags & each[1]);
  return names.length === 0 ? 'NONE' : names.map((each) => each[0]).join(',');
}

const savePorts = (option: string, range: Range, invert: boolean): string =>
  isAnyPort(range) ? '' : `${invert ? ' !' : ''} --${option} ${range.min === range.max ? range.min : `${range.min}:${range.max}`}`;

function listPorts(name: string, range: Range, invert: boolean, protocol: string, context: ListContext): string {
  if (isAnyPort(range) && !invert) return '';
  const port = (number: number): string => (context.numeric ? undefined : serviceOfPort(number, protocol)) ?? `${number}`;
  const not = invert ? '!' : '';
  return range.min === range.max ? ` ${name}:${not}${port(range.min)}` : ` ${name}s:${not}${port(range.min)}:${port(range.max)}`;
}

/** Whether nf_tables has it as its own expressions, not as an extension: then it is judged and shown in another way. */
export function isNative(info: TcpInfo | UdpInfo): boolean {
  if (info.kind === 'tcp' && (info.option !== 0 || info.invertOption)) return false;
  return (
    !isAnyPort(info.source) ||
    !isAnyPort(info.destination) ||
    (info.kind === 'tcp' && (info.flagMask !== 0 || info.flags !== 0 || info.invertFlags)) ||
    info.invertSource ||
    info.invertDestination
  );
}
/** `! 0:1023` is kept as `1024:65535`, and the like. */
function normalisePorts(info: TcpInfo | UdpInfo): void {
  if (!isNative(info)) return;
  const opposite = (range: Range, invert: boolean): Range | undefined => {
    if (!invert || isAnyPort(range) || range.min === range.max) return undefined;
    if (range.min === 0) return { min: range.max + 1, max: 65535 };
    return range.max === 65535 ? { min: 0, max: Math.max(range.min - 1, 1) } : undefined;
  };
  const source = opposite(info.source, info.invertSource);
  const destination = opposite(info.destination, info.invertDestination);
  if (source) Object.assign(info, { source, invertSource: false });
  if (destination) Object.assign(info, { destination, invertDestination: false });
}

export const tcp = defineMatch<TcpInfo>({
  name: 'tcp',
  families: BOTH,
  byHand: true,
  options: [
    { name: 'source-port', id: 'source', type: 'string' },
    { name: 'sport', id: 'source', type: 'string' },
    { name: 'destination-port', id: 'destination', type: 'string' },
    { name: 'dport', id: 'destination', type: 'string' },
    { name: 'syn', id: 'syn', type: 'none' },
    { name: 'tcp-flags', id: 'flags', type: 'string' },
    { name: 'tcp-option', id: 'option', type: 'string' },
  ],
  init: () => ({
    kind: 'tcp',
    source: anyPort(),
    invertSource: false,
    destination: anyPort(),
    invertDestination: false,
    option: 0,
    invertOption: false,
    flagMask: 0,
    flags: 0,
    invertFlags: false,
  }),
  parse(info, call, context, seen) {
    const once = (id: string, text: string): void => {
      if (seen.has(id)) usage(text);
      seen.add(id);
    };
    switch (call.id) {
      case 'source':
        once('source', "Only one `--source-port' allowed");
        info.source = parsePorts(call.argument, 'tcp');
        info.invertSource = call.invert;
        return;
      case 'destination':
        once('destination', "Only one `--destination-port' allowed");
        info.destination = parsePorts(call.argument, 'tcp');
        info.invertDestination = call.invert;
        return;
      case 'option':
        once('option', "Only one `--tcp-option' allowed");
        info.option = parseWithin(call.argument, 1, 255) ?? usage(`Bad TCP option "${call.argument}"`);
        info.invertOption = call.invert;
        return;
    }
    once('flags', "Only one of `--syn' or `--tcp-flags'  allowed");
    info.invertFlags = call.invert;
    if (call.id === 'syn') {
      info.flagMask = 0x17;
      info.flags = 2;
      return;
    }
    const compare = context.takeOperand() ?? usage('--tcp-flags requires two args.');
    info.flagMask = parseFlags(call.argument);
    info.flags = parseFlags(compare);
  },
  check: normalisePorts,
  save(info) {
    let text = savePorts('sport', info.source, info.invertSource) + savePorts('dport', info.destination, info.invertDestination);
    if (info.option || info.invertOption) text += `${info.invertOption ? ' !' : ''} --tcp-option ${info.option}`;
    if (info.flagMask || info.invertFlags) text += `${info.invertFlags ? ' !' : ''} --tcp-flags ${flagNames(info.flagMask)} ${flagNames(info.flags)}`;
    return text;
  },
  list(info, context) {
    let text =
      ' tcp' + listPorts('spt', info.source, info.invertSource, 'tcp', context) + listPorts('dpt', info.destination, info.invertDestination, 'tcp', context);
    if (info.option || info.invertOption) text += ` option=${info.invertOption ? '!' : ''}${info.option}`;
    if (info.flagMask || info.invertFlags) {
      const both = context.numeric
        ? `0x${hex2(info.flagMask).toUpperCase()}/0x${hex2(info.flags).toUpperCase()}`
        : `${flagNames(info.flagMask)}/${flagNames(info.flags)}`;
      text += ` flags:${info.invertFlags ? '!' : ''}${both}`;
    }
    return text;
  },
});

export const udp = defineMatch<UdpInfo>({
  name: 'udp',
  families: BOTH,
  options: [
    { name: 'source-port', id: 'source', type: 'port-range', invertible: true },
    { name: 'sport', id: 'source', type: 'port-range', invertible: true },
    { name: 'destination-port', id: 'destination', type: 'port-range', invertible: true },
    { name: 'dport', id: 'destination', type: 'port-range', invertible: true },
  ],
  init: () => ({ kind: 'udp', source: anyPort(), invertSource: false, destination: anyPort(), invertDestination: false }),
  parse(info, call) {
    if (call.id === 'source') {
      info.source = call.range;
      info.invertSource = call.invert;
    } else {
      info.destination = call.range;
      info.invertDestination = call.invert;
    }
  },
  check: normalisePorts,
  save: (info) => savePorts('sport', info.source, info.invertSource) + savePorts('dport', info.destination, info.invertDestination),
  list: (info, context) =>
    ' udp' + listPorts('spt', info.source, info.invertSource, 'udp', context) + listPorts('dpt', info.destination, info.invertDestination, 'udp', context),
});
