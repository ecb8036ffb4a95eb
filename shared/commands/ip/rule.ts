/** `ip rule`. Authority: ip/iprule.c, net/core/fib_rules.c (fib_nl_fill_rule). */
import { addRule, deleteRule, type Rule, type RuleRequest } from '../../kernel/index.ts';
import type { Sys } from '../../shell/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseRouteType } from '../iproute2/names.ts';
import { parseInt32, parseU32, parseU8 } from '../iproute2/numbers.ts';
import { Family, familyBits, formatAddress, sameBits, takePrefix, type Prefix } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { protocolName, protocolNumber } from '../names/protocols.ts';
import { restoreRules, saveRules } from './dump/transfer.ts';
import { isDeviceName } from './link-parse.ts';
import { ruleUsage } from './usage.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** What a rule must have to be listed or flushed: the same words as for adding one. */
interface RuleFilter {
  request: Mutable<Partial<RuleRequest>>;
  src: Prefix | undefined;
  dst: Prefix | undefined;
}

export function ruleCommand(session: Session, words: readonly string[]): number | Sys<number> {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.isAtEnd || args.begins('list', 'lst', 'show')) return list(session, rest, 'list');
  if (args.begins('save')) {
    if (!rest.isAtEnd) giveUp(USAGE_ERROR, '"ip rule save" does not take any arguments.\n');
    return saveRules(session, session.options.family === Family.INET6 ? session.netns.rules6 : session.netns.rules);
  }
  if (args.begins('restore')) return restoreRules(session);
  if (args.begins('add')) return modify(session, 'new', rest);
  if (args.begins('delete')) return modify(session, 'delete', rest);
  if (args.begins('flush')) return list(session, rest, 'flush');
  if (args.begins('help')) leave(255, ruleUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip rule help".\n`);
}

function readMark(args: Arguments, request: Mutable<Partial<RuleRequest>>): void {
  const [mark, mask] = splitOnce(args.next(), '/');
  request.fwmark = parseU32(mark) ?? invalidArgument('fwmark value is invalid\n', mark);
  if (mask !== undefined) request.fwmask = parseU32(mask) ?? invalidArgument('fwmask value is invalid\n', mask);
}
const splitOnce = (text: string, separator: string): [string, string | undefined] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};
/** sscanf("%hu-%hu"). */
function readPorts(args: Arguments, message: string): readonly [number, number] {
  const match = /^\s*(\d+)(?:-(\d+))?/.exec(args.next());
  if (!match) return invalidArgument(message, args.word);
  const first = Number(match[1]) & 0xffff;
  return [first, match[2] === undefined ? first : Number(match[2]) & 0xffff];
}
function readUids(args: Arguments): readonly [number, number] {
  const match = /^\s*(\d+)-(\d+)/.exec(args.next());
  return match ? [Number(match[1]), Number(match[2])] : invalidArgument('invalid UID range\n', args.word);
}
function readProtocolNumber(args: Arguments): number {
  const word = args.next();
  return parseU8(word, 10) ?? protocolNumber(word) ?? invalidArgument('Invalid "ipproto" value\n', word);
}

/** What selects packets, alike for adding and for listing. True when the word was one of these. */
function readSelector(session: Session, args: Arguments, request: Mutable<Partial<RuleRequest>>): boolean {
  if (args.is('fwmark')) readMark(args, request);
  else if (args.is('dev') || args.is('iif')) request.inName = deviceName(args.next(), '"iif"/"dev" not a valid ifname');
  else if (args.is('oif')) request.outName = deviceName(args.next(), '"oif" not a valid ifname');
  else if (args.is('l3mdev')) request.l3mdev = true;
  else if (args.is('uidrange')) request.uidRange = readUids(args);
  else if (args.is('ipproto')) request.ipProtocol = readProtocolNumber(args);
  else if (args.is('sport')) request.srcPorts = readPorts(args, 'invalid port range\n');
  else if (args.is('dport')) request.dstPorts = readPorts(args, 'invalid dport range\n');
  else return false;
  void session;
  return true;
}
const deviceName = (word: string, message: string): string => (isDeviceName(word) ? word : invalidArgument(message, word));

