/**
 * flanneld with the host-gw backend (flannel 0.26): writes the node's lease to /run/flannel/subnet.env, keeps a route to each other node's pods
 * by that node's address, sets up masquerading. It checks its routes every ten seconds and puts back what is gone.
 */
import { formatTime, type Node } from '../commands/index.ts';
import { addRoute, tablesInOrder, routesInOrder, RouteTable, type Netns } from '../kernel/index.ts';
import { netnsOf } from '../machine/index.ts';
import { anyOf, WaitQueue, type Process, type Program, type Sys } from '../shell/index.ts';
import { formatIpv4, parseIpv4, parseIpv4Prefix } from '../wire/index.ts';
import { NODES } from './resources.ts';
import { runProgram } from './run-program.ts';
import type { ObjectStore } from './store.ts';

/** routeCheckRetries, and the period of the rules' check (--iptables-resync 5 s). */
const CHECK_US = 10_000_000;

export interface FlannelOptions {
  readonly store: ObjectStore;
  readonly network: string;
  readonly nodeName: (p: Process) => string;
}

export const flanneldProgram = (options: FlannelOptions): Program =>
  function* (p): Sys<number> {
    for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
    const iface = p.argv.find((arg) => arg.startsWith('--iface='))?.slice('--iface='.length) ?? 'eth0';
    const nodeName = options.nodeName(p);
    const node = options.store.get(NODES, undefined, nodeName) as Node | undefined;
    const subnet = node?.spec.podCIDR;
    yield* log(
      p,
      'main.go:211',
      `CLI flags config: {etcdEndpoints:http://127.0.0.1:4001,http://127.0.0.1:2379 ifaceRegex:[] iface:[${iface}] ipMasq:true kubeSubnetMgr:true}`,
    );
    if (subnet === undefined) {
      yield* log(p, 'main.go:359', `Error registering network: failed to acquire lease: node "${nodeName}" pod cidr not assigned`, 'E');
      return 1;
    }
    const device = netnsOf(p).device(iface);
    const own = device?.ipv4?.addresses[0];
    if (!device || !own) {
      yield* log(p, 'main.go:279', `Failed to find interface to use that matches the interfaces and/or regexes provided`, 'E');
      return 1;
    }
    yield* log(p, 'match.go:259', `Using interface with name ${iface} and address ${formatIpv4(own.local)}`);
    yield* setupRules(p, options.network, subnet);
    writeLease(p, options.network, subnet, device.mtu);
    yield* log(p, 'main.go:435', 'Wrote subnet file to /run/flannel/subnet.env');
    yield* log(p, 'main.go:439', 'Running backend.');
    yield* log(p, 'route_network.go:56', 'Watching for new subnet leases');
    const changed = new WaitQueue();
    const stop = options.store.listen((resource) => {
      if (resource === NODES) changed.wakeAll();
    });
    const known = new Map<string, string>();
    try {
      for (;;) {
        yield* syncRoutes(p, options.store, nodeName, known);
        yield* p.block(anyOf([changed, p.timer(CHECK_US)]));
      }
    } finally {
      stop();
    }
  };

function* log(p: Process, where: string, text: string, level = 'I'): Sys {
  const now = formatTime(p.unixUs);
  const micros = String(Math.floor(p.unixUs) % 1_000_000).padStart(6, '0');
  yield* p.error(`${level}${now.slice(5, 7)}${now.slice(8, 10)} ${now.slice(11, 19)}.${micros} ${String(p.pid).padStart(7)} ${where}] ${text}\n`);
}

function writeLease(p: Process, network: string, subnet: string, mtu: number): void {
  const prefix = parseIpv4Prefix(subnet)!;
  p.fs.mkdirs('/run/flannel', 0o755);
  p.fs.writeFile(
    '/run/flannel/subnet.env',
    `FLANNEL_NETWORK=${network}\nFLANNEL_SUBNET=${formatIpv4(prefix.address + 1)}/${prefix.length}\nFLANNEL_MTU=${mtu}\nFLANNEL_IPMASQ=true\n`,
  );
}

