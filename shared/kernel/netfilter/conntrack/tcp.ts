/**
 * The states of tracked TCP connections and how long each lasts (nf_conntrack_proto_tcp.c). The man in the middle sees what both ends send and
 * guesses what they think.
 */
import { TcpFlag, type Tcp } from '../../../wire/index.ts';
import { ORIGINAL, REPLY, Status, TcpTrack, type Connection, type Direction } from './connection.ts';
import type { ConntrackSettings } from './settings.ts';
import type { ConntrackTable } from './table.ts';

const [NO, SS, SR, ES, FW, CW, LA, TW, CL, S2, IV, IG] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
/** Rows: what the packet is (syn, syn-ack, fin, ack, rst, none); columns: the state so far. */
const SYN = 0;
const SYNACK = 1;
const FIN = 2;
const ACK = 3;
const RST = 4;
const NONE = 5;
const NEVER = [IV, IV, IV, IV, IV, IV, IV, IV, IV, IV];
const RESET = [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL];
const FINISH = [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV];
const TRANSITIONS: readonly (readonly (readonly number[])[])[] = [
  [[SS, SS, IG, IG, IG, IG, IG, SS, SS, S2], [IV, IV, SR, IV, IV, IV, IV, IV, IV, SR], FINISH, [ES, IV, ES, ES, CW, CW, TW, TW, CL, IV], RESET, NEVER],
  [[IV, S2, IV, IV, IV, IV, IV, SS, IV, S2], [IV, SR, IG, IG, IG, IG, IG, IG, IG, SR], FINISH, [IV, IG, SR, ES, CW, CW, TW, TW, CL, IG], RESET, NEVER],
];

function packetIndex(flags: number): number {
  if ((flags & TcpFlag.RST) !== 0) return RST;
  if ((flags & TcpFlag.SYN) !== 0) return (flags & TcpFlag.ACK) !== 0 ? SYNACK : SYN;
  if ((flags & TcpFlag.FIN) !== 0) return FIN;
  return (flags & TcpFlag.ACK) !== 0 ? ACK : NONE;
}
const F = TcpFlag;
const VALID_FLAGS = new Set<number>([F.SYN, F.SYN | F.URG, F.SYN | F.ACK, F.RST, F.RST | F.ACK, F.FIN | F.ACK, F.FIN | F.ACK | F.URG, F.ACK, F.ACK | F.URG]);

function timeoutOf(state: number, settings: ConntrackSettings): number {
  switch (state) {
    case SR:
      return settings.nf_conntrack_tcp_timeout_syn_recv;
    case ES:
      return settings.nf_conntrack_tcp_timeout_established;
    case FW:
      return settings.nf_conntrack_tcp_timeout_fin_wait;
    case CW:
      return settings.nf_conntrack_tcp_timeout_close_wait;
    case LA:
      return settings.nf_conntrack_tcp_timeout_last_ack;
    case TW:
      return settings.nf_conntrack_tcp_timeout_time_wait;
    case CL:
      return settings.nf_conntrack_tcp_timeout_close;
    default:
      return settings.nf_conntrack_tcp_timeout_syn_sent;
  }
}

const isAfter = (a: number, b: number): boolean => ((a - b) | 0) > 0;

/** `again`: the connection is gone, the packet begins a new one. */
export type TrackResult = 'accept' | 'invalid' | 'again';

export function trackTcp(connection: Connection, tcp: Tcp, dataLength: number, direction: Direction, table: ConntrackTable, nowUs: number): TrackResult {
  const { settings } = table;
  if (!VALID_FLAGS.has(tcp.flags & ~(F.PSH | F.ECE | F.CWR))) return 'invalid';
  const index = packetIndex(tcp.flags);
  if (!connection.isConfirmed) {
    const begin = TRANSITIONS[ORIGINAL]![index]![NO]!;
    if (begin >= IV || (begin !== SS && settings.nf_conntrack_tcp_loose === 0)) return 'invalid';
    connection.tcp ??= new TcpTrack();
  }
  const track = connection.tcp!;
  const old = track.state;
  let state = TRANSITIONS[direction]![index]![old]!;
  const end = (tcp.seq + dataLength + ((tcp.flags & (F.SYN | F.FIN)) !== 0 ? 1 : 0)) >>> 0;
  if (state === SS && old >= TW) {
    if (track.closing || (track.lastDirection === direction && track.lastIndex === RST)) {
      table.remove(connection);
      return 'again';
    }
    state = IG;
  }
  if (state === IG) {
    if (index === SYNACK && track.lastIndex === SYN && track.lastDirection !== direction && tcp.ack === track.lastEnd) state = SR;
    else {
      track.lastIndex = index;
      track.lastDirection = direction;
      track.lastEnd = end;
      return 'accept';
    }
  }
  if (state === IV) return 'invalid';
  watchData(track, tcp, end, direction);
  track.lastIndex = index;
  track.lastDirection = direction;
  track.lastEnd = end;
  track.state = state;
  if (old !== state && state === FW) track.closing = true;
  let timeout = timeoutOf(state, settings);
  if (index === RST) timeout = settings.nf_conntrack_tcp_timeout_close;
  else if (track.unacknowledged[0] || track.unacknowledged[1]) timeout = Math.min(timeout, settings.nf_conntrack_tcp_timeout_unacknowledged);
  if ((connection.status & Status.SEEN_REPLY) === 0 && direction === ORIGINAL) {
    if (index === SYN && old === SS) return 'accept';
    if (state === ES) timeout = Math.min(timeout, settings.nf_conntrack_tcp_timeout_unacknowledged);
  }
  if ((connection.status & Status.SEEN_REPLY) === 0 && index === RST) {
    table.remove(connection);
    return 'accept';
  }
  if ((connection.status & (Status.SEEN_REPLY | Status.ASSURED)) === Status.SEEN_REPLY && (old === SR || old === ES) && state === ES)
    connection.status |= Status.ASSURED;
  if ((connection.status & Status.FIXED_TIMEOUT) === 0) connection.expiresUs = nowUs + timeout * 1e6;
  if (old !== state) table.updated(connection);
  return 'accept';
}

/** Data that nobody has acknowledged yet shortens the timeout. */
function watchData(track: TcpTrack, tcp: Tcp, end: number, direction: Direction): void {
  if (track.end[direction] === 0 || isAfter(end, track.end[direction])) {
    track.end[direction] = end;
    track.unacknowledged[direction] = true;
  }
  const other = direction === ORIGINAL ? REPLY : ORIGINAL;
  if ((tcp.flags & F.ACK) !== 0 && tcp.ack === track.end[other]) track.unacknowledged[other] = false;
}
