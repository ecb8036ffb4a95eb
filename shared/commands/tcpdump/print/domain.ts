/** DNS messages. Authority: print-domain.c. Deviation: of records not named here only the type is told. */
import { bitNames, hex, printable, type Dissection } from './dissection.ts';

const OPERATIONS = [
  '',
  ' inv_q',
  ' stat',
  ' op3',
  ' notify',
  ' update',
  ' op6',
  ' op7',
  ' op8',
  ' updateA',
  ' updateD',
  ' updateDA',
  ' updateM',
  ' updateMA',
  ' zoneInit',
  ' zoneRef',
];
const ANSWERS = ['', ' FormErr', ' ServFail', ' NXDomain', ' NotImp', ' Refused', ' YXDomain', ' YXRRSet', ' NXRRSet', ' NotAuth', ' NotZone'];
const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  39: 'DNAME',
  41: 'OPT',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  64: 'SVCB',
  65: 'HTTPS',
  99: 'SPF',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
  257: 'CAA',
};
const CLASSES: Readonly<Record<number, string>> = { 3: 'CHAOS', 4: 'HS', 255: 'ANY' };
const typeName = (type: number): string => TYPES[type] ?? `Type${type}`;
const className = (cls: number): string => (cls === 1 ? '' : ` ${CLASSES[cls] ?? `(Class ${cls})`}`);
const HEADER_BYTES = 12;
const LONGEST_NAME = 255;

export function domain(d: Dissection, at: number, length: number, over: 'udp' | 'tcp' | 'multicast'): void {
  d.protocol = 'domain';
  if (over !== 'tcp') {
    new Message(d, at, length, over === 'multicast').print();
    return;
  }
  if (length < 2) d.print(` [DNS over TCP: length ${length} < 2] (invalid)`);
  else if (d.u16(at) !== length - 2) d.print(` [prefix length(${d.u16(at)}) != length(${length - 2})] (invalid)`);
  else {
    d.print(' ');
    new Message(d, at + 2, length - 2, false).print();
  }
}

/** The rest cannot be followed: the message ends with `[|domain]`. */
class Lost extends Error {}

class Message {
  private next: number;
  constructor(
    private readonly d: Dissection,
    private readonly at: number,
    private readonly length: number,
    private readonly isMulticast: boolean,
  ) {
    this.next = at + HEADER_BYTES;
  }

  print(): void {
    const { d, at, length } = this;
    if (length < HEADER_BYTES) {
      d.print(`domain [length ${length} < 12] (invalid)`);
      return;
    }
    d.need(at, HEADER_BYTES);
    try {
      if (d.u16(at + 2) & 0x8000) this.answer();
      else this.request();
      d.print(` (${length})`);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      d.print(' [|domain]');
    }
  }
  private count(section: number): number {
    return this.d.u16(this.at + 4 + 2 * section);
  }

  private answer(): void {
    const { d } = this;
    const flags = d.u16(this.at + 2);
    const marks =
      bitNames([[0x0400, '*']], flags, '', '') +
      (flags & 0x0080 ? '' : '-') +
      bitNames(
        [
          [0x0200, '|'],
          [0x0020, '$'],
        ],
        flags,
        '',
        '',
      );
    d.print(`${d.u16(this.at)}${OPERATIONS[(flags >> 11) & 15]}${ANSWERS[flags & 15] ?? ` Resp${flags & 15}`}${marks}`);
    const questions = this.count(0);
    if (questions !== 1) d.print(` [${questions}q]`);
    for (let i = 0; i < questions; i++) {
      if (i > 0) d.print(',');
      if (d.options.verbose > 1) {
        d.print(' q:');
        this.question();
      } else {
        this.next = this.skipName(this.next) + 4;
      }
    }
    d.print(` ${this.count(1)}/${this.count(2)}/${this.count(3)}`);
    this.records(this.count(1), '');
    if (d.options.verbose < 2) return;
    this.records(this.count(2), ' ns:');
    this.records(this.count(3), ' ar:');
  }
  private records(count: number, title: string): void {
    for (let i = 0; i < count; i++) {
      if (this.next >= this.d.end) throw new Lost();
      this.d.print(i === 0 ? title : ',');
      this.record();
    }
  }
  private request(): void {
    const { d } = this;
    const flags = d.u16(this.at + 2);
    const isInverse = ((flags >> 11) & 15) === 1;
    d.print(`${d.u16(this.at)}${OPERATIONS[(flags >> 11) & 15]}${flags & 0x0100 ? '+' : ''}${flags & 0x0010 ? '%' : ''}`);
    if (flags & 0x06cf) d.print(` [b2&3=0x${flags.toString(16)}]`);
    const [questions, answers, servers, more] = [this.count(0), this.count(1), this.count(2), this.count(3)];
    if (isInverse) d.print(`${questions > 0 ? ` [${questions}q]` : ''}${answers === 1 ? '' : ` [${answers}a]`}`);
    else d.print(`${answers > 0 ? ` [${answers}a]` : ''}${questions === 1 ? '' : ` [${questions}q]`}`);
    d.print(`${servers > 0 ? ` [${servers}n]` : ''}${more > 0 ? ` [${more}au]` : ''}`);
    for (let i = 0; i < questions; i++) {
      if (this.next >= d.end) throw new Lost();
      this.question();
    }
    if (d.options.verbose < 2) return;
    this.records(answers, ' an:');
    this.records(servers, ' ns:');
    this.records(more, ' ar:');
  }

