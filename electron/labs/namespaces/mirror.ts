/**
 * The lab's cluster beside its real machines: the same lab in the simulated kernel is its control plane. What its kubelets, flanneld and kube-proxy did to
 * their simulated node is done to the real one: pods, routes to other nodes' pods, packet filter rules. `kubectl` asks the same control plane.
 *
 * Deviation: programs in pods are the node's own, not an image's; a learner sees bash where an image may have none.
 */
import { JournaledLab, type ExecOptions, type LabFile, type Snapshot } from '../../../shared/lab/index.ts';
import type { Program, RunningKubernetes } from '../provider.ts';
import { SimulatedLab } from '../simulated.ts';
import { runIp } from './hub.ts';
import type { NamespaceNode } from './node.ts';
import type { WantedPod } from './pods.ts';
import type { Command } from './wiring.ts';

type Netns = Snapshot['nodes'][number]['namespaces'][number];

/** What the cluster's programs write on a node before any pod is there. */
const NODE_FILES = ['/run/flannel/subnet.env', '/etc/cni/net.d/10-flannel.conflist', '/etc/kubernetes/admin.conf', '/root/.kube/config'];
const CLUSTER_CHAIN = /^(?:KUBE|FLANNEL)-/;
const SETTLE_MS = 50;

export class ClusterMirror {
  private readonly lab: JournaledLab;
  private readonly running: SimulatedLab;
  private readonly routes = new Map<string, ReadonlySet<string>>();
  private readonly rules = new Map<string, string>();
  private readonly ends = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    file: LabFile,
    version: string,
    private readonly report: (message: string) => void,
  ) {
    this.lab = new JournaledLab({ kind: 'file', file }, { seed: 1, epochMs: Date.now() });
    this.running = new SimulatedLab(this.lab, file.title.en, { version, onBug: (error) => report(String(error)) });
  }
  get kubernetes(): RunningKubernetes | undefined {
    return this.running.kubernetes;
  }
  /** Calls back some time after each change. */
  follow(changed: () => void): void {
    this.running.onChange(() => {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.running.topology(); // so that the next change is told
        changed();
      }, SETTLE_MS);
    });
    this.running.topology();
  }
  statusOf(node: string): string {
    return this.lab.endpoints().find((endpoint) => endpoint.id === node)?.status ?? 'Unknown';
  }
  files(node: string): readonly (readonly [path: string, mode: string, text: string])[] {
    return NODE_FILES.flatMap((path) => {
      const text = this.lab.readFile(node, path);
      return text.ok ? [[path, '644', text.value] as const] : [];
    });
  }
  exec(options: ExecOptions): Promise<Program> {
    return this.running.exec(options);
  }

  wantedPods(): readonly WantedPod[] {
    const { nodes } = this.lab.snapshot();
    const resolv = this.lab.readFile(this.lab.nodes[0]!, '/etc/resolv.conf');
    return this.lab.endpoints().flatMap((endpoint): readonly WantedPod[] => {
      const netns = nodes.find((node) => node.name === endpoint.node)?.namespaces.find((one) => `${endpoint.node}/ns:${one.inode}` === endpoint.box);
      if (endpoint.kind !== 'pod' || !netns || netns.name === '') return [];
      const [, ...path] = endpoint.id.split('/');
      const namespace = path.length > 1 ? path[0]! : 'default';
      const listening = netns.sockets.filter((socket) => socket.protocol === 'tcp' && socket.state === 'LISTEN' && !socket.local.startsWith('127.'));
      return [
        {
          node: endpoint.node,
          namespace,
          name: endpoint.label,
          netns: netns.name,
          address: endpoint.address,
          status: endpoint.status,
          resolvConf: `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\n${resolv.ok ? resolv.value : ''}`,
          ports: listening.map((socket) => socket.localPort).filter((port) => port !== 53),
          server: (listening[0]?.owner ?? endpoint.label).split(' ')[0]!,
        },
      ];
    });
  }

  /** Routes and rules of the cluster's programs, as far as they changed. */
  async syncNode(node: NamespaceNode): Promise<void> {
    const netns = this.lab
      .snapshot()
      .nodes.find((one) => one.name === node.name)
      ?.namespaces.find((one) => one.id === 0);
    if (!netns) return;
    const [routes, before] = [routesOf(netns), this.routes.get(node.name) ?? new Set<string>()];
    this.routes.set(node.name, routes);
    const commands: Command[] = [
      ...[...before].filter((route) => !routes.has(route)).map((route) => ['route', 'del', ...route.split(' ')]),
      ...[...routes].filter((route) => !before.has(route)).map((route) => ['route', 'replace', ...route.split(' ')]),
    ];
    const isFirst = !this.rules.has(node.name);
    const rules = rulesOf(netns, isFirst);
    if (isFirst) await this.run(node, tunnelCommands(netns));
    const ends = tunnelEnds(netns);
    const known = JSON.stringify(ends);
    const hasNewEnds = known !== (this.ends.get(node.name) ?? JSON.stringify({ neighbours: [], fdb: [] }));
    this.ends.set(node.name, known);
    const isNew = rules !== this.rules.get(node.name);
    this.rules.set(node.name, rules);
    await Promise.all([
      this.run(node, [...(hasNewEnds ? ends.neighbours : []), ...commands]),
      ...(hasNewEnds ? ends.fdb.map((words) => node.agent.run(['bridge', ...words])) : []),
      isNew && rules !== '' ? this.restore(node, rules) : undefined,
    ]);
  }
  stop(): Promise<void> {
    clearTimeout(this.timer);
    return this.running.stop();
  }

  private async run(node: NamespaceNode, commands: readonly Command[]): Promise<void> {
    if (commands.length > 0)
      await runIp(node.agent, commands).catch((error: unknown) => this.report(`${node.name}: ${error instanceof Error ? error.message : String(error)}`));
  }
  private async restore(node: NamespaceNode, rules: string): Promise<void> {
    const restored = await node.agent.run(['iptables-restore', '-w', '5', '--noflush'], rules).catch(() => undefined);
    if (restored && restored.status !== 0)
      this.report(`${node.name}: services are not there, as this machine's kernel or iptables takes no such rules: ${restored.stderr.trim()}`);
  }
}

