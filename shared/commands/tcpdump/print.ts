/**
 * Packets as tcpdump 4.99.3 words them. Authority: print-ether.c, print-sll.c, print-arp.c, print-ip.c, print-ip6.c, print-icmp.c, print-icmp6.c,
 * print-igmp.c, print-tcp.c, print-udp.c, print-vxlan.c, print-otv.c.
 * Deviation: checksums of what this machine sends are shown as they leave it, where Linux leaves them to the card and captures see them half made.
 * Deviation: payloads of known ports (DNS, DHCP) are told by their length.
 */
import type { Bytes } from '../../base/index.ts';
import type { Packet } from '../../wire/index.ts';
import {
  ArpOp,
  decodeQuoted,
  decodeTransport,
  encodeTransport,
  EtherType,
  formatIpv4,
  formatIpv6,
  formatMac,
  frameLength,
  Icmp6Type,
  IcmpType,
  IpProtocol,
  networkLength,
  TcpFlag,
  transportLength,
  type Arp,
  type Icmp,
  type Ipv4,
  type Ipv4Header,
  type Ipv6Header,
  type Tcp,
} from '../../wire/index.ts';
import { toUint8Array } from '../../base/index.ts';
import { protocolName } from '../names/protocols.ts';
import { serviceOfPort } from '../names/services.ts';

export interface PrintOptions {
  /** -e */
  readonly link: boolean;
  /** -q */
  readonly quiet: boolean;
  /** -v: how often. */
  readonly verbose: number;
  /** -S */
  readonly absolute: boolean;
  /** -n: at least once. */
  readonly numeric: boolean;
  readonly hostName: (address: Ipv4) => Bytes | undefined;
}

/** Port pairs of which the first numbers are known: what sequence numbers count from. */
interface Conversation {
  seq: number;
  ack: number;
}

const ETHER_NAMES: Readonly<Record<number, string>> = {
  [EtherType.IPV4]: 'IPv4',
  [EtherType.ARP]: 'ARP',
  [EtherType.IPV6]: 'IPv6',
  [EtherType.VLAN]: '802.1Q',
  0x8035: 'Reverse ARP',
  [EtherType.LLDP]: 'LLDP',
  [EtherType.SLOW]: 'Slow Protocols',
  [EtherType.LOOP]: 'Loopback',
};
/** With names and numbers as `proto ICMP (1)` shows them (ipproto_values). */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: 'Options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  132: 'SCTP',
};
const VXLAN_PORT = 4789;
/** Port of Linux's own VXLAN before it had a number; tcpdump takes it for OTV. */
const OTV_PORT = 8472;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const etherName = (type: number): string => `${ETHER_NAMES[type] ?? 'Unknown'} (0x${hex(type, 4)})`;

export class Printer {
  private readonly conversations = new Map<string, Conversation>();
  constructor(private readonly options: PrintOptions) {}

  /** An Ethernet frame, without its time. */
  frame(packet: Packet): string {
    return this.ethernetHeader(packet) + this.network(packet);
  }
  /** What `-i any` shows in front: device, direction, and with -e the cooked header. */
  cooked(packet: Packet, deviceName: string, deviceIndex: number, packetType: number): string {
    const direction = ['In', 'B', 'M', 'P', 'Out'][packetType] ?? 'In';
    const { link, quiet } = this.options;
    const type = quiet ? (ETHER_NAMES[packet.etherType] ?? 'Unknown') : `ethertype ${etherName(packet.etherType)}`;
    const header = link ? `ifindex ${deviceIndex} ${formatMac(packet.ethSrc)} ${type}, length ${networkLength(packet) + 20}: ` : '';
    return `${deviceName.padEnd(5)} ${direction.padEnd(3)} ${header}${this.network(packet)}`;
  }

