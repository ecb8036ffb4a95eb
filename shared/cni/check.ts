/** What CHECK of several plugins looks at: a previous result beside what is there (pkg/ip/utils_linux.go). */
import { err, ok, type Result } from '../base/index.ts';
import type { Device, Netns } from '../kernel/index.ts';
import { parsePrefix } from './address.ts';
import { addressesOf, linkByName, macOf, routesTo } from './netlink.ts';
import type { PluginArgs } from './skel.ts';
import type { CniResult, Interface, IpConfig, RouteConfig } from './spec.ts';

/** The container's interface as the result names it, and the device of that name. `prefix` begins the plugin's own texts (`vlan: `). */
export function containerInterface(
  args: PluginArgs,
  netns: Netns,
  result: CniResult,
  prefix = '',
): Result<{ readonly device: Device; readonly recorded: Interface }, string> {
  const recorded = result.interfaces.find((one) => one.name === args.ifName && one.sandbox === args.netns);
  if (!recorded) return err(`Sandbox in prevResult  doesn't match configured netns: ${args.netns}`);
  const device = linkByName(netns, args.ifName);
  return device ? ok({ device, recorded }) : err(`${prefix}Container Interface name in prevResult: ${args.ifName} not found`);
}
export const checkMac = (device: Device, recorded: Interface, prefix = ''): Result<void, string> =>
  recorded.mac === undefined || recorded.mac === '' || recorded.mac === macOf(device)
    ? ok(undefined)
    : err(`${prefix}Interface ${recorded.name} Mac ${recorded.mac} doesn't match container Mac: ${macOf(device)}`);

/** ValidateExpectedInterfaceIPs. */
export function checkAddresses(device: Device, ips: readonly IpConfig[]): Result<void, string> {
  const present = addressesOf(device);
  for (const ip of ips) {
    if (!present.includes(ip.address)) return err(`Failed to match addr ${ip.address} on interface ${device.name}`);
    const prefix = parsePrefix(ip.address);
    if (prefix && routesTo(device.netns, prefix).length === 0) return err(`Failed to find Gateway ${ip.gateway ?? '<nil>'} for interface ${device.name}`);
  }
  return ok(undefined);
}

/** ValidateExpectedRoute. Of a default route the gateway is not asked for. */
export function checkRoutes(netns: Netns, routes: readonly RouteConfig[]): Result<void, string> {
  for (const route of routes) {
    const prefix = parsePrefix(route.dst);
    const found = prefix && routesTo(netns, prefix).some(({ gateway }) => prefix.length === 0 || route.gw === undefined || gateway === route.gw);
    if (!found) return err(`Expected Route ${goRoute(route)} not found in routing table`);
  }
  return ok(undefined);
}

/** types.Route as Go prints it with %+v. */
function goRoute({ dst, gw }: RouteConfig): string {
  const prefix = parsePrefix(dst);
  const all = prefix?.family === 6 ? 128 : 32;
  const mask = prefix ? (((1n << BigInt(prefix.length)) - 1n) << BigInt(all - prefix.length)).toString(16).padStart(all / 4, '0') : '';
  return `{Dst:{IP:${dst.split('/')[0] ?? ''} Mask:${mask}} GW:${gw ?? '<nil>'}}`;
}