const isThere = (netns: Netns, address: number, length: number): boolean =>
  tablesInOrder(netns).some(
    (table) => table.id === RouteTable.MAIN && routesInOrder(table).some((route) => route.prefix === address && route.length === length),
  );

/** A route for every other node's lease; each that is new or was lost is told. */
function* syncRoutes(p: Process, store: ObjectStore, own: string, known: Map<string, string>): Sys {
  const netns = netnsOf(p);
  for (const node of store.list(NODES) as readonly Node[]) {
    const { podCIDR } = node.spec;
    const publicIp = node.metadata.annotations?.['flannel.alpha.coreos.com/public-ip'];
    if (node.metadata.name === own || podCIDR === undefined || publicIp === undefined) continue;
    const prefix = parseIpv4Prefix(podCIDR);
    const gateway = parseIpv4(publicIp);
    if (!prefix || gateway === undefined || isThere(netns, prefix.address, prefix.length)) {
      if (!known.has(podCIDR)) known.set(podCIDR, publicIp);
      continue;
    }
    const added = addRoute(netns, { destination: prefix.address, length: prefix.length, gateway, protocol: 3, create: true, exclusive: true });
    if (!added.ok) {
      yield* log(
        p,
        'route_network.go:250',
        `Error adding route to ${podCIDR} via ${publicIp}: ${added.error.errno === 'ENETUNREACH' ? 'network is unreachable' : added.error.errno}`,
        'E',
      );
    } else if (known.has(podCIDR)) yield* log(p, 'route_network.go:254', `Route recovered ${podCIDR} : ${publicIp}`);
    else yield* log(p, 'route_network.go:93', `Subnet added: ${podCIDR} via ${publicIp}`);
    known.set(podCIDR, publicIp);
  }
}

/** FLANNEL-POSTRTG and FLANNEL-FWD (pkg/trafficmngr/iptables), written by iptables-restore as flannel does. */
function* setupRules(p: Process, network: string, subnet: string): Sys {
  const note = (text: string): string => `-m comment --comment "flanneld ${text}"`;
  const masq = note('masq');
  const nat = [
    `-A POSTROUTING ${masq} -j FLANNEL-POSTRTG`,
    `-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${subnet} -d ${network} ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${network} -d ${subnet} ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG ! -s ${network} -d ${subnet} ${masq} -j RETURN`,
    `-A FLANNEL-POSTRTG -s ${network} ! -d 224.0.0.0/4 ${masq} -j MASQUERADE --random-fully`,
    `-A FLANNEL-POSTRTG ! -s ${network} -d ${network} ${masq} -j MASQUERADE --random-fully`,
  ];
  const forward = note('forward');
  const filter = [
    `-A FORWARD ${forward} -j FLANNEL-FWD`,
    `-A FLANNEL-FWD -s ${network} ${forward} -j ACCEPT`,
    `-A FLANNEL-FWD -d ${network} ${forward} -j ACCEPT`,
  ];
  const text = `*nat\n:FLANNEL-POSTRTG - [0:0]\n${nat.join('\n')}\nCOMMIT\n*filter\n:FLANNEL-FWD - [0:0]\n${filter.join('\n')}\nCOMMIT\n`;
  // started anew: what an earlier run appended to POSTROUTING and FORWARD is there already
  const { status: present } = yield* runProgram(p, [
    'iptables',
    '-t',
    'nat',
    '-C',
    'POSTROUTING',
    '-m',
    'comment',
    '--comment',
    'flanneld masq',
    '-j',
    'FLANNEL-POSTRTG',
  ]);
  if (present === 0) return;
  const { status } = yield* runProgram(p, ['iptables-restore', '--wait', '--noflush'], text);
  if (status !== 0) yield* log(p, 'iptables.go:509', `Failed to setup IPTables. iptables-restore exited with status ${status}`, 'E');
}
