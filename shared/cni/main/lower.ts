/**
 * What vlan, macvlan and ipvlan have in common: a device on top of one of the host's, made in the container under a name that cannot collide,
 * renamed, with addresses by IPAM; how it goes and how it is checked (plugins/main/{vlan,macvlan,ipvlan} 1.1).
 */
import { err, ok, type Result } from '../../base/index.ts';
import type { Device, LinkRequest, Netns } from '../../kernel/index.ts';
import type { Sys } from '../../shell/index.ts';
import { checkAddresses, checkMac, checkRoutes, containerInterface } from '../check.ts';
import { callIpam } from '../delegate.ts';
import { configureInterface } from '../ipam/configure.ts';
import { changeLink, hostNetns, linkByName, macOf, newLink, openNetns, removeLink, routesTo, setSysctl } from '../netlink.ts';
import { ipamType, type PluginArgs, type PluginResult } from '../skel.ts';
import { decodeResult, ErrorCode, type CniResult, type Interface } from '../spec.ts';
import { randomVethName } from '../veth.ts';

/** The host's interface of its default route: the master when none is named. */
export function defaultMaster(args: PluginArgs): Result<string, string> {
  const host = hostNetns(args.p);
  for (const family of [4, 6] as const) {
    const [route] = routesTo(host, { family, value: 0n, length: 0 });
    if (route) return ok(route.device);
  }
  return err('no default route interface found');
}

/** `mtu` of the configuration: at most the master's. */
export function checkMtu(args: PluginArgs, master: string): Result<number, string> {
  const device = linkByName(hostNetns(args.p), master);
  if (!device) return err('Link not found');
  const mtu = typeof args.config['mtu'] === 'number' ? args.config['mtu'] : 0;
  return mtu < 0 || mtu > device.mtu ? err(`invalid MTU ${mtu}, must be [0, master MTU(${device.mtu})]`) : ok(mtu);
}

/** The new device in the container, named as the runtime wants it. */
export function makeUpper(args: PluginArgs, netns: Netns, kind: string, master: string, request: LinkRequest): Result<Device, string> {
  const host = hostNetns(args.p);
  const lower = linkByName(host, master);
  if (!lower) return err(`failed to lookup master "${master}": Link not found`);
  const made = newLink(host, { ...request, name: randomVethName(args), link: lower.index, netns });
  if (!made.ok) return err(`failed to create ${kind}: ${made.error}`);
  const renamed = changeLink(made.value, { name: args.ifName });
  if (renamed.ok) return made;
  if (kind === 'macvlan') removeLink(made.value);
  return err(`failed to rename ${kind} to "${args.ifName}": ${renamed.error}`);
}

export const describe = (args: PluginArgs, device: Device): Interface => ({ name: device.name, mac: macOf(device), sandbox: args.netns });

/** Addresses by IPAM on the container's interface, the only one of the result. */
export function* configureByIpam(args: PluginArgs, device: Device, sysctls: readonly string[], prefix = ''): Sys<PluginResult<CniResult>> {
  const ipam = ipamType(args);
  const given = yield* callIpam(args, 'ADD', ipam);
  if (!given.ok) return prefix === '' ? given : err({ ...given.error, code: ErrorCode.internal, msg: `${prefix}${given.error.msg}` });
  const configured = given.value.ips.length === 0 ? err('IPAM plugin returned missing IP config') : yield* configureFrom(args, device, sysctls, given.value);
  if (!configured.ok) yield* callIpam(args, 'DEL', ipam);
  return configured;
}
/** Addresses and routes that are known already. */
export function* configureFrom(args: PluginArgs, device: Device, sysctls: readonly string[], given: CniResult): Sys<Result<CniResult, string>> {
  const result = { ...given, interfaces: [describe(args, device)], ips: given.ips.map(({ interface: _, ...ip }) => ({ interface: 0, ...ip })) };
  for (const path of sysctls) setSysctl(device.netns, path.replace('IFNAME', args.ifName), '1');
  const configured = yield* configureInterface(args.p, device.netns, args.ifName, result);
  return configured.ok ? ok({ ...result, dns: (args.config['dns'] ?? {}) as CniResult['dns'] }) : configured;
}

/** DEL: addresses go back, the interface goes; what is missing is no error. */
export function* removeUpper(args: PluginArgs): Sys<PluginResult<void>> {
  const ipam = ipamType(args);
  if (ipam !== '') {
    const released = yield* callIpam(args, 'DEL', ipam);
    if (!released.ok) return released;
  }
  const netns = args.netns === '' ? undefined : openNetns(args.p, args.netns);
  const link = netns?.ok ? linkByName(netns.value, args.ifName) : undefined;
  if (!link) return ok(undefined);
  const gone = removeLink(link);
  return gone.ok ? gone : err(`failed to delete "${args.ifName}": ${gone.error}`);
}

/** CHECK: `look` says what is wrong with the device itself. */
export function* checkUpper(args: PluginArgs, prefix: string, look: (device: Device) => string | undefined): Sys<PluginResult<void>> {
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  const ipam = ipamType(args);
  if (ipam !== '') {
    const checked = yield* callIpam(args, 'CHECK', ipam);
    if (!checked.ok) return checked;
  }
  const previous = decodeResult(args.config['prevResult'])?.result;
  if (!previous) return err(`${prefix}Required prevResult missing`);
  const found = containerInterface(args, netns.value, previous, prefix);
  if (!found.ok) return found;
  const { device, recorded } = found.value;
  const mac = checkMac(device, recorded, prefix);
  const wrong = look(device);
  if (wrong !== undefined) return err(wrong);
  if (!mac.ok) return mac;
  const addresses = checkAddresses(device, previous.ips);
  return addresses.ok ? checkRoutes(netns.value, previous.routes) : addresses;
}
