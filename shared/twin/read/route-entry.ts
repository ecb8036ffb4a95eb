/** A route of the simulated kernel as `ip route` prints it. */
import { prefixText, protocolName, Scope, scopeName, tableName, type Route, type Route6 } from '../../kernel/index.ts';
import type { RouteEntry } from '../../snapshot/index.ts';
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';

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

export function routeEntry(route: Route): RouteEntry {
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

export function route6Entry(route: Route6): RouteEntry {
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
