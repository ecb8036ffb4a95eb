/** Rules of nft's own: statements one after the other, and the comment (nftables' parser_bison.y, statement.c). */
import type { NftFamily, NftStatement } from '../../kernel/index.ts';
import {
  elementsText,
  fieldsText,
  parseElements,
  parseField,
  parseFields,
  parseMatch,
  parseSeconds,
  parseSetName,
  parseVerdict,
  secondsText,
  verdictText,
  type Field,
  type Scope,
} from './expression.ts';
import { fieldText } from './fields.ts';
import { parseLog, parseReject } from './answers.ts';
import { parseNat } from './nat.ts';
import { mistakeAt, NftMistake, type Cursor, type Token } from './lexer.ts';
import { formatValue, parseValue } from './types.ts';

export interface RuleScope extends Scope {
  readonly family: NftFamily;
  hasCounter(name: string): boolean;
}
export interface ParsedRule {
  readonly statements: readonly NftStatement[];
  readonly comment: string;
}
const same = (text: string): { text: string; numeric: string } => ({ text, numeric: text });
/** Statements after which nothing has an effect. */
const isTerminal = (statement: NftStatement): boolean =>
  (statement.kind === 'verdict' && statement.verdict.kind !== 'continue') ||
  (statement.kind === 'action' && ['REJECT', 'SNAT', 'DNAT', 'MASQUERADE', 'REDIRECT'].includes(statement.target.kind));

export function parseRule(cursor: Cursor, scope: RuleScope): ParsedRule {
  const statements: NftStatement[] = [];
  let comment = '';
  let terminal: Token | null = null;
  const family: { protocol: 'ip' | 'ip6' | null } = { protocol: scope.family === 'inet' ? null : scope.family };
  if (cursor.atLineEnd()) throw cursor.unexpected();
  while (!cursor.atLineEnd() && !cursor.is('}')) {
    cursor.expand();
    if (cursor.take('comment')) {
      comment = cursor.next().text;
      continue;
    }
    const start = cursor.token;
    const statement = parseStatement(
      cursor,
      scope,
      (field) => {
        const head = field.field.split(' ')[0];
        if (head !== 'ip' && head !== 'ip6') return;
        if (family.protocol !== null && family.protocol !== head)
          throw new NftMistake(`conflicting protocols specified: ${family.protocol} vs. ${head}`, field.at, field.width);
        family.protocol = head;
      },
      statements,
    );
    if (terminal !== null) {
      throw new NftMistake('Statement after terminal statement has no effect', start.at, start.text.length, { at: terminal.at, width: terminal.text.length });
    }
    if (isTerminal(statement)) terminal = start;
    statements.push(statement);
  }
  return { statements: withoutImplied(statements), comment };
}

/** `meta l4proto tcp` before `tcp dport 80` says what that says anyway, and is not shown. */
function withoutImplied(statements: readonly NftStatement[]): NftStatement[] {
  return statements.map((statement, i) => {
    const next = statements[i + 1];
    const found = /^(?:meta l4proto|ip protocol|ip6 nexthdr) (tcp|udp|icmp|ipv6-icmp)$/.exec(statement.text);
    const family = /^meta nfproto (ipv4|ipv6)$/.exec(statement.text);
    if (next === undefined || statement.kind !== 'match') return statement;
    const head = found?.[1] === 'ipv6-icmp' ? 'icmpv6' : found?.[1];
    const isImplied =
      (head !== undefined && (next.text.startsWith(`${head} `) || (head === 'tcp' && next.text === 'reject with tcp reset'))) ||
      (family !== null && next.text.startsWith(family[1] === 'ipv4' ? 'ip ' : 'ip6 '));
    return isImplied ? { ...statement, text: '', numeric: '' } : statement;
  });
}

