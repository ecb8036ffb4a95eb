/** ICMPv6, neighbour discovery, MLD. Authority: print-icmp6.c. Deviation: RPL, node information, mobility and renumbering are told by their name. */
import { Icmp6Type, IpProtocol } from '../../../wire/index.ts';
import type { Around } from './around.ts';
import { bitNames, hex, hexDump, rightChecksum, type Dissection } from './dissection.ts';
import { groupRecords } from './igmp.ts';

const NAMES: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded in-transit',
  4: 'parameter problem',
  128: 'echo request',
  129: 'echo reply',
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbor solicitation',
  136: 'neighbor advertisement',
  137: 'redirect',
  138: 'router renumbering',
  141: 'inverse neighbor solicitation',
  142: 'inverse neighbor advertisement',
  143: 'multicast listener report v2',
};
/** Messages whose length comes early when there is more to tell. */
const LENGTH_FIRST: readonly number[] = [133, 134, 135, 136, 137];

export function icmp6(d: Dissection, at: number, length: number, around: Around): void {
  d.protocol = 'icmp6';
  const { verbose } = d.options;
  if (length === 0) {
    d.print('ICMP6, length 0 (invalid)');
    return;
  }
  if (verbose > 0 && !around.isFragment && d.has(at, length)) {
    const sum = d.sum(at, length, around.pseudo(IpProtocol.ICMPV6, length));
    const given = d.u16(at + 2);
    d.print(sum === 0xffff ? '[icmp6 sum ok] ' : `[bad icmp6 cksum 0x${hex(given, 4)} -> 0x${hex(rightChecksum(given, sum), 4)}!] `);
  }
  const type = d.u8(at);
  d.print(`ICMP6, ${NAMES[type] ?? `unknown icmp6 type (${type})`}`);
  if (NAMES[type] === undefined) {
    d.print(`, length ${length}`);
    if (verbose <= 1) d.print(hexDump(d.slice(at, d.end - at), '\n\t', false));
    return;
  }
  if (verbose > 0 && LENGTH_FIRST.includes(type)) d.print(`, length ${length}`);
  if (type === Icmp6Type.UNREACHABLE && UNREACHABLE[d.u8(at + 1)] === undefined && verbose <= 1) {
    d.print(`, unknown unreach code (${d.u8(at + 1)})${hexDump(d.slice(at, d.end - at), '\n\t', false)}`);
    return;
  }
  rest(d, at, length, type);
  if (verbose === 0) d.print(`, length ${length}`);
}

function rest(d: Dissection, at: number, length: number, type: number): void {
  const verbose = d.options.verbose > 0;
  switch (type) {
    case Icmp6Type.UNREACHABLE:
      return unreachable(d, at, d.u8(at + 1));
    case Icmp6Type.TOO_BIG:
      return d.print(`, mtu ${d.u32(at + 4)}`);
    case Icmp6Type.TIME_EXCEEDED: {
      const code = d.u8(at + 1);
      return d.print(code === 0 ? ` for ${d.host6(at + 32)}` : code === 1 ? ' (reassembly)' : `, unknown code (${code})`);
    }
    case Icmp6Type.PARAMETER_PROBLEM: {
      const code = d.u8(at + 1);
      const what = ['erroneous', 'next header', 'option', 'incomplete header chain'][code];
      return d.print(what === undefined ? `, code-#${code}` : `, ${what} - octet ${d.u32(at + 4)}`);
    }
    case Icmp6Type.ECHO_REQUEST:
    case Icmp6Type.ECHO_REPLY:
      return d.print(`, id ${d.u16(at + 4)}, seq ${d.u16(at + 6)}`);
    case 130:
      return length === 24 ? d.print(mld1(d, at)) : length >= 28 ? mld2Query(d, at) : d.print(` unknown-version (len ${length}) `);
    case 131:
    case 132:
      return d.print(mld1(d, at));
    case Icmp6Type.ROUTER_SOLICIT:
      return verbose ? options(d, at + 8, at + length) : undefined;
    case Icmp6Type.ROUTER_ADVERT:
      return verbose ? routerAdvert(d, at, length) : undefined;
    case Icmp6Type.NEIGHBOUR_SOLICIT:
      d.print(`, who has ${d.host6(at + 8)}`);
      return verbose ? options(d, at + 24, at + length) : undefined;
    case Icmp6Type.NEIGHBOUR_ADVERT:
      d.print(`, tgt is ${d.host6(at + 8)}`);
      if (!verbose) return;
      d.print(
        `, Flags [${bitNames(
          [
            [0x80, 'router'],
            [0x40, 'solicited'],
            [0x20, 'override'],
          ],
          d.u8(at + 4),
        )}]`,
      );
      return options(d, at + 24, at + length);
    case 137:
      d.print(`, ${d.host6(at + 24)} to ${d.host6(at + 8)}`);
      return verbose ? options(d, at + 40, at + length) : undefined;
    case Icmp6Type.MLD2_REPORT:
      return length < 8 ? d.print(` [invalid len ${length}]`) : groupRecords(d, at + 8, at + length, d.u16(at + 6), 16);
  }
}

