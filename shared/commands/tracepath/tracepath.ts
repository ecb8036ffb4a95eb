/**
 * tracepath (iputils s20221126): UDP packets with more and more hops to live, as big as the path lets them be; errors that come back tell who
 * is on the way and how narrow it is. Authority: tracepath.c (probe_ttl, recverr, main).
 */
import type { Bytes } from '../../base/index.ts';
import { UdpSocket, type SocketError } from '../../kernel/index.ts';
import { netnsOf, ownSocket, type InstalledProgram } from '../../machine/index.ts';
import { anyOf, type Process, type Program, type Sys } from '../../shell/index.ts';
import { Icmp6Type, IcmpType } from '../../wire/index.ts';
import { familyOf, hostNameOf, lookupHosts, scopedText, watching, type HostAddress } from '../net/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { parseTracepath, TRACEPATH_OPTIONS, type TracepathOptions } from './options.ts';

const BASE_PORT = 44_444;
const PATIENCE_US = 1_000_000;
const SLOTS = 64;
const HOST_WIDTH = 52;
/** Headers of IP and UDP. */
const OVERHEAD = { 4: 28, 6: 48 } as const;
const ATTEMPTS = 10;
const TRIES = 3;
/** struct probehdr: what a packet says of itself. */
const HEADER_BYTES = 24;

const tracepath: Program = function* (p) {
  const parsed = parseTracepath(p.argv);
  if (parsed.kind === 'end') {
    if (parsed.fd === 1) yield* p.print(parsed.text);
    else yield* p.error(parsed.text);
    return parsed.status;
  }
  const { options } = parsed;
  const found = yield* lookupHosts(p, options.host, options.family);
  if (found.kind === 'failed') return yield* p.fail(`${options.host}: ${found.message}`, 1);
  const [target] = found.hosts;
  const overhead = OVERHEAD[familyOf(target.address)];
  if (options.length > 0 && options.length <= overhead) return yield* p.fail(`pktlen must be within: ${overhead} < value <= 2147483647`, 1);
  const run = new Run(p, options, target);
  try {
    yield* run.go();
  } finally {
    run.close();
  }
  return 0;
};

/** What recverr tells: over, a step forward, or nothing came. */
type Outcome = 'done' | 'progress' | 'nothing';

class Run {
  private readonly socket: UdpSocket;
  private readonly family: 4 | 6;
  private readonly overhead: number;
  private mtu: number;
  private hopsTo = -1;
  private hopsFrom = -1;
  private slot = 0;
  private readonly history: { hops: number; sentUs: number }[] = Array.from({ length: SLOTS }, () => ({ hops: 0, sentUs: 0 }));

  constructor(
    private readonly p: Process,
    private readonly options: TracepathOptions,
    private readonly target: HostAddress,
  ) {
    this.family = familyOf(target.address);
    this.overhead = OVERHEAD[this.family];
    this.mtu = options.length > 0 ? options.length : this.family === 4 ? 65_535 : 128_000;
    this.socket = new UdpSocket(netnsOf(p), this.family);
    this.socket.pmtuDiscover = 'do';
    this.socket.receiveErrors = true;
    ownSocket(this.socket, p, p.comm, 3);
  }
  close(): void {
    this.socket.close();
  }
  private get basePort(): number {
    return this.options.port || BASE_PORT;
  }

  *go(): Sys {
    const { p, options } = this;
    if (!(yield* this.walk(options.maxHops))) yield* p.print(`     Too many hops: pmtu ${this.mtu}\n`);
    const to = this.hopsTo >= 0 ? `hops ${this.hopsTo} ` : '';
    const back = this.hopsFrom >= 0 ? `back ${this.hopsFrom} ` : '';
    yield* p.print(`     Resume: pmtu ${this.mtu} ${to}${back}\n`);
  }
  /** True when something ended it. */
  private *walk(maxHops: number): Sys<boolean> {
    for (let ttl = 1; ttl <= maxHops; ttl++) {
      let outcome: Outcome = 'nothing';
      this.socket.ttl = ttl;
      for (let i = 0; i < TRIES; i++) {
        const before = this.mtu;
        outcome = yield* this.probe(ttl);
        // With another size all of it begins again.
        if (this.mtu !== before) i = -1;
        else if (outcome === 'done') return true;
        else if (outcome === 'progress') break;
      }
      if (outcome === 'nothing') yield* this.p.print(`${String(ttl).padStart(2)}:  no reply\n`);
      yield* this.p.flush();
    }
    return false;
  }
  private *probe(ttl: number): Sys<Outcome> {
    const { p, socket } = this;
    for (let i = 0; i < ATTEMPTS; i++) {
      const place = this.history[this.slot]!;
      place.hops = ttl;
      place.sentUs = p.nowUs;
      const { address: to, scope } = this.target;
      const device = scope === null ? {} : { device: scope };
      const port = (this.basePort + this.slot) & 0xffff;
      const sent = socket.send('\0'.repeat(Math.max(0, this.mtu - this.overhead)), { to, port, ...device });
      if (sent.ok) {
        this.slot = (this.slot + 1) % SLOTS;
        yield* this.wait();
        if (socket.receive() !== undefined) {
          yield* p.print(`${String(ttl).padStart(2)}?: reply received 8)\n`);
          return 'done';
        }
        return yield* this.errors(ttl);
      }
      const outcome = yield* this.errors(ttl);
      place.hops = 0;
      if (outcome === 'done') return 'done';
      if (outcome === 'progress') i = -1;
    }
    this.slot = (this.slot + 1) % SLOTS;
    yield* p.print(`${String(ttl).padStart(2)}:  send failed\n`);
    return 'done';
  }
  private *wait(): Sys {
    const { p, socket } = this;
    yield* p.flush();
    const untilUs = p.nowUs + PATIENCE_US;
    while (p.nowUs < untilUs && !socket.readable && socket.pendingError === null) yield* p.block(anyOf([watching(socket), p.timer(untilUs - p.nowUs)]));
    socket.takeError();
  }

