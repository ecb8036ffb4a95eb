/**
 * bridge: a veth pair between a container and a bridge on the host, an address by IPAM, the bridge as gateway (plugins/main/bridge 1.1).
 * Deviation: macspoofchk is refused.
 */
import { err, ok, type Result } from '../../base/index.ts';
import { changeBridgeVlans, type Device, type Netns } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { contains, formatAddress, formatPrefix, networkOf, next, parseAddress, parsePrefix, type Prefix } from '../address.ts';
import { callIpam } from '../delegate.ts';
import { configureInterface } from '../ipam/configure.ts';
import { setupMasquerade, teardownMasquerade } from '../masquerade.ts';
import {
  addressesOf,
  changeLink,
  goErrno,
  hostNetns,
  isBridge,
  isVeth,
  linkByName,
  linkUp,
  macOf,
  newLink,
  openNetns,
  peerOf,
  removeLink,
  setAddress,
  setSysctl,
  unsetAddress,
} from '../netlink.ts';
import { ipamType, type Plugin, type PluginArgs, type PluginResult } from '../skel.ts';
import { decodeResult, type CniResult, type Interface, type IpConfig, type JsonObject, type RouteConfig } from '../spec.ts';
import { setupVeth, type VethPair } from '../veth.ts';

interface Config {
  readonly bridge: string;
  readonly isGateway: boolean;
  readonly isDefaultGateway: boolean;
  readonly forceAddress: boolean;
  readonly ipMasq: boolean;
  readonly mtu: number;
  readonly hairpinMode: boolean;
  readonly promiscMode: boolean;
  readonly vlan: number;
  readonly mac: string;
  readonly ipam: string;
}

export const BRIDGE: Plugin = { name: 'bridge', add, del, check };

function readConfig(args: PluginArgs): Result<Config, string> {
  const { config } = args;
  const flag = (key: string): boolean => config[key] === true;
  const number = (key: string): number => (typeof config[key] === 'number' ? config[key] : 0);
  const vlan = number('vlan');
  if (vlan < 0 || vlan > 4094) return err(`invalid VLAN ID ${vlan} (must be between 0 and 4094)`);
  if (flag('macspoofchk')) return err('not modelled: macspoofchk');
  const runtime = (config['runtimeConfig'] ?? {}) as JsonObject;
  const cniArgs = ((config['args'] as JsonObject | undefined)?.['cni'] ?? {}) as JsonObject;
  const mac = runtime['mac'] ?? cniArgs['mac'] ?? args.args.get('MAC') ?? '';
  const isDefaultGateway = flag('isDefaultGateway');
  return ok({
    bridge: typeof config['bridge'] === 'string' ? config['bridge'] : 'cni0',
    isGateway: flag('isGateway') || isDefaultGateway,
    isDefaultGateway,
    forceAddress: flag('forceAddress'),
    ipMasq: flag('ipMasq'),
    mtu: number('mtu'),
    hairpinMode: flag('hairpinMode'),
    promiscMode: flag('promiscMode'),
    vlan,
    mac: typeof mac === 'string' ? mac : '',
    ipam: ipamType(args),
  });
}

function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
  const read = readConfig(args);
  if (!read.ok) return read;
  const config = read.value;
  if (config.hairpinMode && config.promiscMode) return err('cannot set hairpin mode and promiscuous mode at the same time.');
  const host = hostNetns(args.p);
  const bridge = ensureBridge(host, config);
  if (!bridge.ok) return err(`failed to create bridge "${config.bridge}": ${bridge.error}`);
  const ownMac = bridge.value.address;
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  const veth = plugVeth(args, netns.value, bridge.value, config);
  if (!veth.ok) return veth;
  const interfaces = (): readonly Interface[] => [
    { name: bridge.value.name, mac: macOf(bridge.value) },
    { name: veth.value.host.name, mac: macOf(veth.value.host) },
    { name: veth.value.container.name, mac: macOf(veth.value.container), sandbox: args.netns },
    ...vlanGateway(host, config),
  ];
  if (config.ipam === '') {
    const up = linkUp(veth.value.container);
    return up.ok ? ok({ interfaces: interfaces(), ips: [], routes: [], dns: dnsOf(args) }) : err(`failed to set "${args.ifName}" up: ${up.error}`);
  }
  const given = yield* callIpam(args, 'ADD', config.ipam);
  if (!given.ok) return given;
  const done = yield* configureLayer3(args, config, given.value, bridge.value, ownMac, netns.value, interfaces());
  if (!done.ok) {
    yield* callIpam(args, 'DEL', config.ipam);
    return done;
  }
  return ok({ ...done.value, interfaces: interfaces(), dns: dnsOf(args) });
}
/** The interface in the host that has the gateway's address within a VLAN. */
function vlanGateway(host: Netns, { bridge, vlan, isGateway }: Config): readonly Interface[] {
  const device = vlan !== 0 && isGateway ? linkByName(host, `${bridge}.${vlan}`) : undefined;
  return device ? [{ name: device.name, mac: macOf(device) }] : [];
}
const dnsOf = (args: PluginArgs) => (args.config['dns'] ?? {}) as CniResult['dns'];

