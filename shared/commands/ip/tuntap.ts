/** `ip tuntap`: persistent tun and tap devices. Authority: ip/iptuntap.c, drivers/net/tun.c. */
import { strerror } from '../../base/index.ts';
import { addLink, deleteLink, devicesInOrder, Tun } from '../../kernel/index.ts';
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

interface Parsed {
  name: string | undefined;
  mode: 'tun' | 'tap' | undefined;
}
function parse(args: Arguments): Parsed {
  const parsed: Parsed = { name: undefined, mode: undefined };
  for (; !args.isAtEnd; args.advance()) {
    if (args.begins('mode')) {
      const word = args.next();
      if (parsed.mode !== undefined) duplicateArgument('mode', word);
      parsed.mode = word === 'tun' || word === 'tap' ? word : leave(255, `Unknown tuntap mode "${word}"\n`);
    } else if (args.is('user') || args.is('group')) {
      const key = args.word;
      const word = args.next();
      if (parseU32(word) === undefined && word !== 'root') leave(255, `Invalid ${key}: "${word}"\n`);
    } else if (['pi', 'one_queue', 'vnet_hdr', 'multi_queue'].some((word) => args.begins(word))) continue;
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
  const { name, mode } = parse(args);
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
  const made = addLink(netns, { name: name ?? `${mode}%d`, info: { kind: 'tun', mode } });
  return made.ok ? 0 : giveUp(USAGE_ERROR, `ioctl(TUNSETIFF): ${strerror(made.error.errno)}\n`);
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  const { name } = parse(args);
  printer.startJson(options.json, options.pretty);
  for (const device of devicesInOrder(netns)) {
    if (!(device instanceof Tun) || (name !== undefined && device.name !== name)) continue;
    printer.openObject();
    printer.any('ifname', `${device.name}:`, device.name, 'ifname');
    printer.openArray('flags');
    for (const flag of [device.mode, 'persist']) printer.any(null, ` ${flag}`, flag);
    printer.closeArray();
    printer.text('\n');
    printer.closeObject();
  }
  printer.endJson();
  return 0;
}
