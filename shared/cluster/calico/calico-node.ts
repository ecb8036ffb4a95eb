/**
 * calico-node: the tunnel and the node's addresses first; then Felix, which keeps chains, IP sets and settings as endpoints and policies want them, and
 * BIRD, which keeps the routes to other nodes' blocks. Both look again now and then and put back what is gone.
 */
import { formatTime, type Namespace, type Node, type Pod } from '../../commands/index.ts';
import { writeSysctl, type Netns } from '../../kernel/index.ts';
import { netnsOf } from '../../machine/index.ts';
import { anyOf, WaitQueue, type Process, type Program, type Sys } from '../../shell/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import type { NetworkPolicy } from '../network-policy.ts';
import { NAMESPACES, NETWORKPOLICIES, NODES, PODS } from '../resources.ts';
import { runProgram } from '../run-program.ts';
import type { ObjectStore } from '../store.ts';
import { ipsetText, restoreText, wantedOf, type Wanted } from './dataplane.ts';
import type { CalicoStore } from './datastore.ts';
import { ensureTunnel, forgetNeighbour, mtuFor, syncRoutes, uplinkOf, type Neighbour } from './routes.ts';

/** IptablesRefreshInterval; BIRD's `scan time` for the kernel's table. */
const REFRESH_US = 90_000_000;
const SCAN_US = 2_000_000;

export interface CalicoOptions {
  readonly store: ObjectStore;
  readonly datastore: CalicoStore;
  readonly nodeName: (p: Process) => string;
}

export const calicoNodeProgram = (options: CalicoOptions): Program =>
  function* (p): Sys<number> {
    for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
    const { store, datastore } = options;
    const { encapsulation } = datastore.options;
    const name = options.nodeName(p);
    const netns = netnsOf(p);
    const address = internalIp(store.get(NODES, undefined, name) as Node | undefined);
    const uplink = address === undefined ? undefined : uplinkOf(netns, address);
    if (address === undefined || !uplink) {
      yield* log(p, 'WARNING', 'startup/startup.go 448: Unable to auto-detect an IPv4 address: no valid IPv4 addresses found on the host interfaces');
      return 1;
    }
    yield* log(p, 'INFO', `startup/startup.go 444: Using autodetected IPv4 address on interface ${uplink.name}: ${address}`);
    writeSysctl(netns, 'ipv4/ip_forward', '1');
    const tunnel = encapsulation === 'none' ? undefined : datastore.assignTunnel(name);
    if (tunnel !== undefined) ensureTunnel(netns, encapsulation, uplink, parseIpv4(address)!, parseIpv4(tunnel)!, name);
    p.fs.mkdirs('/var/lib/calico', 0o755);
    p.fs.writeFile('/var/lib/calico/nodename', name);
    p.fs.writeFile('/var/lib/calico/mtu', `${mtuFor(encapsulation, uplink)}`);
    register(options, name, `${address}/${uplink.ipv4!.addresses[0]!.prefixLength}`, tunnel);
    const child = p.fork((one) => bird(one, options, name), {
      prepare: (one) => {
        one.comm = encapsulation === 'vxlan' ? 'felix-routes' : 'bird';
        one.argv =
          encapsulation === 'vxlan'
            ? ['calico-node', '-felix']
            : ['bird', '-R', '-s', '/var/run/calico/bird.ctl', '-d', '-c', '/etc/calico/confd/config/bird.cfg'];
      },
    });
    if (!child.ok) return 1;
    yield* felix(p, options, name);
    return 0;
  };

const internalIp = (node: Node | undefined): string | undefined => node?.status.addresses.find(({ type }) => type === 'InternalIP')?.address;

function* log(p: Process, level: string, text: string): Sys {
  const now = formatTime(p.unixUs);
  yield* p.print(`${now.slice(0, 10)} ${now.slice(11, 19)}.${String(Math.floor(p.unixUs / 1000) % 1000).padStart(3, '0')} [${level}][${p.pid}] ${text}\n`);
}

/** What others and kubectl read of it. */
function register({ store, datastore }: CalicoOptions, name: string, address: string, tunnel: string | undefined): void {
  const node = store.get(NODES, undefined, name) as Node | undefined;
  if (!node) return;
  const kind = datastore.options.encapsulation === 'ipip' ? 'IPv4IPIPTunnelAddr' : 'IPv4VXLANTunnelAddr';
  const annotations = {
    ...node.metadata.annotations,
    'projectcalico.org/IPv4Address': address,
    ...(tunnel === undefined ? {} : { [`projectcalico.org/${kind}`]: tunnel }),
  };
  store.put(NODES, { ...node, metadata: { ...node.metadata, annotations } });
}

// --- Felix ---

interface Written {
  readonly sets: Map<string, string>;
  readonly texts: Map<string, string>;
  readonly chains: Map<string, readonly string[]>;
}

