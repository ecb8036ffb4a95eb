/**
 * Capture filters (pcap-filter(7)): an expression becomes a function over packets. Authority: libpcap 1.10 grammar.y and gencode.c.
 * Deviation: host names are looked up in /etc/hosts alone; `gateway`, `mpls`, `pppoe` and the 802.11 words are not modelled.
 */
import type { Bytes } from '../../base/index.ts';
import { PacketType } from '../../kernel/index.ts';
import {
  encodeFrame,
  encodeNetwork,
  EtherType,
  frameLength,
  ipv4Mask,
  IpProtocol,
  isMulticastMac,
  MAC_BROADCAST,
  parseIpv4,
  parseIpv6,
  parseMac,
  type Ipv4,
  type Packet,
} from '../../wire/index.ts';
import { protocolNumber } from '../names/protocols.ts';
import { portOfService } from '../names/services.ts';
import { FilterError, scan, syntaxError, type Token } from './filter-scan.ts';

export type PacketFilter = (packet: Packet, packetType: number) => boolean;

/** One packet while it is judged: its bytes are made when an index asks for them, once. */
class Subject {
  /** A byte was asked for that is not there: libpcap then rejects the packet. */
  outOfRange = false;
  private frameBytes: Uint8Array | undefined;
  private networkBytes: Uint8Array | undefined;
  constructor(
    readonly packet: Packet,
    readonly packetType: number,
  ) {}
  get frame(): Uint8Array {
    return (this.frameBytes ??= encodeFrame(this.packet));
  }
  get network(): Uint8Array {
    return (this.networkBytes ??= encodeNetwork(this.packet));
  }
  /** Bytes from the transport header on; undefined in fragments other than the first. */
  get transport(): Uint8Array | undefined {
    const { ip, ip6 } = this.packet;
    if (ip !== null) return ip.fragmentOffset !== 0 ? undefined : this.network.subarray(20 + ip.options.length);
    return ip6 === null ? undefined : this.network.subarray(40 + (ip6.hopByHop === '' ? 0 : ip6.hopByHop.length + 1));
  }
  get protocol(): number {
    return this.packet.ip?.protocol ?? this.packet.ip6?.nextHeader ?? -1;
  }
  /** Source and destination port; undefined when it has none. */
  get ports(): readonly [number, number] | undefined {
    const { udp, tcp } = this.packet;
    const header = tcp ?? udp;
    if (header !== null) return [header.srcPort, header.dstPort];
    if (![IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP].some((each) => each === this.protocol)) return undefined;
    const bytes = this.transport;
    return bytes === undefined || bytes.length < 4 ? undefined : [(bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!];
  }
}
type Test = (subject: Subject) => boolean;
type Arithmetic = (subject: Subject) => number;

type Direction = 'src' | 'dst' | 'src or dst' | 'src and dst';
type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto';
interface Qualifiers {
  readonly protocol: string | undefined;
  readonly direction: Direction;
  readonly kind: Kind | undefined;
}

const isKind = (text: string): text is Kind => ['host', 'net', 'port', 'portrange', 'proto'].includes(text);
const PROTOCOLS: Readonly<Record<string, Test>> = {
  ether: () => true,
  ip: ({ packet }) => packet.etherType === EtherType.IPV4,
  ip6: ({ packet }) => packet.etherType === EtherType.IPV6,
  arp: ({ packet }) => packet.etherType === EtherType.ARP,
  rarp: ({ packet }) => packet.etherType === 0x8035,
  stp: ({ packet }) => packet.etherType < 0x600 && packet.payload.startsWith('\x42\x42'),
  tcp: ({ protocol }) => protocol === IpProtocol.TCP,
  udp: ({ protocol }) => protocol === IpProtocol.UDP,
  sctp: ({ protocol }) => protocol === IpProtocol.SCTP,
  icmp: ({ packet }) => packet.ip?.protocol === IpProtocol.ICMP,
  icmp6: ({ packet }) => packet.ip6?.nextHeader === IpProtocol.ICMPV6,
  igmp: ({ packet }) => packet.ip?.protocol === IpProtocol.IGMP,
  esp: ({ protocol }) => protocol === IpProtocol.ESP,
  ah: ({ protocol }) => protocol === IpProtocol.AH,
};
const CONSTANTS: Readonly<Record<string, number>> = {
  icmptype: 0,
  icmpcode: 1,
  'icmp-echoreply': 0,
  'icmp-unreach': 3,
  'icmp-sourcequench': 4,
  'icmp-redirect': 5,
  'icmp-echo': 8,
  'icmp-routeradvert': 9,
  'icmp-routersolicit': 10,
  'icmp-timxceed': 11,
  'icmp-paramprob': 12,
  'icmp-tstamp': 13,
  'icmp-tstampreply': 14,
  icmp6type: 0,
  icmp6code: 1,
  'icmp6-destinationunreach': 1,
  'icmp6-packettoobig': 2,
  'icmp6-timeexceeded': 3,
  'icmp6-parameterproblem': 4,
  'icmp6-echo': 128,
  'icmp6-echoreply': 129,
  'icmp6-routersolicit': 133,
  'icmp6-routeradvert': 134,
  'icmp6-neighborsolicit': 135,
  'icmp6-neighboradvert': 136,
  tcpflags: 13,
  'tcp-fin': 1,
  'tcp-syn': 2,
  'tcp-rst': 4,
  'tcp-push': 8,
  'tcp-ack': 16,
  'tcp-urg': 32,
  'tcp-ece': 64,
  'tcp-cwr': 128,
};
const ETHER_TYPES: Readonly<Record<string, number>> = { ip: EtherType.IPV4, ip6: EtherType.IPV6, arp: EtherType.ARP, rarp: 0x8035, vlan: EtherType.VLAN };
const TRANSPORTS = ['tcp', 'udp', 'icmp', 'icmp6', 'igmp', 'sctp'];
/** Binary operators of arithmetic, loosest first. */
const LEVELS: readonly (readonly string[])[] = [['|', '^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];
const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '&': (a, b) => (a & b) >>> 0,
  '<<': (a, b) => (a << b) >>> 0,
  '>>': (a, b) => a >>> b,
  '+': (a, b) => (a + b) >>> 0,
  '-': (a, b) => (a - b) >>> 0,
  '*': (a, b) => Math.imul(a, b) >>> 0,
  '/': (a, b) => Math.floor(a / b),
  '%': (a, b) => a % b,
};
const RELATIONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};
const NONE: Qualifiers = { protocol: undefined, direction: 'src or dst', kind: undefined };

/** Finds the address of a name, undefined when it has none. */
export type Lookup = (name: Bytes) => Ipv4 | undefined;

/** Throws FilterError with what tcpdump prints. An empty expression passes everything. */
export function compileFilter(expression: string, lookup: Lookup): PacketFilter {
  const tokens = scan(expression);
  if (tokens.length === 0) return () => true;
  const test = new Parser(tokens, lookup).whole();
  return (packet, packetType) => {
    const subject = new Subject(packet, packetType);
    return test(subject) && !subject.outOfRange;
  };
}

class Parser {
  private at = 0;
  /** What a bare id after `and` or `or` is measured by. */
  private last: Qualifiers = NONE;
  constructor(
    private readonly tokens: readonly Token[],
    private readonly lookup: Lookup,
  ) {}

