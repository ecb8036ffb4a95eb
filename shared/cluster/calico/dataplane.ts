/** What Felix wants of a node's iptables and IP sets, and what it writes to get there: texts for iptables-restore and ipset restore. */
import type { Namespace, Node, Pod } from '../../commands/index.ts';
import type { WorkloadEndpoint } from '../../cni/index.ts';
import type { NetworkPolicy } from '../network-policy.ts';
import { policiesFor, policyChains, type IpSet } from './policy.ts';
import { renderChain, type Chain } from './rules.ts';
import { APPENDED, filterChains, INSERTED, natChains, type Encapsulation } from './static-chains.ts';
import { workloadChains, type Workload } from './workload-chains.ts';

export interface Scene {
  readonly encapsulation: Encapsulation;
  readonly pool: string;
  readonly endpoints: readonly WorkloadEndpoint[];
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly policies: readonly NetworkPolicy[];
  readonly nodes: readonly Node[];
  readonly node: string;
}
export interface Wanted {
  readonly tables: Readonly<Record<'filter' | 'nat', readonly Chain[]>>;
  readonly sets: readonly AnySet[];
}
export interface AnySet extends Omit<IpSet, 'type'> {
  readonly type: IpSet['type'] | 'hash:ip';
}

export function wantedOf(scene: Scene): Wanted {
  const { encapsulation, endpoints, policies } = scene;
  // pods of the hosts' networks are nobody's to select
  const pods = scene.pods.filter((pod) => pod.spec.hostNetwork !== true && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
  const workloads = endpoints.map((endpoint): Workload => {
    const pod = pods.find((one) => one.metadata.name === endpoint.pod && one.metadata.namespace === endpoint.namespace);
    return {
      interface: endpoint.interface,
      namespace: endpoint.namespace,
      serviceAccount: pod?.spec.serviceAccountName ?? 'default',
      ingress: pod ? policiesFor(pod, policies, 'ingress') : [],
      egress: pod ? policiesFor(pod, policies, 'egress') : [],
    };
  });
  // only what somebody here needs
  const used = new Set(workloads.flatMap((one) => [...one.ingress, ...one.egress]));
  const rendered = policyChains(policies, { pods, namespaces: scene.namespaces });
  const chains = rendered.chains.filter((chain) => used.has(chain.name));
  const text = chains.flatMap((chain) => chain.rules.map((rule) => rule.match ?? '')).join('\n');
  return {
    tables: { filter: [...filterChains(encapsulation), ...workloadChains(workloads), ...chains], nat: natChains(encapsulation) },
    sets: [...staticSets(scene), ...rendered.sets.filter((set) => text.includes(set.name))],
  };
}

function staticSets({ encapsulation, pool, nodes, node }: Scene): readonly AnySet[] {
  const addresses = nodes.map((one) => ({ name: one.metadata.name, address: one.status.addresses.find(({ type }) => type === 'InternalIP')?.address }));
  const hosts = addresses.flatMap(({ address }) => (address === undefined ? [] : [address]));
  const others = addresses.flatMap(({ name, address }) => (address === undefined || name === node ? [] : [address]));
  return [
    { name: 'cali40all-ipam-pools', type: 'hash:net', members: [pool] },
    { name: 'cali40masq-ipam-pools', type: 'hash:net', members: [pool] },
    ...(encapsulation === 'ipip' ? [{ name: 'cali40all-hosts-net', type: 'hash:net' as const, members: hosts }] : []),
    ...(encapsulation === 'vxlan' ? [{ name: 'cali40all-vxlan-net', type: 'hash:net' as const, members: others }] : []),
  ];
}

/** Sets that are made or filled anew; a filled one takes its place in one step. */
export function ipsetText(wanted: readonly AnySet[], present: ReadonlyMap<string, string>): string {
  return wanted
    .flatMap((set): readonly string[] => {
      if (present.get(set.name) === set.members.join()) return [];
      const create = (name: string): string => `create ${name} ${set.type} family inet maxelem 1048576`;
      const fill = (name: string): readonly string[] => set.members.map((member) => `add ${name} ${member}`);
      if (!present.has(set.name)) return [create(set.name), ...fill(set.name)];
      const other = 'cali4t0';
      return [create(other), ...fill(other), `swap ${set.name} ${other}`, `destroy ${other}`];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** `stale`: chains of ours that are there and no longer wanted; `isFirst`: the kernel's chains do not lead to ours yet. */
export function restoreText(table: 'filter' | 'nat', chains: readonly Chain[], stale: readonly string[], isFirst: boolean): string {
  const own = [
    `*${table}`,
    ...[...chains.map((chain) => chain.name), ...stale].map((name) => `:${name} - [0:0]`),
    ...chains.flatMap((chain) => renderChain(chain)),
    ...stale.map((name) => `-X ${name}`),
  ];
  const jumps = INSERTED[table].flatMap((chain) => renderChain(chain).map((rule) => rule.replace(/^-A (\S+)/, '-I $1 1')));
  const ends = table === 'filter' ? renderChain(APPENDED, `${APPENDED.name}*appends*`).map((rule) => rule.replace('*appends*', '')) : [];
  return [...own, ...(isFirst ? [...jumps, ...ends] : []), 'COMMIT', ''].join('\n');
}