  private ethernetHeader(packet: Packet): string {
    if (!this.options.link) return '';
    const outer = packet.vlan >= 0 ? EtherType.VLAN : packet.etherType;
    const isLength = outer < 0x600;
    const type = isLength ? '802.3' : this.options.quiet ? (ETHER_NAMES[outer] ?? `Unknown Ethertype (0x${hex(outer, 4)})`) : `ethertype ${etherName(outer)}`;
    const tag =
      packet.vlan >= 0 ? `vlan ${packet.vlanId}, p ${packet.vlan >> 13}${packet.vlan & 0x1000 ? ', DEI' : ''}, ethertype ${etherName(packet.etherType)}, ` : '';
    return `${formatMac(packet.ethSrc)} > ${formatMac(packet.ethDst)}, ${type}, length ${frameLength(packet)}: ${tag}`;
  }
  private network(packet: Packet): string {
    if (packet.ip !== null) return this.ipv4(packet, packet.ip);
    if (packet.ip6 !== null) return this.ipv6(packet, packet.ip6);
    if (packet.arp !== null) return this.arp(packet.arp);
    if (packet.etherType < 0x600) return this.llc(packet);
    return this.options.link
      ? ''
      : `${formatMac(packet.ethSrc)} > ${formatMac(packet.ethDst)}, ethertype ${etherName(packet.etherType)}, length ${frameLength(packet)}: `;
  }

  // --- names ---

  private host(address: Ipv4): string {
    return (this.options.numeric ? undefined : this.options.hostName(address)) ?? formatIpv4(address);
  }
  private port(port: number, protocol: 'tcp' | 'udp'): string {
    return (this.options.numeric ? undefined : serviceOfPort(port, protocol)) ?? String(port);
  }

  // --- link-local protocols ---

  private arp(arp: Arp): string {
    const { verbose, link } = this.options;
    const operation = arp.op === ArpOp.REQUEST ? 'Request' : arp.op === ArpOp.REPLY ? 'Reply' : `Unknown (${arp.op})`;
    const asked = arp.targetMac === 0 ? '' : ` (${formatMac(arp.targetMac)})`;
    const text =
      arp.op === ArpOp.REQUEST
        ? `who-has ${this.host(arp.targetIp)}${asked} tell ${this.host(arp.senderIp)}`
        : `${this.host(arp.senderIp)} is-at ${formatMac(arp.senderMac)}`;
    return `${link ? '' : 'ARP, '}${verbose > 0 ? 'Ethernet (len 6), IPv4 (len 4), ' : ''}${operation} ${text}, length 28`;
  }
  private llc(packet: Packet): string {
    const bytes = toUint8Array(packet.payload);
    const isStp = bytes[0] === 0x42 && bytes[1] === 0x42;
    if (!isStp || bytes.length < 38) return `LLC, dsap 0x${hex(bytes[0] ?? 0, 2)}, ssap 0x${hex(bytes[1] ?? 0, 2)}, length ${bytes.length}`;
    const at = (index: number): string => hex(bytes[3 + index] ?? 0, 2);
    const bridge = `${at(17)}${at(18)}.${[19, 20, 21, 22, 23, 24].map(at).join(':')}.${at(25)}${at(26)}`;
    const flags = (bytes[3 + 4] ?? 0) & 1 ? 'Topology change' : 'none';
    return `STP 802.1d, Config, Flags [${flags}], bridge-id ${bridge}, length ${bytes.length - 3}`;
  }

  // --- IP ---

