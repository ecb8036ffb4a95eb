/**
 * From a snapshot to a graph: which boxes there are, what role each plays, which lines join them, and the facts of each for the inspector.
 * lo is not drawn.
 */
import { formatIpv4, ipv4Mask, parseIpv4 } from '../wire/index.ts';
import type { LinkFact, NetnsSnapshot, NodeSnapshot, Snapshot } from '../snapshot/index.ts';
import { bridgeFacts, linkFacts, netnsFacts } from './facts.ts';
import type { Graph, GraphBox, GraphLine, Role } from './graph.ts';
import { hasOnlyDocker, type Around } from './origin.ts';
import type { LinkState } from './topology.ts';

/** Which namespace is which pod: by `nodeName/netnsId`. */
export type PodNames = ReadonlyMap<string, string>;

export const netnsBoxId = (node: string, netns: { readonly id: number; readonly inode: number }): string =>
  netns.id === 0 ? node : `${node}/ns:${netns.inode}`;
export const linkBoxId = (node: string, netns: { readonly id: number; readonly inode: number }, link: string): string => `${netnsBoxId(node, netns)}/${link}`;

export function graphOf(snapshot: Snapshot, pods: PodNames = new Map()): Graph {
  const boxes: GraphBox[] = [];
  const lines: GraphLine[] = [];
  for (const node of snapshot.nodes) addNode(node, pods, snapshot.kubernetes, boxes, lines);
  for (const segment of snapshot.segments) {
    const ports = segment.ports.flatMap((port) => {
      const node = snapshot.nodes.find((one) => one.name === port.node);
      const netns = node?.namespaces.find((one) => one.id === port.netnsId);
      const link = netns?.links.find((one) => one.ifindex === port.ifindex);
      return node && netns && link ? [{ node, netns, link }] : [];
    });
    const id = `segment:${segment.id}`;
    const network = ports.map(({ link }) => networkOf(link)).find((one) => one !== undefined);
    boxes.push({
      id,
      kind: 'segment',
      role: 'segment',
      label: segment.name,
      ...(network === undefined ? {} : { sublabel: network }),
      state: 'none',
      facts: segmentFacts(ports),
    });
    for (const { node, netns, link } of ports) {
      const from = linkBoxId(node.name, netns, link.name);
      lines.push({ id: `wire:${from}`, kind: 'wire', from, to: id, state: stateOf(link) });
    }
  }
  addTunnels(snapshot, lines);
  return { boxes, lines };
}

function addNode(node: NodeSnapshot, pods: PodNames, kubernetes: Snapshot['kubernetes'], boxes: GraphBox[], lines: GraphLine[]): void {
  const around = (netns: NetnsSnapshot): Around => ({ netns, kind: kindOf(node, netns, pods, kubernetes), ...(kubernetes && { kubernetes }) });
  const root = node.namespaces.find((netns) => netns.id === 0);
  boxes.push({ id: node.name, kind: 'node', role: 'node', label: node.name, state: 'none', facts: root ? netnsFacts(around(root)) : [] });
  for (const netns of [...node.namespaces].sort((a, b) => a.id - b.id)) {
    const parent = netnsBoxId(node.name, netns);
    if (netns.id !== 0) {
      const pod = pods.get(`${node.name}/${netns.id}`);
      const label = pod ?? (netns.name === '' ? `net:[${netns.inode}]` : netns.name);
      boxes.push({
        id: parent,
        kind: pod === undefined ? 'netns' : 'pod',
        role: 'namespace',
        label,
        parent: node.name,
        state: 'none',
        facts: netnsFacts(around(netns)),
      });
    }
    for (const link of netns.links) {
      if (link.flags.includes('LOOPBACK')) continue;
      const id = `${parent}/${link.name}`;
      const peer = peerOf(node, netns, link);
      const role = roleOf(netns, link);
      const sublabel = addressText(link);
      boxes.push({
        id,
        kind: link.kind === 'bridge' ? 'bridge' : 'interface',
        role,
        label: link.name,
        ...(sublabel === undefined || role === 'port' ? {} : { sublabel }),
        parent,
        state: stateOf(link),
        facts: [
          ...linkFacts(
            around(netns),
            link,
            peer &&
              `${peer.link.name} in ${peer.netns.id === 0 ? node.name : (pods.get(`${node.name}/${peer.netns.id}`) ?? (peer.netns.name || `net:[${peer.netns.inode}]`))}`,
          ),
          ...(link.kind === 'bridge' ? bridgeFacts(netns, link) : []),
        ],
        ...(role === 'port' && peer && peer.netns.id !== 0 ? { above: netnsBoxId(node.name, peer.netns) } : {}),
      });
      addLines(node, netns, link, id, peer, boxes, lines);
    }
  }
}

function kindOf(node: NodeSnapshot, { id }: NetnsSnapshot, pods: PodNames, kubernetes: Snapshot['kubernetes']): Around['kind'] {
  if (id === 0) return 'root';
  if (!pods.has(`${node.name}/${id}`)) return 'netns';
  const isPod = kubernetes ? kubernetes.pods.some((pod) => pod.node === node.name && pod.netnsId === id) : !hasOnlyDocker(node);
  return isPod ? 'pod' : 'container';
}

