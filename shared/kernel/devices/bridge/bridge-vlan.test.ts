/** VLANs of bridges and devices: who reaches whom through one bridge, tried with an echo from host to host. Authority: net/bridge/br_vlan.c, net/8021q. */
import { describe, expect, it } from 'vitest';
import type { Netns } from '../../model.ts';
import { Iff } from '../../numbers.ts';
import { setBridgeOptions } from '../../rtnl/bridge-options.ts';
import { changeBridgeVlans, setBridgeVlanOptions } from '../../rtnl/bridge-vlan.ts';
import { addLink, setLink } from '../../rtnl/link.ts';
import { granted, refusal, TestLab } from '../../test-lab.ts';
import type { Bridge } from './bridge.ts';
import { fdbInOrder } from './bridge-fdb.ts';

/** Four hosts, 10.0.0.1 to .4, on ports p1 to p4 of a bridge that filters. */
function lan() {
  const lab = new TestLab();
  const { root } = lab;
  const bridge = lab.add(root, 'br0', { kind: 'bridge', options: { vlanFiltering: 1 } }) as Bridge;
  lab.up(root, 'br0');
  const hosts = [1, 2, 3, 4].map((n) => {
    const host = lab.netns(`h${n}`);
    lab.veth(root, `p${n}`, host, 'eth0');
    lab.master(root, `p${n}`, 'br0');
    lab.up(root, `p${n}`);
    lab.address(host, 'eth0', `10.0.0.${n}/24`);
    lab.up(host, 'eth0');
    return host;
  });
  const vlan = (device: string, words: string, from: number, to = from): string =>
    refusal(
      changeBridgeVlans(
        root,
        { device: lab.device(root, device).index, from, to, pvid: words.includes('pvid'), untagged: words.includes('untagged'), self: words.includes('self') },
        words.startsWith('del') ? 'delete' : 'add',
      ),
    );
  return { lab, root, bridge, hosts: hosts as [Netns, Netns, Netns, Netns], vlan };
}
const vlansOf = (bridge: Bridge): string[] =>
  [{ name: 'br0', group: bridge.vlans! }, ...bridge.ports.map((port) => ({ name: port.device.name, group: port.vlans! }))].map(
    ({ name, group }) =>
      `${name}: ${group
        .used()
        .map(({ id, untagged }) => `${id}${id === group.pvid ? 'p' : ''}${untagged ? 'u' : ''}`)
        .join(' ')}`,
  );

describe('VLANs of a bridge', () => {
  it('starts with all in VLAN 1, and follows the default PVID where nothing was changed by hand', () => {
    const { bridge, vlan } = lan();
    expect(vlansOf(bridge)).toEqual(['br0: 1pu', 'p1: 1pu', 'p2: 1pu', 'p3: 1pu', 'p4: 1pu']);
    expect(vlan('p1', 'add pvid untagged', 10)).toBe('ok');
    expect(vlan('p2', 'add', 20, 22)).toBe('ok');
    granted(setBridgeOptions(bridge, { vlanDefaultPvid: 5 }));
    expect(vlansOf(bridge)).toEqual(['br0: 5pu', 'p1: 1u 10pu', 'p2: 5pu 20 21 22', 'p3: 5pu', 'p4: 5pu']);
    granted(setBridgeOptions(bridge, { vlanDefaultPvid: 0 }));
    expect(vlansOf(bridge)).toEqual(['br0: ', 'p1: 1u 10pu', 'p2: 20 21 22', 'p3: ', 'p4: ']);
    expect(vlan('p2', 'del', 1, 4094)).toBe('ok');
    expect(vlansOf(bridge)[2]).toBe('p2: ');
  });
  it('keeps VLANs apart, and takes untagged frames into that of the port', () => {
    const { lab, hosts, vlan, bridge } = lan();
    const [h1, , h3] = hosts;
    for (const port of ['p1', 'p2']) {
      vlan(port, 'add pvid untagged', 10);
      vlan(port, 'del', 1);
    }
    expect(lab.ping(h1, '10.0.0.2')).toBe('reply ttl=64');
    expect(lab.ping(h1, '10.0.0.3')).toBe('nothing');
    expect(lab.ping(h3, '10.0.0.4')).toBe('reply ttl=64');
    const learnt = fdbInOrder(bridge).filter((entry) => !entry.isStatic);
    expect(learnt.map(({ port, vlan: id }) => `${port!.device.name} ${id}`).sort()).toEqual(['p1 10', 'p2 10', 'p3 1', 'p4 1']);
    vlan('p1', 'add', 10);
    expect(lab.ping(h1, '10.0.0.2')).toBe('nothing');
  });
  it('sends tags on a trunk, where a VLAN device takes them off', () => {
    const { lab, root, hosts, vlan } = lan();
    const [h1, , , h4] = hosts;
    vlan('p1', 'add pvid untagged', 10);
    vlan('p1', 'del', 1);
    vlan('p4', 'add', 10);
    const lower = lab.device(h4, 'eth0');
    granted(addLink(h4, { name: 'eth0.10', link: lower.index, info: { kind: 'vlan', options: { id: 10 } } }));
    lab.address(h4, 'eth0.10', '10.1.0.4/24');
    lab.address(h1, 'eth0', '10.1.0.1/24');
    lab.up(h4, 'eth0.10');
    expect(lab.ping(h1, '10.1.0.4')).toBe('reply ttl=64');
    granted(setBridgeVlanOptions(root, { device: lab.device(root, 'p4').index, from: 10, to: 10, state: 4 }));
    expect(lab.ping(h1, '10.1.0.4')).toBe('nothing');
  });
  it('is itself in a VLAN or not', () => {
    const { lab, root, hosts, vlan } = lan();
    const [h1] = hosts;
    vlan('p1', 'add pvid untagged', 10);
    granted(addLink(root, { name: 'br0.10', link: lab.device(root, 'br0').index, info: { kind: 'vlan', options: { id: 10 } } }));
    lab.address(root, 'br0.10', '10.0.0.100/24');
    lab.up(root, 'br0.10');
    expect(lab.ping(h1, '10.0.0.100')).toBe('nothing');
    expect(vlan('br0', 'add', 10)).toBe('EOPNOTSUPP');
    expect(vlan('br0', 'add self', 10)).toBe('ok');
    expect(lab.ping(h1, '10.0.0.100')).toBe('reply ttl=64');
  });
  it('refuses what the kernel refuses', () => {
    const { root, bridge, vlan, lab } = lan();
    const index = lab.device(root, 'p1').index;
    expect(vlan('p1', 'add', 0)).toBe('EINVAL: bridge: Vlan id is invalid');
    expect(vlan('p1', 'add pvid', 5, 6)).toBe("EINVAL: bridge: Pvid isn't allowed in a range");
    expect(vlan('lo', 'add', 5)).toBe('EOPNOTSUPP');
    expect(refusal(setBridgeOptions(bridge, { vlanStatsPerPort: 1 }))).toBe('EBUSY');
    expect(refusal(setBridgeOptions(bridge, { vlanProtocol: 0x800 }))).toBe('EPROTONOSUPPORT');
    expect(refusal(setBridgeVlanOptions(root, { device: index, from: 9, to: 9, state: 3 }))).toBe(
      "ENOENT: bridge: Vlan range start doesn't exist, can't process options",
    );
    expect(refusal(setBridgeVlanOptions(root, { device: index, from: 1, to: 1, global: {} }))).toBe(
      'EINVAL: bridge: Global vlan options can only be set on bridge device',
    );
  });
});