  /** recverr: all that is in the error queue, told. */
  private *errors(ttl: number): Sys<Outcome> {
    let outcome: Outcome = 'nothing';
    for (let error = this.socket.receiveError(); error !== undefined; error = this.socket.receiveError()) {
      outcome = 'progress';
      if (yield* this.tell(error, ttl)) return 'done';
    }
    this.socket.takeError();
    return outcome;
  }
  /** True when it was the last word. */
  private *tell(error: SocketError, ttl: number): Sys<boolean> {
    const { p } = this;
    const place = this.history[error.destinationPort - this.basePort];
    let hops = -1;
    let text: Bytes;
    let trip = '';
    if (place !== undefined && place.hops > 0) {
      ({ hops } = place);
      const us = Math.max(0, error.atUs - place.sentUs);
      trip = `${String(Math.floor(us / 1000)).padStart(3)}.${String(Math.floor(us % 1000)).padStart(3, '0')}ms `;
      place.hops = 0;
    }
    if (error.origin === 'local') {
      text = `${String(ttl).padStart(2)}?: ${'[LOCALHOST]'.padEnd(32)} `;
      if (this.family === 4) trip = '';
    } else {
      const name = this.nameOf(error);
      const shown = error.payload.length >= HEADER_BYTES && hops > 0 ? `${String(hops).padStart(2)}:  ` : `${String(ttl).padStart(2)}?: `;
      text = shown + name + ' '.repeat(Math.max(1, HOST_WIDTH - name.length));
    }
    const back = backHops(error.ttl);
    yield* p.print(text + trip);
    switch (error.errno) {
      case 'EMSGSIZE':
        this.mtu = error.info;
        yield* p.print(`pmtu ${error.info}\n`);
        return false;
      case 'ECONNREFUSED':
        this.hopsTo = hops < 0 ? ttl : hops;
        this.hopsFrom = back;
        yield* p.print('reached\n');
        return true;
      case 'EHOSTUNREACH': {
        const isExpired = error.code === 0 && error.type === (error.origin === 'icmp6' ? Icmp6Type.TIME_EXCEEDED : IcmpType.TIME_EXCEEDED);
        if (!isExpired) break;
        yield* p.print(back >= 0 && back !== (hops >= 0 ? hops : ttl) ? `asymm ${String(back).padStart(2)} \n` : '\n');
        return false;
      }
      case 'ETIMEDOUT':
        yield* p.print('\n');
        return false;
      default:
    }
    yield* p.print(`${MARKS[error.errno] ?? ''}\n`);
    return true;
  }
  /** Without a name server there is nobody to ask for names. */
  private nameOf({ offender: address, device }: SocketError): Bytes {
    const { p, options } = this;
    const number = scopedText(address, device);
    if (options.names === 'numbers') return number;
    const servers = p.fs.readFile('/etc/resolv.conf');
    const name = hostNameOf(p, address) ?? (servers.ok && servers.value.includes('nameserver') ? number : '???');
    return options.names === 'both' ? `${name} (${number})` : name;
  }
}
const MARKS: Readonly<Partial<Record<SocketError['errno'], string>>> = { EHOSTUNREACH: '!H', ENETUNREACH: '!N', EACCES: '!A', EPROTO: '!P' };
/** How many hops an answer has made, if it began with one of the usual numbers. */
function backHops(ttl: number): number {
  if (ttl < 0) return -1;
  return ttl <= 64 ? 65 - ttl : ttl <= 128 ? 129 - ttl : 256 - ttl;
}

const DECLARATION: Declaration = { synopsis: '[options] <destination>', options: TRACEPATH_OPTIONS };
export const TRACEPATH_PROGRAMS: readonly InstalledProgram[] = [
  { path: '/usr/bin/tracepath', main: declared(DECLARATION, tracepath), origin: 'iputils 20221126' },
];
