/**
 * ping over IPv6 (iputils ping/ping6_common.c). Errors come as ICMPv6 messages that quote the request.
 * Deviation: requests that do not fit into a link's mtu are not sent in fragments.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { Icmp6Socket, type Device, type Received } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv6, Icmp6Type, IPV6_ANY, IPV6_LOOPBACK, isIpv6LinkLocal, isIpv6Multicast, parseIpv6, type Ipv6 } from '../../wire/index.ts';
import type { PingOptions } from './options.ts';
import { PingSession, wordAt } from './session.ts';

const UNREACHABLE = ['No route', 'Administratively prohibited', 'Beyond scope of source address', 'Address unreachable', 'Port unreachable'];
/** What an error says (print_icmp). */
function errorText(type: number, code: number, info: number): Bytes {
  switch (type) {
    case Icmp6Type.UNREACHABLE:
      return `Destination unreachable: ${UNREACHABLE[code] ?? `Unknown code ${code}`}`;
    case Icmp6Type.TOO_BIG:
      return `Packet too big: mtu=${info}`;
    case Icmp6Type.TIME_EXCEEDED:
      return `Time exceeded: ${code === 0 ? 'Hop limit' : code === 1 ? 'Defragmentation failure' : `code ${code}`}`;
    case Icmp6Type.PARAMETER_PROBLEM:
      return `Parameter problem: ${['Wrong header field ', 'Unknown header ', 'Unknown option '][code] ?? `code ${code} `}at ${info}`;
    default:
      return `unknown icmp type: ${type}`;
  }
}
const IPV6_HEADER_BYTES = 40;
/** An address is of one link only: which one must be told. */
const isScoped = (address: Ipv6): boolean => isIpv6LinkLocal(address) || (isIpv6Multicast(address) && (address[3] === '1' || address[3] === '2'));

export class Ping6 extends PingSession<Icmp6Socket> {
  readonly family = 'AF_INET6';
  private source: Ipv6 = IPV6_ANY;
  constructor(
    p: Process,
    options: PingOptions,
    target: Bytes,
    private readonly address: Ipv6,
    /** Behind `%`. */
    private readonly scope: Device | undefined,
  ) {
    super(p, options, target);
  }

  protected prepare(): string | undefined {
    const { options, netns, p } = this;
    const asked = options.source;
    const isName = asked !== undefined && parseIpv6(asked) === undefined && !/^[\d.]+$/.test(asked);
    const device = isName ? netns.device(asked) : this.scope;
    if (isName && !device) return `unknown iface: ${asked}`;
    if (p.credentials.euid !== 0 && this.intervalUs < 2000) return `cannot flood, minimal interval for user must be >= 2 ms, use -i 0.002 (or higher)`;
    const socket = new Icmp6Socket(netns);
    this.socket = socket;
    socket.boundDevice = device ?? null;
    const bound = asked === undefined ? undefined : parseIpv6(asked);
    if (bound !== undefined) {
      const isOwn = [...netns.devices.values()].some(({ ipv6 }) => ipv6?.addresses.some(({ address }) => address === bound) === true);
      if (!isOwn) return this.close('bind icmp socket: Cannot assign requested address');
      socket.localAddress = bound;
    }
    if (options.flags.has('t')) socket.hopLimit = options.ttl;
    const source = socket.sourceFor(this.destination);
    if (!source.ok) return this.close(`connect: ${strerror(source.error.errno)}`);
    this.source = source.value;
    if (isName && isScoped(this.address)) {
      // The probe has no source for an address whose link it does not know.
      this.source = IPV6_ANY;
      this.warning = `ping: Warning: source address might be selected on device other than: ${asked}\n`;
    }
    this.id = options.identifier ?? p.pid & 0xffff;
    return undefined;
  }
  private close(why: string): string {
    this.socket?.close();
    return why;
  }
  private get destination(): Ipv6 {
    return this.address === IPV6_ANY ? IPV6_LOOPBACK : this.address;
  }
  private nameOf(address: Ipv6, device: Device | null): Bytes {
    return `${formatIpv6(address)}${isScoped(address) && device !== null ? `%${device.name}` : ''}`;
  }
  protected header(): Bytes {
    const { options } = this;
    const asked = options.source;
    const isName = asked !== undefined && this.netns.device(asked) !== undefined;
    const from = asked === undefined ? '' : ` from ${formatIpv6(this.source)} ${isName ? asked : ''}:`;
    return `PING ${this.target}(${this.nameOf(this.address, this.scope ?? null)})${from} ${options.size} data bytes\n`;
  }

  protected *send(): Sys {
    const { p, stats, socket } = this;
    if (!socket) return;
    const seq = yield* this.begin();
    const sent = socket.sendEcho(this.destination, this.id, seq, this.stamped());
    stats.lastUs = this.lastSentUs = p.nowUs;
    stats.transmitted++;
    if (!sent.ok && !this.has('q')) yield* this.has('f') ? p.print('E') : p.error(`ping: sendmsg: ${strerror(sent.error.errno)}\n`);
    yield* this.sent(sent.ok);
  }
  protected *receiveAll(socket: Icmp6Socket): Sys {
    for (let got = socket.receive(); got; got = socket.receive()) {
      yield* this.heard(got);
      if (this.options.count > 0 && this.stats.received >= this.options.count) return;
    }
    if (this.intervalUs === 0 && this.stats.inFlight < this.options.preload) this.nextUs = this.p.nowUs;
  }
  private *heard({ packet, atUs, device }: Received): Sys {
    const { icmp, ip6 } = packet;
    if (!icmp || !ip6) return;
    if (icmp.type === Icmp6Type.ECHO_REPLY) {
      if (icmp.id === this.id) yield* this.answered(icmp.seq, this.id, packet.payload.length + 8, ip6.hopLimit, this.nameOf(ip6.src, device ?? null), atUs);
      return;
    }
    // An error: it quotes the packet that it is about.
    const { payload } = packet;
    if (icmp.type >= Icmp6Type.ECHO_REQUEST || payload.charCodeAt(IPV6_HEADER_BYTES) !== Icmp6Type.ECHO_REQUEST) return;
    if (wordAt(payload, IPV6_HEADER_BYTES + 4) !== this.id) return;
    const seq = wordAt(payload, IPV6_HEADER_BYTES + 6);
    yield* this.undelivered(seq, this.nameOf(ip6.src, device ?? null), errorText(icmp.type, icmp.code, icmp.id * 65536 + icmp.seq));
  }
}
