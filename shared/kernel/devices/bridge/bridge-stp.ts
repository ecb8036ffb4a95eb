/**
 * Spanning tree (net/bridge/br_stp.c, br_stp_if.c, br_stp_timer.c, br_stp_bpdu.c; IEEE 802.1D-1998, clause 8). With STP off it still decides
 * the states of ports and the carrier of the bridge.
 */
import type { Timer } from '../../../base/index.ts';
import { macByte } from '../../../wire/index.ts';
import type { Mac } from '../../../wire/index.ts';
import { setCarrier } from '../../linkwatch.ts';
import { Skb } from '../../model.ts';
import type { Netns } from '../../model.ts';
import { emit, touch } from '../../notify.ts';
import { drop, transmit } from '../../transmit.ts';
import { isOperUp } from '../../device.ts';
import { flushPort } from './bridge-fdb.ts';
import { CENTISECOND_US, compareBridgeIds, PortState, sameBridgeId } from './bridge-state.ts';
import type { BridgeBase, BridgeId, BridgePort } from './bridge-state.ts';

const HOLD_TIME_US = 1_000_000;
const BPDU_MAC = 0x0180c2000000;
const MESSAGE_AGE_INCREMENT = 1;

interface ConfigBpdu {
  readonly root: BridgeId;
  readonly rootPathCost: number;
  readonly bridge: BridgeId;
  readonly port: number;
  /** Hundredths of a second. */
  readonly messageAge: number;
  readonly maxAge: number;
  readonly helloTime: number;
  readonly forwardDelay: number;
  readonly topologyChange: boolean;
  readonly topologyChangeAck: boolean;
}

const isPending = (timer: Timer | null): boolean => timer !== null && !timer.cancelled;
const start = (netns: Netns, centiseconds: number, fire: () => void): Timer => netns.simulation.housekeeping(centiseconds * CENTISECOND_US, fire);

export const portIdOf = (port: BridgePort): number => ((port.priority << 10) & 0xfc00) | (port.number & 0x3ff);
const isDesignated = (port: BridgePort): boolean => sameBridgeId(port.designatedBridge, port.bridge.id) && port.designatedPort === port.portId;

/** br_ifinfo_notify. */
export const tellOfPort = (port: BridgePort): void => emit(port.bridge.netns, { kind: 'port', change: 'new', device: port.device });
function setPortState(port: BridgePort, state: number): void {
  if (port.state === state) return;
  port.state = state;
  tellOfPort(port);
}

/** br_init_port. */
export function initPort(port: BridgePort): void {
  port.portId = portIdOf(port);
  becomeDesignated(port);
  port.state = PortState.BLOCKING;
  port.topologyChangeAck = false;
  port.configPending = false;
}
function becomeDesignated(port: BridgePort): void {
  const { bridge } = port;
  port.designatedRoot = bridge.designatedRoot;
  port.designatedCost = bridge.rootPathCost;
  port.designatedBridge = bridge.id;
  port.designatedPort = port.portId;
}

/** br_stp_enable_bridge, when the bridge comes up. */
export function enableBridge(bridge: BridgeBase): void {
  if (bridge.settings.stpState === 1) startHello(bridge);
  configGeneration(bridge);
  for (const port of [...bridge.ports].reverse()) if (port.device.isUp && isOperUp(port.device)) enablePort(port);
}
/** br_stp_disable_bridge. */
export function disableBridge(bridge: BridgeBase): void {
  for (const port of [...bridge.ports].reverse()) if (port.state !== PortState.DISABLED) disablePort(port);
  setTopologyChange(bridge, 'over');
  bridge.topologyChangeDetected = false;
  for (const timer of [bridge.helloTimer, bridge.topologyChangeTimer, bridge.tcnTimer, bridge.gcTimer]) timer?.cancel();
  bridge.gcTimer = null;
}
/** br_stp_enable_port. */
export function enablePort(port: BridgePort): void {
  initPort(port);
  selectPortStates(port.bridge);
  tellOfPort(port);
}
/** br_stp_disable_port. */
export function disablePort(port: BridgePort): void {
  const { bridge } = port;
  const wasRoot = bridge.isRoot;
  becomeDesignated(port);
  port.state = PortState.DISABLED;
  port.topologyChangeAck = false;
  port.configPending = false;
  port.messageAgeTimer?.cancel();
  port.forwardDelayTimer?.cancel();
  port.holdTimer?.cancel();
  tellOfPort(port);
  flushPort(bridge, port, 'dynamic');
  configurationUpdate(bridge);
  selectPortStates(bridge);
  if (bridge.isRoot && !wasRoot) becomeRoot(bridge);
}

