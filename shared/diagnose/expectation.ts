/** What the network plugin and kube-proxy should have made, told from what Kubernetes says and from what is on the other nodes. */
import type { LinkFact, NetnsSnapshot, TableFact } from '../snapshot/index.ts';
import { cellKey, type Cell, type NodeCommand } from '../twin/index.ts';
import { formatIpv4, parseIpv4Prefix } from '../wire/index.ts';
import { covers, inet, ip, isUp, networkKind, overlayOf, type PodSeen, type Situation } from './situation.ts';

/** What most have; of two that disagree, the first. */
export function majority(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
/** The first address of a network that a machine can have. */
export function firstOf(cidr: string): string {
  const prefix = parseIpv4Prefix(cidr);
  return prefix ? formatIpv4(prefix.address + 1) : '';
}

/** The gateway that a pod's own default route names. */
export const gatewayIn = (netns: NetnsSnapshot): string | undefined =>
  netns.routes.find(({ family, destination, via }) => family === 'inet' && destination === 'default' && via !== undefined)?.via;
/** The bridge of its node that a pod is to be plugged into: that in whose network its address is, or where most others are. */
export function bridgeOf(situation: Situation, { pod, netns }: PodSeen): LinkFact | undefined {
  const root = situation.root(pod.node);
  const bridges = root?.links.filter(({ kind }) => kind === 'bridge') ?? [];
  const addresses = [...netns.links.flatMap((link) => inet(link).map(({ local }) => local)), ...pod.addresses];
  return bridges.find((bridge) => inet(bridge).some(({ local, prefixLength }) => addresses.some((address) => covers(`${local}/${prefixLength}`, address))));
}
/** What a pod's default route should name: what the other pods of its node name, else its bridge's address. */
export function gatewayOf(situation: Situation, seen: PodSeen): string | undefined {
  const others = situation.pods.filter(({ pod }) => pod.node === seen.pod.node && pod.name !== seen.pod.name).flatMap(({ netns }) => gatewayIn(netns) ?? []);
  const bridge = bridgeOf(situation, seen);
  const everywhere = situation.pods.flatMap(({ netns }) => gatewayIn(netns) ?? []);
  const shared = everywhere.length > 1 && new Set(everywhere).size === 1 ? everywhere[0] : undefined;
  return majority(others) ?? (bridge && inet(bridge)[0]?.local) ?? shared;
}
/** flannel's delegate asks for it, and so does whoever has set it on most ports. */
export function isHairpinExpected(situation: Situation): boolean {
  const ports = situation.pods.flatMap((seen) => situation.hostEnd(seen)?.port ?? []);
  const on = ports.filter(({ hairpin }) => hairpin).length;
  const isFlannel = situation.snapshot.kubernetes?.pods.some(({ labels, name }) => labels['app'] === 'flannel' || name.startsWith('kube-flannel')) === true;
  return isFlannel || on * 2 > ports.length;
}

export interface Way {
  readonly via: string;
  readonly device: string;
  /** As `ip route add PREFIX …` has it. */
  readonly words: string;
}
/** By which next hop a node of the cluster is to reach the pods of another. */
export function wayTo(situation: Situation, node: string, other: string): Way | undefined {
  const root = situation.root(node);
  const target = situation.nodes.find((one) => one.node.name === other);
  if (!root || target?.address === undefined) return undefined;
  const kind = networkKind(situation);
  if (kind === 'vxlan') {
    const overlay = overlayOf(root);
    const vtep = overlayOf(target.root);
    const via = vtep && inet(vtep)[0]?.local;
    return overlay && via !== undefined ? { via, device: overlay.name, words: `via ${via} dev ${overlay.name} onlink` } : undefined;
  }
  if (kind === 'ipip') {
    const tunnel = root.links.find((link) => link.kind === 'ipip' && isUp(link));
    return tunnel ? { via: target.address, device: tunnel.name, words: `via ${target.address} dev ${tunnel.name} onlink` } : undefined;
  }
  const uplink = situation.uplinkOf(node);
  return uplink ? { via: target.address, device: uplink.name, words: `via ${target.address} dev ${uplink.name}` } : undefined;
}
/** Over the link that a machine shares with the address. */
export function directWay(root: NetnsSnapshot, address: string): Way | undefined {
  const link = root.links.find((one) => isUp(one) && inet(one).some(({ local, prefixLength }) => covers(`${local}/${prefixLength}`, address)));
  return link && { via: address, device: link.name, words: `via ${address} dev ${link.name}` };
}
export const isNeighbour = (root: NetnsSnapshot, address: string): boolean => directWay(root, address) !== undefined;

/** Each VXLAN device beside that of each other node, and where that is. */
export function vtepPairs(situation: Situation) {
  return situation.nodes.flatMap(({ node, root }) => {
    const link = overlayOf(root);
    if (!link) return [];
    return situation.nodes.flatMap((other) => {
      const theirs = overlayOf(other.root);
      const address = theirs?.vxlan?.local ?? other.address;
      if (other.node.name === node.name || !theirs || address === undefined || theirs.vxlan?.vni !== link.vxlan?.vni) return [];
      return [{ node: node.name, root, link, other: other.node.name, theirs, address }];
    });
  });
}
/** Whether a pair is between these nodes, or their pods. */
export function concerns(situation: Situation, cell: Cell, node: string, other: string): boolean {
  const [from, to] = [
    situation.place(cell.from)?.node,
    situation.place(cell.to)?.node ?? situation.deaths.find((death) => cellKey(death.cell) === cellKey(cell))?.node,
  ];
  return (from === node && (to === other || to === node)) || (from === other && (to === node || to === other));
}
/** The overlay device anew, as flanneld would make it: over the right card, with what the other nodes know of it. */
export function remadeOverlay(situation: Situation, node: string, vni?: number): readonly (readonly NodeCommand[])[] {
  const root = situation.root(node);
  const link = overlayOf(root);
  const uplink = situation.uplinkOf(node);
  const local = uplink && inet(uplink)[0]?.local;
  if (!root || !link?.vxlan || !uplink || local === undefined) return [];
  const { vxlan } = link;
  const at = (words: string) => ip(node, root, words);
  const own = inet(link).map((one) => at(`addr add ${one.local}/${one.prefixLength} dev ${link.name}`));
  const others = situation.nodes.flatMap((other) => {
    const theirs = overlayOf(other.root);
    const vtep = theirs && inet(theirs)[0]?.local;
    if (other.node.name === node || !theirs || vtep === undefined || other.address === undefined) return [];
    return [
      at(`neigh replace ${vtep} lladdr ${theirs.mac} dev ${link.name} nud permanent`),
      { node, command: `bridge fdb append ${theirs.mac} dev ${link.name} dst ${other.address} self permanent` },
      ...other.node.podCIDRs.map((cidr) => at(`route replace ${cidr} via ${vtep} dev ${link.name} onlink`)),
    ];
  });
  const toUs = situation.nodes.flatMap((other) =>
    other.node.name === node || !overlayOf(other.root) || other.root.fdb.some((entry) => entry.mac === link.mac && entry.dst === local)
      ? []
      : [{ node: other.node.name, command: `bridge fdb replace ${link.mac} dev ${overlayOf(other.root)!.name} dst ${local} self permanent` }],
  );
  const learning = vxlan.learning ? '' : ' nolearning';
  const made = at(
    `link add ${link.name} address ${link.mac} mtu ${Math.min(link.mtu, uplink.mtu - 50)} type vxlan id ${vni ?? vxlan.vni} local ${local} dev ${uplink.name} dstport ${vxlan.port}${learning}`,
  );
  return [[at(`link del ${link.name}`), made, ...own, at(`link set ${link.name} up`), ...others, ...toUs]];
}

/** Whatever is on one switch: ports of a bridge with what is behind them, cards on a wire. */
interface Member {
  readonly node: string;
  readonly netns: NetnsSnapshot;
  readonly link: LinkFact;
  readonly place: string;
}
export function switchMembers(situation: Situation): readonly (readonly Member[])[] {
  const groups: Member[][] = [];
  for (const { name: node, namespaces } of situation.snapshot.nodes)
    for (const netns of namespaces)
      for (const bridge of netns.links) {
        if (bridge.kind !== 'bridge') continue;
        groups.push(
          netns.links.flatMap((port): readonly Member[] => {
            if (port.master !== bridge.ifindex || port.link?.netnsId === undefined) return [];
            const far = namespaces.find(({ id }) => id === port.link!.netnsId);
            const link = far?.links.find(({ ifindex }) => ifindex === port.link!.ifindex);
            return far && link ? [{ node, netns: far, link, place: situation.placeOf(node, far.id) }] : [];
          }),
        );
      }
  for (const { ports } of situation.snapshot.segments)
    groups.push(
      ports.flatMap(({ node, netnsId, ifindex }): readonly Member[] => {
        const netns = situation.netns(node, netnsId);
        const link = netns?.links.find((one) => one.ifindex === ifindex);
        return netns && link ? [{ node, netns, link, place: situation.placeOf(node, netnsId) }] : [];
      }),
    );
  return groups;
}
/** One that nobody on the switch has, made of an address as Docker does. */
export function freshMac(address: string, used: ReadonlySet<string>): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  for (let first = 0x02; ; first += 4) {
    const made = [first.toString(16).padStart(2, '0'), '42', ...bytes].join(':');
    if (!used.has(made)) return made;
  }
}

