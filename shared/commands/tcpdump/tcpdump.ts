/** The program: what it listens to, what it prints around the packets, how it ends. Authority: tcpdump.c, libpcap's pcap-linux.c. */
import { strerror, toUint8Array, fromUint8Array, type Bytes } from '../../base/index.ts';
import { ALL_PROTOCOLS, PacketSocket, PacketType, type CapturedFrame, type Device } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { decodeFrame, decodeVxlan, encodeFrame, encodeNetwork, EtherType, LinkType, pcapHeader, pcapRecord, type Packet } from '../../wire/index.ts';
import { hostNameOf, resolveHost, watching } from '../net/index.ts';
import { parseOptions } from '../options.ts';
import { FilterError } from './filter-scan.ts';
import { compileFilter, type PacketFilter } from './filter.ts';
import { SPECS, USAGE, VERSION, type TcpdumpOption } from './options.ts';
import { dump, Printer } from './print.ts';

const SNAPSHOT_LENGTH = 262144;
/** UDP ports whose payload is a frame: VXLAN's, and the one Linux took before. */
const VXLAN_PORTS = [4789, 8472];

/** What is shown of a packet, wherever it came from. */
interface Seen {
  readonly packet: Packet;
  readonly unixUs: number;
  /** Set by captures on all devices. */
  readonly cooked: CapturedFrame | undefined;
}

