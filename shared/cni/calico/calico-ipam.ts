/** calico-ipam: an address of the node's blocks, held by the container (projectcalico/calico cni-plugin/pkg/ipamplugin, 3.29). */
import { err, ok } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import type { Plugin, PluginArgs, PluginResult } from '../skel.ts';
import { EMPTY_RESULT, type CniResult } from '../spec.ts';
import type { CalicoDatastore } from './datastore.ts';

export function calicoIpam(datastore: CalicoDatastore): Plugin {
  function* add(args: PluginArgs): Sys<PluginResult<CniResult>> {
    const node = nodeName(args);
    yield* args.p.sleep(LOOKUP_US);
    const address = datastore.assign(node, handleOf(args));
    if (address === undefined)
      return err('failed to request IPv4 addresses. Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled');
    return ok({ ...EMPTY_RESULT, ips: [{ address: `${address}/32` }] });
  }
  function* del(args: PluginArgs): Sys<PluginResult<void>> {
    yield* args.p.sleep(LOOKUP_US);
    datastore.release(handleOf(args));
    return ok(undefined);
  }
  return { name: 'calico-ipam', add, del, check: () => nothing() };
}

/** The API server answers. */
const LOOKUP_US = 4_000;

function* nothing(): Sys<PluginResult<void>> {
  return ok(undefined);
}

/** `k8s-pod-network.` and the container. */
const handleOf = (args: PluginArgs): string => `${args.name}.${args.containerId}`;

/** `nodename` of the configuration; without it the machine's own. */
export function nodeName({ config, p }: PluginArgs): string {
  const name = config['nodename'];
  return typeof name === 'string' && name !== '' ? name : p.namespaces.uts.hostname;
}
