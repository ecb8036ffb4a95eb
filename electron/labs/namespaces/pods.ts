/**
 * The pods of a namespaces lab: what the lab's cluster says there should be, made by the node's CNI plugins as a kubelet and its runtime make it, and
 * taken down again. A pod is a network namespace with processes of its own and the node's programs; images are not pulled.
 */
import { createHash } from 'node:crypto';
import { addNetwork, deleteNetwork, loadNetwork, type NetworkList, type RuntimeConfig } from '../../../shared/lab/index.ts';
import { onRealNode, PLUGIN_PATH } from './cni-driver.ts';
import type { RealPod } from './in-pods.ts';
import type { NamespaceNode, PodPlace } from './node.ts';

/** What the cluster wants. */
export interface WantedPod {
  readonly node: string;
  readonly namespace: string;
  readonly name: string;
  /** As `ip netns` will list it. */
  readonly netns: string;
  readonly address: string | undefined;
  readonly status: string;
  readonly resolvConf: string;
  /** TCP ports that its image would serve, and by what: HTTP is answered there. */
  readonly ports: readonly number[];
  readonly server: string;
}

interface Made extends PodPlace {
  readonly netns: string;
  readonly node: NamespaceNode;
  readonly config: RuntimeConfig;
  readonly list: NetworkList | undefined;
}

const CNI_DIRECTORY = '/etc/cni/net.d';
/** Plugins run at once on a node: those that are known to lock what they share. */
const AT_ONCE = 4;
const LOCKING: ReadonlySet<string> = new Set(['bridge', 'flannel', 'ptp', 'portmap', 'firewall', 'tuning', 'bandwidth', 'macvlan', 'ipvlan', 'vlan']);
/** A sandbox whose network failed is made again, as a kubelet does. */
const ATTEMPTS = 3;

export class Pods {
  private readonly made = new Map<string, Made>();
  private wanted = new Map<string, WantedPod>();
  private syncing: Promise<void> | undefined;
  private isDirty = false;

  constructor(
    private readonly nodes: ReadonlyMap<string, NamespaceNode>,
    private readonly report: (message: string) => void,
    private readonly changed: () => void,
  ) {}

  of(node: string): readonly PodPlace[] {
    return [...this.made.values()]
      .filter((pod) => pod.node.name === node)
      .map((pod) => ({ ...pod, status: pod.status === '' ? (this.wanted.get(pod.netns)?.status ?? 'Terminating') : pod.status }));
  }
  find(namespace: string, name: string): RealPod | undefined {
    const found = [...this.made.values()].find((pod) => pod.namespace === namespace && pod.name === name);
    return found && { node: found.node, place: found };
  }
  /** Makes it so; when this resolves, what was wanted by then is there. */
  async sync(wanted: readonly WantedPod[]): Promise<void> {
    this.wanted = new Map(wanted.map((pod) => [pod.netns, pod]));
    this.isDirty = true;
    await (this.syncing ??= this.settle().finally(() => (this.syncing = undefined)));
  }

  private async settle(): Promise<void> {
    while (this.isDirty) {
      this.isDirty = false;
      await Promise.all([...this.nodes.values()].map((node) => this.settleNode(node)));
    }
  }
  private async settleNode(node: NamespaceNode): Promise<void> {
    const gone = [...this.made.values()].filter((pod) => pod.node === node && !this.wanted.has(pod.netns));
    for (const pod of gone) await this.remove(pod);
    const fresh = [...this.wanted.values()].filter((pod) => pod.node === node.name && !this.made.has(pod.netns));
    if (fresh.length === 0) return;
    const list = await onRealNode(node.agent, loadNetwork(CNI_DIRECTORY));
    if (!list.ok) this.report(`${node.name}: ${list.error}`);
    const queue = [...fresh];
    const work = async (): Promise<void> => {
      for (let pod = queue.shift(); pod; pod = queue.shift()) await this.add(node, pod, list.ok ? list.value : undefined);
    };
    const atOnce = list.ok && list.value.plugins.every(({ type }) => LOCKING.has(type)) ? AT_ONCE : 1;
    await Promise.all(Array.from({ length: atOnce }, work));
    this.changed();
  }

  private async add(node: NamespaceNode, pod: WantedPod, list: NetworkList | undefined): Promise<void> {
    const folder = `/run/podwalk/pods/${pod.netns}`;
    const hosts = `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${pod.address ?? ''}\t${pod.name}\n`;
    const files = node.agent.do(
      'files',
      ...[`${folder}/hosts`, '644', hosts],
      ...[`${folder}/hostname`, '644', `${pod.name}\n`],
      ...[`${folder}/resolv.conf`, '644', pod.resolvConf],
    );
    const ports = pod.ports.join(',');
    try {
      const [, pid] = await Promise.all([files, node.agent.do('pod', pod.netns, pod.name, ports, pod.server)]);
      const config: RuntimeConfig = {
        containerId: createHash('sha256').update(pod.netns).digest('hex'),
        netns: `/var/run/netns/${pod.netns}`,
        ifName: 'eth0',
        args: [
          ['IgnoreUnknown', '1'],
          ['K8S_POD_NAMESPACE', pod.namespace],
          ['K8S_POD_NAME', pod.name],
          ...(pod.address === undefined ? [] : [['IP', pod.address] as [string, string]]),
        ],
        capabilities: {},
      };
      let added = list && (await onRealNode(node.agent, addNetwork(list, PLUGIN_PATH, config)));
      for (let attempt = 1; list && added?.ok === false && attempt < ATTEMPTS; attempt++) {
        await onRealNode(node.agent, deleteNetwork(list, PLUGIN_PATH, config));
        added = await onRealNode(node.agent, addNetwork(list, PLUGIN_PATH, config));
      }
      const failure = list === undefined ? 'NetworkNotReady' : added?.ok === false ? `NetworkFailed: ${added.error.msg}` : '';
      if (failure !== '') this.report(`${pod.name} on ${node.name}: ${failure}`);
      const inode = Number((await node.agent.do('inode', `/run/netns/${pod.netns}`)).trim());
      const address = added?.ok === true ? added.value.ips[0]?.address.split('/')[0] : undefined;
      this.made.set(pod.netns, {
        netns: pod.netns,
        node,
        list,
        config,
        namespace: pod.namespace,
        name: pod.name,
        inode,
        pid: Number(pid),
        status: failure,
        ...(address !== undefined && { address }),
      });
    } catch (error) {
      this.report(`${pod.name} on ${node.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  private async remove(pod: Made): Promise<void> {
    this.made.delete(pod.netns);
    const { agent } = pod.node;
    try {
      const gone = pod.list && (await onRealNode(agent, deleteNetwork(pod.list, PLUGIN_PATH, pod.config)));
      if (gone?.ok === false) this.report(`${pod.name} on ${pod.node.name}: ${gone.error.msg}`);
      await agent.do('kill', String(pod.pid));
      await agent.do('gone', pod.netns);
    } catch (error) {
      this.report(`${pod.name} on ${pod.node.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.changed();
  }
}