describe('VLAN devices', () => {
  it('follow the device below: up, down, address, MTU, leaving', () => {
    const lab = new TestLab();
    const { root } = lab;
    lab.veth(root, 'a', root, 'b');
    const lower = lab.device(root, 'a');
    const make = (name: string, id: number, protocol = 0x8100): string =>
      refusal(addLink(root, { name, link: lower.index, info: { kind: 'vlan', options: { id, protocol } } }));
    expect(make('a.5', 5)).toBe('ok');
    expect(make('x', 5)).toBe('EEXIST: 8021q: VLAN device already exists');
    expect(make('a.5ad', 5, 0x88a8)).toBe('ok');
    expect(make('x', 4095)).toBe('ERANGE: 8021q: Invalid VLAN id');
    expect(refusal(setLink(root, 'a.5', { flagsMask: Iff.UP, flags: Iff.UP }))).toBe('ENETDOWN');
    lab.up(root, 'a', 'b');
    lab.sleep(2);
    const vlan = lab.device(root, 'a.5');
    expect([vlan.isUp, vlan.carrier, vlan.address === lower.address]).toEqual([true, true, true]);
    granted(setLink(root, 'a', { mtu: 1400, address: 0x020000000055 }));
    expect([vlan.mtu, vlan.address]).toEqual([1400, 0x020000000055]);
    expect(refusal(setLink(root, 'a.5', { mtu: 1500 }))).toBe('ERANGE');
    granted(setLink(root, 'a.5', { address: 0x020000000066 }));
    expect(lower.promiscuity).toBe(1);
    lab.down(root, 'a');
    expect([vlan.isUp, lower.promiscuity]).toEqual([false, 0]);
    const other = lab.netns('other');
    granted(setLink(root, 'a', { netns: other }));
    expect([vlan.unregistered, vlan.linkNetns === other]).toEqual([false, true]);
    granted(setLink(other, 'a', { netns: root }));
    expect(root.device('a.5')).toBe(vlan);
  });
  it('carry tags within tags', () => {
    const lab = new TestLab();
    const [one, two] = [lab.netns('one'), lab.netns('two')];
    lab.veth(one, 'eth0', two, 'eth0');
    for (const [netns, last] of [
      [one, 1],
      [two, 2],
    ] as const) {
      lab.up(netns, 'eth0');
      granted(addLink(netns, { name: 's', link: lab.device(netns, 'eth0').index, info: { kind: 'vlan', options: { id: 100, protocol: 0x88a8 } } }));
      granted(addLink(netns, { name: 'c', link: lab.device(netns, 's').index, info: { kind: 'vlan', options: { id: 7 } } }));
      lab.up(netns, 's', 'c');
      lab.address(netns, 'c', `10.7.0.${last}/24`);
    }
    lab.sleep(1);
    expect(lab.ping(one, '10.7.0.2')).toBe('reply ttl=64');
    expect(lab.device(one, 'eth0').stats.txBytes - lab.device(one, 'c').stats.txBytes).toBe(8);
  });
});
