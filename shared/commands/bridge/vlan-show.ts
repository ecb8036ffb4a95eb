/**
 * `bridge vlan show`, `tunnelshow` and `global show`. With -d what RTM_GETVLAN dumps, in ranges; with -s the extended statistics, bridges first;
 * else the VLANs among a link's attributes. Authority: bridge/vlan.c, net/bridge/br_netlink.c, br_vlan.c (br_vlan_dump_dev).
 */
import { Bridge, bridgePortOf, devicesInOrder, PORT_STATE_NAMES, VlanGlobals, type BridgeVlan, type Device, type VlanGroup } from '../../kernel/index.ts';
import type { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, leave } from '../iproute2/exit.ts';
import { atoi } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { noDevice } from './link.ts';

const NAME_WIDTH = 18;
const ID_WIDTH = 9;
const UNSUPPORTED = { ok: false, error: { errno: 'EOPNOTSUPP' } } as const;

/** A bridge's own, and a port's. */
export const vlansOf = (device: Device): VlanGroup | null => (device instanceof Bridge ? device.vlans : (bridgePortOf(device)?.vlans ?? null));

interface Range {
  readonly from: BridgeVlan;
  readonly to: BridgeVlan;
  readonly pvid: boolean;
}
/** Neighbours that `fits` join into one range. */
function ranges(vlans: readonly BridgeVlan[], pvid: number, fits: (next: BridgeVlan, last: BridgeVlan) => boolean): Range[] {
  const found: Range[] = [];
  for (const vlan of vlans) {
    const last = found.at(-1);
    if (last !== undefined && vlan.id === last.to.id + 1 && fits(vlan, last.to)) found[found.length - 1] = { ...last, to: vlan };
    else found.push({ from: vlan, to: vlan, pvid: vlan.id === pvid });
  }
  return found;
}

/** Prints the lines of one device: its name before the first one. */
class Port {
  private isOpen = false;
  constructor(
    private readonly session: Session,
    private readonly device: Device,
    private readonly list: 'vlans' | 'tunnels',
  ) {}
  line(): void {
    const { printer } = this.session;
    if (this.isOpen) printer.text(' '.repeat(NAME_WIDTH));
    else {
      printer.openObject();
      printer.any('ifname', this.device.name.padEnd(16) + '  ', this.device.name, 'ifname');
      printer.openArray(this.list);
    }
    this.isOpen = true;
    printer.openObject();
  }
  close(): void {
    if (!this.isOpen) return;
    this.session.printer.closeArray();
    this.session.printer.closeObject();
  }
}

function printRange(session: Session, key: string, from: number, to: number): number {
  session.printer.any(key, String(from), from);
  if (from !== to) session.printer.any(`${key}End`, `-${to}`, to);
  return String(from).length + (from === to ? 0 : 1 + String(to).length);
}
function printFlags(session: Session, vlan: BridgeVlan, pvid: boolean): void {
  if (!pvid && !vlan.untagged) return;
  const { printer } = session;
  printer.openArray('flags');
  if (pvid) printer.any(null, ' PVID', 'PVID');
  if (vlan.untagged) printer.any(null, ' Egress Untagged', 'Egress Untagged');
  printer.closeArray();
}
function printStats(session: Session, { stats }: BridgeVlan): void {
  const { printer } = session;
  for (const [word, bytes, packets] of [['rx', stats.rxBytes, stats.rxPackets] as const, ['tx', stats.txBytes, stats.txPackets] as const]) {
    printer.text(' '.repeat(NAME_WIDTH + 2));
    printer.any(`${word}_bytes`, `${word.toUpperCase()}: ${bytes} bytes`, bytes);
    printer.any(`${word}_packets`, ` ${packets} packets\n`, packets);
  }
}

type Show = (session: Session, device: Device, group: VlanGroup, wanted: number) => void;

/** IFLA_AF_SPEC: one by one, or with -compressvlans in ranges. */
const plain: Show = (session, device, group, wanted) => {
  const { compressVlans } = session.options;
  const port = new Port(session, device, 'vlans');
  const same = (next: BridgeVlan, last: BridgeVlan): boolean =>
    compressVlans && next.untagged === last.untagged && next.id !== group.pvid && last.id !== group.pvid;
  for (const { from, to, pvid } of ranges(group.used(), group.pvid, same)) {
    if (wanted !== 0 && (wanted < from.id || wanted > to.id)) continue;
    port.line();
    printRange(session, 'vlan', from.id, to.id);
    printFlags(session, to, pvid);
    session.printer.closeObject();
    session.printer.newLine();
  }
  port.close();
};

/** IFLA_BRIDGE_VLAN_TUNNEL_INFO. */
const tunnels: Show = (session, device, group, wanted) => {
  const port = new Port(session, device, 'tunnels');
  const mapped = group.used().filter((vlan) => vlan.tunnelId !== null);
  for (const { from, to } of ranges(mapped, 0, (next, last) => next.tunnelId === last.tunnelId! + 1)) {
    if (wanted !== 0 && (wanted < from.id || wanted > to.id)) continue;
    port.line();
    const width = printRange(session, 'vlan', from.id, to.id);
    session.printer.text(`${' '.repeat(Math.max(0, ID_WIDTH - width))}  `);
    printRange(session, 'tunid', from.tunnelId!, to.tunnelId!);
    session.printer.closeObject();
    session.printer.newLine();
  }
  port.close();
};

