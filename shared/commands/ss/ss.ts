/**
 * ss: the sockets of a network namespace (iproute2 6.1.0).
 * Deviation: no sockets of UNIX, netlink, SCTP, VSOCK, TIPC, XDP families; -E, -K, -b, -D are not modelled; -i lists what the model has.
 */
import type { Bytes } from '../../base/index.ts';
import { strerror } from '../../base/index.ts';
import { TcpSocket, TcpState, TimeWait, tcpTablesOf, UdpSocket, type Netns, Raw6Socket, RawSocket } from '../../kernel/index.ts';
import { netnsAt, netnsOf, NETNS_DIR, type InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { formatIp, ipv6Mapped, isUnspecified, type IpAddress } from '../../wire/index.ts';
import { protocolName } from '../names/protocols.ts';
import { serviceOfPort } from '../names/services.ts';
import { hostNameOf } from '../net/index.ts';
import { renderTable } from './columns.ts';
import { infoText, memoryText, timerText } from './details.ts';
import { FilterError, parseFilter, type Filter } from './filter.ts';
import { HELP } from './help.ts';
import { parseSs, SPECS, type SsOptions } from './options.ts';
import { packetRows, rawRows, tcpRows, udpRows, usersOf, type Database, type Row } from './rows.ts';
import { declared, declaredOptions, type Declaration } from '../declaration.ts';

const STATE_TEXTS = [
  'UNKNOWN',
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
] as const;

const main: Program = function* (p) {
  const parsed = parseSs(p.argv);
  if (parsed.kind === 'end') {
    if (parsed.fd === 1) yield* p.print(parsed.text);
    else yield* p.error(parsed.text);
    return parsed.status;
  }
  const { options } = parsed;
  let netns = netnsOf(p);
  if (options.netns !== undefined) {
    const found = netnsAt(p, `${NETNS_DIR}/${options.netns}`);
    if (!found.ok) {
      yield* p.error(`Cannot open network namespace "${options.netns}": ${strerror(found.error)}\n`);
      return 1;
    }
    netns = found.value;
  }
  for (const [id, what] of [
    ['E', 'ss -E'],
    ['K', 'ss -K'],
    ['b', 'ss -b'],
    ['D', 'ss -D'],
    ['F', 'ss -F'],
  ] as const) {
    // prettier-ignore
    if (!options.has(id)) continue;
    yield* p.error(`ss: not modelled: ${what}\n`);
    return 1;
  }
  if (options.has('s')) {
    yield* p.print(summary(netns));
    if (options.isSummaryOnly) return 0;
  }
  return yield* show(p, netns, options);
};

function* show(p: Process, netns: Netns, options: SsOptions): Sys<number> {
  let filter: Filter | undefined;
  try {
    filter = parseFilter(p, options.words);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    yield* p.error(error.message + (error.isSyntax ? HELP : ''));
    return error.isSyntax ? 255 : 1;
  }
  const users = options.has('p') || options.has('T') ? usersOf(p) : undefined;
  const rows = rowsOf(netns, options).filter((row) => (options.states & (1 << row.state)) !== 0 && (filter === undefined || filter(row)));
  const cells = rows.map((row) => [
    row.database,
    STATE_TEXTS[row.state],
    `${row.receiveQueue}`.padEnd(6),
    `${row.sendQueue}`.padEnd(6),
    ...address(p, options, row, 'local'),
    ...address(p, options, row, 'remote'),
    extra(row, options, users),
  ]);
  const table = {
    showsNetid: options.kinds.size > 1,
    showsState: (options.states & (options.states - 1)) !== 0,
    showsHeader: !options.has('H'),
    width: screenWidth(p),
  };
  yield* p.print(renderTable(cells, table));
  return 0;
}
function rowsOf(netns: Netns, { kinds, hasIpv4, hasIpv6 }: SsOptions): readonly Row[] {
  const rows: Row[] = [];
  if (kinds.has('packet_raw') || kinds.has('packet_dgram'))
    rows.push(...packetRows(netns).filter(({ database }) => kinds.has(database === 'p_raw' ? 'packet_raw' : 'packet_dgram')));
  // Each protocol's sockets of IPv4, then those of IPv6.
  const add = (all: readonly Row[]): void => {
    if (hasIpv4) rows.push(...all.filter(({ family }) => family === 4));
    if (hasIpv6) rows.push(...all.filter(({ family }) => family === 6));
  };
  if (kinds.has('raw')) add(rawRows(netns));
  if (kinds.has('udp')) add(udpRows(netns));
  if (kinds.has('tcp')) add(tcpRows(netns));
  return rows;
}
/** Undefined where standard output is no terminal. */
function screenWidth(p: Process): number | undefined {
  if (!p.isTerminal(1)) return undefined;
  const size = p.fds.get(1)?.control({ kind: 'tty.get-size' }, p);
  const columns = size?.ok ? (size.value as { columns?: number } | undefined)?.columns : undefined;
  return columns !== undefined && columns > 0 ? columns : undefined;
}

const PACKET_NAMES: Readonly<Record<number, string>> = { 3: '*', 0x800: 'ipv4', 0x806: 'arp', 0x86dd: 'ipv6' };
function address(p: Process, options: SsOptions, row: Row, side: 'local' | 'remote'): readonly [Bytes, Bytes] {
  if (row.database === 'p_raw' || row.database === 'p_dgr') {
    if (side === 'remote') return ['*', ''];
    return [`${PACKET_NAMES[row.localPort] ?? `[${row.localPort}]`}:`, row.device?.name ?? '*'];
  }
  const [at, port] = side === 'local' ? [row.local, row.localPort] : [row.remote, row.remotePort];
  const device = side === 'local' && row.device !== null ? `%${row.device.name}` : '';
  return [`${hostText(p, options, row, at)}${device}:`, portText(options, row.database, port)];
}
/** `*` is a socket of IPv6 that hears IPv4 too. */
function hostText(p: Process, options: SsOptions, row: Row, at: IpAddress): Bytes {
  const isAny = isUnspecified(at);
  if (row.family === 6 && isAny && isUnspecified(row.local) && !row.v6Only) return '*';
  const name = options.has('r') && !isAny ? hostNameOf(p, at) : undefined;
  if (name !== undefined) return name;
  if (row.family === 4) return formatIp(at);
  return `[${formatIp(typeof at === 'number' ? ipv6Mapped(at) : at)}]`;
}
function portText(options: SsOptions, database: Database, port: number): Bytes {
  if (port === 0) return '*';
  if (database === 'raw') return protocolName(port) ?? `${port}`;
  // -r implies numbers of ports.
  return options.has('n') || options.has('r') ? `${port}` : (serviceOfPort(port, database) ?? `${port}`);
}

function extra(row: Row, options: SsOptions, users: ReturnType<typeof usersOf> | undefined): Bytes {
  const { socket } = row;
  let text = (socket !== undefined && users?.get(socket)) || '';
  if (options.has('o') || options.has('e')) text += timerText(row);
  if (options.has('e')) {
    const uid = socket?.owner?.uid ?? 0;
    text += `${uid === 0 ? '' : ` uid:${uid}`} ino:${socket?.inode ?? 0} sk:${(socket?.inode ?? 0).toString(16)}${row.mark === 0 ? '' : ` fwmark:0x${(row.mark >>> 0).toString(16)}`} cgroup:/`;
    if (socket instanceof TcpSocket) text += ` ${socket.readShut ? '-' : '<'}-${socket.writeShut ? '-' : '>'}`;
    else if (socket instanceof UdpSocket) text += ' <->';
  }
  if (options.has('tos') && row.tos !== 0) text += ` tos:0x${row.tos.toString(16)}`;
  if (options.has('m') || (options.has('i') && row.database === 'tcp')) {
    text += options.has('O') ? '' : '\n\t';
    if (options.has('m')) text += memoryText(row);
    if (options.has('i')) text += infoText(row, options.has('o') || options.has('e'));
  }
  return text;
}

function summary(netns: Netns): Bytes {
  const all = [...netns.sockets];
  const used = all.filter((socket) => !(socket instanceof UdpSocket && socket.isKernels)).length;
  const tcp = all.filter((socket) => socket instanceof TcpSocket);
  const waiting = [...tcpTablesOf(netns).all()].filter((endpoint) => endpoint instanceof TimeWait).length;
  const established = tcp.filter(({ state }) => state === TcpState.ESTABLISHED || state === TcpState.CLOSE_WAIT).length;
  const inUse = tcp.filter(({ state }) => state !== TcpState.CLOSE).length;
  let allocated = 0;
  for (const each of netns.host.netnses) for (const socket of each.sockets) if (socket instanceof TcpSocket) allocated++;
  const orphans = tcp.filter(({ isOrphan }) => isOrphan).length;
  const udp = all.filter((socket) => socket instanceof UdpSocket).length;
  const raw = all.filter((socket) => socket instanceof RawSocket).length;
  const row = (name: string, count: number, count6: number): string =>
    `${name}\t  ${`${count}`.padEnd(9)} ${`${count - count6}`.padEnd(9)} ${`${count6}`.padEnd(9)}\n`;
  const of6 = (sockets: readonly { readonly family: 4 | 6 }[]): number => sockets.filter(({ family }) => family === 6).length;
  const tcp6 = of6(tcp.filter(({ state }) => state !== TcpState.CLOSE));
  const udp6 = of6(all.filter((socket) => socket instanceof UdpSocket));
  const raw6 = of6(all.filter((socket) => socket instanceof Raw6Socket));
  const hashed = inUse + waiting;
  return (
    `Total: ${used}\nTCP:   ${allocated + waiting} (estab ${established}, closed ${allocated - (hashed - waiting)}, orphaned ${orphans}, timewait ${waiting})\n\n` +
    `Transport Total     IP        IPv6\n${row('RAW', raw + raw6, raw6)}${row('UDP', udp, udp6)}${row('TCP', inUse, tcp6)}${row('INET', raw + raw6 + udp + inUse, raw6 + udp6 + tcp6)}${row('FRAG', 0, 0)}\n`
  );
}

const DECLARATION: Declaration = { synopsis: '[ OPTIONS ] [ FILTER ]', options: declaredOptions(SPECS) };
export const SS_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/ss', main: declared(DECLARATION, main), origin: 'iproute2 6.1.0' }];
