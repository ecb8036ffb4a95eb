/** `bridge link`: the ports of bridges, and their settings. Authority: bridge/link.c, net/bridge/br_netlink.c (br_setlink). */
import { bridgePortOf, devicesInOrder, PORT_STATE_NAMES, setLink, type BridgePort, type BridgePortOptions, type Device } from '../../kernel/index.ts';
import { printFlags, printNameAndLink } from '../ip/link-show.ts';
import { oneOf } from '../ip/link-parse.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, giveUp, leave } from '../iproute2/exit.ts';
import { atoi, scanInteger } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { linkUsage } from './usage.ts';

/** What the program returns as -1. */
export const FAILURE = 255;
/** It returns -EINVAL as it is. */
const INVALID = 234;
export const noDevice = (name: string): never => giveUp(FAILURE, `Cannot find device "${name}"\n`);
export const noBridge = (name: string): never => giveUp(FAILURE, `Cannot find bridge device "${name}"\n`);

type FlagName = { [K in keyof BridgePort & keyof BridgePortOptions]: BridgePort[K] extends boolean ? K : never }[keyof BridgePort & keyof BridgePortOptions];
interface Setting {
  readonly word: string;
  /** Undefined: understood, and of no effect in Linux' own bridge. */
  readonly field?: FlagName;
}
/** On or off, in the order in which -d shows them; `mcast_router` stands among them. */
const BEFORE_ROUTER: readonly Setting[] = [
  { word: 'hairpin', field: 'hairpin' },
  { word: 'guard', field: 'guard' },
  { word: 'root_block', field: 'rootBlock' },
  { word: 'fastleave', field: 'fastLeave' },
  { word: 'learning', field: 'learning' },
  { word: 'flood', field: 'flood' },
  { word: 'mcast_flood', field: 'multicastFlood' },
  { word: 'bcast_flood', field: 'broadcastFlood' },
];
const AFTER_ROUTER: readonly Setting[] = [
  { word: 'mcast_to_unicast', field: 'multicastToUnicast' },
  { word: 'neigh_suppress', field: 'neighSuppress' },
  { word: 'vlan_tunnel', field: 'vlanTunnel' },
];
const AFTER_BACKUP: readonly Setting[] = [
  { word: 'isolated', field: 'isolated' },
  { word: 'locked', field: 'locked' },
];
const SETTINGS: readonly Setting[] = [...BEFORE_ROUTER, ...AFTER_ROUTER, ...AFTER_BACKUP, { word: 'learning_sync' }];

function printSettings(session: Session, port: BridgePort, settings: readonly Setting[]): void {
  for (const { word, field } of settings) if (field) session.printer.onOff(word, (text) => `${word} ${text} `, port[field]);
}
function printPort(session: Session, port: BridgePort): void {
  const { printer, options } = session;
  const state = PORT_STATE_NAMES[port.state] ?? '';
  printer.any('state', `state ${state} `, state);
  printer.any('priority', `priority ${port.priority} `, port.priority);
  printer.any('cost', `cost ${port.pathCost} `, port.pathCost);
  if (options.details === 0) return;
  printer.newLine();
  printer.text('    ');
  printSettings(session, port, BEFORE_ROUTER);
  printer.any('mcast_router', `mcast_router ${port.multicastRouter} `, port.multicastRouter);
  printSettings(session, port, AFTER_ROUTER);
  if (port.backupPort) printer.any('backup_port', `backup_port ${port.backupPort.name} `, port.backupPort.name);
  printSettings(session, port, AFTER_BACKUP);
}

export function printBridgeLink(session: Session, device: Device, port: BridgePort | null, change: 'new' | 'del' = 'new'): void {
  const { printer } = session;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  printer.any('ifindex', `${device.index}: `, device.index);
  const mDown = printNameAndLink(session, device, (name) => `${name}: `, 'index');
  printFlags(session, device, mDown);
  printer.any('mtu', `mtu ${device.mtu} `, device.mtu);
  const master = port?.bridge ?? device.master;
  if (master) printer.any('master', `master ${master.name} `, master.name);
  if (port) printPort(session, port);
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}

export function parseState(word: string): number | undefined {
  const { value, taken } = scanInteger(word, 10);
  if (word !== '' && taken === word.length) return Number(BigInt.asIntN(8, value));
  const named = PORT_STATE_NAMES.findIndex((name) => name === word);
  return named < 0 ? undefined : named;
}

function set(session: Session, args: Arguments): number {
  const port: { -readonly [K in keyof BridgePortOptions]: BridgePortOptions[K] } = {};
  let name: string | undefined;
  let toMaster = false;
  let toSelf = false;
  for (; !args.isAtEnd; args.advance()) {
    const setting = SETTINGS.find(({ word }) => args.is(word));
    if (args.is('dev')) name = args.next();
    else if (setting) {
      const on = oneOf(setting.word, args.next(), ['off', 'on'], (text) => giveUp(INVALID, text)) === 1;
      if (setting.field) port[setting.field] = on;
    } else if (args.is('mcast_router')) port.multicastRouter = atoi(args.next());
    else if (args.is('cost')) {
      const cost = atoi(args.next());
      if (cost > 0) port.cost = cost;
    } else if (args.is('priority')) port.priority = atoi(args.next());
    else if (args.is('state')) port.state = parseState(args.next()) ?? giveUp(FAILURE, 'Error: invalid STP port state\n');
    else if (args.is('hwmode')) {
      const mode = args.next();
      if (mode !== 'vepa' && mode !== 'veb') giveUp(FAILURE, 'Mode argument must be "vepa" or "veb".\n');
      [toSelf, toMaster] = [true, false];
    } else if (args.is('self')) toSelf = true;
    else if (args.is('master')) toMaster = true;
    else if (args.is('backup_port')) port.backupPort = session.indexOf(args.next()) || giveUp(FAILURE, `Error: device ${args.word} does not exist\n`);
    else if (args.is('nobackup_port')) port.backupPort = 0;
    else leave(FAILURE, linkUsage());
  }
  if (name === undefined) return giveUp(FAILURE, 'Device is a required argument.\n');
  const index = session.indexOf(name) || noBridge(name);
  if (!toSelf || toMaster) {
    const device = session.netns.devices.get(index);
    const done =
      device && !bridgePortOf(device) ? ({ ok: false, error: { errno: 'EOPNOTSUPP' } } as const) : setLink(session.netns, index, { port, byBridge: true });
    if (!session.accept(done)) return FAILURE;
  }
  // No device of ours bridges in hardware.
  return toSelf && !session.accept({ ok: false, error: { errno: 'EOPNOTSUPP' } }) ? FAILURE : 0;
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  let name: string | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (!args.is('dev')) continue;
    const word = args.next();
    if (name !== undefined) duplicateArgument('dev', word);
    name = word;
  }
  const index = name === undefined ? 0 : session.indexOf(name) || noDevice(name);
  printer.startJson(options.json, options.pretty);
  for (const device of devicesInOrder(netns)) {
    const port = bridgePortOf(device);
    if (port && (index === 0 || device.index === index)) printBridgeLink(session, device, port);
  }
  printer.endJson();
  return 0;
}

export function linkCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return show(session, args);
  const rest = new Arguments(words, 1);
  if (args.begins('set', 'change')) return set(session, rest);
  if (args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.begins('help')) leave(FAILURE, linkUsage());
  return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge link help".\n`);
}
