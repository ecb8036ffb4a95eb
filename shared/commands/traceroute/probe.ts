/** One probe of a trace to a host and what came back, by method: UDP to rising ports, UDP to one port, ICMP echo. */
import { strerror, type Bytes } from '../../base/index.ts';
import { RawSocket, UdpSocket, type IpSocket, type Netns, type SocketError } from '../../kernel/index.ts';
import { IcmpType, type Ipv4 } from '../../wire/index.ts';

export interface Answer {
  readonly from: Ipv4;
  readonly tripUs: number;
  /** The destination itself answered, or nobody will further on. */
  readonly isFinal: boolean;
  /** `!H`, `!N` … or ''. */
  readonly remark: string;
}

export interface Probe {
  readonly ttl: number;
  readonly sentUs: number;
  readonly socket: IpSocket;
  answer: Answer | undefined;
  /** Given up. */
  isLost: boolean;
}

/** What is the same for all probes of a run. */
export interface ProbeSettings {
  readonly netns: Netns;
  readonly target: Ipv4;
  readonly source: Ipv4;
  readonly device: Bytes | undefined;
  readonly tos: number;
  readonly mark: number;
  readonly dontFragment: boolean;
  /** Bytes after the IP header. */
  readonly length: number;
}

const REMARKS: Readonly<Record<number, string>> = { 0: '!N', 1: '!H', 2: '!P', 4: '!F', 5: '!S', 9: '!X', 10: '!X', 13: '!X', 14: '!V', 15: '!C' };
const PATTERN_START = 0x40;
/** Payload as traceroute fills it: @ABC… */
const filler = (length: number): Bytes => Array.from({ length: Math.max(0, length) }, (_, i) => String.fromCharCode(PATTERN_START + (i & 0x3f))).join('');

/** What an ICMP error says of a probe; undefined for one that says nothing. */
export function answerOf(error: SocketError, sentUs: number): Answer | undefined {
  if (error.origin !== 'icmp') return undefined;
  const tripUs = Math.max(0, error.atUs - sentUs);
  if (error.type === IcmpType.TIME_EXCEEDED) return { from: error.offender, tripUs, isFinal: false, remark: '' };
  if (error.type !== IcmpType.UNREACHABLE) return undefined;
  if (error.code === 3) return { from: error.offender, tripUs, isFinal: true, remark: '' };
  const remark = error.code === 4 ? `!F-${error.info}` : (REMARKS[error.code] ?? `!<${error.code}>`);
  return { from: error.offender, tripUs, isFinal: true, remark };
}

function configure(socket: IpSocket, settings: ProbeSettings, ttl: number): string | undefined {
  socket.ttl = ttl;
  socket.tos = settings.tos;
  socket.mark = settings.mark;
  socket.receiveErrors = true;
  socket.pmtuDiscover = settings.dontFragment ? 'probe' : 'dont';
  if (settings.device !== undefined) {
    const device = settings.netns.device(settings.device);
    if (!device) return `setsockopt SO_BINDTODEVICE: ${strerror('ENODEV')}`;
    socket.boundDevice = device;
  }
  if (settings.source !== 0) {
    const bound = socket.bindAddress(settings.source);
    if (!bound.ok) return `bind: ${strerror(bound.error.errno)}`;
  }
  return undefined;
}

/** Sends a UDP probe from a socket of its own; text is the error that ends the program. */
export function sendUdpProbe(settings: ProbeSettings, ttl: number, port: number, nowUs: number): Probe | string {
  const socket = new UdpSocket(settings.netns);
  const failed = configure(socket, settings, ttl);
  const connected = failed === undefined ? socket.connect(settings.target, port) : undefined;
  if (failed !== undefined || !connected?.ok) {
    socket.close();
    return failed ?? `connect: ${strerror(connected?.ok === false ? connected.error.errno : 'EINVAL')}`;
  }
  const sent = socket.send(filler(settings.length - 8));
  if (!sent.ok && !['EHOSTUNREACH', 'EMSGSIZE', 'ENOBUFS', 'EAGAIN', 'EPERM', 'ENETUNREACH', 'ECONNREFUSED'].includes(sent.error.errno)) {
    socket.close();
    return `send: ${strerror(sent.error.errno)}`;
  }
  return { ttl, sentUs: nowUs, socket, answer: undefined, isLost: false };
}

/** Sends an ICMP echo from the one socket of the run. */
export function sendEchoProbe(settings: ProbeSettings, socket: RawSocket, id: number, ttl: number, seq: number, nowUs: number): Probe | string {
  const sent = socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, id, seq, filler(settings.length - 8), { to: settings.target, ttl });
  if (!sent.ok && sent.error.errno === 'ENETUNREACH') return `send: ${strerror(sent.error.errno)}`;
  return { ttl, sentUs: nowUs, socket, answer: undefined, isLost: false };
}

/** The socket of an ICMP run. */
export function openEcho(settings: ProbeSettings): RawSocket | string {
  const socket = new RawSocket(settings.netns, 1);
  const failed = configure(socket, settings, 0);
  if (failed !== undefined) {
    socket.close();
    return failed;
  }
  socket.icmpFilter = ~(1 << IcmpType.ECHO_REPLY);
  const connected = socket.connectAddress(settings.target, 0);
  if (connected.ok) return socket;
  socket.close();
  return `connect: ${strerror(connected.error.errno)}`;
}