/** br_stp_set_enabled: ports that are on their way stay on it. */
export function setStp(bridge: BridgeBase, enabled: number): void {
  if ((enabled !== 0) === (bridge.settings.stpState !== 0)) return;
  if (enabled !== 0) {
    bridge.settings.forwardDelay = Math.min(3000, Math.max(200, bridge.settings.forwardDelay));
    timesChanged(bridge);
    bridge.settings.stpState = 1;
    if (bridge.isUp) startHello(bridge);
    selectPortStates(bridge);
  } else bridge.settings.stpState = 0;
  touch(bridge.netns.host);
}

/** br_port_state_selection. */
export function selectPortStates(bridge: BridgeBase): void {
  let live = 0;
  for (const port of bridge.ports) {
    if (port.state === PortState.DISABLED) continue;
    if (port.number === bridge.rootPort) {
      port.configPending = false;
      port.topologyChangeAck = false;
      makeForwarding(port);
    } else if (isDesignated(port)) {
      port.messageAgeTimer?.cancel();
      makeForwarding(port);
    } else {
      port.configPending = false;
      port.topologyChangeAck = false;
      makeBlocking(port);
    }
    if (port.state !== PortState.BLOCKING) live++;
  }
  setCarrier(bridge, live === 0 ? 'off' : 'on');
}
function makeForwarding(port: BridgePort): void {
  const { bridge } = port;
  if (port.state !== PortState.BLOCKING) return;
  if (bridge.settings.stpState === 0 || bridge.forwardDelay === 0) {
    setPortState(port, PortState.FORWARDING);
    topologyChangeDetection(bridge);
    port.forwardDelayTimer?.cancel();
  } else setPortState(port, PortState.LISTENING);
  if (bridge.forwardDelay !== 0) startForwardDelay(port);
}
function startForwardDelay(port: BridgePort): void {
  port.forwardDelayTimer?.cancel();
  port.forwardDelayTimer = start(port.bridge.netns, port.bridge.forwardDelay, () => forwardDelayExpired(port));
}
function forwardDelayExpired(port: BridgePort): void {
  const { bridge } = port;
  if (port.state === PortState.LISTENING) {
    setPortState(port, PortState.LEARNING);
    startForwardDelay(port);
  } else if (port.state === PortState.LEARNING) {
    setPortState(port, PortState.FORWARDING);
    if (bridge.ports.some((other) => other.state !== PortState.DISABLED && isDesignated(other))) topologyChangeDetection(bridge);
    setCarrier(bridge, 'on');
  }
}
function makeBlocking(port: BridgePort): void {
  if (port.state === PortState.DISABLED || port.state === PortState.BLOCKING) return;
  if (port.state === PortState.FORWARDING || port.state === PortState.LEARNING) topologyChangeDetection(port.bridge);
  setPortState(port, PortState.BLOCKING);
  port.forwardDelayTimer?.cancel();
}

/** br_become_root_bridge. */
function becomeRoot(bridge: BridgeBase): void {
  bridge.maxAge = bridge.settings.maxAge;
  bridge.helloTime = bridge.settings.helloTime;
  bridge.forwardDelay = bridge.settings.forwardDelay;
  topologyChangeDetection(bridge);
  bridge.tcnTimer?.cancel();
  if (bridge.isUp) {
    configGeneration(bridge);
    if (bridge.settings.stpState === 1) startHello(bridge);
  }
}
function startHello(bridge: BridgeBase): void {
  bridge.helloTimer?.cancel();
  bridge.helloTimer = start(bridge.netns, bridge.helloTime, () => {
    if (!bridge.isUp) return;
    configGeneration(bridge);
    if (bridge.settings.stpState === 1) startHello(bridge);
  });
}
function configGeneration(bridge: BridgeBase): void {
  if (!bridge.isRoot) return;
  for (const port of bridge.ports) if (port.state !== PortState.DISABLED && isDesignated(port)) transmitConfig(port);
}

