/** The cluster of a simulated lab as facts of its snapshot: its objects, and which namespace is which pod's. */
import { type Cluster, type PodInfo } from '../cluster/index.ts';
import type { Netns } from '../kernel/index.ts';
import { readKubernetes } from '../observe/index.ts';
import type { Machine } from '../machine/index.ts';
import type { KubernetesSnapshot, NodeSnapshot } from '../snapshot/index.ts';
import { parseIpv4 } from '../wire/index.ts';

const KINDS = ['nodes', 'pods', 'services', 'endpointslices', 'networkpolicies'];

export function kubernetesFacts(
  cluster: Cluster,
  lab: { readonly interface_: string; readonly netnsOfPod: (info: PodInfo) => Netns | undefined },
): KubernetesSnapshot {
  const objects = cluster.api.resources.filter(({ name }) => KINDS.includes(name)).flatMap((resource) => cluster.store.list(resource));
  const facts = readKubernetes(objects);
  const infos = new Map(cluster.pods().map((info) => [`${info.pod.metadata.namespace}/${info.pod.metadata.name}`, info]));
  return {
    ...facts,
    podCIDR: cluster.podCIDR,
    serviceCIDR: cluster.serviceCIDR,
    ...(lab.interface_ === '' ? {} : { interface: lab.interface_ }),
    pods: facts.pods.map((pod) => {
      const info = infos.get(`${pod.namespace}/${pod.name}`);
      const netns = info && lab.netnsOfPod(info);
      return { ...pod, ...(netns && { netnsId: netns.id }), ...(info && { status: info.status }) };
    }),
  };
}

const NETWORKS = '/var/lib/cni/networks';
/** host-local keeps a file for each address. */
export function reservedOn(machine: Machine | undefined): Pick<NodeSnapshot, 'reserved'> {
  if (!machine?.init.fs.exists(NETWORKS)) return {};
  const { fs } = machine.init;
  const names = (path: string): readonly string[] => {
    const entries = fs.readdir(path);
    return entries.ok ? entries.value.map(({ name }) => name) : [];
  };
  const reserved = names(NETWORKS).flatMap((network) => names(`${NETWORKS}/${network}`).filter((name) => parseIpv4(name) !== undefined));
  return reserved.length === 0 ? {} : { reserved };
}