function readFilter(session: Session, args: Arguments): RuleFilter {
  const { names, options } = session;
  const family = options.family === Family.UNSPEC ? Family.INET : options.family;
  const filter: RuleFilter = { request: {}, src: undefined, dst: undefined };
  const { request } = filter;
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('preference', 'order', 'priority')) request.priority = parseU32(args.next()) ?? invalidArgument('preference value is invalid\n', args.word);
    else if (args.is('not')) request.invert = true;
    else if (args.is('tos') || args.is('dsfield')) request.tos = names.parseDsField(args.next()) ?? invalidArgument('TOS value is invalid\n', args.word);
    else if (readSelector(session, args, request)) continue;
    else if (args.begins('lookup', 'table')) request.table = names.parseTable(args.next()) ?? invalidArgument('table id value is invalid\n', args.word);
    else if (args.begins('from', 'src')) {
      filter.src = takePrefix(args.next(), family);
    } else if (args.begins('protocol')) {
      const word = args.next();
      const protocol = names.parseProtocol(word);
      if (protocol === undefined && word !== 'all') invalidArgument('invalid "protocol"\n', word);
      if (protocol !== undefined) request.protocol = protocol;
    } else {
      if (args.begins('dst', 'to')) args.next();
      filter.dst = takePrefix(args.word, family);
    }
  }
  return filter;
}

function passes(rule: Rule, filter: RuleFilter): boolean {
  const { request, src, dst } = filter;
  const family: Family = rule.family === 4 ? Family.INET : Family.INET6;
  const within = (prefix: Prefix | undefined, address: number | string, length: number): boolean =>
    prefix === undefined ||
    prefix.family === Family.UNSPEC ||
    (prefix.family === family && prefix.bits <= length && sameBits(family, address, family === Family.INET ? prefix.v4 : prefix.v6, prefix.bits));
  const same = (a: readonly number[] | null, b: readonly number[] | undefined): boolean => b === undefined || (a !== null && a[0] === b[0] && a[1] === b[1]);
  if (request.priority !== undefined && request.priority !== rule.priority) return false;
  if (request.invert && !rule.invert) return false;
  if (!within(src, rule.src, rule.srcLength) || !within(dst, rule.dst, rule.dstLength)) return false;
  if (request.tos !== undefined && request.tos !== rule.tos) return false;
  if (request.fwmark && request.fwmark !== rule.fwmark) return false;
  if (request.fwmask && request.fwmask !== rule.fwmask) return false;
  if (request.inName !== undefined && request.inName !== rule.inName) return false;
  if (request.outName !== undefined && request.outName !== rule.outName) return false;
  if (request.l3mdev && !rule.l3mdev) return false;
  if (!same(rule.uidRange, request.uidRange) || !same(rule.srcPorts, request.srcPorts) || !same(rule.dstPorts, request.dstPorts)) return false;
  if (request.ipProtocol && request.ipProtocol !== rule.ipProtocol) return false;
  return !(request.table && request.table !== rule.table);
}

function list(session: Session, args: Arguments, action: 'list' | 'flush'): number {
  const { options, netns, printer } = session;
  const filter = readFilter(session, args);
  const rules = options.family === Family.INET6 ? netns.rules6 : netns.rules;
  printer.startJson(options.json, options.pretty);
  for (const rule of [...rules]) {
    if (!passes(rule, filter)) continue;
    if (action === 'list') printRule(session, rule);
    else if (rule.priority !== 0 && (filter.request.protocol === undefined || filter.request.protocol === rule.protocol)) {
      if (!session.accept(deleteRule(netns, requestOf(rule)))) giveUp(1, 'Dump terminated\n');
    }
  }
  printer.endJson();
  return 0;
}
/** A rule as the message that deletes it. */
function requestOf(rule: Rule): RuleRequest {
  return {
    ...{ family: rule.family, priority: rule.priority, invert: rule.invert, tos: rule.tos, action: rule.action, table: rule.table, l3mdev: rule.l3mdev },
    ...(rule.srcLength > 0 && { src: rule.src, srcLength: rule.srcLength }),
    ...(rule.dstLength > 0 && { dst: rule.dst, dstLength: rule.dstLength }),
    ...(rule.fwmark !== 0 && { fwmark: rule.fwmark, fwmask: rule.fwmask }),
    ...(rule.inName !== '' && { inName: rule.inName }),
    ...(rule.outName !== '' && { outName: rule.outName }),
    ...(rule.uidRange && { uidRange: rule.uidRange }),
    ...(rule.ipProtocol !== 0 && { ipProtocol: rule.ipProtocol }),
    ...(rule.srcPorts && { srcPorts: rule.srcPorts }),
    ...(rule.dstPorts && { dstPorts: rule.dstPorts }),
    ...(rule.action === 'goto' && { target: rule.target }),
  };
}

