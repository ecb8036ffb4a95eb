// What becomes of frames for a device without a carrier. Recorded from Linux 6.18.
import { expect, it } from 'vitest';
import { granted, TestLab } from './test-lab.ts';
import { addLink } from './rtnl/link.ts';

it('macvlans on a bridge without a carrier do not reach each other, and what they lose is counted', () => {
  const lab = new TestLab();
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  const bridge = lab.add(lab.root, 'br0', { kind: 'bridge' });
  lab.add(lab.root, 'v0', { kind: 'veth', peer: { name: 'v1' } });
  lab.master(lab.root, 'v0', 'br0');
  lab.up(lab.root, 'br0');
  for (const [i, netns] of [a, b].entries()) {
    granted(addLink(lab.root, { name: `mv${i}`, link: bridge.index, netns, info: { kind: 'macvlan', options: { mode: 'bridge' } } }));
    lab.address(netns, `mv${i}`, `10.0.0.${i + 1}/24`);
    lab.up(netns, `mv${i}`);
  }
  expect(lab.ping(a, '10.0.0.2')).toBe('nothing');
  expect(lab.device(a, 'mv0').stats).toMatchObject({ txPackets: 0, txDropped: 1 });
  lab.up(lab.root, 'v0', 'v1');
  lab.sleep(2);
  expect(lab.ping(a, '10.0.0.2')).toBe('reply ttl=64');
});
