/**
 * flanneld (flannel 0.26) with Kubernetes as its store of leases: a lease is the node's podCIDR with annotations. It writes its own into
 * /run/flannel/subnet.env, tells the others how to reach it, and keeps a way to each of them. Routes are checked every ten seconds and put back;
 * those of vxlan are not.
 */
import { err, ok, type Result } from '../../base/index.ts';
import { formatTime, type Node } from '../../commands/index.ts';
import { getRoute } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import { anyOf, type Process, type Program, type Sys } from '../../shell/index.ts';
import { formatIpv4, formatMac, parseIpv4, parseIpv4Prefix } from '../../wire/index.ts';
import { NODES } from '../resources.ts';
import type { ObjectStore } from '../store.ts';
import { BACKENDS, vtepMac, type Backend, type Lease } from './backend.ts';
import { ANNOTATION, Leases } from './leases.ts';
import { setupRules } from './rules.ts';

/** routeCheckRetries. */
const CHECK_US = 10_000_000;

/** --net-config-path. */
const NET_CONFIG = '/etc/kube-flannel/net-conf.json';

export interface FlannelOptions {
  readonly store: ObjectStore;
  readonly nodeName: (p: Process) => string;
}
interface Settings {
  readonly network: string;
  readonly backend: keyof typeof BACKENDS;
}
function readSettings(p: Process): Result<Settings, string> {
  const text = p.fs.readFile(NET_CONFIG);
  if (!text.ok) return err(`failed to read net conf: open ${NET_CONFIG}: no such file or directory`);
  let config: { readonly Network?: unknown; readonly Backend?: { readonly Type?: unknown } };
  try {
    config = JSON.parse(text.value) as typeof config;
  } catch {
    return err(`failed to parse net conf: error parsing subnet config: invalid JSON in ${NET_CONFIG}`);
  }
  const { Network: network, Backend: { Type: backend = 'udp' } = {} } = config;
  if (typeof network !== 'string' || parseIpv4Prefix(network) === undefined) return err('error parsing subnet config: Network is missing or no IPv4 prefix');
  if (typeof backend !== 'string' || !(backend in BACKENDS)) return err(`not modelled: the backend ${String(backend)} of flannel`);
  return ok({ network, backend: backend as Settings['backend'] });
}
/** The interface of the default route. */
function defaultInterface(p: Process): string {
  const route = getRoute(netnsOf(p), { destination: parseIpv4('1.1.1.1')! });
  return route.ok ? route.value.device.name : 'eth0';
}

export const flanneldProgram = (options: FlannelOptions): Program =>
  function* (p): Sys<number> {
    for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
    const iface = p.argv.find((arg) => arg.startsWith('--iface='))?.slice('--iface='.length) ?? defaultInterface(p);
    const { store } = options;
    const nodeName = options.nodeName(p);
    const subnet = (store.get(NODES, undefined, nodeName) as Node | undefined)?.spec.podCIDR;
    yield* log(
      p,
      'main.go:211',
      `CLI flags config: {etcdEndpoints:http://127.0.0.1:4001,http://127.0.0.1:2379 ifaceRegex:[] iface:[${iface}] ipMasq:true kubeSubnetMgr:true}`,
    );
    if (subnet === undefined) {
      yield* log(p, 'main.go:359', `Error registering network: failed to acquire lease: node "${nodeName}" pod cidr not assigned`, 'E');
      return 1;
    }
    const read = readSettings(p);
    if (!read.ok) {
      yield* log(p, 'main.go:231', `Failed to create SubnetManager: ${read.error}`, 'E');
      return 1;
    }
    const settings = read.value;
    const { network } = settings;
    const netns = netnsOf(p);
    const device = netns.device(iface);
    const own = device?.ipv4?.addresses[0];
    if (!device || !own) {
      yield* log(p, 'main.go:279', `Failed to find interface to use that matches the interfaces and/or regexes provided`, 'E');
      return 1;
    }
    yield* log(p, 'match.go:259', `Using interface with name ${iface} and address ${formatIpv4(own.local)}`);
    if (settings.backend === 'vxlan') yield* log(p, 'vxlan.go:141', 'VXLAN config: VNI=1 Port=0 GBP=false Learning=false DirectRouting=false');
    if (settings.backend === 'ipip') yield* log(p, 'ipip.go:68', 'IPIP config: DirectRouting=false');
    const randomMac = (): number => 0x020000000000 + (p.os.rng.uint32() % 0x10000) * 2 ** 24 + (p.os.rng.uint32() % 0x1000000);
    const backend = BACKENDS[settings.backend]({ netns, device, address: own.local, subnet: parseIpv4Prefix(subnet)!, randomMac });
    if (!backend.ok) {
      yield* log(p, 'main.go:359', `Error registering network: ${backend.error.errno}`, 'E');
      return 1;
    }
    registerLease(store, nodeName, settings.backend, backend.value.data, formatIpv4(own.local), p.unixUs);
    if ((yield* setupRules(p, network, subnet)) !== 0) yield* log(p, 'iptables.go:509', 'Failed to setup IPTables', 'E');
    writeLease(p, network, subnet, backend.value.mtu);
    yield* log(p, 'main.go:435', 'Wrote subnet file to /run/flannel/subnet.env');
    yield* log(p, 'main.go:439', 'Running backend.');
    yield* log(p, settings.backend === 'vxlan' ? 'vxlan_network.go:65' : 'route_network.go:56', 'Watching for new subnet leases');
    const leases = Leases.of(store, settings.backend);
    const ways = new Ways(backend.value, settings.backend, leases, nodeName);
    for (;;) {
      yield* ways.sync(p);
      yield* p.block(anyOf([leases.changed, p.timer(CHECK_US)]));
    }
  };

