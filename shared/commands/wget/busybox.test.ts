/**
 * Goal: the wget of busybox images says what busybox's says. Method: golden/busybox.json holds what busybox 1.35 printed, both streams merged, for
 * command lines against golden/www.sh behind socat on ports 80 and 8080 of 10.0.0.1; the same runs here, in the same order.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeWorld } from '../../kernel/index.ts';
import { Machine } from '../../machine/index.ts';
import { PROGRAMS } from '../index.ts';
import { BUSYBOX_WGET } from './index.ts';

interface Answer {
  readonly command: string;
  readonly output: string;
  readonly status: number;
}
const golden = (name: string): string => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8');
const answers = JSON.parse(golden('busybox.json')) as Answer[];

const world = makeWorld(7, 1_700_000_000_000);
const others = PROGRAMS.filter(({ path }) => !path.endsWith('/wget'));
const wget = BUSYBOX_WGET.map((program) => ({ ...program, path: '/usr/bin/wget' }));
const machine = new Machine(world, { hostname: 'node-1', users: [], hosts: [], nameservers: [], seed: 1, programs: [...others, ...wget] });
machine.init.fs.writeFile('/root/www', golden('www.sh'), { mode: 0o755 });

function run(line: string): { readonly output: string; readonly status: number } {
  const out = machine.init.fs.open('/tmp/out', { write: true, create: true, truncate: true, append: true });
  if (!out.ok) throw new Error(out.error);
  const child = machine.spawn(['bash', '-c', `mkdir -p /root/work; cd /root/work; ${line}`], {
    prepare: (p) => void [1, 2].forEach((fd) => p.fds.put(fd, out.value)),
  });
  if (!child.ok) throw new Error(child.error);
  world.simulation.runFree(() => child.value.ending === undefined);
  const text = machine.init.fs.readFile('/tmp/out');
  const { ending } = child.value;
  return { output: text.ok ? text.value : '', status: ending?.kind === 'exited' ? ending.code : -1 };
}
run('ip link set lo up; ip addr add 10.0.0.1/32 dev lo; for p in 80 8080; do socat TCP-LISTEN:$p,fork,reuseaddr EXEC:/root/www 2>/dev/null & done; sleep 0.1');

it.each(answers)('wget $command', ({ command, output, status }) => {
  expect(run(command.startsWith('cat ') ? command : `wget ${command}`)).toEqual({ output, status });
});
it('gives up after as long as -T says', () => {
  expect(run('wget -T 1 -qO- http://10.0.0.1/slow')).toEqual({ output: 'wget: download timed out\n', status: 1 });
});
