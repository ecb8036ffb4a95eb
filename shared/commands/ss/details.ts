/** What ss adds to a row: timers, memory, the inside of a connection (tcp_stats_print of ss.c). */
import type { Bytes } from '../../base/index.ts';
import { readSysctl, TcpSocket, TcpState } from '../../kernel/index.ts';
import type { Row } from './rows.ts';

/** print_ms_timer. */
function duration(ms: number): string {
  let seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  seconds %= 60;
  let rest = ms % 1000;
  let text = '';
  if (minutes > 0) {
    rest = 0;
    text = `${minutes}min`;
    if (minutes > 9) seconds = 0;
  }
  if (seconds > 0) {
    if (seconds > 9) rest = 0;
    text += `${seconds}${rest > 0 ? '.' : 'sec'}`;
  }
  return rest > 0 ? `${text}${`${rest}`.padStart(3, '0')}ms` : text;
}
export const timerText = ({ timer }: Row): Bytes => (timer === undefined ? '' : ` timer:(${timer.name},${duration(timer.leftMs)},${timer.count})`);

/** `%g` of a number of milliseconds. */
const g = (value: number): string => `${Number(value.toPrecision(6))}`;

export function memoryText({ socket }: Row): Bytes {
  if (!(socket instanceof TcpSocket)) return ' skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0)';
  const isListening = socket.state === TcpState.LISTEN;
  return ` skmem:(r${socket.receiveCharge},rb${socket.receiveBuffer},t0,tb${isListening ? 16384 : 69120},f0,w${socket.unackedBytes},o0,bl0,d0)`;
}

export function infoText({ socket }: Row, showsOptions: boolean): Bytes {
  if (!(socket instanceof TcpSocket)) return '';
  const { netns } = socket;
  const words: string[] = [];
  const isListening = socket.state === TcpState.LISTEN;
  if (showsOptions && socket.timestamps) words.push('ts');
  if (showsOptions && socket.sack) words.push('sack');
  const algorithm = readSysctl(netns, 'ipv4/tcp_congestion_control');
  if (algorithm.ok) words.push(algorithm.value.trim());
  if (socket.sndScale > 0 || socket.rcvScale > 0) words.push(`wscale:${socket.sndScale},${socket.rcvScale}`);
  if (!isListening) words.push(`rto:${g(Math.round(socket.rtoUs / 1000))}`);
  if (socket.backoff > 0) words.push(`backoff:${socket.backoff}`);
  if (socket.srttUs > 0) words.push(`rtt:${g(Math.round(socket.srttUs) / 1000)}/${g(Math.round(socket.rttvarUs) / 1000)}`);
  if (socket.atoUs > 0) words.push(`ato:${g(socket.atoUs / 1000)}`);
  if (isListening) return ` ${words.join(' ')} cwnd:${socket.cwnd}`;
  words.push(`mss:${socket.mss}`);
  if (socket.pathMtu > 0) words.push(`pmtu:${socket.pathMtu}`);
  words.push(
    `rcvmss:${socket.rcvMss}`,
    `advmss:${socket.advertisedMss - (socket.timestamps && socket.advertisedMss > socket.mss ? 12 : 0)}`,
    `cwnd:${socket.cwnd}`,
  );
  if (socket.ssthresh < 0x7fff_ffff) words.push(`ssthresh:${socket.ssthresh}`);
  const counts: readonly (readonly [string, number])[] = [
    ['bytes_sent', socket.bytesSent],
    ['bytes_retrans', socket.bytesRetransmitted],
    ['bytes_acked', socket.bytesAcked],
    ['bytes_received', socket.bytesReceived],
    ['segs_out', socket.segmentsOut],
    ['segs_in', socket.segmentsIn],
    ['unacked', socket.sent],
  ];
  for (const [name, count] of counts) if (count > 0) words.push(`${name}:${count}`);
  if (socket.totalRetransmits > 0) words.push(`retrans:${socket.retransmits > 0 ? 1 : 0}/${socket.totalRetransmits}`);
  words.push(`rcv_ssthresh:${socket.rcvSsthresh}`, `snd_wnd:${socket.sndWnd}`);
  return ` ${words.join(' ')}`;
}
