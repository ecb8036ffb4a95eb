/** `-m hashlimit`: a rate for each address, port or pair of them (libxt_hashlimit). */
import type { Family, HashlimitInfo, HashlimitMode } from '../../../kernel/index.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { atoi, scanUnsigned } from '../numbers.ts';

const SECOND_US = 1_000_000;
const UNITS: readonly (readonly [long: string, short: string, seconds: number])[] = [
  ['day', 'day', 86_400],
  ['hour', 'hour', 3_600],
  ['minute', 'min', 60],
  ['second', 'sec', 1],
];
const MODES: readonly HashlimitMode[] = ['dstip', 'srcip', 'srcport', 'dstport'];
/** As they are saved. */
const SHOWN: readonly HashlimitMode[] = ['srcip', 'srcport', 'dstip', 'dstport'];
const BURST = 5;

/** What stands after `--hashlimit-upto`: a rate, and in how many seconds it is counted. */
interface Rate {
  readonly averageUs: number;
  readonly bytes: boolean;
  readonly unitS: number;
}
const BYTES_EXPIRE_S = 15;
const BYTES_BURST_EXPIRE_S = 60;
const factor = (letter: string | undefined): number => (letter === 'k' ? 1024 : letter === 'm' ? 1024 * 1024 : 1);
const U32 = 0xffffffff;
/** Sixteen bytes are counted as one. */
const bytesToCost = (bytes: number): number => Math.floor(U32 / (Math.floor(bytes / 16) + 1));
const costToBytes = (cost: number): number => ((cost === 0 ? U32 : Math.floor(U32 / cost)) - 1) * 16;

function parseRate(text: string): Rate | undefined {
  const found = /^(.+)b\/s/.exec(text);
  if (found && atoi(text) !== 0) {
    const cost = bytesToCost(atoi(text) * factor(found[1]!.at(-1)));
    if (cost === 0) usage(`Rate too high "${text}"\n`);
    return { averageUs: cost, bytes: true, unitS: BYTES_EXPIRE_S };
  }
  const [rate = '', unit = 'second'] = text.split('/');
  const scale = UNITS.find(([long]) => unit !== '' && long.startsWith(unit.toLowerCase()));
  if (scale === undefined || atoi(rate) === 0) return undefined;
  const averageUs = Math.floor((SECOND_US * scale[2]) / atoi(rate));
  if (averageUs === 0) usage(`Rate too fast "${text}"\n`);
  return { averageUs, bytes: false, unitS: scale[2] };
}
/** The smallest unit in which the rate is (nearly) whole; and the seconds of that unit. */
function rateText(averageUs: number): readonly [string, number] {
  let at = 1;
  for (; at < UNITS.length; at++) {
    const unitUs = SECOND_US * (UNITS[at]?.[2] ?? 1);
    if (averageUs > unitUs || Math.floor(unitUs / averageUs) < unitUs % averageUs) break;
  }
  const [, name, seconds] = UNITS[at - 1]!;
  return [`${Math.floor((SECOND_US * seconds) / averageUs)}/${name}`, seconds];
}
const SIZES = [
  ['m', 1024 * 1024],
  ['k', 1024],
  ['', 1],
] as const;
function byteText(cost: number, burst: number, prefix: string): readonly [string, number] {
  const bytes = costToBytes(cost);
  const [letter, size] = SIZES.find(([, each]) => each === 1 || (bytes >= each && bytesToCost(bytes - (bytes % each)) === cost))!;
  const rate = `${Math.floor(bytes / size)}${letter}b/s`;
  if (burst === 0) return [rate, BYTES_EXPIRE_S];
  const all = bytes * burst;
  const [name, unit] = SIZES.find(([, each]) => each === 1 || all >= each)!;
  return [`${rate} ${prefix}burst ${Math.floor(all / unit)}${name}b`, BYTES_BURST_EXPIRE_S];
}
function parseBurst(text: string): number {
  const digits = scanUnsigned(text);
  if (!digits || digits.value < 1) return usage(`bad value for option "--hashlimit-burst", or out of range (1-${BURST_MAX}).`);
  return digits.value * factor(digits.rest[0]);
}
const BURST_MAX = 1_000_000;
/** Seconds of the unit that the rate was given in: by `averageUs` and `rateWindowS` alone it could not be told. */
const units = new WeakMap<HashlimitInfo, number>();

