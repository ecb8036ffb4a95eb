/** `ip tunnel`: IPv4 tunnels the old way, by ioctls. Authority: ip/iptunnel.c, ip/tunnel.c, net/ipv4/ip_tunnel.c (ip_tunnel_ctl). */
import { strerror, type Errno } from '../../base/index.ts';
import {
  addLink,
  ArpHardware,
  deleteLink,
  devicesInOrder,
  findTunnel,
  hasTunnels,
  IpTunnel,
  loadTunnels,
  setLink,
  TunnelFlag,
  type TunnelOptions,
} from '../../kernel/index.ts';
import { formatIpv4, isIpv4Multicast } from '../../wire/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU8 } from '../iproute2/numbers.ts';
import { Family, takeAddress } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { readKey, takeGroupAsKey } from './kinds/ip-tunnels.ts';
import { isDeviceName } from './link-parse.ts';
import { tunnelUsage } from './usage.ts';

export function tunnelCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  const mode = words[words.indexOf('mode') + 1];
  const isIpv6 =
    words.includes('mode') && mode !== undefined && /^(ipv6\/ipv6|ip6ip6|vti6|ip(v4)?\/ipv6|ipip6|ip4ip6|ip6gre|gre\/ipv6|any(\/ipv6)?)$/.test(mode);
  if (session.options.family === Family.INET6 || isIpv6) giveUp(KERNEL_ERROR, 'not modelled: tunnels over IPv6\n');
  if (args.isAtEnd || args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.begins('add')) return add(session, 'add', rest);
  if (args.begins('change', 'chg')) return add(session, 'change', rest);
  if (args.begins('delete')) return remove(session, rest);
  if (args.begins('prl')) return special(session, rest, 'PRL', ['prl-default', 'prl-nodefault', 'prl-delete'], []);
  if (args.begins('6rd')) return special(session, rest, '6RD', ['6rd-prefix', '6rd-relay_prefix'], ['6rd-reset']);
  if (args.begins('help')) leave(255, tunnelUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip tunnel help"\n`);
}

type Mode = 'ipip' | 'gre' | 'sit';
interface Parsed {
  name: string | undefined;
  mode: Mode | undefined;
  options: TunnelOptions;
}
const MODES: Readonly<Record<string, Mode>> = { ipip: 'ipip', 'ip/ip': 'ipip', gre: 'gre', 'gre/ip': 'gre', sit: 'sit', 'ipv6/ip': 'sit' };
const PROTOCOLS: Readonly<Record<Mode, number>> = { ipip: 4, sit: 41, gre: 47 };
const FALLBACK: Readonly<Record<Mode, string>> = { ipip: 'tunl0', gre: 'gre0', sit: 'sit0' };

const FLAG_WORDS: Readonly<Record<string, number>> = { key: TunnelFlag.KEY, seq: TunnelFlag.SEQ, csum: TunnelFlag.CSUM };
function readFlag(args: Arguments, options: TunnelOptions): boolean {
  const found = /^([io]?)(key|seq|csum)$/.exec(args.word);
  const bit = FLAG_WORDS[found?.[2] ?? ''];
  if (found === null || bit === undefined) return false;
  const side = found[1];
  const key = bit === TunnelFlag.KEY ? readKey(args, args.word) : undefined;
  if (side !== 'o') {
    options.iflags = (options.iflags ?? 0) | bit;
    if (key !== undefined) options.ikey = key;
  }
  if (side !== 'i') {
    options.oflags = (options.oflags ?? 0) | bit;
    if (key !== undefined) options.okey = key;
  }
  return true;
}

