/**
 * From the words of a filter to its test. Authority: libpcap 1.10 grammar.y and gencode.c.
 * Deviation: host names are looked up in /etc/hosts alone; names of networks and the 802.11 words are not modelled.
 */
import type { Bytes } from '../../../base/index.ts';
import { EtherType, ipv4Mask, ipv6Network, parseIpv4, parseIpv6, parseMac, type Ipv4, type Packet } from '../../../wire/index.ts';
import { protocolNumber } from '../../names/protocols.ts';
import { portOfService } from '../../names/services.ts';
import {
  address6Test,
  addressTest,
  broadcast,
  bytesOf,
  directionTest,
  etherTypeTest,
  isTransport,
  lengthTest,
  macTest,
  multicast,
  portTest,
  PROTOCOLS,
  protocolTest,
  tagsOf,
  vlanTest,
  type Arithmetic,
  type Direction,
} from './primitives.ts';
import { CONSTANTS, LEVELS, OPERATORS, RELATIONS } from './arithmetic.ts';
import { FilterError, scan, syntaxError, type Token } from './scan.ts';
import { behindTag, both, negated, oneOf, rejectsAll, Subject, test, type Captured, type Test } from './subject.ts';

export type PacketFilter = (packet: Packet, packetType: number, source?: Captured) => boolean;

type Kind = 'host' | 'net' | 'port' | 'portrange' | 'proto';
interface Qualifiers {
  readonly protocol: string | undefined;
  readonly direction: Direction;
  readonly kind: Kind | undefined;
}
const isKind = (text: string): text is Kind => ['host', 'net', 'port', 'portrange', 'proto'].includes(text);
/** Words of other link types. */
const FOREIGN: Readonly<Record<string, string>> = {
  type: '802.11 link-layer types supported only on 802.11',
  subtype: '802.11 link-layer types supported only on 802.11',
  gateway: "'gateway' not supported in this configuration",
  ifname: 'ifname supported only on PF linktype',
  action: 'action supported only on PF linktype',
  reason: 'reason supported only on PF linktype',
  ruleset: 'ruleset not supported on linktype 1 (not PF)',
};
const ETHER_TYPES: Readonly<Record<string, number>> = { ip: EtherType.IPV4, ip6: EtherType.IPV6, arp: EtherType.ARP, rarp: 0x8035, vlan: EtherType.VLAN };
/** Finds the address of a name, undefined when it has none. */
export type Lookup = (name: Bytes) => Ipv4 | undefined;

/** Throws FilterError with what tcpdump prints. An empty expression passes everything. */
export function compileFilter(expression: string, lookup: Lookup, source: 'live' | 'file' = 'live'): PacketFilter {
  const tokens = scan(expression);
  if (tokens.length === 0) return () => true;
  const whole = new Parser(tokens, lookup, source === 'file').whole();
  if (rejectsAll(whole)) throw new FilterError('expression rejects all packets');
  return (packet, packetType, captured) => {
    const subject = new Subject(packet, packetType, captured);
    return whole.passes(subject) && !subject.outOfRange;
  };
}

class Parser {
  private at = 0;
  /** What a bare id after `and` or `or` is measured by. */
  private last: Qualifiers | undefined;
  /** How often `vlan` came: from there on what is behind that many tags is looked at. */
  private tags = 0;
  /** Tests of tags themselves, which nothing hides. */
  private readonly tagTests = new Set<Test>();
  constructor(
    private readonly tokens: readonly Token[],
    private readonly lookup: Lookup,
    private readonly isFile: boolean,
  ) {}

  whole(): Test {
    const test = this.expression();
    if (this.at < this.tokens.length) throw syntaxError();
    return test;
  }
  private get token(): Token | undefined {
    return this.tokens[this.at];
  }
  /** Takes the next token if it reads so. */
  private take(text: string): boolean {
    if (this.token?.text !== text) return false;
    this.at++;
    return true;
  }
  private expect(text: string): void {
    if (!this.take(text)) throw syntaxError();
  }

  /** `and` and `or` bind alike, from left to right. */
  private expression(): Test {
    let left = this.negation();
    for (;;) {
      if (this.take('and')) left = both(left, this.negation());
      else if (this.take('or')) left = oneOf(left, this.negation());
      else return left;
    }
  }
  private negation(): Test {
    if (this.take('not')) return negated(this.negation());
    const relation = this.relation();
    if (relation) return this.seen(relation);
    if (!this.take('(')) return this.seen(this.primitive());
    const inner = this.expression();
    this.expect(')');
    return inner;
  }

