/** The tests that a filter is made of: protocols, addresses, ports, bytes. Authority: libpcap 1.10 gencode.c. */
import { PacketType } from '../../../kernel/index.ts';
import { EtherType, ipv6InPrefix, IpProtocol, isMulticastMac, MAC_BROADCAST, type Ipv4, type Ipv6, type Mac, type Packet } from '../../../wire/index.ts';
import { test, type Kind, type Subject, type Test } from './subject.ts';

export type Direction = 'src' | 'dst' | 'src or dst' | 'src and dst';

const network = (type: number, name: Kind['network']): Test =>
  test(
    ({ packet }) => packet.etherType === type,
    (kind) => (kind.network === name ? (name === 'other' ? 'maybe' : 'always') : 'never'),
  );
const transport = (number: number): Test =>
  test(
    ({ protocol }) => protocol === number,
    (kind) => (kind.protocol === number ? 'always' : kind.protocol === 255 ? 'never' : 'never'),
  );
const only = (a: Test, name: 'ip' | 'ip6'): Test =>
  test(
    (subject) => a.passes(subject) && (name === 'ip' ? subject.packet.ip !== null : subject.packet.ip6 !== null),
    (kind) => (kind.network === name ? a.on(kind) : 'never'),
  );
const isLlc = ({ packet }: Subject): boolean => packet.etherType <= 1500;
const others = (passes: Test['passes']): Test => test(passes, (kind) => (kind.network === 'other' ? 'maybe' : 'never'));

export const PROTOCOLS: Readonly<Record<string, Test>> = {
  ether: test(
    () => true,
    () => 'always',
  ),
  ip: network(EtherType.IPV4, 'ip'),
  ip6: network(EtherType.IPV6, 'ip6'),
  arp: network(EtherType.ARP, 'arp'),
  rarp: network(0x8035, 'rarp'),
  tcp: transport(IpProtocol.TCP),
  udp: transport(IpProtocol.UDP),
  sctp: transport(IpProtocol.SCTP),
  icmp: only(transport(IpProtocol.ICMP), 'ip'),
  icmp6: only(transport(IpProtocol.ICMPV6), 'ip6'),
  igmp: only(transport(IpProtocol.IGMP), 'ip'),
  esp: transport(IpProtocol.ESP),
  ah: transport(IpProtocol.AH),
  stp: others((subject) => isLlc(subject) && subject.packet.payload.startsWith('\x42\x42')),
  llc: others(isLlc),
  mpls: others(({ packet }) => packet.etherType === 0x8847 || packet.etherType === 0x8848),
  pppoed: others(({ packet }) => packet.etherType === 0x8863),
  pppoes: others(({ packet }) => packet.etherType === 0x8864),
  geneve: test(
    ({ packet }) => packet.udp?.dstPort === 6081,
    (kind) => (kind.protocol === IpProtocol.UDP ? 'maybe' : 'never'),
  ),
};

const either = (direction: Direction, src: boolean, dst: boolean): boolean =>
  direction === 'src' ? src : direction === 'dst' ? dst : direction === 'src or dst' ? src || dst : src && dst;

export const macTest = (direction: Direction, mac: Mac): Test => test(({ packet }) => either(direction, packet.ethSrc === mac, packet.ethDst === mac));

/** Addresses of IPv4 headers and of ARP; `protocol` may narrow it. */
export const addressTest = (protocol: string | undefined, direction: Direction, matches: (address: Ipv4) => boolean): Test =>
  test(
    ({ packet: { ip, arp, etherType } }) => {
      if (ip !== null) return (protocol ?? 'ip') === 'ip' && either(direction, matches(ip.src), matches(ip.dst));
      const wanted = etherType === EtherType.ARP ? 'arp' : 'rarp';
      return arp !== null && (protocol ?? wanted) === wanted && either(direction, matches(arp.senderIp), matches(arp.targetIp));
    },
    (kind) => (kind.network !== 'ip6' && kind.network !== 'other' && (protocol ?? kind.network) === kind.network ? 'maybe' : 'never'),
  );
export const address6Test = (direction: Direction, network6: Ipv6, length: number): Test =>
  test(
    ({ packet: { ip6 } }) => ip6 !== null && either(direction, ipv6InPrefix(ip6.src, network6, length), ipv6InPrefix(ip6.dst, network6, length)),
    (kind) => (kind.network === 'ip6' ? 'maybe' : 'never'),
  );
