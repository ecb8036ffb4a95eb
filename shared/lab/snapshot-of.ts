/** The simulated kernel read into a snapshot: every fact in the words that Linux's programs print. */
import {
  Bridge,
  bridgePortOf,
  Card,
  CENTISECOND_US,
  devicesInOrder,
  existingNetfilter,
  fdbInOrder,
  Iff,
  IpTunnel,
  NatCard,
  neighbourAddressText,
  neighboursInOrder,
  PORT_STATE_NAMES,
  prefixText,
  protocolName,
  readSysctl,
  routesInOrder,
  routes6InOrder,
  ruleFact,
  Scope,
  scopeName,
  shownFlags,
  stateName,
  tableName,
  tablesInOrder,
  TABLE_NAMES,
  UdpSocket,
  Vlan,
  Vxlan,
  type Device,
  type Netns,
  type Route,
  type Route6,
  type World,
} from '../kernel/index.ts';
import type {
  AddressFact,
  FdbEntry,
  LinkFact,
  NeighbourEntry,
  NetnsSnapshot,
  NodeSnapshot,
  RouteEntry,
  Snapshot,
  SocketFact,
  TableFact,
} from '../snapshot/index.ts';
import { flowText } from '../machine/index.ts';
import { formatIp, formatIpv4, formatIpv6, formatMac } from '../wire/index.ts';

/** Settings that matter to packets and differ between hosts. */
const SYSCTLS = [
  'ipv4/ip_forward',
  'ipv4/conf/all/rp_filter',
  'ipv4/conf/all/proxy_arp',
  'ipv4/conf/all/arp_ignore',
  'ipv6/conf/all/forwarding',
  'bridge/bridge-nf-call-iptables',
];

export function snapshotOf(world: World): Snapshot {
  return {
    atUs: world.simulation.nowUs,
    nodes: world.hosts.map((host): NodeSnapshot => ({ name: host.name, namespaces: [...host.netnses].map(netnsSnapshot) })),
    segments: world.segments.map((segment) => ({
      id: segment.id,
      name: segment.name,
      ports: segment.ports.map((port) => ({ node: port.netns.host.name, netnsId: port.netns.id, ifindex: port.index })),
    })),
  };
}

export function netnsSnapshot(netns: Netns): NetnsSnapshot {
  const devices = devicesInOrder(netns);
  return {
    id: netns.id,
    name: netns.name,
    inode: netns.inode,
    links: devices.map((device) => linkFact(netns, device)),
    routes: [...tablesInOrder(netns).flatMap((table) => routesInOrder(table).map(routeEntry)), ...routes6InOrder(netns).map(route6Entry)],
    rules: [...netns.rules, ...netns.rules6].map((rule) => {
      const { priority, selector, action } = ruleFact(rule);
      return { family: rule.family === 4 ? 'inet' : 'inet6', priority, text: `${selector} ${action}` };
    }),
    neighbours: ([4, 6] as const)
      .flatMap((family) => neighboursInOrder(netns, family))
      .map((one): NeighbourEntry => ({
        address: neighbourAddressText(one),
        device: one.device.name,
        ...(one.mac === 0 ? {} : { mac: formatMac(one.mac) }),
        state: stateName(one.state),
        proxy: false,
        router: one.isRouter,
      })),
    fdb: devices.flatMap(fdbOf),
    iptables: tablesOf(netns),
    conntrack: connectionsOf(netns),
    sysctls: Object.fromEntries(SYSCTLS.flatMap((path) => sysctlText(netns, path))),
    sockets: [...netns.sockets].flatMap(socketFact),
  };
}

/** As `conntrack -L` lists them. */
function connectionsOf(netns: Netns): readonly string[] {
  const { nowUs } = netns.host.world.simulation;
  const format = { extended: false, id: false, what: 'listing', use: 1 } as const;
  return [...(existingNetfilter(netns)?.conntrack.all() ?? [])].map((connection) => flowText(connection, nowUs, format));
}

function sysctlText(netns: Netns, path: string): readonly (readonly [string, string])[] {
  const value = readSysctl(netns, path);
  return value.ok ? [[`net.${path.replaceAll('/', '.')}`, value.value.trim()]] : [];
}

const FLAG_NAMES = [
  'LOOPBACK',
  'BROADCAST',
  'POINTOPOINT',
  'MULTICAST',
  'NOARP',
  'ALLMULTI',
  'PROMISC',
  'MASTER',
  'SLAVE',
  'DEBUG',
  'DYNAMIC',
  'UP',
  'LOWER_UP',
  'DORMANT',
  'ECHO',
] as const;

