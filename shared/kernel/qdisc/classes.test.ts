/** prio with its bands, fq_codel and sfq: what is asked, refused and counted. Authority: net/sched/sch_api.c, sch_prio.c, sch_fq_codel.c, sch_sfq.c. */
import { describe, expect, it } from 'vitest';
import { EtherType, Ipv4Header, IpProtocol } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import { changeQdisc, deleteQdisc, leafQdiscs, rootQdisc, type QdiscOptions, type QdiscRequest } from '../rtnl/qdisc.ts';
import { ip, refusal, TestLab } from '../test-lab.ts';
import { transmit } from '../transmit.ts';
import type { FqCodel, Sfq } from './fair.ts';
import type { Netem, NetemOptions } from './netem.ts';
import type { Prio } from './prio.ts';

const MAP = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
const NEVER = { probability: 0, correlation: 0 };
const NETEM: NetemOptions = {
  ...{ kind: 'netem', limit: 1000, delayUs: 0, jitterUs: 0, delayCorrelation: 0, distribution: 'uniform', loss: NEVER, duplicate: NEVER, corrupt: NEVER },
  ...{ reorder: NEVER, gap: 0, rate: 0, packetOverhead: 0, cellSize: 0, cellOverhead: 0 },
};

function link() {
  const lab = new TestLab();
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  lab.wire(a, 'eth0', '10.0.0.1/24', b, 'eth0', '10.0.0.2/24');
  lab.sleep(1);
  const device = lab.device(a, 'eth0');
  const ask = (verb: 'add' | 'change' | 'delete', options: QdiscOptions | null, where: Partial<QdiscRequest> = {}): string => {
    const request = { device: device.index, parent: 'root' as const, handle: 0, ...(options && { kind: options.kind, options }), ...where };
    return refusal(verb === 'delete' ? deleteQdisc(a, request) : changeQdisc(a, { ...request, ...(verb === 'add' && { create: true, exclusive: true }) }));
  };
  const send = (priority: number): void => {
    const skb = new Skb();
    skb.etherType = EtherType.IPV4;
    skb.ip = new Ipv4Header(ip('10.0.0.1'), ip('10.0.0.2'), IpProtocol.UDP, 64);
    skb.payload = 'x'.repeat(66);
    skb.priority = priority;
    transmit(skb, device);
  };
  return { lab, device, ask, send };
}
const child = (minor: number): Partial<QdiscRequest> => ({ parent: 'class', parentId: 0x10000 + minor });

describe('prio', () => {
  it('sends each priority through its band, and counts there and as a whole', () => {
    const { lab, device, ask, send } = link();
    expect(ask('add', { kind: 'prio', bands: 3, map: MAP }, { handle: 0x10000 })).toBe('ok');
    expect(ask('add', { ...NETEM, delayUs: 5000 }, { ...child(1), handle: 0x100000 })).toBe('ok');
    for (const priority of [0, 6, 6, 2]) send(priority);
    const root = rootQdisc(device) as Prio;
    expect(root.leaves.map(({ stats }) => stats.packets)).toEqual([0, 1, 1]);
    expect([root.stats.packets, root.stats.queueLength, root.stats.backlog]).toEqual([2, 2, 200]);
    lab.sleep(1);
    expect(root.leaves.map(({ stats }) => stats.packets)).toEqual([2, 1, 1]);
    expect([root.stats.packets, root.stats.bytes, root.stats.queueLength]).toEqual([4, 400, 0]);
    expect(ask('change', { ...NETEM, loss: { probability: 1, correlation: 0 } }, { parent: 'none', handle: 0x100000 })).toBe('ok');
    send(6);
    expect([root.leaves[0]!.stats.drops, root.stats.drops]).toEqual([1, 1]);
  });
  it('takes disciplines into its bands, and refuses as the kernel does', () => {
    const { device, ask } = link();
    expect(ask('add', { kind: 'prio', bands: 1, map: MAP })).toBe('EINVAL');
    expect(ask('add', { kind: 'pfifo' }, child(1))).toBe('ENOENT: Failed to find specified qdisc');
    expect(ask('add', { kind: 'prio', bands: 3, map: MAP }, { handle: 0x10000 })).toBe('ok');
    expect(ask('add', { kind: 'pfifo', limit: 5 }, { ...child(2), handle: 0x200000 })).toBe('ok');
    expect(ask('add', { kind: 'pfifo' }, { ...child(9), handle: 0x300000 })).toBe('ENOENT: Specified class not found');
    expect(ask('add', { kind: 'pfifo' }, child(2))).toBe('EEXIST: Exclusivity flag on, cannot modify');
    expect(ask('delete', null, child(1))).toBe('ENOENT: Cannot delete qdisc with handle of zero');
    expect(leafQdiscs(device).map(({ leaf, parentId }) => [leaf.name, leaf.handle, parentId])).toEqual([['pfifo', 0x200000, 0x10002]]);
    expect(ask('change', { kind: 'prio', bands: 2, map: MAP.map(() => 1) })).toBe('ok');
    expect(leafQdiscs(device).length).toBe(1);
    expect(ask('delete', null, child(2))).toBe('ok');
    expect(leafQdiscs(device)).toEqual([]);
  });
});

