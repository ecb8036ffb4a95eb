/** `netstat` of sockets: rows of /proc/net/tcp, udp, raw, unix, igmp as the program words them. Authority: netstat.c of net-tools 2.10. */
import type { Bytes } from '../../base/index.ts';
import type { Process } from '../../shell/index.ts';
import { formatIpv4, formatIpv6, type Ipv6 } from '../../wire/index.ts';
import { serviceOfPort } from '../names/services.ts';
import { showHost, type Shown } from './names.ts';
import { addressOfHex, rowsOf } from './proc-file.ts';

export interface SocketView {
  /** Which of them: `-a`, `-l`, or those that are connected. */
  readonly which: 'all' | 'listening' | 'connected';
  readonly hosts: Shown;
  readonly ports: Shown;
  readonly users: Shown;
  readonly isWide: boolean;
  readonly isExtended: boolean;
  readonly hasTimers: boolean;
  /** Who has a socket, by its inode; undefined without `-p`. */
  readonly programs: ReadonlyMap<Bytes, Bytes> | undefined;
}

const PROGRAM_WIDTH = 20;
/** prg_cache_load: the first process that has a socket is its owner. */
export function programsOf(p: Process): ReadonlyMap<Bytes, Bytes> {
  const programs = new Map<Bytes, Bytes>();
  for (const { pid, process } of p.namespaces.pid.list()) {
    const [command = ''] = process.argv;
    const name = command.startsWith('/') ? command.slice(command.lastIndexOf('/') + 1) : command;
    for (const fd of process.fds.numbers()) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(process.fds.get(fd)?.describe() ?? '') ?? [];
      if (inode !== undefined && !programs.has(inode)) programs.set(inode, `${pid}/${name}`.slice(0, PROGRAM_WIDTH - 1));
    }
  }
  return programs;
}
export const programColumn = ({ programs }: SocketView, text: Bytes): Bytes => (programs === undefined ? '' : ` ${text.padEnd(PROGRAM_WIDTH)}`);
export const PROGRAM_TITLE = 'PID/Program name';

const STATES = ['', 'ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT', 'LAST_ACK', 'LISTEN', 'CLOSING'];
const ESTABLISHED = 1;
const CLOSE = 7;

/** One row of a table of sockets, its numbers read. */
interface Row {
  readonly local: readonly [address: Bytes, port: number];
  readonly remote: readonly [address: Bytes, port: number];
  readonly state: number;
  readonly queues: readonly [sent: number, received: number];
  readonly timer: readonly [kind: number, left: number, tries: number];
  readonly uid: Bytes;
  readonly timeout: Bytes;
  readonly inode: Bytes;
}
function parseRow(text: Bytes): Row {
  const [, local = '', remote = '', state = '0', queues = '', timer = '', tries = '0', uid = '0', timeout = '0', inode = '0'] = text.trim().split(/\s+/);
  const end = (word: Bytes): readonly [Bytes, number] => [word.slice(0, word.indexOf(':')), parseInt(word.slice(word.indexOf(':') + 1), 16)];
  const two = (word: Bytes): readonly [number, number] => [parseInt(word, 16), parseInt(word.slice(word.indexOf(':') + 1), 16)];
  const [kind, left] = two(timer);
  return {
    local: end(local),
    remote: end(remote),
    state: parseInt(state, 16),
    queues: two(queues),
    timer: [kind, left, parseInt(tries, 16)],
    uid,
    timeout,
    inode,
  };
}

/** IPv6 addresses are four numbers of the little-endian machine. */
const ipv6OfHex = (text: Bytes): Ipv6 => text.replace(/(..)(..)(..)(..)/g, '$4$3$2$1').toLowerCase();
const HOST_WIDTH = 22;
function endText(p: Process, view: SocketView, [address, port]: readonly [Bytes, number], protocol: 'tcp' | 'udp' | 'raw'): Bytes {
  const isIpv6 = address.length > 8;
  const any6 = isIpv6 && /^0+$/.test(address) && view.hosts === 'names';
  const host = isIpv6 ? (any6 ? '[::]' : formatIpv6(ipv6OfHex(address)).replace(/^::ffff:(?=.*\.)/, '')) : showHost(p, addressOfHex(address), view.hosts);
  const name = view.ports === 'names' && protocol !== 'raw' ? serviceOfPort(port, protocol) : undefined;
  const service = port === 0 ? '*' : (name ?? String(port));
  if (view.isWide || host.length + service.length <= HOST_WIDTH) return `${host}:${service}`;
  const width = Math.min(service.length, HOST_WIDTH - 4);
  return `${host.slice(0, HOST_WIDTH - width)}:${service.slice(0, width)}`;
}

function tail(view: SocketView, row: Row, timer: Bytes): Bytes {
  const user = view.users === 'names' && row.uid === '0' ? 'root' : row.uid;
  const extended = view.isExtended ? ` ${user.padEnd(10)} ${row.inode.padEnd(10)}` : '';
  return `${extended}${programColumn(view, view.programs?.get(row.inode) ?? '-')}${view.hasTimers ? ` ${timer}` : ''}\n`;
}
const TCP_TIMERS = ['off', 'on', 'keepalive', 'timewait', 'probe'];
function timerText({ timer: [kind, left, tries], timeout }: Row, names: readonly string[]): Bytes {
  const seconds = kind === 0 ? '0.00' : (left / 100).toFixed(2);
  return `${names[kind] ?? `unkn-${kind}`} (${seconds}/${tries}/${timeout})`;
}