  private ipv4(packet: Packet, ip: Ipv4Header): string {
    const prefix = this.options.link ? '' : 'IP ';
    const details = this.options.verbose > 0 ? this.ipv4Details(packet, ip) : '';
    const whole = ip.fragmentOffset === 0 && ip.moreFragments ? firstFragment(packet) : packet;
    if (ip.fragmentOffset !== 0) {
      const name = (this.options.numeric ? undefined : protocolName(ip.protocol)) ?? `ip-proto-${ip.protocol}`;
      return `${prefix}${details}${this.host(ip.src)} > ${this.host(ip.dst)}: ${name}`;
    }
    return `${prefix}${details}${this.transport4(whole, ip)}`;
  }
  private ipv4Details(packet: Packet, ip: Ipv4Header): string {
    const ecn = ['', ',ECT(1)', ',ECT(0)', ',CE'][ip.tos & 3]!;
    const flags = ip.moreFragments ? (ip.dontFragment ? '+, DF' : '+') : ip.dontFragment ? 'DF' : 'none';
    const options = ip.options === '' ? '' : `, options (${ip.options.startsWith('\x94') ? 'RA' : `${ip.options.length} bytes`})`;
    const bad = ip.checksum >= 0 ? `, bad cksum ${ip.checksum.toString(16)}!` : '';
    const name = PROTOCOL_NAMES[ip.protocol] ?? 'unknown';
    return `(tos 0x${ip.tos.toString(16)}${ecn}, ttl ${ip.ttl}, id ${ip.id}, offset ${ip.fragmentOffset}, flags [${flags}], proto ${name} (${ip.protocol}), length ${networkLength(packet)}${options}${bad})\n    `;
  }
  private transport4(packet: Packet, ip: Ipv4Header): string {
    const source = this.host(ip.src);
    const target = this.host(ip.dst);
    if (packet.tcp !== null) return this.tcp(packet, packet.tcp, source, target, formatIpv4(ip.src) > formatIpv4(ip.dst));
    if (packet.udp !== null) return this.udp(packet, source, target);
    const ends = `${source} > ${target}: `;
    if (packet.icmp !== null) return ends + this.icmp(packet, packet.icmp);
    if (ip.protocol === IpProtocol.IGMP) return ends + this.igmp(packet.payload);
    if (packet.inner !== null) return `${ends}${this.network(packet.inner)}${this.options.verbose > 0 ? '' : ' (ipip-proto-4)'}`;
    return `${ends} ${(this.options.numeric ? undefined : protocolName(ip.protocol)) ?? `ip-proto-${ip.protocol}`} ${transportLength(packet)}`;
  }
  private ipv6(packet: Packet, ip6: Ipv6Header): string {
    const { verbose } = this.options;
    const prefix = this.options.link ? '' : 'IP6 ';
    const next = ip6.hopByHop === '' ? ip6.nextHeader : IpProtocol.HOPOPTS;
    const label = ip6.flowLabel === 0 ? '' : `flowlabel 0x${hex(ip6.flowLabel, 5)}, `;
    const trafficClass = ip6.trafficClass === 0 ? '' : `class 0x${hex(ip6.trafficClass, 2)}, `;
    const name = PROTOCOL_NAMES[next] ?? 'unknown';
    const details =
      verbose > 0 ? `(${trafficClass}${label}hlim ${ip6.hopLimit}, next-header ${name} (${next}) payload length: ${networkLength(packet) - 40}) ` : '';
    const source = formatIpv6(ip6.src);
    const target = formatIpv6(ip6.dst);
    const start = `${prefix}${details}`;
    if (packet.tcp !== null) return start + this.tcp(packet, packet.tcp, source, target, source > target);
    if (packet.udp !== null) return start + this.udp(packet, source, target);
    const hop = ip6.hopByHop === '' ? '' : verbose > 0 ? 'HBH (rtalert: 0x0000) (padn) ' : 'HBH ';
    const ends = `${start}${source} > ${target}: ${hop}`;
    if (packet.icmp !== null) return ends + this.icmp6(packet, packet.icmp);
    return `${ends}${(this.options.numeric ? undefined : protocolName(ip6.nextHeader)) ?? `ip-proto-${ip6.nextHeader}`} ${transportLength(packet)}`;
  }

  // --- ICMP, IGMP ---

