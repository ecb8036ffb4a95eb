/**
 * ping(8) of iputils s20221126 over IPv4: raw socket for root, ping socket for others; errors from the error queue; replies as they come.
 * Authority: iputils ping/ping.c and ping_common.c (pinger, main_loop, schedule_exit).
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { openPing, RawSocket, UdpSocket, type IpSocket, type Netns, type PingSocket, type Received, type SocketError } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import { anyOf, type Process, type Program, type Sys } from '../../shell/index.ts';
import { formatIpv4, IcmpType, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import { hostNameOf, resolveHost, watching } from '../net/index.ts';
import { icmpText } from './icmp-text.ts';
import { HELP, parsePing, type PingOptions } from './options.ts';
import { PingStatistics, tripText } from './statistics.ts';

/** Without answers a flood goes on at 100 a second. */
const FLOOD_WAIT_US = 10_000;
/** sizeof(struct timeval): with fewer data bytes there is no time. */
const TIMEVAL_BYTES = 16;
/** Echo replies, source quench, redirects: the others come by the error queue. */
const RAW_FILTER = ~((1 << IcmpType.ECHO_REPLY) | (1 << 4) | (1 << IcmpType.REDIRECT));

/** Nobody's address means this host. */
const LOOPBACK: Ipv4 = 0x7f000001;

const ping: Program = function* (p) {
  const parsed = parsePing(p.argv);
  if (!parsed.ok) {
    const { message, status, help } = parsed.error;
    yield* p.error(`ping: ${message}\n${help ? HELP : ''}`);
    return status;
  }
  const options = parsed.value;
  if (options.flags.has('h')) return (yield* p.error(HELP), 2);
  if (options.flags.has('V'))
    return (yield* p.print('ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n'), 0);
  const target = options.operands.at(-1);
  if (target === undefined) return yield* p.fail('usage error: Destination address required');
  for (const [letter, what] of [
    ['R', 'the record route option'],
    ['T', 'the timestamp option'],
    ['6', 'IPv6 by -6'],
  ] as const)
    if (options.flags.has(letter)) return yield* p.fail(`not modelled: ${what}`, 2);
  if (target.includes(':')) return yield* p.fail('not modelled: IPv6 destinations', 2);
  const found = resolveHost(p, target);
  if (found.kind === 'failed') return yield* p.fail(`${target}: ${found.message}`, 2);
  const session = new Session(p, options, target, found.address === 0 ? LOOPBACK : found.address, found.isLiteral || options.flags.has('n'));
  return yield* session.run();
};

class Session {
  private readonly stats = new PingStatistics();
  private socket: RawSocket | PingSocket | undefined;
  private id = 0;
  private source: Ipv4 = 0;
  private exiting = false;
  private nextUs = 0;
  private exitUs = Infinity;
  private lastSentUs = 0;
  private readonly sentUs = new Map<number, number>();
  private readonly netns: Netns;
  private readonly data: Bytes;

  constructor(
    private readonly p: Process,
    private readonly options: PingOptions,
    private readonly target: Bytes,
    private readonly address: Ipv4,
    private readonly numeric: boolean,
  ) {
    this.netns = netnsOf(p);
    const fill = options.pattern;
    let data = '';
    for (let i = 0; i < options.size; i++) data += fill === '' ? String.fromCharCode(i & 255) : (fill[i % fill.length] ?? '');
    this.data = data.slice(this.options.size < TIMEVAL_BYTES ? 0 : TIMEVAL_BYTES);
  }
  /** When it was sent, if there is room for that, then the filling. */
  private stamped(): Bytes {
    if (this.options.size < TIMEVAL_BYTES) return this.data;
    const { unixUs } = this.p;
    const seconds = Math.floor(unixUs / 1e6);
    return word64(seconds) + word64(Math.floor(unixUs - seconds * 1e6)) + this.data;
  }
  private has(letter: string): boolean {
    return this.options.flags.has(letter);
  }
  private get intervalUs(): number {
    return this.options.intervalUs ?? (this.has('f') ? 0 : 1_000_000);
  }

