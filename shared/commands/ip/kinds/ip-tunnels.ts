/** `type ipip|sit|gre|gretap` of `ip link`, and their lines of `ip -d link`. Authority: ip/link_iptnl.c, link_gre.c, tunnel.c. */
import { IpTunnel, TunnelFlag, type Device, type TunnelOptions } from '../../../kernel/index.ts';
import { formatIpv4, isIpv4Multicast } from '../../../wire/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../../iproute2/exit.ts';
import { parseU16, parseU32, parseU8 } from '../../iproute2/numbers.ts';
import { Family, takeAddress } from '../../iproute2/prefix.ts';
import { USAGE_ERROR, type Session } from '../../iproute2/session.ts';
import type { LinkCommand } from '../link-parse.ts';
import { usageLines, type Kind } from './kind.ts';

type TunnelKind = 'ipip' | 'sit' | 'gre' | 'gretap';
const ENCAP_ROWS = [
  'fwmark MARK',
  'external',
  'noencap',
  'encap { fou | gue | none }',
  'encap-sport PORT',
  'encap-dport PORT',
  '[no]encap-csum',
  '[no]encap-csum6',
  '[no]encap-remcsum',
];
const row = (text: string): string => `\t\t\t[ ${text} ]`;
const ipTunnelUsage = (name: string): string =>
  usageLines(
    `Usage: ... ${name.padEnd(6)}\t[ remote ADDR ]`,
    ...['local ADDR', 'ttl TTL', 'tos TOS', '[no]pmtudisc', '6rd-prefix ADDR', '6rd-relay_prefix ADDR', '6rd-reset', 'dev PHYS_DEV', ...ENCAP_ROWS].map(row),
    ...(name === 'sit' ? [row('mode { ip6ip | ipip | mplsip | any } '), row('isatap')] : [row('mode { ipip | mplsip | any }')]),
    ...['', 'Where:\tADDR := { IP_ADDRESS | any }', '\tTOS  := { NUMBER | inherit }', '\tTTL  := { 1..255 | inherit }', '\tMARK := { 0x0..0xffffffff }'],
  );
const greUsage = (name: string): string =>
  usageLines(
    `Usage: ... ${name.padEnd(9)}\t[ remote ADDR ]`,
    ...[
      'local ADDR',
      '[no][i|o]seq',
      '[i|o]key KEY | no[i|o]key',
      '[no][i|o]csum',
      'ttl TTL',
      'tos TOS',
      '[no]pmtudisc',
      '[no]ignore-df',
      'dev PHYS_DEV',
      ...ENCAP_ROWS,
    ].map(row),
    ...[
      '',
      'Where:\tADDR := { IP_ADDRESS | any }',
      '\tTOS  := { NUMBER | inherit }',
      '\tTTL  := { 1..255 | inherit }',
      '\tKEY  := { DOTTED_QUAD | NUMBER }',
      '\tMARK := { 0x0..0xffffffff }',
    ],
  );

/** tnl_parse_key: a number, or an address as four bytes. */
export function readKey(args: Arguments, name: string): number {
  const word = args.next();
  if (word.includes('.')) return takeAddress(word, Family.INET).v4;
  return (parseU32(word) ?? leave(255, `invalid value for "${name}": "${word}"; it should be an unsigned integer\n`)) | 0;
}
/** `key`, `ikey`, `okey`, `seq`, `csum` and their opposites. */
function readGreFlag(args: Arguments, options: TunnelOptions): boolean {
  const change = (sides: string, bit: number, on: boolean): void => {
    for (const side of sides) {
      const field = side === 'i' ? 'iflags' : 'oflags';
      options[field] = on ? (options[field] ?? 0) | bit : (options[field] ?? 0) & ~bit;
    }
  };
  for (const [suffix, bit] of [
    ['key', TunnelFlag.KEY],
    ['seq', TunnelFlag.SEQ],
    ['csum', TunnelFlag.CSUM],
  ] as const) {
    for (const side of ['', 'i', 'o']) {
      for (const no of ['', 'no']) {
        const word = `${no}${side}${suffix}`;
        if (!args.begins(word)) continue;
        const sides = side === '' ? 'io' : side;
        change(sides, bit, no === '');
        if (bit === TunnelFlag.KEY) {
          const key = no === '' ? readKey(args, word) : 0;
          if (sides.includes('i')) options.ikey = key;
          if (sides.includes('o')) options.okey = key;
        }
        return true;
      }
    }
  }
  return false;
}

