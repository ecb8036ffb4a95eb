/**
 * sbr: source-based routing. What has one of the interface's addresses as source is routed by a table of its own, into which the interface's
 * routes move (plugins/meta/sbr 1.1).
 */
import { err, ok, type Result } from '../../base/index.ts';
import { addRoute, addRule, deleteRule, insertRoute6, RouteTable, routesInOrder, type Device, type KernelResult, type Netns } from '../../kernel/index.ts';
import type { Sys } from '../../shell/index.ts';
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import { bits, parseAddress, parsePrefix, type Address } from '../address.ts';
import { addressesOf, dropRoute, goErrno, ipv4Of, ipv6Of, linkByName, newRoute, openNetns } from '../netlink.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { decodeResult, type CniResult, type IpConfig } from '../spec.ts';

const FIRST_TABLE = 100;

export const SBR: Plugin = {
  name: 'sbr',
  *add(args): Sys<PluginResult<CniResult>> {
    const previous = decodeResult(args.config['prevResult'])?.result;
    if (!previous) return err('This plugin must be called as chained plugin');
    if (previous.ips.length === 0) return err(`No IP addresses supplied on interface: ${args.ifName}`);
    const own = previous.ips.filter((ip) => ip.interface === undefined || (previous.interfaces[ip.interface]?.name ?? args.ifName) === args.ifName);
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return netns;
    const device = linkByName(netns.value, args.ifName);
    if (!device) return err(`Cannot find network interface ${args.ifName}: Link not found`);
    const done = moveRoutes(netns.value, device, own);
    return done.ok ? ok(previous) : done;
  },
  *del(args): Sys<PluginResult<void>> {
    const netns = openNetns(args.p, args.netns);
    if (!netns.ok) return netns;
    const device = linkByName(netns.value, args.ifName);
    return device ? removeRules(args, netns.value, device) : err(`Failed to get link ${args.ifName}: Link not found`);
  },
  *check() {
    return ok(undefined);
  },
};

const kernelAddress = (address: Address) => (address.family === 4 ? ipv4Of(address) : ipv6Of(address));
const rulesOf = (netns: Netns) => [...netns.rules, ...netns.rules6];

/** A copy of one of the interface's routes in another table. */
interface Moving {
  readonly prefix: { readonly family: 4 | 6; readonly value: bigint; readonly length: number };
  readonly gateway: string;
  readonly source: string;
  copyTo(table: number): Result<void, string>;
}

function moveRoutes(netns: Netns, device: Device, ips: readonly IpConfig[]): Result<void, string> {
  const routes = routesOf(netns, device);
  let table = FIRST_TABLE;
  for (const ip of ips) {
    table = freeTable(netns, table);
    const address = parseAddress(ip.address.split('/')[0]!);
    const prefix = parsePrefix(ip.address);
    if (!address || !prefix) continue;
    const ruled = addRule(netns, { family: address.family, src: kernelAddress(address), srcLength: bits(address), table, create: true, exclusive: true });
    if (!ruled.ok) return err(`Failed to add rule: ${goErrno(ruled.error)}`);
    if (ip.gateway !== undefined) {
      const everything = { family: address.family, value: 0n, length: 0 };
      const added = newRoute(device, everything, { gateway: ip.gateway, table });
      if (!added.ok) return err(`Failed to add default route to ${ip.gateway}: ${added.error}`);
    }
    for (const route of routes) {
      const within = (text: string): boolean => {
        const one = text === '' ? undefined : parseAddress(text);
        return one?.family === prefix.family && one.value >> BigInt(bits(one) - prefix.length) === prefix.value >> BigInt(bits(one) - prefix.length);
      };
      if (!within(route.source) && !within(route.gateway) && (route.source !== '' || route.gateway !== '')) continue;
      const copied = route.copyTo(table);
      if (!copied.ok) return err(`Failed to readd route: ${copied.error}`);
    }
    table++;
  }
  for (const route of routes) {
    const gone = dropRoute(device, route.prefix);
    if (!gone.ok) return err(`Failed to delete route: ${gone.error}`);
  }
  return ok(undefined);
}

/** The first table from there on that no rule and no route names. */
function freeTable(netns: Netns, from: number): number {
  const taken = new Set([...rulesOf(netns).map((rule) => rule.table), ...netns.tables.keys(), ...netns.routes6.map((route) => route.table)]);
  let table = from;
  while (taken.has(table)) table++;
  return table;
}

/** The interface's routes in table main, of both families. */
function routesOf(netns: Netns, device: Device): readonly Moving[] {
  const main = netns.tables.get(RouteTable.MAIN);
  const four = (main ? routesInOrder(main) : []).flatMap((route): readonly Moving[] => {
    const [hop] = route.nexthops;
    if (hop?.device !== device) return [];
    const { length, scope, protocol, preferredSource } = route;
    return [
      {
        prefix: { family: 4, value: BigInt(route.prefix >>> 0), length },
        gateway: hop.gateway === 0 ? '' : formatIpv4(hop.gateway),
        source: preferredSource === 0 ? '' : formatIpv4(preferredSource),
        copyTo: (table) =>
          done(
            addRoute(netns, {
              ...{ destination: route.prefix, length, table, scope, protocol, device: device.index, create: true, replace: true },
              ...(preferredSource === 0 ? {} : { preferredSource }),
              ...(hop.gateway === 0 ? {} : { gateway: hop.gateway }),
            }),
          ),
      },
    ];
  });
  const six = netns.routes6
    .filter((route) => route.table === RouteTable.MAIN && route.device === device)
    .map((route): Moving => {
      const { prefix, length, gateway, protocol, priority } = route;
      return {
        prefix: { family: 6, value: BigInt(`0x${prefix}`), length },
        gateway: gateway === null ? '' : formatIpv6(gateway),
        source: '',
        copyTo: (table) =>
          done(
            insertRoute6(netns, {
              ...{ destination: prefix, length, table, protocol, priority, device: device.index, create: true, replace: true },
              ...(gateway === null ? {} : { gateway }),
            }),
          ),
      };
    });
  return [...four, ...six];
}
const done = (result: KernelResult): Result<void, string> => (result.ok ? ok(undefined) : err(goErrno(result.error)));

/** Rules for the interface's addresses go. */
function removeRules(args: PluginArgs, netns: Netns, device: Device): Result<void, string> {
  for (const text of addressesOf(device)) {
    const address = parseAddress(text.split('/')[0]!);
    if (!address) continue;
    const { family } = address;
    const rule = (family === 4 ? netns.rules : netns.rules6).find((one) => one.srcLength > 0 && one.src === kernelAddress(address));
    if (!rule) continue;
    const gone = deleteRule(netns, { family, src: rule.src, srcLength: rule.srcLength, table: rule.table, priority: rule.priority });
    if (!gone.ok) return err(`Failed to delete rule ${args.ifName}: ${goErrno(gone.error)}`);
  }
  return ok(undefined);
}
