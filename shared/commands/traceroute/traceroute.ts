/**
 * traceroute(8) 2.1 for Linux: many probes at once, hops printed in order as answers come.
 * Authority: traceroute.c (do_it, print_probe, the expiry of probes by MAX, HERE and NEAR), mod-*.c.
 * Deviation: source routing (-g), AS lookups (-A), UDPLITE and DCCP sockets are not modelled.
 */
import { type Bytes } from '../../base/index.ts';
import { lookup6, type Device, type Raw6Socket, type RawSocket } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import { anyOf, type Process, type Program, type Sys } from '../../shell/index.ts';
import { formatIp, Icmp6Type, IcmpType, IpProtocol, IPV6_ANY, parseIpv4, parseIpv6, type IpAddress } from '../../wire/index.ts';
import { familyOf, hostNameOf, lookupHosts, scopedText, watching, type HostAddress } from '../net/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { HELP, parseTraceroute, TRACEROUTE_OPTIONS, UNMODELLED, type Method, type TracerouteOptions } from './options.ts';
import { answerOf, mtuOfError, openRaw, openUdp, sendEcho, sendProbe, type Answer, type Probe, type ProbeSettings } from './probe.ts';
import { flagNames, segmentBytes, TCP_OPTIONS_HELP, tcpWishes, type TcpWishes } from './tcp-segment.ts';

const FIRST_PORT = 33434;
const USUAL_PORTS: Readonly<Partial<Record<Method, number>>> = { udp: 53, tcp: 80 };
/** What follows the IP header where nothing was asked for. */
const USUAL_BYTES = 40;
const LARGEST = 65_000;
const VERSION = 'Modern traceroute for Linux, version 2.1.2\nCopyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later\n';

const tracerouteAs = (forced?: Method): Program =>
  function* (p) {
    const parsed = parseTraceroute(p.argv, forced);
    if (!parsed.ok) return (yield* p.error(`${parsed.error}\n`), 2);
    const options = parsed.value;
    if (options.has('version')) return (yield* p.print(VERSION), 0);
    if (options.host === undefined || options.has('help')) return (yield* p.print(HELP), 0);
    if (options.moduleOptions.includes('help'))
      return (yield* p.print(options.method === 'tcp' ? TCP_OPTIONS_HELP : `No options for module \`${options.method}'\n`), 0);
    for (const [name, what] of Object.entries(UNMODELLED)) if (options.has(name)) return (yield* p.error(`not modelled: ${what}\n`), 2);
    if (options.method === 'udplite') return (yield* p.error('not modelled: UDPLITE\n'), 2);
    const found = yield* lookupHosts(p, options.host, options.has('6') ? 6 : options.has('4') ? 4 : 0);
    if (found.kind === 'failed') {
      yield* p.error(`${options.host}: ${found.message}\nCannot handle "host" cmdline arg \`${options.host}' on position 1 (argc ${options.hostAt})\n`);
      return 2;
    }
    // IPv4 is preferred where a name has both.
    const target = found.hosts.find(({ address }) => typeof address === 'number') ?? found.hosts[0];
    const source = sourceOf(options, target);
    if (source === undefined) return (yield* p.error(`${options.source ?? ''}: Temporary failure in name resolution\n`), 2);
    const settings: ProbeSettings = {
      netns: netnsOf(p),
      target: target.address,
      scope: target.scope,
      source,
      device: options.device,
      tos: options.tos,
      mark: options.mark,
      flowLabel: options.flowLabel,
      dontFragment: options.has('dont-fragment') || options.has('mtu'),
      dontRoute: options.has('r'),
      sourcePort: options.sourcePort,
    };
    const run = new Run(p, options, settings);
    const refused = run.prepare();
    if (refused !== undefined && refused.status === 2) return (yield* p.error(refused.message), 2);
    const shown = formatIp(target.address) + (target.scope === null ? '' : `%${target.scope.name}`);
    yield* p.print(`traceroute to ${options.host} (${shown}), ${options.maxHops} hops max, ${run.packetBytes} byte packets\n`);
    yield* p.flush();
    if (refused !== undefined) return (yield* p.error(refused.message), refused.status);
    try {
      return yield* run.go();
    } finally {
      run.close();
    }
  };
function sourceOf({ source }: TracerouteOptions, { address }: HostAddress): IpAddress | undefined {
  if (source === undefined) return typeof address === 'number' ? 0 : IPV6_ANY;
  return typeof address === 'number' ? parseIpv4(source) : parseIpv6(source);
}
interface Refusal {
  readonly message: string;
  readonly status: number;
}

