/** What a route lookup answers, as the message that `ip route get` prints. Authority: net/ipv4/route.c (rt_fill_info), net/ipv6/route.c (rt6_fill_node). */
import {
  exceptionOf,
  type Device,
  routes6InOrder,
  sourceBy,
  type Lookup6,
  type Route6Exception,
  type RouteAnswer,
  type RouteGetRequest,
} from '../../kernel/index.ts';
import { IPV6_ANY, type Ipv6 } from '../../wire/index.ts';
import { Family } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { CacheFlag, PLAIN_ROUTE, RouteFlag, shownRoute, shownRoute6, typeNumber, type ShownRoute } from './route-model.ts';

export function shownAnswer(session: Session, answer: RouteAnswer, request: RouteGetRequest): ShownRoute {
  const { dst } = answer;
  if (request.fibMatch && answer.route) return shownRoute(answer.route);
  const { nowUs } = session.process;
  const isInput = answer.inDevice !== null;
  const learnt = dst.pathMtu > 0 && dst.expiresUs > nowUs;
  // Broadcasts, and groups that no route names, go by none of a route's metrics.
  const goesByRoute = dst.type !== 'broadcast' && (dst.type !== 'multicast' || dst.route !== null);
  const metrics = { ...(goesByRoute && answer.route?.metrics), ...(learnt && { mtu: dst.pathMtu, mtuLock: dst.mtuLocked }) };
  // local and main are one table until there are rules of a user
  const table = answer.table === 255 && !session.netns.hasCustomRules ? 254 : answer.table;
  return {
    ...PLAIN_ROUTE,
    table,
    type: typeNumber(dst.type),
    dst: request.destination,
    dstLength: 32,
    ...(request.source !== undefined && { src: request.source, srcLength: 32 }),
    // res.dscp: of the route that matched, not what was asked for.
    tos: answer.route?.tos ?? 0,
    flags: (cacheFlags(answer, request) | RouteFlag.CLONED) >>> 0,
    nexthop: { gateway: dst.gateway === 0 ? undefined : dst.gateway, via6: undefined, device: answer.device, weight: 1, flags: 0, realms: realmsOf(answer) },
    ...(!isInput && answer.source !== 0 && answer.source !== (request.source ?? 0) && { preferredSource: answer.source }),
    ...(Object.keys(metrics).length > 0 && { metrics }),
    expires: dst.expiresUs > nowUs ? Math.max(1, Math.ceil((dst.expiresUs - nowUs) / 1e6)) : 0,
    mark: request.mark ?? 0,
    ...(!isInput && { uid: request.uid ?? 0 }),
    ...(answer.inDevice && { inDevice: answer.inDevice.index }),
  };
}

/** rt_set_nexthop: those of the way that was taken. */
const realmsOf = ({ dst, route, device }: RouteAnswer): number =>
  route?.nexthops.find((hop) => hop.device === device && hop.gateway === dst.gateway)?.realms ?? 0;

function cacheFlags(answer: RouteAnswer, request: RouteGetRequest): number {
  const { dst } = answer;
  const redirect = (dst.redirect && answer.inDevice !== null ? CacheFlag.DOREDIRECT : 0) | (dst.redirected ? CacheFlag.REDIRECTED : 0);
  switch (dst.type) {
    case 'local':
      return CacheFlag.LOCAL | redirect;
    case 'broadcast':
      return CacheFlag.BROADCAST | CacheFlag.LOCAL;
    case 'multicast': {
      const joined = answer.device.ipv4?.groups.has(request.destination) === true || request.destination === (0xe000_0001 | 0);
      return CacheFlag.MULTICAST | (joined ? CacheFlag.LOCAL : 0);
    }
    default:
      return redirect;
  }
}

/** A path MTU that a router told, and how long it holds. */
const learntOf = (learnt: Route6Exception, { metrics }: ShownRoute, nowUs: number): Pick<ShownRoute, 'metrics' | 'expires'> => ({
  metrics: { ...metrics, mtu: learnt.mtu },
  expires: Math.max(1, Math.floor((learnt.expiresUs - nowUs) / 1e6)),
});
export function shownAnswer6(session: Session, found: Lookup6, destination: Ipv6, source: Ipv6 | undefined, inDevice: Device | null): ShownRoute {
  const chosen = found.route.type === 'local' ? destination : sourceBy(session.netns, found, destination);
  const learnt = exceptionOf(found.route, destination, session.netns);
  const route = shownRoute6(found.route, session.process.nowUs);
  return {
    ...route,
    family: Family.INET6,
    table: found.route.table,
    ...(route.nexthop && { nexthop: { ...route.nexthop, device: found.device } }),
    dst: destination,
    dstLength: 128,
    src: source ?? IPV6_ANY,
    srcLength: 128,
    ...(inDevice !== null ? { inDevice: inDevice.index, preferredSource: undefined } : chosen !== null && { preferredSource: chosen }),
    expires: 0,
    ...(learnt !== null && learntOf(learnt, route, session.process.nowUs)),
  };
}

/** What was learnt of single destinations of IPv6 (rt6_nh_dump_exceptions). */
export function dumpCache6(session: Session, table: number): ShownRoute[] {
  const { netns, process } = session;
  return routes6InOrder(netns)
    .filter((route) => table === 0 || route.table === table)
    .flatMap((route) =>
      [...(route.exceptions ?? [])].flatMap(([destination, learnt]): ShownRoute[] => {
        if (learnt.expiresUs <= process.nowUs) return [];
        const shown = shownRoute6(route, process.nowUs);
        return [
          { ...shown, dst: destination, dstLength: 128, flags: (shown.flags | RouteFlag.CLONED) >>> 0, protocol: 0, ...learntOf(learnt, shown, process.nowUs) },
        ];
      }),
    );
}