function parseTunnel(session: Session, args: Arguments, command: LinkCommand, name: string): TunnelOptions {
  const isGre = name.startsWith('gre');
  const usage = isGre ? greUsage : ipTunnelUsage;
  const old = command.isCreating ? undefined : tunnelFactsOf(session, command);
  const options: TunnelOptions = { pmtudisc: true, ...old };
  for (; !args.isAtEnd; args.advance()) {
    const is = (...words: readonly string[]): boolean => (isGre ? args.begins(...words) : words.includes(args.word));
    if (isGre && readGreFlag(args, options)) continue;
    if (!isGre && args.is('mode')) {
      const modes: Readonly<Record<string, number>> = {
        'ipv6/ipv4': 41,
        ip6ip: 41,
        'ipv4/ipv4': 4,
        ipip: 4,
        ip4ip4: 4,
        'mpls/ipv4': 137,
        mplsip: 137,
        'any/ipv4': 0,
        any: 0,
      };
      const protocol = modes[args.next()];
      if (protocol === undefined || (protocol === 41 && name !== 'sit')) invalidArgument('Cannot guess tunnel mode.', args.word);
      options.protocol = protocol;
    } else if (is('remote')) options.remote = takeAddress(args.next(), Family.INET).v4;
    else if (is('local')) options.local = takeAddress(args.next(), Family.INET).v4;
    else if (args.begins('dev')) options.link = session.indexOf(args.next()) || leave(255, `Cannot find device "${args.word}"\n`);
    else if (is('ttl', 'hoplimit', 'hlim')) {
      const word = args.next();
      options.ttl = word === 'inherit' ? 0 : (parseU8(word) ?? invalidArgument('invalid TTL\n', word));
    } else if (is('tos', 'tclass') || args.is('tc') || args.begins('dsfield')) {
      const word = args.next();
      options.tos = word === 'inherit' ? 1 : (session.names.parseDsField(word) ?? invalidArgument('bad TOS value', word));
    } else if (is('nopmtudisc')) options.pmtudisc = false;
    else if (is('pmtudisc')) options.pmtudisc = true;
    else if (args.is('external')) options.external = true;
    else if (isGre && args.is('ignore-df')) options.ignoreDf = true;
    else if (isGre && args.is('noignore-df')) options.ignoreDf = false;
    else if (args.is('noencap')) delete options.encap;
    else if (args.is('encap')) {
      const word = args.next();
      if (word === 'none') delete options.encap;
      else options.encap = word === 'fou' || word === 'gue' ? word : invalidArgument('Invalid encap type.', word);
    } else if (args.is('encap-sport')) {
      if (args.next() !== 'auto' && parseU16(args.word) === undefined) invalidArgument('Invalid source port.', args.word);
    } else if (args.is('encap-dport')) {
      if (parseU16(args.next()) === undefined) invalidArgument('Invalid destination port.', args.word);
    } else if (/^(no)?encap-(csum|udp6-csum|remcsum)$/.test(args.word)) continue;
    else if (args.is('fwmark')) options.fwmark = parseU32(args.next()) ?? invalidArgument('invalid fwmark\n', args.word);
    else if (!isGre && ['6rd-prefix', '6rd-relay_prefix', 'isatap'].includes(args.word)) giveUp(2, `not modelled: ${args.word} of tunnels\n`);
    else if (!isGre && args.is('6rd-reset')) continue;
    else giveUp(USAGE_ERROR, usage(name));
  }
  if (!isGre && options.ttl && options.pmtudisc === false) leave(255, 'ttl != 0 and nopmtudisc are incompatible\n');
  if (isGre && options.remote !== undefined && isIpv4Multicast(options.remote)) {
    if (!options.local) giveUp(USAGE_ERROR, 'A broadcast tunnel requires a source address.\n');
    takeGroupAsKey(options, options.remote);
  }
  // Of an `external` tunnel the kernel is told nothing else.
  return options.external === true ? { external: true, ...(options.protocol !== undefined && { protocol: options.protocol }) } : options;
}
/** A tunnel to a group has the group as its key where none was given. */
export function takeGroupAsKey(options: TunnelOptions, group: number): void {
  if (!options.ikey) {
    options.ikey = group;
    options.iflags = (options.iflags ?? 0) | TunnelFlag.KEY;
  }
  if (!options.okey) {
    options.okey = group;
    options.oflags = (options.oflags ?? 0) | TunnelFlag.KEY;
  }
}
function tunnelFactsOf(session: Session, command: LinkCommand): TunnelOptions {
  const device = session.netns.devices.get(command.target);
  return device instanceof IpTunnel ? { ...device.options } : giveUp(USAGE_ERROR, 'Failed to get existing tunnel info.\n');
}

