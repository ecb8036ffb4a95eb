/** `-m statistic`: by chance, or every nth packet (libxt_statistic). */
import type { StatisticInfo } from '../../../kernel/index.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { usage } from '../exit.ts';

function dump(info: StatisticInfo, prefix: string): string {
  const not = info.invert ? ' !' : '';
  if (info.mode === 'random') return ` ${prefix}mode random${not} ${prefix}probability ${(info.probability / 0x80000000).toFixed(11)}`;
  return ` ${prefix}mode nth${not} ${prefix}every ${info.every}${info.packet !== 0 || prefix !== '' ? ` ${prefix}packet ${info.packet}` : ''}`;
}

export const statistic = defineMatch<StatisticInfo>({
  name: 'statistic',
  families: BOTH,
  options: [
    { name: 'mode', id: 'mode', type: 'string', mandatory: true },
    { name: 'probability', id: 'probability', type: 'double', invertible: true, min: 0, max: 1, excludes: ['every', 'packet'] },
    { name: 'every', id: 'every', type: 'u32', min: 1, invertible: true, excludes: ['probability'], needs: ['packet'] },
    { name: 'packet', id: 'packet', type: 'u32', excludes: ['probability'], needs: ['every'] },
  ],
  init: () => ({ kind: 'statistic', mode: 'random', probability: 0, every: 1, packet: 0, invert: false }),
  parse(info, call) {
    if (call.invert) info.invert = true;
    switch (call.id) {
      case 'mode':
        if (call.argument !== 'random' && call.argument !== 'nth') return usage(`Bad mode "${call.argument}"`);
        info.mode = call.argument;
        return;
      case 'probability':
        info.probability = Math.round(0x80000000 * call.number);
        return;
      case 'every':
        info.every = call.number;
        return;
      case 'packet':
        info.packet = call.number;
    }
  },
  check(info, seen) {
    if (info.mode === 'random' && seen.has('mode') && !seen.has('probability')) usage('--probability must be specified when using random mode');
    if (info.mode === 'nth' && !seen.has('every') && !seen.has('packet')) usage('--every and --packet must be specified when using nth mode');
    if (info.mode === 'nth' && info.packet >= info.every) usage('the --packet p must be 0 <= p <= n-1');
  },
  save: (info) => dump(info, '--'),
  list: (info) => ' statistic' + dump(info, ''),
});