  *run(): Sys<number> {
    const { p } = this;
    p.stdout.lineBuffered();
    const failure = this.prepare();
    if (failure !== undefined) return yield* p.fail(failure, 2);
    const { socket } = this;
    if (!socket) return 2;
    p.on('INT', () => void (this.exiting = true));
    p.on('ALRM', () => void (this.exiting = true));
    let wantsStatus = false as boolean;
    p.on('QUIT', () => void (wantsStatus = true));
    try {
      if (this.warning !== undefined) yield* p.error(this.warning);
      if (this.options.pattern !== '' && !this.has('q')) yield* p.print(`PATTERN: 0x${hexOf(this.options.pattern)}\n`);
      yield* p.print(this.header());
      this.stats.startedUs = this.nextUs = this.lastSentUs = p.nowUs;
      const deadline = this.options.deadlineUs > 0 ? p.nowUs + this.options.deadlineUs : Infinity;
      for (let preload = 1; preload < this.options.preload; preload++) yield* this.send();
      while (!this.isOver(deadline)) {
        if (wantsStatus) {
          wantsStatus = false;
          yield* p.error(this.status());
        }
        if (p.nowUs >= this.nextUs && !this.isAllSent) yield* this.send();
        if (this.isAllSent && this.options.deadlineUs === 0 && this.exitUs === Infinity) this.exitUs = p.nowUs + this.lingerUs();
        yield* this.receiveAll(socket);
        if (this.isOver(deadline)) break;
        const untilUs = Math.min(this.isAllSent ? this.exitUs : this.nextUs, deadline);
        if (untilUs > p.nowUs) yield* p.block(anyOf([watching(socket), ...(untilUs === Infinity ? [] : [p.timer(untilUs - p.nowUs)])]));
      }
      yield* p.print(this.stats.summary(this.target, this.intervalUs === 0 || this.has('f') || this.has('A')));
    } finally {
      socket.close();
    }
    return this.stats.received === 0 || (this.options.deadlineUs > 0 && this.options.count > 0 && this.stats.received < this.options.count) ? 1 : 0;
  }
  private get isAllSent(): boolean {
    return this.options.count > 0 && this.stats.transmitted >= this.options.count;
  }
  private isOver(deadlineUs: number): boolean {
    const { stats, options } = this;
    if (this.exiting || this.p.nowUs >= Math.min(this.exitUs, deadlineUs)) return true;
    if (options.count > 0 && stats.received + stats.errors >= options.count) return true;
    return options.deadlineUs > 0 && stats.errors > 0;
  }
  /** How long to wait for what is still under way (schedule_exit). */
  private lingerUs(): number {
    const { stats } = this;
    return stats.received > 0 ? Math.max(2 * stats.maxUs, this.intervalUs) : this.options.lingerUs;
  }

  // --- before the first packet ---

