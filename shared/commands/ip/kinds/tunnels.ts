/** `type vxlan …`, `ipip`, `sit`, `gre`, `gretap`. Authority: ip/iplink_vxlan.c, ip/link_iptnl.c, ip/link_gre.c. */
import { Ipip, Vxlan, type Device, type TunnelOptions, type VxlanOptions } from '../../../kernel/index.ts';
import { formatIpv4, formatIpv6, isIpv4Multicast, isIpv6Multicast } from '../../../wire/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../../iproute2/exit.ts';
import { parseU16, parseU32, parseU8 } from '../../iproute2/numbers.ts';
import { Family, isAddress, isMulticast, NO_PREFIX, takeAddress, type Prefix } from '../../iproute2/prefix.ts';
import { USAGE_ERROR, type Session } from '../../iproute2/session.ts';
import type { LinkCommand } from '../link-parse.ts';
import { usageLines, type Kind } from './kind.ts';

const vxlanUsage = (): string =>
  usageLines(
    ...['Usage: ... vxlan id VNI', '\t\t[ { group | remote } IP_ADDRESS ]', '\t\t[ local ADDR ]', '\t\t[ ttl TTL ]', '\t\t[ tos TOS ]', '\t\t[ df DF ]'],
    ...['\t\t[ flowlabel LABEL ]', '\t\t[ dev PHYS_DEV ]', '\t\t[ dstport PORT ]', '\t\t[ srcport MIN MAX ]', '\t\t[ [no]learning ]', '\t\t[ [no]proxy ]'],
    ...['\t\t[ [no]rsc ]', '\t\t[ [no]l2miss ]', '\t\t[ [no]l3miss ]', '\t\t[ ageing SECONDS ]', '\t\t[ maxaddress NUMBER ]', '\t\t[ [no]udpcsum ]'],
    ...[
      '\t\t[ [no]udp6zerocsumtx ]',
      '\t\t[ [no]udp6zerocsumrx ]',
      '\t\t[ [no]remcsumtx ] [ [no]remcsumrx ]',
      '\t\t[ [no]external ] [ gbp ] [ gpe ]',
      '\t\t[ [no]vnifilter ]',
    ],
    ...['', 'Where:\tVNI\t:= 0-16777215', '\tADDR\t:= { IP_ADDRESS | any }', '\tTOS\t:= { NUMBER | inherit }', '\tTTL\t:= { 1..255 | auto | inherit }'],
    ...['\tDF\t:= { unset | set | inherit }', '\tLABEL := 0-1048575'],
  );

/** Switches: `WORD` and `noWORD`, in the order in which abbreviations are tried. */
const SWITCHES: readonly (readonly [string, keyof VxlanOptions | undefined])[] = [
  ['learning', 'learning'],
  ['proxy', 'proxy'],
  ['rsc', 'rsc'],
  ['l2miss', 'l2miss'],
  ['l3miss', 'l3miss'],
  ['udpcsum', 'udpChecksum'],
  ['udp6zerocsumtx', 'udp6ZeroChecksumTx'],
  ['udp6zerocsumrx', 'udp6ZeroChecksumRx'],
  ['remcsumtx', undefined],
  ['remcsumrx', undefined],
];

