/**
 * ping over IPv6 (iputils ping/ping6_common.c): a raw socket of ICMPv6 that hears echo replies, and its error queue.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { Raw6Socket, type Device, type SocketError } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv6, Icmp6Type, IpProtocol, IPV6_ANY, IPV6_LOOPBACK, isIpv6LinkLocal, isIpv6Multicast, parseIpv6, type Ipv6 } from '../../wire/index.ts';
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
const ECHO_REPLIES: ReadonlySet<number> = new Set([Icmp6Type.ECHO_REPLY]);
/** An address is of one link only: which one must be told. */
const isScoped = (address: Ipv6): boolean => isIpv6LinkLocal(address) || (isIpv6Multicast(address) && (address[3] === '1' || address[3] === '2'));

export class Ping6 extends PingSession<Raw6Socket> {
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
    const socket = new Raw6Socket(netns, IpProtocol.ICMPV6);
    this.socket = socket;
    socket.wantedTypes = ECHO_REPLIES;
    socket.receiveErrors = true;
    socket.boundDevice = device ?? null;
    socket.tos = options.tos;
    socket.mark = options.mark;
    socket.flowLabel = options.flowLabel ?? null;
    socket.multicastLoop = !this.has('L');
    if (options.flags.has('M')) socket.pmtuDiscover = options.pmtu;
    else if (isIpv6Multicast(this.address)) socket.pmtuDiscover = 'do';
    const bound = asked === undefined ? undefined : parseIpv6(asked);
    if (bound !== undefined) {
      const result = socket.bindAddress(bound);
      if (!result.ok) return this.close(`bind icmp socket: ${strerror(result.error.errno)}`);
    }
    if (options.flags.has('t')) socket.ttl = options.ttl;
    const trial = new Raw6Socket(netns, IpProtocol.ICMPV6);
    trial.boundDevice = socket.boundDevice;
    trial.mark = options.mark;
    if (bound !== undefined) trial.bindAddress(bound);
    // An address of a link that nobody named cannot be connected to; what is sent there takes the first link.
    if (isIpv6LinkLocal(this.destination) && socket.boundDevice === null) trial.close();
    else {
      const connected = trial.connectAddress(this.destination, 1025);
      trial.close();
      if (!connected.ok) return this.close(`connect: ${strerror(connected.error.errno)}`);
      this.source = trial.localAddress;
    }
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
  protected override get isToMany(): boolean {
    return isIpv6Multicast(this.address);
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
    const { overdue } = this;
    if (overdue !== '') yield* p.print(overdue);
    const seq = this.begin();
    const scope = this.scope !== undefined && isScoped(this.address) ? { device: this.scope } : {};
    const sent = socket.sendIcmp(Icmp6Type.ECHO_REQUEST, 0, this.id, seq, this.stamped(), { to: this.destination, ...scope });
    stats.lastUs = this.lastSentUs = p.nowUs;
    let told = false;
    for (let error = socket.receiveError(); error; error = socket.receiveError()) {
      yield* this.error(error);
      told = true;
    }
    stats.transmitted++;
    if (!sent.ok && !told && !this.isQuiet) yield* this.isFlood ? p.print('E') : p.error(`ping: sendmsg: ${strerror(sent.error.errno)}\n`);
    if (this.sent(sent.ok)) yield* this.dot();
  }
  protected *receiveAll(socket: Raw6Socket): Sys {
    for (let error = socket.receiveError(); error; error = socket.receiveError()) yield* this.error(error);
    for (let got = socket.receive(); got; got = socket.receive()) {
      const { icmp, ip6 } = got.packet;
      const answer = icmp?.type === Icmp6Type.ECHO_REPLY && ip6 !== null && icmp.id === this.id ? this.count(icmp.seq, got.atUs) : undefined;
      if (answer !== undefined && !this.isQuiet)
        yield* this.tell(answer, got.packet.payload.length + 8, ip6!.hopLimit, this.nameOf(ip6!.src, got.device ?? null));
      if (this.options.count > 0 && this.stats.received >= this.options.count) return;
    }
    socket.takeError();
    if (this.intervalUs === 0 && this.stats.inFlight < this.options.preload) this.nextUs = this.p.nowUs;
  }
  /** An entry of the error queue: what could not be sent, or what somebody says of a request. */
  private *error(error: SocketError): Sys {
    const { p, stats } = this;
    if (error.origin === 'local') {
      if (this.isQuiet) return;
      stats.errors++;
      if (this.isFlood) yield* p.print('E');
      else if (error.errno === 'EMSGSIZE') yield* p.error(`ping: local error: message too long, mtu: ${error.info}\n`);
      else yield* p.error(`ping: local error: ${strerror(error.errno)}\n`);
      return;
    }
    if (error.destination !== this.destination || error.payload.charCodeAt(0) !== Icmp6Type.ECHO_REQUEST || wordAt(error.payload, 4) !== this.id) return;
    const seq = wordAt(error.payload, 6);
    stats.acknowledge(seq);
    yield* this.undelivered(seq, this.nameOf(error.offender as Ipv6, error.device), errorText(error.type, error.code, error.info));
  }
}