/** The rows of a table; a text when there is none. */
export function tcpText(p: Process, view: SocketView, path: Bytes, protocol: 'tcp' | 'tcp6'): Bytes | undefined {
  const rows = rowsOf(p, path, 1);
  if (typeof rows === 'string') return undefined;
  let text = '';
  for (const row of rows.map(parseRow)) {
    if (view.which === 'listening' ? row.remote[1] !== 0 : view.which === 'connected' && row.remote[1] === 0) continue;
    const [local, remote] = [endText(p, view, row.local, 'tcp'), endText(p, view, row.remote, 'tcp')];
    const queues = `${String(row.queues[1]).padStart(6)} ${String(row.queues[0]).padStart(6)}`;
    text += `${protocol.padEnd(4)}  ${queues} ${local.padEnd(23)} ${remote.padEnd(23)} ${(STATES[row.state] ?? '').padEnd(11)}${tail(view, row, timerText(row, TCP_TIMERS))}`;
  }
  return text;
}
export function datagramText(p: Process, view: SocketView, path: Bytes, protocol: string, kind: 'udp' | 'raw'): Bytes | undefined {
  const rows = rowsOf(p, path, 1);
  if (typeof rows === 'string') return undefined;
  let text = '';
  for (const row of rows.map(parseRow)) {
    const isConnected = !/^0*$/.test(row.remote[0]);
    if (view.which === 'listening' ? isConnected : view.which === 'connected' && !isConnected) continue;
    const state = kind === 'raw' ? String(row.state) : row.state === ESTABLISHED ? 'ESTABLISHED' : row.state === CLOSE ? '' : 'UNKNOWN';
    const queues = `${String(row.queues[1]).padStart(6)} ${String(row.queues[0]).padStart(6)}`;
    const ends = `${endText(p, view, row.local, kind).padEnd(23)} ${endText(p, view, row.remote, kind).padEnd(23)}`;
    const name = kind === 'raw' ? `${protocol.padEnd(4)} ` : protocol.padEnd(5);
    text += `${name} ${queues} ${ends} ${state.padEnd(11)}${tail(view, { ...row, timer: [row.timer[0], row.timer[1], 0] }, timerText(row, ['off', 'on1', 'on2']))}`;
  }
  return text;
}

const UNIX_TYPES: Readonly<Record<number, string>> = { 1: 'STREAM', 2: 'DGRAM', 3: 'RAW', 4: 'RDM', 5: 'SEQPACKET' };
const UNIX_STATES = ['FREE', '', 'CONNECTING', 'CONNECTED', 'DISCONNECTING'];
const ACCEPTS = 0x10000;
export function unixText(p: Process, view: SocketView): Bytes {
  const rows = rowsOf(p, '/proc/net/unix', 1);
  let text = '';
  for (const row of typeof rows === 'string' ? [] : rows) {
    const [, references = '0', , flagText = '0', type = '0', stateText = '0', inode = '0', path = ''] = row.trim().split(/\s+/);
    const accepts = (parseInt(flagText, 16) & ACCEPTS) !== 0;
    const state = parseInt(stateText, 16);
    const isListening = state === 1 && accepts;
    if (view.which !== 'all' && isListening !== (view.which === 'listening')) continue;
    const cells = [`${parseInt(references, 16)}`.padEnd(6), `[ ${accepts ? 'ACC ' : ''}]`.padEnd(11), (UNIX_TYPES[parseInt(type, 16)] ?? 'UNKNOWN').padEnd(10)];
    text += `unix  ${cells.join(' ')} ${(isListening ? 'LISTENING' : (UNIX_STATES[state] ?? 'UNKNOWN')).padEnd(13)} ${inode.padEnd(8)}`;
    text += `${programColumn(view, view.programs?.get(inode) ?? '-')} ${path}\n`;
  }
  return text;
}

/** `netstat -g`. */
export function groupsText(p: Process, families: { readonly inet: boolean; readonly inet6: boolean }): Bytes {
  const line = (device: Bytes, users: Bytes, group: Bytes): Bytes => `${device.padEnd(15)} ${users.padEnd(6)} ${group}\n`;
  const [ipv4, ipv6] = [rowsOf(p, '/proc/net/igmp', 1), rowsOf(p, '/proc/net/igmp6', 0)];
  let text = '';
  let device = '';
  for (const row of families.inet && typeof ipv4 !== 'string' ? ipv4 : []) {
    const [first = '', second = ''] = row.trim().split(/\s+/);
    if (row.startsWith('\t')) text += line(device, second, formatIpv4(addressOfHex(first)));
    else device = second.split(':', 1)[0] ?? '';
  }
  for (const row of families.inet6 && typeof ipv6 !== 'string' ? ipv6 : []) {
    const [, name = '', group = '', users = ''] = row.trim().split(/\s+/);
    text += line(name, users, formatIpv6(group));
  }
  return text;
}
