/** How connections begin: connect's SYN, a listener's SYN-ACK (tcp_connect, tcp_conn_request, inet_rtx_syn_ack). */
import { done } from '../../base/index.ts';
import { isIpv6LinkLocal, isUnspecified, PARTIAL_CHECKSUM, Tcp, TcpFlag, type IpAddress } from '../../wire/index.ts';
import { fail, type KernelResult } from '../error.ts';
import { answerTrace } from '../ipv4/icmp.ts';
import type { Device, Skb } from '../model.ts';
import { synOptions } from './options.ts';
import { armRto, sendSegment, syncMss } from './output.ts';
import { advertisedMss, dispatch, mtuOn, packet, routeBack, routeTo, timestampNow, type Ends, type Way } from './packet.ts';
import { Segment } from './segment.ts';
import { advance } from './sequence.ts';
import type { RequestOptions, TcpRequest, TcpSocket } from './socket.ts';
import { RTO_FIRST_US, RTO_MAX_US, TcpState } from './state.ts';
import { tablesOf } from './tables.ts';
import { firstWindow } from './windows.ts';

/** tcp_v4_connect and tcp_connect. */
export function openConnection(socket: TcpSocket, address: IpAddress, port: number): KernelResult {
  const { netns } = socket;
  if (typeof address === 'string' && socket.family === 4) return fail('EAFNOSUPPORT');
  // A socket bound to an address of one family cannot reach the other.
  if (typeof address !== typeof socket.localAddress && !isUnspecified(socket.localAddress)) return fail('ENETUNREACH');
  if (typeof address === 'string' && isIpv6LinkLocal(address) && socket.boundDevice === null) return fail('EINVAL');
  if (typeof address === 'number' && socket.family === 6 && socket.v6Only) return fail('ENETUNREACH');
  const ends = { localAddress: socket.localAddress, localPort: socket.localPort, remoteAddress: address, remotePort: port };
  const way = routeTo(netns, ends, { out: socket.boundDevice, tos: socket.tos, mark: socket.mark, uid: socket.owner?.uid ?? 0 });
  if (typeof way === 'string') {
    if (way === 'ENETUNREACH') netns.mib[typeof address === 'number' ? 'ip' : 'ip6'].OutNoRoutes++;
    return fail(way);
  }
  if (way.kind === 'broadcast' || way.kind === 'multicast') return fail('ENETUNREACH');
  const tables = tablesOf(netns);
  const before = socket.localAddress;
  socket.localAddress = isUnspecified(before) ? way.source : before;
  socket.remoteAddress = address;
  socket.remotePort = port;
  if (!socket.isPortBound) {
    socket.localPort = tables.portToConnect(socket, netns);
    if (socket.localPort !== 0) {
      socket.isPortBound = true;
      tables.hold(socket);
    }
  }
  const known = tables.find(socket.localAddress, socket.localPort, address, port);
  if (socket.localPort === 0 || known !== undefined) {
    socket.localAddress = before;
    socket.remoteAddress = socket.anyAddress;
    socket.remotePort = 0;
    return fail('EADDRNOTAVAIL');
  }
  socket.route = way;
  socket.state = TcpState.SYN_SENT;
  tables.add(socket);
  const mtu = mtuOn(way, netns);
  socket.advertisedMss = advertisedMss(way, netns);
  socket.peerMss = 65_495;
  syncMss(socket, mtu);
  socket.peerMss = 536;
  const first = firstWindow(netns, socket.advertisedMss, netns.ipv4.tcp_window_scaling !== 0);
  socket.rcvWnd = first.window;
  socket.rcvScale = first.scale;
  socket.windowClamp = first.clamp;
  socket.rcvSsthresh = first.window;
  socket.tsOffset = netns.rng.uint32();
  socket.ipId = netns.rng.uint32() & 0xffff;
  const isn = netns.rng.uint32();
  socket.firstSendSeq = socket.sndUna = socket.sndNxt = isn;
  socket.rtoUs = RTO_FIRST_US;
  const syn = new Segment(isn, '', TcpFlag.SYN);
  socket.segments.push(syn);
  socket.writeSeq = advance(isn, 1);
  socket.sent = 1;
  netns.mib.tcp.ActiveOpens++;
  sendSegment(socket, syn);
  armRto(socket);
  return done;
}
/** The answer to a SYN; `cause` leads the trace on. */
export function sendSynAck(request: TcpRequest, cause: Skb | null): void {
  const { listener, options } = request;
  const { netns } = listener;
  const route = routeRequest(request);
  if (route === null) return;
  const skb = packet(request, route, netns, listener.ttl, listener.tos);
  const stamp = options.timestamps ? ([timestampNow(netns, options.tsOffset), options.tsRecent] as const) : null;
  const bytes = synOptions(options.advertisedMss, options.sack, stamp, options.sndScale >= 0 ? options.rcvScale : -1);
  const flags = TcpFlag.SYN | TcpFlag.ACK;
  skb.tcp = new Tcp(request.localPort, request.remotePort, request.ownSeq, advance(request.peerSeq, 1), flags, Math.min(options.rcvWnd, 65535), bytes);
  skb.tcp.checksum = PARTIAL_CHECKSUM;
  skb.socket = listener;
  skb.mark = options.mark;
  netns.mib.tcp.OutSegs++;
  if (request.retransmits > 0) {
    netns.mib.tcp.RetransSegs++;
    netns.mib.tcp.TCPSynRetrans++;
  }
  if (cause !== null) answerTrace(skb, cause, netns, 'reply');
  dispatch(skb, netns, route);
}
function routeRequest(request: TcpRequest): Way | null {
  const { netns } = request.listener;
  if (request.route !== null && request.route.generation === netns.fibGeneration) return request.route;
  const way = routeBack(netns, request, request.boundDevice, request.listener.tos, request.options.mark);
  request.route = way;
  return way;
}
/** What a listener offers to whom sent a SYN: the segment size and windows of the way back. */
export function offer(listener: TcpSocket, to: Ends, out: Device | null, options: RequestOptions): Way | null {
  const { netns } = listener;
  const way = routeBack(netns, to, out, listener.tos, options.mark);
  if (way === null) return null;
  options.advertisedMss = advertisedMss(way, netns);
  const first = firstWindow(netns, options.advertisedMss - (options.timestamps ? 12 : 0), options.sndScale >= 0);
  options.rcvWnd = first.window;
  options.rcvScale = first.scale;
  options.windowClamp = first.clamp;
  return way;
}
/** The same question again: the answer was lost (inet_rtx_syn_ack, reqsk_timer_handler). */
export function armSynAck(request: TcpRequest, giveUp: () => void): void {
  const { netns } = request.listener;
  const delayUs = Math.min(RTO_FIRST_US * 2 ** request.retransmits, RTO_MAX_US);
  request.timer = netns.simulation.after(delayUs, () => {
    if (request.retransmits >= netns.ipv4.tcp_synack_retries) return giveUp();
    request.retransmits++;
    sendSynAck(request, null);
    armSynAck(request, giveUp);
  });
}
