/**
 * What a lab's cluster wants of its real machines, as data: pods, files, routes to other nodes' pods, tunnels, packet filter rules. It is done to the
 * nodes as far as it is new. As the cluster decides by the lab file alone, its first plan is kept: the next time, the machines need not wait for it.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabFile, Snapshot } from '../../../shared/lab/index.ts';
import { runIp } from './hub.ts';
import type { NamespaceNode } from './node.ts';
import type { WantedPod } from './pods.ts';
import type { Command } from './wiring.ts';

type Netns = Snapshot['nodes'][number]['namespaces'][number];

export interface ClusterPlan {
  /** What Kubernetes says of itself; namespaces are those of the model. */
  readonly kubernetes: Snapshot['kubernetes'];
  readonly nodes: readonly NodePlan[];
  readonly pods: readonly WantedPod[];
}
export interface NodePlan extends Decisions {
  readonly name: string;
  readonly status: string;
  readonly files: readonly (readonly [path: string, mode: string, text: string])[];
}
/** What the cluster's programs did in the node's own network. */
interface Decisions {
  /** What flanneld set, as words of `ip route`. */
  readonly routes: readonly string[];
  readonly tunnels: readonly Command[];
  /** Where their other ends are: for neighbours, and for the bridge program. */
  readonly ends: { readonly neighbours: readonly Command[]; readonly fdb: readonly Command[] };
  /** For `iptables-restore --noflush`: the chains of kube-proxy and flanneld; at first also the rules that lead there. */
  readonly rules: string;
  readonly firstRules: string;
}

export const decisionsOf = (netns: Netns): Decisions => ({
  routes: routesOf(netns),
  tunnels: tunnelCommands(netns),
  ends: tunnelEnds(netns),
  rules: rulesOf(netns, false),
  firstRules: rulesOf(netns, true),
});

/** What Kubernetes says, of the namespaces that are there. */
export function kubernetesSeen({ kubernetes, pods }: ClusterPlan, nodes: Snapshot['nodes']): Pick<Snapshot, 'kubernetes'> {
  if (!kubernetes) return {};
  const placed = kubernetes.pods.map(({ netnsId, ...pod }) => {
    const made = pods.find((one) => one.node === pod.node && one.namespace === pod.namespace && one.name === pod.name)?.netns;
    const netns = nodes.find(({ name }) => name === pod.node)?.namespaces.find((one) => one.name === made);
    return { ...pod, ...(netnsId === 0 ? { netnsId } : netns && { netnsId: netns.id }) };
  });
  return { kubernetes: { ...kubernetes, pods: placed } };
}

/** Plans done to nodes, one after another: each changes what is new in it. */
export class PlanDoer {
  private readonly done = new Map<string, NodePlan>();

  constructor(private readonly report: (message: string) => void) {}

  async do(node: NamespaceNode, plan: NodePlan): Promise<void> {
    const before = this.done.get(node.name);
    this.done.set(node.name, plan);
    node.status = plan.status;
    const known = new Set(before?.routes);
    const wanted = new Set(plan.routes);
    const isNew = (what: (one: NodePlan) => unknown): boolean => JSON.stringify(before && what(before)) !== JSON.stringify(what(plan));
    if (!before) await this.run(node, plan.tunnels);
    const hasNewEnds = before ? isNew((one) => one.ends) : plan.ends.fdb.length + plan.ends.neighbours.length > 0;
    const rules = before ? plan.rules : plan.firstRules;
    await Promise.all([
      this.run(node, [
        ...(hasNewEnds ? plan.ends.neighbours : []),
        ...[...known].filter((route) => !wanted.has(route)).map((route) => ['route', 'del', ...route.split(' ')]),
        ...[...wanted].filter((route) => !known.has(route)).map((route) => ['route', 'replace', ...route.split(' ')]),
      ]),
      ...(hasNewEnds ? plan.ends.fdb.map((words) => node.agent.run(['bridge', ...words])) : []),
      isNew((one) => one.rules) && rules !== '' ? this.restore(node, rules) : undefined,
    ]);
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

/** First plans that were kept, by lab file and by this very program. */
export class KeptPlans {
  constructor(
    private readonly folder: string,
    private readonly version: string,
  ) {}

  async find(file: LabFile): Promise<ClusterPlan | undefined> {
    try {
      return JSON.parse(await readFile(this.fileOf(file), 'utf8')) as ClusterPlan;
    } catch {
      return undefined; // none, or one that was damaged
    }
  }
  async keep(file: LabFile, plan: ClusterPlan): Promise<void> {
    const path = this.fileOf(file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(`${path}.${process.pid}`, JSON.stringify(plan), { mode: 0o600 });
    await rename(`${path}.${process.pid}`, path);
  }
  private fileOf(file: LabFile): string {
    const { size, mtimeMs } = statSync(import.meta.filename, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
    const key = createHash('sha256').update(JSON.stringify([this.version, size, mtimeMs, file]));
    return join(this.folder, 'plans', `${key.digest('hex').slice(0, 40)}.json`);
  }
}

const CLUSTER_CHAIN = /^(?:KUBE|FLANNEL)-/;

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

function tunnelEnds(netns: Netns): Decisions['ends'] {
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

/** Routes by another node. */
const routesOf = (netns: Netns): readonly string[] =>
  netns.routes
    .filter(
      (route) => route.family === 'inet' && route.table === 'main' && route.via !== undefined && route.destination !== 'default' && route.protocol !== 'dhcp',
    )
    .map((route) => [route.destination, 'via', route.via!, ...pair('dev', route.device), ...route.flags.filter((flag) => flag === 'onlink')].join(' '));

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
