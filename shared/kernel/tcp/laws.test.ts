/**
 * Goal: what one end of a TCP connection sends, the other reads: all of it, once, in order, and both ends learn of the end. Method: two namespaces
 * joined by a wire that loses, doubles and delays segments as a seed says; random writes, reads and closings; after enough time the ends are compared.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rng } from '../../base/index.ts';
import type { Device, Netns, Skb } from '../model.ts';
import { TestLab, granted, ip } from '../test-lab.ts';
import { TcpSocket, TcpState } from './index.ts';

interface Faults {
  readonly seed: number;
  /** In hundredths. */
  readonly loss: number;
  readonly doubling: number;
  readonly delay: number;
}
/** Makes a wire unreliable: from now on a device's frames meet faults. */
function disturb(device: Device, { seed, loss, doubling, delay }: Faults): void {
  const rng = new Rng(seed);
  const real = device.transmit.bind(device);
  const later = (skb: Skb): void => void device.netns.simulation.after(1 + rng.below(40_000), () => real(skb));
  device.transmit = (skb) => {
    if (skb.tcp === null) return real(skb);
    if (rng.below(100) < loss) return;
    if (rng.below(100) < doubling) later(skb.clone());
    if (rng.below(100) < delay) later(skb);
    else real(skb);
  };
}
interface Pair {
  readonly lab: TestLab;
  readonly a: Netns;
  readonly b: Netns;
  readonly client: TcpSocket;
  readonly server: TcpSocket;
}
function connected(faults: Faults): Pair {
  const lab = new TestLab(faults.seed);
  const [a, b] = [lab.netns('a'), lab.netns('b')];
  lab.wire(a, 'eth0', '10.0.0.1/24', b, 'eth0', '10.0.0.2/24');
  lab.sleep(1);
  // The neighbours know each other before anything is lost.
  expect(lab.ping(a, '10.0.0.2')).toBe('reply ttl=64');
  const listener = new TcpSocket(b);
  granted(listener.bind(0, 80));
  granted(listener.listen(5));
  disturb(lab.device(a, 'eth0'), faults);
  disturb(lab.device(b, 'eth0'), { ...faults, seed: faults.seed + 1 });
  const client = new TcpSocket(a);
  expect(client.connect(ip('10.0.0.2'), 80).ok).toBe(true);
  let accepted = listener.accept();
  for (let i = 0; i < 600 && !accepted.ok; i++) {
    lab.sleep(0.5);
    accepted = listener.accept();
  }
  fc.pre(accepted.ok); // a server gives up after six SYN-ACKs, as Linux does (tcp_synack_retries): that is no connection
  const server = granted(accepted);
  return { lab, a, b, client, server };
}
const faults = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  loss: fc.constantFrom(0, 1, 5, 15),
  doubling: fc.constantFrom(0, 5, 20),
  delay: fc.constantFrom(0, 10, 50),
});
/** Text whose every piece says where it belongs. */
function text(length: number): string {
  let out = '';
  for (let i = 0; out.length < length; i++) out += `${i},`;
  return out.slice(0, length);
}
function drain(socket: TcpSocket, most: number): string {
  let out = '';
  for (;;) {
    const read = socket.receive(most);
    if (!read.ok || read.value === '') return out;
    out += read.value;
  }
}

it('delivers all data in order, both ways, over a wire that loses, doubles and reorders', () =>
  fc.assert(
    fc.property(
      faults,
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 0, max: 60_000 }),
      fc.constantFrom(700, 5000, 65_536),
      (wire, there, back, most) => {
        const { lab, client, server } = connected(wire);
        const [toServer, toClient] = [text(there), text(back)];
        const [sent, got] = [
          [0, 0],
          ['', ''],
        ];
        const ends = [
          { socket: client, data: toServer, peer: 1 },
          { socket: server, data: toClient, peer: 0 },
        ];
        for (let i = 0; i < 4000 && (got[1] !== toServer || got[0] !== toClient); i++) {
          ends.forEach(({ socket, data }, n) => {
            const pushed = sent[n]! < data.length ? socket.send(data.slice(sent[n], sent[n]! + 20_000)) : undefined;
            if (pushed?.ok === true) sent[n] = sent[n]! + pushed.value;
            got[n] += drain(socket, most);
          });
          lab.sleep(0.3);
        }
        expect([got[1] === toServer, got[0] === toClient]).toEqual([true, true]);
      },
    ),
    { numRuns: 30 },
  ));

it('a reader that stops stops the sender, and lets it go on', () =>
  fc.assert(
    fc.property(faults, (wire) => {
      const { lab, client, server } = connected({ ...wire, loss: Math.min(wire.loss, 5) });
      const data = text(400_000);
      let sent = 0;
      const push = (): void => {
        for (;;) {
          const pushed = client.send(data.slice(sent, sent + 30_000));
          if (!pushed.ok || pushed.value === 0) return;
          sent += pushed.value;
        }
      };
      push();
      for (let i = 0; i < 100; i++) {
        lab.sleep(1);
        push();
      }
      expect(sent).toBeLessThan(data.length);
      let got = '';
      for (let i = 0; i < 3000 && got.length < data.length; i++) {
        got += drain(server, 65_536);
        push();
        lab.sleep(0.5);
      }
      expect(got === data).toBe(true);
    }),
    { numRuns: 8 },
  ));

const step = fc.constantFrom('client sends', 'server sends', 'client ends', 'server ends', 'client closes', 'server closes', 'wait', 'client resets', 'read');
it('whatever is closed, ended or reset in whatever order: no connection stays', () =>
  fc.assert(
    fc.property(faults, fc.array(step, { maxLength: 12 }), (wire, steps) => {
      const { lab, a, b, client, server } = connected(wire);
      const open = { client: true, server: true };
      const close = (who: 'client' | 'server'): void => {
        if (open[who]) (who === 'client' ? client : server).close();
        open[who] = false;
      };
      for (const name of steps) {
        const [who, what] = name.split(' ') as ['client' | 'server', string];
        const socket = who === 'server' ? server : client;
        if (name === 'wait') lab.sleep(2);
        else if (name === 'read') [client, server].forEach((each) => drain(each, 65_536));
        else if (!open[who]) continue;
        else if (what === 'sends') socket.send(text(3000));
        else if (what === 'ends') socket.shutdownSend();
        else if (what === 'resets') {
          socket.lingerReset = true;
          close(who);
        } else close(who);
      }
      close('client');
      close('server');
      // Longer than every timer: retransmissions give up, half-closed connections and TIME_WAIT end.
      lab.sleep(4000);
      for (const netns of [a, b])
        expect(
          [...netns.sockets].filter((socket) => socket instanceof TcpSocket && socket.state !== TcpState.LISTEN).map((socket) => (socket as TcpSocket).state),
        ).toEqual([]);
    }),
    { numRuns: 40 },
  ));

it('the same seed gives the same connection, to the last segment', () =>
  fc.assert(
    fc.property(faults, (wire) => {
      const run = (): string => {
        const { lab, client, server } = connected(wire);
        client.send(text(20_000));
        let got = '';
        for (let i = 0; i < 40; i++) {
          got += drain(server, 4000);
          lab.sleep(0.2);
        }
        return JSON.stringify([got.length, client.segmentsOut, client.totalRetransmits, server.segmentsOut, lab.nowUs]);
      };
      expect(run()).toBe(run());
    }),
    { numRuns: 10 },
  ));