function parseStatement(cursor: Cursor, scope: RuleScope, check: (field: Field) => void, before: readonly NftStatement[]): NftStatement {
  const start = cursor.token;
  const verdict = parseVerdict(cursor, scope);
  if (verdict !== undefined) return { kind: 'verdict', verdict, ...same(verdictText(verdict)) };
  switch (start.kind === 'word' ? start.text : '') {
    case 'counter':
      cursor.index++;
      return parseCounter(cursor, scope);
    case 'limit':
      cursor.index++;
      return parseLimit(cursor);
    case 'quota':
      cursor.index++;
      return parseQuota(cursor);
    case 'log':
      cursor.index++;
      return parseLog(cursor);
    case 'reject':
      cursor.index++;
      return parseReject(cursor, scope.family);
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
      cursor.index++;
      return parseNat(cursor, scope.family, start, before);
    case 'notrack':
      cursor.index++;
      return { kind: 'notrack', ...same('notrack') };
    case 'add':
    case 'update':
    case 'delete':
      cursor.index++;
      return parseUpdate(cursor, scope, start.text as 'add');
    case 'queue':
    case 'synproxy':
    case 'tproxy':
    case 'dup':
    case 'fwd':
    case 'flow':
    case 'xt':
    case 'socket':
    case 'osf':
    case 'rt':
    case 'ipsec':
    case 'vlan':
    case 'arp':
    case 'exthdr':
    case 'jhash':
    case 'symhash':
      throw mistakeAt(`not modelled: ${start.text}`, start);
  }
  if (cursor.is('tcp') && cursor.token.kind === 'word') {
    const option = parseTcpOption(cursor);
    if (option) return option;
  }
  if (cursor.is('ct')) {
    const isCount = cursor.index;
    cursor.index++;
    if (cursor.take('count')) {
      const over = cursor.take('over');
      const limit = Number(cursor.next().text);
      return { kind: 'connections', limit, over, ...same(`ct count ${over ? 'over ' : ''}${limit}`) };
    }
    if (cursor.is('helper', 'timeout', 'label', 'l3proto')) throw mistakeAt(`not modelled: ct ${cursor.token.text}`, cursor.token);
    cursor.index = isCount;
  }
  const fields = parseFields(cursor);
  if (fields === undefined) {
    cursor.next();
    throw start.kind === 'word' ? mistakeAt('No symbol type information', start) : (cursor.index--, cursor.unexpected());
  }
  fields.forEach(check);
  if (fields.length === 1 && cursor.take('set')) return parseAssignment(cursor, fields[0]!, scope);
  return parseMatch(cursor, fields, scope);
}

function parseCounter(cursor: Cursor, scope: RuleScope): NftStatement {
  if (cursor.take('name')) {
    const name = cursor.next();
    if (!scope.hasCounter(name.text)) throw mistakeAt('No such file or directory', name);
    return { kind: 'counter-of', name: name.text, ...same(`counter name "${name.text}"`) };
  }
  const counter = { packets: 0, bytes: 0 };
  if (cursor.take('packets')) {
    counter.packets = Number(cursor.next().text);
    cursor.expect('bytes');
    counter.bytes = Number(cursor.next().text);
  }
  return { kind: 'counter', counter, ...same('counter') };
}

const TIMES: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 };
const SIZES: Readonly<Record<string, number>> = { bytes: 1, kbytes: 1024, mbytes: 1024 * 1024 };
const DEFAULT_BURST = 5;
function parseLimit(cursor: Cursor): NftStatement {
  if (cursor.is('name')) throw mistakeAt('not modelled: limit name', cursor.token);
  cursor.expect('rate');
  const over = cursor.take('over');
  cursor.take('until');
  const rate = cursor.next();
  const [, amount, unit] = /^(\d+)\/(\w+)$/.exec(rate.text) ?? [];
  const before = `limit rate ${over ? 'over ' : ''}`;
  if (amount !== undefined && TIMES[unit ?? ''] !== undefined) {
    let burst = DEFAULT_BURST;
    if (cursor.take('burst')) {
      burst = Number(cursor.next().text);
      cursor.take('packets');
    }
    const text = `${before}${amount}/${unit}${burst === DEFAULT_BURST ? '' : ` burst ${burst} packets`}`;
    return { kind: 'limit', costUs: (TIMES[unit!]! * 1e6) / Number(amount), burst, over, bytes: false, ...same(text) };
  }
  const [, size = '', time = ''] = /^(\w+)\/(\w+)$/.exec(cursor.next().text) ?? [];
  if (!/^\d+$/.test(rate.text) || SIZES[size] === undefined || TIMES[time] === undefined) throw mistakeAt('wrong rate format', rate);
  let burst = '';
  let burstBytes = 0;
  if (cursor.take('burst')) {
    const count = cursor.next().text;
    const unitOfBurst = cursor.next().text;
    burst = ` burst ${count} ${unitOfBurst}`;
    burstBytes = Number(count) * (SIZES[unitOfBurst] ?? 1);
  }
  const costUs = (TIMES[time] * 1e6) / (Number(rate.text) * SIZES[size]);
  return { kind: 'limit', costUs, burst: burstBytes, over, bytes: true, ...same(`${before}${rate.text} ${size}/${time}${burst}`) };
}
function parseQuota(cursor: Cursor): NftStatement {
  if (cursor.is('name')) throw mistakeAt('not modelled: quota name', cursor.token);
  const over = cursor.take('over');
  cursor.take('until');
  const amount = cursor.next();
  const unit = cursor.next();
  if (SIZES[unit.text] === undefined) throw mistakeAt('wrong rate format', unit);
  const bytes = Number(amount.text) * SIZES[unit.text]!;
  return { kind: 'quota', bytes, over, used: { bytes: 0 }, ...same(`quota ${over ? 'over ' : ''}${amount.text} ${unit.text}`) };
}