const UNREACHABLE: Readonly<Record<number, string>> = {
  0: 'unreachable route',
  1: ' unreachable prohibited',
  2: 'beyond scope',
  3: 'unreachable address',
  4: 'unreachable port',
};
function unreachable(d: Dissection, at: number, code: number): void {
  d.print(`, ${UNREACHABLE[code] ?? `unknown unreach code (${code})`}`);
  const target = (): string => d.host6(at + 32);
  if (code === 2) d.print(` ${target()}, source address ${d.host6(at + 16)}`);
  else if (code < 4) d.print(` ${target()}`);
  else if (code === 4) {
    const protocol = d.u8(at + 14);
    const port = d.u16(at + 50);
    if (protocol === IpProtocol.TCP) d.print(`, ${target()} tcp port ${d.port(port, 'tcp')}`);
    else if (protocol === IpProtocol.UDP) d.print(`, ${target()} udp port ${d.port(port, 'udp')}`);
    else d.print(`, ${target()} protocol ${protocol} port ${port} unreachable`);
  }
}

const mld1 = (d: Dissection, at: number): string => `max resp delay: ${d.u16(at + 4)} addr: ${d.host6(at + 8)}`;
function mld2Query(d: Dissection, at: number): void {
  const code = d.u16(at + 4);
  const delay = code < 32768 ? code : ((code & 0xfff) | 0x1000) << (((code & 0x7000) >> 12) + 3);
  const verbose = d.options.verbose > 0;
  d.print(` v2${verbose ? ` [max resp delay=${delay}]` : ''} [gaddr ${d.host6(at + 8)}`);
  if (verbose) {
    const flags = d.u8(at + 24);
    const interval = d.u8(at + 25);
    const qqi = interval < 128 ? interval : ((interval & 15) | 16) << (((interval & 0x70) >> 4) + 3);
    d.print(`${flags & 8 ? ' sflag' : ''}${flags & 7 ? ` robustness=${flags & 7}` : ''} qqi=${qqi}`);
  }
  const sources = d.u16(at + 26);
  d.print(`${sources > 0 ? `, ${sources} source(s)` : ''}]`);
}

const PREFERENCES = ['medium', 'high', 'rsv', 'low'];
const seconds = (value: number): string => (value === 0xffff_ffff ? 'infinity' : `${value}s`);

function routerAdvert(d: Dissection, at: number, length: number): void {
  const flags = d.u8(at + 5);
  const names = bitNames(
    [
      [0x80, 'managed'],
      [0x40, 'other stateful'],
      [0x20, 'home agent'],
      [0x02, 'ipv6 only'],
    ],
    flags,
  );
  d.print(`\n\thop limit ${d.u8(at + 4)}, Flags [${names}], pref ${PREFERENCES[(flags >> 3) & 3]}, router lifetime ${d.u16(at + 6)}s`);
  d.print(`, reachable time ${d.u32(at + 8)}ms, retrans timer ${d.u32(at + 12)}ms`);
  options(d, at + 16, at + length);
}

const OPTION_NAMES: Readonly<Record<number, string>> = {
  1: 'source link-address',
  2: 'destination link-address',
  3: 'prefix info',
  4: 'redirected header',
  5: 'mtu',
  24: 'route info',
  25: 'rdnss',
  31: 'dnssl',
};
function options(d: Dissection, from: number, end: number): void {
  for (let at = from; at < end;) {
    const [type, units] = [d.u8(at), d.u8(at + 1)];
    if (units === 0 || at + units * 8 > d.end) {
      d.print(' [|icmp6]');
      return;
    }
    d.print(`\n\t  ${OPTION_NAMES[type] ?? 'unknown'} option (${type}), length ${units * 8} (${units}): `);
    const dump = (prefix: string): void => d.print(hexDump(d.slice(at + 2, units * 8 - 2), prefix, false));
    if (type === 1 || type === 2) d.print([...d.slice(at + 2, units * 8 - 2)].map((byte) => hex(byte, 2)).join(':'));
    else if (type === 3) {
      const flags = bitNames(
        [
          [0x80, 'onlink'],
          [0x40, 'auto'],
          [0x20, 'router'],
        ],
        d.u8(at + 3),
      );
      d.print(
        `${d.host6(at + 16)}/${d.u8(at + 2)}${units === 4 ? '' : 'badlen'}, Flags [${flags}], valid time ${seconds(d.u32(at + 4))}, pref. time ${seconds(d.u32(at + 8))}`,
      );
    } else if (type === 5) d.print(` ${d.u32(at + 4)}${units === 1 ? '' : 'bad option length'}`);
    else if (type === 25) {
      d.print(` lifetime ${d.u32(at + 4)}s,`);
      for (let i = 0; i < (units - 1) >> 1; i++) d.print(` addr: ${d.host6(at + 8 + i * 16)}`);
    } else if (d.options.verbose <= 1) {
      dump('\n\t  ');
      return;
    }
    if (d.options.verbose > 1) dump('\n\t    ');
    at += units * 8;
  }
}
