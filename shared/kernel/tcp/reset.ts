/** Answers without a socket: resets to what belongs to nobody, acknowledgements of what is over. */
import { formatIp, Tcp, TcpFlag } from '../../wire/index.ts';
import { answerTrace } from '../ipv4/icmp.ts';
import type { Netns, Skb } from '../model.ts';
import { drop } from '../transmit.ts';
import { timestampOption } from './options.ts';
import { dispatch, endsOf, isUnicast, linkOf, packet, routeBack, timestampNow } from './packet.ts';
import { advance } from './sequence.ts';
import type { TimeWait } from './time-wait.ts';

/** tcp_v4_send_reset: to a segment that belongs to nobody. */
export function sendReset(cause: Skb, netns: Netns, tos = 0): void {
  const tcp = cause.tcp!;
  if ((tcp.flags & TcpFlag.RST) !== 0 || !isUnicast(cause)) return;
  const hasAck = (tcp.flags & TcpFlag.ACK) !== 0;
  const length = cause.payload.length + ((tcp.flags & TcpFlag.SYN) !== 0 ? 1 : 0) + ((tcp.flags & TcpFlag.FIN) !== 0 ? 1 : 0);
  const mark = netns.ipv4.fwmark_reflect !== 0 ? cause.mark : 0;
  const of = endsOf(cause);
  const way = routeBack(netns, of, linkOf(cause), tos, mark);
  if (way === null) return;
  const skb = packet(of, way, netns, 0, tos);
  const flags = hasAck ? TcpFlag.RST : TcpFlag.RST | TcpFlag.ACK;
  skb.tcp = new Tcp(tcp.dstPort, tcp.srcPort, hasAck ? tcp.ack : 0, hasAck ? 0 : advance(tcp.seq, length), flags, 0, '');
  skb.mark = mark;
  if (cause.recorder !== null) {
    drop(cause, netns, 'NO_SOCKET', `nobody listens on TCP port ${tcp.dstPort} of ${formatIp(of.localAddress)}`);
    answerTrace(skb, cause, netns, 'reply');
  }
  netns.mib.tcp.OutSegs++;
  netns.mib.tcp.OutRsts++;
  dispatch(skb, netns, way);
}
/** What one that is over says to stragglers. */
export function sendTimeWaitAck(from: TimeWait): void {
  const { netns } = from;
  const way = routeBack(netns, from, from.boundDevice, from.tos, from.mark);
  if (way === null) return;
  const skb = packet(from, way, netns, 0, from.tos);
  const options = from.timestamps ? timestampOption(timestampNow(netns, from.tsOffset), from.tsRecent) : '';
  const window = Math.min(65535, Math.floor(from.rcvWnd / 2 ** from.rcvScale));
  skb.tcp = new Tcp(from.localPort, from.remotePort, from.sndNxt, from.rcvNxt, TcpFlag.ACK, window, options);
  skb.mark = from.mark;
  netns.mib.tcp.OutSegs++;
  dispatch(skb, netns, way);
}
