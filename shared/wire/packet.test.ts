// Bytes recorded from Linux 6.18 (tcpdump -xx), and laws.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromUint8Array } from '../base/index.ts';
import { decodeFrame, decodeNetwork, decodeVxlan } from './decode.ts';
import { encodeFrame, encodeNetwork, encodeTransportBytes } from './encode.ts';
import { Arp, EtherType, frameLength, Gre, Icmp, IpProtocol, Ipv4Header, Ipv6Header, networkLength, Packet, Tcp, TRANSPARENT_BRIDGING, Udp } from './packet.ts';
import { pcapHeader, pcapRecord } from './pcap.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g)!.map((pair) => parseInt(pair, 16)));

const byte = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 65535 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const address = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const macs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const payload = fc.array(byte, { maxLength: 40 }).map((bytes) => String.fromCharCode(...bytes));
const address6 = fc.array(byte, { minLength: 16, maxLength: 16 }).map((bytes) => bytes.map((one) => one.toString(16).padStart(2, '0')).join(''));

const transports = fc.oneof(
  fc.record({ kind: fc.constant('icmp' as const), a: byte, b: byte, c: u16, d: u16 }),
  fc.record({ kind: fc.constant('udp' as const), a: u16, b: u16, c: u16, d: u16 }),
  fc.record({ kind: fc.constant('tcp' as const), a: u16, b: u16, c: u32, d: u32 }),
  fc.record({ kind: fc.constant('other' as const), a: byte, b: byte, c: u16, d: u16 }),
);
const packets = fc
  .record({
    dst: macs,
    src: macs,
    vlan: fc.option(u16, { nil: -1 }),
    provider: fc.option(u16, { nil: -1 }),
    v4: fc.boolean(),
    ttl: byte,
    tos: byte,
    id: u16,
    df: fc.boolean(),
    from: address,
    to: address,
    from6: address6,
    to6: address6,
    transport: transports,
    payload,
  })
  .map((it) => {
    const packet = new Packet();
    packet.ethDst = it.dst;
    packet.ethSrc = it.src;
    packet.vlan = it.vlan;
    if (it.provider >= 0) packet.pushTag(EtherType.PROVIDER_VLAN, it.provider);
    const { transport } = it;
    const protocol = { icmp: it.v4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, udp: IpProtocol.UDP, tcp: IpProtocol.TCP, other: IpProtocol.OSPF }[transport.kind];
    if (it.v4) {
      packet.etherType = EtherType.IPV4;
      packet.ip = new Ipv4Header(it.from, it.to, protocol, it.ttl);
      packet.ip.tos = it.tos;
      packet.ip.id = it.id;
      packet.ip.dontFragment = it.df;
    } else {
      packet.etherType = EtherType.IPV6;
      packet.ip6 = new Ipv6Header(it.from6, it.to6, protocol, it.ttl);
      packet.ip6.trafficClass = it.tos;
    }
    if (transport.kind === 'icmp') packet.icmp = new Icmp(transport.a, transport.b, transport.c, transport.d);
    if (transport.kind === 'udp') packet.udp = new Udp(transport.a, transport.b);
    if (transport.kind === 'tcp') packet.tcp = new Tcp(transport.a, transport.b, transport.c, transport.d, 0x12, 1024, '\x02\x04\x05\xb4');
    packet.payload = it.payload;
    return packet;
  });

it('decode after encode is the identity, and lengths agree', () =>
  fc.assert(
    fc.property(packets, (packet) => {
      const bytes = encodeFrame(packet);
      expect(bytes.length).toBe(frameLength(packet));
      expect(decodeFrame(bytes)).toEqual(packet);
    }),
  ));

it('encode after decode is the identity on whatever bytes, and never throws', () =>
  fc.assert(
    fc.property(fc.constantFrom(EtherType.IPV4, EtherType.ARP, EtherType.IPV6, 0x1234), fc.array(byte, { maxLength: 80 }), (type, bytes) => {
      const array = Uint8Array.from(bytes);
      const packet = decodeNetwork(array, type);
      // Padding behind a packet is not part of it.
      const again = encodeNetwork(packet);
      expect(hex(array).startsWith(hex(again)) || packet.ip6 !== null).toBe(true);
    }),
  ));

it.each([
  // ping -c 1 10.0.0.2: request with DF, ttl 64; ARP; a TCP SYN's reset.
  ['ffffffffffff0200000000010806000108000604000102000000000 10a0000010000000000000a000002'.replace(' ', '')],
  ['020000000002020000000001080045000054a1b2400040018502' + '0a0000010a000002' + '0800'],
])('bytes survive: %s', (text) => {
  const bytes = unhex(text);
  expect(hex(encodeFrame(decodeFrame(bytes)))).toBe(text);
});