function parseVxlan(session: Session, args: Arguments, command: LinkCommand): VxlanOptions {
  const options: VxlanOptions = {};
  const seen = new Set<string>();
  const once = (attribute: string, key: string): void => {
    if (seen.has(attribute)) duplicateOrGarbage(key, args.word);
    seen.add(attribute);
  };
  let remote: Prefix = NO_PREFIX;
  let local: Prefix = NO_PREFIX;
  let learning = true;
  const family = (prefix: Prefix): Family => (prefix.bits === 0 && !isAddress(prefix) ? Family.UNSPEC : prefix.family);
  const readRemote = (key: 'group' | 'remote'): void => {
    const clash = key === 'group' ? isAddress(remote) && !isMulticast(remote) : isMulticast(remote);
    if (clash) giveUp(USAGE_ERROR, 'vxlan: both group and remote cannot be specified\n');
    const word = args.next();
    once('group', key);
    remote = takeAddress(word, family(local));
    if (isMulticast(remote) !== (key === 'group')) invalidArgument(`invalid ${key} address`, word);
  };
  for (; !args.isAtEnd; args.advance()) {
    const off = SWITCHES.find(([word]) => args.begins(`no${word}`));
    const on = off ? undefined : SWITCHES.find(([word]) => args.begins(word));
    if (args.begins('id', 'vni')) {
      const word = args.next();
      once('id', 'id');
      const id = parseU32(word);
      if (id === undefined || id >= 1 << 24) invalidArgument('invalid id', word);
      options.id = id;
    } else if (args.begins('group')) readRemote('group');
    else if (args.begins('remote')) readRemote('remote');
    else if (args.begins('local')) {
      const word = args.next();
      once('local', 'local');
      local = takeAddress(word, family(remote));
      if (isMulticast(local)) invalidArgument('invalid local address', word);
    } else if (args.begins('dev')) {
      const word = args.next();
      once('dev', 'dev');
      options.link = session.indexOf(word) || leave(255, `Cannot find device "${word}"\n`);
    } else if (args.begins('ttl', 'hoplimit')) {
      const word = args.next();
      once('ttl', 'ttl');
      if (word === 'inherit') options.ttlInherit = true;
      else if (word === 'auto') options.ttl = 0;
      else {
        const ttl = parseU32(word) ?? invalidArgument('invalid TTL', word);
        if (ttl > 255) invalidArgument('TTL must be <= 255', word);
        options.ttl = ttl;
      }
    } else if (args.begins('tos', 'dsfield')) {
      const word = args.next();
      once('tos', 'tos');
      options.tos = word === 'inherit' ? 1 : (session.names.parseDsField(word) ?? invalidArgument('bad TOS value', word));
    } else if (args.begins('df')) {
      const word = args.next();
      once('df', 'df');
      const df = ['unset', 'set', 'inherit'].indexOf(word);
      if (df < 0) invalidArgument("DF must be 'unset', 'set' or 'inherit'", word);
      options.df = df;
    } else if (args.begins('label', 'flowlabel')) {
      const word = args.next();
      once('label', 'flowlabel');
      const label = parseU32(word);
      if (label === undefined || label > 0xfffff) invalidArgument('invalid flowlabel', word);
      options.label = label;
    } else if (args.begins('ageing')) {
      const word = args.next();
      once('ageing', 'ageing');
      options.ageing = word === 'none' ? 0 : (parseU32(word) ?? invalidArgument('ageing timer', word));
    } else if (args.begins('maxaddress')) {
      const word = args.next();
      once('maxaddress', 'maxaddress');
      options.limit = word === 'unlimited' ? 0 : (parseU32(word) ?? invalidArgument('max addresses', word));
    } else if (args.begins('port', 'srcport')) {
      const low = args.next();
      once('srcport', 'srcport');
      const first = parseU16(low) ?? invalidArgument('min port', low);
      const last = parseU16(args.next()) ?? invalidArgument('max port', args.word);
      if (first !== 0 || last !== 0) Object.assign(options, { portLow: first, portHigh: last });
    } else if (args.begins('dstport')) {
      const word = args.next();
      once('dstport', 'dstport');
      options.port = parseU16(word) ?? invalidArgument('dst port', word);
    } else if (off ?? on) {
      const [word, field] = (off ?? on)!;
      once(word, args.word);
      if (word === 'learning') learning = !off;
      if (field) Object.assign(options, { [field]: !off });
    } else if (args.begins('external', 'noexternal')) {
      once('external', args.word);
      options.external = args.begins('external');
      if (options.external) learning = false;
    } else if (args.begins('gbp')) {
      once('gbp', args.word);
      options.gbp = true;
    } else if (args.begins('gpe')) {
      once('gpe', args.word);
      options.gpe = true;
    } else if (args.is('vnifilter') || args.is('novnifilter')) {
      once('vnifilter', args.word);
      options.vnifilter = args.is('vnifilter');
    } else giveUp(USAGE_ERROR, `${args.begins('help') ? '' : `vxlan: unknown command "${args.word}"?\n`}${vxlanUsage()}`);
  }
  const isNew = command.isCreating;
  if (!options.external && options.vnifilter) giveUp(USAGE_ERROR, "vxlan: vnifilter is valid only when 'external' is set\n");
  if (options.external && options.id !== undefined) giveUp(USAGE_ERROR, "vxlan: both 'external' and vni cannot be specified\n");
  if (!options.external && options.id === undefined && isNew) giveUp(USAGE_ERROR, 'vxlan: missing virtual network identifier\n');
  if (isMulticast(remote) && options.link === undefined) giveUp(USAGE_ERROR, "vxlan: 'group' requires 'dev' to be specified\n");
  if (options.port === undefined && options.gpe) options.port = 4790;
  else if (options.port === undefined && isNew) {
    session.printer.error('vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)\n');
    session.printer.error("Use 'dstport 4789' to get the IANA assigned value\nUse 'dstport 0' to get default and quiet this message\n");
  }
  if (options.port === 0) delete options.port;
  if (isAddress(local)) Object.assign(options, local.family === Family.INET6 ? { local6: local.v6 } : { local: local.v4 });
  if (isAddress(remote)) Object.assign(options, remote.family === Family.INET6 ? { remote6: remote.v6 } : { remote: remote.v4 });
  if (isNew || seen.has('learning')) options.learning = learning;
  return options;
}

