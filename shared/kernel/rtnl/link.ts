/**
 * RTM_NEWLINK and RTM_DELLINK (net/core/rtnetlink.c): making devices of each kind, changing them attribute by attribute in the kernel's
 * order (what came before an attribute that is refused stays), deleting them.
 */
import { done, ok } from '../../base/index.ts';
import { isValidUnicastMac } from '../../wire/index.ts';
import type { Mac } from '../../wire/index.ts';
import { Bond } from '../devices/bond/bond.ts';
import { Team } from '../devices/bond/team.ts';
import { Bridge } from '../devices/bridge/bridge.ts';
import { bridgePortOf } from '../devices/bridge/bridge-state.ts';
import { bridgeMacChanged } from '../devices/bridge/bridge-fdb.ts';
import { tellOfPort } from '../devices/bridge/bridge-stp.ts';
import { initBridgeVlans } from '../devices/bridge/bridge-vlan.ts';
import { Dummy } from '../devices/dummy.ts';
import { Ifb } from '../devices/ifb.ts';
import { Ipvlan, makeIpvlan, settleIpvlan } from '../devices/ipvlan.ts';
import { Macvlan, makeMacvlan } from '../devices/macvlan.ts';
import { Tun } from '../devices/tun.ts';
import { loadTunnels } from '../devices/tunnel/module.ts';
import { findTunnel, IpTunnel } from '../devices/tunnel/tunnel.ts';
import { Veth } from '../devices/veth.ts';
import { changeVlan, makeVlan, settleVlan, Vlan } from '../devices/vlan.ts';
import { makeVrf, vrfMade } from '../devices/vrf.ts';
import { makeVxlan, Vxlan } from '../devices/vxlan.ts';
import {
  addAltName,
  changeFlags,
  isValidDeviceName,
  moveDevice,
  randomMac,
  registerDevice,
  removeAltName,
  renameDevice,
  setMac,
  setMtu,
  tellOf,
  unregisterDevice,
} from '../device.ts';
import { deviceEvent } from '../device-events.ts';
import { fail, notModelled } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { netnsIdOf } from '../host.ts';
import { fire, setCarrier } from '../linkwatch.ts';
import type { Device, Netns } from '../model.ts';
import { touch } from '../notify.ts';
import { OPER_STATES } from '../numbers.ts';
import type { LinkInfo, LinkRequest, TunnelOptions } from '../requests.ts';
import { setBridgeOptions, setPortOptions } from './bridge-options.ts';

/** The name a kind gives when none was asked for. */
const NAME_PATTERNS: Record<LinkInfo['kind'], string> = {
  veth: 'veth%d',
  bridge: 'bridge%d',
  dummy: 'dummy%d',
  ifb: 'ifb%d',
  vxlan: 'vxlan%d',
  ipip: 'tunl%d',
  gre: 'gre%d',
  gretap: 'gretap%d',
  sit: 'sit%d',
  vlan: 'vlan%d',
  macvlan: 'macvlan%d',
  macvtap: 'macvtap%d',
  ipvlan: 'ipvlan%d',
  tun: 'tun%d',
  vrf: 'vrf%d',
  bond: 'bond%d',
  team: 'team%d',
  other: 'dev%d',
};
const IP_TUNNELS = new Set<string>(['ipip', 'sit', 'gre', 'gretap']);
/** Kinds that Linux has and this kernel does not. */
const NOT_MODELLED = new Set([
  'wireguard',
  'geneve',
  'ip6tnl',
  'ip6gre',
  'ip6gretap',
  'vti',
  'vti6',
  'macsec',
  'nlmon',
  'vcan',
  'vxcan',
  'erspan',
  'xfrm',
  'bareudp',
  'netdevsim',
  'hsr',
  'ipoib',
  'netkit',
]);

/** The device that a request names, by index or name. */
export function findDevice(netns: Netns, which: number | string): Device | undefined {
  return typeof which === 'number' ? netns.devices.get(which) : netns.deviceNames.get(which);
}