function linkFact(netns: Netns, device: Device): LinkFact {
  const flags = shownFlags(device);
  const { link, master, stats } = device;
  const port = bridgePortOf(device);
  return {
    ifindex: device.index,
    name: device.name,
    kind: device.kind ?? '',
    flags: [...((flags & Iff.UP) !== 0 && (flags & Iff.RUNNING) === 0 ? ['NO-CARRIER'] : []), ...FLAG_NAMES.filter((name) => (flags & Iff[name]) !== 0)],
    operstate: (flags & Iff.UP) === 0 ? 'DOWN' : device.operState, // as the kernel tells of what is not up
    mtu: device.mtu,
    mac: formatMac(device.address),
    ...(master ? { master: master.index } : {}),
    ...(link ? { link: { ifindex: link.index, ...(link.netns === netns ? {} : link.netns.host === netns.host ? { netnsId: link.netns.id } : {}) } } : {}),
    ...(device.alias === '' ? {} : { alias: device.alias }),
    addresses: addressesOf(device),
    ...(device instanceof Bridge
      ? {
          bridge: {
            stp: device.settings.stpState !== 0,
            vlanFiltering: device.settings.vlanFiltering !== 0,
            ageingTimeS: (device.settings.ageingTime * CENTISECOND_US) / 1e6,
          },
        }
      : {}),
    ...(port
      ? {
          port: {
            state: PORT_STATE_NAMES[port.state] ?? String(port.state),
            hairpin: port.hairpin,
            isolated: port.isolated,
            learning: port.learning,
            flood: port.flood,
          },
        }
      : {}),
    ...(device instanceof Vxlan
      ? {
          vxlan: {
            vni: device.vni,
            port: device.port,
            learning: device.learning,
            ...(device.local === 0 ? {} : { local: formatIpv4(device.local) }),
            ...(device.options.remote ? { remote: formatIpv4(device.options.remote) } : {}),
            ...(device.lower ? { device: device.lower.name } : {}),
          },
        }
      : {}),
    ...(device instanceof IpTunnel
      ? {
          tunnel: {
            ttl: device.options.ttl ?? 0,
            ...(device.local === 0 ? {} : { local: formatIpv4(device.local) }),
            ...(device.remote === 0 ? {} : { remote: formatIpv4(device.remote) }),
          },
        }
      : {}),
    ...(device instanceof Vlan ? { vlan: { id: device.id, device: device.link.name } } : {}),
    ...(device instanceof NatCard
      ? { card: { kind: 'nat' as const } }
      : device instanceof Card
        ? { card: { kind: 'segment' as const, segment: device.segment.id } }
        : {}),
    statistics: {
      rxPackets: stats.rxPackets,
      rxBytes: stats.rxBytes,
      rxDropped: stats.rxDropped,
      txPackets: stats.txPackets,
      txBytes: stats.txBytes,
      txDropped: stats.txDropped,
    },
  };
}

function addressesOf(device: Device): readonly AddressFact[] {
  const four = (device.ipv4?.addresses ?? []).map((one): AddressFact => ({
    family: 'inet',
    local: formatIpv4(one.local),
    prefixLength: one.prefixLength,
    ...(one.address === one.local ? {} : { peer: formatIpv4(one.address) }),
    ...(one.broadcast === 0 ? {} : { broadcast: formatIpv4(one.broadcast) }),
    scope: scopeName(one.scope),
    label: one.label,
    flags: [...(one.secondary ? ['secondary'] : []), ...(one.noPrefixRoute ? ['noprefixroute'] : [])],
  }));
  const six = (device.ipv6?.addresses ?? []).map((one): AddressFact => ({
    family: 'inet6',
    local: formatIpv6(one.address),
    prefixLength: one.prefixLength,
    ...(one.peer === null ? {} : { peer: formatIpv6(one.peer) }),
    scope: scopeName(one.scope),
    flags: [...(one.tentative ? ['tentative'] : []), ...(one.dadFailed ? ['dadfailed'] : [])],
  }));
  return [...four, ...six];
}

/** `ip route`'s order of words; boot and global are not told. */
function routeText(entry: Omit<RouteEntry, 'text'>): string {
  const words = [
    entry.type === 'unicast' ? '' : entry.type,
    entry.destination,
    entry.via === undefined ? '' : `via ${entry.via}`,
    entry.device === undefined ? '' : `dev ${entry.device}`,
    entry.table === 'main' ? '' : `table ${entry.table}`,
    entry.protocol === 'boot' ? '' : `proto ${entry.protocol}`,
    entry.scope === 'global' ? '' : `scope ${entry.scope}`,
    entry.source === undefined ? '' : `src ${entry.source}`,
    entry.metric === undefined ? '' : `metric ${entry.metric}`,
    ...(entry.nexthops ?? []).map((hop) => `nexthop ${hop.via === undefined ? '' : `via ${hop.via} `}dev ${hop.device} weight ${hop.weight}`),
    ...entry.flags,
  ];
  return words.filter((word) => word !== '').join(' ');
}

