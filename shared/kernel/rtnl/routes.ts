/** RTM_NEWROUTE, RTM_DELROUTE and RTM_GETROUTE of IPv4 as a user asks (net/ipv4/fib_frontend.c, route.c: inet_rtm_getroute). */
import { ok } from '../../base/index.ts';
import { Icmp, Ipv4Header, IpProtocol, Tcp, Udp, EtherType } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { fail } from '../error.ts';
import type { KernelResult } from '../error.ts';
import { insertRoute, removeRoute } from '../ipv4/fib-edit.ts';
import { lastLookup, outputRequest, routeInput, routeOutput } from '../ipv4/route.ts';
import { Skb } from '../model.ts';
import type { Device, Dst, Netns, Route } from '../model.ts';
import { RouteTable } from '../numbers.ts';
import type { RouteGetRequest, RouteRequest } from '../requests.ts';

export function addRoute(netns: Netns, request: RouteRequest): KernelResult {
  const result = insertRoute(netns, request);
  if (result.ok && request.table === RouteTable.LOCAL) netns.hasCustomLocalRoutes = true;
  return result;
}
export const deleteRoute = (netns: Netns, request: RouteRequest): KernelResult => removeRoute(netns, request);

/** What `ip route get` is told. */
export interface RouteAnswer {
  readonly dst: Dst;
  /** Where it would leave; lo for what is local. */
  readonly device: Device;
  /** The chosen source, for packets made here. */
  readonly source: Ipv4;
  readonly inDevice: Device | null;
  /** The FIB entry (`fibmatch`), if the destination has one. */
  readonly route: Route | null;
  readonly table: number;
}

export function getRoute(netns: Netns, request: RouteGetRequest): KernelResult<RouteAnswer> {
  if (request.inDevice !== undefined && request.inDevice !== 0) return getInputRoute(netns, request, request.inDevice);
  const wanted = outputRequest(request.destination, request.source ?? 0);
  wanted.tos = request.tos ?? 0;
  wanted.mark = request.mark ?? 0;
  wanted.outIndex = request.outDevice ?? 0;
  wanted.uid = request.uid ?? 0;
  wanted.protocol = request.ipProtocol ?? IpProtocol.UDP;
  wanted.srcPort = request.srcPort ?? 0;
  wanted.dstPort = request.dstPort ?? 0;
  const dst = routeOutput(netns, wanted, null);
  if (typeof dst === 'string') return fail(dst);
  const { route, table } = lastLookup();
  if (request.fibMatch === true && route === null) return fail('EHOSTUNREACH');
  return ok({ dst, device: dst.device!, source: dst.source, inDevice: null, route, table: route === null ? RouteTable.MAIN : table });
}

function getInputRoute(netns: Netns, request: RouteGetRequest, index: number): KernelResult<RouteAnswer> {
  const device = netns.devices.get(index);
  if (device === undefined) return fail('ENODEV');
  const skb = new Skb();
  skb.etherType = EtherType.IPV4;
  skb.ip = new Ipv4Header(request.source ?? 0, request.destination, request.ipProtocol ?? IpProtocol.UDP, 64);
  if (skb.ip.protocol === IpProtocol.TCP) skb.tcp = new Tcp(request.srcPort ?? 0, request.dstPort ?? 0, 0, 0, 0, 0, '');
  else if (skb.ip.protocol === IpProtocol.ICMP) skb.icmp = new Icmp(8, 0, 0, 0);
  else skb.udp = new Udp(request.srcPort ?? 0, request.dstPort ?? 0);
  skb.mark = request.mark ?? 0;
  skb.device = device;
  const refused = routeInput(skb, request.source ?? 0, request.destination, request.tos ?? 0, device);
  if (refused !== null) return fail(refused.errno);
  const dst = skb.dst!;
  if (dst.kind === 'error') return fail(dst.errno ?? 'EHOSTUNREACH');
  const { route, table } = lastLookup();
  return ok({ dst, device: dst.device!, source: 0, inDevice: device, route, table });
}
