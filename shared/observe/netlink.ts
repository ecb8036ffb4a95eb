/**
 * Answers of the kernel itself, as the node's reader passes them on: a line for each message, its type (`tcp` and `udp` for sockets) and its payload in
 * hex. They are put into the words of `ip -j` and `ss` and read as those are, so that both ways of asking give the same facts.
 *
 *     16 000004030100000049000100…   RTM_NEWLINK        20, 24, 28   addresses, routes, neighbours
 *
 * Authority: linux/rtnetlink.h, if_link.h, neighbour.h, inet_diag.h; iproute2's ip/ipaddress.c, iproute.c, ipneigh.c. Bytes are little-endian, as on
 * every processor that the reader knows.
 */
import { formatIpv6, parseIpv6 } from '../wire/index.ts';

type Json = Record<string, unknown>;
type Attributes = ReadonlyMap<number, Bytes>;

/** What `ip -j` would print, a list each; `sockets`: lines as of `ss -tuanH`. */
export interface Answers {
  readonly links: readonly Json[];
  readonly routes: readonly Json[];
  readonly neighbours: readonly Json[];
  readonly sockets: readonly string[];
}

export function readNetlink(text: string): Answers {
  const messages = text.split('\n').flatMap((line) => {
    const [, type, hex] = /^(\d+|tcp|udp) ((?:[0-9a-f]{2})+)$/.exec(line) ?? [];
    return type === undefined ? [] : [{ type, bytes: new Bytes(hex!) }];
  });
  const of = (type: string): readonly Bytes[] => messages.flatMap((one) => (one.type === type ? [one.bytes] : []));
  const links = of('16').map((bytes) => ({ bytes, has: bytes.attributes(16) }));
  const names = new Map(links.map(({ bytes, has }) => [bytes.u32(4), has.get(3)?.text() ?? '']));
  const down = new Set(links.flatMap(({ bytes }) => ((bytes.u32(8) & 1) === 0 ? [bytes.u32(4)] : [])));
  const addresses = of('20').map((bytes) => ({ ifindex: bytes.u32(4), value: addressOf(bytes) }));
  return {
    links: links.map(({ bytes, has }) => ({
      ...linkOf(bytes, has, { names, down }),
      addr_info: addresses.filter((one) => one.ifindex === bytes.u32(4)).map((one) => one.value),
    })),
    routes: of('24').flatMap((bytes) => routeOf(bytes, names)),
    neighbours: of('28').flatMap((bytes) => neighbourOf(bytes, names)),
    sockets: messages.flatMap(({ type, bytes }) => (type === 'tcp' || type === 'udp' ? [socketOf(type, bytes)] : [])),
  };
}

/** Some bytes of a message. What lies beyond its end is 0. */
class Bytes {
  constructor(readonly hex: string) {}
  get length(): number {
    return this.hex.length / 2;
  }
  u8(at: number): number {
    return parseInt(this.hex.slice(at * 2, at * 2 + 2) || '0', 16);
  }
  u16(at: number): number {
    return this.u8(at) + this.u8(at + 1) * 256;
  }
  /** In network order. */
  port(at: number): number {
    return this.u8(at) * 256 + this.u8(at + 1);
  }
  u32(at: number): number {
    return this.u16(at) + this.u16(at + 2) * 65536;
  }
  u64(at: number): number {
    return this.u32(at) + this.u32(at + 4) * 2 ** 32;
  }
  text(): string {
    const bytes = Array.from({ length: this.length }, (_, i) => this.u8(i));
    const end = bytes.indexOf(0);
    return String.fromCharCode(...(end === -1 ? bytes : bytes.slice(0, end)));
  }
  mac(): string {
    return (this.hex.match(/../g) ?? []).join(':');
  }
  address(at = 0, size = this.length - at): string {
    if (size === 4) return [0, 1, 2, 3].map((i) => this.u8(at + i)).join('.');
    const groups = Array.from({ length: 8 }, (_, i) => this.port(at + i * 2).toString(16)).join(':');
    const parsed = parseIpv6(groups);
    return parsed === undefined ? groups : formatIpv6(parsed);
  }
  attributes(from: number): Attributes {
    const found = new Map<number, Bytes>();
    for (let at = from; at + 4 <= this.length;) {
      const size = this.u16(at);
      if (size < 4) break;
      found.set(this.u16(at + 2) & 0x3fff, new Bytes(this.hex.slice((at + 4) * 2, (at + size) * 2)));
      at += (size + 3) & ~3;
    }
    return found;
  }
}
const NONE: Attributes = new Map();

