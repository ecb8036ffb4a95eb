/** Whether a machine's own network leads to image registries: the way of a packet there, from router to router of the lab. */
import { err, ok, type Result } from '../base/index.ts';
import { Card, findDevice, getRoute, NatCard, type Netns } from '../kernel/index.ts';
import type { Machine } from '../machine/index.ts';
import { parseIpv4 } from '../wire/index.ts';

/** registry-1.docker.io, as it was once. */
const REGISTRY = parseIpv4('44.208.254.194') ?? 0;
const HOPS = 8;

/** Why not, in Go's words. */
export function wayOut(machine: Machine): Result<void, string> {
  const conf = machine.init.fs.readFile('/etc/resolv.conf');
  const server = /^nameserver (\S+)/m.exec(conf.ok ? conf.value : '')?.[1] ?? '127.0.0.53';
  const fail = (why: string): Result<never, string> => err(`dial tcp: lookup registry-1.docker.io on ${server}:53: ${why}`);
  let { netns } = machine;
  for (let hop = 0; hop < HOPS; hop++) {
    const route = getRoute(netns, { destination: REGISTRY });
    if (!route.ok) return hop === 0 ? fail(`dial udp ${server}:53: connect: network is unreachable`) : fail('read udp: i/o timeout');
    const device = findDevice(netns, route.value.device.index);
    if (!device?.isUp) break;
    if (device instanceof NatCard) return ok(undefined);
    if (!(device instanceof Card)) break;
    const { gateway } = route.value.dst;
    if (device.segment.router?.address === gateway) return ok(undefined);
    const next: Netns | undefined = device.segment.ports.find((port) => port.ipv4?.addresses.some((address) => address.local === gateway))?.netns;
    if (!next) break;
    netns = next;
  }
  return fail('read udp: i/o timeout');
}
