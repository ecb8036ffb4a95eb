/** free and vmstat of procps-ng 4.0.2: what /proc/meminfo says, in the units that were asked for. */
import type { Bytes } from '../../base/index.ts';
import type { Process, Program } from '../../shell/index.ts';
import { option, tool, type ToolUsage } from './usage.ts';

const UNITS = ['bytes', 'kibi', 'mebi', 'gibi', 'tebi', 'pebi', 'kilo', 'mega', 'giga', 'tera', 'peta'] as const;
type FreeId = (typeof UNITS)[number] | 'human' | 'si' | 'lohi' | 'total' | 'committed' | 'seconds' | 'count' | 'wide';
const FREE: ToolUsage<FreeId> = {
  synopsis: ['[options]'],
  options: [
    option('bytes', '-b --bytes', 'show output in bytes'),
    option('kilo', '--kilo', 'show output in kilobytes'),
    option('mega', '--mega', 'show output in megabytes'),
    option('giga', '--giga', 'show output in gigabytes'),
    option('tera', '--tera', 'show output in terabytes'),
    option('peta', '--peta', 'show output in petabytes'),
    option('kibi', '-k --kibi', 'show output in kibibytes'),
    option('mebi', '-m --mebi', 'show output in mebibytes'),
    option('gibi', '-g --gibi', 'show output in gibibytes'),
    option('tebi', '--tebi', 'show output in tebibytes'),
    option('pebi', '--pebi', 'show output in pebibytes'),
    option('human', '-h --human', 'show human-readable output'),
    option('si', '--si', 'use powers of 1000 not 1024'),
    option('lohi', '-l --lohi', 'show detailed low and high memory statistics'),
    option('total', '-t --total', 'show total for RAM + swap'),
    option('committed', '-v --committed', 'show committed memory and commit limit'),
    option('seconds', '-s --seconds N', 'repeat printing every N seconds'),
    option('count', '-c --count N', 'repeat printing N times, then exit'),
    option('wide', '-w --wide', 'wide output'),
  ],
  ...{ column: 21, from: 'procps-ng 4.0.2' },
};
const POWERS: Readonly<Record<(typeof UNITS)[number], readonly [number, number]>> = {
  ...{ bytes: [1024, 0], kibi: [1024, 1], mebi: [1024, 2], gibi: [1024, 3], tebi: [1024, 4], pebi: [1024, 5] },
  ...{ kilo: [1000, 1], mega: [1000, 2], giga: [1000, 3], tera: [1000, 4], peta: [1000, 5] },
};

/** As short as five characters allow: `1.9Gi`, `402Mi`. */
function human(kib: number, base: number): string {
  const bytes = kib * 1024;
  if (`${bytes}B`.length <= 5) return `${bytes}B`;
  for (let i = 1; i <= 5; i++) {
    const suffix = `${' KMGTP'[i]!}${base === 1024 ? 'i' : ''}`;
    const value = bytes / base ** i;
    for (const text of [`${value.toFixed(1)}${suffix}`, `${Math.trunc(value)}${suffix}`]) if (text.length <= (base === 1024 ? 5 : 4)) return text;
  }
  return `${bytes}B`;
}

function facts(p: Process): ReadonlyMap<string, number> {
  const file = p.fs.readFile('/proc/meminfo');
  return new Map([...(file.ok ? file.value : '').matchAll(/^(\w+):\s*(\d+)/gm)].map(([, name = '', value]) => [name, Number(value)]));
}

