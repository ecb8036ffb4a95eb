/** The facts of several outputs of one namespace, put together as its part of a snapshot. What nobody said gets Linux's default. */
import type { LinkFact, NetnsSnapshot, RouteEntry } from '../snapshot/index.ts';
import type { Facts, LinkFacts, RouteFacts } from './facts.ts';

export interface NetnsName {
  readonly id: number;
  readonly inode: number;
  readonly name: string;
}

export function netnsOf(outputs: readonly Facts[], { id, inode, name }: NetnsName): NetnsSnapshot {
  const all = <K extends keyof Facts>(key: K): NonNullable<Facts[K]>[] => outputs.flatMap((facts) => (facts[key] === undefined ? [] : [facts[key]]));
  const links = mergeLinks(all('links').flat());
  const indexOf = new Map(links.map((link) => [link.name, link.ifindex]));
  return {
    id,
    name,
    inode,
    links: links.map((link) => linkFact(link, indexOf)),
    routes: unique(all('routes').flat().map(routeEntry), (route) => `${route.family} ${route.table} ${route.text}`),
    rules: unique(all('rules').flat(), (rule) => `${rule.family} ${rule.priority} ${rule.text}`),
    neighbours: unique(all('neighbours').flat(), (one) => `${one.address} ${one.device} ${String(one.proxy)}`),
    fdb: all('fdb')
      .flat()
      .map(({ mac, device, master, vlan, dst, state, flags }) => ({
        mac,
        device,
        ...(master !== undefined && { master }),
        ...(vlan !== undefined && { vlan }),
        ...(dst !== undefined && { dst }),
        state,
        flags,
      })),
    iptables: all('iptables').flat(),
    conntrack: all('conntrack').flat(),
    sysctls: Object.assign({}, ...all('sysctls')) as Record<string, string>,
    sockets: all('sockets').flat(),
  };
}

type NumberedLink = LinkFacts & { readonly ifindex: number };

/** The same interface in several outputs is one: what a later one says is added. Programs without numbers give them in their order. */
function mergeLinks(found: readonly LinkFacts[]): readonly NumberedLink[] {
  const byName = new Map<string, LinkFacts>();
  for (const link of found) {
    const before = byName.get(link.name);
    const merged = { ...before, ...link };
    const addresses = link.addresses ?? before?.addresses;
    byName.set(link.name, addresses ? { ...merged, addresses } : merged);
  }
  return [...byName.values()].map((link, i) => ({ ...link, ifindex: link.ifindex ?? i + 1 }));
}

const NO_STATISTICS: LinkFact['statistics'] = { rxPackets: 0, rxBytes: 0, rxDropped: 0, txPackets: 0, txBytes: 0, txDropped: 0 };

function linkFact(link: NumberedLink, indexOf: ReadonlyMap<string, number>): LinkFact {
  const master = link.master ?? (link.masterName === undefined ? undefined : indexOf.get(link.masterName));
  const peer = link.link?.ifindex ?? (link.link?.name === undefined ? undefined : indexOf.get(link.link.name));
  const { bridge, port, vxlan, tunnel, vlan } = link;
  return {
    ifindex: link.ifindex,
    name: link.name,
    kind: link.kind ?? '',
    flags: link.flags ?? [],
    operstate: link.operstate ?? 'UNKNOWN',
    mtu: link.mtu ?? 1500,
    mac: link.mac ?? '00:00:00:00:00:00',
    ...(master !== undefined && { master }),
    // 'netnsId' is still the namespace's own number for the other one: `joinVeths` finds which it is
    ...(peer !== undefined && { link: { ifindex: peer, ...(link.link?.netnsid !== undefined && { netnsId: -1 - link.link.netnsid }) } }),
    ...(link.alias !== undefined && { alias: link.alias }),
    addresses: link.addresses ?? [],
    ...(bridge && { bridge: { stp: bridge.stp ?? false, vlanFiltering: bridge.vlanFiltering ?? false, ageingTimeS: bridge.ageingTimeS ?? 300 } }),
    ...(port && {
      port: {
        state: port.state ?? 'forwarding',
        hairpin: port.hairpin ?? false,
        isolated: port.isolated ?? false,
        learning: port.learning ?? true,
        flood: port.flood ?? true,
      },
    }),
    ...(vxlan && { vxlan }),
    ...(tunnel && { tunnel }),
    ...(vlan && { vlan }),
    statistics: { ...NO_STATISTICS, ...link.statistics },
  };
}

const routeEntry = ({ encapsulation: _encapsulation, ...route }: RouteFacts): RouteEntry => ({
  ...route,
  protocol: route.protocol ?? 'boot',
  scope: route.scope ?? 'global',
});

function unique<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
