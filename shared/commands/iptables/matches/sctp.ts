/** `-m sctp` and `-m dccp`: ports, chunks, packet types (libxt_sctp, libxt_dccp). */
import type { ChunkFlags, DccpInfo, PortsInfo, Range, SctpInfo } from '../../../kernel/index.ts';
import { serviceOfPort } from '../../names/services.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch, type ListContext } from '../extension.ts';
import { parsePort } from '../numbers.ts';
import type { OptionCall } from '../option.ts';

type Ports = PortsInfo & { hasSource: boolean; hasDestination: boolean };
const noPorts = (): Ports => ({
  source: { min: 0, max: 0 },
  invertSource: false,
  hasSource: false,
  destination: { min: 0, max: 0 },
  invertDestination: false,
  hasDestination: false,
});
const span = ({ min, max }: Range): string => (min === max ? `${min}` : `${min}:${max}`);
function setPorts(info: Ports, call: OptionCall, range: Range): void {
  if (call.id === 'source') Object.assign(info, { source: range, invertSource: call.invert, hasSource: true });
  else Object.assign(info, { destination: range, invertDestination: call.invert, hasDestination: true });
}
const savePorts = (info: Ports): string =>
  (info.hasSource ? `${info.invertSource ? ' !' : ''} --sport ${span(info.source)}` : '') +
  (info.hasDestination ? `${info.invertDestination ? ' !' : ''} --dport ${span(info.destination)}` : '');
function listPorts(info: Ports, protocol: string, context: ListContext): string {
  const port = (number: number): string => (context.numeric ? undefined : serviceOfPort(number, protocol)) ?? `${number}`;
  const one = (name: string, range: Range, invert: boolean): string =>
    range.min === range.max ? ` ${name}:${invert ? '!' : ''}${port(range.min)}` : ` ${name}s:${invert ? '!' : ''}${port(range.min)}:${port(range.max)}`;
  return (info.hasSource ? one('spt', info.source, info.invertSource) : '') + (info.hasDestination ? one('dpt', info.destination, info.invertDestination) : '');
}

/** Chunks: name, number, letters of their flags from the highest bit to the lowest. */
const CHUNKS: readonly (readonly [name: string, type: number, flags: string])[] = [
  ['DATA', 0, '----IUBE'],
  ['INIT', 1, '--------'],
  ['INIT_ACK', 2, '--------'],
  ['SACK', 3, '--------'],
  ['HEARTBEAT', 4, '--------'],
  ['HEARTBEAT_ACK', 5, '--------'],
  ['ABORT', 6, '-------T'],
  ['SHUTDOWN', 7, '--------'],
  ['SHUTDOWN_ACK', 8, '--------'],
  ['ERROR', 9, '--------'],
  ['COOKIE_ECHO', 10, '--------'],
  ['COOKIE_ACK', 11, '--------'],
  ['ECN_ECNE', 12, '--------'],
  ['ECN_CWR', 13, '--------'],
  ['SHUTDOWN_COMPLETE', 14, '-------T'],
  ['I_DATA', 64, '----IUBE'],
  ['RE_CONFIG', 130, '--------'],
  ['PAD', 132, '--------'],
  ['ASCONF', 193, '--------'],
  ['ASCONF_ACK', 128, '--------'],
  ['FORWARD_TSN', 192, '--------'],
  ['I_FORWARD_TSN', 194, '--------'],
];
type Chunks = NonNullable<SctpInfo['chunks']>;

function parseChunks(text: string): Pick<Chunks, 'types' | 'flags'> {
  if (text.toUpperCase() === 'ALL') return { types: Array.from({ length: 256 }, (_, type) => type), flags: [] };
  if (text.toUpperCase() === 'NONE') return { types: [], flags: [] };
  const types = new Set<number>();
  const flags: ChunkFlags[] = [];
  for (const item of text.split(',')) {
    const [name = '', letters] = item.split(':');
    const chunk = CHUNKS.find((each) => each[0] === name.toUpperCase());
    if (!chunk) return usage(`Unknown sctp chunk \`${name}'`);
    types.add(chunk[1]);
    if (letters === undefined) continue;
    let mask = 0;
    let set = 0;
    for (const letter of letters) {
      const at = chunk[2].indexOf(letter.toUpperCase());
      if (at < 0 || letter === '-') return usage(`Invalid flags for chunk type ${chunk[1]}`);
      const bit = 128 >> at;
      mask |= bit;
      if (letter === letter.toUpperCase()) set |= bit;
    }
    flags.push({ type: chunk[1], mask, flags: set });
  }
  return { types: [...types].sort((a, b) => a - b), flags };
}
function chunkText({ mode, types, flags, invert }: Chunks, numeric: boolean, before: string): string {
  const letters = (type: number): string => {
    const asked = flags.find((each) => each.type === type);
    const names = CHUNKS.find((each) => each[1] === type)?.[2] ?? '';
    if (!asked) return '';
    const text = [...names].map((name, i) => (((asked.mask << i) & 128) === 0 ? '' : ((asked.flags << i) & 128) === 0 ? name.toLowerCase() : name)).join('');
    return `:${text}`;
  };
  const one = (type: number): string =>
    `${numeric ? `0x${type.toString(16).toUpperCase().padStart(4, '0')}` : (CHUNKS.find((each) => each[1] === type)?.[0] ?? '')}${letters(type)}`;
  const shown =
    types.length === 0
      ? 'NONE'
      : types.length === 256
        ? 'ALL'
        : types
            .filter((type) => CHUNKS.some((each) => each[1] === type))
            .map(one)
            .join(',');
  return `${invert ? ' !' : ''}${before} ${mode} ${shown}`;
}

