/** One device as `ip link`, `ip address` and `ip monitor` print it. Authority: ip/ipaddress.c (print_linkinfo), net/core/rtnetlink.c (rtnl_fill_ifinfo). */
import type { RtnlEvent } from '../../kernel/index.ts';
import { ArpHardware, Bond, Bridge, Iff, IpTunnel, netnsIdOf, shownFlags, Tun, Vxlan, type Device } from '../../kernel/index.ts';
import { formatLinkAddress, hardwareName, linkAddressLength } from '../iproute2/link-layer.ts';
import { Family } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import type { LinkFilter } from './filter.ts';
import { printKind, printSlaveKind, slaveKindOf } from './kinds/index.ts';
import { namesOfIds } from './netns-names.ts';
import { printStatistics } from './statistics.ts';

/** Flags in the order in which they are listed. */
const FLAG_ORDER = [
  'LOOPBACK',
  'BROADCAST',
  'POINTOPOINT',
  'MULTICAST',
  'NOARP',
  'ALLMULTI',
  'PROMISC',
  'MASTER',
  'SLAVE',
  'DEBUG',
  'DYNAMIC',
  'NOTRAILERS',
  'UP',
  'LOWER_UP',
  'DORMANT',
  'ECHO',
] as const;

type MovedTo = NonNullable<Extract<RtnlEvent, { kind: 'link' }>['movedTo']>;

export function printFlags(session: Session, device: Device, mDown: boolean): void {
  const { printer } = session;
  let flags = shownFlags(device);
  const words: string[] = [];
  if ((flags & Iff.UP) !== 0 && (flags & Iff.RUNNING) === 0) words.push('NO-CARRIER');
  flags &= ~Iff.RUNNING;
  for (const name of FLAG_ORDER) {
    if ((flags & Iff[name]) === 0) continue;
    words.push(name);
    flags &= ~Iff[name];
  }
  if (flags !== 0) words.push(flags.toString(16));
  if (mDown) words.push('M-DOWN');
  printer.openArray('flags');
  for (const word of words) printer.member(null, word);
  printer.closeArray();
  printer.text(`<${words.join(',')}> `);
}

/** `NAME@LINK`; tells whether the linked device, of the same namespace, is down. 'index': messages of bridges do not say whose index it is. */
export function printNameAndLink(session: Session, device: Device, format: (name: string) => string, linkIs: 'device' | 'index' = 'device'): boolean {
  const { printer } = session;
  let { name } = device;
  let mDown = false;
  const index = device.linkIndex;
  const elsewhere = linkIs === 'device' && device.linkNetns !== null;
  if (index !== device.index || elsewhere) {
    if (index === 0) {
      if (printer.isJson) printer.member('link', null);
      else name += '@NONE';
    } else if (elsewhere) {
      if (printer.isJson) printer.member('link_index', index);
      else name += `@if${index}`;
    } else {
      const link = session.netns.devices.get(index);
      if (printer.isJson) printer.member('link', session.nameOf(index));
      else name += `@${session.nameOf(index)}`;
      mDown = link !== undefined && !link.isUp;
    }
  }
  printer.any('ifname', format(name), name, 'ifname');
  return mDown;
}

function printOperState(session: Session, device: Device): void {
  const { printer, options } = session;
  const state = device.isUp ? device.operState : 'DOWN';
  const color = state === 'UP' ? 'up' : state === 'DOWN' ? 'down' : undefined;
  if (printer.isJson) printer.member('operstate', state);
  else if (options.brief) printer.text(`${state.padEnd(14)} `, color);
  else {
    printer.text('state ');
    printer.text(`${state} `, color);
  }
}

/** 'hidden': the filter leaves it out, its addresses too. 'brief' and 'label' print addresses but no counters. */
export type Printed = 'hidden' | 'brief' | 'whole';