/** `ip link add`: NLM_F_CREATE and NLM_F_EXCL. */
export function addLink(netns: Netns, request: LinkRequest): KernelResult<Device> {
  const { info, name } = request;
  if (name !== undefined && name !== '' && netns.deviceNames.has(name)) return fail('EEXIST');
  if (request.index !== undefined && netns.devices.has(request.index)) return fail('EEXIST');
  if (info === undefined) return fail('EOPNOTSUPP');
  if (info.kind === 'other') {
    if (info.name === 'tun') return fail('EOPNOTSUPP', 'tun/tap creation via rtnetlink is not supported.');
    if (NOT_MODELLED.has(info.name)) return notModelled(`devices of type ${info.name}`);
    return fail('EOPNOTSUPP', 'Unknown device type');
  }
  const target = request.netns ?? netns;
  const lowerNetns = request.linkNetns ?? netns;
  const deviceName = name === undefined || name === '' ? NAME_PATTERNS[info.kind] : name;
  const made =
    info.kind === 'veth' ? makeVeth(netns, target, deviceName, request, info.peer) : makeDevice(netns, target, lowerNetns, deviceName, request, info);
  if (!made.ok) return made;
  const device = made.value;
  tellLower(device);
  const configured = configure(device, request);
  if (!configured.ok) {
    unregisterDevice(device);
    return configured;
  }
  const master = request.master;
  if (master !== undefined && master !== 0) {
    const enslaved = setMaster(device, master);
    if (!enslaved.ok) {
      unregisterDevice(device);
      return enslaved;
    }
  }
  return ok(device);
}

function makeDevice(
  netns: Netns,
  target: Netns,
  lowerNetns: Netns,
  name: string,
  request: LinkRequest,
  info: Exclude<LinkInfo, { kind: 'veth' | 'other' }>,
): KernelResult<Device> {
  const address = request.address ?? randomMac(netns);
  if (request.address !== undefined && !isValidUnicastMac(request.address) && !IP_TUNNELS.has(info.kind)) return fail('EADDRNOTAVAIL');
  let device: Device;
  switch (info.kind) {
    case 'bridge':
      device = new Bridge(target, address);
      break;
    case 'dummy':
    case 'ifb':
      device = info.kind === 'ifb' ? new Ifb(target, address) : new Dummy(target, address, info.kind);
      break;
    case 'tun':
      device = new Tun(target, address, info.mode, info.options ?? {});
      break;
    case 'vxlan': {
      const made = makeVxlan(target, lowerNetns, info.options, address);
      if (!made.ok) return made;
      device = made.value;
      break;
    }
    case 'ipip':
    case 'sit':
    case 'gre':
    case 'gretap': {
      loadTunnels(netns.host, info.kind);
      const made = makeTunnel(target, lowerNetns, name, info.kind, info.options, address);
      if (!made.ok) return made;
      device = made.value;
      break;
    }
    case 'vlan': {
      const lower = request.link === undefined ? undefined : (lowerNetns.devices.get(request.link) ?? null);
      const made = makeVlan(target, lower, info.options, request.mtu);
      if (!made.ok) return made;
      device = made.value;
      if (request.address !== undefined) device.address = request.address;
      break;
    }
    case 'macvlan':
    case 'macvtap': {
      if (request.link === undefined) return fail('EINVAL');
      const made = makeMacvlan(target, lowerNetns.devices.get(request.link), info.kind, info.options, address);
      if (!made.ok) return made;
      device = made.value;
      break;
    }
    case 'ipvlan': {
      if (request.link === undefined) return fail('EINVAL');
      const made = makeIpvlan(target, lowerNetns.devices.get(request.link), info.options, request.mtu);
      if (!made.ok) return made;
      device = made.value;
      break;
    }
    case 'bond': {
      const bond = new Bond(target, address);
      const configured = bond.configure(info.options);
      if (!configured.ok) return configured;
      device = bond;
      break;
    }
    case 'team':
      device = new Team(target, address);
      break;
    case 'vrf': {
      const made = makeVrf(target, address, info.table);
      if (!made.ok) return made;
      device = made.value;
      break;
    }
  }
  // dev_validate_mtu.
  if (request.mtu !== undefined && (request.mtu < 0 || request.mtu < device.minMtu || (device.maxMtu > 0 && request.mtu > device.maxMtu))) {
    device.unregistering();
    return fail('EINVAL', request.mtu < device.minMtu ? 'mtu less than device minimum' : 'mtu greater than device maximum');
  }
  applyInitial(device, request);
  const registered = registerDevice(device, name, request.index ?? 0, 'later');
  if (!registered.ok) {
    device.unregistering();
    return registered;
  }
  if (info.kind === 'vrf') vrfMade(target);
  if (info.kind === 'bridge') {
    initBridgeVlans(device as Bridge);
    bridgeMacChanged(device as Bridge, device.address);
    if (request.address !== undefined) {
      device.addressAssignType = 3;
      device.addressChanged();
    }
    if (info.options !== undefined) {
      const set = setBridgeOptions(device as Bridge, info.options);
      if (!set.ok) {
        unregisterDevice(device);
        return set;
      }
    }
  } else if (request.address !== undefined) device.addressAssignType = 3;
  const link = device.link;
  if (link !== null && link.netns !== device.netns) netnsIdOf(device.netns, link.netns);
  // A stacked device takes its state from the one below (netif_stacked_transfer_operstate).
  if (device instanceof Vlan) settleVlan(device);
  else if (device instanceof Ipvlan && info.kind === 'ipvlan') settleIpvlan(device, info.options);
  else if (info.kind === 'macvlan' || info.kind === 'macvtap') fire(device);
  return ok(device);
}
/** ip_tunnel_newlink. */
function makeTunnel(target: Netns, home: Netns, name: string, kind: 'ipip' | 'sit' | 'gre' | 'gretap', options: TunnelOptions, mac: Mac): KernelResult<Device> {
  if (target.deviceNames.has(name)) return fail('EEXIST');
  if (options.encap !== undefined || (options.ignoreDf === true && options.pmtudisc !== false)) return fail('EINVAL');
  if (options.external !== true && findTunnel(home, kind, options) !== undefined) return fail('EEXIST');
  return ok(new IpTunnel(target, home, kind, options, mac));
}