  private icmp(packet: Packet, icmp: Icmp): string {
    const length = transportLength(packet);
    const isError = ![IcmpType.ECHO_REPLY, IcmpType.ECHO_REQUEST, 9, 10, 13, 14].some((type) => type === icmp.type);
    const quoted = isError ? decodeQuoted(packet.payload) : undefined;
    const wrong = this.options.verbose > 0 && icmp.checksum >= 0 && packet.ip?.isFragment === false ? ` (wrong icmp cksum ${hex(icmp.checksum, 4)})` : '';
    const text = `ICMP ${this.icmpText(icmp, quoted)}, length ${length}${wrong}`;
    if (this.options.verbose === 0 || quoted === undefined || quoted.ip === null) return text;
    const inner = this.ipv4(quoted, quoted.ip);
    return `${text}\n\t${this.options.link ? `IP ${inner}` : inner}`;
  }
  private icmpText(icmp: Icmp, quoted: Packet | undefined): string {
    const target = quoted === undefined || quoted.ip === null ? '[|icmp]' : this.host(quoted.ip.dst);
    switch (icmp.type) {
      case IcmpType.ECHO_REQUEST:
      case IcmpType.ECHO_REPLY:
        return `echo ${icmp.type === IcmpType.ECHO_REQUEST ? 'request' : 'reply'}, id ${icmp.id}, seq ${icmp.seq}`;
      case IcmpType.UNREACHABLE:
        return this.unreachable(icmp, target, quoted);
      case IcmpType.REDIRECT: {
        const what =
          ['redirect %s to net', 'redirect %s to host', 'redirect-tos %s to net', 'redirect-tos %s to host'][icmp.code] ?? `redirect-#${icmp.code} %s to host`;
        return `${what.replace('%s', target)} ${this.host((icmp.id << 16) | icmp.seq)}`;
      }
      case IcmpType.TIME_EXCEEDED:
        return icmp.code === 0 ? 'time exceeded in-transit' : icmp.code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${icmp.code}`;
      case IcmpType.PARAMETER_PROBLEM:
        return icmp.code === 0 ? `parameter problem - octet ${icmp.id >> 8}` : `parameter problem - code ${icmp.code}`;
      default:
        return `type-#${icmp.type}`;
    }
  }
  private unreachable(icmp: Icmp, target: string, quoted: Packet | undefined): string {
    switch (icmp.code) {
      case 0:
        return `net ${target} unreachable`;
      case 1:
        return `host ${target} unreachable`;
      case 2:
        return `${target} protocol ${quoted?.ip?.protocol ?? 0} unreachable`;
      case 3: {
        const port = quotedPort(quoted);
        const protocol = quoted?.ip?.protocol;
        if (protocol === IpProtocol.TCP) return `${target} tcp port ${this.port(port, 'tcp')} unreachable`;
        if (protocol === IpProtocol.UDP) return `${target} udp port ${this.port(port, 'udp')} unreachable`;
        return `${target} protocol ${protocol ?? 0} port ${port} unreachable`;
      }
      case 4:
        return icmp.seq === 0 ? `${target} unreachable - need to frag` : `${target} unreachable - need to frag (mtu ${icmp.seq})`;
      default:
        return (
          {
            5: `${target} unreachable - source route failed`,
            6: `net ${target} unreachable - unknown`,
            7: `host ${target} unreachable - unknown`,
            8: `${target} unreachable - source host isolated`,
            9: `net ${target} unreachable - admin prohibited`,
            10: `host ${target} unreachable - admin prohibited`,
            11: `net ${target} unreachable - tos prohibited`,
            12: `host ${target} unreachable - tos prohibited`,
            13: `host ${target} unreachable - admin prohibited filter`,
            14: `host ${target} unreachable - host precedence violation`,
            15: `host ${target} unreachable - precedence cutoff`,
          }[icmp.code] ?? `${target} unreachable - #${icmp.code}`
        );
    }
  }
  private igmp(payload: Bytes): string {
    const bytes = toUint8Array(payload);
    const group = bytes.length >= 8 ? formatIpv4((bytes[4]! << 24) | (bytes[5]! << 16) | (bytes[6]! << 8) | bytes[7]!) : '';
    switch (bytes[0]) {
      case 0x11:
        return bytes.length >= 12 ? 'igmp query v3' : `igmp query v2${group === '0.0.0.0' ? '' : ` [gaddr ${group}]`}`;
      case 0x12:
        return `igmp v1 report ${group}`;
      case 0x16:
        return `igmp v2 report ${group}`;
      case 0x17:
        return `igmp leave ${group}`;
      case 0x22:
        return `igmp v3 report, ${((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)} group record(s)${this.options.verbose > 0 ? records(bytes, 8, 4, (at) => formatIpv4((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)) : ''}`;
      default:
        return `igmp-${bytes[0] ?? 0}`;
    }
  }
  private icmp6(packet: Packet, icmp: Icmp): string {
    const verbose = this.options.verbose > 0;
    const bytes = toUint8Array(packet.payload);
    const address = (at: number): string => formatIpv6([...bytes.subarray(at, at + 16)].map((byte) => hex(byte, 2)).join(''));
    const text = ((): string => {
      switch (icmp.type) {
        case Icmp6Type.ECHO_REQUEST:
        case Icmp6Type.ECHO_REPLY:
          return `echo ${icmp.type === Icmp6Type.ECHO_REQUEST ? 'request' : 'reply'}, id ${icmp.id}, seq ${icmp.seq}`;
        case Icmp6Type.ROUTER_SOLICIT:
          return 'router solicitation';
        case Icmp6Type.ROUTER_ADVERT:
          return 'router advertisement';
        case Icmp6Type.NEIGHBOUR_SOLICIT:
          return `neighbor solicitation, who has ${address(0)}`;
        case Icmp6Type.NEIGHBOUR_ADVERT:
          return `neighbor advertisement, tgt is ${address(0)}`;
        case Icmp6Type.MLD2_REPORT:
          return `multicast listener report v2, ${icmp.seq} group record(s)${verbose ? records(bytes, 0, 16, address) : ''}`;
        case Icmp6Type.TIME_EXCEEDED:
          return 'time exceeded in-transit';
        case Icmp6Type.TOO_BIG:
          return `packet too big, mtu ${icmp.id * 65536 + icmp.seq}`;
        case Icmp6Type.UNREACHABLE:
          return 'destination unreachable';
        default:
          return `type-#${icmp.type}`;
      }
    })();
    return `${verbose ? '[icmp6 sum ok] ' : ''}ICMP6, ${text}${verbose ? '' : `, length ${transportLength(packet)}`}`;
  }