describe('fair queues', () => {
  it('fq_codel keeps what it was set to, in its own unit of time, and its flows for good', () => {
    const { device, ask } = link();
    expect(ask('add', { kind: 'fq_codel', flows: 64, targetUs: 10_000, quantum: 10, ecn: false })).toBe('ok');
    const root = rootQdisc(device) as FqCodel;
    expect([root.flows, root.targetUs, root.intervalUs, root.quantum, root.ecn, root.limit]).toEqual([64, 9999, 99_999, 256, false, 10240]);
    expect(ask('change', { kind: 'fq_codel', flows: 32, limit: 7 })).toBe('EINVAL');
    expect(ask('change', { kind: 'fq_codel', limit: 7 })).toBe('ok');
    expect([root.flows, root.limit, root.ecn]).toEqual([64, 7, false]);
  });
  it('sfq is set when it is made, and never changed', () => {
    const { device, ask } = link();
    expect(ask('add', { kind: 'sfq', divisor: 500 })).toBe('EINVAL');
    expect(ask('add', { kind: 'sfq', limit: 50, depth: 20, divisor: 64, quantum: 3000 })).toBe('ok');
    const root = rootQdisc(device) as Sfq;
    expect([root.limit, root.depth, root.divisor, root.flows, root.quantum]).toEqual([50, 20, 64, 50, 3000]);
    expect(ask('change', { kind: 'sfq', limit: 9 })).toBe('ENOSYS: Change operation not supported by specified qdisc');
  });
});

it('netem keeps correlations, corruption, reordering and rate that a change does not name', () => {
  const { device, ask } = link();
  const given = (...words: ('correlation' | 'reorder' | 'corrupt' | 'rate')[]): ReadonlySet<'correlation' | 'reorder' | 'corrupt' | 'rate'> => new Set(words);
  ask('add', { ...NETEM, loss: { probability: 0.3, correlation: 0.5 }, rate: 1000, given: given('correlation', 'rate') });
  ask('change', { ...NETEM, loss: { probability: 0.1, correlation: 0 }, given: given() });
  const root = rootQdisc(device) as Netem;
  expect([root.options.loss, root.options.rate]).toEqual([{ probability: 0.1, correlation: 0.5 }, 1000]);
  ask('change', { ...NETEM, corrupt: { probability: 0.2, correlation: 0.1 }, given: given('correlation', 'corrupt') });
  expect([root.options.loss, root.options.corrupt, root.options.rate]).toEqual([NEVER, { probability: 0.2, correlation: 0.1 }, 1000]);
});
