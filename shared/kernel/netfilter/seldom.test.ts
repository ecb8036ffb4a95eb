/**
 * Goal: matches and targets that are seldom used do to a packet what Linux does. Method: each is compiled and run on one packet at PREROUTING;
 * the words of packets are worked out by hand from the RFCs, checksums from the packet's own bytes.
 */
import { describe, expect, it } from 'vitest';
import { EtherType, IpProtocol, Ipv4Header, Ipv6Header, parseIpv6, Tcp, TcpFlag, Udp } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import { Hook, Verdict } from '../numbers.ts';
import { ip, TestLab } from '../test-lab.ts';
import type { HookContext } from './context.ts';
import { netfilterOf } from './netfilter.ts';
import type { MatchInfo } from './match.ts';
import { compileTarget } from './run-target.ts';
import type { ExtensionTarget } from './target.ts';
import type { HmarkTarget as Hmark } from './target-more.ts';
import { compileMatch } from './test-match.ts';

function packet(fill: (skb: Skb) => void): HookContext {
  const skb = new Skb();
  skb.etherType = EtherType.IPV4;
  skb.ip = new Ipv4Header(ip('10.0.0.1'), ip('10.0.0.2'), IpProtocol.UDP, 64);
  fill(skb);
  return netfilterOf(new TestLab().root).enter(skb, Hook.PREROUTING, null, null);
}
const udp = (): HookContext =>
  packet((skb) => {
    skb.udp = new Udp(1000, 53);
    skb.payload = 'hello';
  });
const tcp = (flags: number, options = '', tos = 0): HookContext =>
  packet((skb) => {
    skb.ip!.protocol = IpProtocol.TCP;
    skb.ip!.tos = tos;
    skb.tcp = new Tcp(4000, 80, 1, 0, flags, 1000, options);
  });
const raw = (protocol: number, bytes: readonly number[]): HookContext =>
  packet((skb) => {
    skb.ip!.protocol = protocol;
    skb.payload = String.fromCharCode(...bytes);
  });
/** Source port 1, destination port 2, then a DATA chunk with its E flag and an ABORT. */
const sctp = (): HookContext => raw(132, [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 6, 0, 0, 4]);
const anyPorts = {
  source: { min: 0, max: 0 },
  invertSource: false,
  hasSource: false,
  destination: { min: 2, max: 2 },
  invertDestination: false,
  hasDestination: true,
};
const spi = { invert: false, reserved: false, length: null };
const u32 = (start: number, steps: readonly (readonly ['and' | 'left' | 'right' | 'at', number])[], value: number): MatchInfo => ({
  kind: 'u32',
  tests: [{ start, steps: steps.map(([operation, number]) => ({ operation, number })), values: [{ min: value, max: value }] }],
  invert: false,
});
const time = (start: number, stop: number, weekDays: number, contiguous = false): MatchInfo => ({
  ...{ kind: 'time', dateStart: 0, dateStop: 2 ** 31 - 1, start, stop, monthDays: 0xfffffffe, weekDays, localTime: false, contiguous },
});
/** The test lab's calendar begins on Tuesday, 14 November 2023, 22:13:20. */
const NOW_S = 22 * 3600 + 13 * 60 + 20;
const TUESDAY = 1 << 2;
const MONDAY = 1 << 1;

