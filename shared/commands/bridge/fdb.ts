/** `bridge fdb`: which MAC is behind which port. Authority: bridge/fdb.c, net/core/rtnetlink.c (rtnl_fdb_dump, rtnl_fdb_get). */
import {
  ArpHardware,
  Bridge,
  bridgePortOf,
  devicesInOrder,
  fdbInOrder,
  isExpired,
  Nud,
  Vxlan,
  type Device,
  type FdbEntry,
  type VxlanFdbEntry,
  type VxlanRemote,
} from '../../kernel/index.ts';
import { formatIpv4, formatMac, isMulticastMac, type Mac } from '../../wire/index.ts';
import { Arguments, abbreviates } from '../iproute2/arguments.ts';
import { duplicateArgument, duplicateOrGarbage, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { atoi, parseU32 } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { flush, modify } from './fdb-modify.ts';
import { parseMac, parseVni } from './fdb-parse.ts';
import { FAILURE, noBridge, noDevice } from './link.ts';
import { fdbUsage } from './usage.ts';

/** One line: an entry of a bridge, of a VXLAN device, or an address that a device itself listens to. */
export interface ShownFdb {
  readonly mac: Mac;
  readonly device: Device;
  readonly remote?: VxlanRemote;
  readonly vlan: number;
  readonly isSelf: boolean;
  readonly externLearn: boolean;
  readonly sticky: boolean;
  readonly master?: Device;
  readonly state: number;
  /** When it was last used and changed; absent for addresses of devices. */
  readonly ages?: { readonly usedUs: number; readonly updatedUs: number };
}

function ofBridge(bridge: Bridge, entry: FdbEntry): ShownFdb {
  const state = entry.isLocal ? Nud.PERMANENT : entry.isStatic ? Nud.NOARP : isExpired(bridge, entry) ? Nud.STALE : Nud.REACHABLE;
  const { mac, vlan, externLearn, sticky } = entry;
  return { mac, vlan, externLearn, sticky, state, device: entry.port?.device ?? bridge, isSelf: false, master: bridge, ages: entry };
}
const ofVxlan = (device: Vxlan, entry: VxlanFdbEntry, remote: VxlanRemote | undefined): ShownFdb => {
  const { mac, state, externLearn } = entry;
  return { mac, state, externLearn, device, ...(remote && { remote }), vlan: 0, isSelf: true, sticky: false, ages: entry };
};
const ofDevice = (device: Device, mac: Mac): ShownFdb => ({ mac, device, vlan: 0, isSelf: true, externLearn: false, sticky: false, state: Nud.PERMANENT });

/** An entry as an event tells of it. */
export function shownFdb(device: Device, mac: Mac, entry: object | undefined): readonly ShownFdb[] {
  if (device instanceof Vxlan && entry) {
    const { remotes } = entry as VxlanFdbEntry;
    return remotes.length > 0 ? remotes.map((remote) => ofVxlan(device, entry as VxlanFdbEntry, remote)) : [ofVxlan(device, entry as VxlanFdbEntry, undefined)];
  }
  const bridge = device instanceof Bridge ? device : bridgePortOf(device)?.bridge;
  return bridge instanceof Bridge && entry ? [ofBridge(bridge, entry as FdbEntry)] : [ofDevice(device, mac)];
}

const vxlanEntries = (device: Vxlan): ShownFdb[] =>
  [...device.fdb.values()].reverse().flatMap((entry) => entry.remotes.map((remote) => ofVxlan(device, entry, remote)));
function ownAddresses(device: Device): ShownFdb[] {
  if (device.hardwareType !== ArpHardware.ETHER) return [];
  const macs = [...device.multicastMacs.keys()];
  return [...macs.filter((mac) => !isMulticastMac(mac)), ...macs.filter(isMulticastMac)].map((mac) => ofDevice(device, mac));
}

/** What a dump says of one device: what its bridge has on it, then what it has itself. */
function entriesOf(device: Device): ShownFdb[] {
  const shown: ShownFdb[] = [];
  const port = bridgePortOf(device);
  if (port?.bridge instanceof Bridge) for (const entry of fdbInOrder(port.bridge)) if (entry.port === port) shown.push(ofBridge(port.bridge, entry));
  if (device instanceof Vxlan) return [...shown, ...vxlanEntries(device)];
  shown.push(...ownAddresses(device));
  if (device instanceof Bridge) for (const entry of fdbInOrder(device)) if (entry.port === null) shown.push(ofBridge(device, entry));
  return shown;
}

const stateWord = (state: number, isJson: boolean): string => {
  if ((state & Nud.PERMANENT) !== 0) return 'permanent';
  if ((state & Nud.NOARP) !== 0) return 'static';
  if ((state & Nud.STALE) !== 0) return 'stale';
  if ((state & Nud.REACHABLE) !== 0) return '';
  return `${isJson ? '' : 'state='}${state === 0 ? '0' : `0x${state.toString(16)}`}`;
};

export interface FdbFilter {
  ifindex: number;
  master: number;
  states: number;
  vlan: number;
  dynamicOnly: boolean;
}
export const fdbFilter = (): FdbFilter => ({ ifindex: 0, master: 0, states: 0, vlan: 0, dynamicOnly: false });

export function printFdb(session: Session, shown: ShownFdb, filter: FdbFilter, change: 'new' | 'del' = 'new'): void {
  const { printer, options, process } = session;
  const { device, remote } = shown;
  if (filter.ifindex !== 0 && filter.ifindex !== device.index) return;
  if (filter.states !== 0 && (shown.state & filter.states) === 0) return;
  if (filter.vlan !== 0 && filter.vlan !== shown.vlan) return;
  if (filter.dynamicOnly && (shown.state & Nud.PERMANENT) !== 0) return;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  const mac = formatMac(shown.mac);
  printer.any('mac', `${mac} `, mac, 'mac');
  if (filter.ifindex === 0) {
    printer.text('dev ');
    printer.any('ifname', `${device.name} `, device.name, 'ifname');
  }
  if (remote) printRemote(session, device, remote);
  if (shown.vlan !== 0) printer.any('vlan', `vlan ${shown.vlan} `, shown.vlan);
  if (options.stats > 0 && shown.ages) {
    const [used, updated] = [shown.ages.usedUs, shown.ages.updatedUs].map((us) => Math.max(0, Math.floor((process.nowUs - us) / 1e6)));
    printer.text(`used ${used}/${updated} `);
    printer.member('used', used!);
    printer.member('updated', updated!);
  }
  printer.openArray('flags');
  const flags = [shown.isSelf && 'self', shown.externLearn && 'extern_learn', shown.sticky && 'sticky'];
  for (const flag of flags) if (flag !== false) printer.any(null, `${flag} `, flag);
  printer.closeArray();
  if (shown.master) printer.any('master', `master ${shown.master.name} `, shown.master.name);
  const state = stateWord(shown.state, printer.isJson);
  printer.any('state', `${state}\n`, state);
  printer.closeObject();
  printer.flush();
}
function printRemote(session: Session, device: Device, remote: VxlanRemote): void {
  const { printer } = session;
  if (!(device instanceof Vxlan)) return;
  const dst = formatIpv4(remote.ip);
  if (remote.ip !== 0) {
    printer.text('dst ');
    printer.any('dst', `${dst} `, dst, 'inet');
  }
  if (remote.port !== device.port) printer.any('port', `port ${remote.port} `, remote.port);
  if (remote.vni !== device.vni) printer.any('vni', `vni ${remote.vni} `, remote.vni);
  if (remote.deviceIndex === 0) return;
  if (device.underlay === session.netns) printer.any('viaIf', `via ${session.nameOf(remote.deviceIndex)} `, session.nameOf(remote.deviceIndex));
  else printer.any('viaIfIndex', `via ifindex ${remote.deviceIndex} `, remote.deviceIndex);
}

function parseStates(word: string): number | undefined {
  const named: readonly (readonly [number, readonly string[]])[] = [
    [Nud.PERMANENT, ['permanent']],
    [Nud.NOARP, ['static', 'temp']],
    [Nud.STALE, ['stale']],
    [Nud.REACHABLE, ['reachable', 'dynamic']],
  ];
  return named.find(([, words]) => words.some((each) => abbreviates(word, each)))?.[0] ?? (word === 'all' ? ~0 : parseU32(word));
}

function show(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  const filter = fdbFilter();
  let name: string | undefined;
  let bridge: string | undefined;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('brport') || args.is('dev')) name = args.next();
    else if (args.is('br')) bridge = args.next();
    else if (args.is('vlan')) {
      const word = args.next();
      if (filter.vlan !== 0) duplicateArgument('vlan', word);
      filter.vlan = atoi(word);
    } else if (args.is('state')) filter.states |= parseStates(args.next()) ?? invalidArgument('invalid state', args.word);
    else if (args.is('dynamic')) filter.dynamicOnly = true;
    else if (args.begins('help')) leave(FAILURE, fdbUsage());
  }
  if (bridge !== undefined) filter.master = session.indexOf(bridge) || noBridge(bridge);
  if (name !== undefined) filter.ifindex = session.indexOf(name) || noDevice(name);
  printer.startJson(options.json, options.pretty);
  for (const device of devicesInOrder(netns)) {
    const port = bridgePortOf(device);
    const isOfMaster = port ? port.bridge.index === filter.master : device instanceof Bridge && device.index === filter.master;
    if (filter.master !== 0 && !isOfMaster) continue;
    for (const shown of entriesOf(device)) printFdb(session, shown, filter);
  }
  printer.endJson();
  return 0;
}

