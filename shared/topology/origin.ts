/**
 * Why something is there: which plugin, daemon, program or part of the kernel made it, told from the marks that it left (names of devices and chains,
 * the protocol of a route, comments). Data; the words for it are the window's. What carries no mark is `unknown`: made by hand, or by a program that
 * leaves none.
 */
import type { FdbEntry, KubernetesSnapshot, LinkFact, NeighbourEntry, NetnsSnapshot, NodeSnapshot, RouteEntry } from '../snapshot/index.ts';

export type Origin =
  | 'card' // a network card of the machine
  | 'kernel' // the kernel, with an address
  | 'module' // a kernel module, when it was loaded
  | 'dhcp'
  | 'static' // the machine's network configuration
  | 'cni-bridge' // the plugin's bridge, for the node's first pod
  | 'cni-veth' // the node's end of a pod's veth pair
  | 'cni-pod' // a pod's own interface
  | 'cni-route' // a pod's routes
  | 'cni-masquerade' // the bridge or ptp plugin with ipMasq
  | 'cni-portmap'
  | 'cni-firewall'
  | 'calico-cni' // the end of a pod's veth pair, and the route to the pod
  | 'bird'
  | 'felix'
  | 'flanneld'
  | 'kube-proxy'
  | 'kubelet'
  | 'docker'
  | 'arp'
  | 'learned' // by a bridge, from a frame
  | 'own' // an address of the device itself
  | 'unknown';

/** What is seen around a fact. */
export interface Around {
  readonly netns: NetnsSnapshot;
  readonly kind: 'root' | 'pod' | 'container' | 'netns';
  readonly kubernetes?: KubernetesSnapshot;
}

/** Names that programs give. */
const BRIDGES = /^(cni\d+|cbr\d+|mynet\d+)$/;
const DOCKER = /^(docker\d+|docker_gwbridge|br-[0-9a-f]{12})$/;
const FALLBACK = /^(tunl0|gre0|gretap0|erspan0|sit0|ip6tnl0|ip_vti0|ip6gre0)$/;

/** No other network for containers can be seen on it. */
export function hasOnlyDocker({ namespaces }: NodeSnapshot): boolean {
  const names = namespaces.find(({ id }) => id === 0)?.links.map(({ name }) => name) ?? [];
  return names.some((name) => DOCKER.test(name)) && !names.some((name) => BRIDGES.test(name) || /^(?:cali|flannel\.)/.test(name));
}

export function linkOrigin(link: LinkFact, { netns, kind }: Around): Origin | undefined {
  if (link.flags.includes('LOOPBACK')) return undefined;
  if (link.card) return 'card';
  if (link.name.startsWith('flannel.')) return 'flanneld';
  if (link.name === 'vxlan.calico' || link.name === 'wireguard.cali') return 'felix';
  if (link.name.startsWith('cali')) return 'calico-cni';
  if (DOCKER.test(link.name)) return 'docker';
  if (BRIDGES.test(link.name) && link.kind === 'bridge') return 'cni-bridge';
  if (FALLBACK.test(link.name)) return 'module';
  if (kind === 'pod') return 'cni-pod';
  if (kind === 'container') return 'docker';
  if (link.kind === 'veth' && kind === 'root') {
    const master = netns.links.find(({ ifindex }) => ifindex === link.master)?.name;
    if (master !== undefined && BRIDGES.test(master)) return 'cni-veth';
    if (master !== undefined && DOCKER.test(master)) return 'docker';
    return 'unknown';
  }
  return link.kind === '' && kind === 'root' ? 'card' : 'unknown';
}

export function routeOrigin(route: RouteEntry, { netns, kind, kubernetes }: Around): Origin {
  if (route.protocol === 'kernel') return 'kernel';
  if (route.protocol === 'dhcp') return 'dhcp';
  if (route.protocol === 'static') return 'static';
  if (route.protocol === 'bird') return 'bird';
  if (route.device?.startsWith('cali') === true) return 'calico-cni';
  if (kind === 'pod') return 'cni-route';
  if (kind === 'container') return 'docker';
  if (route.device?.startsWith('flannel.') === true) return 'flanneld';
  const isOfPods = kubernetes?.nodes.some(({ podCIDRs }) => podCIDRs.includes(route.destination)) === true;
  return isOfPods && hasFlannel(netns) ? 'flanneld' : 'unknown';
}
/** It marks its rules on every node, whatever carries its packets. */
const hasFlannel = ({ iptables }: NetnsSnapshot): boolean => iptables.some(({ chains }) => chains.some(({ name }) => name.startsWith('FLANNEL-')));

/** A container that asks for its own published port. */
const HAIRPIN = /^-A POSTROUTING -s (\S+)\/32 -d \1\/32 -p \w+ .*--dport \d+ -j MASQUERADE$/;
/** Of a rule of iptables, by its text. */
export function ruleOrigin(text: string): Origin {
  if (/"kubenet: /.test(text)) return 'kubelet';
  if (/\bKUBE-(?:FIREWALL|KUBELET|MARK-DROP)\b/.test(text)) return 'kubelet';
  if (/\bKUBE-|"kubernetes /.test(text)) return 'kube-proxy';
  if (/\bFLANNEL-|flanneld /.test(text)) return 'flanneld';
  if (/\bcali[-:]/.test(text)) return 'felix';
  if (/\bCNI-(?:HOSTPORT|DN|SN)/.test(text)) return 'cni-portmap';
  if (/\bCNI-(?:FORWARD|ADMIN)|CNI firewall plugin/.test(text)) return 'cni-firewall';
  if (/\bCNI-[0-9a-f]{16,}/.test(text)) return 'cni-masquerade';
  if (HAIRPIN.test(text)) return 'docker';
  if (/\bDOCKER\b|\bDOCKER-|docker0|\bbr-[0-9a-f]{12}\b/.test(text)) return 'docker';
  return 'unknown';
}

export function neighbourOrigin({ device, state }: NeighbourEntry): Origin {
  if (state !== 'PERMANENT') return 'arp';
  if (device.startsWith('flannel.')) return 'flanneld';
  return device === 'vxlan.calico' ? 'felix' : 'unknown';
}

export function fdbOrigin({ device, state, dst, flags }: FdbEntry): Origin {
  if (dst !== undefined && device.startsWith('flannel.')) return 'flanneld';
  if (dst !== undefined && device === 'vxlan.calico') return 'felix';
  if (state === '') return flags.includes('extern_learn') ? 'unknown' : 'learned';
  return state === 'permanent' && dst === undefined ? 'own' : 'unknown';
}
