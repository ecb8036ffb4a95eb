/**
 * br_netfilter (net/bridge/br_netfilter_hooks.c): frames that a bridge forwards pass IPv4's hooks as if they were routed, when
 * bridge-nf-call-iptables (or the bridge's own nf_call_iptables) says so. In the hooks the bridge is the device; its ports are physdev.
 *
 * Absent: ip6tables and arptables on bridged frames.
 */
import { EtherType } from '../../../wire/index.ts';
import type { Ipv4, Mac } from '../../../wire/index.ts';
import { passesForBridge } from '../../ipv4/hooks.ts';
import { outputRequest, routeInput, routeOutput } from '../../ipv4/route.ts';
import type { Dst, Skb } from '../../model.ts';
import { ensureNeighbour, sendEvent } from '../../neighbour.ts';
import { Hook, NUD_VALID, PacketType } from '../../numbers.ts';
import { drop } from '../../transmit.ts';
import type { BridgeBase, BridgePort } from './bridge-state.ts';

/** nf_bridge_info: that the packet has been through PREROUTING here, and what it was. */
export class BridgeNetfilterState {
  /** IPv4 input has skipped its own PREROUTING for it (sabotage_in_done). */
  skipped = false;
  /** Redirected to a neighbour that ARP is finding: where it came in and who sent it, for when it goes on. */
  waiting: { readonly port: BridgePort; readonly source: Mac } | null = null;
  constructor(readonly originalDestination: Ipv4) {}
}

function isCalled(bridge: BridgeBase, skb: Skb): boolean {
  const { netns } = bridge;
  if (!netns.host.bridgeNetfilter || skb.etherType !== EtherType.IPV4 || skb.ip === null || skb.vlan >= 0) return false;
  return netns.bridgeNf.callIptables !== 0 || bridge.settings.nfCallIptables !== 0;
}

/** NF_BR_PRE_ROUTING. False: the packet is not the bridge's any more. */
export function bridgePrerouting(bridge: BridgeBase, port: BridgePort, skb: Skb): boolean {
  const { netns } = bridge;
  const { hooks } = netns;
  if (hooks[Hook.PREROUTING] === null && hooks[Hook.FORWARD] === null && hooks[Hook.POSTROUTING] === null) return true;
  if (!isCalled(bridge, skb)) return true;
  const ip = skb.ip!;
  if (ip.checksum >= 0) {
    drop(skb, netns, 'IP_CSUM', bridge.name);
    return false;
  }
  const state = new BridgeNetfilterState(ip.dst);
  skb.bridgeState = state;
  skb.physIn = port.device;
  skb.inDevice = bridge;
  const wasForOther = skb.packetType === PacketType.OTHERHOST;
  if (wasForOther) skb.packetType = PacketType.HOST;
  if (!passesForBridge(netns, Hook.PREROUTING, skb, bridge, null)) return false;
  if (wasForOther) skb.packetType = PacketType.OTHERHOST;
  if (ip.dst !== state.originalDestination) return redirected(bridge, port, skb, state);
  return true;
}

/** Its destination was changed (DNAT): routed, or bridged to the neighbour it is for now. */
function redirected(bridge: BridgeBase, port: BridgePort, skb: Skb, state: BridgeNetfilterState): boolean {
  const { netns } = bridge;
  const ip = skb.ip!;
  const refused = routeInput(skb, ip.src, ip.dst, ip.tos, bridge);
  let way: Dst | null = refused === null ? skb.dst : null;
  if (way === null || way.kind === 'error') {
    const found = routeOutput(netns, outputRequest(ip.dst), null);
    if (typeof found === 'string' || found.device !== bridge) {
      drop(skb, netns, refused?.reason ?? 'IP_INNOROUTES', 'no way to where DNAT sends it');
      return false;
    }
    way = found;
  }
  if (way.device === bridge) return bridgedDnat(bridge, port, skb, way, state);
  skb.ethDst = bridge.address;
  skb.packetType = PacketType.HOST;
  return true;
}
/** br_nf_pre_routing_finish_bridge: the frame goes to the neighbour's MAC. */
function bridgedDnat(bridge: BridgeBase, port: BridgePort, skb: Skb, way: Dst, state: BridgeNetfilterState): boolean {
  const neighbour = ensureNeighbour(bridge, way.gateway !== 0 ? way.gateway : skb.ip!.dst, 4);
  if (neighbour === null) return false;
  if ((neighbour.state & NUD_VALID) === 0) {
    // ARP finds the neighbour; the packet then comes out at the bridge device, which puts it back where it was (goOn).
    skb.dst = way;
    state.waiting = { port, source: skb.ethSrc };
    sendEvent(neighbour, skb);
    return false;
  }
  sendEvent(neighbour, null);
  skb.ethDst = neighbour.mac;
  return true;
}

/** br_nf_dev_xmit: a frame at the bridge device that is one of those that waited for ARP goes on from the port it came in by; null: it is not. */
export function goOn(skb: Skb): BridgePort | null {
  const state = skb.bridgeState;
  if (!(state instanceof BridgeNetfilterState) || state.waiting === null) return null;
  const { port, source } = state.waiting;
  state.waiting = null;
  skb.ethSrc = source;
  skb.device = port.device;
  return port;
}

/** NF_BR_FORWARD, and POSTROUTING after it. False: dropped. */
export function bridgeForwardHooks(bridge: BridgeBase, to: BridgePort, skb: Skb): boolean {
  const { netns } = bridge;
  if (skb.bridgeState === null || skb.ip === null) return true;
  if (!isCalled(bridge, skb)) return true;
  skb.physOut = to.device;
  const packetType = skb.packetType;
  if (packetType === PacketType.OTHERHOST) skb.packetType = PacketType.HOST;
  if (netns.hooks[Hook.FORWARD] !== null && !passesForBridge(netns, Hook.FORWARD, skb, bridge, bridge)) return false;
  skb.packetType = packetType;
  return netns.hooks[Hook.POSTROUTING] === null || passesForBridge(netns, Hook.POSTROUTING, skb, null, bridge);
}