  whole(): Test {
    const test = this.expression();
    if (this.at < this.tokens.length) throw syntaxError();
    return test;
  }
  private get token(): Token | undefined {
    return this.tokens[this.at];
  }
  /** Takes the next token if it reads so. */
  private take(text: string): boolean {
    if (this.token?.text !== text) return false;
    this.at++;
    return true;
  }
  private expect(text: string): void {
    if (!this.take(text)) throw syntaxError();
  }

  /** `and` and `or` bind alike, from left to right. */
  private expression(): Test {
    let left = this.negation();
    for (;;) {
      const before = left;
      if (this.take('and')) {
        const right = this.negation();
        left = (subject) => before(subject) && right(subject);
      } else if (this.take('or')) {
        const right = this.negation();
        left = (subject) => before(subject) || right(subject);
      } else return left;
    }
  }
  private negation(): Test {
    if (this.take('not')) {
      const inner = this.negation();
      return (subject) => !inner(subject);
    }
    const relation = this.relation();
    if (relation) return relation;
    if (!this.take('(')) return this.primitive();
    const inner = this.expression();
    this.expect(')');
    return inner;
  }

  // --- primitives ---

  private primitive(): Test {
    const { token } = this;
    if (token === undefined) throw syntaxError();
    if (token.kind === 'word') {
      const alone = this.alone(token.text);
      if (alone) return alone;
    }
    const qualifiers = this.qualifiers();
    if (qualifiers === undefined) return this.identified(this.last);
    const next = this.token;
    const isBare = next === undefined || (next.kind === 'operator' && next.text !== '(') || next.text === 'and' || next.text === 'or';
    if (isBare) {
      const test = qualifiers.protocol === undefined ? undefined : PROTOCOLS[qualifiers.protocol];
      if (test === undefined || qualifiers.kind !== undefined || qualifiers.direction !== 'src or dst') throw syntaxError();
      return test;
    }
    if (qualifiers.protocol !== undefined && (next.text === 'broadcast' || next.text === 'multicast')) {
      this.at++;
      return next.text === 'broadcast' ? broadcast(qualifiers.protocol) : multicast(qualifiers.protocol);
    }
    this.last = qualifiers;
    if (next.text !== '(') return this.identified(qualifiers);
    this.at++;
    let left = this.identified(qualifiers);
    for (;;) {
      const before = left;
      const isOr = this.take('or');
      if (!isOr && !this.take('and')) break;
      const right = this.identified(qualifiers);
      left = isOr ? (subject) => before(subject) || right(subject) : (subject) => before(subject) && right(subject);
    }
    this.expect(')');
    return left;
  }
  /** Words that are a whole primitive. */
  private alone(word: string): Test | undefined {
    switch (word) {
      case 'broadcast':
      case 'multicast':
        this.at++;
        return word === 'broadcast' ? broadcast('ether') : multicast('ether');
      case 'inbound':
      case 'outbound':
        this.at++;
        return ({ packetType }) => (packetType === PacketType.OUTGOING) === (word === 'outbound');
      case 'less':
      case 'greater': {
        this.at++;
        const limit = this.number();
        return ({ packet }) => (word === 'less' ? frameLength(packet) <= limit : frameLength(packet) >= limit);
      }
      case 'vlan': {
        this.at++;
        const id = this.token?.kind === 'number' ? this.number() : undefined;
        return ({ packet }) => packet.vlan >= 0 && (id === undefined || packet.vlanId === id);
      }
      default:
        return undefined;
    }
  }
  /** Undefined: there are none, an id stands alone. */
  private qualifiers(): Qualifiers | undefined {
    const from = this.at;
    let protocol: string | undefined;
    let direction: Direction = 'src or dst';
    let kind: Kind | undefined;
    const first = this.token;
    if (first?.kind === 'word' && Object.hasOwn(PROTOCOLS, first.text)) {
      protocol = first.text;
      this.at++;
    }
    const way = this.token?.text;
    if (way === 'src' || way === 'dst') {
      direction = way;
      this.at++;
      const joint = this.token?.text;
      const other = this.tokens[this.at + 1]?.text;
      if ((joint === 'or' || joint === 'and') && (other === 'src' || other === 'dst') && other !== way) {
        direction = joint === 'or' ? 'src or dst' : 'src and dst';
        this.at += 2;
      }
    }
    const what = this.token;
    if (what?.kind === 'word' && isKind(what.text)) {
      kind = what.text;
      this.at++;
    }
    return this.at === from ? undefined : { protocol, direction, kind };
  }
  /** An id under its qualifiers. */
  private identified({ protocol, direction, kind }: Qualifiers): Test {
    const { token } = this;
    if (token === undefined || token.kind === 'operator' || token.text === 'and' || token.text === 'or') throw syntaxError();
    this.at++;
    const after = this.token;
    if (after !== undefined && after.kind !== 'operator' && !['and', 'or', 'mask', '/'].includes(after.text)) throw syntaxError();
    switch (kind) {
      case 'port':
        return this.ports(protocol, direction, token, false);
      case 'portrange':
        return this.ports(protocol, direction, token, true);
      case 'proto':
        return this.proto(protocol, token);
      case 'net':
        return this.net(protocol, direction, token);
      default:
        return this.host(protocol, direction, token);
    }
  }
  private host(protocol: string | undefined, direction: Direction, token: Token): Test {
    if (protocol !== undefined && TRANSPORTS.includes(protocol)) throw new FilterError(`'${protocol}' modifier applied to host`);
    if (token.kind === 'mac') {
      const mac = parseMac(token.text);
      if (mac === undefined || (protocol !== undefined && protocol !== 'ether')) throw new FilterError('ethernet address used in non-ether expression');
      return ({ packet }) => either(direction, packet.ethSrc === mac, packet.ethDst === mac);
    }
    if (protocol === 'ether') throw new FilterError(`unknown ether host '${token.text}'`);
    if (token.kind === 'ipv6') {
      const address = parseIpv6(token.text);
      if (address === undefined) throw syntaxError();
      return ({ packet: { ip6 } }) => ip6 !== null && either(direction, ip6.src === address, ip6.dst === address);
    }
    if (token.kind !== 'word' && token.text.split('.').length !== 4 && this.token?.text === '/') return this.net(protocol, direction, token);
    const address = token.kind === 'word' ? this.lookup(token.text) : looseIpv4(token.text).address;
    if (address === undefined) throw new FilterError(`unknown host '${token.text}'`);
    if (this.token?.text === '/') return this.net(protocol, direction, token);
    return addressTest(protocol, direction, (candidate) => candidate === address);
  }
  private net(protocol: string | undefined, direction: Direction, token: Token): Test {
    if (token.kind === 'word' || token.kind === 'mac') throw new FilterError(`unknown network '${token.text}'`);
    if (token.kind === 'ipv6') {
      this.expect('/');
      throw new FilterError(`not modelled: IPv6 networks in filters (${token.text})`);
    }
    const { address, length: natural } = looseIpv4(token.text);
    let length = natural;
    if (this.take('/')) length = this.number();
    else if (this.take('mask')) {
      const mask = this.token;
      const value = mask === undefined ? undefined : parseIpv4(mask.text);
      if (mask === undefined || value === undefined) throw syntaxError();
      this.at++;
      if ((address & ~value) !== 0) throw new FilterError(`non-network bits set in "${token.text} mask ${mask.text}"`);
      return addressTest(protocol, direction, (candidate) => (candidate & value) === address);
    }
    if (length > 32) throw new FilterError('mask length must be <= 32');
    if ((address & ~ipv4Mask(length)) !== 0) throw new FilterError(`non-network bits set in "${token.text}/${length}"`);
    return addressTest(protocol, direction, (candidate) => (candidate & ipv4Mask(length)) === address);
  }
  private ports(protocol: string | undefined, direction: Direction, token: Token, isRange: boolean): Test {
    if (protocol !== undefined && !['tcp', 'udp', 'sctp', 'ip', 'ip6'].includes(protocol)) throw new FilterError("illegal qualifier of 'port'");
    const one = (text: string): number => {
      const port = /^\d+$/.test(text) ? Number(text) : portOfService(text, protocol === 'udp' ? 'udp' : protocol === 'tcp' ? 'tcp' : undefined);
      if (port === undefined) throw new FilterError(`unknown port '${text}'`);
      if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
      return port;
    };
    const range = /^(\d+)-(\d+)$/.exec(token.text);
    const [low, high] = isRange && range ? [one(range[1]!), one(range[2]!)] : [one(token.text), one(token.text)];
    const within = (port: number): boolean => port >= low && port <= high;
    const test = protocol === undefined ? undefined : PROTOCOLS[protocol];
    return (subject) => {
      if (test && !test(subject)) return false;
      const { ports } = subject;
      return ports !== undefined && either(direction, within(ports[0]), within(ports[1]));
    };
  }
  private proto(protocol: string | undefined, token: Token): Test {
    const name = token.text.replace(/^\\/, '');
    if (protocol === 'ether') {
      const type = token.kind === 'number' ? token.value : ETHER_TYPES[name];
      if (type === undefined) throw new FilterError(`unknown ether proto '${name}'`);
      return ({ packet }) => packet.etherType === type;
    }
    const number = token.kind === 'number' ? token.value : protocolNumber(name);
    if (number === undefined) throw new FilterError(`unknown ip proto '${name}'`);
    const carrier = protocol === undefined ? undefined : PROTOCOLS[protocol];
    return (subject) => subject.protocol === number && (carrier === undefined || carrier(subject));
  }
  private number(): number {
    const { token } = this;
    if (token?.kind !== 'number') throw syntaxError();
    this.at++;
    return token.value;
  }