function addLines(node: NodeSnapshot, netns: NetnsSnapshot, link: LinkFact, id: string, peer: Peer | undefined, boxes: GraphBox[], lines: GraphLine[]): void {
  if (peer) {
    const to = linkBoxId(node.name, peer.netns, peer.link.name);
    // once for the pair: from the end in the lower namespace
    const isFirst = netns.id < peer.netns.id || (netns.id === peer.netns.id && link.ifindex < peer.link.ifindex);
    if (isFirst) lines.push({ id: `veth:${[id, to].sort().join(':')}`, kind: 'veth', from: id, to, state: worst(stateOf(link), stateOf(peer.link)) });
  }
  const master = link.master === undefined ? undefined : netns.links.find((one) => one.ifindex === link.master);
  if (master)
    lines.push({ id: `port:${id}`, kind: 'port', from: id, to: linkBoxId(node.name, netns, master.name), state: worst(stateOf(link), stateOf(master)) });
  if (link.card?.kind === 'nat') {
    const outside = `outside:${id}`;
    const network = networkOf(link);
    boxes.push({
      id: outside,
      kind: 'outside',
      role: 'outside',
      label: 'NAT',
      ...(network === undefined ? {} : { sublabel: network }),
      state: 'none',
      facts: [{ key: 'network', value: network ?? '' }],
      ...(netns.id === 0 ? { above: id } : {}),
    });
    lines.push({ id: `nat:${id}`, kind: 'nat', from: id, to: outside, state: stateOf(link) });
  }
}

interface Peer {
  readonly netns: NetnsSnapshot;
  readonly link: LinkFact;
}
function peerOf(node: NodeSnapshot, netns: NetnsSnapshot, link: LinkFact): Peer | undefined {
  if (link.kind !== 'veth' || !link.link) return undefined;
  const { ifindex, netnsId } = link.link;
  const other = node.namespaces.find((one) => one.id === (netnsId ?? netns.id));
  const peer = other?.links.find((one) => one.ifindex === ifindex && one.kind === 'veth');
  return other && peer && !(other === netns && peer === link) ? { netns: other, link: peer } : undefined;
}

function roleOf(netns: NetnsSnapshot, link: LinkFact): Role {
  if (netns.id !== 0) return 'inner';
  if (link.card) return 'uplink'; // of a namespaces lab they are veths
  if (link.kind === 'bridge') return 'bridge';
  if (link.kind === 'veth') return 'port';
  return link.kind === '' ? 'uplink' : 'device';
}

export function stateOf(link: LinkFact): LinkState {
  if (!link.flags.includes('UP')) return 'down';
  return link.flags.includes('NO-CARRIER') || link.operstate === 'LOWERLAYERDOWN' ? 'no-carrier' : 'up';
}
function worst(a: LinkState, b: LinkState): LinkState {
  const order: readonly LinkState[] = ['down', 'no-carrier', 'up', 'none'];
  return order.find((state) => state === a || state === b) ?? 'none';
}

/** The first IPv4 address, else the first global IPv6 one; `+n` when there are more. */
function addressText(link: LinkFact): string | undefined {
  const shown = [...link.addresses.filter((one) => one.family === 'inet'), ...link.addresses.filter((one) => one.family === 'inet6' && one.scope === 'global')];
  const first = shown[0];
  return first && `${first.local}/${first.prefixLength}${shown.length > 1 ? ` +${shown.length - 1}` : ''}`;
}

function networkOf(link: LinkFact): string | undefined {
  const first = link.addresses.find((one) => one.family === 'inet');
  const address = first && parseIpv4(first.local);
  return first && address !== undefined ? `${formatIpv4(address & ipv4Mask(first.prefixLength))}/${first.prefixLength}` : undefined;
}

function segmentFacts(ports: readonly { readonly node: NodeSnapshot; readonly link: LinkFact }[]) {
  return ports.map(({ node, link }) => ({
    key: `${node.name} ${link.name}`,
    value: `${link.mac}${addressText(link) === undefined ? '' : ` ${addressText(link)}`}`,
  }));
}

/** A tunnel device and the devices of the nodes it sends to: found by the addresses it is told of. */
function addTunnels(snapshot: Snapshot, lines: GraphLine[]): void {
  const owners = new Map<string, NodeSnapshot>();
  for (const node of snapshot.nodes) {
    const root = node.namespaces.find((netns) => netns.id === 0);
    for (const link of root?.links ?? [])
      for (const address of link.addresses) if (link.card?.kind !== 'nat' && !link.flags.includes('LOOPBACK')) owners.set(address.local, node);
  }
  const seen = new Set<string>();
  for (const node of snapshot.nodes) {
    for (const netns of node.namespaces) {
      for (const link of netns.links) {
        const targets = [
          link.vxlan?.remote,
          link.tunnel?.remote,
          ...(link.vxlan ? netns.fdb.filter((entry) => entry.device === link.name).map((entry) => entry.dst) : []),
        ];
        for (const target of targets) {
          const far = target === undefined ? undefined : owners.get(target);
          const farRoot = far?.namespaces.find((one) => one.id === 0);
          const end =
            farRoot?.links.find((one) => one.kind === link.kind && one.name === link.name) ??
            farRoot?.links.find((one) => one.addresses.some((address) => address.local === target));
          if (!far || !farRoot || !end || far === node) continue;
          const pair = [linkBoxId(node.name, netns, link.name), linkBoxId(far.name, farRoot, end.name)].sort() as [string, string];
          const id = `tunnel:${pair.join(':')}`;
          if (seen.has(id)) continue;
          seen.add(id);
          lines.push({ id, kind: 'tunnel', from: pair[0], to: pair[1], state: worst(stateOf(link), stateOf(end)) });
        }
      }
    }
  }
}
