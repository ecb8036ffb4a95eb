/**
 * A snapshot as a simulated world: hosts, namespaces, devices, tables, in an order in which each finds what it stands on. No programs run there: what
 * daemons made is there, what they would do next is not.
 *
 * Invariant: reading the world at once gives the snapshot it was built from, except for what is among the problems.
 */
import {
  changeBridgeVlans,
  existingNetfilter,
  makeHost,
  makeNetns,
  makeWorld,
  nameNetns,
  Router,
  holdNetns,
  Switch,
  syncLink,
  TcpSocket,
  UdpSocket,
  writeSysctl,
  type Host,
  type Netns,
  type World,
} from '../../kernel/index.ts';
import type { NetnsSnapshot, NodeSnapshot, Snapshot } from '../../snapshot/index.ts';
import { ipv4Mask, parseIpv4, parseIpv6, type IpAddress } from '../../wire/index.ts';
import { makeAddresses } from './addresses.ts';
import { makeFilter } from './filter.ts';
import { enslaveLinks, makeLinks, raiseLinks, settlePorts } from './links.ts';
import { makeFdb, makeNeighbours } from './neighbours.ts';
import type { Report, TwinProblem } from './problem.ts';
import { makeRoutes, makeRules } from './routes.ts';

export interface BuiltWorld {
  readonly world: World;
  readonly problems: readonly TwinProblem[];
}

/** Chance of a twin: what is in the snapshot does not depend on it. */
const SEED = 1;

export function buildWorld(snapshot: Snapshot, epochMs = 0): BuiltWorld {
  const world = makeWorld(SEED, epochMs);
  world.simulation.nowUs = snapshot.atUs;
  const problems: TwinProblem[] = [];
  const switches = new Map(snapshot.segments.map((segment) => [segment.id, new Switch(segment.id, segment.name)]));
  for (const { id, router } of snapshot.segments) {
    const address = router && parseIpv4(router.address);
    if (address === undefined) continue;
    switches.get(id)!.router = new Router(address, { address: address & ipv4Mask(router!.prefixLength), length: router!.prefixLength });
  }
  for (const segment of switches.values()) world.segments.push(segment);
  world.nextSegmentId = Math.max(0, ...switches.keys()) + 1;
  const plugs = new Map(
    snapshot.segments.flatMap((segment) => segment.ports.map((port) => [`${port.node} ${port.netnsId} ${port.ifindex}`, switches.get(segment.id)!] as const)),
  );
  for (const node of snapshot.nodes)
    buildNode(
      world,
      node,
      (netnsId, ifindex) => plugs.get(`${node.name} ${netnsId} ${ifindex}`),
      (problem) => problems.push({ node: node.name, ...problem }),
    );
  return { world, problems };
}

function buildNode(
  world: World,
  node: NodeSnapshot,
  segmentOf: (netnsId: number, ifindex: number) => Switch | undefined,
  note: (problem: Omit<TwinProblem, 'node'>) => void,
): void {
  const host = makeHost(world, node.name);
  const sorted = [...node.namespaces].sort((a, b) => a.id - b.id);
  const netnses = new Map<number, Netns>();
  for (const seen of sorted) netnses.set(seen.id, netnsFor(host, seen));
  let far: Netns | undefined;
  const elsewhere = (): Netns => (far ??= farNetns(world, node.name));
  const reports = new Map<number, Report>(sorted.map(({ id }) => [id, (what, why) => note({ netnsId: id, what, why })]));
  const report = (seen: NetnsSnapshot): Report => reports.get(seen.id)!;
  // settings that change what links and addresses do come first; those of devices when there are devices
  for (const seen of sorted) writeSysctls(netnses.get(seen.id)!, seen, 'general');
  makeLinks({ host, netnses, segmentOf, elsewhere }, sorted, report);
  const each = (work: (netns: Netns, seen: NetnsSnapshot, report: Report) => void): void => {
    for (const seen of sorted) work(netnses.get(seen.id)!, seen, report(seen));
  };
  host.bridgeNetfilter = sorted.some(({ sysctls }) => sysctls['net.bridge.bridge-nf-call-iptables'] !== undefined);
  each(enslaveLinks);
  each((netns, seen) => raiseLinks(netns, seen));
  each((netns) => {
    for (const device of netns.devices.values()) syncLink(device);
  });
  each(makeVlans);
  each((netns, seen) => settlePorts(netns, seen));
  each((netns, seen) => writeSysctls(netns, seen, 'devices'));
  each(makeAddresses);
  each(makeRoutes);
  each(makeRules);
  each(makeNeighbours);
  each(makeFdb);
  each(makeFilter);
  each((netns, seen) => makeSockets(netns, seen));
  each((netns, seen) => setCounters(netns, seen));
  host.nextNetnsId = Math.max(host.nextNetnsId, ...sorted.map(({ id }) => id + 1));
}

