/**
 * flannel's backends (pkg/backend): how a node sends to the pods of another. host-gw: a route by its address; ipip: the same through a tunnel
 * device; vxlan: a route, a neighbour and a forwarding entry for each.
 */
import { err, ok, type Result } from '../../base/index.ts';
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
  IpTunnel,
  Nud,
  removeAddress,
  RouteTable,
  setLink,
  Vxlan,
  writeSysctl,
  type Device,
  type KernelError,
  type Netns,
  type RouteRequest,
} from '../../kernel/index.ts';
import { formatMac, parseMac, type Ipv4, type Ipv4Prefix, type Mac } from '../../wire/index.ts';

/** Of another node. */
export interface Lease {
  readonly subnet: Ipv4Prefix;
  readonly publicIp: Ipv4;
  /** The annotation backend-data, parsed. */
  readonly data: unknown;
}
export interface Backend {
  /** What the lease says of this node; `null` where there is nothing to say. */
  readonly data: object | null;
  readonly mtu: number;
  add(lease: Lease): Result<void, KernelError>;
  remove(lease: Lease): void;
  /** Whether the route is still there; true where flannel does not look again. */
  isKept(lease: Lease): boolean;
  /** How many routes were taken out as yet, by whomever: without a new one all are there. */
  readonly losses: number;
}
export interface BackendSetup {
  readonly netns: Netns;
  /** `--iface`. */
  readonly device: Device;
  readonly address: Ipv4;
  readonly subnet: Ipv4Prefix;
  readonly randomMac: () => Mac;
}

export const BACKENDS = { 'host-gw': hostGateway, ipip, vxlan } as const;

function hostGateway({ netns, device }: BackendSetup): Result<Backend, KernelError> {
  return ok(
    routeBackend(netns, device.mtu, ({ subnet, publicIp }) => ({ destination: subnet.address, length: subnet.length, gateway: publicIp, protocol: BOOT })),
  );
}

const BOOT = 3;
const IPIP_OVERHEAD = 20;
const VXLAN_OVERHEAD = 50;
const VNI = 1;
/** A /32, so that no broadcast routes come of it: what the node itself sends to pods has it as its source. */
const SINGLE = 32;

/** Routes that are looked after (RouteNetwork). */
function routeBackend(netns: Netns, mtu: number, routeTo: (lease: Lease) => RouteRequest): Backend {
  return {
    data: null,
    mtu,
    // one that leads elsewhere, such as another backend's, is replaced
    add: (lease) => addRoute(netns, { ...routeTo(lease), create: true, replace: true }),
    remove: (lease) => void deleteRoute(netns, routeTo(lease)),
    isKept(lease) {
      const { destination, length, gateway } = routeTo(lease);
      const routes = netns.tables.get(RouteTable.MAIN)?.prefixes.get(destination, length) ?? [];
      return routes.some(({ nexthops }) => nexthops.some((hop) => hop.gateway === gateway));
    },
    get losses() {
      return netns.tables.get(RouteTable.MAIN)?.losses ?? 0;
    },
  };
}

function ipip({ netns, device, address, subnet }: BackendSetup): Result<Backend, KernelError> {
  const old = netns.device('flannel.ipip');
  const made =
    old instanceof IpTunnel ? ok(old) : addLink(netns, { name: 'flannel.ipip', info: { kind: 'ipip', options: { local: address, pmtudisc: true } } });
  if (!made.ok) return made;
  const tunnel = made.value;
  const mtu = device.mtu - IPIP_OVERHEAD;
  setLink(netns, tunnel.index, { mtu });
  ensureAddress(tunnel, subnet.address);
  setLink(netns, tunnel.index, { flags: Iff.UP, flagsMask: Iff.UP });
  return ok(
    routeBackend(netns, mtu, (lease) => ({
      destination: lease.subnet.address,
      length: lease.subnet.length,
      gateway: lease.publicIp,
      device: tunnel.index,
      onlink: true,
      protocol: BOOT,
    })),
  );
}

function vxlan({ netns, device, address, subnet, randomMac }: BackendSetup): Result<Backend, KernelError> {
  const name = `flannel.${VNI}`;
  const old = netns.device(name);
  const made =
    old instanceof Vxlan
      ? ok(old)
      : addLink(netns, {
          name,
          address: randomMac(),
          mtu: device.mtu - VXLAN_OVERHEAD,
          txQueueLength: 0,
          info: { kind: 'vxlan', options: { id: VNI, local: address, link: device.index, learning: false } },
        });
  if (!made.ok) return made;
  const tunnel = made.value;
  writeSysctl(netns, `ipv6/conf/${name}/accept_ra`, '0');
  ensureAddress(tunnel, subnet.address);
  setLink(netns, tunnel.index, { flags: Iff.UP, flagsMask: Iff.UP });
  return ok(vxlanBackend(netns, tunnel, device.mtu - VXLAN_OVERHEAD));
}

function vxlanBackend(netns: Netns, tunnel: Device, mtu: number): Backend {
  const index = { device: tunnel.index };
  const neighbour = ({ subnet }: Lease) => ({ ...index, family: 4 as const, address: subnet.address });
  const entry = (lease: Lease, mac: Mac) => ({ ...index, mac, dst: lease.publicIp, state: Nud.PERMANENT, self: true });
  const route = ({ subnet }: Lease) => ({
    ...index,
    ...{ destination: subnet.address, length: subnet.length, gateway: subnet.address, onlink: true, protocol: BOOT },
  });
  return {
    data: { VNI, VtepMAC: formatMac(tunnel.address) },
    mtu,
    add(lease) {
      const mac = vtepMac(lease);
      if (mac === undefined) return err({ errno: 'EINVAL' });
      addNeighbour(netns, { ...neighbour(lease), mac, state: Nud.PERMANENT, create: true, replace: true });
      addFdb(netns, { ...entry(lease, mac), create: true, replace: true });
      return addRoute(netns, { ...route(lease), create: true, replace: true });
    },
    remove(lease) {
      const mac = vtepMac(lease);
      if (mac === undefined) return;
      deleteNeighbour(netns, neighbour(lease));
      deleteFdb(netns, entry(lease, mac));
      deleteRoute(netns, route(lease));
    },
    isKept: () => true,
    losses: 0,
  };
}
export function vtepMac({ data }: Lease): Mac | undefined {
  const text = typeof data === 'object' && data !== null && 'VtepMAC' in data ? data.VtepMAC : undefined;
  return typeof text === 'string' ? parseMac(text) : undefined;
}

/** The only address it has is this one (EnsureV4AddressOnLink). */
function ensureAddress(device: Device, local: Ipv4): void {
  for (const one of [...(device.ipv4?.addresses ?? [])])
    if (one.local !== local || one.prefixLength !== SINGLE)
      removeAddress(device.netns, { device: device.index, local: one.local, prefixLength: one.prefixLength });
  addAddress(device.netns, { device: device.index, local, prefixLength: SINGLE, create: true, exclusive: true });
}
