/**
 * arping(8) of iputils 20221126: ARP requests from a packet socket, one every interval; the answers, and how many there were.
 * Authority: iputils arping.c.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { ALL_PROTOCOLS, getRoute, Iff, isLocalAddress, PacketSocket, PacketType, type CapturedFrame, type Device, type Netns } from '../../kernel/index.ts';
import { netnsOf, type InstalledProgram } from '../../machine/index.ts';
import { anyOf, type Process, type Program, type Sys } from '../../shell/index.ts';
import { Arp, ArpOp, EtherType, formatIpv4, formatMac, MAC_BROADCAST, Packet, parseIpv4, type Ipv4, type Mac } from '../../wire/index.ts';
import { resolveHost, watching } from '../net/index.ts';
import { parseOptions, type OptionSpec } from '../options.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

const SECOND_US = 1_000_000;
const INT_MAX = 0x7fffffff;

type Id = 'f' | 'q' | 'b' | 'D' | 'U' | 'A' | 'V' | 'c' | 'w' | 'i' | 'I' | 's' | 'h';
const flag = (short: Exclude<Id, 'c' | 'w' | 'i' | 'I' | 's'>, help: string): OptionSpec<Id> => ({ id: short, short, argument: 'none', help });
const valued = (short: 'c' | 'w' | 'i' | 'I' | 's', value: string, help: string): OptionSpec<Id> => ({ id: short, short, argument: 'required', value, help });
export const ARPING_OPTIONS: readonly OptionSpec<Id>[] = [
  flag('f', 'quit on first reply'),
  flag('q', 'be quiet'),
  flag('b', 'keep on broadcasting, do not unicast'),
  flag('D', 'duplicate address detection mode'),
  flag('U', 'unsolicited ARP mode, update your neighbours'),
  flag('A', 'ARP answer mode, update your neighbours'),
  flag('V', 'print version and exit'),
  valued('c', 'count', 'how many packets to send'),
  valued('w', 'timeout', 'how long to wait for a reply'),
  valued('i', 'interval', 'set interval between packets (default: 1 second)'),
  valued('I', 'device', 'which ethernet device to use'),
  valued('s', 'source', 'source ip address'),
  { id: 'h', short: 'h', argument: 'none' },
  { id: 'h', short: '?', argument: 'none' },
];
const COLUMN = 14;
const row = (left: string, right: string): string => `  ${left.padEnd(COLUMN)}${right}\n`;
const USAGE =
  '\nUsage:\n  arping [options] <destination>\n\nOptions:\n' +
  ARPING_OPTIONS.map(({ short, value, help }) => (help === undefined ? '' : row(`-${short}${value === undefined ? '' : ` <${value}>`}`, help))).join('') +
  row('<destination>', 'dns name or ip address') +
  '\nFor more details see arping(8).\n';
const VERSION = 'arping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n';

/** Ends the program before it begins. */
interface Refusal {
  readonly status: number;
  /** On standard error; `out`: on standard output. */
  readonly text: Bytes;
  readonly out?: true;
}
interface Settings {
  readonly flags: ReadonlySet<string>;
  readonly count: number;
  readonly timeoutS: number;
  readonly intervalS: number;
  readonly deviceName: Bytes | undefined;
  readonly source: Bytes | undefined;
  readonly target: Bytes;
}

const complain = (status: number, message: Bytes): Refusal => ({ status, text: `arping: ${message}\n` });

/** strtol_or_err. */
function takeNumber(word: Bytes, least: number): number | Refusal {
  if (!/^\s*[+-]?\d+$/.test(word)) return complain(1, `invalid argument: '${word}'`);
  const value = Number(word);
  if (value < least || value > INT_MAX) return complain(1, `invalid argument: '${word}': out of range: ${least} <= value <= ${INT_MAX}`);
  return value;
}

function readSettings(p: Process): Settings | Refusal {
  const line = parseOptions(p.argv, ARPING_OPTIONS);
  const flags = new Set<string>();
  const values = new Map<string, Bytes>();
  const numbers = { c: -1, w: 0, i: 1 };
  for (const { id, argument } of line.options) {
    if (id === 'V') return { status: 0, text: VERSION, out: true };
    if (id === 'h') return { status: 2, text: USAGE };
    if (id === 'c' || id === 'w' || id === 'i') {
      const value = takeNumber(argument ?? '', id === 'c' ? 1 : 0);
      if (typeof value !== 'number') return value;
      numbers[id] = value;
    } else if (argument !== undefined) values.set(id, argument);
    else flags.add(id);
  }
  if (line.error !== undefined) return { status: 2, text: line.error + USAGE };
  const [target] = line.operands;
  if (target === undefined || line.operands.length !== 1) return { status: 2, text: USAGE };
  return { flags, count: numbers.c, timeoutS: numbers.w, intervalS: numbers.i, deviceName: values.get('I') || undefined, source: values.get('s'), target };
}

