/** `ip link`. Authority: ip/iplink.c (do_iplink, iplink_modify, iplink_prop). */
import { addLink, deleteLink, devicesInOrder, setLink, type KernelResult, type LinkInfo, type LinkRequest } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { KERNEL_ERROR, kernelSays, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { listAddresses } from './address.ts';
import { kindNamed } from './kinds/index.ts';
import { isAltName, parseLink, type LinkCommand } from './link-parse.ts';
import { linkUsage } from './usage.ts';

export function linkCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return listAddresses(session, args, 'link');
  const rest = new Arguments(words.slice(1));
  if (args.begins('add')) return modify(session, 'add', rest);
  if (args.begins('set', 'change')) return modify(session, 'set', rest);
  if (args.begins('replace')) return modify(session, 'replace', rest);
  if (args.begins('delete')) return modify(session, 'delete', rest);
  if (args.begins('show', 'lst', 'list')) return listAddresses(session, rest, 'link');
  if (args.begins('xstats', 'afstats')) giveUp(KERNEL_ERROR, 'not modelled: extended statistics of links\n');
  if (args.begins('property')) return property(session, rest);
  if (args.begins('help')) return help(session, rest);
  return leave(255, `Command "${args.word}" is unknown, try "ip link help".\n`);
}

function help(session: Session, args: Arguments): number {
  const kind = args.isAtEnd ? undefined : kindNamed(args.word);
  if (kind?.usage === undefined) return leave(255, linkUsage());
  session.printer.out(kind.usage(args.word));
  return 0;
}

function modify(session: Session, verb: 'add' | 'set' | 'replace' | 'delete', args: Arguments): number {
  const isCreating = verb === 'add' || verb === 'replace';
  const command = parseLink(session, args, {}, isCreating);
  const info = readType(session, args, command);
  if (info) command.request.info = info;
  if (command.refusal !== undefined) return session.accept({ ok: false, error: { errno: command.refusal } }) ? 0 : KERNEL_ERROR;
  return session.accept(send(session, verb, command)) ? 0 : KERNEL_ERROR;
}

/** `type KIND [OPTIONS]`. */
function readType(session: Session, args: Arguments, command: LinkCommand): LinkInfo | undefined {
  const { type } = command;
  if (type === undefined) {
    if (command.isCreating) giveUp(USAGE_ERROR, 'Not enough information: "type" argument is required\n');
    return undefined;
  }
  const kind = kindNamed(type);
  if (!args.isAtEnd && !kind?.parse) {
    if (args.begins('help')) leave(255, linkUsage());
    giveUp(USAGE_ERROR, `Garbage instead of arguments "${args.word} ...". Try "ip link help".\n`);
  }
  if (!kind) return { kind: 'other', name: type };
  return kind.parse && !args.isAtEnd ? kind.parse(session, args, command, type) : kind.plain(type, command);
}

function send(session: Session, verb: 'add' | 'set' | 'replace' | 'delete', command: LinkCommand): KernelResult<unknown> {
  const { netns } = session;
  const { request } = command;
  if (verb === 'add') return addLink(netns, request);
  if (verb === 'replace') {
    const there = request.name === undefined ? undefined : netns.device(request.name);
    return there ? setLink(netns, there.index, request) : addLink(netns, request);
  }
  if (command.dev === undefined) return changeGroup(session, request.group ?? 0, verb === 'delete' ? 'delete' : request);
  const device = netns.devices.get(command.target);
  if (!device) return { ok: false, error: { errno: 'ENODEV' } };
  return verb === 'delete' ? deleteLink(netns, device.index) : setLink(netns, device.index, request);
}

/** rtnl_group_changelink, rtnl_group_dellink: every device of a group; the first refusal ends it. */
function changeGroup(session: Session, group: number, change: LinkRequest | 'delete'): KernelResult {
  const { netns } = session;
  const devices = devicesInOrder(netns).filter((device) => device.group === group);
  if (change === 'delete' && devices.length === 0) return { ok: false, error: { errno: 'ENODEV' } };
  if (change === 'delete' && devices.some(({ kind }) => kind === null)) return { ok: false, error: { errno: 'EOPNOTSUPP' } };
  for (const device of devices) {
    if (device.unregistered) continue;
    const done = change === 'delete' ? deleteLink(netns, device.index) : setLink(netns, device.index, { ...change, group });
    if (!done.ok) return done;
  }
  return { ok: true, value: undefined };
}
/** `ip link property add|del dev DEVICE altname NAME …`. */
function property(session: Session, args: Arguments): number {
  if (args.isAtEnd) leave(255, linkUsage());
  const isAdding = args.begins('add');
  if (!isAdding && !args.begins('del')) {
    if (args.begins('help')) leave(255, linkUsage());
    leave(255, 'Operator required\n');
  }
  const names: string[] = [];
  let dev: string | undefined;
  while (args.advance()) {
    if (args.begins('altname')) {
      if (!isAltName(args.next())) invalidArgument('not a valid altname', args.word);
      names.push(args.word);
    } else if (args.begins('help')) leave(255, linkUsage());
    else {
      if (args.is('dev')) args.next();
      if (dev !== undefined) duplicateOrGarbage('dev', args.word);
      if (!isAltName(args.word)) invalidArgument('"dev" not a valid ifname', args.word);
      dev = args.word;
    }
  }
  if (dev === undefined) return leave(255, 'Not enough of information: "dev" argument is required.\n');
  const device = session.netns.devices.get(session.requireIndex(dev));
  if (!device) return giveUp(KERNEL_ERROR, kernelSays({ errno: 'ENODEV' }));
  return session.accept(setLink(session.netns, device.index, isAdding ? { addAltNames: names } : { removeAltNames: names })) ? 0 : KERNEL_ERROR;
}
