/**
 * One probe of a trace to a host and what came back, by method: UDP to rising ports or to one, ICMP echo, TCP, any protocol. Each probe has a
 * socket of its own, except where one raw socket serves all (echo, TCP).
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { Raw6Socket, RawSocket, UdpSocket, type Device, type IpSocket, type Netns, type SocketError } from '../../kernel/index.ts';
import { Icmp6Type, IcmpType, IcmpUnreachable, IpProtocol, isUnspecified, type IpAddress } from '../../wire/index.ts';

export interface Answer {
  readonly from: IpAddress;
  /** Where it came in: link-local addresses are shown with it. */
  readonly device: Device | null;
  readonly tripUs: number;
  /** The destination itself answered, or nobody will further on. */
  readonly isFinal: boolean;
  /** `!H`, `!N` … or ''. */
  readonly remark: string;
  /** Between address and time: what a method adds. */
  readonly extra: string;
  /** Hops left of what came back. */
  readonly ttl: number;
}

export interface Probe {
  readonly ttl: number;
  sentUs: number;
  socket: IpSocket;
  answer: Answer | undefined;
  /** Given up. */
  isLost: boolean;
  /** What tells answers to it apart: an ICMP sequence number, a local port. */
  readonly key: number;
  /** `F=1400`: the size that was found while it was sent. */
  note: string;
}

/** What is the same for all probes of a run. */
export interface ProbeSettings {
  readonly netns: Netns;
  readonly target: IpAddress;
  readonly scope: Device | null;
  readonly source: IpAddress;
  readonly device: Bytes | undefined;
  readonly tos: number;
  readonly mark: number;
  readonly flowLabel: number | undefined;
  readonly dontFragment: boolean;
  readonly dontRoute: boolean;
  readonly sourcePort: number | undefined;
}

const REMARKS: Readonly<Record<number, string>> = {
  0: '!N', 1: '!H', 2: '!P', 5: '!S', 6: '!N', 7: '!H', 8: '!N', 9: '!X', 10: '!X', 11: '!N', 12: '!H', 13: '!X', 14: '!V', 15: '!C',
}; // prettier-ignore
const REMARKS6: Readonly<Record<number, string>> = { 0: '!N', 1: '!X', 2: '!H', 3: '!H' };
const PORT_UNREACHABLE6 = 4;
const PATTERN_START = 0x40;
/** Payload as traceroute fills it: @ABC… */
const filler = (length: number): Bytes => Array.from({ length: Math.max(0, length) }, (_, i) => String.fromCharCode(PATTERN_START + (i & 0x3f))).join('');

/** A router that says how big packets may be; 0 for other errors. */
export function mtuOfError(error: SocketError): number {
  if (error.origin === 'icmp6') return error.type === Icmp6Type.TOO_BIG ? error.info : 0;
  if (error.origin === 'icmp') return error.type === IcmpType.UNREACHABLE && error.code === IcmpUnreachable.FRAG_NEEDED ? error.info : 0;
  return error.errno === 'EMSGSIZE' ? error.info : 0;
}
/** What an ICMP error says of a probe; undefined for one that says nothing. */
export function answerOf(error: SocketError, sentUs: number): Answer | undefined {
  const { type, code, origin } = error;
  if (origin === 'local') return undefined;
  const answer = { from: error.offender, device: error.device, tripUs: Math.max(0, error.atUs - sentUs), extra: '', ttl: error.ttl };
  const final = (remark: string): Answer => ({ ...answer, isFinal: true, remark });
  const mtu = mtuOfError(error);
  if (mtu > 0) return final(`!F-${mtu}`);
  if (origin === 'icmp6') {
    if (type === Icmp6Type.TIME_EXCEEDED) return { ...answer, isFinal: false, remark: '' };
    if (type !== Icmp6Type.UNREACHABLE) return final(`!<${type}-${code}>`);
    return final(code === PORT_UNREACHABLE6 ? '' : (REMARKS6[code] ?? `!<${code}>`));
  }
  if (type === IcmpType.TIME_EXCEEDED) return { ...answer, isFinal: false, remark: '' };
  if (type !== IcmpType.UNREACHABLE) return final(`!<${type}-${code}>`);
  return final(code === IcmpUnreachable.PORT ? '' : (REMARKS[code] ?? `!<${code}>`));
}