  private warning: string | undefined;
  private prepare(): string | undefined {
    const { options, netns, p } = this;
    const device = options.source === undefined || parseIpv4(options.source) !== undefined ? undefined : options.source;
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
    if (device !== undefined) socket.boundDevice = netns.device(device) ?? null;
    if (bound !== undefined) socket.bindAddress(bound);
    socket.ttl = options.ttl;
    socket.tos = options.tos;
    socket.mark = options.mark;
    socket.dontRoute = this.has('r');
    if (options.flags.has('t')) socket.multicastTtl = options.ttl;
    if (options.flags.has('M')) socket.pmtuDiscover = options.pmtu;
    socket.broadcast = true;
    this.id = options.identifier ?? netns.rng.below(65536);
    return undefined;
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
    trial.dontRoute = this.has('r');
    trial.tos = this.options.tos;
    let connected = trial.connectAddress(this.address, 1025);
    if (!connected.ok && connected.error.errno === 'EACCES') {
      if (!this.has('b')) return 'Do you want to ping broadcast? Then -b. If not, check your local firewall rules';
      this.warning = 'WARNING: pinging broadcast address\n';
      trial.broadcast = true;
      connected = trial.connectAddress(this.address, 1025);
    }
    if (!connected.ok) return `connect: ${strerror(connected.error.errno)}`;
    this.source = trial.localAddress;
    const isItsOwn = trial.boundDevice?.ipv4?.addresses.some(({ local }) => local === this.source);
    if (isItsOwn === false) this.warning = `ping: Warning: source address might be selected on device other than: ${device}\n`;
    return undefined;
  }
  private header(): Bytes {
    const { options } = this;
    const from = options.source === undefined ? '' : ` from ${formatIpv4(this.source)} ${parseIpv4(options.source) === undefined ? options.source : ''}:`;
    return `PING ${this.target} (${formatIpv4(this.address)})${from} ${options.size}(${options.size + 28}) bytes of data.\n`;
  }

  // --- sending ---

