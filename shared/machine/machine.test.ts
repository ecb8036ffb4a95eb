/**
 * Goal: a machine boots with its files, /proc, /sys and programs, and programs run on it. Method: run small programs of our own and read what
 * they print through a pipe.
 */
import { expect, test } from 'vitest';
import { addLink, Iff, makeNetns, makeWorld, setLink } from '../kernel/index.ts';
import type { Process, Program } from '../shell/index.ts';
import { Machine, mountNetns, netnsAt, netnsOf, NETNS_DIR, unmountNetns } from './index.ts';

const EPOCH_MS = 1_700_000_000_000;

/** Runs a program on a fresh machine to its end; what it printed and how it ended. */
function run(main: Program): { output: string; status: number | undefined } {
  const machine = new Machine(makeWorld(1, EPOCH_MS), {
    hostname: 'node-1',
    users: [],
    hosts: [],
    nameservers: [],
    seed: 1,
    programs: [{ path: '/usr/bin/probe', main, origin: 'test 1' }],
  });
  const child = machine.spawn(['probe']);
  if (!child.ok) throw new Error(child.error);
  const process = child.value;
  machine.os.sim.runFree(() => process.ending === undefined);
  const output = machine.init.fs.readFile('/tmp/out');
  return { output: output.ok ? output.value : '', status: process.ending?.kind === 'exited' ? process.ending.code : undefined };
}
const printing = (make: (p: Process) => string): Program =>
  function* (p) {
    const written = p.fs.writeFile('/tmp/out', make(p));
    return written.ok ? 0 : 1;
  };
const read = (p: Process, path: string): string => {
  const file = p.fs.readFile(path);
  return file.ok ? file.value : `<${file.error}>`;
};

test.each([
  ['/etc/hostname', 'node-1\n'],
  ['/proc/sys/kernel/hostname', 'node-1\n'],
  ['/proc/sys/net/ipv4/ip_forward', '0\n'],
  ['/sys/class/net/lo/mtu', '65536\n'],
  ['/sys/class/net/lo/operstate', 'down\n'],
  ['/sys/class/net/lo/carrier', '<EINVAL>'],
  ['/proc/net/route', ''],
  ['/proc/net/arp', 'IP address       HW type     Flags       HW address            Mask     Device\n'],
  ['/proc/self/comm', 'probe\n'],
  ['/bin/nothing', '<ENOENT>'],
])('%s reads', (path, expected) => {
  expect(run(printing((p) => read(p, path)))).toEqual({ output: expected, status: 0 });
});

test('what is written to a sysctl counts, and what is no number is refused', () => {
  const { output } = run(
    printing((p) => {
      const good = p.fs.writeFile('/proc/sys/net/ipv4/ip_forward', '1\n');
      const bad = p.fs.writeFile('/proc/sys/net/ipv4/ip_forward', 'banana\n');
      return `${good.ok} ${bad.ok ? '' : bad.error} ${read(p, '/proc/sys/net/ipv4/conf/lo/forwarding')}${netnsOf(p).ipv4All.forwarding}`;
    }),
  );
  expect(output).toBe('true EINVAL 1\n1');
});

test('a named namespace is a file that can be entered, and goes when its name does', () => {
  const { output } = run(
    printing((p) => {
      const { host } = netnsOf(p);
      p.fs.mkdirs(NETNS_DIR);
      p.fs.writeFile(`${NETNS_DIR}/red`, '');
      const red = makeNetns(host);
      const mounted = mountNetns(p, `${NETNS_DIR}/red`, red);
      const found = netnsAt(p, '/var/run/netns/red');
      addLink(netnsOf(p), { name: 'v0', info: { kind: 'veth', peer: { name: 'v1', netns: red } } });
      setLink(netnsOf(p), 'v0', { flagsMask: Iff.UP, flags: Iff.UP });
      const named = red.name;
      const unmounted = unmountNetns(p, `${NETNS_DIR}/red`);
      return `${mounted.ok} ${found.ok && found.value === red} ${named} ${unmounted.ok} ${read(p, '/sys/class/net/v0/duplex')}`;
    }),
  );
  expect(output).toBe('true true red true full\n');
});
