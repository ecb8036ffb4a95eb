/** `ip tunnel`: IPv4 tunnels the old way. Authority: ip/iptunnel.c, ip/tunnel.c. */
import { strerror } from '../../base/index.ts';
import { addLink, deleteLink, devicesInOrder, Ipip, type TunnelOptions } from '../../kernel/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU8 } from '../iproute2/numbers.ts';
import { Family, takeAddress } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { isDeviceName } from './link-parse.ts';
import { printStatistics } from './statistics.ts';
import { tunnelUsage } from './usage.ts';

export function tunnelCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (session.options.family === Family.INET6) giveUp(KERNEL_ERROR, 'not modelled: IPv6 tunnels\n');
  if (args.isAtEnd || args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.begins('add')) return change(session, 'add', rest);
  if (args.begins('change', 'chg')) giveUp(KERNEL_ERROR, 'not modelled: changing tunnels\n');
  if (args.begins('delete')) return change(session, 'delete', rest);
  if (args.begins('prl', '6rd')) giveUp(KERNEL_ERROR, 'not modelled: ISATAP and 6rd\n');
  if (args.begins('help')) leave(255, tunnelUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip tunnel help"\n`);
}

interface Parsed {
  name: string | undefined;
  mode: 'ipip' | 'gre' | 'sit' | undefined;
  readonly options: TunnelOptions;
}
function parse(session: Session, args: Arguments): Parsed {
  const parsed: Parsed = { name: undefined, mode: undefined, options: {} };
  const { options } = parsed;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('mode')) {
      const word = args.next();
      if (['ipip', 'ip/ip'].includes(word)) parsed.mode = 'ipip';
      else if (['gre', 'gre/ip'].includes(word)) parsed.mode = 'gre';
      else if (['sit', 'ipv6/ip'].includes(word)) parsed.mode = 'sit';
      else leave(255, `Unknown tunnel mode "${word}"\n`);
    } else if (args.is('remote')) options.remote = takeAddress(args.next(), Family.INET).v4;
    else if (args.is('local')) options.local = takeAddress(args.next(), Family.INET).v4;
    else if (args.is('dev')) options.link = session.requireIndex(args.next());
    else if (args.is('ttl') || args.is('hoplimit') || args.is('hlim')) {
      const word = args.next();
      options.ttl = word === 'inherit' ? 0 : (parseU8(word) ?? invalidArgument('invalid TTL\n', word));
    } else if (args.is('tos') || args.is('tclass') || args.begins('dsfield')) {
      const word = args.next();
      options.tos = word === 'inherit' ? 1 : (session.names.parseDsField(word) ?? invalidArgument('bad TOS value', word));
    } else if (args.is('nopmtudisc')) options.pmtudisc = false;
    else if (args.is('pmtudisc')) options.pmtudisc = true;
    else {
      if (args.is('name')) args.next();
      else if (args.begins('help')) leave(255, tunnelUsage());
      if (parsed.name !== undefined) duplicateOrGarbage('name', args.word);
      if (!isDeviceName(args.word)) invalidArgument('"name" not a valid ifname', args.word);
      parsed.name = args.word;
    }
  }
  return parsed;
}

function change(session: Session, verb: 'add' | 'delete', args: Arguments): number {
  const { name, mode, options } = parse(session, args);
  if (verb === 'delete') {
    const device = name === undefined ? undefined : session.netns.device(name);
    if (!device) return giveUp(USAGE_ERROR, `delete tunnel "${name ?? ''}" failed: ${strerror('ENODEV')}\n`);
    const gone = deleteLink(session.netns, device.index);
    return gone.ok ? 0 : giveUp(USAGE_ERROR, `delete tunnel "${name}" failed: ${strerror(gone.error.errno === 'EOPNOTSUPP' ? 'EPERM' : gone.error.errno)}\n`);
  }
  if (mode === undefined) return giveUp(USAGE_ERROR, 'cannot determine tunnel mode (ipip, gre, vti or sit)\n');
  if (options.ttl && options.pmtudisc === false) giveUp(USAGE_ERROR, 'ttl != 0 and nopmtudisc are incompatible\n');
  const made = addLink(session.netns, { ...(name !== undefined && { name }), info: { kind: mode, options } });
  if (made.ok) return 0;
  if (made.error.notModelled !== undefined) return giveUp(KERNEL_ERROR, `not modelled: ${made.error.notModelled}\n`);
  const base = { ipip: 'tunl0', gre: 'gre0', sit: 'sit0' }[mode];
  return giveUp(USAGE_ERROR, `add tunnel "${base}" failed: ${strerror(made.error.errno)}\n`);
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  const { name } = parse(session, args);
  const tunnels = devicesInOrder(netns).filter((device) => device instanceof Ipip);
  const chosen = name === undefined ? tunnels : tunnels.filter((device) => device.name === name);
  if (name !== undefined && chosen.length === 0) giveUp(USAGE_ERROR, `get tunnel "${name}" failed: ${strerror('ENODEV')}\n`);
  printer.startJson(options.json, options.pretty);
  for (const device of chosen) {
    const o: TunnelOptions = device.options;
    const end = (address: number | undefined): string => (address ? formatIpv4(address) : 'any');
    printer.openObject();
    printer.any('ifname', `${device.name}: `, device.name, 'ifname');
    printer.any('mode', 'ip/ip ', 'ip/ip');
    printer.any('remote', `remote ${end(o.remote)} `, end(o.remote));
    printer.any('local', `local ${end(o.local)} `, end(o.local));
    if (o.link) printer.any('dev', `dev ${session.nameOf(o.link)} `, session.nameOf(o.link));
    printer.any('ttl', `ttl ${o.ttl ? o.ttl : 'inherit'} `, o.ttl ?? 0);
    if (o.tos) printer.any('tos', `tos ${o.tos === 1 ? 'inherit' : `0x${o.tos.toString(16)}`} `, o.tos === 1 ? 'inherit' : `0x${o.tos.toString(16)}`);
    if (o.pmtudisc === false) printer.any('pmtudisc', 'nopmtudisc ', false);
    if (options.stats > 0) {
      printer.newLine();
      printStatistics(session, device, 'stats64');
    }
    printer.text('\n');
    printer.closeObject();
  }
  printer.endJson();
  return 0;
}