  /** A test that sees no further than a tag, unless `vlan` came before it. */
  private seen(inner: Test): Test {
    if (this.tagTests.has(inner)) return inner;
    // The kernel hands a live frame over with its outermost tag beside it.
    const visible = this.isFile ? this.tags : Math.max(1, this.tags);
    return test(
      (subject) =>
        inner.passes(tagsOf(subject.packet).length <= visible ? subject : new Subject(behindTag(subject.packet), subject.packetType, subject.source)),
      inner.on,
    );
  }

  // --- primitives ---

  private primitive(): Test {
    const { token } = this;
    if (token === undefined) throw syntaxError();
    if (token.kind === 'word') {
      const alone = this.alone(token.text);
      if (alone) return alone;
    }
    const qualifiers = this.qualifiers();
    if (qualifiers === undefined) {
      if (this.last === undefined) throw syntaxError();
      return this.identified(this.last);
    }
    const next = this.token;
    const isBare = next === undefined || (next.kind === 'operator' && next.text !== '(') || next.text === 'and' || next.text === 'or';
    if (isBare) {
      const alone = qualifiers.protocol === undefined || qualifiers.protocol === 'ether' ? undefined : PROTOCOLS[qualifiers.protocol];
      if (alone === undefined || qualifiers.kind !== undefined || qualifiers.direction !== 'src or dst') throw syntaxError();
      return alone;
    }
    if (qualifiers.protocol !== undefined && (next.text === 'broadcast' || next.text === 'multicast')) {
      this.at++;
      return next.text === 'broadcast' ? broadcast(qualifiers.protocol) : multicast(qualifiers.protocol);
    }
    this.last = qualifiers;
    if (next.text !== '(') return this.identified(qualifiers);
    this.at++;
    let left = this.identified(qualifiers);
    for (;;) {
      if (this.take('or')) left = oneOf(left, this.identified(qualifiers));
      else if (this.take('and')) left = both(left, this.identified(qualifiers));
      else break;
    }
    this.expect(')');
    return left;
  }
  /** Words that are a whole primitive. */
  private alone(word: string): Test | undefined {
    switch (word) {
      case 'broadcast':
      case 'multicast':
        this.at++;
        return word === 'broadcast' ? broadcast('ether') : multicast('ether');
      case 'inbound':
      case 'outbound':
        this.at++;
        if (this.isFile) throw new FilterError('inbound/outbound not supported on Ethernet when reading savefiles');
        return directionTest(word);
      case 'less':
      case 'greater': {
        this.at++;
        return lengthTest(word, this.number());
      }
      case 'vlan': {
        this.at++;
        const id = this.token?.kind === 'number' ? this.number() : undefined;
        if (id !== undefined && id > 4095) throw new FilterError(`VLAN tag ${id} greater than maximum 4095`);
        this.tags++;
        const found = vlanTest(id, this.tags - 1);
        this.tagTests.add(found);
        return found;
      }
      case 'link':
        throw new FilterError('link layer applied in wrong context');
      default:
        if (FOREIGN[word] !== undefined && this.tokens[this.at + 1] !== undefined) throw new FilterError(FOREIGN[word]);
        return undefined;
    }
  }
  /** Undefined: there are none, an id stands alone. */
  private qualifiers(): Qualifiers | undefined {
    const from = this.at;
    let protocol: string | undefined;
    let direction: Direction = 'src or dst';
    let kind: Kind | undefined;
    const first = this.token;
    if (first?.kind === 'word' && Object.hasOwn(PROTOCOLS, first.text)) {
      protocol = first.text;
      this.at++;
    }
    const way = this.token?.text;
    if (way === 'src' || way === 'dst') {
      direction = way;
      this.at++;
      const joint = this.token?.text;
      const other = this.tokens[this.at + 1]?.text;
      if ((joint === 'or' || joint === 'and') && (other === 'src' || other === 'dst') && other !== way) {
        direction = joint === 'or' ? 'src or dst' : 'src and dst';
        this.at += 2;
      }
    }
    const what = this.token;
    if (what !== undefined && FOREIGN[what.text] !== undefined && this.at > from && this.tokens[this.at + 1] !== undefined)
      throw new FilterError(FOREIGN[what.text]);
    if (what?.kind === 'word' && isKind(what.text)) {
      kind = what.text;
      this.at++;
    }
    return this.at === from ? undefined : { protocol, direction, kind };
  }
  /** An id under its qualifiers. */
  private identified({ protocol, direction, kind }: Qualifiers): Test {
    const { token } = this;
    if (token === undefined || token.kind === 'operator' || token.text === 'and' || token.text === 'or') throw syntaxError();
    this.at++;
    const after = this.token;
    if (after !== undefined && after.kind !== 'operator' && !['and', 'or', 'mask', '/'].includes(after.text)) throw syntaxError();
    switch (kind) {
      case 'port':
        return this.ports(protocol, direction, token, false);
      case 'portrange':
        return this.ports(protocol, direction, token, true);
      case 'proto':
        return this.proto(protocol, token);
      case 'net':
        return this.net(protocol, direction, token);
      default:
        return this.host(protocol, direction, token);
    }
  }
  private host(protocol: string | undefined, direction: Direction, token: Token): Test {
    if (protocol !== undefined && isTransport(protocol)) throw new FilterError(`'${protocol}' modifier applied to host`);
    if (token.kind === 'mac') {
      const mac = parseMac(token.text);
      if (mac === undefined || (protocol !== undefined && protocol !== 'ether')) throw new FilterError('ethernet address used in non-ether expression');
      return macTest(direction, mac);
    }
    if (protocol === 'ether') throw new FilterError(token.kind === 'word' ? `unknown ether host '${token.text}'` : 'illegal link layer address');
    if (token.kind === 'ipv6') {
      const address = parseIpv6(token.text);
      if (address === undefined) throw syntaxError();
      if (protocol !== undefined && protocol !== 'ip6') throw new FilterError(`'${protocol}' modifier applied to ip6 host`);
      return address6Test(direction, address, 128);
    }
    if (protocol === 'ip6') throw new FilterError("'ip6' modifier applied to ip host");
    if (token.kind !== 'word' && token.text.split('.').length !== 4 && this.token?.text === '/') return this.net(protocol, direction, token);
    const address = token.kind === 'word' ? this.lookup(token.text) : looseIpv4(token.text).address;
    if (address === undefined) throw new FilterError(`unknown host '${token.text}'`);
    if (this.token?.text === '/') return this.net(protocol, direction, token);
    return addressTest(protocol, direction, (candidate) => candidate === address);
  }
  private net(protocol: string | undefined, direction: Direction, token: Token): Test {
    if (token.kind === 'word' || token.kind === 'mac') throw new FilterError(`unknown network '${token.text}'`);
    if (token.kind === 'ipv6') {
      const address6 = parseIpv6(token.text);
      if (address6 === undefined) throw syntaxError();
      const length6 = this.take('/') ? this.number() : 128;
      if (length6 > 128) throw new FilterError('mask length must be <= 128');
      if (ipv6Network(address6, length6) !== address6) throw new FilterError(`non-network bits set in "${token.text}/${length6}"`);
      return address6Test(direction, address6, length6);
    }
    const { address, length: natural } = looseIpv4(token.text);
    let length = natural;
    if (this.take('/')) length = this.number();
    else if (this.take('mask')) {
      const mask = this.token;
      const value = mask === undefined ? undefined : parseIpv4(mask.text);
      if (mask === undefined || value === undefined) throw syntaxError();
      this.at++;
      if ((address & ~value) !== 0) throw new FilterError(`non-network bits set in "${token.text} mask ${mask.text}"`);
      return addressTest(protocol, direction, (candidate) => (candidate & value) === address);
    }
    if (length > 32) throw new FilterError('mask length must be <= 32');
    if ((address & ~ipv4Mask(length)) !== 0) throw new FilterError(`non-network bits set in "${token.text}/${length}"`);
    return addressTest(protocol, direction, (candidate) => (candidate & ipv4Mask(length)) === address);
  }
  private ports(protocol: string | undefined, direction: Direction, token: Token, isRange: boolean): Test {
    if (protocol !== undefined && !['tcp', 'udp', 'sctp', 'ip', 'ip6'].includes(protocol)) throw new FilterError("illegal qualifier of 'port'");
    const one = (text: string): number => {
      const port = /^\d+$/.test(text) ? Number(text) : portOfService(text, protocol === 'udp' ? 'udp' : protocol === 'tcp' ? 'tcp' : undefined);
      if (port === undefined) {
        const other = protocol === 'udp' ? 'tcp' : 'udp';
        throw new FilterError(protocol !== undefined && portOfService(text, other) !== undefined ? `port '${text}' is ${other}` : `unknown port '${text}'`);
      }
      if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
      return port;
    };
    const range = /^(\d+)-(\d+)$/.exec(token.text);
    const [low, high] = isRange && range ? [one(range[1]!), one(range[2]!)] : [one(token.text), one(token.text)];
    return portTest(protocol, direction, low, high);
  }
  private proto(protocol: string | undefined, token: Token): Test {
    const name = token.text.replace(/^\\/, '');
    // A word of the grammar is a name only behind a backslash.
    if (name === token.text && (Object.hasOwn(PROTOCOLS, name) || name === 'vlan')) throw syntaxError();
    if (protocol === 'ether') {
      const type = token.kind === 'number' ? token.value : ETHER_TYPES[name];
      if (type === undefined) throw new FilterError(`unknown ether proto '${name}'`);
      return etherTypeTest(type);
    }
    const number = token.kind === 'number' ? token.value : protocolNumber(name);
    if (number === undefined) throw new FilterError(`unknown ip proto '${name}'`);
    return protocolTest(number, protocol === undefined ? undefined : PROTOCOLS[protocol]);
  }
  private number(): number {
    const { token } = this;
    if (token?.kind !== 'number') throw syntaxError();
    this.at++;
    return token.value;
  }

