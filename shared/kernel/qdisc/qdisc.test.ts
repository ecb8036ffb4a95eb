/**
 * Goal: queueing disciplines do to packets what they say. Method: packets of known size leave one end of a veth pair through a discipline; when and
 * how many arrive at the other end is compared with what the options promise.
 */
import { describe, expect, test } from 'vitest';
import { EtherType, Ipv4Header, IpProtocol } from '../../wire/index.ts';
import { Skb, type Device } from '../model.ts';
import { changeQdisc, deleteQdisc, rootQdisc, type QdiscOptions } from '../rtnl/qdisc.ts';
import { TestLab, granted, ip, refusal } from '../test-lab.ts';
import { transmit } from '../transmit.ts';
import type { Chance, NetemOptions } from './netem.ts';

const NEVER: Chance = { probability: 0, correlation: 0 };
const always = (probability: number): Chance => ({ probability, correlation: 0 });
const NETEM: NetemOptions = {
  ...{ kind: 'netem', limit: 1000, delayUs: 0, jitterUs: 0, delayCorrelation: 0, distribution: 'uniform', loss: NEVER, duplicate: NEVER, corrupt: NEVER },
  ...{ reorder: NEVER, gap: 0, rate: 0, packetOverhead: 0, cellSize: 0, cellOverhead: 0 },
};
const LENGTH = 1000;

/** Sends `count` packets of 1000 bytes at once; says when each arrived, by its number. */
function arrivals(
  options: QdiscOptions,
  count: number,
  change: (device: Device) => void = () => undefined,
): { readonly seen: readonly (readonly [number, number])[]; readonly device: Device } {
  const lab = new TestLab();
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  lab.veth(a, 'eth0', b, 'eth0');
  lab.up(a, 'eth0');
  lab.up(b, 'eth0');
  lab.sleep(1);
  const device = lab.device(a, 'eth0');
  granted(changeQdisc(a, { device: device.index, parent: 'root', handle: 0x10000, kind: options.kind, options, create: true, exclusive: true }));
  change(device);
  const seen: [number, number][] = [];
  const startUs = lab.nowUs;
  b.taps.push({ device: null, protocol: EtherType.IPV4, captured: (skb) => void seen.push([skb.ip?.id ?? 0, Math.round((lab.nowUs - startUs) / 1000)]) });
  for (let id = 0; id < count; id++) {
    const skb = new Skb();
    skb.etherType = EtherType.IPV4;
    skb.ip = new Ipv4Header(ip('10.0.0.1'), ip('10.0.0.2'), IpProtocol.UDP, 64);
    skb.ip.id = id;
    skb.ethDst = lab.device(b, 'eth0').address;
    skb.payload = 'x'.repeat(LENGTH - 34);
    transmit(skb, device);
  }
  lab.sleep(10);
  return { seen, device };
}
const CASES: readonly (readonly [name: string, options: QdiscOptions, count: number, seen: readonly (readonly [id: number, ms: number])[]])[] = [
  ['pfifo passes at once', { kind: 'pfifo' }, 2, [[0, 0], [1, 0]]],
  ['pfifo without room drops all', { kind: 'pfifo', limit: 0 }, 2, []],
  ['netem delays', { ...NETEM, delayUs: 30_000 }, 2, [[0, 30], [1, 30]]],
  ['netem loses', { ...NETEM, loss: always(1) }, 3, []],
  ['netem duplicates', { ...NETEM, duplicate: always(1) }, 2, [[0, 0], [0, 0], [1, 0], [1, 0]]],
  ['netem sends at a rate: 1000 bytes at 100 kB/s take 10 ms', { ...NETEM, rate: 100_000 }, 3, [[0, 10], [1, 20], [2, 30]]],
  ['netem sends at a rate after a delay', { ...NETEM, rate: 100_000, delayUs: 5_000 }, 2, [[0, 15], [1, 25]]],
  ['netem lets only so many wait', { ...NETEM, delayUs: 1_000, limit: 2 }, 4, [[0, 1], [1, 1]]],
  ['netem lets every third go ahead', { ...NETEM, delayUs: 9_000, reorder: always(1), gap: 3 }, 6, [[2, 0], [5, 0], [0, 9], [1, 9], [3, 9], [4, 9]]],
  ['tbf: a bucket of two, then one in 10 ms', { kind: 'tbf', rate: 100_000, burst: 2_000, limit: 10_000, peakRate: 0, mtu: 0 }, 4, [[0, 0], [1, 0], [2, 10], [3, 20]]],
  ['tbf drops what does not fit into its queue', { kind: 'tbf', rate: 100_000, burst: 1_000, limit: 1_000, peakRate: 0, mtu: 0 }, 4, [[0, 0], [1, 10]]],
  ['tbf drops what no bucket holds', { kind: 'tbf', rate: 100_000, burst: 500, limit: 10_000, peakRate: 0, mtu: 0 }, 1, []],
]; // prettier-ignore
describe('when packets arrive', () => {
  test.each(CASES)('%s', (_name, options, count, seen) => {
    expect(arrivals(options, count).seen).toEqual(seen);
  });
});

test('jitter stays within its bounds, and counters say what happened', () => {
  const { seen, device } = arrivals({ ...NETEM, delayUs: 50_000, jitterUs: 10_000, loss: always(0.3) }, 200);
  const times = seen.map(([, ms]) => ms);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(40);
  expect(Math.max(...times)).toBeLessThanOrEqual(60);
  const { packets, drops, bytes, backlog } = rootQdisc(device)!.stats;
  expect([packets + drops, packets, bytes, backlog]).toEqual([200, seen.length, seen.length * LENGTH, 0]);
  expect(drops).toBeGreaterThan(30);
  expect(drops).toBeLessThan(90);
});

test('requests are refused in the kernel’s words', () => {
  const lab = new TestLab();
  const a = lab.netns('a');
  lab.veth(a, 'eth0', a, 'eth1');
  const device = lab.device(a, 'eth0').index;
  const root = { device, parent: 'root', handle: 0 } as const;
  const fifo = { kind: 'pfifo', options: { kind: 'pfifo' } } as const;
  const answers = [
    deleteQdisc(a, root),
    changeQdisc(a, { ...root, ...fifo }),
    changeQdisc(a, { ...root, ...fifo, handle: 0x10000, create: true, exclusive: true }),
    changeQdisc(a, { ...root, ...fifo, create: true, exclusive: true }),
    changeQdisc(a, { ...root, ...fifo, handle: 0x20000, create: true, exclusive: true }),
    changeQdisc(a, { ...root, kind: 'nosuch', create: true, replace: true }),
    deleteQdisc(a, { ...root, handle: 0x20000 }),
    deleteQdisc(a, root),
  ].map(refusal);
  expect(answers).toEqual([
    'ENOENT: Cannot delete qdisc with handle of zero',
    'ENOENT: Qdisc not found. To create specify NLM_F_CREATE flag',
    'ok',
    'EEXIST: Exclusivity flag on, cannot modify',
    'EEXIST: NLM_F_REPLACE needed to override',
    'ENOENT: Specified qdisc kind is unknown',
    'EINVAL: Invalid handle',
    'ok',
  ]);
});
