/** `-m hashlimit`: a rate for each address, port or pair of them (libxt_hashlimit). Deviation: rates in bytes are not modelled. */
import type { HashlimitInfo, HashlimitMode } from '../../../kernel/index.ts';
import { otherProblem, usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { atoi } from '../numbers.ts';

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

/** Microseconds a packet. */
function parseRate(text: string): number | undefined {
  const [rate = '', unit = 'second'] = text.split('/');
  if (/^\d+\s*[kmg]?b$/i.test(rate)) return otherProblem(`not modelled: hashlimit by bytes`);
  const found = UNITS.find(([long]) => unit !== '' && long.startsWith(unit.toLowerCase()));
  if (found === undefined || !/^\d+$/.test(rate) || atoi(rate) === 0) return undefined;
  return Math.floor((SECOND_US * found[2]) / atoi(rate));
}
/** The smallest unit in which the rate is (nearly) whole. */
function rateText(averageUs: number): string {
  let at = 1;
  for (; at < UNITS.length; at++) {
    const unitUs = SECOND_US * (UNITS[at]?.[2] ?? 1);
    if (averageUs > unitUs || Math.floor(unitUs / averageUs) < unitUs % averageUs) break;
  }
  const [, name, seconds] = UNITS[at - 1]!;
  return `${Math.floor((SECOND_US * seconds) / averageUs)}/${name}`;
}

export const hashlimit = defineMatch<HashlimitInfo>({
  name: 'hashlimit',
  families: BOTH,
  options: [
    { name: 'hashlimit', id: 'upto', type: 'string', excludes: ['above'] },
    { name: 'hashlimit-upto', id: 'upto', type: 'string', invertible: true, excludes: ['above'] },
    { name: 'hashlimit-above', id: 'above', type: 'string', invertible: true, excludes: ['upto'] },
    { name: 'hashlimit-burst', id: 'burst', type: 'u32', min: 1 },
    { name: 'hashlimit-mode', id: 'mode', type: 'string' },
    { name: 'hashlimit-name', id: 'name', type: 'string', mandatory: true },
    { name: 'hashlimit-srcmask', id: 'srcmask', type: 'u32', max: 128 },
    { name: 'hashlimit-dstmask', id: 'dstmask', type: 'u32', max: 128 },
    { name: 'hashlimit-htable-size', id: 'size', type: 'u32' },
    { name: 'hashlimit-htable-max', id: 'max', type: 'u32' },
    { name: 'hashlimit-htable-gcinterval', id: 'gcinterval', type: 'u32' },
    { name: 'hashlimit-htable-expire', id: 'expire', type: 'u32' },
  ],
  init: (family) => ({
    kind: 'hashlimit',
    averageUs: 0,
    burst: BURST,
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
      case 'above':
        info.averageUs =
          parseRate(call.argument) ??
          usage(`hashlimit: Bad value for "--${call.name === 'hashlimit' ? 'hashlimit-upto' : call.name}" option: "${call.argument}"`);
        info.above = (call.id === 'above') !== call.invert;
        return;
      case 'burst':
        info.burst = call.number;
        return;
      case 'mode': {
        const modes = call.argument.split(',');
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
  check(_info, seen) {
    if (!seen.has('upto') && !seen.has('above')) usage('You have to specify --hashlimit');
  },
  save(info, { family }) {
    const whole = family === 'ip' ? 32 : 128;
    const mode = info.modes.length === 0 ? '' : ` --hashlimit-mode ${info.modes.join(',')}`;
    const start = ` --hashlimit-${info.above ? 'above' : 'upto'} ${rateText(info.averageUs)} --hashlimit-burst ${info.burst}${mode} --hashlimit-name ${info.name}`;
    return start + rest(info, whole, ' --hashlimit-', '--hashlimit-');
  },
  list(info, { family }) {
    const whole = family === 'ip' ? 32 : 128;
    const mode = info.modes.length === 0 ? '' : ` mode ${info.modes.join('-')}`;
    return ` limit: ${info.above ? 'above' : 'up to'} ${rateText(info.averageUs)} burst ${info.burst}${mode}${rest(info, whole, ' ', '')}`;
  },
});
function rest(info: HashlimitInfo, whole: number, before: string, option: string): string {
  const entries: readonly (readonly [string, number])[] = [
    ['htable-size', info.tableSize],
    ['htable-max', info.tableMax],
    ['htable-gcinterval', info.collectMs],
    ['htable-expire', info.expireMs],
  ];
  const masks: readonly (readonly [string, number])[] = [
    ['srcmask', info.sourceLength],
    ['dstmask', info.destinationLength],
  ];
  const table = entries.filter(([, value]) => value !== 0).map(([name, value]) => `${before === ' ' ? ' ' : ` ${option}`}${name} ${value}`);
  const lengths = masks.filter(([, value]) => value !== whole).map(([name, value]) => `${before === ' ' ? ' ' : ` ${option}`}${name} ${value}`);
  return [...table, ...lengths].join('');
}
