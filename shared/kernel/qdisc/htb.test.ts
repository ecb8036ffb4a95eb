/**
 * Goal: classes of htb get their rates, borrow what others leave, up to their ceiling, and wait in order of priority; filters and ifb do what they say.
 * Method: more packets than a rate lets through, in virtual time; who sent how much. Authority: net/sched/sch_htb.c, cls_api.c, drivers/net/ifb.c.
 */
import { describe, expect, it } from 'vitest';
import { EtherType, Ipv4Header, IpProtocol } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import { changeClass } from '../rtnl/classes.ts';
import { changeFilter, type FilterRequest } from '../rtnl/filters.ts';
import { addLink } from '../rtnl/link.ts';
import { changeQdisc, rootQdisc } from '../rtnl/qdisc.ts';
import { actionsOf } from '../tc/action.ts';
import { granted, ip, TestLab } from '../test-lab.ts';
import { transmit } from '../transmit.ts';
import { Htb } from './htb.ts';

const ROOT = 0x10000;
const LENGTH = 1000;
interface Class {
  readonly id: number;
  readonly parent?: number;
  readonly rate: number;
  readonly ceil?: number;
  readonly priority?: number;
}
/** Rates are bytes a second. */
function shaped(classes: readonly Class[]) {
  const lab = new TestLab();
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  lab.wire(a, 'eth0', '10.0.0.1/24', b, 'eth0', '10.0.0.2/24');
  lab.sleep(1);
  const device = lab.device(a, 'eth0');
  const options = { kind: 'htb', defaultClass: 0, rateToQuantum: 10 } as const;
  granted(changeQdisc(a, { device: device.index, parent: 'root', handle: ROOT, kind: 'htb', options, create: true, exclusive: true }));
  for (const { id, parent, rate, ceil = rate, priority = 0 } of classes) {
    const wanted = { rate, ceil, burst: LENGTH, ceilBurst: LENGTH, overhead: 0, mpu: 0, priority, quantum: 0 };
    granted(changeClass(a, { device: device.index, parent: ROOT + (parent ?? 0), id: ROOT + id, options: wanted, create: true, exclusive: true }));
  }
  const htb = rootQdisc(device);
  if (!(htb instanceof Htb)) throw new Error('it is not there');
  const send = (id: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      const skb = new Skb();
      skb.etherType = EtherType.IPV4;
      skb.ip = new Ipv4Header(ip('10.0.0.1'), ip('10.0.0.2'), IpProtocol.UDP, 64);
      skb.payload = 'x'.repeat(LENGTH - 34);
      skb.priority = ROOT + id;
      transmit(skb, device);
    }
  };
  const packets = (): readonly number[] => classes.map(({ id }) => htb.find(ROOT + id)?.stats.packets ?? -1);
  return { lab, a, b, device, htb, send, packets };
}