function* configureLayer3(
  args: PluginArgs,
  config: Config,
  given: CniResult,
  bridge: Device,
  ownMac: number,
  netns: Netns,
  interfaces: readonly Interface[],
): Sys<PluginResult<CniResult>> {
  if (given.ips.length === 0) return err('IPAM plugin returned missing IP config');
  const planned = planGateways(config, given);
  const result: CniResult = { interfaces, ips: planned.ips, routes: planned.routes, dns: {} };
  setSysctl(netns, `net/ipv6/conf/${args.ifName}/accept_dad`, config.vlan === 0 && args.config['enabledad'] === true ? '1' : '0');
  setSysctl(netns, `net/ipv4/conf/${args.ifName}/arp_notify`, '1');
  const configured = yield* configureInterface(args.p, netns, args.ifName, result);
  if (!configured.ok) return configured;
  const settled = yield* portIsUp(args.p, hostNetns(args.p), interfaces[1]!.name);
  if (!settled.ok) return settled;
  if (config.isGateway) {
    for (const gateway of planned.gateways) {
      const at = gatewayInterface(args, bridge, config);
      if (!at.ok) return at;
      const set = ensureAddress(at.value, at.value === bridge ? ownMac : at.value.address, gateway, config.forceAddress);
      if (!set.ok) return err(`failed to set bridge addr: ${set.error}`);
      const forwarding = setSysctl(hostNetns(args.p), gateway.family === 4 ? 'net/ipv4/ip_forward' : 'net/ipv6/conf/all/forwarding', '1');
      if (!forwarding.ok) return err(`failed to enable forwarding: ${forwarding.error}`);
    }
  }
  if (config.ipMasq) {
    for (const ip of result.ips) {
      const set = yield* setupMasquerade(args, ip.address);
      if (!set.ok) return set;
    }
  }
  return ok(result);
}

/** Gateways for the bridge, addresses with interface and gateway filled in, and default routes that were asked for. */
function planGateways(
  config: Config,
  given: CniResult,
): { readonly ips: readonly IpConfig[]; readonly routes: readonly RouteConfig[]; readonly gateways: readonly Prefix[] } {
  const routes = [...given.routes];
  const gateways: Prefix[] = [];
  const ips = given.ips.map((ip): IpConfig => {
    const prefix = parsePrefix(ip.address);
    if (!prefix) return ip;
    const gateway = ip.gateway ?? (config.isGateway ? formatAddress(next(networkOf(prefix))) : undefined);
    const everything = prefix.family === 4 ? '0.0.0.0/0' : '::/0';
    if (config.isDefaultGateway && gateway !== undefined && !routes.some((route) => route.dst === everything && route.gw !== undefined))
      routes.push({ dst: everything, gw: gateway });
    const address = gateway === undefined ? undefined : parseAddress(gateway);
    if (config.isGateway && address) gateways.push({ ...address, length: prefix.length });
    return { interface: 2, address: ip.address, ...(gateway === undefined ? {} : { gateway }) };
  });
  return { ips, routes, gateways };
}

function ensureBridge(host: Netns, config: Config): Result<Device, string> {
  const made = newLink(host, {
    name: config.bridge,
    info: { kind: 'bridge', options: config.vlan === 0 ? {} : { vlanFiltering: 1 } },
    ...(config.mtu > 0 ? { mtu: config.mtu } : {}),
  });
  if (!made.ok && made.error !== 'file exists') return err(`could not add "${config.bridge}": ${made.error}`);
  const bridge = linkByName(host, config.bridge);
  if (!bridge) return err(`could not lookup "${config.bridge}": Link not found`);
  if (!isBridge(bridge)) return err(`"${config.bridge}" already exists but is not a bridge`);
  if (config.promiscMode) changeLink(bridge, { flags: 0x100, flagsMask: 0x100 });
  setSysctl(host, `net/ipv6/conf/${config.bridge}/accept_ra`, '0');
  const up = linkUp(bridge);
  return up.ok ? ok(bridge) : up;
}

/** A pair whose end in the host is plugged into the bridge, with the VLAN's tag. `ifName`: of the other end. */
function plugVeth(args: PluginArgs, netns: Netns, bridge: Device, config: Config, ifName = args.ifName): Result<VethPair, string> {
  const host = bridge.netns;
  const isContainer = ifName === args.ifName;
  const pair = setupVeth(args, netns, host, isContainer ? config.mtu : bridge.mtu, isContainer ? config.mac : '', ifName);
  if (!pair.ok) return pair;
  const { name, index } = pair.value.host;
  const plugged = changeLink(pair.value.host, { master: bridge.index });
  if (!plugged.ok) return err(`failed to connect "${name}" to bridge ${bridge.name}: ${plugged.error}`);
  const hairpin = changeLink(pair.value.host, { port: { hairpin: isContainer && config.hairpinMode } });
  if (!hairpin.ok) return err(`failed to setup hairpin mode for ${name}: ${hairpin.error}`);
  const { vlan } = config;
  const tagged = vlan === 0 ? ok(undefined) : changeBridgeVlans(host, { device: index, from: vlan, to: vlan, pvid: true, untagged: true, master: true }, 'add');
  return tagged.ok ? pair : err(`failed to setup vlan tag on interface "${name}": ${goErrno(tagged.error)}`);
}

