/** A veth pair between a container and the host (pkg/ip/link_linux.go, SetupVeth). */
import { err, ok, type Result } from '../base/index.ts';
import type { Device, Netns } from '../kernel/index.ts';
import { parseMac } from '../wire/index.ts';
import { linkByName, linkUp, newLink, setSysctl } from './netlink.ts';
import type { PluginArgs } from './skel.ts';

/** A name as plugins draw them: `veth` and eight hexadecimal digits. */
export const randomVethName = (args: PluginArgs): string => `veth${args.p.os.rng.uint32().toString(16).padStart(8, '0')}`;

export interface VethPair {
  readonly host: Device;
  readonly container: Device;
}

/** Made in the container, its other end in the host under a random name and up. `mtu` 0 and `mac` '' leave it to the kernel. */
export function setupVeth(args: PluginArgs, netns: Netns, host: Netns, mtu: number, mac = '', ifName = args.ifName): Result<VethPair, string> {
  const address = mac === '' ? undefined : parseMac(mac);
  if (mac !== '' && address === undefined) return err(`failed to make veth pair: address ${mac}: invalid MAC address`);
  const attributes = { txQueueLength: 0, ...(mtu > 0 ? { mtu } : {}) };
  let name = '';
  for (let attempt = 0; attempt < 10; attempt++) {
    name = randomVethName(args);
    const made = newLink(netns, {
      name: ifName,
      ...attributes,
      ...(address === undefined ? {} : { address }),
      info: { kind: 'veth', peer: { name, netns: host, ...attributes } },
    });
    if (made.ok) break;
    if (linkByName(netns, ifName)) return err(`container veth name provided (${ifName}) already exists`);
    if (!linkByName(host, name)) return err(`failed to make veth pair: ${made.error}`);
  }
  const container = linkByName(netns, ifName);
  const end = linkByName(host, name);
  if (!container || !end) return err(`failed to lookup "${name}": Link not found`);
  const up = linkUp(end);
  if (!up.ok) return err(`failed to set "${name}" up: ${up.error}`);
  setSysctl(host, `net/ipv6/conf/${name}/accept_ra`, '0');
  return ok({ host: end, container });
}