/** An error of the kernel that has words of its own. */
const refuse = (errno: 'EINVAL' | 'ENOENT' | 'EOPNOTSUPP', extack: string) => ({ ok: false, error: { errno, extack } }) as const;

function get(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  const filter = fdbFilter();
  let name: string | undefined;
  let bridgeName: string | undefined;
  let address: string | undefined;
  let vlan: number | undefined;
  let isSelf = false;
  let isMaster = false;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('brport') || args.is('dev')) name = args.next();
    else if (args.is('br')) bridgeName = args.next();
    else if (args.is('vni')) parseVni(args.next(), 'invalid VNI\n');
    else if (args.is('self')) isSelf = true;
    else if (args.begins('master')) isMaster = true;
    else if (args.begins('vlan')) {
      if (vlan !== undefined) duplicateOrGarbage('vlan', args.word);
      vlan = atoi(args.next());
    } else if (args.begins('dynamic')) filter.dynamicOnly = true;
    else {
      if (args.is('to')) args.next();
      if (args.begins('help')) leave(FAILURE, fdbUsage());
      if (address !== undefined) duplicateOrGarbage('to', args.word);
      address = args.word;
    }
  }
  if ((name === undefined && bridgeName === undefined) || address === undefined)
    return giveUp(FAILURE, 'Device or master and address are required arguments.\n');
  const mac = parseMac(address);
  const index = name === undefined ? 0 : session.indexOf(name) || noDevice(name);
  const bridgeIndex = bridgeName === undefined ? 0 : session.indexOf(bridgeName) || noBridge(bridgeName);
  const found = find(netns.devices.get(index), netns.devices.get(bridgeIndex), mac, isSelf && !isMaster ? 'self' : 'master', vlan ?? 0);
  if (!session.accept(found)) return 254;
  printer.startJson(options.json, options.pretty);
  printFdb(session, found.value, filter);
  printer.endJson();
  return 0;
}
function find(
  device: Device | undefined,
  bridge: Device | undefined,
  mac: Mac,
  where: 'self' | 'master',
  vlan: number,
): ReturnType<typeof refuse> | { readonly ok: true; readonly value: ShownFdb } {
  let asked = bridge;
  if (device && where === 'master') {
    const port = bridgePortOf(device);
    if (!port) return refuse('EINVAL', 'Device is not a bridge port');
    asked = port.bridge;
  } else if (device) asked = device;
  if (asked instanceof Bridge) {
    const entry = asked.fdb.get(mac, vlan);
    return entry ? { ok: true, value: ofBridge(asked, entry) } : refuse('ENOENT', 'Fdb entry not found');
  }
  if (asked instanceof Vxlan) {
    const entry = asked.fdb.get(mac);
    return entry ? { ok: true, value: ofVxlan(asked, entry, entry.remotes[0]) } : refuse('ENOENT', 'Fdb entry not found');
  }
  return refuse('EOPNOTSUPP', 'Fdb get operation not supported by device');
}

export function fdbCommand(session: Session, words: readonly string[]): number {
  const args = new Arguments(words);
  if (args.isAtEnd) return show(session, args);
  const rest = new Arguments(words, 1);
  if (args.begins('add')) return modify(session, rest, 'add', { create: true, exclusive: true });
  if (args.begins('append')) return modify(session, rest, 'add', { create: true, append: true });
  if (args.begins('replace')) return modify(session, rest, 'add', { create: true, replace: true });
  if (args.begins('delete')) return modify(session, rest, 'delete', {});
  if (args.begins('get')) return get(session, rest);
  if (args.begins('show', 'lst', 'list')) return show(session, rest);
  if (args.is('flush')) return flush(session, rest);
  if (args.begins('help')) leave(FAILURE, fdbUsage());
  return leave(FAILURE, `Command "${args.word}" is unknown, try "bridge fdb help".\n`);
}