/** Names of bits, in the order in which `ip` prints them. */
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x8, 'LOOPBACK'],
  [0x2, 'BROADCAST'],
  [0x10, 'POINTOPOINT'],
  [0x1000, 'MULTICAST'],
  [0x80, 'NOARP'],
  [0x200, 'ALLMULTI'],
  [0x100, 'PROMISC'],
  [0x400, 'MASTER'],
  [0x800, 'SLAVE'],
  [0x4, 'DEBUG'],
  [0x8000, 'DYNAMIC'],
  [0x20, 'NOTRAILERS'],
  [0x1, 'UP'],
  [0x10000, 'LOWER_UP'],
  [0x20000, 'DORMANT'],
];
const OPERSTATES = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];
const SCOPES: Readonly<Record<number, string>> = { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' };
/** Devices whose addresses are those of a tunnel's ends: ARPHRD_TUNNEL, SIT, IPGRE. */
const TUNNELS = new Set([768, 776, 778]);

function linkOf(bytes: Bytes, has: Attributes, { names, down }: { readonly names: ReadonlyMap<number, string>; readonly down: ReadonlySet<number> }): Json {
  const [flags, hardware] = [bytes.u32(8), bytes.u16(2)];
  const info = has.get(18)?.attributes(0) ?? NONE;
  const kind = info.get(1)?.text();
  const data = info.get(2)?.attributes(0) ?? NONE;
  const peer = has.get(5)?.u32(0);
  const isAway = has.has(37);
  const [address, master, stats] = [has.get(1), has.get(10)?.u32(0), has.get(23)];
  const peerName = peer === undefined || peer === 0 || isAway ? undefined : names.get(peer);
  return {
    ifindex: bytes.u32(4),
    ifname: has.get(3)?.text(),
    flags: [
      ...((flags & 0x41) === 1 ? ['NO-CARRIER'] : []),
      ...FLAGS.flatMap(([bit, name]) => ((flags & bit) === 0 ? [] : [name])),
      ...(peerName !== undefined && down.has(peer!) ? ['M-DOWN'] : []),
    ],
    mtu: has.get(4)?.u32(0),
    qdisc: has.get(6)?.text(),
    operstate: OPERSTATES[has.get(16)?.u8(0) ?? 0] ?? 'UNKNOWN',
    group: (has.get(27)?.u32(0) ?? 0) === 0 ? 'default' : String(has.get(27)!.u32(0)),
    txqlen: has.get(13)?.u32(0),
    ...(address && address.length > 0 && { address: TUNNELS.has(hardware) ? address.address() : address.mac() }),
    ...(has.has(20) && { ifalias: has.get(20)!.text() }),
    ...(master !== undefined && master !== 0 && { master: names.get(master) }),
    ...(peerName === undefined ? (peer ?? 0) !== 0 && { link_index: peer } : { link: peerName }),
    ...(isAway && { link_netnsid: has.get(37)!.u32(0) | 0 }),
    promiscuity: 0,
    ...(kind !== undefined && { linkinfo: { info_kind: kind, ...((kind === 'ipip' || kind === 'sit') && { info_data: tunnelOf(data) }) } }),
    ...(stats && {
      stats64: {
        rx: { packets: stats.u64(0), bytes: stats.u64(16), dropped: stats.u64(48) },
        tx: { packets: stats.u64(8), bytes: stats.u64(24), dropped: stats.u64(56) },
      },
    }),
  };
}
/** `any` for an address that is not given. */
function tunnelOf(data: Attributes): Json {
  const end = (type: number): string => {
    const address = data.get(type)?.address() ?? '0.0.0.0';
    return address === '0.0.0.0' ? 'any' : address;
  };
  return { local: end(2), remote: end(3), ttl: data.get(4)?.u8(0) ?? 0 };
}

const ADDRESS_FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x2, 'nodad'],
  [0x4, 'optimistic'],
  [0x8, 'dadfailed'],
  [0x10, 'home'],
  [0x20, 'deprecated'],
  [0x40, 'tentative'],
  [0x100, 'mngtmpaddr'],
  [0x200, 'noprefixroute'],
];
function addressOf(bytes: Bytes): Json {
  const has = bytes.attributes(8);
  const isV4 = bytes.u8(0) === 2;
  const flags = has.get(8)?.u32(0) ?? bytes.u8(2);
  const local = has.get(2) ?? has.get(1);
  return {
    family: isV4 ? 'inet' : 'inet6',
    local: local?.address(),
    prefixlen: bytes.u8(1),
    ...(has.has(2) && has.has(1) && has.get(1)!.hex !== has.get(2)!.hex && { address: has.get(1)!.address() }),
    ...(has.has(4) && { broadcast: has.get(4)!.address() }),
    scope: SCOPES[bytes.u8(3)] ?? String(bytes.u8(3)),
    ...((flags & 1) !== 0 && { [isV4 ? 'secondary' : 'temporary']: true }),
    ...Object.fromEntries(ADDRESS_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => [name, true])),
    ...((flags & 0x80) === 0 && { dynamic: true }),
    ...(has.has(3) && { label: has.get(3)!.text() }),
  };
}