export function printRule(session: Session, rule: Rule, change: 'new' | 'del' = 'new'): void {
  const { printer, names, netns, options } = session;
  const family: Family = rule.family === 4 ? Family.INET : Family.INET6;
  const color = family === Family.INET ? 'inet' : 'inet6';
  const hostBits = familyBits(family);
  const prefix = (key: 'src' | 'dst', address: number | string, length: number): void => {
    const text = formatAddress(family, address);
    printer.any(key, text, text, color);
    if (length !== hostBits) printer.any(`${key}len`, `/${length}`, length);
  };
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  printer.any('priority', `${rule.priority}:\t`, rule.priority);
  if (rule.invert) printer.any('not', 'not ', null);
  printer.text('from ');
  if (rule.srcLength > 0) prefix('src', rule.src, rule.srcLength);
  else printer.any('src', 'all', 'all');
  if (rule.dstLength > 0) {
    printer.text(' to ');
    prefix('dst', rule.dst, rule.dstLength);
  }
  if (rule.tos !== 0) printer.any('tos', ` tos ${names.dsField(rule.tos)}`, names.dsField(rule.tos));
  if (rule.fwmark !== 0 || rule.fwmask !== 0) {
    const hex = (value: number): string => (value === 0 ? '0' : `0x${(value >>> 0).toString(16)}`);
    printer.any('fwmark', ` fwmark ${hex(rule.fwmark)}`, hex(rule.fwmark));
    if (rule.fwmask >>> 0 !== 0xffff_ffff) printer.any('fwmask', `/${hex(rule.fwmask)}`, hex(rule.fwmask));
  }
  for (const [key, name] of [
    ['iif', rule.inName],
    ['oif', rule.outName],
  ] as const) {
    if (name === '') continue;
    printer.text(` ${key} `);
    printer.any(key, name, name, 'ifname');
    if (!netns.device(name)) printer.any(`${key}_detached`, ' [detached]', null);
  }
  if (rule.l3mdev) printer.any('l3mdev', ' lookup [l3mdev-table]', null);
  if (rule.uidRange) {
    printer.any('uid_start', ` uidrange ${rule.uidRange[0]}`, rule.uidRange[0]);
    printer.any('uid_end', `-${rule.uidRange[1]}`, rule.uidRange[1]);
  }
  if (rule.ipProtocol !== 0) {
    const name = (names.numeric ? undefined : protocolName(rule.ipProtocol)) ?? `ipproto-${rule.ipProtocol}`;
    printer.any('ipproto', ` ipproto ${name}`, name);
  }
  for (const [key, range] of [
    ['sport', rule.srcPorts],
    ['dport', rule.dstPorts],
  ] as const) {
    if (!range) continue;
    if (range[0] === range[1]) printer.any(key, ` ${key} ${range[0]}`, range[0]);
    else {
      printer.any(`${key}_start`, ` ${key} ${range[0]}`, range[0]);
      printer.any(`${key}_end`, `-${range[1]}`, range[1]);
    }
  }
  if (rule.table !== 0) {
    const table = names.table(rule.table);
    printer.any('table', ` lookup ${table}`, table);
    if (rule.suppressPrefixLength >= 0) printer.any('suppress_prefixlen', ` suppress_prefixlength ${rule.suppressPrefixLength}`, rule.suppressPrefixLength);
    if (rule.suppressGroup >= 0) printer.any('suppress_ifgroup', ` suppress_ifgroup ${names.group(rule.suppressGroup)}`, names.group(rule.suppressGroup));
  }
  const { realms = 0 } = rule;
  if (realms !== 0) {
    const [from, to] = [realms >>> 16, names.realm(realms & 0xffff)];
    if (from !== 0) printer.any('flow_from', ` realms ${names.realm(from)}/`, names.realm(from));
    else printer.text(' realms ');
    printer.any('flow_to', to, to);
  }
  if (rule.action === 'goto') {
    printer.any('goto', ` goto ${rule.target}`, rule.target);
    const rules = rule.family === 4 ? netns.rules : netns.rules6;
    if (!rules.some((other) => other.priority === rule.target)) printer.any('unresolved', ' [unresolved]', null);
  } else if (rule.action === 'nop') printer.any('nop', ' nop', null);
  else if (rule.action !== 'lookup') printer.any('action', ` ${rule.action}`, rule.action);
  if ((rule.protocol !== 0 && rule.protocol !== 2) || options.details > 0) {
    const protocol = names.protocol(rule.protocol);
    printer.any('protocol', ` proto ${protocol}`, protocol);
  }
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}

