/** `-m limit`: so many packets a time, after a burst (libxt_limit). The kernel keeps the rate as nf_tables' own limit does, rounded to a unit. */
import type { LimitInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';
import { atoi } from '../numbers.ts';

const SCALE = 10_000;
const UNITS = [
  { name: 'day', perUnit: SCALE * 86_400 },
  { name: 'hour', perUnit: SCALE * 3_600 },
  { name: 'min', perUnit: SCALE * 60 },
  { name: 'sec', perUnit: SCALE },
] as const;
const WORDS: readonly (readonly [string, number])[] = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
];

/** Average of `RATE[/UNIT]`, where a unit may be abbreviated. */
function parseRate(text: string): number | undefined {
  const slash = text.indexOf('/');
  let seconds = 1;
  if (slash >= 0) {
    const unit = text.slice(slash + 1).toLowerCase();
    const found = unit === '' ? undefined : WORDS.find(([word]) => word.startsWith(unit));
    if (!found) return undefined;
    seconds = found[1];
  }
  const rate = atoi(text);
  if (rate === 0) return undefined;
  const average = Math.floor((SCALE * seconds) / rate);
  if (average === 0) usage(`Rate too fast "${text}"`);
  return average;
}
/** The largest unit in which the rate is (nearly) whole. */
function unitOf(average: number): (typeof UNITS)[number] {
  let i = 1;
  for (; i < UNITS.length; i++) {
    const { perUnit } = UNITS[i]!;
    if (average > perUnit || Math.floor(perUnit / average) < perUnit % average) break;
  }
  return UNITS[i - 1]!;
}
function rateText(average: number): string {
  const unit = unitOf(average);
  return ` ${Math.floor(unit.perUnit / average)}/${unit.name}`;
}

export const limit = defineMatch<LimitInfo>({
  name: 'limit',
  families: BOTH,
  options: [
    { name: 'limit', id: 'limit', type: 'string' },
    { name: 'limit-burst', id: 'burst', type: 'u32', max: 10_000 },
  ],
  init: () => ({ kind: 'limit', average: (SCALE * 3_600) / 3, burst: 5 }),
  parse(info, call) {
    if (call.id === 'limit') info.average = parseRate(call.argument) ?? usage(`bad rate "${call.argument}"'`);
    else info.burst = call.number;
  },
  check(info) {
    // The kernel takes its own default for none (NFT_LIMIT_PKT_BURST_DEFAULT).
    if (info.burst === 0) info.burst = 5;
    const unit = unitOf(info.average);
    info.average = Math.floor(unit.perUnit / Math.floor(unit.perUnit / info.average));
  },
  save: (info) => ` --limit${rateText(info.average)}${info.burst === 5 ? '' : ` --limit-burst ${info.burst}`}`,
  list: (info) => ` limit: avg${rateText(info.average)} burst ${info.burst}`,
});