/** br_configuration_update: root port and designated ports. */
export function configurationUpdate(bridge: BridgeBase): void {
  let best: BridgePort | null = null;
  for (const port of bridge.ports) if (shouldBecomeRootPort(port, best)) best = port;
  bridge.rootPort = best?.number ?? 0;
  if (best === null) {
    bridge.designatedRoot = bridge.id;
    bridge.rootPathCost = 0;
  } else {
    bridge.designatedRoot = best.designatedRoot;
    bridge.rootPathCost = best.designatedCost + best.pathCost;
  }
  for (const port of bridge.ports) if (port.state !== PortState.DISABLED && shouldBecomeDesignated(port)) becomeDesignated(port);
}
function shouldBecomeRootPort(port: BridgePort, best: BridgePort | null): boolean {
  const { bridge } = port;
  if (port.state === PortState.DISABLED || isDesignated(port)) return false;
  if (compareBridgeIds(bridge.id, port.designatedRoot) <= 0) return false;
  if (best === null) return true;
  return (
    (compareBridgeIds(port.designatedRoot, best.designatedRoot) ||
      port.designatedCost + port.pathCost - (best.designatedCost + best.pathCost) ||
      compareBridgeIds(port.designatedBridge, best.designatedBridge) ||
      port.designatedPort - best.designatedPort ||
      port.portId - best.portId) < 0
  );
}
function shouldBecomeDesignated(port: BridgePort): boolean {
  const { bridge } = port;
  if (isDesignated(port) || !sameBridgeId(port.designatedRoot, bridge.designatedRoot)) return true;
  if (bridge.rootPathCost !== port.designatedCost) return bridge.rootPathCost < port.designatedCost;
  const order = compareBridgeIds(bridge.id, port.designatedBridge);
  return order !== 0 ? order < 0 : port.portId < port.designatedPort;
}

/** __br_set_topology_change: who stops STP in the midst of it keeps the short time. */
function setTopologyChange(bridge: BridgeBase, change: 'going on' | 'over'): void {
  const value = change === 'going on';
  if (bridge.settings.stpState === 1 && bridge.topologyChange !== value) bridge.ageingTime = value ? 2 * bridge.forwardDelay : bridge.settings.ageingTime;
  bridge.topologyChange = value;
}
function topologyChangeDetection(bridge: BridgeBase): void {
  if (bridge.settings.stpState !== 1) return;
  if (bridge.isRoot) {
    setTopologyChange(bridge, 'going on');
    bridge.topologyChangeTimer?.cancel();
    bridge.topologyChangeTimer = start(bridge.netns, bridge.settings.forwardDelay + bridge.settings.maxAge, () => {
      bridge.topologyChangeDetected = false;
      setTopologyChange(bridge, 'over');
    });
  } else if (!bridge.topologyChangeDetected) {
    transmitTcn(bridge);
    startTcn(bridge);
  }
  bridge.topologyChangeDetected = true;
}
function startTcn(bridge: BridgeBase): void {
  bridge.tcnTimer?.cancel();
  bridge.tcnTimer = start(bridge.netns, bridge.settings.helloTime, () => {
    if (bridge.isRoot || !bridge.isUp) return;
    transmitTcn(bridge);
    startTcn(bridge);
  });
}