const free = tool(FREE, function* (p, line) {
  const given = UNITS.filter((unit) => line.has(unit));
  if (given.length > 1) return yield* p.fail("Multiple unit options don't make sense.");
  const seconds = line.value('seconds');
  if (seconds !== undefined && !(Number(seconds) > 0)) return yield* p.fail(`seconds argument failed: '${seconds}': Invalid argument`);
  const count = line.value('count');
  if (count !== undefined && !/^\d+$/.test(count)) return yield* p.fail(`failed to parse count argument: '${count}'`);
  if (count !== undefined && Number(count) < 1) return yield* p.fail(`failed to parse count argument: '${count}': Numerical result out of range`);
  const [base, power] = POWERS[given[0] ?? 'kibi'];
  const scale = (kib: number): string => {
    if (line.has('human')) return human(kib, line.has('si') ? 1000 : 1024);
    return String(Math.trunc((kib * 1024) / (line.has('si') ? 1000 : base) ** power));
  };
  const cells = (values: readonly number[]): string => values.map((value) => scale(value).padStart(11)).join(' ');
  const row = (label: string, values: readonly number[]): string => `${label.padEnd(9)}${cells(values)}\n`;
  const titles = ['total', 'used', 'free', 'shared', ...(line.has('wide') ? ['buffers', 'cache'] : ['buff/cache']), 'available'];
  for (let left = Number(count ?? (seconds === undefined ? 1 : Infinity)); left > 0; left--) {
    const known = facts(p);
    const of = (name: string): number => known.get(name) ?? 0;
    const [total, available, unused] = [of('MemTotal'), of('MemAvailable'), of('MemFree')];
    const cache = of('Cached') + of('SReclaimable');
    const swap = [of('SwapTotal'), of('SwapTotal') - of('SwapFree'), of('SwapFree')] as const;
    const buffers = line.has('wide') ? [of('Buffers'), cache] : [of('Buffers') + cache];
    yield* p.print(`${' '.repeat(9)}${titles.map((title) => title.padStart(11)).join(' ')}\n`);
    yield* p.print(row('Mem:', [total, total - available, unused, of('Shmem'), ...buffers, available]));
    if (line.has('lohi')) yield* p.print(row('Low:', [total, total - unused, unused]) + row('High:', [0, 0, 0]));
    yield* p.print(row('Swap:', swap));
    if (line.has('total')) yield* p.print(row('Total:', [total + swap[0], total - available + swap[1], unused + swap[2]]));
    if (line.has('committed')) yield* p.print(row('Comm:', [of('CommitLimit'), of('Committed_AS'), of('CommitLimit') - of('Committed_AS')]));
    if (left <= 1) break;
    yield* p.print('\n');
    yield* p.flush();
    if ((yield* p.sleep(Number(seconds ?? 1) * 1e6)) === 'interrupted') break;
  }
  return 0;
});

const VMSTAT_TITLES = [
  'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----',
  ' r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st',
];
const VMSTAT: ToolUsage<'one-header' | 'active' | 'wide' | 'timestamp' | 'unit'> = {
  synopsis: ['[options] [delay [count]]'],
  options: [
    option('active', '!-a --active', 'active/inactive memory'),
    option('one-header', '-n --one-header', 'do not redisplay header'),
    option('unit', '!-S --unit <char>', 'define display unit'),
    option('wide', '!-w --wide', 'wide output'),
    option('timestamp', '!-t --timestamp', 'show timestamp'),
  ],
  ...{ column: 24, from: 'procps-ng 4.0.2', section: 8, missing: ['paging, disks and interrupts: they stay 0'] },
};
const vmstat = tool(VMSTAT, function* (p, line) {
  const [delay, count] = line.operands;
  const bad = line.operands.find((word) => !/^\d+$/.test(word));
  if (bad !== undefined) return yield* p.fail(`failed to parse argument: '${bad}'`);
  yield* p.print(VMSTAT_TITLES.map((title) => `${title}\n`).join(''));
  const pad = (value: Bytes | number, width: number): string => String(value).padStart(width);
  for (let left = Number(count ?? (delay === undefined ? 1 : Infinity)); left > 0; left--) {
    const known = facts(p);
    const sizes = [0, known.get('MemFree') ?? 0, known.get('Buffers') ?? 0, (known.get('Cached') ?? 0) + (known.get('SReclaimable') ?? 0)];
    yield* p.print(` 0  0 ${sizes.map((size) => pad(size, 6)).join(' ')}    0    0     0     0    0    0  0  0 100  0  0\n`);
    if (left <= 1) break;
    yield* p.flush();
    if ((yield* p.sleep(Number(delay ?? 1) * 1e6)) === 'interrupted') break;
  }
  return 0;
});
export const MEMORY_TOOLS: Readonly<Record<string, Program>> = { free, vmstat };
