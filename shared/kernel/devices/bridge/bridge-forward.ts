/** Where a bridge sends frames (net/bridge/br_input.c, br_forward.c, br_device.c): to one port, to all, up to the host. */
import { countedLength, formatMac, isMulticastMac, isValidUnicastMac, MAC_BROADCAST } from '../../../wire/index.ts';
import type { Skb } from '../../model.ts';
import { PacketType } from '../../numbers.ts';
import { countTx, drop, transmit } from '../../transmit.ts';
import { findFdb, learnFdb } from './bridge-fdb.ts';
import { bridgeForwardHooks, bridgePrerouting, goOn } from './bridge-netfilter.ts';
import { snoopReport } from './bridge-mdb.ts';
import { PORT_STATE_NAMES, PortState } from './bridge-state.ts';
import type { BridgeBase, BridgePort, FdbEntry } from './bridge-state.ts';
import { receiveBpdu } from './bridge-stp.ts';
import { admit, learningVlan, mayLeave, prepareToLeave } from './bridge-vlan.ts';

/** 01:80:c2:00:00:00 to 0f: not forwarded by bridges. */
const LINK_LOCAL_BASE = 0x0180c2000000;
type FloodKind = 'unknown' | 'broadcast' | 'multicast';

/** br_handle_frame: true when the bridge took it. */
export function bridgeInput(bridge: BridgeBase, port: BridgePort, skb: Skb): boolean {
  if (skb.packetType === PacketType.LOOPBACK) return false;
  if (!isValidUnicastMac(skb.ethSrc)) {
    drop(skb, bridge.netns, 'LOCAL_MAC', 'the source MAC is none');
    return true;
  }
  if (Math.floor(skb.ethDst / 16) * 16 === LINK_LOCAL_BASE && !passesLinkLocal(bridge, port, skb)) {
    if (port.learning && bridge.settings.noLinklocalLearn === 0) {
      const vlan = learningVlan(port, skb);
      if (vlan >= 0) learnFdb(bridge, port, skb.ethSrc, vlan, skb);
    }
    receiveBpdu(port, skb);
    return true;
  }
  if (port.state !== PortState.FORWARDING && port.state !== PortState.LEARNING) {
    drop(skb, bridge.netns, 'BRIDGE_INGRESS_STP_STATE', `${port.device.name} is ${PORT_STATE_NAMES[port.state]!}`);
    return true;
  }
  if (skb.ethDst === bridge.address) skb.packetType = PacketType.HOST;
  if (bridgePrerouting(bridge, port, skb)) finishInput(bridge, port, skb);
  return true;
}
function passesLinkLocal(bridge: BridgeBase, port: BridgePort, skb: Skb): boolean {
  const low = skb.ethDst % 16;
  if (low === 1) return false;
  const mask = bridge.settings.groupForwardMask | port.groupForwardMask;
  return (low === 0 && bridge.settings.stpState === 0) || ((mask >>> low) & 1) === 1;
}

/** br_handle_frame_finish. */
function finishInput(bridge: BridgeBase, port: BridgePort, skb: Skb): void {
  const { ethDst } = skb;
  const vlan = bridge.settings.vlanFiltering === 0 ? 0 : admit(bridge, port, skb);
  if (vlan < 0) return;
  if (port.learning) learnFdb(bridge, port, skb.ethSrc, vlan, skb);
  if (port.state === PortState.LEARNING) {
    drop(skb, bridge.netns, 'BRIDGE_INGRESS_STP_STATE', `${port.device.name} is learning`);
    return;
  }
  const goesUp = bridge.promiscuity > 0;
  if (isMulticastMac(ethDst)) {
    if (ethDst !== MAC_BROADCAST) {
      bridge.stats.multicast++;
      if (skb.ip6 !== null || skb.ip?.protocol === 2) snoopReport(bridge, port, skb, vlan);
    }
    flood(bridge, skb, ethDst === MAC_BROADCAST ? 'broadcast' : 'multicast', port, 'keep');
    passUp(bridge, skb);
    return;
  }
  const entry = findFdb(bridge, ethDst, vlan);
  if (entry !== null && entry.isLocal) {
    recordEntry(bridge, skb, entry);
    passUp(bridge, skb);
    return;
  }
  if (entry !== null) {
    entry.usedUs = bridge.netns.simulation.nowUs;
    recordEntry(bridge, skb, entry);
    if (goesUp) forwardTo(bridge, entry.port!, skb.clone(), port);
    else forwardTo(bridge, entry.port!, skb, port);
  } else {
    flood(bridge, skb, 'unknown', port, goesUp ? 'keep' : 'consume');
  }
  if (goesUp) passUp(bridge, skb);
}
function recordEntry(bridge: BridgeBase, skb: Skb, entry: FdbEntry): void {
  if (skb.recorder === null) return;
  const kind = entry.isLocal ? 'local' : entry.isStatic ? 'static' : 'learned';
  skb.step({ kind: 'fdb', bridge: bridge.name, mac: formatMac(entry.mac), port: entry.port?.device.name ?? bridge.name, entry: kind }, bridge.netns);
}

