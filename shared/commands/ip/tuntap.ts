/** `ip tuntap`: persistent tun and tap devices. Authority: ip/iptuntap.c, drivers/net/tun.c. */
import { strerror } from '../../base/index.ts';
import { addLink, deleteLink, devicesInOrder, Tun, type TunOptions } from '../../kernel/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseU32 } from '../iproute2/numbers.ts';
import { USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { isDeviceName } from './link-parse.ts';
import { tuntapUsage } from './usage.ts';

export function tuntapCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  const rest = new Arguments(words.slice(1));
  if (args.isAtEnd || args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.begins('add')) return change(session, 'add', rest);
  if (args.begins('delete')) return change(session, 'delete', rest);
  if (args.begins('help')) leave(255, tuntapUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip tuntap help".\n`);
}

/** MAX_TAP_QUEUES. */
const MAX_QUEUES = 256;

interface Parsed {
  name: string | undefined;
  mode: 'tun' | 'tap' | undefined;
  options: TunOptions;
}
function parse(args: Arguments): Parsed {
  const parsed: Parsed = { name: undefined, mode: undefined, options: {} };
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('mode')) {
      const word = args.next();
      if (parsed.mode !== undefined) duplicateArgument('mode', word);
      parsed.mode = word === 'tun' || word === 'tap' ? word : leave(255, `Unknown tunnel mode "${word}"\n`);
    } else if (args.is('user') || args.is('group')) {
      const key = args.word;
      const word = args.next();
      const id = word === 'root' ? 0 : (parseU32(word) ?? leave(255, `invalid ${key} "${word}"\n`));
      parsed.options[key === 'user' ? 'owner' : 'group'] = id;
    } else if (args.begins('pi')) parsed.options.packetInfo = true;
    else if (args.begins('one_queue')) parsed.options.oneQueue = true;
    else if (args.begins('vnet_hdr')) parsed.options.vnetHeader = true;
    else if (args.begins('multi_queue')) parsed.options.multiQueue = true;
    else if (args.is('dev')) {
      args.next();
      if (!isDeviceName(args.word)) invalidArgument('"dev" not a valid ifname', args.word);
      parsed.name = args.word;
    } else {
      if (args.is('name')) args.next();
      else if (args.begins('help')) leave(255, tuntapUsage());
      if (parsed.name !== undefined) duplicateOrGarbage('name', args.word);
      if (!isDeviceName(args.word)) invalidArgument('"name" not a valid ifname', args.word);
      parsed.name = args.word;
    }
  }
  return parsed;
}

function change(session: Session, verb: 'add' | 'delete', args: Arguments): number {
  const { name, mode, options } = parse(args);
  const { netns } = session;
  if (mode === undefined) return giveUp(USAGE_ERROR, 'You failed to specify a tunnel mode\n');
  const there = name === undefined ? undefined : netns.device(name);
  // opening a device that is no such one is refused; one that is there already is made persistent again
  if (there && !(there instanceof Tun && there.mode === mode)) return giveUp(USAGE_ERROR, `ioctl(TUNSETIFF): ${strerror('EINVAL')}\n`);
  if (verb === 'delete') {
    if (there) deleteLink(netns, there.index);
    return 0;
  }
  if (there) return giveUp(USAGE_ERROR, `ioctl(TUNSETIFF): ${strerror('EBUSY')}\n`);
  const made = addLink(netns, {
    name: name ?? `${mode}%d`,
    ...(options.multiQueue && { numTxQueues: MAX_QUEUES, numRxQueues: MAX_QUEUES }),
    info: { kind: 'tun', mode, options },
  });
  return made.ok ? 0 : giveUp(USAGE_ERROR, `ioctl(TUNSETIFF): ${strerror(made.error.errno)}\n`);
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  // what follows is read and forgotten: all are shown
  parse(args);
  printer.startJson(options.json, options.pretty);
  for (const device of devicesInOrder(netns)) {
    if (!(device instanceof Tun)) continue;
    printer.openObject();
    printer.any('ifname', `${device.name}:`, device.name, 'ifname');
    printer.openArray('flags');
    for (const flag of flagsOf(device)) printer.any(null, ` ${flag}`, flag);
    printer.closeArray();
    const { owner, group } = device.options;
    if (owner !== undefined) printer.any('user', ` user ${owner}`, owner);
    if (group !== undefined) printer.any('group', ` group ${group}`, group);
    printer.text('\n');
    if (options.details > 0) {
      printer.openArray('processes');
      printer.text('\tAttached to processes:');
      printer.closeArray();
      printer.text('\n');
    }
    printer.closeObject();
  }
  printer.endJson();
  return 0;
}

/** print_flags: `filter` is IFF_NOFILTER's absence, whose bit is that of IFF_NO_PI. */
function flagsOf(device: Tun): string[] {
  const { packetInfo, oneQueue, multiQueue, vnetHeader } = device.options;
  const words: string[] = [device.mode];
  if (packetInfo) words.push('pi');
  if (oneQueue) words.push('one_queue');
  if (multiQueue) words.push('multi_queue');
  if (vnetHeader) words.push('vnet_hdr');
  words.push('persist');
  if (packetInfo) words.push('filter');
  return words;
}
