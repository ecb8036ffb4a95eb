/** A device of the simulated kernel as `ip -d link` and `ip addr` tell of it. */
import {
  Bridge,
  bridgePortOf,
  Card,
  CENTISECOND_US,
  Iff,
  IpTunnel,
  Ipvlan,
  Macvlan,
  NatCard,
  PORT_STATE_NAMES,
  scopeName,
  shownFlags,
  Vlan,
  Vxlan,
  type Device,
  type Netns,
} from '../../kernel/index.ts';
import type { AddressFact, LinkFact } from '../../snapshot/index.ts';
import { formatIpv4, formatIpv6, formatMac } from '../../wire/index.ts';

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

export function linkFact(netns: Netns, device: Device): LinkFact {
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
    ...(device instanceof Macvlan ? { mode: device.mode } : device instanceof Ipvlan ? { mode: device.port.mode } : {}),
    ...(device.vrfTable === 0 ? {} : { vrfTable: device.vrfTable }),
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
    flags: [...(one.tentative ? ['tentative'] : []), ...(one.dadFailed ? ['dadfailed'] : []), ...(one.noPrefixRoute ? ['noprefixroute'] : [])],
  }));
  return [...four, ...six];
}