export function printLink(
  session: Session,
  device: Device,
  filter: LinkFilter,
  mode: 'link' | 'address',
  change: 'new' | 'del' = 'new',
  movedTo?: MovedTo,
  event?: string,
): Printed {
  const { printer, options } = session;
  if (filter.ifindex !== 0 && device.index !== filter.ifindex) return 'hidden';
  if (filter.up && !device.isUp) return 'hidden';
  if (filter.label !== undefined) return 'brief';
  if (filter.tells === 'all' && filter.group !== -1 && device.group !== filter.group) return 'hidden';
  if (filter.master > 0 && device.master?.index !== filter.master) return 'hidden';
  if (filter.kind !== undefined && device.kind !== filter.kind) return 'hidden';
  if (filter.slaveKind !== undefined && slaveKindOf(device) !== filter.slaveKind) return 'hidden';
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  if (options.brief) {
    printBrief(session, device, filter);
    return 'brief';
  }
  if (filter.tells === 'inet6') return printInet6(session, device);
  printer.any('ifindex', `${device.index}: `, device.index);
  const mDown = printNameAndLink(session, device, (name) => `${name}: `);
  printFlags(session, device, mDown);
  printer.any('mtu', `mtu ${device.mtu} `, device.mtu);
  printer.any('qdisc', `qdisc ${device.qdisc} `, device.qdisc);
  if (device.master) printer.any('master', `master ${device.master.name} `, device.master.name);
  printOperState(session, device);
  if (mode === 'link') {
    const linkMode = device.linkMode === 1 ? 'DORMANT' : 'DEFAULT';
    printer.any('linkmode', `mode ${linkMode} `, linkMode);
  }
  const group = session.names.group(device.group);
  printer.any('group', `group ${group} `, group);
  if (event !== undefined) printer.any('event', `event ${event} `, event);
  if (filter.showQueue && device.txQueueLength !== 0) printer.any('txqlen', `qlen ${device.txQueueLength}`, device.txQueueLength);
  if (filter.family === Family.UNSPEC || filter.family === Family.PACKET || options.details > 0) printAddresses(session, device);
  printLinkNetns(session, device);
  if (movedTo !== undefined) printNewNetns(session, movedTo);
  if (device.protoDown) printer.any('proto_down', ' protodown on ', true);
  if (options.details > 0) printDetails(session, device, mode);
  if ((mode === 'link' || options.details > 0) && device.alias !== '') {
    printer.text(`${printer.lineEnd}    `);
    printer.any('ifalias', `alias ${device.alias}`, device.alias);
  }
  if (mode === 'link' && options.stats > 0) {
    printer.newLine();
    printStatistics(session, device, 'stats64');
  }
  if (device.altNames.length > 0) {
    printer.openArray('altnames');
    for (const name of device.altNames) {
      printer.text(`${printer.lineEnd}    altname `);
      printer.any(null, name, name);
    }
    printer.closeArray();
  }
  printer.text('\n');
  printer.flush();
  return 'whole';
}

/** What a message of inet6_fill_ifinfo has: no queueing discipline, no group, no namespace of the link. */
function printInet6(session: Session, device: Device): Printed {
  const { printer, options } = session;
  printer.any('ifindex', `${device.index}: `, device.index);
  const mDown = printNameAndLink(session, device, (name) => `${name}: `, 'index');
  printFlags(session, device, mDown);
  printer.any('mtu', `mtu ${device.mtu} `, device.mtu);
  printOperState(session, device);
  if (device.txQueueLength !== 0) printer.any('txqlen', `qlen ${device.txQueueLength}`, device.txQueueLength);
  if (options.details > 0) printAddresses(session, device, 'own');
  printer.text('\n');
  printer.flush();
  return 'whole';
}

/** What a bridge tells of its port: less than the port tells of itself. */
export function printPort(session: Session, device: Device, filter: LinkFilter, change: 'new' | 'del'): void {
  if (filter.ifindex !== 0 && device.index !== filter.ifindex) return;
  const { printer } = session;
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  printer.any('ifindex', `${device.index}: `, device.index);
  const mDown = printNameAndLink(session, device, (name) => `${name}: `);
  printFlags(session, device, mDown);
  printer.any('mtu', `mtu ${device.mtu} `, device.mtu);
  if (device.master) printer.any('master', `master ${device.master.name} `, device.master.name);
  printOperState(session, device);
  printAddresses(session, device, 'own');
  printer.text('\n');
  printer.flush();
}

function printBrief(session: Session, device: Device, filter: LinkFilter): void {
  const { printer } = session;
  const mDown = printNameAndLink(session, device, (name) => `${name.padEnd(16)} `, filter.tells === 'inet6' ? 'index' : 'device');
  printOperState(session, device);
  if (filter.family === Family.PACKET) {
    if (linkAddressLength(device.hardwareType) > 0) {
      const address = formatLinkAddress(device.address, device.hardwareType);
      printer.any('address', `${address} `, address, 'mac');
    }
    printFlags(session, device, mDown);
    printer.text('\n');
  }
  printer.flush();
}

