/** `ip maddress`: multicast groups of devices. Authority: ip/ipmaddr.c. */
import { Bridge, devicesInOrder, type Device } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6, formatMac } from '../../wire/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, leave } from '../iproute2/exit.ts';
import { Family, familyName } from '../iproute2/prefix.ts';
import { KERNEL_ERROR, type Session } from '../iproute2/session.ts';
import { maddrUsage } from './usage.ts';

export function maddrCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.begins('add', 'delete')) giveUp(KERNEL_ERROR, 'not modelled: joining link-layer groups by hand\n');
  if (args.isAtEnd || args.begins('list', 'show', 'lst')) return show(session, new Arguments(words.slice(1)));
  if (args.begins('help')) leave(255, maddrUsage());
  return leave(255, `Command "${args.word}" is unknown, try "ip maddr help".\n`);
}

interface Group {
  readonly family: Family;
  readonly address: string;
  readonly users: number;
}
const ALL_HOSTS = '224.0.0.1';
/** The newest first; that of all hosts is as old as the device is up, those of a bridge are older. */
function ipv4Groups(device: Device): Group[] {
  if (device.ipv4 === null) return [];
  const joined = [...device.ipv4.groups].reverse().map(([group, users]) => ({ family: Family.INET, address: formatIpv4(group), users }));
  const all: Group[] = device.isUp ? [{ family: Family.INET, address: ALL_HOSTS, users: 1 }] : [];
  return device instanceof Bridge ? [...all, ...joined] : [...joined, ...all];
}
function groupsOf(device: Device, family: Family): Group[] {
  const wants = (each: Family): boolean => family === Family.UNSPEC || family === each;
  return [
    ...(wants(Family.PACKET) ? [...device.multicastMacs].map(([mac, users]) => ({ family: Family.PACKET, address: formatMac(mac), users })) : []),
    ...(wants(Family.INET) ? ipv4Groups(device) : []),
    ...(wants(Family.INET6)
      ? [...(device.ipv6?.groups ?? [])].reverse().map(([group, users]) => ({ family: Family.INET6, address: formatIpv6(group), users }))
      : []),
  ];
}

function show(session: Session, args: Arguments): number {
  const { options, printer, netns } = session;
  let dev: string | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) args.next();
    else if (args.begins('help')) leave(255, maddrUsage());
    if (dev !== undefined) duplicateOrGarbage('dev', args.word);
    dev = args.word;
  }
  printer.startJson(options.json, options.pretty);
  for (const device of devicesInOrder(netns)) {
    if (dev !== undefined && dev !== device.name) continue;
    const groups = groupsOf(device, options.family);
    if (groups.length === 0) continue;
    printer.openObject();
    printer.member('ifindex', device.index);
    printer.member('ifname', device.name);
    const heading = `${device.index}:\t${device.name}`;
    if (!session.options.oneline) printer.text(`${heading}\n`);
    printer.openArray('maddr');
    for (const group of groups) {
      const name = familyName(group.family);
      printer.openObject();
      if (session.options.oneline) printer.text(`${heading}\\`);
      printer.any(
        group.family === Family.PACKET ? 'link' : 'family',
        group.family === Family.PACKET ? `\tlink  ` : `\t${name.padEnd(5)} `,
        group.family === Family.PACKET ? group.address : name,
      );
      if (group.family === Family.PACKET) printer.text(group.address, 'mac');
      else printer.any('address', group.address, group.address, group.family === Family.INET ? 'inet' : 'inet6');
      if (group.users !== 1) printer.any('users', ` users ${group.users}`, group.users);
      printer.text('\n');
      printer.closeObject();
    }
    printer.closeArray();
    printer.closeObject();
  }
  printer.endJson();
  return 0;
}