/** parse_args. `base`: what a tunnel to change is now, looked up by the first word. */
function parse(session: Session, args: Arguments, base?: (name: string) => IpTunnel): Parsed {
  const parsed: Parsed = { name: undefined, mode: undefined, options: { pmtudisc: true } };
  let medium: string | undefined;
  for (let first = true; !args.isAtEnd; args.advance(), first = false) {
    const { options } = parsed;
    if (args.is('mode')) {
      const word = args.next();
      if (word === 'isatap' || word === 'vti') giveUp(KERNEL_ERROR, `not modelled: tunnels of mode ${word}\n`);
      parsed.mode = MODES[word] ?? leave(255, `Unknown tunnel mode "${word}"\n`);
    } else if (readFlag(args, options)) continue;
    else if (args.is('remote')) options.remote = takeAddress(args.next(), Family.INET).v4;
    else if (args.is('local')) options.local = takeAddress(args.next(), Family.INET).v4;
    else if (args.is('dev')) medium = args.next();
    else if (args.is('ttl') || args.is('hoplimit') || args.is('hlim')) {
      const word = args.next();
      if (word !== 'inherit') options.ttl = parseU8(word) ?? invalidArgument('invalid TTL\n', word);
    } else if (args.is('tos') || args.is('tclass') || args.begins('dsfield')) options.tos = readTos(session, args);
    else if (args.is('nopmtudisc')) options.pmtudisc = false;
    else if (args.is('pmtudisc')) options.pmtudisc = true;
    else {
      if (args.is('name')) args.next();
      else if (args.begins('help')) leave(255, tunnelUsage());
      if (parsed.name !== undefined) duplicateOrGarbage('name', args.word);
      if (!isDeviceName(args.word)) invalidArgument('"name" not a valid ifname', args.word);
      parsed.name = args.word;
      if (base !== undefined && first) {
        const device = base(args.word);
        parsed.options = { ...device.options };
        parsed.mode = modeOf(device);
      }
    }
  }
  const { options, name } = parsed;
  parsed.mode ??= name?.startsWith('gre') ? 'gre' : name?.startsWith('ipip') ? 'ipip' : name?.startsWith('sit') ? 'sit' : undefined;
  const hasKey = (((options.iflags ?? 0) | (options.oflags ?? 0)) & TunnelFlag.KEY) !== 0;
  if (hasKey && parsed.mode !== 'gre') giveUp(USAGE_ERROR, 'Keys are not allowed with ipip and sit tunnels\n');
  if (medium !== undefined) options.link = session.indexOf(medium) || giveUp(USAGE_ERROR, `Cannot find device "${medium}"\n`);
  if (options.remote !== undefined && isIpv4Multicast(options.remote)) {
    takeGroupAsKey(options, options.remote);
    if (!options.local) giveUp(USAGE_ERROR, 'A broadcast tunnel requires a source address\n');
  }
  return parsed;
}
function readTos(session: Session, args: Arguments): number {
  const word = args.next();
  const [first = '', more] = word.split('/', 2);
  const inherits = first === 'inherit';
  const field = inherits ? more : first;
  if (field === undefined) return 1;
  return (inherits ? 1 : 0) | (session.names.parseDsField(field) ?? invalidArgument('bad TOS value', first));
}
const modeOf = (device: IpTunnel): Mode => (device.kind === 'sit' ? 'sit' : device.kind === 'ipip' ? 'ipip' : 'gre');

/** Tunnels that the ioctls know: those of frames are for netlink alone. */
const isOld = (device: unknown): device is IpTunnel => device instanceof IpTunnel && !device.isEthernet;
const failed = (what: string, name: string, errno: Errno): never => giveUp(USAGE_ERROR, `${what} tunnel "${name}" failed: ${strerror(errno)}\n`);