/** rtnl_create_link: what is given before the device is registered. */
function applyInitial(device: Device, request: LinkRequest): void {
  if (request.mtu !== undefined) device.mtu = request.mtu;
  if (request.txQueueLength !== undefined) device.txQueueLength = request.txQueueLength;
  if (request.group !== undefined) device.group = request.group;
  if (request.numTxQueues !== undefined) device.numTxQueues = request.numTxQueues;
  if (request.numRxQueues !== undefined) device.numRxQueues = request.numRxQueues;
  if (request.broadcast !== undefined) device.broadcast = request.broadcast;
}

/** veth_newlink: the peer is made first, in its own namespace, and so gets the lower index. */
function makeVeth(netns: Netns, target: Netns, name: string, request: LinkRequest, peerRequest: LinkRequest | undefined): KernelResult<Device> {
  const peerNetns = peerRequest?.netns ?? netns;
  const peerName = peerRequest?.name ?? 'veth%d';
  for (const part of [request, peerRequest]) {
    if (part?.address !== undefined && !isValidUnicastMac(part.address)) return fail('EADDRNOTAVAIL');
    // veth_validate says no without words.
    if (part?.mtu !== undefined && (part.mtu < 68 || part.mtu > 65535)) return fail('EINVAL');
  }
  const peer = new Veth(peerNetns);
  const device = new Veth(target);
  peer.address = peerRequest?.address ?? randomMac(netns);
  peer.addressAssignType = peerRequest?.address === undefined ? 1 : 3;
  if (peerRequest !== undefined) applyInitial(peer, peerRequest);
  const peerRegistered = registerDevice(peer, peerName, peerRequest?.index ?? 0, 'later');
  if (!peerRegistered.ok) return peerRegistered;
  setCarrier(peer, 'off');
  tellOf(peer);
  device.address = request.address ?? randomMac(netns);
  device.addressAssignType = request.address === undefined ? 1 : 3;
  applyInitial(device, request);
  const registered = registerDevice(device, name, request.index ?? 0, 'later');
  if (!registered.ok) {
    unregisterDevice(peer);
    return registered;
  }
  setCarrier(device, 'off');
  device.peer = peer;
  peer.peer = device;
  if (peerRequest !== undefined) {
    const configured = applyFlags(peer, peerRequest);
    if (!configured.ok) return configured;
  }
  return ok(device);
}

