/**
 * ptp: a veth pair whose end in the host has the gateway's address, /32 routes both ways, so that all of the container's packets go through
 * the host (plugins/main/ptp 1.1).
 */
import { err, ok, type Result } from '../../base/index.ts';
import type { Device, Netns } from '../../kernel/index.ts';
import type { Sys } from '../../shell/index.ts';
import { bits, formatPrefix, parseAddress, parsePrefix, type Address } from '../address.ts';
import { checkAddresses, checkMac, checkRoutes, containerInterface } from '../check.ts';
import { callIpam } from '../delegate.ts';
import { configureInterface } from '../ipam/configure.ts';
import { setupMasquerade, teardownMasquerade } from '../masquerade.ts';
import { addressesOf, dropRoute, hostNetns, isVeth, linkByName, macOf, newRoute, openNetns, removeLink, setAddress, setSysctl } from '../netlink.ts';
import { ipamType, type Plugin, type PluginArgs, type PluginResult } from '../skel.ts';
import { decodeResult, type CniResult, type Dns, type IpConfig } from '../spec.ts';
import { setupVeth, type VethPair } from '../veth.ts';

export const PTP: Plugin = { name: 'ptp', add, del, check };

/** Kernel scopes. */
const SCOPE_LINK = 253;
const SCOPE_HOST = 254;

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const ipam = ipamType(args);
  const given = yield* callIpam(args, 'ADD', ipam);
  if (!given.ok) return given;
  const done = yield* connect(args, given.value);
  if (done.ok) return done;
  yield* callIpam(args, 'DEL', ipam);
  return done;
}

function* connect(args: PluginArgs, given: CniResult): Sys<PluginResult<CniResult>> {
  if (given.ips.length === 0) return err('IPAM plugin returned missing IP config');
  const host = hostNetns(args.p);
  for (const ip of given.ips) setSysctl(host, ip.address.includes(':') ? 'net/ipv6/conf/all/forwarding' : 'net/ipv4/ip_forward', '1');
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  const mtu = args.config['mtu'];
  const pair = setupVeth(args, netns.value, host, typeof mtu === 'number' ? mtu : 0);
  if (!pair.ok) return pair;
  const result = withInterfaces(args, pair.value, given);
  const inside = yield* routeInside(args, netns.value, result);
  if (!inside.ok) return inside;
  const outside = routeOutside(pair.value.host, result.ips);
  if (!outside.ok) return outside;
  if (args.config['ipMasq'] === true) {
    for (const ip of result.ips) {
      const set = yield* setupMasquerade(args, ip.address);
      if (!set.ok) return set;
    }
  }
  const dns = (args.config['dns'] ?? {}) as Dns;
  return ok(Object.keys(dns).length > 0 ? { ...result, dns } : result);
}

const withInterfaces = (args: PluginArgs, { host, container }: VethPair, given: CniResult): CniResult => ({
  ...given,
  interfaces: [
    { name: host.name, mac: macOf(host) },
    { name: container.name, mac: macOf(container), sandbox: args.netns },
  ],
  ips: given.ips.map((ip) => ({ interface: 1, ...ip })),
});

/** All but the gateway goes through the gateway. */
function* routeInside(args: PluginArgs, netns: Netns, result: CniResult): Sys<Result<void, string>> {
  const configured = yield* configureInterface(args.p, netns, args.ifName, result);
  if (!configured.ok) return configured;
  const device = linkByName(netns, args.ifName)!;
  for (const ip of result.ips) {
    const prefix = parsePrefix(ip.address);
    const gateway = gatewayOf(ip);
    if (!prefix || !gateway) continue;
    const dropped = dropRoute(device, prefix);
    if (!dropped.ok) return err(`failed to delete route ${ip.address}: ${dropped.error}`);
    const toGateway = newRoute(device, whole(gateway), { scope: SCOPE_LINK, source: prefix });
    if (!toGateway.ok) return err(`failed to add route ${formatPrefix(whole(gateway))}: ${toGateway.error}`);
    const others = newRoute(device, prefix, { gateway: ip.gateway, source: prefix });
    if (!others.ok) return err(`failed to add route ${ip.address}: ${others.error}`);
  }
  return ok(undefined);
}

function routeOutside(end: Device, ips: readonly IpConfig[]): Result<void, string> {
  for (const ip of ips) {
    const prefix = parsePrefix(ip.address);
    const gateway = gatewayOf(ip);
    if (!prefix || !gateway) continue;
    const added = setAddress(end, whole(gateway));
    if (!added.ok) return err(`failed to add IP addr (${formatPrefix(whole(gateway))}) to veth: ${added.error}`);
    const route = newRoute(end, whole(prefix), { scope: SCOPE_HOST });
    if (!route.ok && route.error !== 'file exists') return err(`failed to add route on host: ${route.error}`);
  }
  return ok(undefined);
}
const gatewayOf = (ip: IpConfig): Address | undefined => (ip.gateway === undefined ? undefined : parseAddress(ip.gateway));
const whole = (address: Address) => ({ family: address.family, value: address.value, length: bits(address) });

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const released = yield* callIpam(args, 'DEL', ipamType(args));
  if (!released.ok) return released;
  if (args.netns === '') return ok(undefined);
  const netns = openNetns(args.p, args.netns);
  const link = netns.ok ? linkByName(netns.value, args.ifName) : undefined;
  if (!link) return ok(undefined);
  const addresses = addressesOf(link).filter((address) => !address.startsWith('fe80:'));
  const gone = removeLink(link);
  if (!gone.ok) return err(`failed to delete "${args.ifName}": ${gone.error}`);
  if (args.config['ipMasq'] === true) for (const address of addresses) yield* teardownMasquerade(args, address);
  return ok(undefined);
}

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  const checked = yield* callIpam(args, 'CHECK', ipamType(args));
  if (!checked.ok) return checked;
  const previous = decodeResult(args.config['prevResult'])?.result;
  if (!previous) return err('ptp: Required prevResult missing');
  const found = containerInterface(args, netns.value, previous, 'ptp: ');
  if (!found.ok) return found;
  const { device, recorded } = found.value;
  if (!isVeth(device)) return err(`ptp: Error: Container interface ${device.name} not of type veth`);
  const mac = checkMac(device, recorded, 'ptp: ');
  if (!mac.ok) return mac;
  const addresses = checkAddresses(device, previous.ips);
  return addresses.ok ? checkRoutes(netns.value, previous.routes) : addresses;
}