interface Prepared {
  readonly device: Device;
  readonly target: Ipv4;
  readonly source: Ipv4;
}

function prepare(p: Process, settings: Settings): Prepared | Refusal {
  const { flags } = settings;
  const netns = netnsOf(p);
  const found = resolveHost(p, settings.target);
  if (found.kind === 'failed') return complain(2, `${settings.target}: ${found.message}`);
  const target = found.address;
  let name = settings.deviceName;
  if (name === undefined) {
    const way = getRoute(netns, { destination: target });
    if (!way.ok) return complain(1, 'NETLINK_ROUTE unexpected iov element');
    ({ name } = way.value.device);
  }
  const device = netns.device(name);
  if (device === undefined) return complain(2, `Device ${name} not available.`);
  const obstacle = (what: string, status: number): Refusal => ({ status, text: flags.has('q') ? '' : `Interface "${device.name}" is ${what}\n`, out: true });
  if (!device.isUp) return obstacle('down', 2);
  if ((device.flags & (Iff.NOARP | Iff.LOOPBACK)) !== 0) return obstacle('not ARPable', flags.has('D') ? 0 : 2);
  const source = chooseSource(netns, device, target, settings);
  return typeof source === 'number' ? { device, target, source } : source;
}

const isUnsolicited = (flags: ReadonlySet<string>): boolean => flags.has('U') || flags.has('A');

/** What a datagram to the target, bound to the device and not routed, would have as source. */
function chooseSource(netns: Netns, device: Device, target: Ipv4, { flags, source }: Settings): Ipv4 | Refusal {
  let chosen: Ipv4 = 0;
  if (source !== undefined) {
    const parsed = parseIpv4(source);
    if (parsed === undefined) return complain(2, `invalid source ${source}`);
    chosen = parsed;
  } else if (flags.has('D')) return 0;
  else if (isUnsolicited(flags)) chosen = target;
  if (source !== undefined || chosen !== 0) return chosen === 0 || isLocalAddress(netns, chosen) ? chosen : complain(2, `bind: ${strerror('EADDRNOTAVAIL')}`);
  const way = getRoute(netns, { destination: target, outDevice: device.index });
  return way.ok ? way.value.source : complain(2, `connect: ${strerror(way.error.errno)}`);
}

class Arping {
  private sent = 0;
  private broadcasts = 0;
  private received = 0;
  private receivedBroadcasts = 0;
  private receivedRequests = 0;
  private lastUs = 0;
  private to: Mac = MAC_BROADCAST;
  private isUnicasting = false;
  private exiting = false;

  constructor(
    private readonly p: Process,
    private readonly settings: Settings,
    private readonly prepared: Prepared,
  ) {}
  private has(option: Id): boolean {
    return this.settings.flags.has(option);
  }

  *run(): Sys<number> {
    const { p, settings, prepared } = this;
    const { device } = prepared;
    if (!this.has('q')) yield* p.print(`ARPING ${formatIpv4(prepared.target)} from ${formatIpv4(prepared.source)} ${device.name}\n`);
    if (settings.source === undefined && prepared.source === 0 && !this.has('D')) {
      yield* p.error('arping: no source address in not-DAD mode\n');
      return 2;
    }
    const socket = new PacketSocket(netnsOf(p), 'dgram');
    socket.filter = (packet) => packet.arp !== null;
    socket.bind(device, ALL_PROTOCOLS);
    for (const signal of ['INT', 'QUIT', 'TERM'] as const) p.on(signal, () => void (this.exiting = true));
    try {
      const startUs = p.nowUs;
      const untilUs = settings.timeoutS > 0 ? startUs + settings.timeoutS * SECOND_US : Infinity;
      let nextUs = settings.intervalS > 0 ? startUs + settings.intervalS * SECOND_US : Infinity;
      let turns = 1;
      this.send(socket);
      while (!this.exiting) {
        const wakeUs = Math.min(nextUs, untilUs);
        if (!socket.readable && p.nowUs < wakeUs) yield* p.block(anyOf([watching(socket), ...(wakeUs === Infinity ? [] : [p.timer(wakeUs - p.nowUs)])]));
        if (p.nowUs >= nextUs) {
          nextUs += settings.intervalS * SECOND_US;
          turns++;
          if (settings.count > 0 && settings.count < turns) this.exiting = true;
          else this.send(socket);
        }
        if (p.nowUs >= untilUs) this.exiting = true;
        for (let frame = socket.receive(); frame !== undefined; frame = socket.receive()) yield* this.heard(frame);
      }
    } finally {
      socket.close();
    }
    if (!this.has('q')) yield* p.print(this.summary());
    return this.status();
  }

