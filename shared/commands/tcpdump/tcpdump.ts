/**
 * The program: what it listens to, what it prints around the packets, how it ends. Authority: tcpdump.c, libpcap's pcap-linux.c.
 * Deviation: packets are shown as they come, where libpcap hands them over once a second unless --immediate-mode.
 */
import { fromUint8Array, strerror, type Bytes } from '../../base/index.ts';
import { ALL_PROTOCOLS, ArpHardware, PacketSocket, PacketType, type CapturedFrame, type Device } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { encodeFrame, encodeNetwork, frameLength, LinkType, networkLength, pcapHeader, pcapRecord } from '../../wire/index.ts';
import { civilOf, twoDigits } from '../names/civil.ts';
import { hostNameOf, resolveHost, watching } from '../net/index.ts';
import { parseOptions } from '../options.ts';
import { HEAD_BYTES, packetOf, readCaptureFile, type Captured } from './capture-file.ts';
import { compileFilter, FilterError, type PacketFilter } from './filter/index.ts';
import { SPECS, USAGE, VERSION, type TcpdumpOption } from './options.ts';
import { hexDump, Printer, textDump } from './print/index.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

const SNAPSHOT_LENGTH = 262144;
const LINK_TYPES: Readonly<Record<number, string>> = {
  [LinkType.ETHERNET]: 'EN10MB (Ethernet)',
  [LinkType.RAW]: 'RAW (Raw IP)',
  [LinkType.LINUX_SLL]: 'LINUX_SLL (Linux cooked v1)',
  [LinkType.LINUX_SLL2]: 'LINUX_SLL2 (Linux cooked v2)',
};
/** What libpcap offers besides network devices. */
const PSEUDO_DEVICES = [
  'bluetooth-monitor (Bluetooth Linux Monitor) [Wireless]',
  'nflog (Linux netfilter log (NFLOG) interface) [none]',
  'nfqueue (Linux netfilter queue (NFQUEUE) interface) [none]',
  'dbus-system (D-Bus system bus) [none]',
  'dbus-session (D-Bus session bus) [none]',
];

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
  if (given.has('usage')) return (yield* p.error(USAGE), 1);
  if (given.has('unmodelled')) return yield* p.fail('not modelled: one of the options given (-C -E -G -H -I -J -M -T -V -W -b -d -j -m -z)');
  return yield* new Session(p, given, (id) => times.get(id) ?? 0, line.operands).run();
};

class Session {
  private printer: Printer | undefined;
  private interrupted = false;
  private number = 0;
  private firstUs = -1;
  private previousUs = -1;
  private fileFd: number | undefined;
  private snapshotLength = SNAPSHOT_LENGTH;

  constructor(
    private readonly p: Process,
    private readonly given: ReadonlyMap<TcpdumpOption, Bytes | undefined>,
    private readonly times: (id: TcpdumpOption) => number,
    private readonly words: readonly Bytes[],
  ) {}