/** Who has the gateway's address: the bridge, or within a VLAN an interface of the host on the bridge. */
function gatewayInterface(args: PluginArgs, bridge: Device, config: Config): Result<Device, string> {
  if (config.vlan === 0) return ok(bridge);
  const name = `${bridge.name}.${config.vlan}`;
  const present = linkByName(bridge.netns, name);
  if (present) return ok(present);
  const pair = plugVeth(args, bridge.netns, bridge, config, name);
  if (!pair.ok) return err(`failed to create vlan interface: faild to create vlan gateway "${name}": ${pair.error}`);
  const up = linkUp(pair.value.container);
  return up.ok ? ok(pair.value.container) : err(`failed to create vlan interface: failed to up "${name}": ${up.error}`);
}

/** The port may take a moment to come up. */
function* portIsUp(p: Process, host: Netns, name: string): Sys<Result<void, string>> {
  let state = '';
  for (const waitMs of [0, 50, 500, 1000, 1000]) {
    if (waitMs > 0) yield* p.sleep(waitMs * 1000);
    const port = linkByName(host, name);
    if (!port) return err('Link not found');
    state = port.operState.toLowerCase();
    if (state === 'up') return ok(undefined);
  }
  return err(`bridge port in error state: ${state}`);
}

function ensureAddress(bridge: Device, ownMac: number, wanted: Prefix, force: boolean): Result<void, string> {
  const text = formatPrefix(wanted);
  for (const present of addressesOf(bridge)) {
    if (present === text) return ok(undefined);
    const other = parsePrefix(present);
    if (!other || other.family !== wanted.family || (other.family === 6 && !contains(other, wanted) && !contains(wanted, other))) continue;
    if (!force) return err(`"${bridge.name}" already has an IP address different from ${text}`);
    const gone = unsetAddress(bridge, other);
    if (!gone.ok) return err(`could not remove IP address from "${bridge.name}": ${gone.error}`);
  }
  const added = setAddress(bridge, wanted);
  if (!added.ok && added.error !== 'file exists') return err(`could not add IP address to "${bridge.name}": ${added.error}`);
  // else the bridge would take the lowest MAC of its ports and change it as they come and go
  const kept = changeLink(bridge, { address: ownMac });
  return kept.ok ? ok(undefined) : err(`could not set bridge's mac: ${kept.error}`);
}

function* del(args: PluginArgs): Sys<PluginResult<void>> {
  const read = readConfig(args);
  if (!read.ok) return read;
  const config = read.value;
  const netns = args.netns === '' ? undefined : openNetns(args.p, args.netns);
  const link = netns?.ok ? linkByName(netns.value, args.ifName) : undefined;
  const addresses = link ? addressesOf(link) : [];
  if (link) {
    const gone = removeLink(link);
    if (!gone.ok) return err(`failed to delete "${args.ifName}": ${gone.error}`);
  }
  if (config.ipam !== '') {
    const released = yield* callIpam(args, 'DEL', config.ipam);
    if (!released.ok) return released;
  }
  if (config.ipMasq && config.ipam !== '') for (const address of addresses.filter((one) => !one.startsWith('fe80:'))) yield* teardownMasquerade(args, address);
  return ok(undefined);
}

function* check(args: PluginArgs): Sys<PluginResult<void>> {
  const read = readConfig(args);
  if (!read.ok) return read;
  const config = read.value;
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  if (config.ipam !== '') {
    const checked = yield* callIpam(args, 'CHECK', config.ipam);
    if (!checked.ok) return checked;
  }
  const previous = decodeResult(args.config['prevResult'])?.result;
  if (!previous) return err('Required prevResult missing');
  const host = hostNetns(args.p);
  const bridge = linkByName(host, config.bridge);
  if (!bridge) return err(`Interface name ${config.bridge} not found`);
  if (!isBridge(bridge)) return err(`Interface ${config.bridge} does not have link type of bridge`);
  const recorded = previous.interfaces.find((one) => one.name === config.bridge);
  if (recorded?.mac !== undefined && recorded.mac !== macOf(bridge)) return err(`Bridge interface ${config.bridge} Mac doesn't match: ${recorded.mac}`);
  const container = linkByName(netns.value, args.ifName);
  if (!container) return err(`Interface name ${args.ifName} not found`);
  if (!isVeth(container)) return err(`Error: Container interface ${args.ifName} not of type veth`);
  const peer = peerOf(container);
  if (!peer || peer.netns !== host || peer.master !== bridge) return err(`CNI veth created for bridge ${config.bridge} was not found`);
  const present = addressesOf(container);
  const lost = previous.ips.find((ip) => !present.includes(ip.address));
  return lost ? err(`Failed to match addr ${lost.address} on interface ${args.ifName}`) : ok(undefined);
}
