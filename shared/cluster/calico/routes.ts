/**
 * The ways between nodes: BIRD's routes to the others' blocks (through tunl0, or plainly), Felix' with VXLAN; the tunnel devices; a blackhole for
 * each block of one's own, so that what no pod has goes nowhere (felix/dataplane/linux/ipip_mgr.go, vxlan_mgr.go; confd's bird templates).
 */
import { sha1 } from '../../commands/index.ts';
import {
  addAddress,
  addFdb,
  addLink,
  addNeighbour,
  addRoute,
  deleteFdb,
  deleteNeighbour,
  deleteRoute,
  Iff,
  loadTunnels,
  Nud,
  removeAddress,
  routesInOrder,
  RouteTable,
  setLink,
  Vxlan,
  type Device,
  type Netns,
  type RouteRequest,
} from '../../kernel/index.ts';
import { parseIpv4, parseMac, type Ipv4, type Ipv4Prefix, type Mac } from '../../wire/index.ts';
import { VXLAN_PORT, type Encapsulation } from './static-chains.ts';

/** RTPROT_BIRD, and Felix' own. */
const BIRD = 12;
const FELIX = 80;
const VXLAN_ID = 4096;
const OVERHEAD = { ipip: 20, vxlan: 50, none: 0 } as const;

export const mtuFor = (encapsulation: Encapsulation, device: Device): number => device.mtu - OVERHEAD[encapsulation];
/** A tunnel's MAC follows from the node's name: `f` and the hash of it. */
const tunnelMac = (node: string): Mac => parseMac(`66${sha1(node).slice(0, 10)}`.match(/../g)!.join(':'))!;

/** tunl0 or vxlan.calico, up, with the node's tunnel address. */
export function ensureTunnel(netns: Netns, encapsulation: Encapsulation, uplink: Device, own: Ipv4, address: Ipv4, node: string): Device | undefined {
  if (encapsulation === 'none') return undefined;
  const mtu = mtuFor(encapsulation, uplink);
  if (encapsulation === 'ipip') loadTunnels(netns.host, 'ipip');
  const name = encapsulation === 'ipip' ? 'tunl0' : 'vxlan.calico';
  if (encapsulation === 'vxlan' && !(netns.device(name) instanceof Vxlan)) {
    addLink(netns, {
      ...{ name, mtu, address: tunnelMac(node) },
      info: { kind: 'vxlan', options: { id: VXLAN_ID, local: own, link: uplink.index, port: VXLAN_PORT, learning: false } },
    });
  }
  const tunnel = netns.device(name);
  if (!tunnel) return undefined;
  if (tunnel.mtu !== mtu) setLink(netns, tunnel.index, { mtu });
  // tunl0 takes addresses only once it came up
  if (!tunnel.isUp) setLink(netns, tunnel.index, { flags: Iff.UP, flagsMask: Iff.UP });
  const has = tunnel.ipv4?.addresses ?? [];
  for (const one of [...has]) if (one.local !== address) removeAddress(netns, { device: tunnel.index, local: one.local, prefixLength: one.prefixLength });
  if (!has.some((one) => one.local === address)) addAddress(netns, { device: tunnel.index, local: address, prefixLength: 32, create: true, exclusive: true });
  return tunnel;
}

export interface Neighbour {
  readonly node: string;
  readonly address: Ipv4;
  /** Of its tunnel. */
  readonly tunnel: Ipv4 | undefined;
  readonly blocks: readonly Ipv4Prefix[];
}

/** Brings the routes of `encapsulation` into line: what is missing comes, what nobody wants goes. */
export function syncRoutes(netns: Netns, encapsulation: Encapsulation, uplink: Device, own: readonly Ipv4Prefix[], others: readonly Neighbour[]): void {
  const protocol = encapsulation === 'vxlan' ? FELIX : BIRD;
  const tunnel = netns.device(encapsulation === 'vxlan' ? 'vxlan.calico' : 'tunl0');
  const wanted: RouteRequest[] = own.map((block) => ({ destination: block.address, length: block.length, type: 'blackhole' as const, protocol }));
  for (const { address, tunnel: far, blocks } of others) {
    for (const block of blocks) {
      const to = { destination: block.address, length: block.length, protocol };
      if (encapsulation === 'none') wanted.push({ ...to, gateway: address, device: uplink.index });
      else if (tunnel && encapsulation === 'ipip') wanted.push({ ...to, gateway: address, device: tunnel.index, onlink: true });
      else if (tunnel && far !== undefined) wanted.push({ ...to, gateway: far, device: tunnel.index, onlink: true });
    }
  }
  const table = netns.tables.get(RouteTable.MAIN);
  const present = table ? routesInOrder(table).filter((route) => route.protocol === protocol) : [];
  for (const route of present) {
    if (wanted.some((one) => one.destination === route.prefix && one.length === route.length)) continue;
    deleteRoute(netns, { destination: route.prefix, length: route.length, protocol });
  }
  for (const request of wanted)
    if (!present.some((route) => route.prefix === request.destination && route.length === request.length))
      addRoute(netns, { ...request, create: true, exclusive: true });
  if (encapsulation === 'vxlan' && tunnel) syncEntries(netns, tunnel, others);
}

/** Who has which tunnel address, and at which host it is. */
function syncEntries(netns: Netns, tunnel: Device, others: readonly Neighbour[]): void {
  for (const { node, address, tunnel: far } of others) {
    if (far === undefined) continue;
    const mac = tunnelMac(node);
    addNeighbour(netns, { family: 4, device: tunnel.index, address: far, mac, state: Nud.PERMANENT, create: true, replace: true });
    addFdb(netns, { device: tunnel.index, mac, dst: address, state: Nud.PERMANENT, self: true, create: true, replace: true });
  }
}
export function forgetNeighbour(netns: Netns, { node, address, tunnel: far }: Neighbour): void {
  const tunnel = netns.device('vxlan.calico');
  if (!tunnel || far === undefined) return;
  deleteNeighbour(netns, { family: 4, device: tunnel.index, address: far });
  deleteFdb(netns, { device: tunnel.index, mac: tunnelMac(node), dst: address, state: Nud.PERMANENT, self: true });
}

/** The interface of the node's address, as Calico finds it. */
export const uplinkOf = (netns: Netns, address: string): Device | undefined =>
  [...netns.devices.values()].find((device) => device.ipv4?.addresses.some((one) => one.local === parseIpv4(address)));
