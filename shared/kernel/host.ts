/**
 * Worlds, machines and namespaces: making them, naming them, what goes when they go (net/core/net_namespace.c).
 */
import { done, ok, Rng, Simulation } from '../base/index.ts';
import { Ipv4Conf, Ipv6Conf } from './conf.ts';
import { Loopback } from './devices/loopback.ts';
import { IpTunnel } from './devices/tunnel/tunnel.ts';
import { addFallbackTunnels } from './devices/tunnel/module.ts';
import { moveDevice, registerDevice, unregisterDevice } from './device.ts';
import { fail } from './error.ts';
import type { KernelResult } from './error.ts';
import { Host, Netns, World } from './model.ts';
import type { Rule } from './model.ts';
import { emit, netnsIdOf, touch } from './notify.ts';
import { RouteTable } from './numbers.ts';
import { LinuxStack } from './stack.ts';
import { udpOf } from './sockets/udp.ts';
import { registerTcp } from './tcp/input.ts';

const STACK = new LinuxStack();

/** `seed` decides MAC addresses, ports, ids and jitter; `epochMs` what the calendar says at the beginning. */
export function makeWorld(seed: number, epochMs: number, simulation = new Simulation(epochMs)): World {
  return new World(simulation, new Rng(seed));
}

/** A machine that has just booted: its own namespace with lo, down. */
export function makeHost(world: World, name: string): Host {
  const host = new Host(world, world.nextHostId++, name);
  host.initNetns = makeNetns(host);
  host.initNetns.holds = 1;
  world.hosts.push(host);
  return host;
}

const rule = (family: 4 | 6, priority: number, table: number): Rule => ({
  family,
  priority,
  invert: false,
  src: family === 4 ? 0 : '',
  srcLength: 0,
  dst: family === 4 ? 0 : '',
  dstLength: 0,
  tos: 0,
  fwmark: 0,
  fwmask: 0,
  inName: '',
  outName: '',
  l3mdev: false,
  uidRange: null,
  ipProtocol: 0,
  srcPorts: null,
  dstPorts: null,
  action: 'lookup',
  table,
  target: 0,
  suppressPrefixLength: -1,
  suppressGroup: -1,
  protocol: 2,
});

/** Those of every namespace: one copy for all. */
const DEFAULT_RULES: readonly Rule[] = [rule(4, 0, RouteTable.LOCAL), rule(4, 32766, RouteTable.MAIN), rule(4, 32767, RouteTable.DEFAULT)];
const DEFAULT_RULES6: readonly Rule[] = [rule(6, 0, RouteTable.LOCAL), rule(6, 32766, RouteTable.MAIN)];

/** unshare(CLONE_NEWNET): settings are the defaults, or (devconf_inherit_init_net) those of the first namespace. */
export function makeNetns(host: Host): Netns {
  const template = { ipv4: new Ipv4Conf(), ipv4Default: new Ipv4Conf(), ipv6: new Ipv6Conf(), ipv6Default: new Ipv6Conf() };
  template.ipv4.accept_source_route = 0;
  template.ipv6.accept_dad = 0; // ipv6_devconf: 'all' has 0, so that a device's own 0 counts
  const netns = new Netns(host, host.nextNetnsId++, template);
  netns.stack = STACK;
  host.netnses.add(netns);
  udpOf(netns);
  registerTcp(netns);
  // A copy has room for what is in it; pushing would leave room for many more.
  netns.rules = DEFAULT_RULES.slice();
  netns.rules6 = DEFAULT_RULES6.slice();
  netns.loopback = new Loopback(netns);
  registerDevice(netns.loopback, 'lo');
  addFallbackTunnels(netns);
  touch(host);
  return netns;
}

/** `ip netns add`: binds a name. */
export function nameNetns(netns: Netns, name: string): KernelResult {
  const { host } = netns;
  if (host.namedNetns.has(name)) return fail('EEXIST');
  host.namedNetns.set(name, netns);
  netns.names.add(name);
  touch(host);
  return done;
}
/** `ip netns delete`: takes the name away; the namespace goes when nothing else holds it. */
export function unnameNetns(host: Host, name: string): KernelResult {
  const netns = host.namedNetns.get(name);
  if (netns === undefined) return fail('ENOENT');
  host.namedNetns.delete(name);
  netns.names.delete(name);
  touch(host);
  collectNetns(netns);
  return done;
}
/** A process or an open file keeps it alive. */
export function holdNetns(netns: Netns): void {
  netns.holds++;
}
export function releaseNetns(netns: Netns): void {
  netns.holds--;
  collectNetns(netns);
}

/** A kernel worker cleans up a moment after the last user has gone (cleanup_net). */
const CLEANUP_US = 5_000;
function collectNetns(netns: Netns): void {
  if (netns.holds > 0 || netns.names.size > 0 || netns.destroyed) return;
  netns.host.world.simulation.after(CLEANUP_US, () => {
    if (netns.holds === 0 && netns.names.size === 0) destroyNetns(netns);
  });
}
/** Devices that are machines' cards go back to the first namespace; others go with it. */
export function destroyNetns(netns: Netns): void {
  if (netns.destroyed) return;
  netns.destroyed = true;
  const { host } = netns;
  // it has no number for others any more (unhash_nsid), before its devices go
  for (const other of host.netnses) {
    if (other === netns) continue;
    const nsid = other.peerIds.get(netns);
    if (nsid === undefined) continue;
    other.peerIds.delete(netns);
    emit(other, { kind: 'nsid', change: 'del', nsid });
  }
  for (const device of [...netns.devices.values()]) {
    if (device === netns.loopback || device.netns !== netns || device.unregistered) continue;
    if (device.permanentAddress !== null) moveDevice(device, host.initNetns, `dev${device.index}`, 0);
    else unregisterDevice(device);
  }
  // Tunnels that were made here go too, wherever they are.
  for (const other of host.netnses) {
    for (const device of [...other.devices.values()]) if (device instanceof IpTunnel && device.home === netns && !device.unregistered) unregisterDevice(device);
  }
  unregisterDevice(netns.loopback);
  for (const socket of [...netns.sockets]) socket.close();
  host.netnses.delete(netns);
  touch(host);
}

export { netnsIdOf };

/** `ip netns set`. */
export function setNetnsId(netns: Netns, peer: Netns, id: number): KernelResult<number> {
  if (netns.peerIds.has(peer)) return fail('EEXIST', 'Peer netns already has a nsid assigned');
  if (id >= 0 && [...netns.peerIds.values()].includes(id)) return fail('ENOSPC', 'The specified nsid is already used');
  if (id < 0) return ok(netnsIdOf(netns, peer));
  netns.peerIds.set(peer, id);
  emit(netns, { kind: 'nsid', change: 'new', nsid: id });
  return ok(id);
}
