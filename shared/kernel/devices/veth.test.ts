// A wire whose ends disagree about the MTU, and a sender that asked for errors. Recorded from Linux 6.18.
import { expect, it } from 'vitest';
import { IcmpType, IpProtocol } from '../../wire/index.ts';
import { setMtu } from '../device.ts';
import { RawSocket } from '../sockets/raw.ts';
import { UdpSocket } from '../sockets/udp.ts';
import { granted, ip, refusal, TestLab } from '../test-lab.ts';

it('loses what the other end could not take: counted at both, told to who asked for errors', () => {
  const lab = new TestLab();
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  lab.wire(a, 'eth0', '10.0.0.1/24', b, 'eth0', '10.0.0.2/24');
  lab.sleep(1);
  expect(lab.ping(a, '10.0.0.2')).toBe('reply ttl=64');
  granted(setMtu(lab.device(b, 'eth0'), 600));
  const raw = new RawSocket(a, IpProtocol.ICMP);
  const send = (size: number): string => refusal(raw.sendIcmp(IcmpType.ECHO_REQUEST, 0, 1, 1, 'x'.repeat(size), { to: ip('10.0.0.2') }));
  expect([send(576), send(577)]).toEqual(['ok', 'ok']);
  raw.receiveErrors = true;
  expect([send(576), send(577)]).toEqual(['ok', 'ENOBUFS']);
  const udp = new UdpSocket(a);
  expect(refusal(udp.send('x'.repeat(1000), { to: ip('10.0.0.2'), port: 7 }))).toBe('ok');
  expect([lab.device(a, 'eth0').stats.txDropped, lab.device(b, 'eth0').stats.rxDropped]).toEqual([3, 3]);
});