  // --- arithmetic ---

  /** `ip[8] < 5`; undefined, with nothing taken, when it is none. */
  private relation(): Test | undefined {
    const from = this.at;
    const left = this.arithmetic(0);
    const compare = left && this.token?.kind === 'operator' ? RELATIONS[this.token.text] : undefined;
    if (!left || !compare) {
      this.at = from;
      return undefined;
    }
    this.at++;
    const right = this.arithmetic(0);
    if (!right) throw syntaxError();
    return (subject) => compare(left(subject), right(subject));
  }
  private arithmetic(level: number): Arithmetic | undefined {
    const names = LEVELS[level];
    if (names === undefined) return this.operand();
    let left = this.arithmetic(level + 1);
    for (;;) {
      const { token } = this;
      if (!left || token?.kind !== 'operator' || !names.includes(token.text)) return left;
      const operate = OPERATORS[token.text]!;
      this.at++;
      const before: Arithmetic = left;
      const right = this.arithmetic(level + 1);
      if (!right) return undefined;
      left = (subject) => operate(before(subject), right(subject));
    }
  }
  private operand(): Arithmetic | undefined {
    const { token } = this;
    if (token === undefined) return undefined;
    this.at++;
    if (token.kind === 'number') return () => token.value;
    if (token.text === '(') {
      const inner = this.arithmetic(0);
      return inner && this.take(')') ? inner : undefined;
    }
    if (token.text === '-') {
      const inner = this.operand();
      return inner && ((subject) => -inner(subject) >>> 0);
    }
    if (token.kind !== 'word') return undefined;
    if (token.text === 'len') return ({ packet }) => frameLength(packet);
    const constant = CONSTANTS[token.text];
    if (constant !== undefined) return () => constant;
    if (!Object.hasOwn(PROTOCOLS, token.text) || !this.take('[')) return undefined;
    const offset = this.arithmetic(0);
    const size = this.take(':') ? this.number() : 1;
    this.expect(']');
    if (![1, 2, 4].includes(size)) throw new FilterError('data size must be 1, 2, or 4');
    return offset && bytesOf(token.text, offset, size);
  }
}

const either = (direction: Direction, src: boolean, dst: boolean): boolean =>
  direction === 'src' ? src : direction === 'dst' ? dst : direction === 'src or dst' ? src || dst : src && dst;

/** `10.1` is a network of 16 bits. */
function looseIpv4(text: string): { readonly address: Ipv4; readonly length: number } {
  const parts = text.split('.');
  const address = parseIpv4([...parts, '0', '0', '0'].slice(0, 4).join('.'));
  if (address === undefined) throw new FilterError(`invalid IPv4 address '${text}'`);
  return { address, length: parts.length * 8 };
}
function addressTest(protocol: string | undefined, direction: Direction, matches: (address: Ipv4) => boolean): Test {
  if (protocol !== undefined && !['ip', 'arp', 'rarp'].includes(protocol)) throw new FilterError(`'${protocol}' modifier applied to host`);
  return ({ packet: { ip, arp } }) => {
    if (ip !== null && protocol !== 'arp') return either(direction, matches(ip.src), matches(ip.dst));
    return arp !== null && protocol !== 'ip' && either(direction, matches(arp.senderIp), matches(arp.targetIp));
  };
}
const broadcast =
  (protocol: string): Test =>
  ({ packet: { ip, ethDst } }) =>
    protocol === 'ip' ? ip !== null && (ip.dst === -1 || ip.dst === 0) : ethDst === MAC_BROADCAST;
const multicast =
  (protocol: string): Test =>
  ({ packet: { ip, ip6, ethDst } }) =>
    protocol === 'ip' ? ip !== null && ip.dst >>> 28 === 14 : protocol === 'ip6' ? ip6 !== null && ip6.dst.startsWith('ff') : isMulticastMac(ethDst);

function bytesOf(protocol: string, offset: Arithmetic, size: number): Arithmetic {
  const carries = PROTOCOLS[protocol]!;
  return (subject) => {
    const at = offset(subject);
    const base = protocol === 'ether' ? subject.frame : TRANSPORTS.includes(protocol) ? subject.transport : subject.network;
    if (!carries(subject) || base === undefined || at + size > base.length) {
      // a protocol that is not there fails the whole relation; so does a byte that is not
      if (carries(subject)) subject.outOfRange = true;
      return NaN;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + base[at + i]!;
    return value;
  };
}