function add(session: Session, verb: 'add' | 'change', args: Arguments): number {
  const { netns } = session;
  const lookup = (name: string): IpTunnel => {
    const device = netns.device(name);
    return isOld(device) ? device : failed('get', name, device === undefined ? 'ENODEV' : 'ENOTTY');
  };
  const { name, mode, options } = parse(session, args, verb === 'change' ? lookup : undefined);
  if (options.ttl && options.pmtudisc === false) giveUp(USAGE_ERROR, 'ttl != 0 and nopmtudisc are incompatible\n');
  if (mode === undefined) return giveUp(USAGE_ERROR, 'cannot determine tunnel mode (ipip, gre, vti or sit)\n');
  if (verb === 'add' && netns.host.mayLoadModules) loadTunnels(netns.host, mode);
  const target = verb === 'change' && name !== undefined ? name : FALLBACK[mode];
  if (!hasTunnels(netns.host, mode)) return failed(verb, target, 'ENODEV');
  const request = mode === 'gre' ? options : { ...options, protocol: PROTOCOLS[mode] };
  if (verb === 'add') {
    const made = addLink(netns, { ...(name !== undefined && { name }), info: { kind: mode, options: request } });
    return made.ok ? 0 : failed('add', target, made.error.errno);
  }
  const device = name === undefined ? undefined : netns.device(name);
  if (!isOld(device)) return failed('change', target, 'ENODEV');
  if (modeOf(device) !== mode) return failed('change', target, 'EINVAL');
  const changed = setLink(netns, device.index, { info: { kind: mode, options: request } });
  return changed.ok ? 0 : failed('change', target, changed.error.errno);
}

function remove(session: Session, args: Arguments): number {
  const { netns } = session;
  const { name, mode, options } = parse(session, args);
  const shown = name ?? (mode === undefined ? '' : FALLBACK[mode]);
  const named = name === undefined ? undefined : netns.device(name);
  const device = named ?? (name === undefined && mode !== undefined ? findTunnel(netns, mode, options) : undefined);
  if (device === undefined) return failed('delete', shown, name === undefined && mode !== undefined ? 'ENOENT' : 'ENODEV');
  if (!isOld(device)) return failed('delete', shown, 'ENOTTY');
  if (device.isFallback) return failed('delete', shown, 'EPERM');
  deleteLink(netns, device.index);
  return 0;
}

/** `prl` and `6rd`: entries that no tunnel here has. */
function special(session: Session, args: Arguments, what: string, valued: readonly string[], plain: readonly string[]): number {
  let medium: string | undefined;
  let asked = false;
  for (; !args.isAtEnd; args.advance()) {
    if (valued.includes(args.word)) {
      args.next();
      asked = true;
    } else if (plain.includes(args.word)) asked = true;
    else if (args.is('dev')) {
      if (!isDeviceName(args.next())) invalidArgument('"dev" not a valid ifname', args.word);
      medium = args.word;
    } else leave(255, `Invalid ${what} parameter "${args.word}"\n`);
  }
  if (medium === undefined) return leave(255, 'Must specify device\n');
  if (asked && isOld(session.netns.device(medium))) giveUp(KERNEL_ERROR, 'not modelled: ISATAP and 6rd\n');
  return giveUp(USAGE_ERROR, `${medium}: ioctl 0 failed: ${strerror('ENOTTY')}\n`);
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  const parsed = parse(session, args);
  const { name, mode } = parsed;
  printer.startJson(options.json, options.pretty);
  if (mode !== undefined) {
    // One by its name, asked for directly.
    const device = netns.device(name ?? FALLBACK[mode]);
    if (!isOld(device)) failed('get', name ?? FALLBACK[mode], device === undefined ? 'ENODEV' : 'ENOTTY');
    else print(session, device);
    printer.text('\n');
  } else {
    const wanted = parsed.options;
    const matches = (device: IpTunnel): boolean =>
      (name === undefined || device.name === name) &&
      (!wanted.link || device.options.link === wanted.link) &&
      (!wanted.remote || device.remote === wanted.remote) &&
      (!wanted.local || device.local === wanted.local) &&
      (!wanted.ikey || device.options.ikey === wanted.ikey);
    for (const device of devicesInOrder(netns)
      .filter(isOld)
      .filter((device) => device.hardwareType !== ArpHardware.NONE && matches(device))) {
      print(session, device);
      if (options.stats > 0) printer.text(statistics(device, printer.lineEnd));
      printer.text('\n');
    }
  }
  printer.endJson();
  return 0;
}

