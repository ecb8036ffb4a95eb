/** Options of bridges and ports as netlink, /sys and the old ioctls set them (br_netlink.c, br_sysfs_br.c), with the kernel's limits. */
import { done } from '../../base/index.ts';
import { EtherType } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import type { Bridge } from '../devices/bridge/bridge.ts';
import { ageingChanged, flushPort } from '../devices/bridge/bridge-fdb.ts';
import { flushMdb } from '../devices/bridge/bridge-mdb.ts';
import { bridgePortOf, PortState } from '../devices/bridge/bridge-state.ts';
import type { BridgePort, BridgeSettings } from '../devices/bridge/bridge-state.ts';
import { setDefaultPvid, useBridgeVlans } from '../devices/bridge/bridge-vlan.ts';
import { changeBridgePriority, selectPortStates, setPathCost, setPortPriority, setStp, timesChanged } from '../devices/bridge/bridge-stp.ts';
import { touch } from '../notify.ts';
import type { BridgeOptions, BridgePortOptions } from '../requests.ts';

type Numeric = { [K in keyof BridgeSettings]: BridgeSettings[K] extends number ? K : never }[keyof BridgeSettings];
/** Kept as they are, 0 or 1 or a number. */
const PLAIN: readonly (Numeric & keyof BridgeOptions)[] = [
  'groupForwardMask',
  'noLinklocalLearn',
  'multicastSnooping',
  'multicastRouter',
  'multicastQueryUseIfaddr',
  'multicastQuerier',
  'multicastHashMax',
  'multicastLastMemberCount',
  'multicastStartupQueryCount',
  'multicastLastMemberInterval',
  'multicastMembershipInterval',
  'multicastQuerierInterval',
  'multicastQueryInterval',
  'multicastQueryResponseInterval',
  'multicastStartupQueryInterval',
  'multicastStatsEnabled',
  'multicastIgmpVersion',
  'multicastMldVersion',
  'nfCallIptables',
  'nfCallIp6tables',
  'nfCallArptables',
  'fdbMaxLearned',
];

/** br_changelink, in its order. */
export function setBridgeOptions(bridge: Bridge, options: BridgeOptions): KernelResult {
  const { settings } = bridge;
  if (options.forwardDelay !== undefined) {
    const outside = options.forwardDelay < 200 || options.forwardDelay > 3000;
    if (settings.stpState !== 0 && outside) return fail('ERANGE');
    settings.forwardDelay = options.forwardDelay;
    timesChanged(bridge);
  }
  if (options.helloTime !== undefined) {
    if (options.helloTime < 100 || options.helloTime > 1000) return fail('ERANGE');
    settings.helloTime = options.helloTime;
    timesChanged(bridge);
  }
  if (options.maxAge !== undefined) {
    if (options.maxAge < 600 || options.maxAge > 4000) return fail('ERANGE');
    settings.maxAge = options.maxAge;
    timesChanged(bridge);
  }
  if (options.ageingTime !== undefined) {
    bridge.ageingTime = settings.ageingTime = options.ageingTime;
    ageingChanged(bridge);
  }
  if (options.stpState !== undefined) setStp(bridge, options.stpState);
  if (options.priority !== undefined) changeBridgePriority(bridge, options.priority & 0xffff);
  const vlans = setVlanOptions(bridge, options);
  if (!vlans.ok) return vlans;
  if (options.groupAddress !== undefined) {
    if (Math.floor(options.groupAddress / 16) * 16 !== 0x0180c2000000 || [1, 2, 3].includes(options.groupAddress % 16)) return fail('EINVAL');
    settings.groupAddress = options.groupAddress;
    settings.hasChosenGroupAddress = true;
  }
  if (options.groupForwardMask !== undefined && (options.groupForwardMask & 7) !== 0) return fail('EINVAL');
  if (options.fdbFlush === true) flushPort(bridge, null, 'dynamic');
  for (const name of PLAIN) {
    const value = options[name];
    if (value !== undefined) settings[name] = value;
  }
  if (options.multicastSnooping === 0) for (const port of bridge.ports) flushMdb(bridge, port, 'temporary');
  if (options.multicastVlanSnooping !== undefined) {
    if (options.multicastVlanSnooping !== 0 && settings.vlanFiltering === 0)
      return fail('EINVAL', 'bridge: Cannot enable multicast vlan snooping with vlan filtering disabled');
    settings.multicastVlanSnooping = options.multicastVlanSnooping === 0 ? 0 : 1;
  }
  touch(bridge.netns.host);
  return done;
}

