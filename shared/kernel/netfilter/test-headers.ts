/** Matches of seldom asked headers as tests (xt_esp.c, ipt_ah.c, xt_ipcomp.c, xt_sctp.c, xt_dccp.c, xt_ecn.c, xt_u32.c, ip6t_*.c). */
import { encodeNetworkBytes, TcpFlag } from '../../wire/index.ts';
import { runBpf } from './bpf.ts';
import type { HookContext } from './context.ts';
import type { DccpInfo, EcnInfo, FragInfo, HeaderInfo, Ipv6HeaderInfo, SctpInfo, SpiInfo, U32Info, U32Test } from './match-headers.ts';
import type { PortsInfo, Range } from './match.ts';

type Test = (context: HookContext) => boolean;

const PROTOCOLS = { esp: 50, ah: 51, ipcomp: 108, sctp: 132, dccp: 33, fragment: 44 } as const;
const within = (range: Range, value: number): boolean => value >= range.min && value <= range.max;
const u16 = (bytes: string, at: number): number => (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
const u32 = (bytes: string, at: number): number => ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0;
/** What follows the IP header of a protocol that is not taken apart; null where it is another protocol, too short, or a later fragment. */
function contentOf(c: HookContext, protocol: number, least: number): string | null {
  const { payload } = c.skb;
  return c.protocol === protocol && !c.isFragment && payload.length >= least ? payload : null;
}

export function compileHeader(info: HeaderInfo): Test {
  switch (info.kind) {
    case 'ah':
    case 'esp':
    case 'ipcomp':
      return testSpi(info);
    case 'sctp':
      return testSctp(info);
    case 'dccp':
      return testDccp(info);
    case 'ecn':
      return testEcn(info);
    case 'u32':
      return testU32(info);
    case 'bpf':
      return (c) => runBpf(info.program, encodeNetworkBytes(c.skb), c.inDevice ?? c.outDevice) !== 0;
    case 'ipv6header':
      return testHeaders(info);
    case 'frag':
      return testFragment(info);
    case 'hbh':
    case 'dst':
    case 'rt':
    case 'mh':
      return () => false;
    case 'eui64':
      return testEui64;
  }
}

function testSpi({ kind, spi, invert, reserved, length }: SpiInfo): Test {
  return (c) => {
    const bytes = contentOf(c, PROTOCOLS[kind], kind === 'ah' ? 12 : kind === 'esp' ? 8 : 4);
    if (bytes === null) return false;
    const index = kind === 'ipcomp' ? u16(bytes, 2) : u32(bytes, kind === 'ah' ? 4 : 0);
    if (within(spi, index) === invert) return false;
    if (length !== null && ((bytes.charCodeAt(1) + 2) << 2 === length.value) === length.invert) return false;
    return !reserved || (kind === 'ah' ? u16(bytes, 2) === 0 : bytes.charCodeAt(1) === 0);
  };
}
function testPorts(info: PortsInfo & { hasSource: boolean; hasDestination: boolean }, bytes: string): boolean {
  if (info.hasSource && within(info.source, u16(bytes, 0)) === info.invertSource) return false;
  return !info.hasDestination || within(info.destination, u16(bytes, 2)) !== info.invertDestination;
}

const SCTP_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 4;
function testSctp(info: SctpInfo): Test {
  return (c) => {
    const bytes = contentOf(c, PROTOCOLS.sctp, SCTP_HEADER_BYTES);
    if (bytes === null || !testPorts(info, bytes)) return false;
    return info.chunks === null || hasChunks(info.chunks, bytes) !== info.chunks.invert;
  };
}
function hasChunks({ mode, types, flags }: NonNullable<SctpInfo['chunks']>, bytes: string): boolean {
  const missing = new Set(types);
  for (let at = SCTP_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length;) {
    const type = bytes.charCodeAt(at);
    const asked = flags.find((each) => each.type === type);
    const agrees = asked === undefined || (bytes.charCodeAt(at + 1) & asked.mask) === asked.flags;
    if (types.includes(type)) {
      if (mode === 'any' && agrees) return true;
      if (mode === 'only' && !agrees) return false;
      if (agrees) missing.delete(type);
    } else if (mode === 'only') return false;
    const length = u16(bytes, at + 2);
    if (length < CHUNK_HEADER_BYTES) break;
    at += (length + 3) & ~3;
  }
  return mode === 'only' || (mode === 'all' && missing.size === 0);
}

const DCCP_HEADER_BYTES = 12;
function testDccp(info: DccpInfo): Test {
  return (c) => {
    const bytes = contentOf(c, PROTOCOLS.dccp, DCCP_HEADER_BYTES);
    if (bytes === null || !testPorts(info, bytes)) return false;
    const type = (bytes.charCodeAt(8) >> 1) & 15;
    if (info.types !== null && info.types.value.includes(type) === info.types.invert) return false;
    return info.option === null || hasDccpOption(bytes, info.option.value) !== info.option.invert;
  };
}
/** Options stand between the header of the packet's type and its data (dccp_find_option). */
function hasDccpOption(bytes: string, wanted: number): boolean {
  const LENGTHS = [16, 20, 12, 16, 16, 20, 20, 16, 16, 16];
  const isLong = (bytes.charCodeAt(8) & 1) !== 0;
  let at = (LENGTHS[(bytes.charCodeAt(8) >> 1) & 15] ?? 12) + (isLong ? 4 : 0);
  const end = Math.min(bytes.charCodeAt(4) * 4, bytes.length);
  while (at < end) {
    const kind = bytes.charCodeAt(at);
    if (kind === wanted) return true;
    at += kind < 32 ? 1 : Math.max(2, bytes.charCodeAt(at + 1) || 2);
  }
  return false;
}

function testEcn({ ece, cwr, ect }: EcnInfo): Test {
  return (c) => {
    const tos = c.skb.ip?.tos ?? c.skb.ip6?.trafficClass ?? 0;
    if (ect !== null && ((tos & 3) === ect.value) === ect.invert) return false;
    if (ece === null && cwr === null) return true;
    const { tcp } = c.skb;
    if (tcp === null) return false;
    if (ece !== null && ((tcp.flags & TcpFlag.ECE) !== 0) === ece.invert) return false;
    return cwr === null || ((tcp.flags & TcpFlag.CWR) !== 0) !== cwr.invert;
  };
}

/** u32_match_it: words of the packet, found by way of others. */
function testU32({ tests, invert }: U32Info): Test {
  return (c) => {
    const bytes = encodeNetworkBytes(c.skb);
    return tests.every((test) => isIn(bytes, test)) !== invert;
  };
}
function isIn(bytes: string, { start, steps, values }: U32Test): boolean {
  let at = 0;
  let place = start;
  if (place + 4 > bytes.length) return false;
  let value = u32(bytes, place);
  for (const { operation, number } of steps) {
    if (operation === 'and') value = (value & number) >>> 0;
    else if (operation === 'left') value = (value << number) >>> 0;
    else if (operation === 'right') value >>>= number;
    else {
      at += value;
      place = at + number;
      if (place + 4 > bytes.length) return false;
      value = u32(bytes, place);
    }
  }
  return values.some((range) => within(range, value));
}

const HEADER_BITS: Readonly<Record<number, number>> = { 0: 128, 60: 64, 43: 32, 44: 16, 51: 8, 50: 4, 59: 2 };
const PROTOCOL_BIT = 1;
function testHeaders({ headers, soft, invert }: Ipv6HeaderInfo): Test {
  return (c) => {
    const found = HEADER_BITS[c.protocol] ?? PROTOCOL_BIT;
    return soft ? ((found & headers) !== 0) !== invert : (found === headers) !== invert;
  };
}
function testFragment(info: FragInfo): Test {
  return (c) => {
    const bytes = contentOf(c, PROTOCOLS.fragment, 8);
    if (bytes === null) return false;
    const offset = u16(bytes, 2);
    if (info.id !== null && within(info.id.value, u32(bytes, 4)) === info.id.invert) return false;
    if (info.reserved && (bytes.charCodeAt(1) !== 0 || (offset & 6) !== 0)) return false;
    if (info.first && offset >> 3 !== 0) return false;
    if (info.more && (offset & 1) === 0) return false;
    return !info.last || (offset & 1) === 0;
  };
}
/** Whether the source's last half is made of the frame's MAC address (ip6t_eui64.c). */
function testEui64(c: HookContext): boolean {
  if (c.inDevice === null || typeof c.src !== 'string') return false;
  const mac = c.skb.ethSrc.toString(16).padStart(12, '0');
  const first = (parseInt(mac.slice(0, 2), 16) ^ 2).toString(16).padStart(2, '0');
  return c.src.slice(16) === `${first}${mac.slice(2, 6)}fffe${mac.slice(6)}`;
}
