/** The simulated kernel read into a snapshot: every fact in the words that Linux's programs print. */
import {
  Bridge,
  bridgePortOf,
  devicesInOrder,
  existingNetfilter,
  fdbInOrder,
  neighbourAddressText,
  neighboursInOrder,
  Nud,
  readSysctl,
  routesInOrder,
  routes6InOrder,
  ruleFact,
  stateName,
  Switch,
  tablesInOrder,
  TABLE_NAMES,
  TcpSocket,
  UdpSocket,
  Vxlan,
  type Device,
  type Netns,
  type World,
} from '../../kernel/index.ts';
import { setFacts } from '../../commands/index.ts';
import { flowText } from '../../machine/index.ts';
import type { FdbEntry, NeighbourEntry, NetnsSnapshot, NodeSnapshot, Snapshot, SocketFact, TableFact, VlanFact } from '../../snapshot/index.ts';
import { formatIp, formatIpv4, formatIpv6, formatMac, type Ipv6 } from '../../wire/index.ts';
import { linkFact } from './link-fact.ts';
import { routeEntry, route6Entry } from './route-entry.ts';

/** Settings of a namespace that matter to packets and differ between hosts, as paths below /proc/sys/net. */
const SYSCTLS = [
  'ipv4/ip_forward',
  'ipv4/icmp_echo_ignore_all',
  ...['all', 'default'].flatMap((device) => [`ipv4/conf/${device}/rp_filter`, `ipv4/conf/${device}/proxy_arp`]),
  'ipv4/conf/all/arp_ignore',
  'ipv4/conf/all/arp_announce',
  'ipv4/conf/all/accept_local',
  'ipv4/conf/all/route_localnet',
  'ipv6/conf/all/forwarding',
  'ipv6/conf/all/disable_ipv6',
  'bridge/bridge-nf-call-iptables',
  'bridge/bridge-nf-call-ip6tables',
];
/** Of a device, told where they are not 0 (rp_filter, forwarding: not the default of the namespace). */
const DEVICE_SYSCTLS = ['proxy_arp', 'proxy_arp_pvlan', 'arp_ignore', 'arp_announce', 'accept_local', 'route_localnet'];

export function snapshotOf(world: World): Snapshot {
  return {
    atUs: world.simulation.nowUs,
    nodes: world.hosts.map((host): NodeSnapshot => ({ name: host.name, namespaces: [...host.netnses].map(netnsSnapshot) })),
    segments: world.segments.map((segment) => ({
      id: segment.id,
      name: segment.name,
      ports: segment.ports.map((port) => ({ node: port.netns.host.name, netnsId: port.netns.id, ifindex: port.index })),
      ...(segment instanceof Switch && segment.router
        ? { router: { address: formatIpv4(segment.router.address), prefixLength: segment.router.subnet.length } }
        : {}),
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
      }))
      .concat(
        netns.proxyNeighbours.map(({ family, address, device }) => ({
          address: family === 4 ? formatIpv4(address as number) : formatIpv6(address as Ipv6),
          device: device?.name ?? '',
          state: '',
          proxy: true,
          router: false,
        })),
      ),
    fdb: devices.flatMap(fdbOf),
    iptables: tablesOf(netns),
    conntrack: connectionsOf(netns),
    ...setsOf(netns),
    ...vlansOf(devices),
    sysctls: sysctlsOf(netns, devices),
    sockets: [...netns.sockets].flatMap(socketFact),
  };
}

/** As `conntrack -L` lists them. */
function connectionsOf(netns: Netns): readonly string[] {
  const { nowUs } = netns.host.world.simulation;
  const format = { extended: false, id: false, what: 'listing', use: 1 } as const;
  return [...(existingNetfilter(netns)?.conntrack.all() ?? [])].map((connection) => flowText(connection, nowUs, format));
}

function sysctlsOf(netns: Netns, devices: readonly Device[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const read = (path: string): string => {
    const value = readSysctl(netns, path);
    return value.ok ? value.value.trim() : '';
  };
  const note = (path: string, value: string): void => void (found[sysctlName(path)] = value);
  for (const path of SYSCTLS) {
    const value = read(path);
    if (value !== '') note(path, value);
  }
  const usual = { rp_filter: read('ipv4/conf/default/rp_filter'), forwarding: read('ipv4/conf/default/forwarding') };
  for (const { name, ipv4 } of devices) {
    if (ipv4 === null) continue;
    for (const [leaf, value] of Object.entries(usual)) {
      const own = read(`ipv4/conf/${name}/${leaf}`);
      if (own !== value && (leaf !== 'rp_filter' || name !== 'lo')) note(`ipv4/conf/${name}/${leaf}`, own);
    }
    for (const leaf of DEVICE_SYSCTLS) {
      const own = read(`ipv4/conf/${name}/${leaf}`);
      if (own !== '0') note(`ipv4/conf/${name}/${leaf}`, own);
    }
  }
  if (existingNetfilter(netns) && netns === netns.host.initNetns) note('netfilter/nf_conntrack_max', read('netfilter/nf_conntrack_max'));
  return found;
}
/** A path below /proc/sys/net as `sysctl` names it: dots for slashes, and the other way round in a device's name. */
const sysctlName = (path: string): string => `net.${path.replaceAll(/[./]/g, (separator) => (separator === '/' ? '.' : '/'))}`;

function setsOf(netns: Netns): Pick<NetnsSnapshot, 'sets'> {
  const sets = existingNetfilter(netns) ? setFacts(netns) : [];
  return sets.length === 0 ? {} : { sets };
}
function vlansOf(devices: readonly Device[]): Pick<NetnsSnapshot, 'vlans'> {
  const vlans = devices.flatMap((device): readonly VlanFact[] => {
    const port = bridgePortOf(device);
    const bridge = port?.bridge ?? device;
    if (!(bridge instanceof Bridge) || bridge.settings.vlanFiltering === 0) return [];
    const group = port ? port.vlans : bridge.vlans;
    return (group?.used() ?? []).map(({ id, untagged }) => ({
      device: device.name,
      id,
      flags: [...(group?.pvid === id ? ['PVID'] : []), ...(untagged ? ['Egress Untagged'] : [])],
    }));
  });
  return vlans.length === 0 ? {} : { vlans };
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
    entry.remotes.map((remote) => ({
      mac: formatMac(entry.mac),
      device: device.name,
      dst: formatIpv4(remote.ip),
      state: (entry.state & Nud.PERMANENT) !== 0 ? 'permanent' : '',
      flags: ['self'],
    })),
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

/** As `ss` has them, by number. */
const TCP_STATE_NAMES = 'UNKNOWN ESTAB SYN-SENT SYN-RECV FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT UNCONN CLOSE-WAIT LAST-ACK LISTEN CLOSING'.split(' ');
function socketFact(socket: unknown): readonly SocketFact[] {
  const isUdp = socket instanceof UdpSocket;
  if (!(isUdp || socket instanceof TcpSocket) || socket.localPort === 0) return [];
  return [
    {
      protocol: isUdp ? 'udp' : 'tcp',
      state: isUdp ? (socket.remotePort === 0 ? 'UNCONN' : 'ESTAB') : TCP_STATE_NAMES[socket.state]!,
      local: formatIp(socket.localAddress),
      localPort: socket.localPort,
      remote: formatIp(socket.remoteAddress),
      remotePort: socket.remotePort,
      ...(socket.owner ? { owner: `${socket.owner.command} ${socket.owner.pid}` } : {}),
    },
  ];
}