function printVxlan(session: Session, device: Device): void {
  if (!(device instanceof Vxlan)) return;
  const { printer } = session;
  const o = { ...device.options, port: device.port, learning: device.learning, ageing: device.ageingS };
  const number = (word: string, value: number, key = word): void => printer.any(key, `${word} ${value} `, value);
  const flag = (word: string, value: boolean | undefined, key = word): void => (value ? printer.any(key, `${word} `, true) : undefined);
  const word = (key: string, label: string, text: string): void => printer.any(key, `${label} ${text} `, text);
  const sense = (label: string, value: boolean, key: string): void => printer.any(key, `${value ? '' : 'no'}${label} `, value);
  flag('external', o.external);
  if (o.vnifilter) printer.any('vnifilter', 'vnifilter', true);
  number('id', o.id ?? 0);
  if (o.remote) word(isIpv4Multicast(o.remote) ? 'group' : 'remote', isIpv4Multicast(o.remote) ? 'group' : 'remote', formatIpv4(o.remote));
  else if (o.remote6) word(isIpv6Multicast(o.remote6) ? 'group6' : 'remote6', isIpv6Multicast(o.remote6) ? 'group' : 'remote', formatIpv6(o.remote6));
  if (o.local) word('local', 'local', formatIpv4(o.local));
  else if (o.local6) word('local6', 'local', formatIpv6(o.local6));
  if (o.link) word('link', 'dev', session.nameOf(o.link));
  printer.openObject('port_range');
  printer.member('low', o.portLow ?? 0);
  printer.member('high', o.portHigh ?? 0);
  printer.closeObject();
  printer.text(`srcport ${o.portLow ?? 0} ${o.portHigh ?? 0} `);
  number('dstport', o.port, 'port');
  printer.member('learning', o.learning);
  if (!o.learning) printer.text('nolearning ');
  flag('proxy', o.proxy);
  flag('rsc', o.rsc);
  flag('l2miss', o.l2miss);
  flag('l3miss', o.l3miss);
  const tos = o.tos ?? 0;
  if (tos === 1 && !printer.isJson) printer.text('tos inherit ');
  else if (tos !== 0) printer.hex('tos', `tos 0x${tos.toString(16)} `, tos);
  if (o.ttlInherit) printer.text('ttl inherit ');
  else printer.any('ttl', `ttl ${o.ttl ? o.ttl : 'auto'} `, o.ttl ?? 0);
  const df = ['unset', 'set', 'inherit'][o.df ?? 0] ?? 'unset';
  if (df === 'unset') printer.member('df', df);
  else word('df', 'df', df);
  if (o.label) printer.hex('label', `flowlabel 0x${o.label.toString(16)} `, o.label);
  printer.any('ageing', `ageing ${o.ageing === 0 ? 'none' : o.ageing} `, o.ageing);
  if (o.limit) number('maxaddr', o.limit, 'limit');
  sense('udpcsum', o.udpChecksum ?? true, 'udp_csum');
  sense('udp6zerocsumtx', o.udp6ZeroChecksumTx ?? false, 'udp_zero_csum6_tx');
  sense('udp6zerocsumrx', o.udp6ZeroChecksumRx ?? false, 'udp_zero_csum6_rx');
  flag('gbp', o.gbp);
  flag('gpe', o.gpe);
}

