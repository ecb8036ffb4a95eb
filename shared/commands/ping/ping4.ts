/** ping over IPv4: raw socket for root, ping socket for others; errors from the error queue (iputils ping/ping.c). */
import { strerror, type Bytes } from '../../base/index.ts';
import { openPing, RawSocket, UdpSocket, type IpSocket, type PingSocket, type Received, type SocketError } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, IcmpType, isIpv4Multicast, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import { hostNameOf } from '../net/index.ts';
import { OPTION_ROOM, OptionText, recordRoute, timestamps } from './header-options.ts';
import { icmpText } from './icmp-text.ts';
import type { PingOptions } from './options.ts';
import { PingSession, wordAt } from './session.ts';

/** What is longer is not even tried. */
const LARGEST_BYTES = 65_527;
/** Echo replies, source quench, redirects: the others come by the error queue. */
const RAW_FILTER = ~((1 << IcmpType.ECHO_REPLY) | (1 << 4) | (1 << IcmpType.REDIRECT));

export class Ping4 extends PingSession<RawSocket | PingSocket> {
  readonly family = 'AF_INET';
  private source: Ipv4 = 0;
  private readonly optionText = new OptionText((address) => this.nameOf(address));
  constructor(
    p: Process,
    options: PingOptions,
    target: Bytes,
    private readonly address: Ipv4,
    private readonly numeric: boolean,
  ) {
    super(p, options, target);
  }

  protected prepare(): string | undefined {
    const { options, netns, p } = this;
    const device = options.device ?? (options.source === undefined || parseIpv4(options.source) !== undefined ? undefined : options.source);
    const bound = options.source === undefined ? undefined : parseIpv4(options.source);
    if (p.credentials.euid !== 0 && this.intervalUs < 2000) return `cannot flood, minimal interval for user must be >= 2 ms, use -i 0.002 (or higher)`;
    if (p.credentials.euid === 0) this.socket = new RawSocket(netns, 1);
    else {
      const opened = openPing(netns, [p.credentials.egid, ...p.credentials.groups]);
      if (!opened.ok) return `socket: Operation not permitted`;
      this.socket = opened.value;
    }
    const { socket } = this;
    if (socket instanceof RawSocket) socket.icmpFilter = RAW_FILTER;
    socket.receiveErrors = true;
    const trial = new UdpSocket(netns);
    const failure = this.findSource(trial, device, bound);
    trial.close();
    if (failure !== undefined) {
      socket.close();
      return failure;
    }
    const asked = this.headerOptions();
    if (asked === undefined) return this.fails(`record route: ${strerror('EPERM')}`);
    socket.ipOptions = asked;
    socket.multicastLoop = !this.has('L');
    if (device !== undefined) socket.boundDevice = netns.device(device) ?? null;
    if (bound !== undefined) socket.bindAddress(bound);
    socket.ttl = options.ttl;
    socket.tos = options.tos;
    socket.mark = options.mark;
    socket.dontRoute = this.has('r');
    if (options.flags.has('t')) socket.multicastTtl = options.ttl;
    if (options.flags.has('M')) socket.pmtuDiscover = options.pmtu;
    socket.broadcast = true;
    this.id = options.identifier ?? p.pid & 0xffff;
    return undefined;
  }
  private fails(why: string): string {
    this.socket?.close();
    return why;
  }
  /** What -R, -T and hosts on the way ask for; undefined: ways of one's own are not for everybody. */
  private headerOptions(): Bytes | undefined {
    const { options } = this;
    const hosts = options.operands.slice(0, -1).map((text) => parseIpv4(text) ?? 0);
    if (options.stamps !== undefined) return timestamps(options.stamps, hosts);
    if (hosts.length > 0) return undefined;
    return this.has('R') ? recordRoute() : '';
  }
  /** A UDP socket is connected to learn which source the kernel would choose. */
  private findSource(trial: UdpSocket, device: Bytes | undefined, bound: Ipv4 | undefined): string | undefined {
    if (device !== undefined) {
      const found = this.netns.device(device);
      if (!found) return `SO_BINDTODEVICE ${device}: ${strerror('ENODEV')}`;
      trial.boundDevice = found;
    }
    if (bound !== undefined) {
      const result = trial.bindAddress(bound);
      if (!result.ok) return `bind: ${strerror(result.error.errno)}`;
    }
    trial.mark = this.options.mark;
    trial.tos = this.options.tos;
    let connected = trial.connectAddress(this.address, 1025);
    if (!connected.ok && connected.error.errno === 'EACCES') {
      if (!this.has('b')) return 'Do you want to ping broadcast? Then -b. If not, check your local firewall rules';
      this.warning = 'WARNING: pinging broadcast address\n';
      trial.broadcast = true;
      connected = trial.connectAddress(this.address, 1025);
    }
    if (!connected.ok) return `connect: ${strerror(connected.error.errno)}`;
    this.source = trial.localAddress as Ipv4;
    const isItsOwn = trial.boundDevice?.ipv4?.addresses.some(({ local }) => local === this.source);
    if (isItsOwn === false) this.warning = `ping: Warning: source address might be selected on device other than: ${device}\n`;
    return undefined;
  }
  protected override get isToMany(): boolean {
    return isIpv4Multicast(this.address) || this.warning?.includes('broadcast') === true;
  }
  protected header(): Bytes {
    const { options } = this;
    const device = options.device ?? (options.source === undefined || parseIpv4(options.source) !== undefined ? '' : options.source);
    const from = options.source === undefined && !this.has('B') ? '' : ` from ${formatIpv4(this.source)} ${device}:`;
    const room = this.has('R') || options.stamps !== undefined ? OPTION_ROOM : 0;
    return `PING ${this.target} (${formatIpv4(this.address)})${from} ${options.size}(${options.size + 28 + room}) bytes of data.\n`;
  }

