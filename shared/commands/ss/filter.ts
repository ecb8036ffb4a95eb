/** Filters of ss: `sport = :80 and dst 10.0.0.0/8`, as its grammar reads them (ssfilter.y). */
import type { Bytes } from '../../base/index.ts';
import type { Process } from '../../shell/index.ts';
import { ipv6InPrefix, ipv6Mapped, parseIpv4, parseIpv4Prefix, parseIpv6, type IpAddress } from '../../wire/index.ts';
import { portOfService } from '../names/services.ts';
import { resolveHost } from '../net/index.ts';
import type { Row } from './rows.ts';

export type Filter = (row: Row) => boolean;
export class FilterError extends Error {
  constructor(
    message: string,
    /** With the usage after it. */
    readonly isSyntax: boolean,
  ) {
    super(message);
  }
}

type Side = 'local' | 'remote';
type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
const OPERATORS: Readonly<Record<string, Comparison>> = {
  '=': '=', '==': '=', eq: '=', is: '=', '!=': '!=', ne: '!=', neq: '!=', '<': '<', lt: '<', '<=': '<=', leq: '<=', le: '<=', '>': '>', gt: '>', '>=': '>=', geq: '>=', ge: '>=',
}; // prettier-ignore
const portIn = (row: Row, side: Side): number => (side === 'local' ? row.localPort : row.remotePort);

export function parseFilter(p: Process, words: readonly Bytes[]): Filter | undefined {
  const tokens = words.flatMap((word) => word.split(/\s+/).flatMap((each) => each.match(/[()]|!(?!=)|[^()\s]+/g) ?? []));
  return tokens.length === 0 ? undefined : new Parser(p, tokens).all();
}

class Parser {
  private at = 0;
  constructor(
    private readonly p: Process,
    private readonly tokens: readonly Bytes[],
  ) {}
  all(): Filter {
    const filter = this.either();
    if (this.at < this.tokens.length) throw syntax();
    return filter;
  }
  private either(): Filter {
    let left = this.both();
    while (this.take('or', '||', '|')) {
      const before = left;
      const right = this.both();
      left = (row) => before(row) || right(row);
    }
    return left;
  }
  private both(): Filter {
    let left = this.single();
    for (;;) {
      const next = this.tokens[this.at];
      if (!this.take('and', '&&', '&') && (next === undefined || next === ')' || next === 'or' || next === '||' || next === '|')) return left;
      const before = left;
      const right = this.single();
      left = (row) => before(row) && right(row);
    }
  }
  private single(): Filter {
    if (this.take('not', '!')) {
      const inner = this.single();
      return (row) => !inner(row);
    }
    if (this.take('(')) {
      const inner = this.either();
      if (!this.take(')')) throw syntax();
      return inner;
    }
    const word = this.next();
    switch (word) {
      case 'dport':
      case 'sport':
        return this.port(word === 'sport' ? 'local' : 'remote');
      case 'dst':
      case 'src': {
        const operator = OPERATORS[this.tokens[this.at] ?? ''];
        if (operator !== undefined) this.at++;
        const host = this.host(word === 'src' ? 'local' : 'remote', this.next());
        return operator === '!=' ? (row) => !host(row) : host;
      }
      case 'dev': {
        if (OPERATORS[this.tokens[this.at] ?? ''] !== undefined) this.at++;
        const name = this.next();
        return (row) => row.device?.name === name;
      }
      case 'fwmark': {
        if (OPERATORS[this.tokens[this.at] ?? ''] !== undefined) this.at++;
        const [mark, mask] = this.next().split('/');
        return (row) => (row.mark & (mask === undefined ? -1 : Number(mask))) === (Number(mark) | 0);
      }
      case 'autobound':
        return (row) => row.localPort >= 32_768 && row.localPort <= 60_999;
      case '=':
      case ')':
        throw syntax();
      default:
        return this.host('remote', word);
    }
  }
  private port(side: Side): Filter {
    const operator = OPERATORS[this.next()];
    if (operator === undefined) throw syntax();
    const text = this.next().replace(/^.*:/, '');
    const port = /^\d+$/.test(text) ? Number(text) : (portOfService(text, 'tcp') ?? portOfService(text, 'udp'));
    if (port === undefined) throw new FilterError(`Error: an inet prefix is expected rather than "${text}".\nCannot parse dst/src address.\n`, false);
    return (row) => compare(portIn(row, side), operator, port);
  }
  /** `10.0.0.0/8`, `10.0.0.1:80`, `:80`, `*:80`, a name. */
  private host(side: Side, text: Bytes): Filter {
    const [, bracketed, after] = /^\[([^\]]*)\](.*)$/.exec(text) ?? [];
    // Without brackets more than one colon is an address of IPv6.
    const isBare = bracketed === undefined && text.split(':').length > 2;
    const colon = isBare ? -1 : text.lastIndexOf(':');
    const [, length = '', portText = ''] = /^(\/\d+)?(?::(.*))?$/.exec(after ?? '') ?? [];
    const name = bracketed !== undefined ? bracketed + length : colon < 0 ? text : text.slice(0, colon);
    const given = bracketed !== undefined ? portText : colon < 0 ? '' : text.slice(colon + 1);
    const port = given === '' || given === '*' ? undefined : /^\d+$/.test(given) ? Number(given) : portOfService(given, 'tcp');
    const fits = this.address(side, name);
    return (row) => fits(row) && (port === undefined || portIn(row, side) === port);
  }
  private address(side: Side, name: Bytes): Filter {
    if (name === '' || name === '*') return () => true;
    const of = (row: Row): IpAddress => (side === 'local' ? row.local : row.remote);
    if (name.includes(':')) {
      const [text = '', length] = name.split('/');
      const address = parseIpv6(text);
      if (address === undefined) throw new FilterError(`Error: an inet prefix is expected rather than "${name}".\nCannot parse dst/src address.\n`, false);
      const bits = length === undefined ? 128 : Number(length);
      return (row) => {
        const at = of(row);
        return row.family === 6 && ipv6InPrefix(typeof at === 'number' ? ipv6Mapped(at) : at, address, bits);
      };
    }
    const prefix = parseIpv4Prefix(name);
    if (prefix !== undefined) {
      const mask = prefix.length === 0 ? 0 : -1 << (32 - prefix.length);
      return (row) => {
        const at = of(row);
        return typeof at === 'number' && (at & mask) === (prefix.address & mask);
      };
    }
    const found = parseIpv4(name) ?? this.resolve(name);
    return (row) => of(row) === found;
  }
  private resolve(name: Bytes): number {
    const found = resolveHost(this.p, name);
    if (found.kind === 'found') return found.address;
    throw new FilterError(`Error: an inet prefix is expected rather than "${name}".\nCannot parse dst/src address.\n`, false);
  }

  private next(): Bytes {
    const word = this.tokens[this.at++];
    if (word === undefined) throw syntax();
    return word;
  }
  private take(...words: readonly string[]): boolean {
    if (!words.includes(this.tokens[this.at] ?? '')) return false;
    this.at++;
    return true;
  }
}
const syntax = (): FilterError => new FilterError('ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n', true);
function compare(a: number, operator: Comparison, b: number): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}
