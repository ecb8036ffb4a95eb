/** A result's addresses and routes put on the container's interface (pkg/ipam/ipam_linux.go, ConfigureIface). */
import { err, ok, type Result } from '../../base/index.ts';
import type { Device, Netns } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { parsePrefix } from '../address.ts';
import { linkByName, linkUp, newRoute, setAddress, setSysctl } from '../netlink.ts';
import type { CniResult } from '../spec.ts';

const SETTLE_INTERVAL_US = 50_000;
const SETTLE_LIMIT_US = 10_000_000;

export function* configureInterface(p: Process, netns: Netns, name: string, result: CniResult): Sys<Result<void, string>> {
  if (result.interfaces.length === 0) return err('no interfaces to configure');
  const link = linkByName(netns, name);
  if (!link) return err(`failed to lookup "${name}": Link not found`);
  const gateways: { 4?: string; 6?: string } = {};
  for (const ip of result.ips) {
    if (ip.interface === undefined) continue;
    const prefix = parsePrefix(ip.address);
    if (!prefix || result.interfaces[ip.interface]?.name !== name) return err(`failed to add IP addr {${ip.address}} to "${name}": invalid interface index`);
    if (prefix.family === 6) setSysctl(netns, `net/ipv6/conf/${name}/disable_ipv6`, '0');
    const added = setAddress(link, prefix);
    if (!added.ok) return err(`failed to add IP addr {${ip.address}} to "${name}": ${added.error}`);
    if (ip.gateway !== undefined) gateways[ip.gateway.includes(':') ? 6 : 4] ??= ip.gateway;
  }
  const up = linkUp(link);
  if (!up.ok) return err(`failed to set "${name}" UP: ${up.error}`);
  const settled = yield* settle(p, link);
  if (!settled.ok) return settled;
  for (const route of result.routes) {
    const destination = parsePrefix(route.dst);
    if (!destination) return err(`invalid CIDR address: ${route.dst}`);
    const gateway = route.gw ?? gateways[destination.family];
    const added = newRoute(link, destination, { gateway });
    if (!added.ok) return err(`failed to add route '{${route.dst} via ${gateway ?? ''} dev ${name}}': ${added.error}`);
  }
  return ok(undefined);
}

/** SettleAddresses: until no address is tentative any more. */
function* settle(p: Process, link: Device): Sys<Result<void, string>> {
  const untilUs = p.nowUs + SETTLE_LIMIT_US;
  while (link.ipv6?.addresses.some((address) => address.tentative)) {
    if (p.nowUs > untilUs) return err(`link ${link.name} still has tentative addresses after 10 seconds`);
    yield* p.sleep(SETTLE_INTERVAL_US);
  }
  return ok(undefined);
}