  private send(socket: PacketSocket): void {
    const { device, source, target } = this.prepared;
    const isAnswer = this.has('A');
    const packet = new Packet();
    packet.ethDst = this.to;
    packet.ethSrc = device.address;
    packet.etherType = EtherType.ARP;
    packet.arp = new Arp(isAnswer ? ArpOp.REPLY : ArpOp.REQUEST, device.address, source, isAnswer ? device.address : this.to, target);
    if (!socket.sendFrame(packet, device).ok) return;
    this.lastUs = this.p.nowUs;
    this.sent++;
    if (!this.isUnicasting) this.broadcasts++;
  }

  private *heard(frame: CapturedFrame): Sys {
    const { arp } = frame.packet;
    const { settings } = this;
    if (arp === null || !this.isMeant(frame)) return;
    if (!this.has('q')) {
      yield* this.p.print(this.line(frame));
      yield* this.p.flush();
    }
    this.received++;
    if (settings.timeoutS > 0 && this.received === settings.count) {
      this.exiting = true;
      return;
    }
    if (frame.packetType !== PacketType.HOST) this.receivedBroadcasts++;
    if (arp.op === ArpOp.REQUEST) this.receivedRequests++;
    if (this.has('f') || this.has('D')) this.exiting = true;
    else if (!this.has('b')) {
      this.to = arp.senderMac;
      this.isUnicasting = true;
    }
  }
  private isMeant({ packet: { arp }, packetType }: CapturedFrame): boolean {
    const { device, source, target } = this.prepared;
    if (arp === null || (packetType !== PacketType.HOST && packetType !== PacketType.BROADCAST && packetType !== PacketType.MULTICAST)) return false;
    if (arp.op !== ArpOp.REQUEST && arp.op !== ArpOp.REPLY) return false;
    if (arp.senderIp !== target) return false;
    if (this.has('D')) return arp.senderMac !== device.address && (source === 0 || source === arp.targetIp);
    return arp.targetIp === source && arp.targetMac === device.address;
  }
  private line({ packet: { arp }, packetType }: CapturedFrame): Bytes {
    if (arp === null) return '';
    const { device, source } = this.prepared;
    const hex = (mac: Mac): string => `[${formatMac(mac).toUpperCase()}]`;
    const isForOther = arp.targetIp !== source;
    let text = `${packetType === PacketType.HOST ? 'Unicast' : 'Broadcast'} ${arp.op === ArpOp.REPLY ? 'reply' : 'request'} from ${formatIpv4(arp.senderIp)} ${hex(arp.senderMac)} `;
    if (isForOther) text += `for ${formatIpv4(arp.targetIp)} `;
    if (arp.targetMac !== device.address) text += `${isForOther ? '' : 'for '}${hex(arp.targetMac)}`;
    // The rounding is the program's: 45 µs are shown as 0.545 ms.
    const us = this.p.nowUs - this.lastUs;
    const ms = Math.floor((us + 500) / 1000);
    return `${text} ${ms}.${String(us - (ms * 1000 - 500)).padStart(3, '0')}ms\n`;
  }

  private summary(): Bytes {
    const extra = [
      this.receivedRequests > 0 && `${this.receivedRequests} request(s)`,
      this.receivedBroadcasts > 0 && `${this.receivedBroadcasts} broadcast(s)`,
    ].filter((part) => part !== false);
    const inner = extra.length > 0 ? ` (${extra.join(', ')})` : '';
    return `Sent ${this.sent} probes (${this.broadcasts} broadcast(s))\nReceived ${this.received} response(s)${inner}\n`;
  }
  private status(): number {
    const { settings, received } = this;
    const unsolicited = isUnsolicited(settings.flags);
    const isBad = this.has('D') ? received > 0 : !unsolicited && received === 0;
    if (isBad) return 1;
    if (unsolicited) return 0;
    // -D asks whether somebody has the address: one answer to one broadcast would be "all answered".
    if (this.has('D')) return this.broadcasts === received ? 1 : 0;
    if (settings.timeoutS > 0 && settings.count <= 0) return received > 0 ? 0 : 1;
    return this.sent === received ? 0 : 1;
  }
}

const arping: Program = function* (p) {
  p.stdout.lineBuffered();
  const settings = readSettings(p);
  const prepared = 'status' in settings ? settings : prepare(p, settings);
  if ('status' in settings || 'status' in prepared) {
    const refusal = prepared as Refusal;
    if (refusal.out === true) yield* p.print(refusal.text);
    else yield* p.error(refusal.text);
    return refusal.status;
  }
  return yield* new Arping(p, settings, prepared).run();
};

const DECLARATION: Declaration = { synopsis: '[options] <destination>', options: declaredOptions(ARPING_OPTIONS) };
export const ARPING_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/arping', main: declared(DECLARATION, arping), origin: 'iputils 20221126' }];