export const portTest = (protocol: string | undefined, direction: Direction, low: number, high: number): Test => {
  const carrier = protocol === undefined ? undefined : PROTOCOLS[protocol];
  const within = (port: number): boolean => port >= low && port <= high;
  return test(
    (subject) => {
      if (carrier?.passes(subject) === false) return false;
      const { ports } = subject;
      return ports !== undefined && either(direction, within(ports[0]), within(ports[1]));
    },
    (kind) => {
      const hasPorts = [IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP].some((each) => each === kind.protocol);
      return hasPorts && carrier?.on(kind) !== 'never' ? 'maybe' : 'never';
    },
  );
};
export const protocolTest = (number: number, carrier: Test | undefined): Test =>
  test(
    (subject) => subject.protocol === number && carrier?.passes(subject) !== false,
    (kind) => (kind.protocol === undefined || carrier?.on(kind) === 'never' ? 'never' : 'maybe'),
  );
export const etherTypeTest = (type: number): Test => test(({ packet }) => packet.etherType === type);

export const broadcast = (protocol: string): Test =>
  protocol === 'ip'
    ? test(
        ({ packet: { ip } }) => ip !== null && (ip.dst === -1 || ip.dst === 0),
        (kind) => (kind.network === 'ip' ? 'maybe' : 'never'),
      )
    : test(({ packet }) => packet.ethDst === MAC_BROADCAST);
export function multicast(protocol: string): Test {
  if (protocol !== 'ip' && protocol !== 'ip6') return test(({ packet }) => isMulticastMac(packet.ethDst));
  return test(
    ({ packet: { ip, ip6 } }) => (protocol === 'ip' ? ip !== null && ip.dst >>> 28 === 14 : ip6?.dst.startsWith('ff') === true),
    (kind) => (kind.network === protocol ? 'maybe' : 'never'),
  );
}
export const directionTest = (word: 'inbound' | 'outbound'): Test => test(({ packetType }) => (packetType === PacketType.OUTGOING) === (word === 'outbound'));
export const lengthTest = (word: 'less' | 'greater', limit: number): Test => test(({ length }) => (word === 'less' ? length <= limit : length >= limit));
/** Control words of its tags, the outermost first. */
export function tagsOf(packet: Packet): readonly number[] {
  const tags = packet.vlan < 0 ? NONE : [packet.vlan, ...(packet.innerTags ?? []).map((tag) => tag & 0xffff)];
  return packet.etherType === OLD_TAG_TYPE ? [...tags, (packet.payload.charCodeAt(0) << 8) | packet.payload.charCodeAt(1)] : tags;
}
const NONE: readonly number[] = [];
/** What some called a second tag before 802.1ad. */
const OLD_TAG_TYPE = 0x9100;
/** Of the tag at that place. */
export const vlanTest = (id: number | undefined, place: number): Test =>
  test(({ packet }) => {
    const tag = tagsOf(packet)[place];
    return tag !== undefined && (id === undefined || (tag & 0xfff) === id);
  });

/** A number made of a packet's bytes. */
export type Arithmetic = (subject: Subject) => number;
const TRANSPORTS: readonly string[] = ['tcp', 'udp', 'icmp', 'icmp6', 'igmp', 'sctp'];
export const isTransport = (protocol: string): boolean => TRANSPORTS.includes(protocol);

/** NaN when the protocol is not there, or the byte is not: both fail the relation around it. */
export function bytesOf(protocol: string, offset: Arithmetic, size: number): Arithmetic {
  const carrier = PROTOCOLS[protocol]!;
  return (subject) => {
    if (!carrier.passes(subject)) return NaN;
    // Where a transport header starts is only known behind IPv4, and ICMPv6's behind the fixed header.
    if (isTransport(protocol) && protocol !== 'icmp6' && subject.packet.ip === null) return NaN;
    const at = offset(subject);
    const base = protocol === 'ether' ? subject.frame : isTransport(protocol) ? subject.transport : subject.network;
    if (base === undefined || at + size > base.length) {
      subject.outOfRange = true;
      return NaN;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + base[at + i]!;
    return value;
  };
}