const ACTIONS: Readonly<Record<number, NonNullable<RuleRequest['action']>>> = { 1: 'lookup', 6: 'blackhole', 7: 'unreachable', 8: 'prohibit' };

function modify(session: Session, command: 'new' | 'delete', args: Arguments): number {
  const { names, options, netns } = session;
  if (args.isAtEnd) giveUp(USAGE_ERROR, `"ip rule ${command === 'new' ? 'add' : 'del'}" requires arguments.\n`);
  let family: Family = options.family;
  let hasTable = false;
  const request: Mutable<Partial<RuleRequest>> = command === 'new' ? { action: 'lookup', create: true, exclusive: true } : {};
  const prefix = (word: string): Prefix => {
    const found = takePrefix(word, family);
    // the family of the message stays what it was: an IPv6 prefix needs -6
    if (found.family === Family.INET6 && family === Family.UNSPEC) giveUp(KERNEL_ERROR, 'RTNETLINK answers: Invalid argument\n');
    return found;
  };
  const address = (found: Prefix): number | string => (found.family === Family.INET6 ? found.v6 : found.v4);
  do {
    if (args.is('not')) request.invert = true;
    else if (args.is('from')) {
      const found = prefix(args.next());
      Object.assign(request, { src: address(found), srcLength: found.bits });
    } else if (args.is('to')) {
      const found = prefix(args.next());
      Object.assign(request, { dst: address(found), dstLength: found.bits });
    } else if (args.begins('preference', 'order', 'priority'))
      request.priority = parseU32(args.next()) ?? invalidArgument('preference value is invalid\n', args.word);
    else if (args.is('tos') || args.begins('dsfield')) request.tos = names.parseDsField(args.next()) ?? invalidArgument('TOS value is invalid\n', args.word);
    else if (args.is('fwmark')) readMark(args, request);
    else if (args.begins('realms')) {
      request.realms = names.parseRealms(args.next()) ?? invalidArgument('invalid realms\n', args.word);
    } else if (args.begins('protocol')) request.protocol = names.parseProtocol(args.next()) ?? invalidArgument('"protocol" value is invalid\n', args.word);
    else if (args.begins('tun_id')) {
      args.next();
      giveUp(KERNEL_ERROR, 'not modelled: tunnel ids in rules\n');
    } else if (args.begins('table') || args.is('lookup')) {
      request.table = names.parseTable(args.next()) ?? invalidArgument('invalid table ID\n', args.word);
      hasTable = true;
    } else if (args.begins('suppress_prefixlength') || args.is('sup_pl')) {
      const length = parseInt32(args.next());
      if (length === undefined || length < 0) invalidArgument('suppress_prefixlength value is invalid\n', args.word);
      request.suppressPrefixLength = length;
    } else if (args.begins('suppress_ifgroup') || args.is('sup_group')) {
      request.suppressGroup = names.parseGroup(args.next()) ?? invalidArgument('Invalid "suppress_ifgroup" value\n', args.word);
    } else if (readSelector(session, args, request)) {
      if (request.l3mdev) hasTable = true;
    } else {
      if (args.is('type')) args.next();
      if (args.begins('help')) leave(255, ruleUsage());
      if (args.begins('goto')) {
        request.target = parseU32(args.next()) ?? invalidArgument('invalid target\n', args.word);
        request.action = 'goto';
      } else if (args.begins('nop')) request.action = 'nop';
      else {
        const type = parseRouteType(args.word) ?? invalidArgument('Failed to parse rule type', args.word);
        request.action = ACTIONS[type] ?? giveUp(KERNEL_ERROR, 'RTNETLINK answers: Invalid argument\n');
      }
      hasTable = true;
    }
  } while (args.advance());
  if (request.l3mdev && request.table) giveUp(22, 'table can not be specified for l3mdev rules\n');
  if (family === Family.UNSPEC) family = Family.INET;
  if (!hasTable && command === 'new') request.table = 254;
  const whole: RuleRequest = { ...request, family: family === Family.INET6 ? 6 : 4 };
  const done = command === 'new' ? addRule(netns, whole) : deleteRule(netns, whole);
  return session.accept(done) ? 0 : KERNEL_ERROR;
}