const tcpdump: Program = function* (p) {
  const line = parseOptions<TcpdumpOption>(p.argv, SPECS);
  if (line.error !== undefined) {
    yield* p.error(`${line.error}${USAGE}`);
    return 1;
  }
  const given = new Map<TcpdumpOption, Bytes | undefined>();
  const times = new Map<TcpdumpOption, number>();
  for (const { id, argument } of line.options) {
    given.set(id, argument);
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  if (given.has('help')) return (yield* p.print(USAGE), 0);
  if (given.has('version')) return (yield* p.print(VERSION), 0);
  if (given.has('unmodelled')) return yield* p.fail('not modelled: one of the options given (-C -E -G -H -I -J -L -M -T -V -W -b -d -j -m -z)');
  return yield* new Session(p, given, (id) => times.get(id) ?? 0, line.operands).run();
};

class Session {
  private readonly printer: Printer;
  private interrupted = false;
  private number = 0;
  private firstUs = -1;
  private previousUs = -1;
  private fileFd: number | undefined;

  constructor(
    private readonly p: Process,
    private readonly given: ReadonlyMap<TcpdumpOption, Bytes | undefined>,
    private readonly times: (id: TcpdumpOption) => number,
    private readonly words: readonly Bytes[],
  ) {
    this.printer = new Printer({
      link: given.has('link'),
      quiet: given.has('quiet'),
      verbose: times('verbose'),
      absolute: given.has('absolute'),
      numeric: given.has('numeric'),
      hostName: (address) => hostNameOf(p, address),
    });
  }

  *run(): Sys<number> {
    const { p, given } = this;
    const wanted = given.get('count');
    const count = wanted === undefined ? Infinity : Number(wanted);
    if (wanted !== undefined && !(/^\d+$/.test(wanted) && count > 0)) return yield* p.fail(`invalid packet count ${wanted}`);
    const direction = given.get('direction') ?? 'inout';
    if (!['in', 'out', 'inout'].includes(direction)) return yield* p.fail(`unknown capture direction '${direction}'`);
    if (given.has('lines') || given.has('unbuffered')) p.stdout.lineBuffered();
    if (given.has('devices')) return yield* this.listDevices();
    const source = given.get('read');
    return source === undefined ? yield* this.live(count, direction) : yield* this.fromFile(source, count);
  }

  // --- live ---

  private *live(count: number, direction: string): Sys<number> {
    const { p, given } = this;
    const netns = netnsOf(p);
    const name = given.get('interface') ?? this.devices()[0]?.name ?? 'any';
    const isAny = name === 'any';
    const device = isAny ? null : (netns.device(name) ?? netns.devices.get(Number(name)));
    if (p.credentials.euid !== 0)
      return yield* p.fail(`${name}: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)`);
    if (device === undefined)
      return yield* p.fail(`${name}: No such device exists\n(${/^\d+$/.test(name) ? 'Invalid adapter index' : 'No such device exists'})`);
    if (device !== null && !device.isUp) return yield* p.fail(`${name}: That device is not up`);
    if (isAny) yield* p.error('tcpdump: data link type LINUX_SLL2\n');
    const filter = yield* this.filter();
    if (filter === undefined) return 1;
    const socket = new PacketSocket(netns, 'raw');
    socket.filter = (packet, _device, packetType) => filter(packet, packetType);
    socket.bind(device, ALL_PROTOCOLS);
    if (device !== null && !given.has('polite')) socket.setPromiscuous(device);
    for (const signal of ['INT', 'TERM', 'HUP'] as const) p.on(signal, () => void (this.interrupted = true));
    // eslint-disable-next-line no-useless-assignment
    let drops = 0;
    // eslint-disable-next-line no-useless-assignment
    let received = 0;
    let captured = 0;
    try {
      if (!(yield* this.openOutput(isAny ? LinkType.LINUX_SLL2 : LinkType.ETHERNET))) return 1;
      yield* this.announce(device === null ? 'any' : device.name, isAny);
      while (captured < count && !this.interrupted) {
        const frame = socket.receive();
        if (frame === undefined) {
          yield* p.block(watching(socket));
          if (device?.unregistered === true && !socket.readable) break;
          continue;
        }
        if (!isWanted(frame, direction)) continue;
        captured++;
        yield* this.show({ packet: frame.packet, unixUs: frame.unixUs, cooked: isAny ? frame : undefined });
        yield* p.tick();
      }
    } finally {
      ({ packets: received, drops } = socket.statistics());
      socket.close();
    }
    if (this.interrupted && !this.isWriting) yield* p.print('\n');
    yield* p.flush();
    if (device?.unregistered === true && !this.interrupted && captured < count) yield* p.error(`tcpdump: pcap_loop: The interface disappeared\n`);
    const told = (n: number, what: string): string => `${n} packet${n === 1 ? '' : 's'} ${what}\n`;
    yield* p.error(told(captured, 'captured') + told(received, 'received by filter') + told(drops, 'dropped by kernel'));
    return 0;
  }
  private *announce(name: string, isAny: boolean): Sys {
    const type = isAny ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)';
    const listening = `listening on ${name}, link-type ${type}, snapshot length ${this.given.get('snaplen') === undefined || this.given.get('snaplen') === '0' ? SNAPSHOT_LENGTH : this.given.get('snaplen')!} bytes\n`;
    const quiet = this.times('verbose') === 0 && !this.isWriting;
    yield* this.p.error(quiet ? `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n${listening}` : `tcpdump: ${listening}`);
  }
  /** Undefined after its message. */
  private *filter(): Sys<PacketFilter | undefined> {
    const { p } = this;
    let expression = this.words.join(' ');
    const path = this.given.get('file');
    if (path !== undefined) {
      const text = p.fs.readFile(path);
      if (!text.ok) {
        yield* p.fail(`can't open ${path}: ${strerror(text.error)}`);
        return undefined;
      }
      expression = text.value.replaceAll(/#.*/g, ' ');
    }
    try {
      return compileFilter(expression, (name) => {
        const found = resolveHost(p, name);
        return found.kind === 'found' ? found.address : undefined;
      });
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      yield* p.fail(error.message);
      return undefined;
    }
  }
  /** As libpcap sorts them: up and running first, loopback last. */
  private devices(): readonly Device[] {
    const rank = (device: Device): number => (device.name === 'lo' ? 2 : device.isUp ? 0 : 1);
    return [...netnsOf(this.p).devices.values()].sort((a, b) => rank(a) - rank(b));
  }
  private *listDevices(): Sys<number> {
    const all = this.devices();
    const rows = [
      ...all.filter(({ name, isUp }) => name !== 'lo' && isUp).map(({ name }) => `${name} [Up, Running, Connected]`),
      'any (Pseudo-device that captures on all interfaces) [Up, Running]',
      ...all.filter(({ name }) => name === 'lo').map(({ isUp }) => `lo [${isUp ? 'Up, Running, ' : ''}Loopback]`),
      ...all.filter(({ name, isUp }) => name !== 'lo' && !isUp).map(({ name }) => `${name} [none, Disconnected]`),
    ];
    yield* this.p.print(rows.map((row, i) => `${i + 1}.${row}\n`).join(''));
    return 0;
  }

  // --- files ---

  private get isWriting(): boolean {
    return this.given.has('write');
  }
  /** False after its message. */
  private *openOutput(linkType: number): Sys<boolean> {
    const path = this.given.get('write');
    if (path === undefined) return true;
    if (path === '-') this.fileFd = 1;
    else {
      const fd = yield* this.p.open(path, { write: true, create: true, truncate: true });
      if (!fd.ok) {
        yield* this.p.fail(`${path}: ${strerror(fd.error)}`);
        return false;
      }
      this.fileFd = fd.value;
    }
    yield* this.p.write(this.fileFd, pcapHeader(linkType, SNAPSHOT_LENGTH));
    return true;
  }
  private *fromFile(path: Bytes, count: number): Sys<number> {
    const { p } = this;
    const fd = path === '-' ? undefined : yield* p.open(path, { read: true });
    if (fd?.ok === false) return yield* p.fail(`${path}: ${strerror(fd.error)}`);
    const all = yield* p.readAll(fd?.ok ? fd.value : 0);
    if (!all.ok) return yield* p.fail(`${path}: ${strerror(all.error)}`);
    const bytes = toUint8Array(all.value);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 24) return yield* p.fail(`truncated dump file; tried to read 24 file header bytes, only got ${bytes.length}`);
    const isLittle = view.getUint32(0, true) === 0xa1b2c3d4;
    if (!isLittle && view.getUint32(0) !== 0xa1b2c3d4) return yield* p.fail('unknown file format');
    const linkType = view.getUint32(20, isLittle);
    if (linkType !== LinkType.ETHERNET) return yield* p.fail(`not modelled: captures of link type ${linkType}`);
    yield* p.error(`reading from file ${path}, link-type EN10MB (Ethernet), snapshot length ${view.getUint32(16, isLittle)}\n`);
    const filter = yield* this.filter();
    if (filter === undefined) return 1;
    if (!(yield* this.openOutput(LinkType.ETHERNET))) return 1;
    for (let at = 24, shown = 0; at + 16 <= bytes.length && shown < count;) {
      const length = view.getUint32(at + 8, isLittle);
      if (at + 16 + length > bytes.length)
        return yield* p.fail(`pcap_loop: truncated dump file; tried to read ${length} captured bytes, only got ${bytes.length - at - 16}`);
      const packet = decodeFrame(bytes.subarray(at + 16, at + 16 + length));
      openTunnel(packet);
      const unixUs = view.getUint32(at, isLittle) * 1e6 + view.getUint32(at + 4, isLittle);
      if (filter(packet, PacketType.HOST)) {
        shown++;
        yield* this.show({ packet, unixUs, cooked: undefined });
      }
      at += 16 + length;
      yield* p.tick();
    }
    return 0;
  }

  // --- one packet ---

  private *show({ packet, unixUs, cooked }: Seen): Sys {
    const { p } = this;
    if (this.fileFd !== undefined) {
      yield* p.write(this.fileFd, pcapRecord({ unixUs, bytes: cooked ? cookedBytes(cooked) : fromUint8Array(encodeFrame(packet)) }));
      if (!this.given.has('print')) return;
    }
    const count = this.given.has('number') ? `${String(++this.number).padStart(5)}  ` : '';
    const text = cooked ? this.printer.cooked(packet, cooked.deviceName, cooked.deviceIndex, cooked.packetType) : this.printer.frame(packet);
    yield* p.print(`${count}${this.time(unixUs)}${text}${this.bytes(packet)}\n`);
  }
  private bytes(packet: Packet): string {
    for (const [id, style] of [
      ['hex-text', 'hex and text'],
      ['hex', 'hex'],
      ['ascii', 'text'],
    ] as const)
      if (this.given.has(id)) return dump(this.times(id) > 1 ? encodeFrame(packet) : encodeNetwork(packet), style);
    return '';
  }
  private time(unixUs: number): string {
    const since = this.times('time') === 5 ? this.firstUs : this.previousUs;
    if (this.firstUs < 0) this.firstUs = unixUs;
    this.previousUs = unixUs;
    const microseconds = String(unixUs % 1e6).padStart(6, '0');
    // eslint-disable-next-line no-restricted-globals
    const iso = new Date(Math.floor(unixUs / 1000)).toISOString();
    switch (this.times('time')) {
      case 0:
        return `${iso.slice(11, 19)}.${microseconds} `;
      case 1:
        return '';
      case 2:
        return `${Math.floor(unixUs / 1e6)}.${microseconds} `;
      case 4:
        return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${microseconds} `;
      default: {
        const us = since < 0 ? 0 : unixUs - since;
        // eslint-disable-next-line no-restricted-globals
        return ` ${new Date(Math.floor(us / 1000)).toISOString().slice(11, 19)}.${String(us % 1e6).padStart(6, '0')} `;
      }
    }
  }
}

/** What goes out by the loopback comes in again: once is enough (libpcap). */
function isWanted(frame: CapturedFrame, direction: string): boolean {
  const isOut = frame.packetType === PacketType.OUTGOING;
  if (isOut && frame.deviceName === 'lo') return false;
  return direction === 'inout' || isOut === (direction === 'out');
}
/** SLL2's header and what follows it. */
function cookedBytes({ packet, deviceIndex, packetType }: CapturedFrame): Bytes {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint16(0, packet.etherType);
  view.setUint32(4, deviceIndex);
  view.setUint16(8, 1);
  view.setUint8(10, packetType);
  view.setUint8(11, 6);
  header.set(encodeFrame(packet).subarray(6, 12), 12);
  return fromUint8Array(header) + fromUint8Array(encodeNetwork(packet));
}
/** Bytes of a file know no tunnel: the port tells. */
function openTunnel(packet: Packet): void {
  if (packet.udp === null || packet.etherType === EtherType.ARP || !VXLAN_PORTS.includes(packet.udp.dstPort)) return;
  const inside = decodeVxlan(packet.payload);
  if (inside === undefined) return;
  packet.inner = inside.frame;
  packet.vni = inside.vni;
  packet.payload = '';
}

export const TCPDUMP_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/tcpdump', main: tcpdump, origin: 'tcpdump 4.99.3' }];
