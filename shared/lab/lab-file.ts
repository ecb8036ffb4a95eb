/**
 * The file that describes a lab: machines, their networks, the cluster on them and what runs there first. `resources/labs/README.md`
 * tells authors; this schema is what holds.
 */
import { z } from 'zod';
import { readYaml, type Problem } from '../lesson/index.ts';
import { formatIpv4, formatIpv4Prefix, ipv4InPrefix, ipv4Mask, parseIpv4, parseIpv4Prefix, type Ipv4Prefix } from '../wire/index.ts';

const label = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a name is made of lower case letters, digits and "-", at most 63 of them, and begins and ends with a letter or digit',
  );
const prefix = z
  .string()
  .refine((text) => text.includes('/') && parseIpv4Prefix(text) !== undefined, 'an address with its prefix length is needed, such as 192.168.56.11/24');
const network = z
  .string()
  .refine((text) => text.includes('/') && parseIpv4Prefix(text) !== undefined, 'a network is needed, such as 10.244.0.0/16')
  .refine((text) => {
    const parsed = parseIpv4Prefix(text);
    return !parsed || (parsed.address & ipv4Mask(parsed.length)) === parsed.address;
  }, 'this has host bits set: write the first address of the network, such as 10.244.0.0/16');
const address = z.string().refine((text) => parseIpv4(text) !== undefined, 'an IPv4 address is needed, such as 10.0.2.2');
const interfaceName = z.string().regex(/^[^\s/:]{1,15}$/, 'the name of an interface has 1 to 15 characters, none of them a space, "/" or ":"');
const text = z.object({ en: z.string().min(1), zh: z.string().min(1) }).strict();

const labSchema = z
  .object({
    /** The version of this format. */
    lab: z.literal(1),
    title: text,
    summary: text,
    /** What joins machines. */
    networks: z
      .record(
        label,
        z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('segment'), title: z.string().min(1), subnet: network }).strict(),
          /** Each machine has such a network of its own, as VirtualBox gives it; `gateway` and `dns` are the hypervisor's. */
          z.object({ kind: z.literal('nat'), subnet: network, gateway: address, dns: address }).strict(),
        ]),
      )
      .default({}),
    nodes: z
      .record(
        label,
        z
          .object({
            interfaces: z.record(interfaceName, z.object({ network: label, address: prefix }).strict()).default({}),
            /** Commands that root's bash runs when the machine starts. */
            setup: z.string().optional(),
          })
          .strict(),
      )
      .refine((nodes) => Object.keys(nodes).length > 0, 'a lab needs at least one node'),
    kubernetes: z
      .object({
        version: z
          .string()
          .regex(/^v\d+\.\d+\.\d+$/, 'a version such as v1.32.4 is needed')
          .default('v1.32.4'),
        controlPlane: label,
        /** The interface whose address is the node's, and over which nodes reach each other. */
        interface: interfaceName,
        podCIDR: network,
        serviceCIDR: network.default('10.96.0.0/12'),
        network: z.object({ plugin: z.literal('flannel'), backend: z.enum(['host-gw']) }).strict(),
        /** Pods that run when the lab is ready. */
        pods: z
          .array(
            z
              .object({
                name: label,
                image: z.string().min(1),
                node: label,
                namespace: label.default('default'),
                command: z.array(z.string()).optional(),
                args: z.array(z.string()).optional(),
              })
              .strict(),
          )
          .default([]),
      })
      .strict()
      .optional(),
  })
  .strict();

export type LabFile = z.infer<typeof labSchema> & { readonly id: string };
export type KubernetesFile = NonNullable<LabFile['kubernetes']>;

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
    if (net.kind !== 'nat') continue;
    const subnet = parseIpv4Prefix(net.subnet)!;
    for (const part of ['gateway', 'dns'] as const) {
      if (!ipv4InPrefix(parseIpv4(net[part])!, subnet.address, subnet.length)) report(['networks', key, part], `${net[part]} is not in ${net.subnet}`);
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
  const nodes = Object.keys(file.nodes);
  if (!nodes.includes(kubernetes.controlPlane))
    report(['kubernetes', 'controlPlane'], `there is no node "${kubernetes.controlPlane}": one of ${nodes.map((one) => `"${one}"`).join(', ')} is needed`);
  for (const node of nodes) {
    if (!file.nodes[node]!.interfaces[kubernetes.interface])
      report(['nodes', node], `node "${node}" has no interface "${kubernetes.interface}", over which kubernetes.interface says that nodes reach each other`);
  }
  const cluster = parseIpv4Prefix(kubernetes.podCIDR)!;
  const room = cluster.length > 24 ? 0 : 2 ** (24 - cluster.length);
  if (room < nodes.length)
    report(
      ['kubernetes', 'podCIDR'],
      `${kubernetes.podCIDR} has room for ${room} nodes of a /24 each, and there are ${nodes.length}: a shorter prefix is needed`,
    );
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
    if (!nodes.includes(pod.node))
      report(['kubernetes', 'pods', index, 'node'], `there is no node "${pod.node}": one of ${nodes.map((one) => `"${one}"`).join(', ')} is needed`);
    if (names.has(`${pod.namespace}/${pod.name}`))
      report(['kubernetes', 'pods', index, 'name'], `there is another pod "${pod.name}" in namespace "${pod.namespace}"`);
    names.add(`${pod.namespace}/${pod.name}`);
  }
}