/** IFLA_STATS_LINK_XSTATS and its slaves' counterpart. */
const statistics: Show = (session, device, group, wanted) => {
  const port = new Port(session, device, 'vlans');
  for (const vlan of group.used()) {
    if (wanted !== 0 && wanted !== vlan.id) continue;
    port.line();
    session.printer.any('vid', String(vlan.id), vlan.id);
    printFlags(session, vlan, vlan.id === group.pvid);
    session.printer.newLine();
    printStats(session, vlan);
    session.printer.closeObject();
  }
  port.close();
};

/** RTM_GETVLAN. */
const detailed: Show = (session, device, group, wanted) => {
  const { printer, options } = session;
  const port = new Port(session, device, 'vlans');
  const same = (next: BridgeVlan, last: BridgeVlan): boolean =>
    options.stats === 0 &&
    next.id !== group.pvid &&
    next.untagged === last.untagged &&
    next.state === last.state &&
    next.multicastRouter === last.multicastRouter &&
    (next.tunnelId === null ? last.tunnelId === null : last.tunnelId !== null && next.tunnelId === last.tunnelId + 1);
  for (const { from, to, pvid } of ranges(group.used(), group.pvid, same)) {
    if (wanted !== 0 && (wanted < from.id || wanted > to.id)) continue;
    port.line();
    printRange(session, 'vlan', from.id, to.id);
    printFlags(session, from, pvid);
    printer.newLine();
    printer.text(' '.repeat(NAME_WIDTH + 2));
    const state = PORT_STATE_NAMES[from.state] ?? '';
    printer.any('state', `state ${state} `, state);
    printer.any('mcast_router', `mcast_router ${from.multicastRouter} `, from.multicastRouter);
    printer.newLine();
    if (options.stats > 0) printStats(session, from);
    printer.closeObject();
  }
  port.close();
};

const DEFAULT_GLOBALS = new VlanGlobals();
/** RTM_GETVLAN with BRIDGE_VLANDB_DUMPF_GLOBAL. */
const globals: Show = (session, device, group, wanted) => {
  if (!(device instanceof Bridge)) return;
  const { printer } = session;
  const port = new Port(session, device, 'vlans');
  const of = (vlan: BridgeVlan): VlanGlobals => vlan.global ?? DEFAULT_GLOBALS;
  const same = (next: BridgeVlan, last: BridgeVlan): boolean => JSON.stringify(of(next)) === JSON.stringify(of(last));
  for (const { from, to } of ranges(group.list(), 0, same)) {
    if (wanted !== 0 && (wanted < from.id || wanted > to.id)) continue;
    port.line();
    printRange(session, 'vlan', from.id, to.id);
    printer.newLine();
    printer.text(' '.repeat(NAME_WIDTH + 2));
    for (const [word, value] of Object.entries(of(from)) as [string, number][]) printer.any(word, `${word} ${value} `, value);
    printer.newLine();
    printer.closeObject();
  }
  port.close();
};

export function showVlans(session: Session, args: Arguments, subject: 'vlan' | 'tunnel' | 'global'): number {
  const { printer, options, netns } = session;
  let name: string | undefined;
  let wanted = 0;
  for (; !args.isAtEnd; args.advance()) {
    if (args.is('dev')) {
      const word = args.next();
      if (name !== undefined) duplicateArgument('dev', word);
      name = word;
    } else if (args.is('vid')) {
      const word = args.next();
      if (wanted !== 0) duplicateArgument('vid', word);
      wanted = atoi(word);
    }
  }
  const index = name === undefined ? 0 : session.indexOf(name) || noDevice(name);
  const isDetailed = subject === 'vlan' && options.details > 0;
  const hasStats = subject !== 'global' && !isDetailed && options.stats > 0;
  printer.startJson(options.json, options.pretty);
  printer.text(`port              vlan-id${hasStats ? '' : '  '}${subject === 'tunnel' && !hasStats ? '  tunnel-id' : ''}\n`);
  if ((subject === 'global' || isDetailed) && !netns.host.bridgeVlans) {
    session.accept(UNSUPPORTED);
    leave(1, 'Dump terminated\n');
  }
  const show = subject === 'global' ? globals : isDetailed ? detailed : hasStats ? statistics : subject === 'tunnel' ? tunnels : plain;
  const devices = devicesInOrder(netns).filter((device) => index === 0 || device.index === index);
  const isBridge = (device: Device): boolean => device instanceof Bridge;
  const ordered = hasStats ? [...devices.filter(isBridge), ...devices.filter((device) => !isBridge(device))] : devices;
  for (const device of ordered) {
    const group = vlansOf(device);
    if (group !== null) show(session, device, group, wanted);
  }
  printer.endJson();
  return 0;
}