function* log(p: Process, where: string, text: string, level = 'I'): Sys {
  const now = formatTime(p.unixUs);
  const micros = String(Math.floor(p.unixUs) % 1_000_000).padStart(6, '0');
  yield* p.error(`${level}${now.slice(5, 7)}${now.slice(8, 10)} ${now.slice(11, 19)}.${micros} ${String(p.pid).padStart(7)} ${where}] ${text}\n`);
}

/** The annotations by which others find this node's pods. */
function registerLease(store: ObjectStore, name: string, backend: string, data: object | null, publicIp: string, now: number): void {
  const node = store.get(NODES, undefined, name) as Node | undefined;
  if (!node) return;
  const annotations = {
    ...node.metadata.annotations,
    [`${ANNOTATION}/backend-data`]: JSON.stringify(data),
    [`${ANNOTATION}/backend-type`]: backend,
    [`${ANNOTATION}/kube-subnet-manager`]: 'true',
    [`${ANNOTATION}/public-ip`]: publicIp,
  };
  const conditions = withNetwork(node, formatTime(now));
  if (conditions !== node.status.conditions || JSON.stringify(annotations) !== JSON.stringify(node.metadata.annotations))
    store.put(NODES, { ...node, metadata: { ...node.metadata, annotations }, status: { ...node.status, conditions } });
}

/** The condition NetworkUnavailable, which only those set who bring a network. */
function withNetwork({ status: { conditions } }: Node, now: string): Node['status']['conditions'] {
  if (conditions.some(({ type }) => type === 'NetworkUnavailable')) return conditions;
  const fine = { type: 'NetworkUnavailable', status: 'False', lastHeartbeatTime: now, lastTransitionTime: now, ...AVAILABLE } as const;
  return [fine, ...conditions];
}
export const AVAILABLE = { reason: 'FlannelIsUp', message: 'Flannel is running on this node' };

function writeLease(p: Process, network: string, subnet: string, mtu: number): void {
  const prefix = parseIpv4Prefix(subnet)!;
  p.fs.mkdirs('/run/flannel', 0o755);
  p.fs.writeFile(
    '/run/flannel/subnet.env',
    `FLANNEL_NETWORK=${network}\nFLANNEL_SUBNET=${formatIpv4(prefix.address + 1)}/${prefix.length}\nFLANNEL_MTU=${mtu}\nFLANNEL_IPMASQ=true\n`,
  );
}

/** A way to every other node's lease; each that is new or was lost is told. */
class Ways {
  /** By subnet. */
  private readonly known = new Map<string, Lease>();
  /** How far the news have been read; undefined before it was told what there is. */
  private read: number | undefined = undefined;
  private losses = 0;
  constructor(
    private readonly backend: Backend,
    private readonly kind: string,
    private readonly leases: Leases,
    private readonly own: string,
  ) {}
  /** What is new since it was last asked, and what was lost. */
  *sync(p: Process): Sys {
    const { backend, kind, known, leases } = this;
    const present = this.read === undefined ? leases.present() : [];
    this.read ??= leases.news.length;
    for (let i = 0; i < present.length || this.read < leases.news.length; i++) {
      const { node, subnet, lease } = present[i] ?? leases.news[this.read++]!;
      if (node === this.own) continue;
      const before = known.get(subnet);
      if (before) backend.remove(before);
      known.delete(subnet);
      if (lease) known.set(subnet, lease);
      // left by an earlier run
      if (lease && (kind === 'vxlan' || !backend.isKept(lease))) yield* report(p, kind, subnet, lease, false, backend.add(lease));
      if (before && !lease) yield* log(p, 'route_network.go:112', `Subnet removed: ${subnet}`);
    }
    const { losses } = backend;
    if (losses === this.losses) return;
    for (const [subnet, lease] of known) if (!backend.isKept(lease)) yield* report(p, kind, subnet, lease, true, backend.add(lease));
    this.losses = losses;
  }
}

function* report(p: Process, backend: string, subnet: string, lease: Lease, isRecovered: boolean, added: ReturnType<Backend['add']>): Sys {
  const via = formatIpv4(lease.publicIp);
  if (!added.ok) {
    const why = added.error.errno === 'ENETUNREACH' ? 'network is unreachable' : added.error.errno;
    yield* log(p, 'route_network.go:250', `Error adding route to ${subnet} via ${via}: ${why}`, 'E');
  } else if (isRecovered) yield* log(p, 'route_network.go:254', `Route recovered ${subnet} : ${via}`);
  else if (backend === 'vxlan')
    yield* log(p, 'vxlan_network.go:192', `Received Subnet Event with VxLan: BackendType: vxlan, PublicIP: ${via}, VtepMAC: ${formatMac(vtepMac(lease) ?? 0)}`);
  else yield* log(p, 'route_network.go:93', `Subnet added: ${subnet} via ${via}`);
}