/** br_stp_change_bridge_id: the bridge's MAC, on its id. The device's own address is the caller's. */
export function changeBridgeMac(bridge: BridgeBase, mac: Mac): void {
  const before = bridge.idMac;
  const wasRoot = bridge.isRoot;
  bridge.idMac = mac;
  const renamed = (id: BridgeId): BridgeId => (id.mac === before ? { priority: id.priority, mac } : id);
  for (const port of bridge.ports) {
    port.designatedBridge = renamed(port.designatedBridge);
    port.designatedRoot = renamed(port.designatedRoot);
  }
  afterIdChange(bridge, wasRoot);
}
/** br_stp_set_bridge_priority. */
export function changeBridgePriority(bridge: BridgeBase, priority: number): void {
  const wasRoot = bridge.isRoot;
  for (const port of bridge.ports) {
    if (port.state !== PortState.DISABLED && isDesignated(port)) port.designatedBridge = { priority, mac: port.designatedBridge.mac };
  }
  bridge.bridgePriority = priority;
  afterIdChange(bridge, wasRoot);
}
function afterIdChange(bridge: BridgeBase, wasRoot: boolean): void {
  configurationUpdate(bridge);
  selectPortStates(bridge);
  if (bridge.isRoot && !wasRoot) becomeRoot(bridge);
  touch(bridge.netns.host);
}
export function setPortPriority(port: BridgePort, priority: number): void {
  const wasDesignated = isDesignated(port);
  port.priority = priority;
  port.portId = portIdOf(port);
  if (wasDesignated) port.designatedPort = port.portId;
  if (sameBridgeId(port.bridge.id, port.designatedBridge) && port.portId < port.designatedPort) {
    becomeDesignated(port);
    selectPortStates(port.bridge);
  }
}
export function setPathCost(port: BridgePort, cost: number): void {
  port.pathCost = cost;
  configurationUpdate(port.bridge);
  selectPortStates(port.bridge);
}
/** __set_forward_delay and its like: at once when this bridge is the root. */
export function timesChanged(bridge: BridgeBase): void {
  if (!bridge.isRoot) return;
  bridge.forwardDelay = bridge.settings.forwardDelay;
  bridge.helloTime = bridge.settings.helloTime;
  bridge.maxAge = bridge.settings.maxAge;
}

// Frames.

const word = (value: number): string => String.fromCharCode((value >>> 8) & 255, value & 255);
const idBytes = (id: BridgeId): string => {
  let text = word(id.priority);
  for (let i = 0; i < 6; i++) text += String.fromCharCode(macByte(id.mac, i));
  return text;
};
/** Hundredths of a second as 1/256 s. */
const timeBytes = (centiseconds: number): string => word(Math.floor((centiseconds * 256) / 100));

function sendBpdu(port: BridgePort, body: string): void {
  const skb = new Skb();
  skb.ethDst = BPDU_MAC;
  skb.ethSrc = port.device.address;
  skb.etherType = body.length + 3;
  skb.payload = `\x42\x42\x03${body}`;
  transmit(skb, port.device);
}
function transmitConfig(port: BridgePort): void {
  const { bridge } = port;
  if (isPending(port.holdTimer)) {
    port.configPending = true;
    return;
  }
  const root = bridge.rootPort === 0 ? null : (bridge.ports.find((candidate) => candidate.number === bridge.rootPort) ?? null);
  const age = root === null ? 0 : bridge.maxAge - remaining(root) + MESSAGE_AGE_INCREMENT;
  if (age >= bridge.maxAge || bridge.settings.stpState !== 1) return;
  const flags = (bridge.topologyChange ? 1 : 0) | (port.topologyChangeAck ? 0x80 : 0);
  port.topologyChangeAck = false;
  port.configPending = false;
  const path = word(bridge.rootPathCost >>> 16) + word(bridge.rootPathCost);
  const times = timeBytes(age) + timeBytes(bridge.maxAge) + timeBytes(bridge.helloTime) + timeBytes(bridge.forwardDelay);
  sendBpdu(port, `\0\0\0\0${String.fromCharCode(flags)}${idBytes(bridge.designatedRoot)}${path}${idBytes(bridge.id)}${word(port.portId)}${times}`);
  port.holdTimer = bridge.netns.simulation.housekeeping(HOLD_TIME_US, () => {
    if (port.configPending) transmitConfig(port);
  });
}
const remaining = (port: BridgePort): number =>
  port.messageAgeTimer === null ? 0 : Math.max(0, Math.round((port.messageAgeTimer.atUs - port.bridge.netns.simulation.nowUs) / CENTISECOND_US));
function transmitTcn(bridge: BridgeBase): void {
  const root = bridge.ports.find((port) => port.number === bridge.rootPort);
  if (root !== undefined && bridge.settings.stpState === 1) sendBpdu(root, '\0\0\0\x80');
}

