/**
 * calico: a veth whose end in the host routes to the pod's /32; the pod sends everything to 169.254.1.1, for which the host answers ARP though
 * nobody has it (projectcalico/calico cni-plugin/pkg/dataplane/linux, 3.29).
 */
import { err, ok, type Result } from '../../base/index.ts';
import { sha1 } from '../../commands/index.ts';
import { setLink, type Device, type Netns } from '../../kernel/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { parseMac } from '../../wire/index.ts';
import { parsePrefix } from '../address.ts';
import { callIpam } from '../delegate.ts';
import { hostNetns, linkByName, linkUp, macOf, newLink, newRoute, openNetns, removeLink, setAddress, setSysctl } from '../netlink.ts';
import { ipamType, type Plugin, type PluginArgs, type PluginResult } from '../skel.ts';
import type { CniResult, JsonObject } from '../spec.ts';
import { nodeName } from './calico-ipam.ts';
import type { CalicoDatastore } from './datastore.ts';

/** The gateway that no interface has. */
const GATEWAY = '169.254.1.1';
/** Every host end has the same, so that a pod's neighbour entry stays right wherever it is. */
const HOST_MAC = 'ee:ee:ee:ee:ee:ee';
const SCOPE_LINK = 253;
const MTU_FILE = '/var/lib/calico/mtu';
const NODENAME_FILE = '/var/lib/calico/nodename';

/** `cali` and eleven digits of the hash of the workload (VethNameForWorkload). */
export const vethName = (namespace: string, pod: string): string => `cali${sha1(`${namespace}.${pod}`).slice(0, 11)}`;

export function calico(datastore: CalicoDatastore): Plugin {
  function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
    if (!args.p.fs.exists(NODENAME_FILE))
      return err(`stat ${NODENAME_FILE}: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/`);
    const given = yield* callIpam(args, 'ADD', ipamType(args));
    if (!given.ok) return given;
    const ip = given.value.ips[0];
    if (!ip) return err('IPAM plugin returned missing IP config');
    const made = connect(args, ip.address);
    if (!made.ok) {
      yield* callIpam(args, 'DEL', ipamType(args));
      return err(made.error);
    }
    const { host, mac } = made.value;
    const { namespace, pod } = workloadOf(args);
    datastore.putEndpoint({
      ...{ node: nodeName(args), namespace, pod, containerId: args.containerId },
      ...{ interface: host.name, mac, address: ip.address.split('/')[0]! },
    });
    yield* log(args, `ADD ${namespace}/${pod}: ${ip.address} on ${host.name}`);
    return ok({ ...given.value, interfaces: [{ name: host.name }], ips: [{ address: ip.address }] });
  }
  function* del(args: PluginArgs): Sys<PluginResult<void>> {
    datastore.removeEndpoint(nodeName(args), args.containerId);
    const released = yield* callIpam(args, 'DEL', ipamType(args));
    if (!released.ok) return released;
    const netns = args.netns === '' ? undefined : openNetns(args.p, args.netns);
    const link = netns?.ok ? linkByName(netns.value, args.ifName) : undefined;
    if (link) removeLink(link);
    return ok(undefined);
  }
  function* check(): Sys<PluginResult<void>> {
    return ok(undefined);
  }
  return { name: 'calico', add, del, check };
}

const workloadOf = ({ args, containerId }: PluginArgs): { readonly namespace: string; readonly pod: string } => ({
  namespace: args.get('K8S_POD_NAMESPACE') ?? 'default',
  pod: args.get('K8S_POD_NAME') ?? containerId,
});

function connect(args: PluginArgs, address: string): Result<{ readonly host: Device; readonly mac: string }, string> {
  const root = hostNetns(args.p);
  const { namespace, pod } = workloadOf(args);
  const name = vethName(namespace, pod);
  const old = linkByName(root, name);
  if (old) removeLink(old);
  const netns = openNetns(args.p, args.netns);
  if (!netns.ok) return err(`failed to open netns "${args.netns}": ${netns.error}`);
  const mtu = mtuOf(args.p, args.config);
  const made = newLink(netns.value, {
    ...{ name: args.ifName, ...(mtu > 0 ? { mtu } : {}) },
    info: { kind: 'veth', peer: { name, ...(mtu > 0 ? { mtu } : {}) } },
  });
  if (!made.ok) return err(`error creating veth: ${made.error}`);
  const inside = setUpInside(netns.value, made.value, linkByName(netns.value, name)!, address);
  if (!inside.ok) return inside;
  const moved = setLink(netns.value, name, { netns: root });
  if (!moved.ok) return err('failed to move veth to host netns');
  const host = linkByName(root, name)!;
  for (const [setting, value] of [
    [`ipv4/conf/${name}/route_localnet`, '1'],
    [`ipv4/neigh/${name}/proxy_delay`, '0'],
    [`ipv4/conf/${name}/proxy_arp`, '1'],
    [`ipv4/conf/${name}/forwarding`, '1'],
  ] as const)
    setSysctl(root, `net/${setting}`, value);
  const up = linkUp(host);
  if (!up.ok) return err(`failed to set "${name}" up: ${up.error}`);
  const route = newRoute(host, parsePrefix(address)!, { scope: SCOPE_LINK });
  if (!route.ok && route.error !== 'file exists') return err(`error adding host side routes for interface: ${name}, error: ${route.error}`);
  return ok({ host, mac: macOf(made.value) });
}

function setUpInside(netns: Netns, pod: Device, host: Device, address: string): Result<void, string> {
  setLink(netns, host.index, { address: parseMac(HOST_MAC)! });
  for (const link of [host, pod]) {
    const up = linkUp(link);
    if (!up.ok) return err(`failed to set "${link.name}" up: ${up.error}`);
  }
  const gateway = newRoute(pod, parsePrefix(`${GATEWAY}/32`)!, { scope: SCOPE_LINK });
  if (!gateway.ok) return err(`failed to add route inside the container: ${gateway.error}`);
  const others = newRoute(pod, parsePrefix('0.0.0.0/0')!, { gateway: GATEWAY });
  if (!others.ok) return err(`failed to add IPv4 route for 0.0.0.0/0 via ${GATEWAY}: ${others.error}`);
  const set = setAddress(pod, parsePrefix(address)!);
  if (!set.ok) return err(`failed to add IP addr to "${pod.name}": ${set.error}`);
  setSysctl(netns, 'net/ipv4/ip_forward', '0');
  return ok(undefined);
}

/** What Felix found to fit, where the configuration leaves it open. */
function mtuOf(p: Process, config: JsonObject): number {
  const own = config['mtu'];
  if (typeof own === 'number' && own > 0) return own;
  const found = p.fs.readFile(MTU_FILE);
  return found.ok ? Number(found.value.trim()) || 0 : 0;
}

function* log(args: PluginArgs, text: string): Sys {
  const { p } = args;
  const fd = yield* p.open('/var/log/calico/cni/cni.log', { write: true, append: true, create: true }, 0o644);
  if (!fd.ok) return;
  yield* p.write(fd.value, `[INFO][${p.pid}] cni-plugin/k8s.go 476: ${text} ContainerID="${args.containerId}"\n`);
  p.close(fd.value);
}
