// What a bridge tells of the groups it joins, and what another bridge learns of it. Recorded from Linux 6.18.
import { describe, expect, it } from 'vitest';
import { formatIpv4, formatMac } from '../../wire/index.ts';
import { fdbInOrder } from '../devices/bridge/bridge-fdb.ts';
import type { Bridge } from '../devices/bridge/bridge.ts';
import type { Skb } from '../model.ts';
import { TestLab } from '../test-lab.ts';

const bytes = (text: string): string => [...text].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');

describe('a bridge that comes up', () => {
  const lab = new TestLab();
  const [host, far] = [lab.netns('host'), lab.netns('far')];
  lab.wire(host, 'eth0', '10.0.0.1/24', far, 'eth0', '10.0.0.2/24');
  for (const netns of [host, far]) lab.add(netns, 'br0', { kind: 'bridge' });
  const heard: string[] = [];
  lab.device(far, 'eth0').taps.push({
    device: lab.device(far, 'eth0'),
    protocol: 3,
    captured: (skb: Skb) =>
      heard.push(
        `${formatIpv4(skb.ip!.src)} > ${formatIpv4(skb.ip!.dst)} ttl ${skb.ip!.ttl} tos ${skb.ip!.tos} ${bytes(skb.ip!.options)} ${bytes(skb.payload)}`,
      ),
  });
  lab.master(host, 'eth0', 'br0');
  lab.master(far, 'eth0', 'br0');
  lab.up(host, 'br0');
  lab.sleep(3);
  it('reports the group of the snoopers twice, from no address of its own', () => {
    const report = '0.0.0.0 > 224.0.0.22 ttl 1 tos 192 94040000 2200f9930000000104000000e000006a';
    expect(heard).toEqual([report, report]);
  });
  it('is known by its MAC to the bridge beyond, which keeps no group of the wire', () => {
    lab.up(far, 'br0');
    lab.down(host, 'br0');
    lab.up(host, 'br0');
    lab.sleep(3);
    const bridge = lab.device(far, 'br0') as Bridge;
    const learnt = fdbInOrder(bridge).filter((entry) => !entry.isLocal);
    expect(learnt.map((entry) => formatMac(entry.mac))).toEqual([formatMac(lab.device(host, 'br0').address)]);
    expect(bridge.mdb.filter((entry) => entry.group.kind === 'ipv4')).toEqual([]);
  });
});
