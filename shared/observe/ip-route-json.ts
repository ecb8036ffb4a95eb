/** `ip -j route`, with -d and without. Its text is put together as `ip route` prints it. */
import type { Facts } from './facts.ts';
import type { Input } from './input.ts';
import { askedTable, nexthopText, type RouteDraft } from './ip-route.ts';
import { jsonObjects, numberIn, objectIn, objectsIn, textIn, textsIn, type JsonObject } from './json.ts';

export function parseIpRouteJson(input: Input): Facts {
  const table = askedTable(input.command);
  const isIpv6 = input.command.options.includes('-6');
  const routes: RouteDraft[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const destination = textIn(value, 'dst');
    if (destination === undefined) input.problem(line, 'no route: dst is missing');
    else if ('encap' in value) input.problem(line, 'its destination is overwritten by that of its encapsulation');
    else routes.push(routeOf(destination, value, { table, isIpv6 }));
  }
  return { routes };
}

const gatewayOf = (value: JsonObject): string | undefined => textIn(value, 'gateway') ?? textIn(objectIn(value, 'via'), 'host');

function routeOf(destination: string, value: JsonObject, given: { readonly table: string; readonly isIpv6: boolean }): RouteDraft {
  const hops = objectsIn(value, 'nexthops');
  const via = gatewayOf(value);
  const isIpv6 =
    given.isIpv6 || destination.includes(':') || (destination === 'default' && ('pref' in value || (via ?? gatewayOf(hops[0] ?? {}))?.includes(':')));
  const [device, source, metric] = [textIn(value, 'dev'), textIn(value, 'prefsrc'), numberIn(value, 'metric')];
  const mtu = objectsIn(value, 'metrics')
    .map((one) => numberIn(one, 'mtu'))
    .find((one) => one !== undefined);
  const route: RouteDraft = {
    family: isIpv6 ? 'inet6' : 'inet',
    table: textIn(value, 'table') ?? given.table,
    type: textIn(value, 'type') ?? 'unicast',
    destination,
    ...(via !== undefined && { via }),
    ...(device !== undefined && { device }),
    protocol: textIn(value, 'protocol') ?? 'boot',
    scope: textIn(value, 'scope') ?? 'global',
    ...(source !== undefined && { source }),
    ...(metric !== undefined && { metric }),
    flags: textsIn(value, 'flags'),
    ...(mtu !== undefined && { mtu }),
    text: '',
  };
  if (hops.length > 0)
    route.nexthops = hops.map((hop) => {
      const gateway = gatewayOf(hop);
      return {
        ...(gateway !== undefined && { via: gateway }),
        device: textIn(hop, 'dev') ?? '',
        weight: numberIn(hop, 'weight') ?? 1,
        flags: textsIn(hop, 'flags'),
      };
    });
  route.text = textOf(route, value);
  return route;
}

function textOf(route: RouteDraft, value: JsonObject): string {
  const has = (key: string, word = key): string => (textIn(value, key) === undefined ? '' : `${word} ${textIn(value, key)!}`);
  return [
    textIn(value, 'type') ?? '',
    route.destination,
    route.via === undefined ? '' : `via ${route.via}`,
    has('dev'),
    has('table'),
    has('protocol', 'proto'),
    has('scope'),
    has('prefsrc', 'src'),
    has('metric'),
    ...route.flags,
    route.mtu === undefined ? '' : `mtu ${route.mtu}`,
    has('pref'),
    ...(route.nexthops ?? []).map(nexthopText),
  ]
    .filter((word) => word !== '')
    .join(' ');
}