  private *send(): Sys {
    const { p, stats, socket } = this;
    if (!socket) return;
    const seq = (stats.transmitted + 1) & 0xffff;
    if (this.has('O') && stats.transmitted > 0 && stats.inFlight > 0 && !this.has('q'))
      yield* p.print(`${this.stamp()}no answer yet for icmp_seq=${stats.transmitted & 0xffff}\n`);
    stats.forget(seq);
    this.sentUs.set(seq, p.nowUs);
    const to = { to: this.address };
    const sent =
      socket instanceof RawSocket ? socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, this.id, seq, this.stamped(), to) : socket.sendEcho(seq, this.stamped(), to);
    stats.lastUs = this.lastSentUs = p.nowUs;
    let told = false;
    for (let error = socket.receiveError(); error; error = socket.receiveError()) {
      yield* this.error(error);
      told = true;
    }
    stats.transmitted++;
    if (!sent.ok && !told && !this.has('q')) yield* this.has('f') ? p.print('E') : p.error(`ping: sendmsg: ${strerror(sent.error.errno)}\n`);
    if (sent.ok && this.has('f') && !this.has('q')) {
      p.stdout.put('.');
      yield* p.flush();
    }
    this.pace();
  }
  private pace(): void {
    const { stats, lastSentUs } = this;
    if (this.has('A') && stats.timed > 0) this.nextUs = lastSentUs + Math.max(200_000 * (this.p.credentials.euid === 0 ? 0 : 1), Math.trunc(stats.ewma / 8), 1);
    else this.nextUs = this.intervalUs === 0 ? lastSentUs + FLOOD_WAIT_US : Math.max(this.nextUs + this.intervalUs, lastSentUs);
  }

  // --- receiving ---

  private *receiveAll(socket: IpSocket): Sys {
    for (let error = socket.receiveError(); error; error = socket.receiveError()) yield* this.error(error);
    for (let got = socket.receive(); got; got = socket.receive()) {
      yield* this.reply(got);
      if (this.options.count > 0 && this.stats.received >= this.options.count) return;
    }
    socket.takeError();
    if (this.intervalUs === 0 && this.stats.inFlight < this.options.preload) this.nextUs = this.p.nowUs;
  }
  private *error(error: SocketError): Sys {
    const { p, stats } = this;
    const quiet = this.has('q');
    if (error.origin === 'local') {
      stats.errors++;
      if (quiet) return;
      if (this.has('f')) yield* p.print('E');
      else if (error.errno === 'EMSGSIZE') yield* p.error(`ping: local error: message too long, mtu=${error.info}\n`);
      else yield* p.error(`ping: local error: ${strerror(error.errno)}\n`);
      return;
    }
    if (error.destination !== this.address || error.payload.charCodeAt(0) !== IcmpType.ECHO_REQUEST) return;
    if (this.socket instanceof RawSocket && wordAt(error.payload, 4) !== this.id) return;
    const seq = wordAt(error.payload, 6);
    stats.acknowledge(seq);
    stats.errors++;
    if (quiet) return;
    if (this.has('f')) yield* p.print('\bE');
    else yield* p.print(`${this.stamp()}From ${this.nameOf(error.offender)} icmp_seq=${seq} ${icmpText(error.type, error.code, error.info)}\n`);
  }
  private *reply({ packet, atUs }: Received): Sys {
    const { p, stats } = this;
    const { icmp, ip } = packet;
    if (!icmp || !ip) return;
    if (icmp.type !== IcmpType.ECHO_REPLY) {
      const gateway = ((icmp.id << 16) | icmp.seq) as Ipv4;
      if (icmp.type === IcmpType.REDIRECT && wordAt(packet.payload, 24) === this.id && !this.has('q'))
        yield* p.print(
          `${this.stamp()}From ${this.nameOf(ip.src)}: icmp_seq=${wordAt(packet.payload, 26)} ${icmpText(icmp.type, icmp.code, formatIpv4(gateway))}\n`,
        );
      return;
    }
    if (this.socket instanceof RawSocket && icmp.id !== this.id) return;
    const sentUs = this.sentUs.get(icmp.seq);
    if (sentUs === undefined) return;
    stats.acknowledge(icmp.seq);
    const trip = this.options.size >= TIMEVAL_BYTES ? Math.max(0, atUs - sentUs) : undefined;
    const isDuplicate = stats.gather(icmp.seq, trip);
    stats.lastUs = p.nowUs;
    if (this.has('q')) return;
    if (this.has('f')) {
      p.stdout.put('\b \b');
      yield* p.flush();
      return;
    }
    const bell = this.has('a') ? '\x07' : '';
    const identifier = this.has('v') ? ` ident=${this.id}` : '';
    const time = trip === undefined ? '' : ` time=${tripText(trip)} ms`;
    yield* p.print(
      `${this.stamp()}${packet.payload.length + 8} bytes from ${this.nameOf(ip.src)}: icmp_seq=${icmp.seq}${identifier} ttl=${ip.ttl}${time}${isDuplicate ? ' (DUP!)' : ''}${bell}\n`,
    );
  }
  private nameOf(address: Ipv4): Bytes {
    const text = formatIpv4(address);
    const name = this.numeric ? undefined : hostNameOf(this.p, address);
    return name === undefined ? text : `${name} (${text})`;
  }
  private stamp(): Bytes {
    return this.has('D') ? `[${(this.p.unixUs / 1e6).toFixed(6)}] ` : '';
  }
  /** What SIGQUIT prints. */
  private status(): Bytes {
    const { stats } = this;
    const loss = stats.transmitted === 0 ? 0 : Math.trunc(((stats.transmitted - stats.received) * 100) / stats.transmitted);
    const ms = (us: number): string => `${Math.trunc(us / 1000)}.${String(Math.trunc(us) % 1000).padStart(3, '0')}`;
    const times =
      stats.timed > 0 ? `, min/avg/ewma/max = ${ms(stats.minUs)}/${ms(stats.sumUs / stats.received)}/${ms(stats.ewma / 8)}/${ms(stats.maxUs)} ms` : '';
    return `\r${stats.received}/${stats.transmitted} packets, ${loss}% loss${times}\n`;
  }
}
const hexOf = (bytes: Bytes): string => [...bytes].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
/** Little end first. */
const word64 = (value: number): Bytes => String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255, 0, 0, 0, 0);
const wordAt = (bytes: Bytes, offset: number): number => bytes.charCodeAt(offset) * 256 + bytes.charCodeAt(offset + 1);

export const PING_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/bin/ping', main: ping, origin: 'iputils-ping 20221126' },
  { path: '/usr/bin/ping4', main: ping, origin: 'iputils-ping 20221126' },
];