/** rtnl_configure_link: the device is whole, and told of. */
function configure(device: Device, request: LinkRequest): KernelResult {
  tellOf(device);
  return applyFlags(device, request);
}
function applyFlags(device: Device, request: LinkRequest): KernelResult {
  if (request.flagsMask !== undefined && request.flagsMask !== 0) {
    const changed = changeFlags(device, request.flags ?? 0, request.flagsMask);
    if (!changed.ok) return changed;
  }
  if (request.alias !== undefined) device.alias = request.alias;
  return done;
}

/** do_set_master. */
function setMaster(device: Device, index: number): KernelResult {
  const present = device.master;
  if (present !== null) {
    if (present.index === index) return done;
    if (present instanceof Bridge) {
      const freed = present.removePort(device);
      if (!freed.ok) return freed;
    } else {
      const freed = present.release(device);
      if (!freed.ok) return freed;
    }
  }
  if (index === 0) return done;
  const upper = device.netns.devices.get(index);
  if (upper === undefined) return fail('EINVAL');
  return upper instanceof Bridge ? upper.addPort(device) : upper.enslave(device);
}

/** do_setlink. */
export function setLink(netns: Netns, which: number | string, request: LinkRequest): KernelResult {
  const found = findDevice(netns, which);
  if (found === undefined) return fail('ENODEV');
  const result = applyChanges(netns, found, request);
  // DO_SETLINK_NOTIFY: what no notifier has told of; netdev_state_change speaks of devices that are up.
  const { group, alias, linkMode, port, info, protoDown, addAltNames, removeAltNames, byBridge } = request;
  const notable = [group, alias, linkMode, byBridge === true ? undefined : port, info, protoDown, addAltNames, removeAltNames].some(
    (value) => value !== undefined,
  );
  if (notable && found.isUp && !found.unregistered) {
    deviceEvent(found, 'change');
    tellOf(found);
  } else touch(netns.host);
  return result;
}

function applyChanges(netns: Netns, device: Device, request: LinkRequest): KernelResult {
  if (request.info !== undefined) {
    const changed = changeInfo(device, request.info);
    if (!changed.ok) return changed;
  }
  if (request.netns !== undefined && request.netns !== netns) {
    const from = device.netns;
    const moved = moveDevice(device, request.netns, request.name ?? null, request.newIndex ?? 0);
    if (!moved.ok) return moved;
    announceIds(device, from);
  }
  if (request.address !== undefined) {
    const set = setMac(device, request.address);
    if (!set.ok) return set;
  }
  if (request.mtu !== undefined) {
    const set = setMtu(device, request.mtu);
    if (!set.ok) return set;
  }
  if (request.group !== undefined) device.group = request.group;
  if (request.name !== undefined && request.name !== device.name) {
    if (!isValidDeviceName(request.name)) return fail('EINVAL');
    const renamed = renameDevice(device, request.name);
    if (!renamed.ok) return renamed;
  }
  if (request.alias !== undefined) {
    if (request.alias.length >= 256) return fail('EINVAL');
    device.alias = request.alias;
  }
  if (request.broadcast !== undefined) device.broadcast = request.broadcast;
  if (request.master !== undefined) {
    const set = setMaster(device, request.master);
    if (!set.ok) return set;
  }
  if (request.flagsMask !== undefined && request.flagsMask !== 0) {
    const changed = changeFlags(device, request.flags ?? 0, request.flagsMask);
    if (!changed.ok) return changed;
  }
  if (request.carrier !== undefined) {
    if (device instanceof Tun) return fail('EPERM');
    if (device.kind !== 'dummy' && !(device instanceof Macvlan)) return fail('EOPNOTSUPP');
    setCarrier(device, request.carrier ? 'on' : 'off');
  }
  if (request.txQueueLength !== undefined && device.txQueueLength !== request.txQueueLength) {
    device.txQueueLength = request.txQueueLength;
    tellOf(device);
  }
  if (request.operState !== undefined) setOperState(device, request.operState);
  if (request.linkMode !== undefined) device.linkMode = request.linkMode;
  if (request.protoDown !== undefined) return fail('EOPNOTSUPP', 'Protodown not supported by device');
  if (request.addrGenMode !== undefined && device.ipv6 !== null) device.ipv6.conf.addr_gen_mode = request.addrGenMode;
  if (request.port !== undefined) {
    const port = bridgePortOf(device);
    if (port === null) return fail('EOPNOTSUPP');
    const set = setPortOptions(port, request.port);
    if (!set.ok) return set;
    if (request.byBridge === true) tellOfPort(port);
  }
  for (const alt of request.addAltNames ?? []) {
    const added = addAltName(device, alt);
    if (!added.ok) return added;
  }
  for (const alt of request.removeAltNames ?? []) {
    const removed = removeAltName(device, alt);
    if (!removed.ok) return removed;
  }
  return done;
}