describe('matches', () => {
  const cases: readonly (readonly [name: string, info: MatchInfo, context: () => HookContext, expected: boolean])[] = [
    ['esp within', { kind: 'esp', spi: { min: 1, max: 500 }, ...spi }, () => raw(50, [0, 0, 1, 0, 0, 0, 0, 1]), true],
    ['esp beyond', { kind: 'esp', spi: { min: 1, max: 255 }, ...spi }, () => raw(50, [0, 0, 1, 0, 0, 0, 0, 1]), false],
    ['esp too short', { kind: 'esp', spi: { min: 0, max: 0xffffffff }, ...spi }, () => raw(50, [0, 0, 1]), false],
    ['ah', { kind: 'ah', spi: { min: 7, max: 7 }, ...spi }, () => raw(51, [6, 4, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1]), true],
    ['ipcomp', { kind: 'ipcomp', spi: { min: 9, max: 9 }, ...spi }, () => raw(108, [6, 0, 0, 9]), true],
    ['sctp port', { kind: 'sctp', ...anyPorts, chunks: null }, sctp, true],
    ['sctp any of two', { kind: 'sctp', ...anyPorts, chunks: { mode: 'any', types: [1, 6], flags: [], invert: false } }, sctp, true],
    ['sctp all of two', { kind: 'sctp', ...anyPorts, chunks: { mode: 'all', types: [0, 1], flags: [], invert: false } }, sctp, false],
    ['sctp only these', { kind: 'sctp', ...anyPorts, chunks: { mode: 'only', types: [0, 6], flags: [], invert: false } }, sctp, true],
    [
      'sctp flag not set',
      { kind: 'sctp', ...anyPorts, chunks: { mode: 'any', types: [0], flags: [{ type: 0, mask: 2, flags: 2 }], invert: false } },
      sctp,
      false,
    ],
    ['ecn ect', { kind: 'ecn', ece: null, cwr: null, ect: { value: 2, invert: false } }, () => tcp(TcpFlag.SYN, '', 2), true],
    ['ecn ece', { kind: 'ecn', ece: { value: true, invert: false }, cwr: null, ect: null }, () => tcp(TcpFlag.SYN | TcpFlag.ECE), true],
    ['ecn not cwr', { kind: 'ecn', ece: null, cwr: { value: true, invert: true }, ect: null }, () => tcp(TcpFlag.SYN | TcpFlag.CWR), false],
    ['u32 protocol', u32(6, [['and', 0xff]], 0), udp, false],
    [
      'u32 protocol at 8',
      u32(
        6,
        [
          ['right', 16],
          ['and', 0xff],
        ],
        0x40,
      ),
      udp,
      false,
    ],
    ['u32 ttl and protocol', u32(8, [['right', 16]], (64 << 8) | 17), udp, true],
    [
      'u32 port by way of the header length',
      u32(
        0,
        [
          ['right', 22],
          ['and', 0x3c],
          ['at', 0],
          ['and', 0xffff],
        ],
        53,
      ),
      udp,
      true,
    ],
    ['u32 beyond the packet', u32(400, [], 0), udp, false],
    [
      'bpf udp',
      {
        kind: 'bpf',
        program: [
          [48, 0, 0, 9],
          [21, 0, 1, 17],
          [6, 0, 0, 1],
          [6, 0, 0, 0],
        ].map(([code = 0, jumpTrue = 0, jumpFalse = 0, k = 0]) => ({ code, jumpTrue, jumpFalse, k })),
      },
      udp,
      true,
    ],
    [
      'bpf tcp',
      {
        kind: 'bpf',
        program: [
          [48, 0, 0, 9],
          [21, 0, 1, 6],
          [6, 0, 0, 1],
          [6, 0, 0, 0],
        ].map(([code = 0, jumpTrue = 0, jumpFalse = 0, k = 0]) => ({ code, jumpTrue, jumpFalse, k })),
      },
      udp,
      false,
    ],
    ['time now', time(NOW_S - 60, NOW_S + 60, TUESDAY), udp, true],
    ['time tomorrow', time(NOW_S - 60, NOW_S + 60, MONDAY), udp, false],
    ['time past', time(0, NOW_S - 60, TUESDAY), udp, false],
    ['time over midnight', time(NOW_S - 60, 60, TUESDAY), udp, true],
    ['time of the window that began yesterday', time(NOW_S + 60, NOW_S + 30, MONDAY, true), udp, true],
    ['policy none', { kind: 'policy', direction: 'in', policy: 'none', strict: false, elements: [] }, udp, true],
    ['policy ipsec', { kind: 'policy', direction: 'in', policy: 'ipsec', strict: false, elements: [] }, udp, false],
    ['no connection has no label', { kind: 'connlabel', bit: 1, set: true, invert: false }, udp, false],
    ['no connection has not that label', { kind: 'connlabel', bit: 1, set: true, invert: true }, udp, true],
    ['socket: nobody listens', { kind: 'socket', transparent: false, noWildcard: true, restoreMark: false }, udp, false],
  ];
  it.each(cases)('%s', (_, info, context, expected) => {
    expect(compileMatch(info)!(context())).toBe(expected);
  });
});

describe('targets', () => {
  const run = (target: ExtensionTarget, context: HookContext): Verdict | null => compileTarget(target)(context);
  it('TCPOPTSTRIP leaves what follows in its place', () => {
    const context = tcp(TcpFlag.SYN, '\x02\x04\x05\xb4\x04\x02\x01\x03\x03\x07');
    run({ kind: 'TCPOPTSTRIP', options: [2, 3] }, context);
    expect(context.skb.tcp!.options).toBe('\x01\x01\x01\x01\x04\x02\x01\x01\x01\x01');
  });
  it('ECN clears two bits of TCP', () => {
    const context = tcp(TcpFlag.SYN | TcpFlag.ECE | TcpFlag.CWR);
    run({ kind: 'ECN' }, context);
    expect(context.skb.tcp!.flags).toBe(TcpFlag.SYN);
  });
  it('NFQUEUE drops what nobody takes, or lets it by', () => {
    const queue = { kind: 'NFQUEUE', queue: 0, count: 1, cpuFanout: false } as const;
    expect([run({ ...queue, bypass: false }, udp()), run({ ...queue, bypass: true }, udp())]).toEqual([Verdict.DROP, Verdict.ACCEPT]);
  });
  it('HMARK is the same for both directions and within its modulus', () => {
    const target: Hmark = {
      ...{ kind: 'HMARK', modulus: 10, offset: 100, random: 0xdeafbeef, sourceMask: -1, destinationMask: -1, sourcePortMask: 0xffff },
      ...{ destinationPortMask: 0xffff, sourcePortSet: 0, destinationPortSet: 0, spiMask: 0, spiSet: 0, protocolMask: 0xff, conntrack: false },
    };
    const there = udp();
    const back = packet((skb) => {
      skb.ip = new Ipv4Header(ip('10.0.0.2'), ip('10.0.0.1'), IpProtocol.UDP, 64);
      skb.udp = new Udp(53, 1000);
    });
    run(target, there);
    run(target, back);
    expect(there.skb.mark).toBe(back.skb.mark);
    expect(there.skb.mark).toBeGreaterThanOrEqual(100);
    expect(there.skb.mark).toBeLessThan(110);
  });
  it('SNPT changes the prefix and no checksum', () => {
    const context = packet((skb) => {
      skb.ip = null;
      skb.etherType = EtherType.IPV6;
      skb.ip6 = new Ipv6Header(parseIpv6('fd00:1:2::5')!, parseIpv6('2001:db8::9')!, 17, 64);
    });
    const sum = (address: string): number => [...address.matchAll(/.{4}/g)].reduce((total, [word]) => total + parseInt(word, 16), 0) % 0xffff;
    const before = context.skb.ip6!.src;
    run({ kind: 'SNPT', source: { address: parseIpv6('fd00:1:2::')!, length: 48 }, destination: { address: parseIpv6('2001:db8:9::')!, length: 48 } }, context);
    const after = context.skb.ip6!.src;
    expect(after.slice(0, 12)).toBe('20010db80009');
    expect(after.slice(16)).toBe(before.slice(16));
    expect(sum(after)).toBe(sum(before));
  });
});
