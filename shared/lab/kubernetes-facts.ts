/** The cluster of a simulated lab as facts of its snapshot: its objects, and which namespace is which pod's. */
import { type Cluster, type PodInfo } from '../cluster/index.ts';
import type { Netns } from '../kernel/index.ts';
import { readKubernetes } from '../observe/index.ts';
import type { KubernetesSnapshot } from '../snapshot/index.ts';

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
