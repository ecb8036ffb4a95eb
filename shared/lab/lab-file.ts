/**
 * The file that describes a lab: machines, their networks, the cluster on them and what runs there first. `resources/labs/README.md`
 * tells authors; this schema is what holds.
 */
import type { z } from 'zod';
import { readYaml, type Problem } from '../lesson/index.ts';
import { formatIpv4, formatIpv4Prefix, ipv4InPrefix, ipv4Mask, parseIpv4, parseIpv4Prefix, type Ipv4Prefix } from '../wire/index.ts';
import { labSchema } from './lab-schema.ts';

export type LabFile = z.infer<typeof labSchema> & { readonly id: string };
export type KubernetesFile = NonNullable<LabFile['kubernetes']>;
/** The machines that are nodes of the cluster, in the order in which they joined. */
export const clusterNodes = (file: Pick<LabFile, 'nodes'>, kubernetes: KubernetesFile): readonly string[] => kubernetes.nodes ?? Object.keys(file.nodes);

/** A lab file as data. `id` is its file's name without `.yaml`. */
export function parseLabFile(id: string, source: string): { readonly value: LabFile | undefined; readonly problems: readonly Problem[] } {
  const file = readYaml(source, labSchema);
  if (!file.value) return { value: undefined, problems: file.problems };
  const problems: Problem[] = [];
  const report = (path: readonly (string | number)[], message: string): void => void problems.push({ ...file.at(path), message });
  checkNetworks(file.value, report);
  if (file.value.kubernetes) checkKubernetes(file.value, file.value.kubernetes, report);
  return problems.length > 0 ? { value: undefined, problems } : { value: { ...file.value, id }, problems: [] };
}

type Report = (path: readonly (string | number)[], message: string) => void;
type File = z.infer<typeof labSchema>;

function checkNetworks(file: File, report: Report): void {
  for (const [key, net] of Object.entries(file.networks)) {
    const subnet = parseIpv4Prefix(net.subnet)!;
    const parts = net.kind === 'nat' ? { gateway: net.gateway, dns: net.dns } : net.gateway === undefined ? {} : { gateway: net.gateway };
    for (const [part, text] of Object.entries(parts)) {
      if (!ipv4InPrefix(parseIpv4(text)!, subnet.address, subnet.length)) report(['networks', key, part], `${text} is not in ${net.subnet}`);
    }
  }
  const owners = new Map<string, string>();
  for (const [node, { interfaces }] of Object.entries(file.nodes)) {
    for (const [name, { network: key, address: given }] of Object.entries(interfaces)) {
      const path = ['nodes', node, 'interfaces', name];
      const net = file.networks[key];
      if (!net) {
        const known = Object.keys(file.networks);
        report(
          [...path, 'network'],
          `there is no network "${key}"${known.length > 0 ? `: ${known.map((one) => `"${one}"`).join(', ')} ${known.length === 1 ? 'is' : 'are'} defined` : ': define it under "networks"'}`,
        );
        continue;
      }
      const own = parseIpv4Prefix(given)!;
      const subnet = parseIpv4Prefix(net.subnet)!;
      if (!ipv4InPrefix(own.address, subnet.address, subnet.length) || own.length !== subnet.length)
        report([...path, 'address'], `${given} is not in ${net.subnet}, the subnet of network "${key}"`);
      else if (!isHostAddress(own.address, subnet)) {
        report(
          [...path, 'address'],
          `${formatIpv4(own.address)} is the ${own.address === subnet.address ? 'first' : 'last'} address of ${net.subnet}, which no machine can have`,
        );
      } else if (net.kind === 'nat' && (own.address === parseIpv4(net.gateway) || own.address === parseIpv4(net.dns)))
        report([...path, 'address'], `${formatIpv4(own.address)} is the hypervisor's own address in network "${key}"`);
      else if (net.kind === 'segment' && net.gateway !== undefined && own.address === parseIpv4(net.gateway))
        report([...path, 'address'], `${formatIpv4(own.address)} is the address of the router on network "${key}"`);
      const owner = owners.get(`${key} ${formatIpv4(own.address)}`);
      if (net.kind === 'segment' && owner !== undefined)
        report([...path, 'address'], `${formatIpv4(own.address)} is taken by ${owner}: two machines on one network need two addresses`);
      owners.set(`${key} ${formatIpv4(own.address)}`, `${node}'s ${name}`);
    }
  }
}

/** Neither the network's own address nor its broadcast address. */
function isHostAddress(address: number, subnet: Ipv4Prefix): boolean {
  return subnet.length > 30 || (address !== subnet.address && address !== (subnet.address | ~ipv4Mask(subnet.length)));
}