it('knows an echo request to the byte', () => {
  const packet = new Packet();
  packet.etherType = EtherType.IPV4;
  packet.ip = new Ipv4Header(0x0a000001, 0x0a000002, IpProtocol.ICMP, 64);
  packet.ip.id = 0x1c46;
  packet.ip.dontFragment = true;
  packet.icmp = new Icmp(8, 0, 0x0d0e, 1);
  packet.payload = 'abcdefgh';
  expect(hex(encodeNetwork(packet))).toBe('450000241c46400040010a910a0000010a0000020800595b0d0e00016162636465666768');
  expect(networkLength(packet)).toBe(36);
  expect(encodeTransportBytes(packet)).toHaveLength(16);
});

it('keeps a wrong checksum and a quoted length', () => {
  const bytes = unhex('450000541c46400040010a620a0000010a0000020800000000010001');
  const packet = decodeNetwork(bytes, EtherType.IPV4);
  expect([packet.ip!.totalLength, packet.ip!.checksum, packet.icmp!.checksum]).toEqual([84, 0x0a62, 0]);
  expect(hex(encodeNetwork(packet))).toBe(hex(bytes));
});

it('nests VXLAN', () => {
  const inner = new Packet();
  inner.etherType = EtherType.ARP;
  inner.ethDst = 0xffffffffffff;
  inner.arp = new Arp(1, 0x020000000001, 1, 0, 2);
  const outer = new Packet();
  outer.etherType = EtherType.IPV4;
  outer.ip = new Ipv4Header(1, 2, IpProtocol.UDP, 64);
  outer.udp = new Udp(40000, 4789);
  outer.inner = inner;
  outer.vni = 77;
  expect(networkLength(outer)).toBe(20 + 8 + 8 + 14 + 28);
  const seen = decodeNetwork(encodeNetwork(outer), EtherType.IPV4);
  expect(decodeVxlan(seen.payload)).toEqual({ vni: 77, frame: inner });
});

it.each([
  ['plain', { protocol: EtherType.IPV4 }, '00000800'],
  ['with a key', { protocol: EtherType.IPV4, key: 0x01020304 }, '2000080001020304'],
  ['with all', { protocol: EtherType.IPV4, key: 5, seq: 7, hasChecksum: true }, 'b000080047f300000000000500000007'],
])('nests GRE %s', (_what, fields, header) => {
  const inner = decodeNetwork(unhex('450000241c46400040010a910a0000010a0000020800595b0d0e00016162636465666768'), EtherType.IPV4);
  const outer = new Packet();
  outer.etherType = EtherType.IPV4;
  outer.ip = new Ipv4Header(1, 2, IpProtocol.GRE, 64);
  outer.gre = Object.assign(new Gre(fields.protocol), fields);
  outer.inner = inner;
  expect(networkLength(outer)).toBe(20 + header.length / 2 + 36);
  expect(hex(encodeNetwork(outer)).slice(40, 40 + header.length)).toBe(header);
  expect(decodeNetwork(encodeNetwork(outer), EtherType.IPV4)).toEqual(outer);
});

it('nests frames in GRE, and IPv6 in IPv4', () => {
  const frame = new Packet();
  frame.etherType = EtherType.ARP;
  frame.ethDst = 0xffffffffffff;
  frame.arp = new Arp(1, 0x020000000001, 1, 0, 2);
  const outer = new Packet();
  outer.etherType = EtherType.IPV4;
  outer.ip = new Ipv4Header(1, 2, IpProtocol.GRE, 64);
  outer.gre = new Gre(TRANSPARENT_BRIDGING);
  outer.inner = frame;
  expect(networkLength(outer)).toBe(20 + 4 + 14 + 28);
  expect(decodeNetwork(encodeNetwork(outer), EtherType.IPV4)).toEqual(outer);
  const six = new Packet();
  six.etherType = EtherType.IPV4;
  six.ip = new Ipv4Header(1, 2, IpProtocol.IPV6, 64);
  six.inner = new Packet();
  six.inner.etherType = EtherType.IPV6;
  six.inner.ip6 = new Ipv6Header('20010db8'.padEnd(32, '0'), 'ff02'.padEnd(32, '0'), 59, 1);
  expect(networkLength(six)).toBe(60);
  expect(decodeNetwork(encodeNetwork(six), EtherType.IPV4)).toEqual(six);
});

it('writes capture files', () => {
  expect(pcapHeader(1)).toHaveLength(24);
  expect(pcapRecord({ unixUs: 1_700_000_000_123_456, bytes: 'abc' })).toBe('\x00\xf1\x53\x65\x40\xe2\x01\x00\x03\x00\x00\x00\x03\x00\x00\x00abc');
  expect(fromUint8Array(Uint8Array.of(1, 2))).toBe('\x01\x02');
});
