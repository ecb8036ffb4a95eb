/**
 * A router between two hosts, for tests of what rules do to packets:
 *
 *     client 10.1.0.2 ── 10.1.0.1 router 10.2.0.1 ── 10.2.0.2 server        (also fd01::2, fd01::1, fd02::1, fd02::2)
 */
import {
  addAddress,
  addLink,
  addRoute,
  Iff,
  makeHost,
  makeNetns,
  makeWorld,
  nameNetns,
  netfilterOf,
  setLink,
  type Family,
  type Host,
  type Netns,
  type World,
} from '../../kernel/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import { runIptables, type Outcome, type Surroundings } from './run.ts';

export const address = (text: string): number => parseIpv4(text)!;

export interface Routed {
  readonly world: World;
  readonly host: Host;
  readonly client: Netns;
  readonly router: Netns;
  readonly server: Netns;
  /** Lets so many virtual seconds pass. */
  pass(seconds: number): void;
}

export function veth(a: Netns, aName: string, aAddress: string, b: Netns, bName: string, bAddress: string): void {
  addLink(a, { name: aName, info: { kind: 'veth', peer: { name: bName, netns: b } } });
  for (const [netns, name, own] of [
    [a, aName, aAddress],
    [b, bName, bAddress],
  ] as const) {
    setLink(netns, name, { flags: Iff.UP, flagsMask: Iff.UP });
    addAddress(netns, { device: netns.device(name)!.index, local: address(own), prefixLength: 24, create: true, exclusive: true });
  }
}

export function namespace(host: Host, name: string): Netns {
  const netns = makeNetns(host);
  nameNetns(netns, name);
  setLink(netns, 'lo', { flags: Iff.UP, flagsMask: Iff.UP });
  return netns;
}
export function defaultRoute(netns: Netns, via: string): void {
  addRoute(netns, { destination: 0, length: 0, gateway: address(via), create: true, exclusive: true });
}

export function routed(seed = 1): Routed {
  const world = makeWorld(seed, Date.UTC(2026, 10, 21));
  const host = makeHost(world, 'node');
  const client = namespace(host, 'client');
  const router = namespace(host, 'router');
  const server = namespace(host, 'server');
  veth(client, 'eth0', '10.1.0.2', router, 'veth1', '10.1.0.1');
  veth(server, 'eth0', '10.2.0.2', router, 'veth2', '10.2.0.1');
  defaultRoute(client, '10.1.0.1');
  defaultRoute(server, '10.2.0.1');
  router.ipv4All.forwarding = 1;
  for (const device of router.devices.values()) device.ipv4!.conf.forwarding = 1;
  return { world, host, client, router, server, pass: (seconds) => void world.simulation.runUntil(world.simulation.nowUs + seconds * 1e6) };
}

const surroundings = (netns: Netns, family: Family): Surroundings => ({
  ruleset: netfilterOf(netns).ruleset(family),
  lookupSet: (name) => (netfilterOf(netns).sets.sets.has(name) ? { family: 'ip' } : undefined),
  calendar: 'Sat Nov 21 12:00:00 2026\n',
});
const textOf = (outcome: Outcome): string => outcome.output.map(({ text }) => text).join('');

/** Runs iptables or ip6tables: `-t nat -A POSTROUTING -j MASQUERADE`; words are split at spaces. */
export function iptables(netns: Netns, line: string, family: Family = 'ip'): string {
  return textOf(runIptables([family === 'ip' ? 'iptables' : 'ip6tables', ...line.split(' ')], family, surroundings(netns, family)));
}