function routeEntry(route: Route): RouteEntry {
  const single = route.nexthops.length === 1 ? route.nexthops[0] : undefined;
  const hops = route.nexthops.map((hop) => ({
    ...(hop.gateway === 0 ? {} : { via: formatIpv4(hop.gateway) }),
    device: hop.device?.name ?? '',
    weight: hop.weight,
    flags: [],
  }));
  const entry = {
    family: 'inet' as const,
    table: tableName(route.table),
    type: route.type,
    destination: route.length === 0 ? 'default' : prefixText(route.prefix, route.length),
    ...(single && single.gateway !== 0 ? { via: formatIpv4(single.gateway) } : {}),
    ...(single?.device ? { device: single.device.name } : {}),
    protocol: protocolName(route.protocol),
    scope: scopeName(route.scope),
    ...(route.preferredSource === 0 ? {} : { source: formatIpv4(route.preferredSource) }),
    ...(route.priority === 0 ? {} : { metric: route.priority }),
    flags: [...(single?.onlink ? ['onlink'] : []), ...(single?.dead ? ['dead'] : []), ...(single?.linkdown ? ['linkdown'] : [])],
    ...(hops.length > 1 ? { nexthops: hops } : {}),
    ...(route.metrics?.mtu === undefined ? {} : { mtu: route.metrics.mtu }),
  };
  return { ...entry, text: routeText(entry) };
}

function route6Entry(route: Route6): RouteEntry {
  const entry = {
    family: 'inet6' as const,
    table: tableName(route.table),
    type: route.type,
    destination: route.length === 0 ? 'default' : `${formatIpv6(route.prefix)}${route.length === 128 ? '' : `/${route.length}`}`,
    ...(route.gateway === null ? {} : { via: formatIpv6(route.gateway) }),
    ...(route.device ? { device: route.device.name } : {}),
    protocol: protocolName(route.protocol),
    scope: scopeName(Scope.UNIVERSE),
    metric: route.priority,
    flags: [...(route.dead ? ['dead'] : []), ...(route.linkdown ? ['linkdown'] : [])],
  };
  return { ...entry, text: routeText(entry) };
}

function fdbOf(device: Device): readonly FdbEntry[] {
  if (device instanceof Bridge) {
    return fdbInOrder(device).map((entry) => ({
      mac: formatMac(entry.mac),
      device: entry.port?.device.name ?? device.name,
      master: device.name,
      ...(entry.vlan === 0 ? {} : { vlan: entry.vlan }),
      state: entry.isLocal ? 'permanent' : entry.isStatic ? 'static' : '',
      flags: [...(entry.sticky ? ['sticky'] : []), ...(entry.externLearn ? ['extern_learn'] : [])],
    }));
  }
  if (!(device instanceof Vxlan)) return [];
  return [...device.fdb.values()].flatMap((entry) =>
    entry.remotes.map((remote) => ({ mac: formatMac(entry.mac), device: device.name, dst: formatIpv4(remote.ip), state: 'permanent', flags: ['self'] })),
  );
}

function tablesOf(netns: Netns): readonly TableFact[] {
  const netfilter = existingNetfilter(netns);
  if (!netfilter) return [];
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const ruleset = netfilter.ruleset(family);
    return TABLE_NAMES.flatMap((name): readonly TableFact[] => {
      const table = ruleset.table(name);
      if (!table) return [];
      const chains = [...table.chains.values()].map((chain) => ({
        name: chain.name,
        policy: chain.base === null ? null : chain.policy,
        packets: chain.packets,
        bytes: chain.bytes,
        rules: chain.rules.map((rule) => ({ text: `-A ${chain.name} ${rule.text}`, packets: rule.packets, bytes: rule.bytes })),
      }));
      return [{ family: family === 'ip' ? 'inet' : 'inet6', table: name, chains }];
    });
  });
}

function socketFact(socket: unknown): readonly SocketFact[] {
  if (!(socket instanceof UdpSocket) || socket.localPort === 0) return [];
  return [
    {
      protocol: 'udp',
      state: socket.remotePort === 0 ? 'UNCONN' : 'ESTAB',
      local: formatIp(socket.localAddress),
      localPort: socket.localPort,
      remote: formatIp(socket.remoteAddress),
      remotePort: socket.remotePort,
      ...(socket.owner ? { owner: `${socket.owner.command} ${socket.owner.pid}` } : {}),
    },
  ];
}