const PROTOCOL_WORDS: Readonly<Record<number, string>> = { 4: 'ipip', 41: 'ip6ip', 137: 'mplsip', 0: 'any' };
/** remote, local, dev, ttl and tos, which all kinds have. */
function printEnds(session: Session, o: TunnelOptions): void {
  const { printer } = session;
  for (const [key, address] of [
    ['remote', o.remote],
    ['local', o.local],
  ] as const) {
    const text = address ? formatIpv4(address) : 'any';
    printer.any(key, `${key} ${text} `, text);
  }
  if (o.link) printer.any('link', `dev ${session.nameOf(o.link)} `, session.nameOf(o.link));
  if (o.ttl || printer.isJson) printer.any('ttl', `ttl ${o.ttl ?? 0} `, o.ttl ?? 0);
  else printer.text('ttl inherit ');
  if (o.tos === 1 && !printer.isJson) printer.text('tos inherit ');
  else if (o.tos) printer.hex('tos', `tos 0x${o.tos.toString(16)} `, o.tos);
}
function printFwmark({ printer }: Session, { fwmark }: TunnelOptions): void {
  if (fwmark) printer.hex('fwmark', `fwmark 0x${fwmark.toString(16)} `, fwmark);
}
function printIpTunnel(session: Session, device: Device): void {
  if (!(device instanceof IpTunnel)) return;
  const { printer } = session;
  const o = device.options;
  if (o.external) printer.any('external', 'external ', true);
  const protocol = PROTOCOL_WORDS[o.protocol ?? 0];
  if (protocol !== undefined) printer.any('proto', `${protocol} `, protocol);
  printEnds(session, o);
  const pmtudisc = o.pmtudisc ?? true;
  printer.any('pmtudisc', pmtudisc ? 'pmtudisc ' : 'nopmtudisc ', pmtudisc);
  if (device.kind === 'sit') {
    // The prefix of 6to4, which a tunnel has from the beginning.
    printer.member('prefix', '2002::');
    printer.member('prefixlen', 16);
    printer.text('6rd-prefix 2002::/16 ');
  }
  printFwmark(session, o);
}
function printGre(session: Session, device: Device): void {
  if (!(device instanceof IpTunnel)) return;
  const { printer } = session;
  const o = device.options;
  const [iflags, oflags] = [o.iflags ?? 0, o.oflags ?? 0];
  const flag = (is: boolean, word: string): void => {
    if (is) printer.any(word, `${word} `, true);
  };
  flag(o.external === true, 'external');
  printEnds(session, o);
  if (o.pmtudisc === false) printer.any('pmtudisc', 'nopmtudisc ', false);
  else printer.member('pmtudisc', true);
  if (o.ignoreDf) printer.any('ignore_df', 'ignore-df ', true);
  if (iflags & TunnelFlag.KEY) printer.any('ikey', `ikey ${formatIpv4(o.ikey ?? 0)} `, formatIpv4(o.ikey ?? 0));
  if (oflags & TunnelFlag.KEY) printer.any('okey', `okey ${formatIpv4(o.okey ?? 0)} `, formatIpv4(o.okey ?? 0));
  flag((iflags & TunnelFlag.SEQ) !== 0, 'iseq');
  flag((oflags & TunnelFlag.SEQ) !== 0, 'oseq');
  flag((iflags & TunnelFlag.CSUM) !== 0, 'icsum');
  flag((oflags & TunnelFlag.CSUM) !== 0, 'ocsum');
  printFwmark(session, o);
  if (device.kind !== 'erspan') return;
  printer.any('erspan_index', 'erspan_index 0 ', 0);
  printer.any('erspan_ver', 'erspan_ver 1 ', 1);
}

const ipTunnel: Kind = {
  names: ['ipip', 'sit'],
  plain: (name) => ({ kind: name as TunnelKind, options: {} }),
  parse: (session, args, command, name) => ({ kind: name as TunnelKind, options: parseTunnel(session, args, command, name) }),
  print: printIpTunnel,
  usage: ipTunnelUsage,
};
const gre: Kind = { ...ipTunnel, names: ['gre', 'gretap'], print: printGre, usage: greUsage };
/** Only its fallback device is there. */
const erspan: Kind = { names: ['erspan'], plain: (name) => ({ kind: 'other', name }), print: printGre };

export const IP_TUNNEL_KINDS: readonly Kind[] = [ipTunnel, gre, erspan];