function netnsFor(host: Host, seen: NetnsSnapshot): Netns {
  if (seen.id !== 0) host.nextNetnsId = seen.id;
  const netns = seen.id === 0 ? host.initNetns : makeNetns(host);
  Object.assign(netns, { inode: seen.inode });
  if (seen.name !== '') nameNetns(netns, seen.name);
  if (seen.id !== 0) holdNetns(netns); // the process that held it is not here
  return netns;
}

/** On a host of its own, which is no part of the lab. */
function farNetns(world: World, node: string): Netns {
  const host = makeHost(world, `${node}, unseen`);
  world.hosts.pop();
  return host.initNetns;
}

/** `net.ipv4.conf.eth1/10.rp_filter` → `ipv4/conf/eth1.10/rp_filter`. */
const pathOf = (name: string): string => name.replace(/^net\./, '').replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
/** What others follow comes before them. */
const RANK: readonly RegExp[] = [/^net\.ipv[46]\.ip_forward$|\.all\.forwarding$/, /\.all\./, /\.default\./];
const rankOf = (name: string): number => {
  const at = RANK.findIndex((pattern) => pattern.test(name));
  return at < 0 ? RANK.length : at;
};

function writeSysctls(netns: Netns, { sysctls }: NetnsSnapshot, which: 'general' | 'devices'): void {
  const isOfDevice = (name: string): boolean => /\.(?:conf|neigh)\.(?!all\.|default\.)/.test(name);
  for (const name of Object.keys(sysctls).sort((a, b) => rankOf(a) - rankOf(b))) {
    if (isOfDevice(name) === (which === 'devices') && isOurs(netns, name)) writeSysctl(netns, pathOf(name), sysctls[name]!);
  }
}
/** Connection tracking is loaded by rules, not by a setting. */
const isOurs = (netns: Netns, name: string): boolean => !name.startsWith('net.netfilter.') || existingNetfilter(netns) !== null;

function makeVlans(netns: Netns, { vlans = [] }: NetnsSnapshot): void {
  for (const { device: name, id, lastId = id, flags } of vlans) {
    const device = netns.device(name);
    if (!device) continue;
    const request = {
      ...{ device: device.index, from: id, to: lastId, pvid: flags.includes('PVID'), untagged: flags.includes('Egress Untagged') },
      ...(device.kind === 'bridge' ? { self: true } : { master: true }),
    };
    changeBridgeVlans(netns, request, 'add');
  }
}

const addressOf = (text: string): IpAddress => parseIpv4(text === '*' ? '0.0.0.0' : text) ?? parseIpv6(text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')) ?? 0;

/** Who listens: packets for them arrive. What they would answer is not known, but a connection comes about. */
function makeSockets(netns: Netns, { sockets }: NetnsSnapshot): void {
  for (const seen of sockets) {
    if ((seen.protocol === 'tcp' && seen.state !== 'LISTEN') || (seen.protocol === 'udp' && seen.state !== 'UNCONN')) continue;
    const local = addressOf(seen.local);
    if (seen.protocol !== 'tcp' && seen.protocol !== 'udp') continue;
    const family = typeof local === 'number' ? 4 : 6;
    const socket = seen.protocol === 'tcp' ? new TcpSocket(netns, family) : new UdpSocket(netns, family);
    socket.reuseAddress = true;
    const [, command, pid] = /^(.*) (\d+)$/.exec(seen.owner ?? '') ?? [];
    if (command !== undefined) socket.owner = { command, pid: Number(pid), fd: 3, uid: 0 };
    const bound = socket.bind(local, seen.localPort);
    if (!bound.ok) socket.close();
    else if (socket instanceof TcpSocket) socket.listen(4096);
  }
}

function setCounters(netns: Netns, { links, sysctls }: NetnsSnapshot): void {
  const limit = sysctls['net.netfilter.nf_conntrack_max'];
  if (limit !== undefined && existingNetfilter(netns)) writeSysctl(netns, 'netfilter/nf_conntrack_max', limit);
  for (const link of links) {
    const device = netns.devices.get(link.ifindex);
    if (device) Object.assign(device.stats, link.statistics);
  }
}