export const sctp = defineMatch<SctpInfo>({
  name: 'sctp',
  families: BOTH,
  byHand: true,
  options: [
    { name: 'source-port', id: 'source', type: 'string' },
    { name: 'sport', id: 'source', type: 'string' },
    { name: 'destination-port', id: 'destination', type: 'string' },
    { name: 'dport', id: 'destination', type: 'string' },
    { name: 'chunk-types', id: 'chunks', type: 'string' },
  ],
  init: () => ({ kind: 'sctp', ...noPorts(), chunks: null }),
  parse(info, call, context, seen) {
    if (call.id === 'chunks') {
      if (seen.has('chunks')) usage("Only one `--chunk-types' allowed");
      seen.add('chunks');
      const second = context.takeOperand() ?? usage('--chunk-types requires two args');
      const mode = call.argument.toLowerCase();
      if (mode !== 'any' && mode !== 'all' && mode !== 'only') return usage('Match type has to be one of "ALL", "ANY" or "ONLY"');
      info.chunks = { mode, ...parseChunks(second), invert: call.invert };
      return;
    }
    if (seen.has(call.id)) usage(`Only one \`--${call.id}-port' allowed`);
    seen.add(call.id);
    const [low = '', high] = call.argument.split(':');
    const min = low === '' ? 0 : parsePort(low, 'sctp');
    const max = high === undefined ? min : high === '' ? 65535 : parsePort(high, 'sctp');
    if (min > max) usage('invalid portrange (min > max)');
    setPorts(info, call, { min, max });
  },
  save: (info) => savePorts(info) + (info.chunks === null ? '' : chunkText(info.chunks, false, ' --chunk-types')),
  list: (info, context) => ` sctp${listPorts(info, 'sctp', context)}${info.chunks === null ? '' : chunkText(info.chunks, context.numeric, '')}`,
});

const TYPES = ['REQUEST', 'RESPONSE', 'DATA', 'ACK', 'DATAACK', 'CLOSEREQ', 'CLOSE', 'RESET', 'SYNC', 'SYNCACK'];
const INVALID = [10, 11, 12, 13, 14, 15];
function parseTypes(text: string): number[] {
  const found = new Set<number>();
  for (const name of text.split(',')) {
    const type = TYPES.indexOf(name.toUpperCase());
    if (type >= 0) found.add(type);
    else if (name.toUpperCase() === 'INVALID') for (const each of INVALID) found.add(each);
    else return usage(`Unknown DCCP type \`${name}'`);
  }
  return [...found].sort((a, b) => a - b);
}
function typeText(types: readonly number[], numeric: boolean): string {
  if (numeric) return types.join(',');
  const names = types.filter((type) => type < TYPES.length).map((type) => TYPES[type]);
  return [...names, ...(types.some((type) => type >= TYPES.length) ? ['INVALID'] : [])].join(',');
}

export const dccp = defineMatch<DccpInfo>({
  name: 'dccp',
  families: BOTH,
  options: [
    { name: 'source-port', id: 'source', type: 'port-range', invertible: true },
    { name: 'sport', id: 'source', type: 'port-range', invertible: true },
    { name: 'destination-port', id: 'destination', type: 'port-range', invertible: true },
    { name: 'dport', id: 'destination', type: 'port-range', invertible: true },
    { name: 'dccp-types', id: 'types', type: 'string', invertible: true },
    { name: 'dccp-option', id: 'option', type: 'u8', min: 1, max: 255, invertible: true },
  ],
  init: () => ({ kind: 'dccp', ...noPorts(), types: null, option: null }),
  parse(info, call) {
    if (call.id === 'types') info.types = { value: parseTypes(call.argument), invert: call.invert };
    else if (call.id === 'option') info.option = { value: call.number, invert: call.invert };
    else setPorts(info, call, call.range);
  },
  save(info) {
    const types = info.types === null ? '' : `${info.types.invert ? ' !' : ''} --dccp-types ${typeText(info.types.value, false)}`;
    const option = info.option === null ? '' : `${info.option.invert ? ' !' : ''} --dccp-option ${info.option.value}`;
    return savePorts(info) + types + option;
  },
  list(info, context) {
    const types = info.types === null ? '' : `${info.types.invert ? ' !' : ''} ${typeText(info.types.value, context.numeric)}`;
    const option = info.option === null ? '' : ` option=${info.option.invert ? '!' : ''}${info.option.value}`;
    return ` dccp${listPorts(info, 'dccp', context)}${types}${option}`;
  },
});