export const natOf = (netns: NetnsSnapshot): TableFact | undefined => netns.iptables.find(({ table, family }) => table === 'nat' && family === 'inet');

/** Addresses that host-local keeps reserved, where that was read. */
export const reservedOn = (situation: Situation, node: string): readonly string[] => situation.snapshot.nodes.find(({ name }) => name === node)?.reserved ?? [];

/** The way out of a node's network, as others there have it: their default gateway, a router of the wire, a machine that is no node. */
export function gatewayBeyond(situation: Situation, node: string, link: LinkFact): string | undefined {
  const isHere = (address: string): boolean => inet(link).some(({ local, prefixLength }) => covers(`${local}/${prefixLength}`, address));
  const named = situation.machines.flatMap(([, root]) =>
    root.routes.flatMap(({ destination, via }) => (destination === 'default' && via !== undefined && isHere(via) ? [via] : [])),
  );
  const wires = situation.snapshot.segments.flatMap(({ router }) => (router && isHere(router.address) ? [router.address] : []));
  const others = situation.machines.flatMap(([name, root]) =>
    name === node || situation.nodes.some((one) => one.node.name === name)
      ? []
      : root.links.flatMap((one) => inet(one).map(({ local }) => local)).filter(isHere),
  );
  return majority([...named, ...wires, ...others]);
}
