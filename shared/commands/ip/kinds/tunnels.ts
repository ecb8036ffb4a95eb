/** `type vxlan …` of `ip link`, and its line of `ip -d link`. Authority: ip/iplink_vxlan.c. */
import { Vxlan, type Device, type VxlanOptions } from '../../../kernel/index.ts';
import { formatIpv4, formatIpv6, isIpv4Multicast, isIpv6Multicast } from '../../../wire/index.ts';
import type { Arguments } from '../../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../../iproute2/exit.ts';
import { parseU16, parseU32 } from '../../iproute2/numbers.ts';
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

export const VXLAN_KIND: Kind = vxlan;