/** The part of br_changelink about VLANs. */
function setVlanOptions(bridge: Bridge, options: BridgeOptions): KernelResult {
  const { settings } = bridge;
  const { vlanFiltering, vlanProtocol, vlanDefaultPvid, vlanStatsEnabled, vlanStatsPerPort } = options;
  const uses = (vlanFiltering ?? 0) !== 0 || [vlanProtocol, vlanDefaultPvid, vlanStatsEnabled, vlanStatsPerPort].some((value) => value !== undefined);
  if (uses) useBridgeVlans(bridge.netns.host);
  if (vlanFiltering !== undefined) {
    settings.vlanFiltering = vlanFiltering === 0 ? 0 : 1;
    if (vlanFiltering === 0) settings.multicastVlanSnooping = 0;
    chooseGroupAddress(settings);
  }
  if (vlanProtocol !== undefined) {
    if (vlanProtocol !== EtherType.VLAN && vlanProtocol !== EtherType.PROVIDER_VLAN) return fail('EPROTONOSUPPORT');
    settings.vlanProtocol = vlanProtocol;
    chooseGroupAddress(settings);
  }
  if (vlanDefaultPvid !== undefined) {
    const set = setDefaultPvid(bridge, vlanDefaultPvid);
    if (!set.ok) return set;
  }
  if (vlanStatsEnabled !== undefined) {
    if (vlanStatsEnabled > 1) return fail('EINVAL');
    settings.vlanStatsEnabled = vlanStatsEnabled;
  }
  if (vlanStatsPerPort !== undefined) {
    if (bridge.ports.some((port) => port.vlans?.hasUsed === true)) return fail('EBUSY');
    if (vlanStatsPerPort > 1) return fail('EINVAL');
    settings.vlanStatsPerPort = vlanStatsPerPort;
  }
  return done;
}
/** recalculate_group_addr: a provider bridge has another one for its own protocols. */
function chooseGroupAddress(settings: BridgeSettings): void {
  if (settings.hasChosenGroupAddress) return;
  settings.groupAddress = settings.vlanFiltering !== 0 && settings.vlanProtocol === EtherType.PROVIDER_VLAN ? 0x0180c2000008 : 0x0180c2000000;
}

/** br_setport. */
export function setPortOptions(port: BridgePort, options: BridgePortOptions): KernelResult {
  const { bridge } = port;
  port.hairpin = options.hairpin ?? port.hairpin;
  port.guard = options.guard ?? port.guard;
  port.fastLeave = options.fastLeave ?? port.fastLeave;
  port.rootBlock = options.rootBlock ?? port.rootBlock;
  port.learning = options.learning ?? port.learning;
  port.flood = options.flood ?? port.flood;
  port.multicastFlood = options.multicastFlood ?? port.multicastFlood;
  port.multicastToUnicast = options.multicastToUnicast ?? port.multicastToUnicast;
  port.broadcastFlood = options.broadcastFlood ?? port.broadcastFlood;
  port.proxyArp = options.proxyArp ?? port.proxyArp;
  port.proxyArpWifi = options.proxyArpWifi ?? port.proxyArpWifi;
  port.vlanTunnel = options.vlanTunnel ?? port.vlanTunnel;
  port.neighSuppress = options.neighSuppress ?? port.neighSuppress;
  port.isolated = options.isolated ?? port.isolated;
  port.locked = options.locked ?? port.locked;
  port.mab = options.mab ?? port.mab;
  if (options.cost !== undefined) {
    if (options.cost < 1 || options.cost > 65535) return fail('ERANGE');
    port.hasChosenCost = true;
    setPathCost(port, options.cost);
  }
  if (options.priority !== undefined) {
    if (options.priority < 0 || options.priority > 63) return fail('ERANGE');
    setPortPriority(port, options.priority);
  }
  if (options.state !== undefined) {
    const set = chooseState(port, options.state);
    if (!set.ok) return set;
  }
  if (options.flush === true) flushPort(bridge, port, 'dynamic');
  if (options.multicastRouter !== undefined) port.multicastRouter = options.multicastRouter;
  if (options.groupForwardMask !== undefined) port.groupForwardMask = options.groupForwardMask;
  if (options.backupPort !== undefined) {
    const backup = bridge.netns.devices.get(options.backupPort);
    const backupPort = backup === undefined ? null : bridgePortOf(backup);
    if (backup !== undefined && backupPort === null) return fail('ENOENT');
    if (backupPort !== null && (backupPort.bridge !== bridge || backupPort === port)) return fail('EINVAL');
    port.backupPort = backup ?? null;
  }
  touch(bridge.netns.host);
  return done;
}

/** br_set_port_state: not while the kernel's own spanning tree decides. */
function chooseState(port: BridgePort, state: number): KernelResult {
  if (state > PortState.BLOCKING || state < 0) return fail('EINVAL');
  if (port.bridge.settings.stpState === 1) return fail('EBUSY');
  if (!port.device.isUp || (!port.device.carrier && state !== PortState.DISABLED)) return fail('ENETDOWN');
  port.state = state;
  selectPortStates(port.bridge);
  return done;
}
