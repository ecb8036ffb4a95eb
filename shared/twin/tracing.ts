/** Real packets sent in the lab to find out: one that is followed, and echo requests that only ask whether an answer comes. */
import type { Errno } from '../base/index.ts';
import { RawSocket, TcpSocket, TcpState, UdpSocket, type IpSocket, type Netns, type World } from '../kernel/index.ts';
import { TraceRecorder, type Trace } from '../trace/index.ts';
import { IcmpType, IpProtocol, type Ipv4 } from '../wire/index.ts';
import { Promised, type Pending } from './promised.ts';

export type ProbeProtocol = { readonly kind: 'icmp' } | { readonly kind: 'tcp'; readonly port: number } | { readonly kind: 'udp'; readonly port: number };

/** Whether one endpoint reaches another, found by a real echo request sent in the lab. */
export interface ProbeResult {
  readonly from: string;
  readonly to: string;
  readonly reached: boolean;
  /** What the sender would be told: `reply`, `timeout`, or an errno name or ICMP error. */
  readonly outcome: string;
}

/** ARP gives up after three seconds; what has not come back by then does not come. */
const TRACE_TIMEOUT_US = 4_000_000;
const PROBE_TIMEOUT_US = 1_200_000;
/** After the answer: acknowledgements, learning and the like may still be under way. */
const SETTLE_US = 1_000;
const DATA = ' !"#$%&\'()*+,-./01234567890123456789012345678901234567890'.padEnd(56, 'a').slice(0, 56);

/** Sends one packet and follows it and what answers it. `told`: what the sender hears, as soon as it does. */
export function sendTraced(
  world: World,
  from: Netns,
  to: Ipv4,
  protocol: ProbeProtocol,
  told: Told = () => undefined,
  timeoutUs = TRACE_TIMEOUT_US,
): Pending<Trace> {
  return protocol.kind === 'tcp'
    ? connectTraced(world, from, to, protocol.port, told, timeoutUs)
    : sendTracedDatagram(world, from, to, protocol, told, timeoutUs);
}

type Told = (what: 'reply' | Errno) => void;

function sendTracedDatagram(
  world: World,
  from: Netns,
  to: Ipv4,
  protocol: Exclude<ProbeProtocol, { kind: 'tcp' }>,
  told: Told,
  timeoutUs: number,
): Pending<Trace> {
  const { simulation } = world;
  const recorder = new TraceRecorder(world.nextTraceId++, simulation.nowUs);
  const socket = protocol.kind === 'icmp' ? new RawSocket(from, IpProtocol.ICMP) : new UdpSocket(from);
  socket.receiveErrors = true;
  const pending = new Promised<Trace>(() => socket.close());
  const finish = (): void => {
    if (pending.value !== undefined) return;
    socket.close();
    pending.fulfil(recorder.trace());
  };
  const id = world.nextTraceId & 0xffff;
  const sent =
    socket instanceof RawSocket
      ? socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, id, 1, DATA, { to, recorder })
      : sendDatagram(socket, to, protocol.kind === 'udp' ? protocol.port : 0, recorder);
  if (!sent.ok) {
    told(sent.error.errno);
    simulation.after(SETTLE_US, finish);
    return pending;
  }
  socket.watchers.add(() => {
    const answer = answerOf(socket, id);
    if (answer === undefined) return;
    told(answer);
    simulation.after(SETTLE_US, finish);
  });
  simulation.after(timeoutUs, finish);
  return pending;
}

/** The first segment of a connection and what answers it. */
function connectTraced(world: World, from: Netns, to: Ipv4, port: number, told: Told, timeoutUs: number): Pending<Trace> {
  const { simulation } = world;
  const recorder = new TraceRecorder(world.nextTraceId++, simulation.nowUs);
  const socket = new TcpSocket(from);
  let isOver = false;
  const pending = new Promised<Trace>(() => socket.close());
  const finish = (): void => {
    if (pending.value !== undefined) return;
    isOver = true;
    const trace = recorder.trace();
    socket.lingerReset = true; // the other side hears at once that nobody will talk
    socket.close();
    pending.fulfil(trace);
  };
  socket.watchers.add(() => {
    const state: number = socket.state;
    // closing it is nothing that the other side said
    if (isOver || state === TcpState.SYN_SENT) return;
    told(state === TcpState.ESTABLISHED ? 'reply' : (socket.pendingError ?? 'ECONNREFUSED'));
    simulation.after(SETTLE_US, finish);
  });
  const begun = socket.connect(to, port, recorder);
  if (!begun.ok && begun.error.errno !== 'EINPROGRESS') told(begun.error.errno);
  simulation.after(begun.ok ? timeoutUs : SETTLE_US, finish);
  return pending;
}

function sendDatagram(socket: UdpSocket, to: Ipv4, port: number, recorder: TraceRecorder) {
  const connected = socket.connect(to, port);
  return connected.ok ? socket.send(DATA.slice(0, 32), { recorder }) : connected;
}

/** Something of ours came back: a reply, or an error. Other replies of the same kind are taken off. */
function answerOf(socket: IpSocket, id: number): 'reply' | Errno | undefined {
  const error = socket.receiveError()?.errno ?? socket.takeError();
  if (error !== null) return error;
  for (let got = socket.receive(); got; got = socket.receive()) {
    const { icmp } = got.packet;
    if (socket instanceof UdpSocket || (icmp !== null && icmp.type === IcmpType.ECHO_REPLY && icmp.id === id)) return 'reply';
  }
  return undefined;
}

export interface ProbePair {
  readonly from: string;
  readonly to: string;
  readonly netns: Netns;
  readonly address: Ipv4;
}

/** One echo request for each pair, all at once. */
export function sendProbes(world: World, pairs: readonly ProbePair[]): Pending<readonly ProbeResult[]> {
  const { simulation } = world;
  const results: (ProbeResult | undefined)[] = pairs.map(() => undefined);
  const sockets: RawSocket[] = [];
  const pending = new Promised<readonly ProbeResult[]>(() => {
    for (const socket of sockets) socket.close();
  });
  let open = pairs.length;
  const settle = (index: number, outcome: 'reply' | 'timeout' | Errno): void => {
    if (results[index]) return;
    const { from, to } = pairs[index]!;
    results[index] = { from, to, reached: outcome === 'reply', outcome };
    sockets[index]?.close();
    if (--open === 0) pending.fulfil(results as readonly ProbeResult[]);
  };
  for (const [index, pair] of pairs.entries()) {
    const socket = new RawSocket(pair.netns, IpProtocol.ICMP);
    sockets.push(socket);
    socket.receiveErrors = true;
    socket.icmpFilter = ~(1 << IcmpType.ECHO_REPLY);
    const id = (world.nextTraceId++ & 0xffff) ^ 0x5000;
    socket.watchers.add(() => {
      const answer = answerOf(socket, id);
      if (answer !== undefined) settle(index, answer);
    });
    const sent = socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, id, 1, DATA, { to: pair.address });
    if (!sent.ok) settle(index, sent.error.errno);
  }
  if (pairs.length === 0) pending.fulfil([]);
  simulation.after(PROBE_TIMEOUT_US, () => {
    for (const index of pairs.keys()) settle(index, 'timeout');
  });
  return pending;
}