  *run(): Sys<number> {
    const { p, given } = this;
    const wanted = given.get('count');
    const count = wanted === undefined ? Infinity : Number(wanted);
    if (wanted !== undefined && !(/^\d+$/.test(wanted) && count > 0)) return yield* p.fail(`invalid packet count ${wanted}`);
    const snapshot = given.get('snaplen');
    if (snapshot !== undefined && !(/^\d+$/.test(snapshot) && Number(snapshot) <= SNAPSHOT_LENGTH))
      return yield* p.fail(`invalid snaplen ${snapshot} (must be >= 0 and <= ${SNAPSHOT_LENGTH})`);
    if (Number(snapshot ?? 0) > 0) this.snapshotLength = Number(snapshot);
    const direction = given.get('direction') ?? 'inout';
    if (!['in', 'out', 'inout'].includes(direction)) return yield* p.fail(`unknown capture direction \`${direction}'`);
    const linkType = given.get('link-type');
    if (linkType !== undefined && !Object.values(LINK_TYPES).some((type) => type.startsWith(`${linkType.toUpperCase()} `)))
      return yield* p.fail(`invalid data link type ${linkType}`);
    if (given.has('lines') || given.has('unbuffered')) p.stdout.lineBuffered();
    if (given.has('devices')) return yield* this.listDevices();
    const source = given.get('read');
    if (source !== undefined && given.has('numeric-foreign')) return yield* p.fail('-f can not be used with -V or -r');
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
    if (given.has('link-types')) {
      const own = device === null ? ['LINUX_SLL (Linux cooked v1)', 'LINUX_SLL2 (Linux cooked v2)'] : [LINK_TYPES[linkTypeOf(device)] ?? ''];
      const types = device?.hardwareType === ArpHardware.ETHER ? [...own, 'DOCSIS (DOCSIS) (printing not supported)'] : own;
      return (yield* p.print(`Data link types for ${name} (use option -y to set):\n${types.map((type) => `  ${type}\n`).join('')}`), 0);
    }
    if (isAny) yield* p.error('tcpdump: data link type LINUX_SLL2\n');
    const filter = yield* this.filter('live');
    if (filter === undefined) return 1;
    const linkType = device === null ? LinkType.LINUX_SLL2 : linkTypeOf(device);
    this.begin(linkType);
    const socket = new PacketSocket(netns, 'raw');
    socket.filter = (packet, _device, packetType) => filter(packet, packetType);
    socket.bind(device, ALL_PROTOCOLS);
    if (device !== null && !given.has('polite')) socket.setPromiscuous(device);
    for (const signal of ['INT', 'TERM', 'HUP'] as const) p.on(signal, () => void (this.interrupted = true));
    let captured = 0;
    let statistics: ReturnType<PacketSocket['statistics']>;
    try {
      if (!(yield* this.openOutput(linkType))) return 1;
      yield* this.announce(name, linkType);
      while (captured < count && !this.interrupted) {
        const frame = socket.receive();
        if (frame === undefined) {
          yield* p.block(watching(socket));
          if (device?.unregistered === true && !socket.readable) break;
          continue;
        }
        if (!isWanted(frame, direction)) continue;
        captured++;
        yield* this.show(this.cut(frame, linkType));
        yield* p.tick();
      }
    } finally {
      statistics = socket.statistics();
      socket.close();
    }
    if (given.has('total')) yield* p.print(`${captured} packet${captured === 1 ? '' : 's'}\n`);
    if (this.interrupted && !this.isWriting) yield* p.print('\n');
    yield* p.flush();
    if (device?.unregistered === true && !this.interrupted && captured < count) yield* p.error(`tcpdump: pcap_loop: The interface disappeared\n`);
    const told = (n: number, what: string): string => `${n} packet${n === 1 ? '' : 's'} ${what}\n`;
    yield* p.error(told(captured, 'captured') + told(statistics.packets, 'received by filter') + told(statistics.drops, 'dropped by kernel'));
    return 0;
  }
  private cut(frame: CapturedFrame, linkType: number): Captured {
    const bytes = bytesOf(frame, linkType);
    const length = linkType === LinkType.ETHERNET ? frameLength(frame.packet) : (HEAD_BYTES[linkType] ?? 0) + networkLength(frame.packet);
    return { bytes: bytes.subarray(0, this.snapshotLength), length, unixUs: frame.unixUs };
  }
  private *announce(name: string, linkType: number): Sys {
    const listening = `listening on ${name}, link-type ${LINK_TYPES[linkType]}, snapshot length ${this.snapshotLength} bytes\n`;
    const quiet = this.times('verbose') === 0 && !this.isWriting;
    yield* this.p.error(quiet ? `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n${listening}` : `tcpdump: ${listening}`);
  }
  /** Undefined after its message. */
  private *filter(source: 'live' | 'file'): Sys<PacketFilter | undefined> {
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
    const lookup = (name: Bytes) => {
      const found = resolveHost(p, name);
      return found.kind === 'found' ? found.address : undefined;
    };
    try {
      return compileFilter(expression, lookup, source);
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
    const row = ({ name, isUp }: Device): string =>
      name === 'lo' ? `lo [${isUp ? 'Up, Running, ' : ''}Loopback]` : isUp ? `${name} [Up, Running, Connected]` : `${name} [none, Disconnected]`;
    const rows = [
      ...all.filter(({ name, isUp }) => name !== 'lo' && isUp).map(row),
      'any (Pseudo-device that captures on all interfaces) [Up, Running]',
      ...all.filter(({ name, isUp }) => name === 'lo' && isUp).map(row),
      ...PSEUDO_DEVICES,
      ...all.filter(({ isUp }) => !isUp).map(row),
    ];
    yield* this.p.print(rows.map((text, i) => `${i + 1}.${text}\n`).join(''));
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
    yield* this.p.write(this.fileFd, pcapHeader(linkType, this.snapshotLength));
    return true;
  }
  private *fromFile(path: Bytes, count: number): Sys<number> {
    const { p } = this;
    const fd = path === '-' ? undefined : yield* p.open(path, { read: true });
    if (fd?.ok === false) return yield* p.fail(`${path}: ${strerror(fd.error)}`);
    const all = yield* p.readAll(fd?.ok ? fd.value : 0);
    if (!all.ok) return yield* p.fail(`${path}: ${strerror(all.error)}`);
    const file = readCaptureFile(all.value);
    if (typeof file === 'string') return yield* p.fail(file);
    const { linkType } = file;
    const type = LINK_TYPES[linkType];
    if (type === undefined) return yield* p.fail(`not modelled: captures of link type ${linkType}`);
    yield* p.error(`reading from file ${path}, link-type ${type}, snapshot length ${file.snapshotLength}\n`);
    if (linkType === LinkType.LINUX_SLL2) yield* p.error('Warning: interface names might be incorrect\n');
    const filter = yield* this.filter('file');
    if (filter === undefined) return 1;
    this.begin(linkType);
    if (!(yield* this.openOutput(linkType))) return 1;
    let shown = 0;
    for (const captured of file.packets) {
      if (shown >= count) break;
      const { packet, packetType, linkBytes } = packetOf(linkType, captured.bytes);
      if (filter(packet, packetType, { ...captured, linkBytes })) {
        shown++;
        yield* this.show(captured);
      }
      yield* p.tick();
    }
    if (this.given.has('total')) yield* p.print(`${shown} packet${shown === 1 ? '' : 's'}\n`);
    if (shown < count && file.problem !== undefined) return yield* p.fail(`pcap_loop: ${file.problem}`);
    return 0;
  }

  // --- one packet ---

  private begin(linkType: number): void {
    const { p, given, times } = this;
    const options = {
      link: given.has('link'),
      quiet: given.has('quiet'),
      verbose: times('verbose'),
      absolute: given.has('absolute'),
      unchecked: given.has('unchecked'),
      withoutDumps: given.has('quiet') || given.has('hex') || given.has('hex-text') || given.has('ascii'),
      numeric: given.has('numeric'),
      hostName: (address: number) => hostNameOf(p, address),
    };
    this.printer = new Printer(options, linkType, (index) => netnsOf(p).devices.get(index)?.name ?? '?');
  }
  private *show(captured: Captured): Sys {
    const { p, printer } = this;
    if (this.fileFd !== undefined) {
      const { unixUs, length } = captured;
      yield* p.write(this.fileFd, pcapRecord({ unixUs, bytes: fromUint8Array(captured.bytes), originalLength: length }));
      if (!this.given.has('print')) return;
    }
    if (printer === undefined || (this.given.has('total') && !this.given.has('print'))) return;
    const count = this.given.has('number') ? `${String(++this.number).padStart(5)}  ` : '';
    const { text, linkBytes } = printer.packet(captured.bytes, captured.length);
    yield* p.print(`${count}${this.time(captured.unixUs)}${text}${this.dump(captured.bytes, linkBytes)}\n`);
  }
  private dump(bytes: Uint8Array, linkBytes: number): string {
    const id = (['hex-text', 'hex', 'ascii'] as const).find((each) => this.given.has(each));
    if (id === undefined) return '';
    const shown = this.times(id) > 1 ? bytes : bytes.subarray(linkBytes);
    return id === 'ascii' ? textDump(shown) : hexDump(shown, '\n\t', id === 'hex-text');
  }
  private time(unixUs: number): string {
    const since = this.times('time') === 5 ? this.firstUs : this.previousUs;
    if (this.firstUs < 0) this.firstUs = unixUs;
    this.previousUs = unixUs;
    switch (this.times('time')) {
      case 0:
        return `${clock(unixUs)} `;
      case 1:
        return '';
      case 2:
        return `${Math.floor(unixUs / 1e6)}.${String(unixUs % 1e6).padStart(6, '0')} `;
      case 4: {
        const { year, month, day } = civilOf(unixUs);
        return `${year}-${twoDigits(month)}-${twoDigits(day)} ${clock(unixUs)} `;
      }
      default:
        return ` ${clock(since < 0 ? 0 : unixUs - since)} `;
    }
  }
}

function clock(us: number): string {
  const { hour, minute, second } = civilOf(us);
  return `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}.${String(us % 1e6).padStart(6, '0')}`;
}
/** What goes out by the loopback comes in again: once is enough (libpcap). */
function isWanted(frame: CapturedFrame, direction: string): boolean {
  const isOut = frame.packetType === PacketType.OUTGOING;
  if (isOut && frame.deviceName === 'lo') return false;
  return direction === 'inout' || isOut === (direction === 'out');
}
/** map_arphrd_to_dlt: what has no header of a link layer is raw; what libpcap does not know is cooked. */
function linkTypeOf({ hardwareType }: Device): number {
  if (hardwareType === ArpHardware.ETHER || hardwareType === ArpHardware.LOOPBACK) return LinkType.ETHERNET;
  const isRaw =
    hardwareType === ArpHardware.TUNNEL || hardwareType === ArpHardware.SIT || hardwareType === ArpHardware.NONE || hardwareType === ArpHardware.PPP;
  return isRaw ? LinkType.RAW : LinkType.LINUX_SLL;
}
function bytesOf(frame: CapturedFrame, linkType: number): Uint8Array {
  switch (linkType) {
    case LinkType.RAW:
      return encodeNetwork(frame.packet);
    case LinkType.LINUX_SLL:
      return cooked1Bytes(frame);
    case LinkType.LINUX_SLL2:
      return cookedBytes(frame);
    default:
      return encodeFrame(frame.packet);
  }
}
/** SLL's header: of a GRE tunnel, whose address is that of its end. */
function cooked1Bytes({ packet, packetType }: CapturedFrame): Uint8Array {
  const network = encodeNetwork(packet);
  const bytes = new Uint8Array(16 + network.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, packetType);
  view.setUint16(2, ArpHardware.IPGRE);
  view.setUint16(14, packet.etherType);
  bytes.set(network, 16);
  return bytes;
}
/** SLL2's header and what follows it. */
function cookedBytes({ packet, deviceIndex, packetType }: CapturedFrame): Uint8Array {
  const network = encodeNetwork(packet);
  const bytes = new Uint8Array(20 + network.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, packet.etherType <= 1500 ? 4 : packet.etherType);
  view.setUint32(4, deviceIndex);
  view.setUint16(8, 1);
  view.setUint8(10, packetType);
  view.setUint8(11, 6);
  bytes.set(encodeFrame(packet).subarray(6, 12), 12);
  bytes.set(network, 20);
  return bytes;
}

const DECLARATION: Declaration = { synopsis: '[ options ] [ expression ]', options: declaredOptions(SPECS) };
export const TCPDUMP_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/tcpdump', main: declared(DECLARATION, tcpdump), origin: 'tcpdump 4.99.3' }];