class Run {
  private readonly probes: Probe[] = [];
  /** The one raw socket of echo and TCP. */
  private shared: RawSocket | Raw6Socket | undefined;
  private readonly id: number;
  private readonly ipHeader: number;
  private tcp: TcpWishes | undefined;
  /** Bytes of a probe behind its own header. */
  private dataBytes = 0;
  private lastSentUs = -Infinity;
  private printed = 0;
  private lastFrom: IpAddress | undefined;
  private note = '';

  constructor(
    private readonly p: Process,
    private readonly options: TracerouteOptions,
    private readonly settings: ProbeSettings,
  ) {
    this.id = settings.netns.rng.below(65536);
    this.ipHeader = familyOf(settings.target) === 4 ? 20 : 40;
  }
  close(): void {
    for (const probe of this.probes) probe.socket.close();
    this.shared?.close();
  }
  private get ownHeader(): number {
    const { method } = this.options;
    if (method === 'tcp') return 20 + (this.tcp?.options.length ?? 0);
    return method === 'raw' ? 0 : method === 'dccp' ? 20 : 8;
  }
  get packetBytes(): number {
    return this.ipHeader + this.ownHeader + this.dataBytes;
  }
  /** What the method needs to know first: how long its packets are. */
  prepare(): Refusal | undefined {
    const { options, settings } = this;
    const { method } = options;
    if (method === 'tcp') {
      const wishes = tcpWishes(options.moduleOptions, settings.netns, this.deviceMtu(), this.ipHeader);
      if (!wishes.ok) return { message: `Unknown module option \`${wishes.error}'\n`, status: 2 };
      this.tcp = wishes.value;
      return undefined;
    }
    if (method === 'dccp') return { message: 'socket: Socket type not supported\n', status: 1 };
    const asked = options.length ?? (options.has('mtu') ? LARGEST : undefined);
    this.dataBytes = Math.max(0, asked === undefined ? USUAL_BYTES - this.ownHeader : asked - this.ipHeader - this.ownHeader);
    return undefined;
  }
  private deviceMtu(): number {
    const { target, netns, scope } = this.settings;
    if (typeof target === 'number') return 1500;
    const way = lookup6(netns, target, scope);
    return typeof way === 'string' ? 1500 : way.device.mtu;
  }
  private ttlOf(index: number): number {
    return this.options.first + Math.floor(index / this.options.queries);
  }
  /** One past the last probe that counts: all of the final hop, or of the last one. */
  private get end(): number {
    const { queries, maxHops, first } = this.options;
    const final = this.probes.findIndex((probe) => probe.answer?.isFinal === true);
    const hops = final < 0 ? maxHops - first + 1 : Math.floor(final / queries) + 1;
    return hops * queries;
  }

