/** TCP: flags, relative sequence numbers, options. Authority: print-tcp.c. Deviation: MPTCP and MD5 options are shown as bytes. */
import { IpProtocol, TcpFlag } from '../../../wire/index.ts';
import { endsText, type Around } from './around.ts';
import { hex, printable, rightChecksum, type Dissection } from './dissection.ts';
import { domain } from './domain.ts';
import { http, lines, ssh } from './text-protocols.ts';

const FLAG_LETTERS: readonly (readonly [number, string])[] = [
  [TcpFlag.FIN, 'F'],
  [TcpFlag.SYN, 'S'],
  [TcpFlag.RST, 'R'],
  [TcpFlag.PSH, 'P'],
  [TcpFlag.ACK, '.'],
  [TcpFlag.URG, 'U'],
  [TcpFlag.ECE, 'E'],
  [TcpFlag.CWR, 'W'],
];

export function tcp(d: Dissection, at: number, length: number, around: Around): void {
  d.protocol = 'tcp';
  if (!d.has(at, 4)) {
    d.print(`${around.source} > ${around.target}: [|tcp]`);
    return;
  }
  const [source, target] = [d.u16(at), d.u16(at + 2)];
  d.print(endsText(around, IpProtocol.TCP, d.port(source, 'tcp'), d.port(target, 'tcp')));
  if (!d.has(at, 20)) {
    d.print(' [|tcp]');
    return;
  }
  const header = (d.u8(at + 12) >> 4) * 4;
  if (header < 20) {
    d.print(` tcp ${length - header} [bad hdr length ${header} - too short, < 20]`);
    return;
  }
  const tooLong = header > length ? ` [bad hdr length ${header} - too long, > ${length}]` : '';
  if (d.options.quiet) {
    d.print(`tcp ${length - header}${tooLong}`);
    return;
  }
  const flags = d.u8(at + 13);
  const letters = FLAG_LETTERS.flatMap(([bit, letter]) => (flags & bit ? [letter] : [])).join('');
  d.print(`Flags [${letters === '' ? 'none' : letters}]`);
  const { seq, ack, sackBase } = relative(d, at, flags, around);
  if (tooLong !== '') {
    d.print(tooLong);
    return;
  }
  if (d.options.verbose > 0 && !d.options.unchecked && !around.isFragment && d.has(at, length)) {
    const given = d.u16(at + 16);
    const sum = d.sum(at, length, around.pseudo(IpProtocol.TCP, length));
    d.print(`, cksum 0x${hex(given, 4)} (${sum === 0xffff ? 'correct' : `incorrect -> 0x${hex(rightChecksum(given, sum), 4)}`})`);
  }
  const data = length - header;
  if (d.options.verbose > 1 || data > 0 || flags & (TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST))
    d.print(`, seq ${seq}${data > 0 ? `:${(seq + data) >>> 0}` : ''}`);
  if (flags & TcpFlag.ACK) d.print(`, ack ${ack}`);
  d.print(`, win ${d.u16(at + 14)}`);
  if (flags & TcpFlag.URG) d.print(`, urg ${d.u16(at + 18)}`);
  if (header > 20) {
    d.print(', options [');
    if (!options(d, at + 20, at + header, sackBase)) return;
    d.print(']');
  }
  d.print(`, length ${data}`);
  if (data > 0 && flags & TcpFlag.RST && d.options.verbose > 0) resetData(d, at + header, data);
  else if (data > 0) payload(d, at + header, data, source, target);
}

/** Sequence numbers count from the first ones seen; only segments with ACK take part. */
function relative(d: Dissection, at: number, flags: number, around: Around): { seq: number; ack: number; sackBase: number } {
  const [seq, ack] = [d.u32(at + 4), d.u32(at + 8)];
  if (d.options.absolute || (flags & TcpFlag.ACK) === 0) return { seq, ack, sackBase: 0 };
  const [source, target] = [d.u16(at), d.u16(at + 2)];
  const isReverse = source > target || (source === target && around.isLater);
  const key = isReverse ? `${around.target} ${target} ${around.source} ${source}` : `${around.source} ${source} ${around.target} ${target}`;
  const known = d.conversations.get(key);
  if (known === undefined || (flags & TcpFlag.SYN) !== 0) {
    const other = (ack - 1) >>> 0;
    d.conversations.set(key, isReverse ? { ack: seq, seq: other } : { seq, ack: other });
    return { seq, ack, sackBase: other };
  }
  const [own, other] = isReverse ? [known.ack, known.seq] : [known.seq, known.ack];
  return { seq: (seq - own) >>> 0, ack: (ack - other) >>> 0, sackBase: other };
}

/** False after a bad one, which ends the line. */
function options(d: Dissection, from: number, end: number, sackBase: number): boolean {
  let separator = '';
  for (let at = from; at < end;) {
    d.print(separator);
    const kind = d.u8(at);
    if (kind <= 1) {
      d.print(kind === 0 ? 'eol' : 'nop');
      if (kind === 0) return true;
      at++;
      separator = ',';
      continue;
    }
    const length = d.u8(at + 1);
    if (length < 2 || at + length > end) {
      d.print(`[bad opt]${separator === '' ? '' : ']'}`);
      return false;
    }
    d.need(at, length);
    d.print(optionWord(d, kind, at + 2, length - 2, sackBase));
    at += length;
    separator = ',';
  }
  return true;
}
function optionWord(d: Dissection, kind: number, at: number, length: number, sackBase: number): string {
  if (kind === 2 && length === 2) return `mss ${d.u16(at)}`;
  if (kind === 3 && length === 1) return `wscale ${d.u8(at)}`;
  if (kind === 4) return `sackOK${length === 0 ? '' : `[len ${length + 2}]`}`;
  if (kind === 8 && length === 8) return `TS val ${d.u32(at)} ecr ${d.u32(at + 4)}`;
  if (kind === 5 && length % 8 === 0) {
    let text = `sack ${length / 8} `;
    for (let i = 0; i < length; i += 8) text += `{${(d.u32(at + i) - sackBase) >>> 0}:${(d.u32(at + i + 4) - sackBase) >>> 0}}`;
    return text;
  }
  const bytes = [...d.slice(at, length)].map((byte) => hex(byte, 2)).join('');
  if (kind === 34) return `tfo ${length === 0 ? ' cookiereq' : ` cookie ${bytes}`}`;
  const name = { 19: 'md5', 30: 'mptcp', 28: 'uto', 254: 'exp' }[kind] ?? `unknown-${kind}`;
  return `${name}${length === 0 ? '' : ` 0x${bytes}`}`;
}

/** What a reset says why (RFC 1122, 4.2.2.12). */
function resetData(d: Dissection, at: number, length: number): void {
  const shown = Math.min(length, LONGEST_REASON, d.end - at);
  d.print(` [${d.has(at, length) ? '' : '!'}RST${length > LONGEST_REASON ? '+' : ''} ${printable(d.string(at, shown))}]`);
}
const LONGEST_REASON = 30;

/** By its port. Deviation: services other than these show their length alone. */
function payload(d: Dissection, at: number, length: number, source: number, target: number): void {
  const isAt = (...ports: number[]): boolean => ports.includes(source) || ports.includes(target);
  if (isAt(25)) lines(d, at, length, 'smtp');
  else if (isAt(22)) ssh(d, at, length);
  else if (isAt(21)) lines(d, at, length, 'ftp');
  else if (isAt(80, 8080)) http(d, at, length);
  else if (isAt(53)) domain(d, at, length, 'tcp');
}
