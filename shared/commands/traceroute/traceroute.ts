/**
 * traceroute(8) 2.1 for Linux over IPv4: many probes at once, hops printed in order as answers come. Methods: UDP (default and -U), ICMP echo.
 * Authority: traceroute.c (do_it, print_probe, the expiry of probes by MAX, HERE and NEAR).
 */
import { type Bytes } from '../../base/index.ts';
import type { RawSocket } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import { anyOf, type Process, type Program, type Sys } from '../../shell/index.ts';
import { formatIpv4, IcmpType, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import { hostNameOf, lookupHost, watching } from '../net/index.ts';
import { HELP, parseTraceroute, TRACEROUTE_OPTIONS, UNMODELLED, type Method, type TracerouteOptions } from './options.ts';
import { answerOf, openEcho, sendEchoProbe, sendUdpProbe, type Probe, type ProbeSettings } from './probe.ts';
import { declared, type Declaration } from '../declaration.ts';

const FIRST_PORT = 33434;
const UDP_PORT = 53;

const tracerouteAs = (forced?: Method): Program =>
  function* (p) {
    const parsed = parseTraceroute(p.argv, forced);
    if (!parsed.ok) return (yield* p.error(`${parsed.error}\n`), 2);
    const options = parsed.value;
    if (options.has('version')) return (yield* p.print('Modern traceroute for Linux, version 2.1.2\n'), 0);
    if (options.host === undefined) return (yield* p.print(HELP), 0);
    for (const [name, what] of Object.entries(UNMODELLED)) if (options.has(name)) return (yield* p.error(`not modelled: ${what}\n`), 2);
    const found = yield* lookupHost(p, options.host);
    if (found.kind === 'failed')
      return (
        yield* p.error(
          `${options.host}: ${found.message}\nCannot handle "host" cmdline arg \`${options.host}' on position 1 (argc ${p.argv.indexOf(options.host)})\n`,
        ),
        2
      );
    const source = options.source === undefined ? 0 : parseIpv4(options.source);
    if (source === undefined) return (yield* p.error(`${options.source ?? ''}: Temporary failure in name resolution\n`), 2);
    yield* p.print(`traceroute to ${options.host} (${formatIpv4(found.address)}), ${options.maxHops} hops max, ${options.length} byte packets\n`);
    yield* p.flush();
    const settings: ProbeSettings = {
      netns: netnsOf(p),
      target: found.address,
      source,
      device: options.device,
      tos: options.tos,
      mark: options.mark,
      dontFragment: options.has('dont-fragment') || options.has('mtu'),
      length: options.length - 20,
    };
    const run = new Run(p, options, settings);
    try {
      return yield* run.go();
    } finally {
      run.close();
    }
  };

class Run {
  private readonly probes: Probe[] = [];
  private echo: RawSocket | undefined;
  private readonly id: number;
  private lastSentUs = -Infinity;
  private printed = 0;
  private lastFrom: Ipv4 | undefined;

  constructor(
    private readonly p: Process,
    private readonly options: TracerouteOptions,
    private readonly settings: ProbeSettings,
  ) {
    this.id = settings.netns.rng.below(65536);
  }
  close(): void {
    for (const probe of this.probes) probe.socket.close();
    this.echo?.close();
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
    if (options.method === 'icmp') {
      const opened = openEcho(this.settings);
      if (typeof opened === 'string') return (yield* p.error(`${opened}\n`), 1);
      this.echo = opened;
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
    const { p, options, settings, echo } = this;
    const index = this.probes.length;
    const ttl = this.ttlOf(index);
    this.lastSentUs = p.nowUs;
    const port = options.method === 'udp' ? (options.port ?? UDP_PORT) : (options.port ?? FIRST_PORT) + index;
    const probe = echo
      ? sendEchoProbe(settings, echo, this.id, ttl, ((options.port ?? 1) + index) & 0xffff, p.nowUs)
      : sendUdpProbe(settings, ttl, port, p.nowUs);
    if (typeof probe === 'string') return probe;
    this.probes.push(probe);
    return undefined;
  }

  /** Looks for answers of probes under way. */
  private collect(): void {
    const { echo } = this;
    if (echo) {
      const bySeq = (seq: number): Probe | undefined => this.probes[(seq - (this.options.port ?? 1)) & 0xffff];
      for (let error = echo.receiveError(); error; error = echo.receiveError()) {
        const probe = wordAt(error.payload, 4) === this.id ? bySeq(wordAt(error.payload, 6)) : undefined;
        if (probe && !probe.isLost) probe.answer ??= answerOf(error, probe.sentUs);
      }
      for (let got = echo.receive(); got; got = echo.receive()) {
        const { icmp, ip } = got.packet;
        const probe = icmp?.type === IcmpType.ECHO_REPLY && icmp.id === this.id ? bySeq(icmp.seq) : undefined;
        if (probe && ip && !probe.isLost) probe.answer ??= { from: ip.src, tripUs: Math.max(0, got.atUs - probe.sentUs), isFinal: true, remark: '' };
      }
      echo.takeError();
      return;
    }
    for (const probe of this.probes) {
      if (probe.answer || probe.isLost) continue;
      for (let error = probe.socket.receiveError(); error && !probe.answer; error = probe.socket.receiveError()) probe.answer = answerOf(error, probe.sentUs);
      const got = probe.answer ? undefined : probe.socket.receive();
      if (got?.packet.ip) probe.answer = { from: got.packet.ip.src, tripUs: Math.max(0, got.atUs - probe.sentUs), isFinal: true, remark: '' };
      if (probe.answer) probe.socket.close();
    }
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
        if (!this.echo) probe.socket.close();
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
        if (answer.from !== this.lastFrom) text += ` ${this.nameOf(answer.from)}`;
        this.lastFrom = answer.from;
        text += `  ${(answer.tripUs / 1000).toFixed(3)} ms${answer.remark === '' ? '' : ` ${answer.remark}`}`;
      }
      if ((this.printed + 1) % options.queries === 0) text += '\n';
      yield* p.print(text);
      if (options.sendWaitUs > 0 || text.endsWith('\n')) yield* p.flush();
    }
  }
  private nameOf(address: Ipv4): Bytes {
    const text = formatIpv4(address);
    return this.options.has('n') ? text : `${hostNameOf(this.p, address) ?? text} (${text})`;
  }
}
const wordAt = (bytes: Bytes, offset: number): number => bytes.charCodeAt(offset) * 256 + bytes.charCodeAt(offset + 1);

const DECLARATION: Declaration = { synopsis: '[ options ] host [ packetlen ]', options: TRACEROUTE_OPTIONS };
const at = (name: string, method?: Method): InstalledProgram => ({
  path: `/usr/bin/${name}`,
  main: declared(DECLARATION, tracerouteAs(method)),
  origin: 'traceroute 2.1.2',
});
export const TRACEROUTE_PROGRAMS: readonly InstalledProgram[] = [at('traceroute'), at('traceroute.db'), at('tracert', 'icmp')];
