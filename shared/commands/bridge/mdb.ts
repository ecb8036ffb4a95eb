/** `bridge mdb`. Authority: bridge/mdb.c. */
import { Bridge, changeMdb, devicesInOrder, mdbInOrder, type MdbEntry, type MulticastGroup } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from '../../wire/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateOrGarbage, giveUp, leave } from '../iproute2/exit.ts';
import { atoi } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { FAILURE, noDevice } from './link.ts';
import { mdbUsage } from './usage.ts';

export function mdbCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return show(session, args);
  const rest = new Arguments(words.slice(1));
  if (args.begins('add')) return modify(session, rest, 'add');
  if (args.begins('delete')) return modify(session, rest, 'delete');
  if (args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.begins('help')) leave(FAILURE, mdbUsage());
  return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge mdb help".\n`);
}

function parseGroup(word: string, source: string | undefined): MulticastGroup {
  const ipv4 = parseIpv4(word);
  if (ipv4 !== undefined) return { kind: 'ipv4', address: ipv4, source: source === undefined ? null : (parseIpv4(source) ?? badAddress(source)) };
  const ipv6 = parseIpv6(word);
  if (ipv6 !== undefined) return { kind: 'ipv6', address: ipv6, source: source === undefined ? null : (parseIpv6(source) ?? badAddress(source)) };
  return { kind: 'mac', address: parseMac(word) ?? badAddress(word), source: null };
}
const badAddress = (word: string): never => giveUp(FAILURE, `Invalid address "${word}"\n`);

function modify(session: Session, args: Arguments, operation: 'add' | 'delete'): number {
  let name: string | undefined;
  let portName: string | undefined;
  let groupWord: string | undefined;
  let source: string | undefined;
  let vlan = 0;
  let permanent = false;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) name = args.next();
    else if (args.is('grp')) groupWord = args.next();
    else if (args.is('port')) portName = args.next();
    else if (args.is('permanent')) {
      if (operation === 'add') permanent = true;
    } else if (args.is('temp')) continue;
    else if (args.is('vid')) vlan = atoi(args.next());
    else if (args.is('src')) source = args.next();
    else if (args.begins('help')) leave(FAILURE, mdbUsage());
  }
  if (name === undefined || groupWord === undefined || portName === undefined)
    return giveUp(FAILURE, 'Device, group address and port name are required arguments.\n');
  const device = session.indexOf(name) || noDevice(name);
  const port = session.indexOf(portName) || noDevice(portName);
  const done = changeMdb(session.netns, { device, port, group: parseGroup(groupWord, source), vlan, permanent }, operation);
  return session.accept(done) ? 0 : FAILURE;
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  let name: string | undefined;
  let vlan = 0;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      if (name !== undefined) duplicateOrGarbage('dev', args.word);
      name = args.next();
    } else if (args.is('vid')) {
      if (vlan !== 0) duplicateOrGarbage('vid', args.word);
      vlan = atoi(args.next());
    }
  }
  const index = name === undefined ? 0 : session.indexOf(name) || noDevice(name);
  const bridges = devicesInOrder(netns).filter((device): device is Bridge => device instanceof Bridge && (index === 0 || device.index === index));
  printer.startJson(options.json, options.pretty);
  printer.openObject();
  printer.openArray('mdb');
  for (const bridge of bridges) for (const entry of mdbInOrder(bridge)) if (vlan === 0 || entry.vlan === vlan) printEntry(session, bridge, entry);
  printer.closeArray();
  printer.openObject('router');
  if (options.details > 0) for (const bridge of bridges) printRouters(session, bridge);
  printer.closeObject();
  printer.closeObject();
  printer.endJson();
  return 0;
}

const textOf = (group: MulticastGroup, address: MulticastGroup['address']): string =>
  group.kind === 'ipv4' ? formatIpv4(address as number) : group.kind === 'ipv6' ? formatIpv6(address as string) : formatMac(address as number);

function printEntry(session: Session, bridge: Bridge, entry: MdbEntry): void {
  const { printer, options } = session;
  const { group } = entry;
  const color = group.kind === 'mac' ? undefined : group.kind === 'ipv4' ? 'inet' : 'inet6';
  printer.openObject();
  printer.member('index', bridge.index);
  printer.any('dev', `dev ${bridge.name}`, bridge.name, 'ifname');
  const portName = (entry.port?.device ?? bridge).name;
  printer.any('port', ` port ${portName}`, portName);
  const address = textOf(group, group.address);
  printer.any('grp', ` grp ${address}`, address, color);
  if (group.source !== null) {
    const source = textOf(group, group.source);
    printer.any('src', ` src ${source}`, source, color);
  }
  const state = entry.permanent ? 'permanent' : 'temp';
  printer.any('state', ` ${state}`, state);
  // The host's own membership has no record of who entered it.
  if (options.details > 0 && entry.port !== null) printer.any('protocol', ` proto ${entry.origin} `, entry.origin);
  printer.openArray('flags');
  printer.closeArray();
  if (entry.vlan !== 0) printer.any('vid', ` vid ${entry.vlan}`, entry.vlan);
  if (options.stats > 0) {
    const left = entry.expiresUs === null ? 0 : Math.max(0, Math.floor((entry.expiresUs - session.process.nowUs) / 10_000));
    const time = `${String(Math.floor(left / 100)).padStart(4)}.${String(left % 100).padStart(2, '0')}`;
    printer.any('timer', ` ${time}`, time);
  }
  printer.newLine();
  printer.closeObject();
}

/** Ports with a multicast router behind them, for good (`mcast_router 2`) or for now (3). */
function printRouters(session: Session, bridge: Bridge): void {
  const { printer } = session;
  const ports = bridge.ports.filter((port) => port.multicastRouter >= 2);
  if (ports.length === 0) return;
  printer.openArray(bridge.name);
  printer.text(`router ports on ${bridge.name}: `);
  for (const { device } of ports) {
    printer.openObject();
    printer.any('port', `${device.name} `, device.name);
    printer.closeObject();
  }
  printer.closeArray();
  printer.newLine();
}