  *go(): Sys<number> {
    const { p, options } = this;
    if (options.method === 'icmp' || options.method === 'tcp') {
      const opened = openRaw(this.settings, options.method === 'tcp' ? IpProtocol.TCP : this.ipHeader === 20 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
      if (typeof opened === 'string') return (yield* p.error(`${opened}\n`), 1);
      this.shared = opened;
    }
    for (;;) {
      this.collect();
      yield* this.print();
      const { end } = this;
      if (this.printed >= end) return 0;
      const pending = this.probes.filter((probe, i) => i < end && !probe.answer && !probe.isLost);
      if (this.probes.length < end && pending.length < options.simultaneous && p.nowUs >= this.lastSentUs + options.sendWaitUs) {
        const failure = this.send();
        if (failure !== undefined) return (yield* p.error(`${failure}\n`), 1);
        yield* p.tick(10);
        continue;
      }
      const expiry = this.expire(pending);
      const nextSend = this.probes.length < end && pending.length < options.simultaneous ? this.lastSentUs + options.sendWaitUs : Infinity;
      const untilUs = Math.min(expiry, nextSend);
      if (untilUs <= p.nowUs) continue;
      yield* p.flush();
      yield* p.block(anyOf([...new Set(pending.map((probe) => probe.socket))].map(watching).concat(untilUs === Infinity ? [] : [p.timer(untilUs - p.nowUs)])));
    }
  }

  private send(): string | undefined {
    const { p, options, settings } = this;
    const index = this.probes.length;
    const ttl = this.ttlOf(index);
    this.lastSentUs = p.nowUs;
    const port = options.port ?? USUAL_PORTS[options.method] ?? FIRST_PORT;
    let socket = this.shared ?? openUdpOrRaw(options, settings, options.method === 'default' ? (port + index) & 0xffff : port);
    if (typeof socket === 'string') return socket;
    let key = 0;
    let failed: string | undefined;
    if (options.method === 'icmp') {
      key = ((options.port ?? 1) + index) & 0xffff;
      failed = sendEcho(this.shared!, this.id, ttl, key, this.dataBytes);
    } else if (options.method === 'tcp') {
      key = options.sourcePort ?? 32_768 + settings.netns.rng.below(28_232);
      failed = sendProbe(this.shared!, ttl, { bytes: segmentBytes(this.tcp!, this.shared!, key, port, settings.netns.rng.uint32()) });
    } else {
      for (;;) {
        failed = sendProbe(socket, ttl, { length: this.dataBytes });
        const error = socket.receiveError();
        if (failed !== undefined || error?.origin !== 'local' || !this.shrink(mtuOfError(error))) break;
        socket.close();
        socket = openUdpOrRaw(options, settings, port + index);
        if (typeof socket === 'string') return socket;
      }
    }
    if (failed !== undefined) {
      if (socket !== this.shared) socket.close();
      return failed;
    }
    this.probes.push({ ttl, sentUs: p.nowUs, socket, answer: undefined, isLost: false, key, note: this.note });
    this.note = '';
    return undefined;
  }
  /** --mtu: what was too big is sent again, smaller. */
  private shrink(mtu: number): boolean {
    if (!this.options.has('mtu') || mtu < this.ipHeader + this.ownHeader || mtu >= this.packetBytes) return false;
    this.dataBytes = mtu - this.ipHeader - this.ownHeader;
    this.note = `F=${mtu}`;
    return true;
  }
  private again(probe: Probe): void {
    const { options, settings, p } = this;
    const socket = openUdpOrRaw(options, settings, ((options.port ?? FIRST_PORT) + this.probes.indexOf(probe)) & 0xffff);
    if (typeof socket === 'string' || sendProbe(socket, probe.ttl, { length: this.dataBytes }) !== undefined) return;
    probe.socket.close();
    probe.socket = socket;
    probe.sentUs = p.nowUs;
    probe.note = this.note;
    this.note = '';
  }

  /** Looks for answers of probes under way. */
  private collect(): void {
    if (this.shared) return this.collectShared(this.shared);
    for (const probe of this.probes) {
      if (probe.answer || probe.isLost) continue;
      for (let error = probe.socket.receiveError(); error && !probe.answer; error = probe.socket.receiveError()) {
        if (this.shrink(mtuOfError(error))) {
          this.again(probe);
          break;
        }
        probe.answer = answerOf(error, probe.sentUs);
      }
      const got = probe.answer ? undefined : probe.socket.receive();
      const header = got?.packet.ip ?? got?.packet.ip6;
      if (got && header) probe.answer = this.reached(probe, header.src, got.packet.inDevice, got.atUs, got.packet.ip?.ttl ?? got.packet.ip6?.hopLimit ?? 0, '');
      if (probe.answer) probe.socket.close();
    }
  }
  private reached(probe: Probe, from: IpAddress, device: Device | null, atUs: number, ttl: number, extra: string): Answer {
    return { from, device, tripUs: Math.max(0, atUs - probe.sentUs), isFinal: true, remark: '', extra, ttl };
  }
  /** One socket hears for all probes: a sequence number or a port tells whose it is. */
  private collectShared(shared: RawSocket | Raw6Socket): void {
    const isTcp = this.options.method === 'tcp';
    const open = (key: number): Probe | undefined => this.probes.find((probe) => probe.key === key && !probe.answer && !probe.isLost);
    for (let error = shared.receiveError(); error; error = shared.receiveError()) {
      const { payload } = error;
      const probe = isTcp ? open(wordAt(payload, 0)) : wordAt(payload, 4) === this.id ? open(wordAt(payload, 6)) : undefined;
      if (probe) probe.answer = answerOf(error, probe.sentUs);
    }
    for (let got = shared.receive(); got; got = shared.receive()) {
      const { icmp, ip, ip6, tcp } = got.packet;
      const from = ip?.src ?? ip6?.src ?? 0;
      if (from !== this.settings.target) continue;
      const isReply = icmp !== null && icmp.type === (ip6 === null ? IcmpType.ECHO_REPLY : Icmp6Type.ECHO_REPLY) && icmp.id === this.id;
      const probe = tcp !== null ? open(tcp.dstPort) : isReply ? open(icmp.seq) : undefined;
      const extra = tcp !== null && this.tcp?.showsFlags === true ? `<${flagNames(tcp.flags)}>` : '';
      if (probe) probe.answer = this.reached(probe, from, got.packet.inDevice, got.atUs, ip?.ttl ?? ip6?.hopLimit ?? 0, extra);
    }
    shared.takeError();
  }

  /** Gives up what has waited too long; the time of the next such moment. */
  private expire(pending: readonly Probe[]): number {
    const { p, options } = this;
    let next = Infinity;
    for (const probe of pending) {
      const untilUs = probe.sentUs + this.patience(probe);
      if (untilUs > p.nowUs) next = Math.min(next, untilUs);
      else {
        probe.isLost = true;
        if (!this.shared) probe.socket.close();
        next = p.nowUs;
      }
    }
    return pending.length === 0 ? (this.probes.length < this.end ? this.lastSentUs + options.sendWaitUs : p.nowUs) : next;
  }
  private patience(probe: Probe): number {
    const { waitUs, here, near } = this.options;
    let patience = waitUs;
    const same = here > 0 ? this.probes.filter((other) => other.ttl === probe.ttl && other.answer) : [];
    if (same.length > 0) patience = Math.min(patience, here * Math.max(...same.map((other) => other.answer?.tripUs ?? 0)));
    else if (near > 0) {
      const later = this.probes.find((other) => other.ttl > probe.ttl && other.answer);
      if (later?.answer) patience = Math.min(patience, near * later.answer.tripUs);
    }
    return Math.max(patience, 1000);
  }

  private *print(): Sys {
    const { p, options } = this;
    for (const { end } = this; this.printed < end; this.printed++) {
      const probe = this.probes[this.printed];
      if (!probe || (!probe.answer && !probe.isLost)) return;
      const isFirst = this.printed % options.queries === 0;
      let text = isFirst ? `${String(probe.ttl).padStart(2)} ` : '';
      if (isFirst) this.lastFrom = undefined;
      const { answer } = probe;
      if (!answer) text += ' *';
      else {
        if (answer.from !== this.lastFrom) text += ` ${this.nameOf(answer)}`;
        this.lastFrom = answer.from;
        if (answer.extra !== '') text += ` ${answer.extra}`;
        const back = options.has('back') ? backHops(answer.ttl) : probe.ttl;
        if (back !== probe.ttl) text += ` '-${back}'`;
        text += `  ${(answer.tripUs / 1000).toFixed(3)} ms${answer.remark === '' ? '' : ` ${answer.remark}`}${probe.note === '' ? '' : ` ${probe.note}`}`;
      }
      if ((this.printed + 1) % options.queries === 0) text += '\n';
      yield* p.print(text);
      if (options.sendWaitUs > 0 || text.endsWith('\n')) yield* p.flush();
    }
  }
  private nameOf({ from: address, device }: Answer): Bytes {
    const text = scopedText(address, device);
    return this.options.has('n') ? text : `${hostNameOf(this.p, address) ?? text} (${text})`;
  }
}
/** How many hops an answer has made, if it began with one of the usual numbers. */
const backHops = (ttl: number): number => (ttl <= 64 ? 65 - ttl : ttl <= 128 ? 129 - ttl : 256 - ttl);
const openUdpOrRaw = ({ method, protocol }: TracerouteOptions, settings: ProbeSettings, port: number): ReturnType<typeof openUdp | typeof openRaw> =>
  method === 'raw' ? openRaw(settings, protocol) : openUdp(settings, port);
const wordAt = (bytes: Bytes, offset: number): number => bytes.charCodeAt(offset) * 256 + bytes.charCodeAt(offset + 1);

const DECLARATION: Declaration = { synopsis: '[ options ] host [ packetlen ]', options: TRACEROUTE_OPTIONS };
const at = (name: string, method?: Method): InstalledProgram => ({
  path: `/usr/bin/${name}`,
  main: declared(DECLARATION, tracerouteAs(method)),
  origin: 'traceroute 2.1.2',
});
export const TRACEROUTE_PROGRAMS: readonly InstalledProgram[] = [at('traceroute'), at('traceroute.db'), at('tracert', 'icmp')];