function configure(socket: IpSocket, settings: ProbeSettings): string | undefined {
  socket.tos = settings.tos;
  socket.mark = settings.mark;
  socket.receiveErrors = true;
  socket.dontRoute = settings.dontRoute;
  socket.flowLabel = settings.flowLabel ?? null;
  socket.boundDevice = settings.scope;
  socket.pmtuDiscover = settings.dontFragment ? 'probe' : 'dont';
  if (settings.device !== undefined) {
    const device = settings.netns.device(settings.device);
    if (!device) return `setsockopt SO_BINDTODEVICE: ${strerror('ENODEV')}`;
    socket.boundDevice = device;
  }
  if (!isUnspecified(settings.source)) {
    const bound = socket.bindAddress(settings.source);
    if (!bound.ok) return `bind: ${strerror(bound.error.errno)}`;
  }
  return undefined;
}
/** Errors of sending that are no end: an answer may tell more. */
const PASSING = ['EHOSTUNREACH', 'EMSGSIZE', 'ENOBUFS', 'EAGAIN', 'EPERM', 'ENETUNREACH', 'ECONNREFUSED'];

function opened<T extends IpSocket>(socket: T, settings: ProbeSettings, connect: () => string | undefined): T | string {
  const failed = configure(socket, settings) ?? connect();
  if (failed === undefined) return socket;
  socket.close();
  return failed;
}
const familyOf = (settings: ProbeSettings): 4 | 6 => (typeof settings.target === 'number' ? 4 : 6);

/** A socket for one UDP probe; text is the error that ends the program. */
export function openUdp(settings: ProbeSettings, port: number): UdpSocket | string {
  const socket = new UdpSocket(settings.netns, familyOf(settings));
  return opened(socket, settings, () => {
    if (settings.sourcePort !== undefined) {
      const bound = socket.bind(isUnspecified(settings.source) ? socket.localAddress : settings.source, settings.sourcePort);
      if (!bound.ok) return `bind: ${strerror(bound.error.errno)}`;
    }
    const connected = socket.connect(settings.target, port);
    return connected.ok ? undefined : `connect: ${strerror(connected.error.errno)}`;
  });
}
/** A raw socket of a protocol: for one probe, or for all of a run. */
export function openRaw(settings: ProbeSettings, protocol: number): RawSocket | Raw6Socket | string {
  const socket = familyOf(settings) === 4 ? new RawSocket(settings.netns, protocol) : new Raw6Socket(settings.netns, protocol);
  if (socket instanceof RawSocket && protocol === IpProtocol.ICMP) socket.icmpFilter = ~(1 << IcmpType.ECHO_REPLY);
  if (socket instanceof Raw6Socket && protocol === IpProtocol.ICMPV6) socket.wantedTypes = new Set([Icmp6Type.ECHO_REPLY]);
  return opened(socket, settings, () => {
    const connected = socket.connectAddress(settings.target, 0);
    return connected.ok ? undefined : `connect: ${strerror(connected.error.errno)}`;
  });
}

/** Sends what a probe carries; text is the error that ends the program. */
export function sendProbe(socket: IpSocket, ttl: number, data: { readonly length: number } | { readonly bytes: Bytes }): string | undefined {
  socket.ttl = ttl;
  const sent = (socket as UdpSocket | RawSocket).send('bytes' in data ? data.bytes : filler(data.length));
  return sent.ok || PASSING.includes(sent.error.errno) ? undefined : `send: ${strerror(sent.error.errno)}`;
}
/** An ICMP echo from the one socket of the run. */
export function sendEcho(socket: RawSocket | Raw6Socket, id: number, ttl: number, seq: number, length: number): string | undefined {
  const type = socket instanceof Raw6Socket ? Icmp6Type.ECHO_REQUEST : IcmpType.ECHO_REQUEST;
  const sent = socket.sendIcmp(type, 0, id, seq, filler(length), { ttl });
  return !sent.ok && sent.error.errno === 'ENETUNREACH' ? `send: ${strerror(sent.error.errno)}` : undefined;
}
