/** DNS messages (RFC 1035): one question, answers of addresses and names. Compressed names are read, not written. */
import type { Bytes } from '../../base/index.ts';
import { formatIpv4, parseIpv4 } from '../../wire/index.ts';

export const DnsType = { A: 1, CNAME: 5, PTR: 12, AAAA: 28 } as const;
export const DnsCode = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly ttl: number;
  /** An address as text, or a name. */
  readonly data: string;
}
export interface DnsMessage {
  readonly id: number;
  readonly isAnswer: boolean;
  readonly isAuthoritative: boolean;
  readonly code: number;
  readonly name: string;
  readonly type: number;
  readonly answers: readonly DnsRecord[];
}

const u16 = (n: number): Bytes => String.fromCharCode((n >> 8) & 255, n & 255);
const u32 = (n: number): Bytes => u16(n >>> 16) + u16(n & 0xffff);
const writeName = (name: string): Bytes =>
  `${name
    .split('.')
    .filter((label) => label !== '')
    .map((label) => String.fromCharCode(label.length) + label)
    .join('')}\0`;

/** QR, AA, RD and RA as a resolver and a server of a cluster set them. */
export function encodeDns(message: DnsMessage): Bytes {
  const flags = (message.isAnswer ? 0x8000 : 0) | (message.isAuthoritative ? 0x0400 : 0) | 0x0100 | message.code;
  const head = u16(message.id) + u16(flags) + u16(1) + u16(message.answers.length) + u16(0) + u16(0);
  const question = writeName(message.name) + u16(message.type) + u16(1);
  const answers = message.answers.map(({ name, type, ttl, data }) => {
    const content = type === DnsType.A ? u32(parseIpv4(data) ?? 0) : writeName(data);
    return writeName(name) + u16(type) + u16(1) + u32(ttl) + u16(content.length) + content;
  });
  return head + question + answers.join('');
}

/** Undefined for what is no message. */
export function decodeDns(bytes: Bytes): DnsMessage | undefined {
  if (bytes.length < 12) return undefined;
  const at16 = (at: number): number => (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
  const flags = at16(2);
  const question = readName(bytes, 12);
  if (at16(4) !== 1 || !question || question.end + 4 > bytes.length) return undefined;
  const answers: DnsRecord[] = [];
  let at = question.end + 4;
  for (let count = at16(6); count > 0; count--) {
    const name = readName(bytes, at);
    if (!name || name.end + 10 > bytes.length) return undefined;
    const type = at16(name.end);
    const length = at16(name.end + 8);
    const start = name.end + 10;
    if (start + length > bytes.length) return undefined;
    const data = type === DnsType.A ? formatIpv4((at16(start) << 16) | at16(start + 2)) : (readName(bytes, start)?.text ?? '');
    answers.push({ name: name.text, type, ttl: at16(name.end + 4) * 65_536 + at16(name.end + 6), data });
    at = start + length;
  }
  return {
    id: at16(0),
    isAnswer: (flags & 0x8000) !== 0,
    isAuthoritative: (flags & 0x0400) !== 0,
    code: flags & 15,
    name: question.text,
    type: at16(question.end),
    answers,
  };
}

function readName(bytes: Bytes, from: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let end = -1;
  let at = from;
  for (let jumps = 0; jumps < 64; jumps++) {
    const length = bytes.charCodeAt(at);
    if (Number.isNaN(length)) return undefined;
    if (length === 0) return { text: labels.join('.'), end: end < 0 ? at + 1 : end };
    if (length >= 0xc0) {
      if (end < 0) end = at + 2;
      at = ((length & 0x3f) << 8) | bytes.charCodeAt(at + 1);
      continue;
    }
    labels.push(bytes.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}