const TYPES = ['none', 'unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole', 'unreachable', 'prohibit', 'throw', 'nat'];
const TABLES: Readonly<Record<number, string>> = { 253: 'default', 255: 'local' };
const MAIN = 254;
const PROTOCOLS: Readonly<Record<number, string>> = {
  ...{ 0: 'unspec', 1: 'redirect', 2: 'kernel', 4: 'static', 8: 'gated', 9: 'ra', 10: 'mrt', 11: 'zebra', 12: 'bird', 13: 'dnrouted', 14: 'xorp' },
  ...{ 15: 'ntk', 16: 'dhcp', 18: 'keepalived', 42: 'babel', 186: 'bgp', 187: 'isis', 188: 'ospf', 189: 'rip', 192: 'eigrp' },
};
const PREFERENCES: Readonly<Record<number, string>> = { 0: 'medium', 1: 'high', 3: 'low' };
const NEXTHOP_FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [1, 'dead'],
  [4, 'onlink'],
  [2, 'pervasive'],
  [8, 'offload'],
  [16, 'linkdown'],
];
const BOOT = 3;
const CLONED = 0x200;

function routeOf(bytes: Bytes, names: ReadonlyMap<number, string>): readonly Json[] {
  const has = bytes.attributes(12);
  const [family, length, protocol, scope, type, flags] = [bytes.u8(0), bytes.u8(1), bytes.u8(5), bytes.u8(6), bytes.u8(7), bytes.u32(8)];
  if ((family !== 2 && family !== 10) || (flags & CLONED) !== 0) return [];
  const table = has.get(15)?.u32(0) ?? bytes.u8(4);
  const whole = family === 2 ? 32 : 128;
  const destination = has.get(1)?.address() ?? (family === 2 ? '0.0.0.0' : '::');
  const text = length === 0 ? 'default' : length === whole ? destination : `${destination}/${length}`;
  const mtu = has.get(8)?.attributes(0).get(2)?.u32(0);
  const via = has.get(18);
  return [
    {
      ...(type !== 1 && { type: TYPES[type] ?? String(type) }),
      dst: has.has(1) || length === 0 ? text : `0/${length}`,
      ...(has.has(5) && { gateway: has.get(5)!.address() }),
      ...(via && { via: { host: via.address(2) } }),
      ...(has.has(4) && { dev: names.get(has.get(4)!.u32(0)) ?? `if${has.get(4)!.u32(0)}` }),
      ...(table !== MAIN && { table: TABLES[table] ?? String(table) }),
      ...(protocol !== BOOT && { protocol: PROTOCOLS[protocol] ?? String(protocol) }),
      ...(scope !== 0 && { scope: SCOPES[scope] ?? String(scope) }),
      ...(has.has(7) && { prefsrc: has.get(7)!.address() }),
      ...(has.has(6) && { metric: has.get(6)!.u32(0) }),
      flags: NEXTHOP_FLAGS.flatMap(([bit, name]) => ((flags & bit) === 0 ? [] : [name])),
      ...(mtu !== undefined && { metrics: [{ mtu }] }),
      ...(has.has(20) && { pref: PREFERENCES[has.get(20)!.u8(0)] ?? 'medium' }),
    },
  ];
}

const STATES: readonly (readonly [bit: number, name: string])[] = [
  [1, 'INCOMPLETE'],
  [2, 'REACHABLE'],
  [4, 'STALE'],
  [8, 'DELAY'],
  [16, 'PROBE'],
  [32, 'FAILED'],
  [64, 'NOARP'],
  [128, 'PERMANENT'],
];
const NOARP = 64;

/** As `ip neigh` leaves them out, those that need no asking are not among them. */
function neighbourOf(bytes: Bytes, names: ReadonlyMap<number, string>): readonly Json[] {
  const has = bytes.attributes(12);
  const [family, state, flags] = [bytes.u8(0), bytes.u16(8), bytes.u8(10)];
  const isListed = (state & 0xff & ~NOARP) !== 0 || (flags & 0x18) !== 0;
  if ((family !== 2 && family !== 10) || !has.has(1) || !isListed) return [];
  return [
    {
      dst: has.get(1)!.address(),
      dev: names.get(bytes.u32(4)) ?? `if${bytes.u32(4)}`,
      ...(has.has(2) && { lladdr: has.get(2)!.mac() }),
      ...((flags & 0x80) !== 0 && { router: true }),
      ...((flags & 0x8) !== 0 && { proxy: true }),
      state: STATES.flatMap(([bit, name]) => ((state & bit) === 0 ? [] : [name])),
    },
  ];
}

const SOCKET_STATES = [
  'UNCONN',
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
];

function socketOf(protocol: 'tcp' | 'udp', bytes: Bytes): string {
  const isV4 = bytes.u8(0) === 2;
  const size = isV4 ? 4 : 16;
  const isV6Only = bytes.attributes(72).get(11)?.u8(0) === 1;
  const end = (port: number, at: number): string => {
    const address = bytes.address(at, size);
    const shown = isV4 ? address : address === '::' && !isV6Only ? '*' : `[${address}]`;
    return `${shown}:${port === 0 ? '*' : String(port)}`;
  };
  return `${protocol} ${SOCKET_STATES[bytes.u8(1)] ?? 'UNCONN'} ${bytes.u32(56)} ${bytes.u32(60)} ${end(bytes.port(4), 8)} ${end(bytes.port(6), 24)}`;
}