  // --- sending ---

  protected *send(): Sys {
    const { p, stats, socket, options } = this;
    if (!socket) return;
    const { overdue } = this;
    if (overdue !== '') yield* p.print(overdue);
    const seq = this.begin();
    const to = { to: this.address };
    const sent =
      socket instanceof RawSocket ? socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, this.id, seq, this.stamped(), to) : socket.sendEcho(seq, this.stamped(), to);
    stats.lastUs = this.lastSentUs = p.nowUs;
    let told = false;
    for (let error = socket.receiveError(); error; error = socket.receiveError()) {
      yield* this.error(error);
      told = true;
    }
    if (!sent.ok && sent.error.errno === 'ENOBUFS' && this.triesAgain()) return;
    stats.transmitted++;
    if (!sent.ok && !told && !this.isQuiet && !this.has('r') && options.size <= LARGEST_BYTES)
      yield* this.isFlood ? p.print('E') : p.error(`ping: sendmsg: ${strerror(sent.error.errno)}\n`);
    if (this.sent(sent.ok)) yield* this.dot();
  }

  // --- receiving ---

  protected *receiveAll(socket: IpSocket): Sys {
    for (let error = socket.receiveError(); error; error = socket.receiveError()) yield* this.error(error);
    for (let got = socket.receive(); got; got = socket.receive()) {
      if (!this.isOurs(got)) yield* this.redirected(got);
      else if (this.isQuiet) this.count(got.packet.icmp!.seq, got.atUs);
      else yield* this.tellReply(got);
      if (this.options.count > 0 && this.stats.received >= this.options.count) return;
    }
    socket.takeError();
    if (this.intervalUs === 0 && this.stats.inFlight < this.options.preload) this.nextUs = this.p.nowUs;
  }
  private *error(error: SocketError): Sys {
    const { p, stats } = this;
    const quiet = this.isQuiet;
    if (error.origin === 'local') {
      stats.errors++;
      if (quiet) return;
      if (this.isFlood) yield* p.print('E');
      else if (error.errno === 'EMSGSIZE') yield* p.error(`ping: local error: message too long, mtu=${error.info}\n`);
      else yield* p.error(`ping: local error: ${strerror(error.errno)}\n`);
      return;
    }
    if (error.destination !== this.address || error.payload.charCodeAt(0) !== IcmpType.ECHO_REQUEST) return;
    if (this.socket instanceof RawSocket && wordAt(error.payload, 4) !== this.id) return;
    stats.acknowledge(wordAt(error.payload, 6));
    yield* this.undelivered(wordAt(error.payload, 6), this.nameOf(error.offender as Ipv4), icmpText(error.type, error.code, error.info));
  }
  private isOurs({ packet: { icmp } }: Received): boolean {
    return icmp?.type === IcmpType.ECHO_REPLY && (icmp.id === this.id || !(this.socket instanceof RawSocket));
  }
  private *tellReply({ packet, atUs }: Received): Sys {
    const answer = this.count(packet.icmp!.seq, atUs);
    if (answer === undefined) return;
    const { ttl, src, options } = packet.ip!;
    yield* this.tell(answer, packet.payload.length + 8, ttl, this.nameOf(src), options === '' ? '' : this.optionText.of(options));
  }
  private *redirected({ packet: { icmp, ip, payload } }: Received): Sys {
    if (icmp?.type !== IcmpType.REDIRECT || ip === null || wordAt(payload, 24) !== this.id || this.isQuiet) return;
    const why = icmpText(icmp.type, icmp.code, formatIpv4((icmp.id << 16) | icmp.seq));
    yield* this.p.print(`${this.stamp()}From ${this.nameOf(ip.src)}: icmp_seq=${wordAt(payload, 26)} ${why}\n`);
  }
  private nameOf(address: Ipv4): Bytes {
    const text = formatIpv4(address);
    const name = this.numeric ? undefined : hostNameOf(this.p, address);
    return name === undefined ? text : `${name} (${text})`;
  }
}