/** Tunnels that the cluster's programs made, with what they know of the other ends. */
function tunnelCommands(netns: Netns): readonly Command[] {
  return netns.links.flatMap(({ name, kind, mac, mtu, vxlan, tunnel, addresses, flags }): Command[] => {
    const made = vxlan
      ? [
          'vxlan',
          'id',
          String(vxlan.vni),
          ...pair('local', vxlan.local),
          ...pair('dev', vxlan.device),
          'dstport',
          String(vxlan.port),
          ...(vxlan.learning ? [] : ['nolearning']),
        ]
      : tunnel && kind === 'ipip' && flags.includes('UP')
        ? ['ipip', ...pair('local', tunnel.local), ...pair('remote', tunnel.remote)]
        : undefined;
    if (!made) return [];
    return [
      ['link', 'add', name, ...(vxlan ? ['address', mac] : []), 'mtu', String(mtu), 'type', ...made],
      ...addresses.filter(({ family }) => family === 'inet').map(({ local, prefixLength }) => ['addr', 'add', `${local}/${prefixLength}`, 'dev', name]),
      ['link', 'set', name, 'up'],
    ];
  });
}
const pair = (key: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [key, value]);

/** Where their other ends are: for neighbours, and for the bridge program. */
function tunnelEnds(netns: Netns): { readonly neighbours: readonly Command[]; readonly fdb: readonly Command[] } {
  const tunnels = new Set(netns.links.filter((link) => link.vxlan).map((link) => link.name));
  return {
    neighbours: netns.neighbours
      .filter((one) => tunnels.has(one.device) && one.state === 'PERMANENT' && one.mac !== undefined)
      .map((one) => ['neigh', 'replace', one.address, 'lladdr', one.mac!, 'dev', one.device, 'nud', 'permanent']),
    fdb: netns.fdb
      .filter((entry) => tunnels.has(entry.device) && entry.dst !== undefined)
      .map((entry) => ['fdb', 'replace', entry.mac, 'dev', entry.device, 'dst', entry.dst!, 'self', 'permanent']),
  };
}

/** What flanneld set: routes by another node. */
const routesOf = (netns: Netns): ReadonlySet<string> =>
  new Set(
    netns.routes
      .filter(
        (route) => route.family === 'inet' && route.table === 'main' && route.via !== undefined && route.destination !== 'default' && route.protocol !== 'dhcp',
      )
      .map((route) => [route.destination, 'via', route.via!, ...pair('dev', route.device), ...route.flags.filter((flag) => flag === 'onlink')].join(' ')),
  );

/** For `iptables-restore --noflush`: the chains of kube-proxy and flanneld anew; at first also the rules that lead there. */
function rulesOf(netns: Netns, isFirst: boolean): string {
  return netns.iptables
    .filter((table) => table.family === 'inet')
    .map(({ table, chains }) => {
      const own = chains.filter((chain) => CLUSTER_CHAIN.test(chain.name));
      const jumps = isFirst ? chains.filter((chain) => chain.policy !== null).flatMap((chain) => chain.rules.filter((rule) => leadsToCluster(rule.text))) : [];
      if (own.length === 0 && jumps.length === 0) return '';
      const lines = [
        ...own.map((chain) => `:${chain.name} - [0:0]`),
        ...jumps.map((rule) => rule.text),
        ...own.flatMap((chain) => chain.rules.map((rule) => rule.text)),
      ];
      return `*${table}\n${lines.join('\n')}\nCOMMIT\n`;
    })
    .join('');
}
const leadsToCluster = (rule: string): boolean => CLUSTER_CHAIN.test(/ -[jg] (\S+)/.exec(rule)?.[1] ?? '');

/** `kubectl exec` of the mirror would run in a simulated pod. */
export const isKubectlExec = (argv: readonly string[]): boolean => argv.slice(1).find((word) => !word.startsWith('-')) === 'exec';