  // --- UDP, TCP ---

  private udp(packet: Packet, source: string, target: string): string {
    const udp = packet.udp!;
    const { quiet, verbose } = this.options;
    const ends = `${source}.${this.port(udp.srcPort, 'udp')} > ${target}.${this.port(udp.dstPort, 'udp')}: `;
    const length = (udp.length >= 0 ? udp.length : transportLength(packet)) - 8;
    if (quiet) return `${ends}UDP, length ${length}`;
    const check = verbose > 1 ? (udp.checksum === 0 ? '[no cksum] ' : udp.checksum > 0 ? `[bad udp cksum 0x${hex(udp.checksum, 4)}!] ` : '[udp sum ok] ') : '';
    if (packet.inner !== null && packet.vni >= 0) {
      const isOtv = udp.srcPort === OTV_PORT || udp.dstPort === OTV_PORT;
      if (udp.srcPort === VXLAN_PORT || udp.dstPort === VXLAN_PORT)
        return `${ends}${check}VXLAN, flags [I] (0x08), vni ${packet.vni}\n${this.frame(packet.inner)}`;
      if (isOtv) return `${ends}${check}OTV, flags [I] (0x08), overlay 0, instance ${packet.vni}\n${this.frame(packet.inner)}`;
    }
    return `${ends}${check}UDP, length ${length}`;
  }
  private tcp(packet: Packet, tcp: Tcp, source: string, target: string, isLater: boolean): string {
    const ends = `${source}.${this.port(tcp.srcPort, 'tcp')} > ${target}.${this.port(tcp.dstPort, 'tcp')}: `;
    const length = transportLength(packet) - 20 - tcp.options.length;
    if (this.options.quiet) return `${ends}tcp ${length}`;
    const { seq, ack, sackBase } = this.relative(tcp, source, target, isLater);
    const checksum = this.options.verbose > 0 ? this.tcpChecksum(packet, tcp) : '';
    const numbers = this.options.verbose > 1 || length > 0 || (tcp.flags & (TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST)) !== 0;
    return [
      `${ends}Flags [${flagText(tcp.flags)}]`,
      ...(checksum === '' ? [] : [checksum]),
      ...(numbers ? [`seq ${seq}${length > 0 ? `:${(seq + length) >>> 0}` : ''}`] : []),
      ...(tcp.flags & TcpFlag.ACK ? [`ack ${ack}`] : []),
      `win ${tcp.window}`,
      ...(tcp.flags & TcpFlag.URG ? [`urg ${tcp.urgent}`] : []),
      ...(tcp.options === '' ? [] : [`options [${optionText(toUint8Array(tcp.options), sackBase)}]`]),
      `length ${length}`,
    ].join(', ');
  }
  private tcpChecksum(packet: Packet, tcp: Tcp): string {
    const bytes = encodeTransport(packet);
    const sum = tcp.checksum >= 0 ? tcp.checksum : (bytes[16]! << 8) | bytes[17]!;
    return `cksum 0x${hex(sum, 4)} (${tcp.checksum >= 0 ? 'incorrect' : 'correct'})`;
  }
  /** Sequence numbers count from the first ones seen; only segments with ACK take part. */
  private relative(tcp: Tcp, source: string, target: string, isLater: boolean): { seq: number; ack: number; sackBase: number } {
    if (this.options.absolute || (tcp.flags & TcpFlag.ACK) === 0) return { seq: tcp.seq, ack: tcp.ack, sackBase: 0 };
    const isReverse = tcp.srcPort > tcp.dstPort || (tcp.srcPort === tcp.dstPort && isLater);
    const key = isReverse ? `${target} ${tcp.dstPort} ${source} ${tcp.srcPort}` : `${source} ${tcp.srcPort} ${target} ${tcp.dstPort}`;
    const known = this.conversations.get(key);
    if (known === undefined || (tcp.flags & TcpFlag.SYN) !== 0) {
      const other = (tcp.ack - 1) >>> 0;
      this.conversations.set(key, isReverse ? { ack: tcp.seq, seq: other } : { seq: tcp.seq, ack: other });
      return { seq: tcp.seq, ack: tcp.ack, sackBase: other };
    }
    const [own, other] = isReverse ? [known.ack, known.seq] : [known.seq, known.ack];
    return { seq: (tcp.seq - own) >>> 0, ack: (tcp.ack - other) >>> 0, sackBase: other };
  }
}