export const hashlimit = defineMatch<HashlimitInfo>({
  name: 'hashlimit',
  families: BOTH,
  options: [
    { name: 'hashlimit', id: 'upto', type: 'string', excludes: ['above'] },
    { name: 'hashlimit-upto', id: 'upto', type: 'string', invertible: true, excludes: ['above'] },
    { name: 'hashlimit-above', id: 'above', type: 'string', invertible: true, excludes: ['upto'] },
    { name: 'hashlimit-burst', id: 'burst', type: 'string' },
    { name: 'hashlimit-mode', id: 'mode', type: 'string' },
    { name: 'hashlimit-name', id: 'name', type: 'string', mandatory: true },
    { name: 'hashlimit-srcmask', id: 'srcmask', type: 'u32', max: 128 },
    { name: 'hashlimit-dstmask', id: 'dstmask', type: 'u32', max: 128 },
    { name: 'hashlimit-htable-size', id: 'size', type: 'u32' },
    { name: 'hashlimit-htable-max', id: 'max', type: 'u32' },
    { name: 'hashlimit-htable-gcinterval', id: 'gcinterval', type: 'u32' },
    { name: 'hashlimit-htable-expire', id: 'expire', type: 'u32' },
    { name: 'hashlimit-rate-match', id: 'rate', type: 'none' },
    { name: 'hashlimit-rate-interval', id: 'interval', type: 'string' },
  ],
  init: (family) => ({
    kind: 'hashlimit',
    averageUs: 0,
    burst: BURST,
    bytes: false,
    rateWindowS: null,
    above: false,
    modes: [],
    name: '',
    sourceLength: family === 'ip' ? 32 : 128,
    destinationLength: family === 'ip' ? 32 : 128,
    tableSize: 0,
    tableMax: 0,
    collectMs: 0,
    expireMs: 0,
  }),
  parse(info, call) {
    switch (call.id) {
      case 'upto':
      case 'above': {
        const rate =
          parseRate(call.argument) ??
          usage(`hashlimit: Bad value for "--${call.name === 'hashlimit' ? 'hashlimit-upto' : call.name}" option: "${call.argument}"`);
        info.averageUs = rate.averageUs;
        info.bytes = rate.bytes;
        units.set(info, rate.unitS);
        info.above = (call.id === 'above') !== call.invert;
        return;
      }
      case 'burst':
        info.burst = parseBurst(call.argument);
        return;
      case 'rate':
        info.rateWindowS ??= 0;
        return;
      case 'interval':
        info.rateWindowS = atoi(call.argument);
        if (info.rateWindowS <= 0) usage(`hashlimit: Bad value for "--hashlimit-rate-interval" option: "${call.argument}"`);
        return;
      case 'mode': {
        const modes = call.argument.split(/[,|]/);
        const unknown = modes.some((mode) => !MODES.includes(mode as HashlimitMode));
        if (unknown) return usage(`hashlimit: Bad value for "--hashlimit-mode" option: "${call.argument}"`);
        info.modes = SHOWN.filter((mode) => modes.includes(mode));
        return;
      }
      case 'name':
        info.name = call.argument;
        return;
      case 'srcmask':
        info.sourceLength = call.number;
        return;
      case 'dstmask':
        info.destinationLength = call.number;
        return;
      case 'size':
        info.tableSize = call.number;
        return;
      case 'max':
        info.tableMax = call.number;
        return;
      case 'gcinterval':
        info.collectMs = call.number;
        return;
      case 'expire':
        info.expireMs = call.number;
    }
  },
  check(info, seen) {
    if (!seen.has('upto') && !seen.has('above')) usage('You have to specify --hashlimit');
    const unitS = units.get(info) ?? 1;
    if (!seen.has('expire')) info.expireMs = unitS * 1000;
    if (info.bytes) checkBytes(info, seen);
    else if (info.burst > BURST_MAX) usage(`bad value for option "--hashlimit-burst", or out of range (1-${BURST_MAX}).`);
    if (!seen.has('rate')) {
      info.rateWindowS = null;
      return;
    }
    if (!info.bytes) info.averageUs = Math.floor(info.averageUs / unitS);
    if (!info.rateWindowS) info.rateWindowS = info.bytes ? 1 : unitS;
  },
  save(info, { family }) {
    const [rate, quantumS] = info.bytes ? byteText(info.averageUs, info.burst, '--hashlimit-') : rateText(info.averageUs);
    const burst = info.bytes ? '' : ` --hashlimit-burst ${info.burst}`;
    const mode = info.modes.length === 0 ? '' : ` --hashlimit-mode ${info.modes.join(',')}`;
    return ` --hashlimit-${info.above ? 'above' : 'upto'} ${rate}${burst}${mode} --hashlimit-name ${info.name}${rest(info, family, quantumS, '--hashlimit-')}`;
  },
  list(info, { family }) {
    const [rate, quantumS] = info.bytes ? byteText(info.averageUs, info.burst, '') : rateText(info.averageUs * (info.rateWindowS ?? 1));
    const burst = info.bytes ? '' : ` burst ${info.burst}`;
    const mode = info.modes.length === 0 ? '' : ` mode ${info.modes.join('-')}`;
    return ` limit: ${info.above ? 'above' : 'up to'} ${rate}${burst}${mode}${rest(info, family, quantumS, '')}`;
  },
});
/** A burst is given in bytes and kept in seconds' worth. */
function checkBytes(info: HashlimitInfo, seen: ReadonlySet<string>): void {
  if (!seen.has('burst')) {
    info.burst = 0;
    return;
  }
  const second = costToBytes(info.averageUs);
  if (info.burst < second) usage(`burst cannot be smaller than ${second}b`);
  info.burst = Math.ceil(info.burst / second);
  if (!seen.has('expire')) info.expireMs = BYTES_BURST_EXPIRE_S * 1000;
}
function rest(info: HashlimitInfo, family: Family, quantumS: number, option: string): string {
  const whole = family === 'ip' ? 32 : 128;
  const entries: readonly (readonly [string, number, number])[] = [
    ['htable-size', info.tableSize, 0],
    ['htable-max', info.tableMax, 0],
    ['htable-gcinterval', info.collectMs, 0],
    ['htable-expire', info.expireMs, quantumS * 1000],
    ['srcmask', info.sourceLength, whole],
    ['dstmask', info.destinationLength, whole],
  ];
  const text = entries.filter(([, value, usual]) => value !== usual).map(([name, value]) => ` ${option}${name} ${value}`);
  if (info.rateWindowS !== null) {
    text.push(` ${option}rate-match`);
    if (info.rateWindowS !== 1) text.push(` ${option}rate-interval ${info.rateWindowS}`);
  }
  return text.join('');
}