function* felix(p: Process, options: CalicoOptions, name: string): Sys {
  const { store, datastore } = options;
  const changed = new WaitQueue();
  const stops = [
    store.listen((resource) => {
      if (resource === PODS || resource === NAMESPACES || resource === NETWORKPOLICIES || resource === NODES) changed.wakeAll();
    }),
    datastore.onChange(() => changed.wakeAll()),
  ];
  const written: Written = { sets: new Map(), texts: new Map(), chains: new Map() };
  yield* log(p, 'INFO', 'felix/daemon.go 387: Successfully loaded configuration.');
  try {
    for (let refreshUs = p.nowUs + REFRESH_US; ;) {
      const wanted = wantedOf({
        encapsulation: datastore.options.encapsulation,
        pool: datastore.options.cidr,
        endpoints: datastore.endpointsOf(name),
        pods: store.list(PODS) as readonly Pod[],
        namespaces: store.list(NAMESPACES) as readonly Namespace[],
        policies: store.list(NETWORKPOLICIES) as readonly NetworkPolicy[],
        nodes: store.list(NODES) as readonly Node[],
        node: name,
      });
      if (p.nowUs >= refreshUs) {
        written.texts.clear();
        refreshUs = p.nowUs + REFRESH_US;
      }
      yield* apply(p, wanted, written);
      configureInterfaces(
        netnsOf(p),
        datastore.endpointsOf(name).map((one) => one.interface),
      );
      yield* p.block(anyOf([changed, p.timer(Math.max(1, refreshUs - p.nowUs))]));
    }
  } finally {
    for (const stop of stops) stop();
  }
}

function* apply(p: Process, wanted: Wanted, written: Written): Sys {
  const sets = ipsetText(wanted.sets, written.sets);
  if (sets !== '') {
    const { status, errors } = yield* runProgram(p, ['ipset', 'restore', '-exist'], sets);
    if (status !== 0) yield* log(p, 'ERROR', `felix/ipsets.go 599: Failed to update IP sets: ${errors.trim()}`);
    for (const set of wanted.sets) written.sets.set(set.name, set.members.join());
  }
  for (const table of ['filter', 'nat'] as const) {
    const chains = wanted.tables[table];
    const names = chains.map((chain) => chain.name);
    const stale = (written.chains.get(table) ?? []).filter((chain) => !names.includes(chain));
    const key = JSON.stringify(chains);
    if (written.texts.get(table) === key) continue;
    const { status: present } = yield* runProgram(p, [
      'iptables',
      '-t',
      table,
      '-C',
      'OUTPUT',
      '-m',
      'comment',
      '--comment',
      'cali:tVnHkvAo15HuiPy0',
      '-j',
      'cali-OUTPUT',
    ]);
    const { status, errors } = yield* runProgram(p, ['iptables-restore', '--noflush', '--wait'], restoreText(table, chains, stale, present !== 0));
    if (status !== 0) yield* log(p, 'WARNING', `felix/table.go 1387: Failed to execute ip(6)tables-restore command: ${errors.trim()}`);
    written.texts.set(table, key);
    written.chains.set(table, names);
  }
  // only now does nothing speak of them any more
  const gone = [...written.sets.keys()].filter((name) => !wanted.sets.some((set) => set.name === name));
  for (const name of gone) {
    written.sets.delete(name);
    yield* runProgram(p, ['ipset', 'destroy', name]);
  }
}

/** What the plugin set, again, and strict filtering of sources: no pod speaks in another's name. */
function configureInterfaces(netns: Netns, names: readonly string[]): void {
  for (const name of names) {
    if (!netns.device(name)) continue;
    for (const [setting, value] of [
      ['rp_filter', '1'],
      ['route_localnet', '1'],
      ['proxy_arp', '1'],
      ['forwarding', '1'],
    ] as const)
      writeSysctl(netns, `ipv4/conf/${name}/${setting}`, value);
    writeSysctl(netns, `ipv4/neigh/${name}/proxy_delay`, '0');
  }
}

// --- BIRD ---

function* bird(p: Process, options: CalicoOptions, name: string): Sys<number> {
  for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
  const { store, datastore } = options;
  const { encapsulation } = datastore.options;
  const netns = netnsOf(p);
  const changed = new WaitQueue();
  const stop = datastore.onChange(() => changed.wakeAll());
  const stopNodes = store.listen((resource) => {
    if (resource === NODES) changed.wakeAll();
  });
  let known: readonly Neighbour[] = [];
  try {
    for (;;) {
      const nodes = store.list(NODES) as readonly Node[];
      const uplink = uplinkOf(netns, internalIp(nodes.find((one) => one.metadata.name === name)) ?? '');
      const others = nodes.flatMap((node) => neighbourOf(node, name, datastore));
      for (const one of known) if (!others.some(({ node }) => node === one.node)) forgetNeighbour(netns, one);
      known = others;
      if (uplink) {
        syncRoutes(
          netns,
          encapsulation,
          uplink,
          datastore.blocksOf(name).map((block) => block.cidr),
          others,
        );
      }
      yield* p.block(anyOf([changed, p.timer(SCAN_US)]));
    }
  } finally {
    stop();
    stopNodes();
  }
}
function neighbourOf(node: Node, own: string, datastore: CalicoStore): readonly Neighbour[] {
  const { name } = node.metadata;
  const address = parseIpv4(internalIp(node) ?? '');
  if (name === own || address === undefined) return [];
  const tunnel = datastore.tunnels.get(name);
  return [{ node: name, address, tunnel: tunnel === undefined ? undefined : parseIpv4(tunnel), blocks: datastore.blocksOf(name).map((block) => block.cidr) }];
}
