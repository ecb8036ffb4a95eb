/**
 * Which veth ends belong together across namespaces, and which cards of nodes share a wire: what no single output says.
 *
 * A veth end tells the index of its peer, and for a peer elsewhere its own namespace's number for that place. Two ends that name each other's index
 * are a pair when no third could be meant; ends in the node's own namespace are matched first, as indexes there are unique.
 */
import type { LinkFact, NetnsSnapshot, NodeSnapshot, SegmentSnapshot } from '../snapshot/index.ts';

interface End {
  readonly netns: NetnsSnapshot;
  readonly link: LinkFact;
}

export function joinVeths(namespaces: readonly NetnsSnapshot[]): readonly NetnsSnapshot[] {
  const byIndexes = new Map<string, End[]>();
  for (const netns of namespaces) {
    for (const link of netns.links) {
      if (!isAway(link)) continue;
      const key = `${link.ifindex} ${link.link!.ifindex}`;
      byIndexes.set(key, [...(byIndexes.get(key) ?? []), { netns, link }]);
    }
  }
  const placeOf = new Map<LinkFact, number>();
  for (const netns of namespaces) {
    for (const link of netns.links) {
      if (!isAway(link) || placeOf.has(link)) continue;
      const others = (byIndexes.get(`${link.link!.ifindex} ${link.ifindex}`) ?? []).filter((end) => end.netns !== netns && !placeOf.has(end.link));
      const [other] = others;
      if (!other || others.length > 1) continue;
      placeOf.set(link, other.netns.id);
      placeOf.set(other.link, netns.id);
    }
  }
  return namespaces.map((netns) => ({
    ...netns,
    links: netns.links.map((link) => {
      if (link.link?.netnsId === undefined) return link;
      const place = placeOf.get(link);
      // a peer in no namespace that was seen: its index would be taken for one of here
      if (place !== undefined) return { ...link, link: { ifindex: link.link.ifindex, netnsId: place } };
      const { link: _elsewhere, ...rest } = link;
      return rest;
    }),
  }));
}

const isAway = (link: LinkFact): boolean => link.kind === 'veth' && link.link?.netnsId !== undefined && link.link.netnsId < 0;

/** Wires between nodes, as far as addresses tell: cards of two nodes or more in one IPv4 network. Cards with the same address are each behind a NAT of their own. */
export function segmentsOf(nodes: readonly NodeSnapshot[]): readonly SegmentSnapshot[] {
  const networks = new Map<string, { readonly address: string; readonly port: SegmentSnapshot['ports'][number] }[]>();
  for (const node of nodes) {
    const own = node.namespaces.find((netns) => netns.id === 0);
    for (const link of own?.links ?? []) {
      if (link.flags.includes('LOOPBACK') || !(link.kind === '' || link.kind === 'veth') || (link.kind === 'veth' && link.link?.netnsId !== undefined))
        continue;
      for (const address of link.addresses) {
        if (address.family !== 'inet' || address.prefixLength > 30) continue;
        const network = networkText(address.local, address.prefixLength);
        networks.set(network, [...(networks.get(network) ?? []), { address: address.local, port: { node: node.name, netnsId: 0, ifindex: link.ifindex } }]);
      }
    }
  }
  return [...networks]
    .filter(([, cards]) => new Set(cards.map((card) => card.port.node)).size > 1 && new Set(cards.map((card) => card.address)).size === cards.length)
    .map(([name, cards], i) => ({ id: i + 1, name, ports: cards.map((card) => card.port) }));
}

function networkText(address: string, length: number): string {
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - length);
  const first = bits - (bits % size);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;
}