function print(session: Session, device: IpTunnel): void {
  const { printer } = session;
  const o = device.options;
  const protocol = modeOf(device) === 'gre' ? 'gre' : ({ 4: 'ip', 41: 'ipv6', 0: 'any' }[o.protocol ?? 0] ?? 'unknown');
  const end = (address: number): string => (address !== 0 || printer.isJson ? formatIpv4(address) : 'any');
  printer.openObject();
  printer.any('ifname', `${device.name}: `, device.name, 'ifname');
  printer.any('mode', `${protocol}/ip `, `${protocol}/ip`);
  printer.text('remote ');
  printer.any('remote', `${end(device.remote)} `, end(device.remote), 'inet');
  printer.text('local ');
  printer.any('local', end(device.local), end(device.local), 'inet');
  if (o.link) printer.any('dev', ` dev ${session.nameOf(o.link)}`, session.nameOf(o.link));
  if (o.ttl) printer.any('ttl', ` ttl ${o.ttl}`, o.ttl);
  else printer.text(' ttl inherit');
  if (o.tos !== undefined && o.tos > 1) {
    const text = `${!printer.isJson && o.tos & 1 ? 'inherit/' : ''}${session.names.dsField(printer.isJson ? o.tos : o.tos & ~1)}`;
    printer.any('tos', ` tos ${text}`, text);
  } else if (o.tos === 1) printer.text(' tos inherit');
  if (o.pmtudisc === false) printer.any('nopmtudisc', ' nopmtudisc', null);
  if (o.protocol === PROTOCOLS.sit) {
    printer.any('6rd-prefix', ' 6rd-prefix 2002::', '2002::');
    printer.any('6rd-prefixlen', '/16', 16);
  }
  printKeys(session, device);
  printer.closeObject();
}

function printKeys(session: Session, device: IpTunnel): void {
  const { printer } = session;
  const { ikey = 0, okey = 0 } = device.options;
  const [hasIn, hasOut] = [device.hasFlag('in', TunnelFlag.KEY), device.hasFlag('out', TunnelFlag.KEY)];
  if (hasIn && hasOut && ikey === okey) printer.any('key', ` key ${ikey >>> 0}`, ikey >>> 0);
  else {
    if (hasIn) printer.any('ikey', ` ikey ${ikey >>> 0}`, ikey >>> 0);
    if (hasOut) printer.any('okey', ` okey ${okey >>> 0}`, okey >>> 0);
  }
  if (device.kind !== 'gre') return;
  printer.openArray('flags');
  for (const [side, flag, word, sentence] of [
    ['in', TunnelFlag.SEQ, 'rx_drop_ooseq', 'Drop packets out of sequence.'],
    ['in', TunnelFlag.CSUM, 'rx_csum', 'Checksum in received packet is required.'],
    ['out', TunnelFlag.SEQ, 'tx_seq', 'Sequence packets on output.'],
    ['out', TunnelFlag.CSUM, 'tx_csum', 'Checksum output packets.'],
  ] as const) {
    if (device.hasFlag(side, flag)) printer.any(null, `${printer.lineEnd}  ${sentence}`, word);
  }
  printer.closeArray();
}

/** tnl_print_stats: columns of fixed width. */
function statistics({ stats: s }: IpTunnel, end: string): string {
  const rx = [s.rxPackets, s.rxBytes, s.rxErrors, 0, s.rxFifoErrors, s.multicast];
  const tx = [s.txPackets, s.txBytes, s.txErrors, s.collisions, s.txCarrierErrors, s.txDropped];
  const row = (values: readonly number[], last: number): string => values.map((value, i) => String(value).padEnd([10, 12, 6, 8, 8, last][i]!)).join(' ');
  return (
    `${end}RX: Packets    Bytes        Errors CsumErrs OutOfSeq Mcasts${end}    ${row(rx, 8)}` +
    `${end}TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs${end}    ${row(tx, 6)}`
  );
}