/** The first fragment of a datagram, its transport header told apart. */
function firstFragment(packet: Packet): Packet {
  const whole = packet.clone();
  decodeTransport(toUint8Array(packet.payload), whole);
  return whole;
}
function quotedPort(quoted: Packet | undefined): number {
  if (quoted === undefined) return 0;
  const header = quoted.udp ?? quoted.tcp;
  return header !== null ? header.dstPort : (quoted.payload.charCodeAt(2) << 8) | quoted.payload.charCodeAt(3);
}
function flagText(flags: number): string {
  const letters = [
    [TcpFlag.FIN, 'F'],
    [TcpFlag.SYN, 'S'],
    [TcpFlag.RST, 'R'],
    [TcpFlag.PSH, 'P'],
    [TcpFlag.ACK, '.'],
    [TcpFlag.URG, 'U'],
    [TcpFlag.ECE, 'E'],
    [TcpFlag.CWR, 'W'],
  ] as const;
  const text = letters.map(([bit, letter]) => (flags & bit ? letter : '')).join('');
  return text === '' ? 'none' : text;
}
function optionText(bytes: Uint8Array, sackBase: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const kind = bytes[at]!;
    if (kind === 0 || kind === 1) {
      words.push(kind === 0 ? 'eol' : 'nop');
      if (kind === 0) break;
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) return [...words, '[bad opt]'].join(',');
    words.push(optionWord(view, kind, at + 2, length - 2, sackBase));
    at += length;
  }
  return words.join(',');
}
function optionWord(view: DataView, kind: number, at: number, length: number, sackBase: number): string {
  if (kind === 2 && length === 2) return `mss ${view.getUint16(at)}`;
  if (kind === 3 && length === 1) return `wscale ${view.getUint8(at)}`;
  if (kind === 4) return 'sackOK';
  if (kind === 8 && length === 8) return `TS val ${view.getUint32(at)} ecr ${view.getUint32(at + 4)}`;
  if (kind === 5 && length % 8 === 0) {
    let text = `sack ${length / 8} `;
    for (let i = 0; i < length; i += 8) text += `{${(view.getUint32(at + i) - sackBase) >>> 0}:${(view.getUint32(at + i + 4) - sackBase) >>> 0}}`;
    return text;
  }
  let text = `unknown-${kind} 0x`;
  for (let i = 0; i < length; i++) text += hex(view.getUint8(at + i), 2);
  return text;
}
/** Group records of IGMPv3 and MLDv2. */
function records(bytes: Uint8Array, from: number, addressBytes: number, address: (at: number) => string): string {
  const types = ['?', 'is_in', 'is_ex', 'to_in', 'to_ex', 'allow', 'block'];
  let text = '';
  for (let at = from; at + 4 + addressBytes <= bytes.length;) {
    const sources = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    text += ` [gaddr ${address(at + 4)} ${types[bytes[at]!] ?? '?'}, ${sources} source(s)]`;
    at += 4 + addressBytes * (1 + sources) + bytes[at + 1]! * 4;
  }
  return text;
}

/** -x, -X, -A: the packet's bytes. */
export function dump(bytes: Uint8Array, style: 'hex' | 'hex and text' | 'text'): string {
  const visible = (byte: number): string => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.');
  if (style === 'text')
    return `\n${[...bytes].map((byte) => (byte === 10 || byte === 13 || byte === 9 || byte === 32 ? String.fromCharCode(byte === 13 ? 46 : byte) : visible(byte))).join('')}`;
  let text = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    let words = '';
    for (let i = 0; i < row.length; i += 2) words += ` ${hex(row[i]!, 2)}${row[i + 1] === undefined ? '' : hex(row[i + 1]!, 2)}`;
    text += `\n\t0x${hex(at, 4)}: ${style === 'hex' ? words : `${words.padEnd(40)}  ${row.map(visible).join('')}`}`;
  }
  return text;
}