function printAddresses(session: Session, device: Device, which: 'all' | 'own' = 'all'): void {
  const { printer } = session;
  const type = device.hardwareType;
  printer.newLine();
  const name = hardwareName(type, session.names.numeric);
  printer.any('link_type', `    link/${name} `, name);
  if (type === ArpHardware.NONE && device instanceof IpTunnel) {
    // Its address has four bytes, which nothing says how to read.
    printer.any('address', NO_ADDRESS, NO_ADDRESS, 'mac');
    if (which === 'all') printer.any('broadcast', ` brd ${NO_ADDRESS}`, NO_ADDRESS, 'mac');
    return;
  }
  if (linkAddressLength(type) === 0) return;
  const address = formatLinkAddress(device.address, type);
  printer.any('address', address, address, 'mac');
  if (which === 'own') return;
  if ((device.flags & Iff.POINTOPOINT) !== 0) {
    printer.text(' peer ');
    printer.member('link_pointtopoint', true);
  } else printer.text(' brd ');
  const broadcast = formatLinkAddress(device.broadcast, type);
  printer.any('broadcast', broadcast, broadcast, 'mac');
  if (device.permanentAddress !== null && device.permanentAddress !== device.address) {
    const permanent = formatLinkAddress(device.permanentAddress, type);
    printer.text(' permaddr ');
    printer.any('permaddr', permanent, permanent, 'mac');
  }
}

function printLinkNetns(session: Session, device: Device): void {
  const { printer, netns } = session;
  if (device.linkNetns === null) return;
  const id = netnsIdOf(netns, device.linkNetns);
  if (printer.isJson) printer.member('link_netnsid', id);
  else if (id < 0) printer.text(' link-netnsid unknown');
  else {
    const name = namesOfIds(session).get(id);
    printer.text(name === undefined ? ` link-netnsid ${id}` : ` link-netns ${name}`);
  }
}

function printNewNetns(session: Session, { netns, index }: MovedTo): void {
  const { printer } = session;
  const id = netnsIdOf(session.netns, netns);
  const name = namesOfIds(session).get(id);
  if (printer.isJson) printer.member('new_netnsid', id);
  else printer.text(name === undefined ? ` new-netnsid ${id}` : ` new-netns ${name}`);
  printer.any('new_ifindex', ` new-ifindex ${index}`, index);
}

const NO_ADDRESS = '00:00:00:00';
const ADDRESS_MODES = ['eui64', 'none', 'stable_secret', 'random'];

function printDetails(session: Session, device: Device, mode: 'link' | 'address'): void {
  const { printer } = session;
  printer.any('promiscuity', ` promiscuity ${device.promiscuity} `, device.promiscuity);
  printer.any('allmulti', ` allmulti ${device.allmulti} `, device.allmulti);
  printer.any('min_mtu', `minmtu ${device.minMtu} `, device.minMtu);
  printer.any('max_mtu', `maxmtu ${device.maxMtu} `, device.maxMtu);
  if (device.kind !== null || slaveKindOf(device) !== undefined) {
    printer.openObject('linkinfo');
    printKind(session, device);
    printSlaveKind(session, device);
    printer.closeObject();
  }
  if (mode === 'link' && device.ipv6 !== null) {
    const generation = ADDRESS_MODES[device.ipv6.conf.addr_gen_mode] ?? `0x${device.ipv6.conf.addr_gen_mode.toString(16).padStart(2, '0')}`;
    printer.any('inet6_addr_gen_mode', `addrgenmode ${generation} `, generation);
  }
  printer.any('num_tx_queues', `numtxqueues ${device.numTxQueues} `, device.numTxQueues);
  printer.any('num_rx_queues', `numrxqueues ${device.numRxQueues} `, device.numRxQueues);
  for (const [name, value] of offloadLimits(device)) printer.any(name, `${name} ${value} `, value);
}
/** Segmentation offload: drivers that say nothing have the old limit; a bridge takes its ports'. */
function offloadLimits(device: Device): readonly (readonly [string, number])[] {
  const legacy =
    device instanceof Tun ||
    device instanceof IpTunnel ||
    (device instanceof Bridge && !device.knowsOffloads) ||
    device.kind === 'vrf' ||
    device.kind === 'team' ||
    (device instanceof Bond && device.slaves.length === 0) ||
    (device instanceof Vxlan && device.lower === null);
  const segment = legacy ? 65536 : 524280;
  return [
    ['gso_max_size', 65536],
    ['gso_max_segs', 65535],
    ['tso_max_size', segment],
    ['tso_max_segs', 65535],
    ['gro_max_size', 65536],
  ];
}
