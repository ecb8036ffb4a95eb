// Laws of the data plane: no frame vanishes, equal seeds give equal runs.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { setLink } from './rtnl/link.ts';
import type { Netns } from './model.ts';
import { TestLab } from './test-lab.ts';
import type { Trace } from '../trace/index.ts';

/** Two nodes with pods behind bridges, a wire between them; `faults` breaks things. */
function nodes(seed: number, faults: readonly number[]): { lab: TestLab; pods: Netns[] } {
  const lab = new TestLab(seed);
  const machines = [1, 2].map((n) => lab.netns(`node-${n}`));
  const [a, b] = machines as [Netns, Netns];
  lab.wire(a, 'eth0', '172.16.0.11/24', b, 'eth0', '172.16.0.12/24');
  const pods: Netns[] = [];
  machines.forEach((node, i) => {
    const n = i + 1;
    lab.add(node, 'cni0', { kind: 'bridge' });
    lab.up(node, 'cni0');
    lab.address(node, 'cni0', `10.244.${n}.1/24`);
    for (const p of [2, 3]) {
      const pod = lab.netns(`pod-${n}-${p}`);
      lab.veth(node, `v${p}`, pod, 'eth0');
      lab.master(node, `v${p}`, 'cni0');
      lab.up(node, `v${p}`);
      lab.up(pod, 'eth0');
      lab.address(pod, 'eth0', `10.244.${n}.${p}/24`);
      lab.route(pod, `default via 10.244.${n}.1`);
      pods.push(pod);
    }
  });
  if (!faults.includes(0)) lab.forwarding(a);
  if (!faults.includes(1)) lab.forwarding(b);
  if (!faults.includes(2)) lab.route(a, '10.244.2.0/24 via 172.16.0.12');
  if (!faults.includes(3)) lab.route(b, '10.244.1.0/24 via 172.16.0.11');
  if (faults.includes(4)) lab.down(b, 'v2');
  if (faults.includes(5)) lab.down(a, 'eth0');
  if (faults.includes(6)) setLink(b, 'eth0', { mtu: 1000 });
  if (faults.includes(7)) for (const device of b.devices.values()) device.ipv4!.conf.rp_filter = 1;
  if (faults.includes(8)) lab.route(b, 'blackhole 10.244.1.0/25');
  lab.sleep(1.5);
  return { lab, pods };
}
const targets = [
  '10.244.1.2',
  '10.244.1.3',
  '10.244.2.2',
  '10.244.2.3',
  '10.244.2.99',
  '10.244.9.9',
  '172.16.0.12',
  '172.16.0.99',
  '10.244.1.255',
  '255.255.255.255',
  '127.0.0.1',
  '8.8.8.8',
  '224.0.0.1',
];
const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  faults: fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
  from: fc.integer({ min: 0, max: 3 }),
  to: fc.constantFrom(...targets),
  size: fc.constantFrom(0, 56, 1200, 3000),
  df: fc.boolean(),
  ttl: fc.constantFrom(1, 2, 64),
});

const send = ({ seed, faults, from, to, size, df, ttl }: typeof cases extends fc.Arbitrary<infer T> ? T : never): { answer: string; trace: Trace } => {
  const { lab, pods } = nodes(seed, faults);
  // Fragments that wait for others give up after 30 s.
  return lab.trace(pods[from]!, to, { size, df, ttl, broadcast: true, waitS: 8, settleS: 40 });
};

it('no frame vanishes: every copy was passed on, delivered, or dropped with a reason', () =>
  fc.assert(
    fc.property(cases, (it) => {
      const { trace } = send(it);
      for (const hop of trace.hops) expect([hop.disposition.kind, hop.steps.map(({ step }) => step.kind)]).not.toEqual(['pending', expect.anything()]);
    }),
    { numRuns: 150 },
  ));

it('the same seed gives the same trace, to the byte', () =>
  fc.assert(
    fc.property(cases, (it) => {
      expect(JSON.stringify(send(it))).toBe(JSON.stringify(send(it)));
    }),
    { numRuns: 25 },
  ));