  // --- arithmetic ---

  /** `ip[8] < 5`; undefined, with nothing taken, when it is none. */
  private relation(): Test | undefined {
    const from = this.at;
    const left = this.arithmetic(0);
    const compare = left && this.token?.kind === 'operator' ? RELATIONS[this.token.text] : undefined;
    if (!left || !compare) {
      this.at = from;
      return undefined;
    }
    this.at++;
    const right = this.arithmetic(0);
    if (!right) throw syntaxError();
    return test((subject) => {
      const [a, b] = [left(subject), right(subject)];
      return !Number.isNaN(a) && !Number.isNaN(b) && compare(a, b);
    });
  }
  private arithmetic(level: number): Arithmetic | undefined {
    const names = LEVELS[level];
    if (names === undefined) return this.operand();
    let left = this.arithmetic(level + 1);
    for (;;) {
      const { token } = this;
      if (!left || token?.kind !== 'operator' || !names.includes(token.text)) return left;
      const operate = OPERATORS[token.text]!;
      this.at++;
      const before: Arithmetic = left;
      const right = this.arithmetic(level + 1);
      if (!right) return undefined;
      left = (subject) => {
        const [a, b] = [before(subject), right(subject)];
        return Number.isNaN(a) || Number.isNaN(b) ? NaN : operate(a, b);
      };
    }
  }
  private operand(): Arithmetic | undefined {
    const { token } = this;
    if (token === undefined) return undefined;
    this.at++;
    if (token.kind === 'number') return () => token.value;
    if (token.text === '(') {
      const inner = this.arithmetic(0);
      return inner && this.take(')') ? inner : undefined;
    }
    if (token.text === '-') {
      const inner = this.operand();
      return inner && ((subject) => -inner(subject) >>> 0);
    }
    if (token.kind !== 'word') return undefined;
    if (token.text === 'len') return ({ length }) => length;
    const constant = CONSTANTS[token.text];
    if (constant !== undefined) return () => constant;
    if (!Object.hasOwn(PROTOCOLS, token.text) || !this.take('[')) return undefined;
    const offset = this.arithmetic(0);
    const size = this.take(':') ? this.number() : 1;
    this.expect(']');
    if (![1, 2, 4].includes(size)) throw new FilterError('data size must be 1, 2, or 4');
    return offset && bytesOf(token.text, offset, size);
  }
}

/** `10.1` is a network of 16 bits. */
function looseIpv4(text: string): { readonly address: Ipv4; readonly length: number } {
  const parts = text.split('.');
  const address = parseIpv4([...parts, '0', '0', '0'].slice(0, 4).join('.'));
  if (address === undefined) throw new FilterError(`invalid IPv4 address '${text}'`);
  return { address, length: parts.length * 8 };
}