function checkKubernetes(file: File, kubernetes: KubernetesFile, report: Report): void {
  const machines = Object.keys(file.nodes);
  const quoted = (names: readonly string[]): string => names.map((one) => `"${one}"`).join(', ');
  for (const [index, name] of (kubernetes.nodes ?? []).entries()) {
    if (!machines.includes(name)) report(['kubernetes', 'nodes', index], `there is no node "${name}": ${quoted(machines)} are defined`);
    else if (kubernetes.nodes!.indexOf(name) < index) report(['kubernetes', 'nodes', index], `"${name}" stands here a second time`);
  }
  const nodes = clusterNodes(file, kubernetes).filter((name) => machines.includes(name));
  if (!nodes.includes(kubernetes.controlPlane))
    report(['kubernetes', 'controlPlane'], `there is no node "${kubernetes.controlPlane}": one of ${quoted(nodes)} is needed`);
  for (const node of nodes) {
    if (!file.nodes[node]!.interfaces[kubernetes.interface])
      report(['nodes', node], `node "${node}" has no interface "${kubernetes.interface}", over which kubernetes.interface says that nodes reach each other`);
  }
  if (kubernetes.bare && kubernetes.network.plugin !== 'own')
    report(['kubernetes', 'network', 'plugin'], '"bare: true" is a cluster without a network: "plugin: own" is needed');
  if (kubernetes.bare && kubernetes.pods.length > 0)
    report(['kubernetes', 'pods'], '"bare: true" is a cluster that nobody has made yet: no pods can run there');
  const cluster = parseIpv4Prefix(kubernetes.podCIDR)!;
  checkPodNetwork(kubernetes, cluster, nodes, report);
  const others: readonly (readonly [string, Ipv4Prefix])[] = [
    ...Object.entries(file.networks).map(([key, net]) => [`network "${key}"`, parseIpv4Prefix(net.subnet)!] as const),
    ['kubernetes.serviceCIDR', parseIpv4Prefix(kubernetes.serviceCIDR)!],
  ];
  for (const [name, other] of others) {
    const length = Math.min(other.length, cluster.length);
    if (ipv4InPrefix(other.address, cluster.address, length))
      report(['kubernetes', 'podCIDR'], `${kubernetes.podCIDR} overlaps ${formatIpv4Prefix(other)}, ${name}: pods need addresses of their own`);
  }
  const names = new Set<string>();
  for (const [index, pod] of kubernetes.pods.entries()) {
    const at = ['kubernetes', 'pods', index];
    if (!nodes.includes(pod.node)) report([...at, 'node'], `there is no node "${pod.node}": one of ${quoted(nodes)} is needed`);
    else if (pod.node === kubernetes.controlPlane && !kubernetes.podsOnControlPlane)
      report([...at, 'node'], `"${pod.node}" is the control plane, which takes no pods: "podsOnControlPlane: true" lets it`);
    if (names.has(`${pod.namespace}/${pod.name}`)) report([...at, 'name'], `there is another pod "${pod.name}" in namespace "${pod.namespace}"`);
    names.add(`${pod.namespace}/${pod.name}`);
  }
}

/** Calico cuts the pods' network into blocks of 64 addresses, everything else into one of 256 for each node. */
function checkPodNetwork(kubernetes: KubernetesFile, cluster: Ipv4Prefix, nodes: readonly string[], report: Report): void {
  const { podCIDR, network } = kubernetes;
  const size = network.plugin === 'calico' ? 26 : 24;
  const room = cluster.length > size ? 0 : 2 ** (size - cluster.length);
  if (room < nodes.length)
    report(['kubernetes', 'podCIDR'], `${podCIDR} has room for ${room} nodes of a /${size} each, and there are ${nodes.length}: a shorter prefix is needed`);
  if (network.plugin !== 'calico') return;
  const owners = new Map<string, string>();
  for (const [node, { block, tunnel }] of Object.entries(network.blocks)) {
    const at = ['kubernetes', 'network', 'blocks', node];
    const own = parseIpv4Prefix(block)!;
    if (!nodes.includes(node)) report(at, `there is no node "${node}"`);
    if (own.length !== 26 || !ipv4InPrefix(own.address, cluster.address, cluster.length)) report([...at, 'block'], `${block} is no /26 of ${podCIDR}`);
    else if (owners.has(block)) report([...at, 'block'], `${block} is the block of ${owners.get(block)}`);
    if (tunnel !== undefined && !ipv4InPrefix(parseIpv4(tunnel)!, own.address, own.length)) report([...at, 'tunnel'], `${tunnel} is not in ${block}`);
    owners.set(block, node);
  }
}
