/** The shape of a lab file; `lab-file.ts` holds what no shape can say. `resources/labs/README.md` tells authors. */
import { z } from 'zod';
import { ipv4Mask, parseIpv4, parseIpv4Prefix, parseMac } from '../wire/index.ts';

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
const mac = z
  .string()
  .refine((text) => parseMac(text) !== undefined && (parseMac(text)! / 2 ** 40) % 2 < 1, 'the MAC of one card is needed, such as 08:00:27:1a:2b:3c');
const interfaceName = z.string().regex(/^[^\s/:]{1,15}$/, 'the name of an interface has 1 to 15 characters, none of them a space, "/" or ":"');
const path = z.string().regex(/^\/.*[^/]$/, 'the whole path of a file is needed, such as /etc/motd');
const text = z.object({ en: z.string().min(1), zh: z.string().min(1) }).strict();
const file = z.union(
  [z.string(), z.object({ text: z.string(), mode: z.enum(['644', '755', '600']) }).strict()],
  'the text of a file is needed, or { mode: 755, text: … }',
);

const networks = z.discriminatedUnion('kind', [
  /** `gateway`: a router stands on it that leads out of the lab, and knows names. */
  z.object({ kind: z.literal('segment'), title: z.string().min(1), subnet: network, gateway: address.optional() }).strict(),
  /** Each machine has such a network of its own, as VirtualBox gives it; `gateway` and `dns` are the hypervisor's. */
  z.object({ kind: z.literal('nat'), subnet: network, gateway: address, dns: address }).strict(),
]);

const node = z
  .object({
    interfaces: z.record(interfaceName, z.object({ network: label, address: prefix, mac: mac.optional() }).strict()).default({}),
    /** What is on its disk, by path. */
    files: z.record(path, file).default({}),
    /** Docker runs on it; its bridge may have a MAC that is given. */
    docker: z.union([z.boolean(), z.object({ mac }).strict()], 'true, false or { mac: … } is needed').default(false),
    /** Commands that root's bash runs when the machine starts. */
    setup: z.string().optional(),
  })
  .strict();

const podNetwork = z.discriminatedUnion('plugin', [
  /** `bridge`: what the pods' bridge is called. */
  z.object({ plugin: z.literal('flannel'), backend: z.enum(['host-gw', 'vxlan', 'ipip']), bridge: interfaceName.default('cni0') }).strict(),
  z
    .object({
      plugin: z.literal('calico'),
      encapsulation: z.enum(['ipip', 'vxlan', 'none']),
      /** The block of addresses that a node has first, and the address of its tunnel, where they matter. */
      blocks: z.record(label, z.object({ block: network, tunnel: address.optional() }).strict()).default({}),
    })
    .strict(),
  /** Whatever is in /etc/cni/net.d and /opt/cni/bin by the nodes' `files` and `setup`. */
  z.object({ plugin: z.literal('own') }).strict(),
]);

const kubernetes = z
  .object({
    version: z
      .string()
      .regex(/^v\d+\.\d+\.\d+$/, 'a version such as v1.32.4 is needed')
      .default('v1.32.4'),
    controlPlane: label,
    /** Nothing of the cluster is there: the learner makes it with kubeadm, and says what the rest of this says. */
    bare: z.boolean().default(false),
    /** Which machines are its nodes, in the order in which they joined; without it, all. */
    nodes: z.array(label).optional(),
    /** Pods may run on the control plane too. */
    podsOnControlPlane: z.boolean().default(false),
    /** The interface whose address is the node's, and over which nodes reach each other. */
    interface: interfaceName,
    podCIDR: network,
    serviceCIDR: network.default('10.96.0.0/12'),
    network: podNetwork,
    /** Pods that run when the lab is ready. */
    pods: z
      .array(
        z
          .object({
            name: label,
            image: z.string().min(1),
            node: label,
            namespace: label.default('default'),
            labels: z.record(z.string(), z.string()).optional(),
            command: z.array(z.string()).optional(),
            args: z.array(z.string()).optional(),
          })
          .strict(),
      )
      .default([]),
  })
  .strict();

export const labSchema = z
  .object({
    /** The version of this format. */
    lab: z.literal(1),
    title: text,
    summary: text,
    /** What joins machines. */
    networks: z.record(label, networks).default({}),
    /** What is on every machine's disk, by path. */
    files: z.record(path, file).default({}),
    nodes: z.record(label, node).refine((nodes) => Object.keys(nodes).length > 0, 'a lab needs at least one node'),
    kubernetes: kubernetes.optional(),
  })
  .strict();