describe('htb', () => {
  const TREE: readonly Class[] = [
    { id: 1, rate: 100_000 },
    { id: 10, parent: 1, rate: 75_000, ceil: 100_000 },
    { id: 20, parent: 1, rate: 25_000, ceil: 50_000 },
  ];
  it.each<readonly [string, readonly Class[], readonly (readonly [id: number, count: number])[], readonly number[]]>([
    ['both want more than there is: each its rate', TREE, [[10, 500], [20, 500]], [101, 76, 26]], // prettier-ignore
    ['one alone borrows up to its ceiling', TREE, [[20, 500]], [51, 0, 51]],
    ['the other alone borrows all', TREE, [[10, 500]], [101, 101, 0]],
    ['who has priority borrows first', [{ id: 1, rate: 100_000 }, { id: 10, parent: 1, rate: 10_000, ceil: 100_000, priority: 0 }, { id: 20, parent: 1, rate: 10_000, ceil: 100_000, priority: 1 }], [[10, 500], [20, 500]], [101, 91, 11]], // prettier-ignore
    ['nobody lends beyond a root', [{ id: 10, rate: 10_000 }, { id: 20, rate: 90_000 }], [[10, 500], [20, 10]], [11, 10]], // prettier-ignore
  ])('%s', (_, classes, sent, expected) => {
    const { lab, send, packets } = shaped(classes);
    for (const [id, count] of sent) send(id, count);
    lab.sleep(1);
    packets().forEach((count, i) => expect(Math.abs(count - expected[i]!), `class ${classes[i]!.id}: ${count}, not ${expected[i]}`).toBeLessThanOrEqual(4));
  });
  it('drops what does not fit into a class, and counts what waits', () => {
    const { htb, send, device } = shaped([{ id: 10, rate: 10_000 }]);
    send(10, 1500);
    expect(htb.stats).toMatchObject({ packets: 2, drops: 498, queueLength: 1000, backlog: 1000 * LENGTH });
    htb.reset();
    expect(htb.stats).toMatchObject({ queueLength: 0, backlog: 0 });
    expect(device.egress).toBe(htb);
  });
  it('sends what is for no class at once', () => {
    const { htb, send } = shaped([{ id: 10, rate: 10_000 }]);
    send(99, 5);
    expect([htb.directPackets, htb.stats.packets]).toEqual([5, 5]);
  });
});

describe('filters', () => {
  const filter = (lab: ReturnType<typeof shaped>, request: Partial<FilterRequest>): void =>
    granted(changeFilter(lab.a, { device: lab.device.index, parent: 'root', priority: 1, protocol: 3, handle: 0, kind: 'matchall', matching: { kind: 'matchall' }, create: true, exclusive: true, ...request })); // prettier-ignore
  it('send to a class', () => {
    const lab = shaped([{ id: 10, rate: 1_000_000 }]);
    filter(lab, { parent: ROOT, classId: ROOT + 10 });
    lab.send(99, 3);
    lab.lab.sleep(1);
    expect(lab.packets()).toEqual([3]);
  });
  it('at the ingress redirect to ifb, whose packets come back behind its discipline', () => {
    const lab = shaped([]);
    const { a, device } = lab;
    granted(addLink(a, { name: 'ifb0', info: { kind: 'ifb' } }));
    const ifb = lab.lab.device(a, 'ifb0');
    lab.lab.up(a, 'ifb0');
    granted(changeQdisc(a, { device: device.index, parent: 'ingress', handle: 0, kind: 'ingress', create: true, exclusive: true }));
    const options = { kind: 'tbf', rate: 1000, burst: 2000, limit: 100_000, peakRate: 0, mtu: 0 } as const;
    granted(changeQdisc(a, { device: ifb.index, parent: 'root', handle: 0, kind: 'tbf', options, create: true, exclusive: true }));
    filter(lab, { parent: 0xffff0000, protocol: EtherType.IPV4, actions: [{ kind: 'mirred', what: 'redirect', way: 'egress', device: ifb.index, control: 'stolen' }] }); // prettier-ignore
    expect(lab.lab.ping(a, '10.0.0.2')).toBe('reply ttl=64');
    expect([ifb.stats.rxPackets, ifb.stats.txPackets, ifb.stats.rxDropped, rootQdisc(ifb)?.stats.packets]).toEqual([1, 1, 0, 1]);
    expect([...actionsOf(a, 'mirred').values()].map(({ index, packets }) => [index, packets])).toEqual([[1, 1]]);
  });
  it('drop', () => {
    const lab = shaped([]);
    granted(changeQdisc(lab.a, { device: lab.device.index, parent: 'ingress', handle: 0, kind: 'clsact', create: true, exclusive: true }));
    filter(lab, { parent: 0xfffffff2, actions: [{ kind: 'gact', control: 'drop', random: 'none', other: 'pass', value: 0 }] });
    expect(lab.lab.ping(lab.a, '10.0.0.2')).toBe('nothing');
  });
});