/** `tcp option maxseg size set 1400`. */
function parseTcpOption(cursor: Cursor): NftStatement | undefined {
  const at = cursor.index;
  cursor.index++;
  if (!cursor.take('option')) {
    cursor.index = at;
    return undefined;
  }
  const option = cursor.next();
  if (option.text !== 'maxseg') throw mistakeAt(`not modelled: tcp option ${option.text}`, option);
  cursor.expect('size');
  cursor.expect('set');
  if (cursor.take('rt')) {
    cursor.expect('mtu');
    return { kind: 'action', target: { kind: 'TCPMSS', mss: 'clamp' }, ...same('tcp option maxseg size set rt mtu') };
  }
  const mss = Number(cursor.next().text);
  return { kind: 'action', target: { kind: 'TCPMSS', mss }, ...same(`tcp option maxseg size set ${mss}`) };
}

/** `meta mark set 1`, `… set mark | 0x10`, `… set tcp dport map { … }`. */
function parseAssignment(cursor: Cursor, field: Field, scope: RuleScope): NftStatement {
  const name = field.field.startsWith('meta ') ? field.field : fieldText(field.field);
  const source = parseField(cursor);
  const value = (token: Token): number => Number(parseValue(field.type, token, token.text, scope.names));
  const shown = (number: number, isNumeric = false): string => formatValue(field.type, number, isNumeric, scope.names);
  if (source === undefined) {
    cursor.expand();
    const number = value(cursor.next());
    return {
      kind: 'set',
      field: field.field,
      source: null,
      value: number,
      map: null,
      text: `${name} set ${shown(number)}`,
      numeric: `${name} set ${shown(number, true)}`,
    };
  }
  const fields = [source];
  while (cursor.take('.')) fields.push(parseField(cursor) ?? unexpected(cursor));
  if (cursor.take('map')) {
    const types = fields.map(({ type }) => type);
    const left = fields.map(({ field: each, mask }) => ({ field: each, mask }));
    if (!cursor.is('{')) {
      const set = parseSetName(cursor, scope);
      return {
        kind: 'set',
        field: field.field,
        source: null,
        value: 0,
        map: { left, elements: null, set },
        ...same(`${name} set ${fieldsText(fields)} map @${set}`),
      };
    }
    const elements = parseElements(cursor, types, field.type, scope);
    const text = (isNumeric: boolean): string => `${name} set ${fieldsText(fields)} map ${elementsText(elements, types, field.type, isNumeric, scope.names)}`;
    return { kind: 'set', field: field.field, source: null, value: 0, map: { left, elements, set: '' }, text: text(false), numeric: text(true) };
  }
  let mask: number | null = null;
  let added = 0;
  let text = `${name} set ${source.field}`;
  if (cursor.take('&', 'and')) {
    mask = value(cursor.next());
    text += ` & ${shown(mask)}`;
  }
  if (cursor.take('|', 'or')) {
    added = value(cursor.next());
    text += ` | ${shown(added)}`;
  }
  return { kind: 'set', field: field.field, source: { field: source.field, mask }, value: added, map: null, ...same(text) };
}

/** `add @set { ip saddr timeout 5s }`. */
function parseUpdate(cursor: Cursor, scope: RuleScope, how: 'add' | 'update' | 'delete'): NftStatement {
  const set = parseSetName(cursor, scope);
  cursor.expect('{');
  const fields = parseFields(cursor);
  if (fields === undefined) throw cursor.unexpected();
  let timeoutS: number | null = null;
  if (cursor.take('timeout')) timeoutS = parseSeconds(cursor.next());
  if (!cursor.is('}')) throw mistakeAt('not modelled: statements of elements', cursor.token);
  cursor.expect('}');
  const left = fields.map(({ field, mask }) => ({ field, mask }));
  const text = `${how} @${set} { ${fieldsText(fields)}${timeoutS === null ? '' : ` timeout ${secondsText(timeoutS)}`} }`;
  return { kind: 'update', how, left, set, timeoutS, ...same(text) };
}
function unexpected(cursor: Cursor): never {
  throw cursor.unexpected();
}
