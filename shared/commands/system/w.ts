/** w of procps-ng 4.0.2: nobody is logged in, because a machine of a lab keeps no utmp; its first line is uptime's. */
import type { Program } from '../../shell/index.ts';
import { formatDate } from '../coreutils/index.ts';
import { option, tool, type ToolUsage } from './usage.ts';

const W: ToolUsage<'no-header' | 'no-current' | 'short' | 'from' | 'old-style' | 'ip-addr'> = {
  synopsis: ['[options] [user]'],
  options: [
    option('no-header', '-h --no-header', 'do not print header'),
    option('no-current', '-u --no-current', 'ignore current process username'),
    option('short', '-s --short', 'short format'),
    option('from', '-f --from', 'show remote hostname field'),
    option('old-style', '-o --old-style', 'old style output'),
    option('ip-addr', '-i --ip-addr', 'display IP address instead of hostname (if possible)'),
  ],
  ...{ column: 21, from: 'procps-ng 4.0.2' },
};
export const w: Program = tool(W, function* (p, line) {
  if (line.has('no-header')) return 0;
  const minutes = Math.floor(p.nowUs / 6e7);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const up = hours > 0 ? `${String(hours).padStart(2)}:${String(rest).padStart(2, '0')}` : `${rest} min`;
  yield* p.print(` ${formatDate('%H:%M:%S', p.unixUs)} up ${up},  0 user,  load average: 0.00, 0.01, 0.00\n`);
  const origin = line.has('from') ? '' : 'FROM             ';
  yield* p.print(line.has('short') ? `USER     TTY      ${origin} IDLE WHAT\n` : `USER     TTY      ${origin}LOGIN@   IDLE   JCPU   PCPU WHAT\n`);
  return 0;
});