  private question(): void {
    const { d } = this;
    const after = this.skipName(this.next);
    const cls = d.u16(after + 2);
    const shown = this.isMulticast ? cls & 0x7fff : cls;
    d.print(` ${typeName(d.u16(after))}${className(shown)}${this.isMulticast ? (cls & 0x8000 ? ' (QU)' : ' (QM)') : ''}`);
    d.print(this.name(this.next, '? '));
    this.next = after + 4;
  }
  private record(): void {
    const { d } = this;
    if (d.options.verbose > 0) d.print(this.name(this.next, ' '));
    const at = this.skipName(this.next);
    const [type, cls] = [d.u16(at), d.u16(at + 2)];
    const shown = this.isMulticast ? cls & 0x7fff : cls;
    const isOptions = type === 41;
    d.print(`${isOptions ? '' : className(shown)}${this.isMulticast && cls & 0x8000 ? ' (Cache flush)' : ''}`);
    if (d.options.verbose > 2 && !isOptions) d.print(` [${duration(d.u32(at + 4))}]`);
    const length = d.u16(at + 8);
    d.print(` ${typeName(type)}`);
    if (!d.has(at + 10, length)) throw new Lost();
    d.print(isOptions ? ` UDPsize=${cls}${d.u16(at + 6) & 0x8000 ? ' DO' : ''}${this.extensions(at + 10, length)}` : this.data(type, at + 10, length));
    this.next = at + 10 + length;
  }
  private extensions(at: number, length: number): string {
    const words: string[] = [];
    for (let i = at; i + 4 <= at + length; i += 4 + this.d.u16(i + 2)) {
      const [code, count] = [this.d.u16(i), this.d.u16(i + 2)];
      const bytes = [...this.d.slice(i + 4, count)].map((byte) => hex(byte, 2)).join('');
      words.push(
        `${{ 3: 'NSID', 8: 'ECS', 10: 'COOKIE', 12: 'PADDING' }[code] ?? `Opt${code}`}${count === 0 ? '' : ` ${code === 10 && count > 8 ? `${bytes.slice(0, 16)} ${bytes.slice(16)}` : bytes}`}`,
      );
    }
    return words.length === 0 ? '' : ` [${words.join(',')}]`;
  }
  private data(type: number, at: number, length: number): string {
    const { d } = this;
    switch (type) {
      case 1:
        return ` ${[...d.slice(at, 4)].join('.')}`;
      case 28:
        return ` ${d.host6(at)}`;
      case 2:
      case 5:
      case 12:
      case 39:
        return this.name(at, ' ');
      case 15:
        return `${this.name(at + 2, ' ')} ${d.u16(at)}`;
      case 33:
        return `${this.name(at + 6, ' ')}:${d.u16(at + 4)} ${d.u16(at)} ${d.u16(at + 2)}`;
      case 16: {
        let text = '';
        for (let i = at; i < at + length; i += 1 + d.u8(i)) text += ` "${printable(d.string(i + 1, d.u8(i)))}"`;
        return text;
      }
      case 6: {
        if (d.options.verbose === 0) return '';
        const mailbox = this.skipName(at);
        const numbers = this.skipName(mailbox);
        return `${this.name(at, ' ')}${this.name(mailbox, ' ')} ${[0, 4, 8, 12, 16].map((i) => d.u32(numbers + i)).join(' ')}`;
      }
      default:
        return '';
    }
  }

  /** A name after what stands before it, its pointers followed; each must lead backwards. */
  private name(from: number, before: string): string {
    const { d } = this;
    let text = before;
    let at = from;
    for (let limit = from; ;) {
      if (!d.has(at, 1)) throw new Lost();
      const length = d.u8(at);
      if (length === 0) return text === before ? `${text}.` : text;
      if (length >= 0xc0) {
        if (!d.has(at, 2)) throw new Lost();
        const to = this.at + (d.u16(at) & 0x3fff);
        if (to >= limit) {
          d.print(`${text}<BAD PTR>`);
          throw new Lost();
        }
        limit = at = to;
        continue;
      }
      if (length >= 0x40 || !d.has(at + 1, length)) throw new Lost();
      if (text.length <= LONGEST_NAME) text += `${printable(d.string(at + 1, length))}.`;
      at += 1 + length;
    }
  }
  /** Where what follows a name starts. */
  private skipName(from: number): number {
    for (let at = from; this.d.has(at, 1);) {
      const length = this.d.u8(at);
      if (length === 0) return at + 1;
      if (length >= 0xc0) return at + 2;
      if (length >= 0x40) break;
      at += 1 + length;
    }
    throw new Lost();
  }
}

/** `1d2h3m4s`. */
function duration(seconds: number): string {
  if (seconds === 0) return '0s';
  const parts = [
    [Math.floor(seconds / 604_800), 'w'],
    [Math.floor(seconds / 86_400) % 7, 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join('');
}
