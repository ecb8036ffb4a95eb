/** What a listener does with a SYN, and with the answer to its own (tcp_conn_request, tcp_v4_syn_recv_sock). */
import type { Tcp } from '../../wire/index.ts';
import type { Netns, Skb } from '../model.ts';
import { drop } from '../transmit.ts';
import { dropRequest } from './ending.ts';
import { armSynAck, offer, sendSynAck } from './opening.ts';
import type { TcpOptions } from './options.ts';
import { syncMss } from './output.ts';
import { advance } from './sequence.ts';
import { TcpRequest, TcpSocket, type RequestOptions } from './socket.ts';
import { TcpState } from './state.ts';
import { tablesOf } from './tables.ts';
import { endsOf, linkOf, mtuOn } from './packet.ts';

export function answerSyn(listener: TcpSocket, skb: Skb, tcp: Tcp, options: TcpOptions): void {
  const { netns } = listener;
  if (listener.acceptQueue.length > listener.backlog || listener.requests.size > listener.backlog) {
    if (listener.acceptQueue.length > listener.backlog) netns.mib.tcp.ListenOverflows++;
    else netns.mib.tcp.TCPReqQFullDrop++;
    netns.mib.tcp.ListenDrops++;
    return drop(skb, netns, 'NO_SOCKET', `the backlog of port ${listener.localPort} is full`);
  }
  const { tcp_timestamps, tcp_sack, tcp_window_scaling } = netns.ipv4;
  const agreed: RequestOptions = {
    peerMss: options.mss === 0 ? (skb.ip6 === null ? 536 : 1220) : options.mss,
    advertisedMss: 0,
    sndScale: tcp_window_scaling !== 0 ? options.windowScale : -1,
    rcvScale: 0,
    rcvWnd: 0,
    windowClamp: 0,
    sack: options.sackPermitted && tcp_sack !== 0,
    timestamps: options.hasTimestamp && tcp_timestamps !== 0,
    tsRecent: options.hasTimestamp ? options.tsValue : 0,
    tsOffset: netns.rng.uint32(),
    peerWindow: tcp.window,
    mark: listener.mark,
  };
  const ends = endsOf(skb);
  const link = listener.boundDevice ?? linkOf(skb);
  const route = offer(listener, ends, link, agreed);
  if (route === null) return drop(skb, netns, 'IP_OUTNOROUTES', 'no way back to who sent the SYN');
  const request = new TcpRequest(listener, ends.localAddress, ends.localPort, ends.remoteAddress, ends.remotePort, tcp.seq, netns.rng.uint32(), agreed, link);
  request.route = route;
  listener.requests.add(request);
  tablesOf(netns).add(request);
  armSynAck(request, () => dropRequest(request));
  sendSynAck(request, skb);
}

/** A socket for half a connection whose other half has come. */
export function childOf(request: TcpRequest, netns: Netns): TcpSocket {
  const { listener, options } = request;
  dropRequest(request);
  const child = new TcpSocket(netns, listener.family);
  child.v6Only = listener.v6Only;
  child.localAddress = request.localAddress;
  child.localPort = request.localPort;
  child.remoteAddress = request.remoteAddress;
  child.remotePort = request.remotePort;
  child.isPortBound = true;
  child.boundDevice = request.boundDevice;
  child.reuseAddress = listener.reuseAddress;
  child.reusePort = listener.reusePort;
  child.mark = options.mark;
  child.tos = listener.tos;
  child.ttl = listener.ttl;
  child.noDelay = listener.noDelay;
  child.owner = null;
  child.state = TcpState.SYN_RECV;
  child.firstSendSeq = request.ownSeq;
  child.sndUna = child.sndNxt = child.writeSeq = advance(request.ownSeq, 1);
  child.rcvNxt = child.rcvWup = advance(request.peerSeq, 1);
  child.rcvWnd = child.rcvSsthresh = options.rcvWnd;
  child.windowClamp = options.windowClamp;
  child.rcvScale = options.sndScale >= 0 ? options.rcvScale : 0;
  child.sndScale = Math.max(0, options.sndScale);
  child.timestamps = options.timestamps;
  child.tsOffset = options.tsOffset;
  child.tsRecent = options.tsRecent;
  child.sack = options.sack;
  child.peerMss = options.peerMss;
  child.advertisedMss = options.advertisedMss - (options.timestamps ? 12 : 0);
  child.ipId = netns.rng.uint32() & 0xffff;
  child.route = request.route;
  if (request.route !== null) syncMss(child, mtuOn(request.route, netns));
  const tables = tablesOf(netns);
  tables.add(child);
  tables.hold(child);
  return child;
}