/** br_stp_rcv. */
export function receiveBpdu(port: BridgePort, skb: Skb): void {
  const { bridge } = port;
  const bytes = skb.payload;
  const at = (i: number): number => bytes.charCodeAt(i) || 0;
  if (!bytes.startsWith('\x42\x42\x03\0\0\0') || bridge.settings.stpState !== 1 || !bridge.isUp || port.state === PortState.DISABLED) {
    drop(skb, bridge.netns, 'UNHANDLED_PROTO', 'a link-local frame that nobody here wants');
    return;
  }
  if (port.guard) {
    setPortState(port, PortState.DISABLED);
    return;
  }
  if (at(6) === 0x80) {
    if (!isDesignated(port)) return;
    topologyChangeDetection(bridge);
    port.topologyChangeAck = true;
    transmitConfig(port);
    return;
  }
  if (at(6) !== 0 || bytes.length < 3 + 35) return;
  const u16 = (i: number): number => (at(i) << 8) | at(i + 1);
  const id = (i: number): BridgeId => ({ priority: u16(i), mac: u16(i + 2) * 0x1_0000_0000 + u16(i + 4) * 0x1_0000 + u16(i + 6) });
  const time = (i: number): number => Math.ceil((u16(i) * 100) / 256);
  const flags = at(7);
  receivedConfig(port, {
    root: id(8),
    rootPathCost: u16(16) * 0x1_0000 + u16(18),
    bridge: id(20),
    port: u16(28),
    messageAge: time(30),
    maxAge: time(32),
    helloTime: time(34),
    forwardDelay: time(36),
    topologyChange: (flags & 1) !== 0,
    topologyChangeAck: (flags & 0x80) !== 0,
  });
}
function supersedes(port: BridgePort, bpdu: ConfigBpdu): boolean {
  const root = compareBridgeIds(bpdu.root, port.designatedRoot);
  if (root !== 0) return root < 0;
  if (bpdu.rootPathCost !== port.designatedCost) return bpdu.rootPathCost < port.designatedCost;
  const bridge = compareBridgeIds(bpdu.bridge, port.designatedBridge);
  if (bridge !== 0) return bridge < 0;
  return !sameBridgeId(bpdu.bridge, port.bridge.id) || bpdu.port <= port.designatedPort;
}
function receivedConfig(port: BridgePort, bpdu: ConfigBpdu): void {
  const { bridge } = port;
  const wasRoot = bridge.isRoot;
  if (!supersedes(port, bpdu)) {
    if (isDesignated(port)) transmitConfig(port);
    return;
  }
  port.designatedRoot = bpdu.root;
  port.designatedCost = bpdu.rootPathCost;
  port.designatedBridge = bpdu.bridge;
  port.designatedPort = bpdu.port;
  port.messageAgeTimer?.cancel();
  port.messageAgeTimer = start(bridge.netns, bpdu.maxAge - bpdu.messageAge, () => messageAgeExpired(port));
  configurationUpdate(bridge);
  selectPortStates(bridge);
  if (!bridge.isRoot && wasRoot) {
    bridge.helloTimer?.cancel();
    if (bridge.topologyChangeDetected) {
      bridge.topologyChangeTimer?.cancel();
      transmitTcn(bridge);
      startTcn(bridge);
    }
  }
  if (port.number !== bridge.rootPort) return;
  bridge.maxAge = bpdu.maxAge;
  bridge.helloTime = bpdu.helloTime;
  bridge.forwardDelay = bpdu.forwardDelay;
  setTopologyChange(bridge, bpdu.topologyChange ? 'going on' : 'over');
  for (const other of bridge.ports) if (other.state !== PortState.DISABLED && isDesignated(other)) transmitConfig(other);
  if (bpdu.topologyChangeAck) {
    bridge.topologyChangeDetected = false;
    bridge.tcnTimer?.cancel();
  }
}
function messageAgeExpired(port: BridgePort): void {
  const { bridge } = port;
  if (port.state === PortState.DISABLED || isDesignated(port)) return;
  const wasRoot = bridge.isRoot;
  becomeDesignated(port);
  configurationUpdate(bridge);
  selectPortStates(bridge);
  if (bridge.isRoot && !wasRoot) becomeRoot(bridge);
}
