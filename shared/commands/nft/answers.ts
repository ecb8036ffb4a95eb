/** Statements that tell others of a packet: log, reject. */
import type { NftFamily, NftStatement, RejectType } from '../../kernel/index.ts';
import { mistakeAt, type Cursor } from './lexer.ts';

const same = (text: string): { text: string; numeric: string } => ({ text, numeric: text });
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];
const WARN = 4;
export function parseLog(cursor: Cursor): NftStatement {
  const target = { kind: 'LOG', level: WARN, prefix: '', tcpSequence: false, tcpOptions: false, ipOptions: false, uid: false, macDecode: false } as const;
  let prefix = '';
  let level = WARN;
  let group = '';
  let flags = '';
  while (cursor.is('prefix', 'level', 'group', 'snaplen', 'queue-threshold', 'flags')) {
    const option = cursor.next();
    if (option.text === 'flags') {
      flags = cursor.next().text;
      if (flags !== 'all') flags += ` ${cursor.next().text}`;
    } else if (option.text === 'prefix') prefix = cursor.next().text;
    else if (option.text === 'level') {
      const name = cursor.next();
      level = LEVELS.indexOf(name.text);
      if (level < 0) throw mistakeAt('invalid log level', name);
    } else if (option.text === 'group') group = cursor.next().text;
    else throw mistakeAt(`not modelled: log ${option.text}`, option);
  }
  const text = `log${prefix === '' ? '' : ` prefix "${prefix}"`}${group === '' ? '' : ` group ${group}`}${level === WARN ? '' : ` level ${LEVELS[level]}`}${flags === '' ? '' : ` flags ${flags}`}`;
  if (group !== '') return { kind: 'action', target: { kind: 'NFLOG', group: Number(group), prefix, size: null, threshold: 0 }, ...same(text) };
  const all = flags === 'all';
  const more = { tcpSequence: all || flags.includes('sequence'), tcpOptions: all, ipOptions: all, uid: all || flags === 'skuid', macDecode: all };
  return { kind: 'action', target: { ...target, ...more, prefix, level }, ...same(text) };
}

const REJECTS: Readonly<Record<string, Readonly<Record<string, readonly [RejectType, number]>>>> = {
  icmp: {
    'net-unreachable': ['icmp-net-unreachable', 0],
    'host-unreachable': ['icmp-host-unreachable', 1],
    'prot-unreachable': ['icmp-proto-unreachable', 2],
    'port-unreachable': ['icmp-port-unreachable', 3],
    'net-prohibited': ['icmp-net-prohibited', 9],
    'host-prohibited': ['icmp-host-prohibited', 10],
    'admin-prohibited': ['icmp-admin-prohibited', 13],
  },
  icmpv6: {
    'no-route': ['icmp6-no-route', 0],
    'admin-prohibited': ['icmp6-adm-prohibited', 1],
    'addr-unreachable': ['icmp6-addr-unreachable', 3],
    'port-unreachable': ['icmp6-port-unreachable', 4],
    'policy-fail': ['icmp6-policy-fail', 5],
    'reject-route': ['icmp6-reject-route', 6],
  },
  icmpx: {
    'no-route': ['icmp-net-unreachable', 0],
    'port-unreachable': ['icmp-port-unreachable', 1],
    'host-unreachable': ['icmp-host-unreachable', 2],
    'admin-prohibited': ['icmp-admin-prohibited', 3],
  },
};
export function parseReject(cursor: Cursor, family: NftFamily): NftStatement {
  const usual: RejectType = family === 'ip6' ? 'icmp6-port-unreachable' : 'icmp-port-unreachable';
  if (!cursor.take('with')) return { kind: 'action', target: { kind: 'REJECT', with: usual }, ...same('reject') };
  const kind = cursor.next();
  if (kind.text === 'tcp') {
    cursor.expect('reset');
    return { kind: 'action', target: { kind: 'REJECT', with: 'tcp-reset' }, ...same('reject with tcp reset') };
  }
  cursor.take('type');
  const name = cursor.next();
  const found = REJECTS[kind.text]?.[name.text];
  if (found === undefined)
    throw mistakeAt(
      REJECTS[kind.text]
        ? `Could not parse ${kind.text === 'icmp' ? 'ICMP' : kind.text === 'icmpv6' ? 'ICMPv6' : 'ICMPx'} code`
        : 'syntax error, unexpected string',
      name,
    );
  const isUsual = name.text === 'port-unreachable' && (kind.text === 'icmpx' ? family === 'inet' : family !== 'inet');
  const text = (shown: string): string => (isUsual ? 'reject' : `reject with ${kind.text} ${shown}`);
  return { kind: 'action', target: { kind: 'REJECT', with: found[0] }, text: text(name.text), numeric: text(`${found[1]}`) };
}