/** br_pass_frame_up: the host itself receives it, as if by the bridge device. */
function passUp(bridge: BridgeBase, skb: Skb): void {
  // Without the Ethernet header.
  bridge.stats.rxPackets++;
  bridge.stats.rxBytes += countedLength(skb) - 14;
  if (!bridge.isUp) {
    drop(skb, bridge.netns, 'DEV_READY', bridge.name);
    return;
  }
  if (bridge.settings.vlanFiltering !== 0) {
    if (bridge.promiscuity === 0 && !mayLeave(bridge.vlans!, skb)) {
      drop(skb, bridge.netns, 'VLAN_FILTERED', `${bridge.name} itself is not in VLAN ${skb.vlanId}`);
      return;
    }
    if (!prepareToLeave(bridge, bridge.vlans!, skb)) return;
  }
  bridge.netns.stack.passUp(skb, bridge);
}

/** Why a port may not have a frame, or null (should_deliver). */
function obstacle(to: BridgePort, from: BridgePort | null, skb: Skb): 'source-port' | 'state' | 'isolated' | 'vlan' | null {
  if (to === from && !to.hairpin) return 'source-port';
  if (to.state !== PortState.FORWARDING) return 'state';
  if (to.bridge.settings.vlanFiltering !== 0 && !mayLeave(to.vlans!, skb)) return 'vlan';
  return from !== null && from.isolated && to.isolated ? 'isolated' : null;
}

/** br_forward. */
function forwardTo(bridge: BridgeBase, to: BridgePort, skb: Skb, from: BridgePort | null): void {
  const why = obstacle(to, from, skb);
  if (why === null) {
    send(bridge, to, skb, from);
    return;
  }
  const { name } = to.device;
  if (why === 'vlan') drop(skb, bridge.netns, 'VLAN_FILTERED', `${name} is not in VLAN ${skb.vlanId}`);
  else if (why === 'state') drop(skb, bridge.netns, 'BRIDGE_NON_FORWARDING_STATE', `${name} is ${PORT_STATE_NAMES[to.state]!}`);
  else drop(skb, bridge.netns, 'BRIDGE_NOT_ALLOWED_EGRESS', why === 'isolated' ? 'both ports are isolated' : 'it would go back where it came from');
}

/** __br_forward, br_dev_queue_push_xmit. */
function send(bridge: BridgeBase, to: BridgePort, skb: Skb, from: BridgePort | null): void {
  if (bridge.settings.vlanFiltering !== 0 && !prepareToLeave(bridge, to.vlans!, skb)) return;
  if (from !== null && !bridgeForwardHooks(bridge, to, skb)) return;
  const { device } = to;
  if (countedLength(skb) > device.mtu + 18) {
    drop(skb, bridge.netns, 'PKT_TOO_BIG', `more than ${device.name}'s mtu of ${device.mtu}`);
    return;
  }
  transmit(skb, device);
}

/** br_flood. `keep`: the caller goes on with `skb`, every port gets a copy. */
function flood(bridge: BridgeBase, skb: Skb, kind: FloodKind, from: BridgePort | null, original: 'keep' | 'consume'): void {
  const sent: BridgePort[] = [];
  const skipped: { port: string; why: 'state' | 'isolated' | 'flood-off' | 'vlan' | 'source-port' | 'down' }[] = [];
  for (let i = bridge.ports.length - 1; i >= 0; i--) {
    const port = bridge.ports[i]!;
    const off = kind === 'unknown' ? !port.flood : from !== null && (kind === 'multicast' ? !port.multicastFlood : !port.broadcastFlood);
    const why = off ? 'flood-off' : obstacle(port, from, skb);
    if (why === null && kind !== 'unknown' && port.device.discards(skb)) continue;
    if (why === null) sent.push(port);
    else if (skb.recorder !== null) skipped.push({ port: port.device.name, why });
  }
  if (skb.recorder !== null) {
    const ports = sent.map((port) => port.device.name);
    skb.step({ kind: 'flood', bridge: bridge.name, mac: formatMac(skb.ethDst), why: kind, ports, skipped }, bridge.netns);
    if (sent.length === 0 && original === 'consume') drop(skb, bridge.netns, 'BRIDGE_NO_EGRESS_PORT', 'no port may have it');
  }
  for (let i = 0; i < sent.length; i++) {
    const last = original === 'consume' && i === sent.length - 1;
    send(bridge, sent[i]!, last ? skb : skb.clone(), from);
  }
}

/** br_dev_xmit: the host sends by the bridge device. */
export function bridgeTransmit(bridge: BridgeBase, skb: Skb): void {
  const from = goOn(skb);
  if (from !== null) return finishInput(bridge, from, skb);
  countTx(bridge, skb);
  const { ethDst } = skb;
  const vlan = bridge.settings.vlanFiltering === 0 ? 0 : admit(bridge, null, skb);
  if (vlan < 0) return;
  if (isMulticastMac(ethDst)) {
    if (skb.ip6 !== null || skb.ip?.protocol === 2) snoopReport(bridge, null, skb, vlan);
    flood(bridge, skb, ethDst === MAC_BROADCAST ? 'broadcast' : 'multicast', null, 'consume');
    return;
  }
  const entry = findFdb(bridge, ethDst, vlan);
  if (entry !== null && entry.port !== null) {
    recordEntry(bridge, skb, entry);
    forwardTo(bridge, entry.port, skb, null);
  } else if (entry !== null) drop(skb, bridge.netns, 'LOCAL_MAC', 'for the bridge itself');
  else flood(bridge, skb, 'unknown', null, 'consume');
}
