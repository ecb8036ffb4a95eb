// The kernel's own socket of a VXLAN: who may have the port. Recorded from Linux 6.18.
import { describe, expect, it } from 'vitest';
import { setLink } from '../rtnl/link.ts';
import { UdpSocket } from '../sockets/udp.ts';
import { Iff } from '../numbers.ts';
import { refusal, TestLab } from '../test-lab.ts';

describe('a VXLAN that is up', () => {
  const ports = (lab: TestLab): number[] => [...lab.root.sockets].filter((socket) => socket instanceof UdpSocket).map((socket) => socket.localPort);
  it('has a UDP socket, one for all on the port, in the namespace where it was made', () => {
    const lab = new TestLab();
    const pod = lab.netns('pod');
    lab.add(lab.root, 'vx5', { kind: 'vxlan', options: { id: 5, port: 4789 } });
    lab.add(lab.root, 'vx6', { kind: 'vxlan', options: { id: 6, port: 4789 } });
    expect(ports(lab)).toEqual([]);
    lab.up(lab.root, 'vx5', 'vx6');
    expect(ports(lab)).toEqual([4789]);
    expect(refusal(new UdpSocket(lab.root).bind(0, 4789))).toBe('EADDRINUSE');
    expect(refusal(new UdpSocket(pod).bind(0, 4789))).toBe('ok');
    lab.down(lab.root, 'vx5');
    expect(ports(lab)).toContain(4789);
    lab.down(lab.root, 'vx6');
    expect(refusal(new UdpSocket(lab.root).bind(0, 4789))).toBe('ok');
    expect(refusal(setLink(lab.root, 'vx5', { flagsMask: Iff.UP, flags: Iff.UP }))).toBe('EADDRINUSE');
  });
  it('remembers the namespace that it left', () => {
    const lab = new TestLab();
    const pod = lab.netns('pod');
    const device = lab.add(lab.root, 'vx5', { kind: 'vxlan', options: { id: 5, port: 4789 } });
    expect(device.linkNetns).toBeNull();
    expect(refusal(setLink(lab.root, 'vx5', { netns: pod }))).toBe('ok');
    expect([device.linkNetns === lab.root, device.linkIndex === device.index]).toEqual([true, true]);
  });
});
