/** `ip addrlabel`: labels by which RFC 6724 chooses addresses. Authority: ip/ipaddrlabel.c, net/ipv6/addrlabel.c. Invariant: longer prefixes come first. */
import type { AddressLabel } from '../../kernel/index.ts';
import { formatIpv6, ipv6InPrefix } from '../../wire/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { Family, takePrefix, type Prefix } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, type Session } from '../iproute2/session.ts';

const USAGE = 'Usage: ip addrlabel { add | del } prefix PREFIX [ dev DEV ] [ label LABEL ]\n' + '       ip addrlabel [ list | flush | help ]\n';

export function addrlabelCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.isAtEnd || args.begins('list', 'show')) return list(session);
  if (args.begins('add')) return change(session, rest, 'add');
  if (args.begins('delete')) return change(session, rest, 'delete');
  if (args.begins('flush')) {
    session.netns.addressLabels.length = 0;
    return 0;
  }
  if (args.begins('help')) leave(255, USAGE);
  return leave(255, `Command "${args.word}" is unknown, try "ip addrlabel help".\n`);
}

function list(session: Session): number {
  const { printer, options, netns } = session;
  printer.startJson(options.json, options.pretty);
  for (const { prefix, length, label, device } of netns.addressLabels) {
    printer.openObject();
    const address = formatIpv6(prefix);
    printer.text('prefix ');
    printer.any('address', address, address, 'inet6');
    printer.any('prefixlen', `/${length} `, length);
    if (device !== 0) printer.any('ifname', `dev ${session.nameOf(device)} `, session.nameOf(device), 'ifname');
    printer.any('label', `label ${label} `, label);
    printer.text('\n');
    printer.closeObject();
  }
  printer.endJson();
  return 0;
}

function change(session: Session, args: Arguments, verb: 'add' | 'delete'): number {
  const { addressLabels: labels } = session.netns;
  let prefix: Prefix | undefined;
  let label: number | undefined;
  let device = 0;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('prefix')) prefix = takePrefix(args.next(), Family.UNSPEC);
    else if (args.is('dev')) device = session.requireIndex(args.next());
    else if (args.is('label')) label = parseU32(args.next());
    if (label === 0xffffffff) invalidArgument('invalid label\n', args.word);
  }
  if (!prefix) return giveUp(1, 'Not enough information: "prefix" argument is required.\n');
  if (label === undefined && verb === 'add') return leave(255, 'missing argument\n');
  const { bits: length, v6 } = prefix;
  const at = labels.findIndex((each) => each.length === length && each.prefix === v6 && each.device === device);
  if (verb === 'delete') {
    if (at < 0) return giveUp(KERNEL_ERROR, 'RTNETLINK answers: No such process\n');
    labels.splice(at, 1);
    return 0;
  }
  if (at >= 0) return giveUp(KERNEL_ERROR, 'RTNETLINK answers: File exists\n');
  const made: AddressLabel = { prefix: v6, length, label: label ?? 0, device };
  // Before the first that is no longer than it.
  const before = labels.findIndex((each) => each.length <= length || (each.length < length && ipv6InPrefix(v6, each.prefix, each.length)));
  labels.splice(before < 0 ? labels.length : before, 0, made);
  return 0;
}