/** set_operstate: a user may end or begin dormancy, no more. */
function setOperState(device: Device, state: number): void {
  const present = device.operState;
  if (OPER_STATES[state] === 'UP' && (present === 'DORMANT' || present === 'TESTING' || present === 'UNKNOWN')) device.operState = 'UP';
  if (OPER_STATES[state] === 'DORMANT' && (present === 'UP' || present === 'UNKNOWN')) device.operState = 'DORMANT';
}

/** `ip link set X type KIND …`. */
function changeInfo(device: Device, info: LinkInfo): KernelResult {
  const kind = info.kind === 'other' ? info.name : info.kind;
  if (device.kind !== kind) return fail('EOPNOTSUPP');
  if (device instanceof Bridge && info.kind === 'bridge') return info.options === undefined ? done : setBridgeOptions(device, info.options);
  if (device instanceof Vxlan && info.kind === 'vxlan') return device.change(info.options);
  if (device instanceof Bond && info.kind === 'bond') return device.configure(info.options);
  if (device instanceof IpTunnel && (info.kind === 'ipip' || info.kind === 'sit' || info.kind === 'gre' || info.kind === 'gretap')) {
    const other = findTunnel(device.home, info.kind, info.options);
    return other !== undefined && other !== device ? fail('EEXIST') : device.change(info.options);
  }
  if (device instanceof Vlan && info.kind === 'vlan') return changeVlan(device, info.options ?? {});
  if (device instanceof Ipvlan && info.kind === 'ipvlan') return device.change(info.options);
  if (device instanceof Macvlan && (info.kind === 'macvlan' || info.kind === 'macvtap')) return device.change(info.options);
  return fail('EOPNOTSUPP');
}

/** The namespace that a device left knows the one it went to, which knows that of its link. */
function announceIds(device: Device, from: Netns): void {
  const { link, netns } = device;
  netnsIdOf(from, netns);
  if (link !== null && link.netns !== netns) netnsIdOf(netns, link.netns);
}

/** NETDEV_CHANGEUPPER: something came to stand on a device, or goes from it. */
function tellLower(device: Device): void {
  const lower =
    device instanceof Vxlan ? device.lowerDevice : device instanceof Vlan || device instanceof Macvlan || device instanceof Ipvlan ? device.link : null;
  if (lower !== null) tellOf(lower);
}

/** `ip link delete`. */
export function deleteLink(netns: Netns, which: number | string): KernelResult {
  const device = findDevice(netns, which);
  if (device === undefined) return fail('ENODEV');
  if (device.kind === null) return fail('EOPNOTSUPP');
  if (device instanceof Vxlan) device.flushFdb(() => true);
  tellLower(device);
  // ip_tunnel_dellink leaves the module's own device alone, and says nothing.
  if (device instanceof IpTunnel && device.isFallback) return done;
  unregisterDevice(device);
  return done;
}