const vxlan: Kind = {
  names: ['vxlan'],
  // without words behind it the kernel is asked for a VXLAN without an id, and says no
  plain: () => ({ kind: 'vxlan', options: {} }),
  parse: (session, args, command) => ({ kind: 'vxlan', options: parseVxlan(session, args, command) }),
  print: printVxlan,
  usage: vxlanUsage,
};

// --- IPv4 tunnels ---

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

const GRE_KEY = 0x2000;
const GRE_SEQ = 0x1000;
const GRE_CSUM = 0x8000;
function readKey(args: Arguments, name: string): number {
  const word = args.next();
  if (word.includes('.')) return takeAddress(word, Family.INET).v4;
  return parseU32(word) ?? leave(255, `invalid value for "${name}": "${word}"; it should be an unsigned integer\n`);
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
    ['key', GRE_KEY],
    ['seq', GRE_SEQ],
    ['csum', GRE_CSUM],
  ] as const) {
    for (const side of ['', 'i', 'o']) {
      for (const no of ['', 'no']) {
        const word = `${no}${side}${suffix}`;
        if (!args.begins(word)) continue;
        const sides = side === '' ? 'io' : side;
        change(sides, bit, no === '');
        if (bit === GRE_KEY) {
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
    else if (args.is('noencap')) continue;
    else if (['encap', 'encap-sport', 'encap-dport', 'fwmark', '6rd-prefix', '6rd-relay_prefix'].includes(args.word)) {
      const what = args.word;
      args.next();
      giveUp(2, `not modelled: ${what} of tunnels\n`);
    } else giveUp(USAGE_ERROR, usage(name));
  }
  if (!isGre && options.ttl && options.pmtudisc === false) leave(255, 'ttl != 0 and nopmtudisc are incompatible\n');
  return options;
}
function tunnelFactsOf(session: Session, command: LinkCommand): TunnelOptions {
  const device = session.netns.devices.get(command.target);
  return device instanceof Ipip ? { ...device.options } : giveUp(USAGE_ERROR, 'Failed to get existing tunnel info.\n');
}

const PROTOCOL_WORDS: Readonly<Record<number, string>> = { 4: 'ipip', 41: 'ip6ip', 137: 'mplsip', 0: 'any' };
function printTunnel(session: Session, device: Device): void {
  if (!(device instanceof Ipip)) return;
  const { printer } = session;
  const o: TunnelOptions = device.options;
  if (o.external) printer.any('external', 'external ', true);
  const protocol = PROTOCOL_WORDS[o.protocol ?? 4];
  if (protocol !== undefined) printer.any('proto', `${protocol} `, protocol);
  for (const [key, address] of [
    ['remote', o.remote],
    ['local', o.local],
  ] as const) {
    const text = address ? formatIpv4(address) : 'any';
    printer.any(key, `${key} ${text} `, text);
  }
  if (o.link) printer.any('link', `dev ${session.nameOf(o.link)} `, session.nameOf(o.link));
  printer.any('ttl', `ttl ${o.ttl ? o.ttl : 'inherit'} `, o.ttl ?? 0);
  if (o.tos === 1 && !printer.isJson) printer.text('tos inherit ');
  else if (o.tos) printer.hex('tos', `tos 0x${o.tos.toString(16)} `, o.tos);
  const pmtudisc = o.pmtudisc ?? true;
  printer.any('pmtudisc', pmtudisc ? 'pmtudisc ' : 'nopmtudisc ', pmtudisc);
}

const ipTunnel: Kind = {
  names: ['ipip', 'sit'],
  plain: (name) => ({ kind: name as TunnelKind, options: {} }),
  parse: (session, args, command, name) => ({ kind: name as TunnelKind, options: parseTunnel(session, args, command, name) }),
  print: printTunnel,
  usage: ipTunnelUsage,
};
const gre: Kind = { ...ipTunnel, names: ['gre', 'gretap'], usage: greUsage };

export const TUNNEL_KINDS: readonly Kind[] = [vxlan, ipTunnel, gre];
