/** The segments of traceroute's tcp method, and what -O asks of them (mod-tcp.c). */
import { err, ok, toUint8Array, type Bytes, type Result } from '../../base/index.ts';
import type { Netns } from '../../kernel/index.ts';
import { foldChecksum, IpProtocol, pseudoHeaderSum4, pseudoHeaderSum6, sumWords, TcpFlag, type IpAddress, type Ipv4, type Ipv6 } from '../../wire/index.ts';
import { helpLine } from './options.ts';

export interface TcpWishes {
  readonly flags: number;
  readonly options: Bytes;
  /** Flags of the final answer are shown. */
  readonly showsFlags: boolean;
}
const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'] as const;
const BIT: Readonly<Record<string, number>> = {
  fin: TcpFlag.FIN, syn: TcpFlag.SYN, rst: TcpFlag.RST, psh: TcpFlag.PSH, ack: TcpFlag.ACK, urg: TcpFlag.URG, ece: TcpFlag.ECE, cwr: TcpFlag.CWR,
}; // prettier-ignore
export const flagNames = (flags: number): string => FLAGS.filter((name) => (flags & BIT[name]!) !== 0).join(',');

export const TCP_OPTIONS_HELP = [
  ['syn', 'Set tcp flag SYN (default if no other tcp flags specified)'],
  ['ack', 'Set tcp flag ACK,'],
  ['fin', 'FIN,'],
  ['rst', 'RST,'],
  ['psh', 'PSH,'],
  ['urg', 'URG,'],
  ['ece', 'ECE,'],
  ['cwr', 'CWR'],
  ['flags=NUM', 'Set tcp flags exactly to value NUM'],
  ['ecn', 'Send syn packet with tcp flags ECE and CWR (for Explicit Congestion Notification, rfc3168)'],
  ['sack', 'Use sack,'],
  ['timestamps', 'timestamps,'],
  ['window_scaling', 'window_scaling option for tcp'],
  ['sysctl', 'Use current sysctl (/proc/sys/net/*) setting for the tcp options and ecn. Always set by default (with "syn") if nothing else specified'],
  ['reuse', 'Allow to reuse local port numbers for the huge workloads (SO_REUSEADDR)'],
  ['mss=NUM', 'Use value of NUM for maxseg tcp option (when syn)'],
  ['info', 'Print tcp flags of final tcp replies when target host is reached. Useful to determine whether an application listens the port etc.'],
]
  .map(([typed = '', text = '']) => helpLine(typed, text))
  .join('');

/** What a list of -O says; the word that it does not know. */
export function tcpWishes(words: readonly Bytes[], netns: Netns, mtu: number, ipHeader: number): Result<TcpWishes, string> {
  let flags = 0;
  let mss = 0;
  const wanted = new Set<string>();
  for (const word of words) {
    const [name = '', value = ''] = word.split('=', 2);
    if (name in BIT) flags |= BIT[name]!;
    else if (name === 'flags') flags = Number(value) & 0xff;
    else if (name === 'mss') mss = Number(value);
    else if (['ecn', 'sack', 'timestamps', 'window_scaling', 'sysctl', 'info', 'reuse'].includes(name)) wanted.add(name);
    else return err(word);
  }
  if (flags === 0) flags = TcpFlag.SYN;
  const isPlain = flags === TcpFlag.SYN && !['ecn', 'sack', 'timestamps', 'window_scaling'].some((each) => wanted.has(each));
  if (wanted.has('sysctl') || isPlain) {
    if (netns.ipv4.tcp_sack !== 0) wanted.add('sack');
    if (netns.ipv4.tcp_timestamps !== 0) wanted.add('timestamps');
    if (netns.ipv4.tcp_window_scaling !== 0) wanted.add('window_scaling');
  }
  if (wanted.has('ecn')) flags |= TcpFlag.ECE | TcpFlag.CWR;
  return ok({ flags, options: optionBytes(flags, wanted, mss === 0 ? mtu - ipHeader - 20 : mss), showsFlags: wanted.has('info') });
}
const word16 = (value: number): Bytes => String.fromCharCode((value >>> 8) & 255, value & 255);
const word32 = (value: number): Bytes => word16(value >>> 16) + word16(value);
function optionBytes(flags: number, wanted: ReadonlySet<string>, mss: number): Bytes {
  const isSyn = (flags & TcpFlag.SYN) !== 0;
  let bytes = isSyn ? `\x02\x04${word16(mss)}` : '';
  if (wanted.has('timestamps')) bytes += `${wanted.has('sack') ? '\x04\x02' : '\x01\x01'}\x08\x0a${word32(0x12345678)}${word32(0)}`;
  else if (wanted.has('sack')) bytes += '\x01\x01\x04\x02';
  if (wanted.has('window_scaling')) bytes += '\x01\x03\x03\x02';
  return bytes;
}
/** A header with its options. */
export function segmentBytes(
  wishes: TcpWishes,
  ends: { readonly localAddress: IpAddress; readonly remoteAddress: IpAddress },
  sourcePort: number,
  port: number,
  seq: number,
): Bytes {
  const length = 20 + wishes.options.length;
  const before = word16(sourcePort) + word16(port) + word32(seq) + word32(0) + String.fromCharCode((length >> 2) << 4, wishes.flags) + word16(5840);
  const after = word16(0) + wishes.options;
  const { localAddress: from, remoteAddress: to } = ends;
  const pseudo =
    typeof from === 'number' ? pseudoHeaderSum4(from, to as Ipv4, IpProtocol.TCP, length) : pseudoHeaderSum6(from, to as Ipv6, IpProtocol.TCP, length);
  const sum = foldChecksum(sumWords(toUint8Array(before + word16(0) + after), 0, length, pseudo));
  return before + word16(sum) + after;
}
