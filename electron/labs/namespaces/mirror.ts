/**
 * The lab's cluster beside its real machines: the same lab in the simulated kernel is its control plane. What its kubelets, flanneld and kube-proxy did to
 * their simulated node is its plan (plan.ts), which is done to the real ones. `kubectl` asks the same control plane.
 *
 * Deviation: programs in pods are the node's own, not an image's; a learner sees bash where an image may have none.
 */
import { JournaledLab, type ExecOptions, type LabFile, type Snapshot } from '../../../shared/lab/index.ts';
import type { Program, RunningKubernetes } from '../provider.ts';
import { SimulatedLab } from '../simulated.ts';
import { decisionsOf, type ClusterPlan, type NodePlan } from './plan.ts';
import type { WantedPod } from './pods.ts';

/** What the cluster's programs write on a node before any pod is there. */
const NODE_FILES = ['/run/flannel/subnet.env', '/etc/cni/net.d/10-flannel.conflist', '/etc/kubernetes/admin.conf', '/root/.kube/config'];
const SETTLE_MS = 50;

export class ClusterMirror {
  private readonly lab: JournaledLab;
  private readonly running: SimulatedLab;
  private timer: NodeJS.Timeout | undefined;

  constructor(file: LabFile, version: string, report: (message: string) => void) {
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
  exec(options: ExecOptions): Promise<Program> {
    return this.running.exec(options);
  }
  /** What its programs have decided by now. */
  plan(): ClusterPlan {
    const { nodes, kubernetes } = this.lab.snapshot();
    return {
      kubernetes,
      nodes: this.lab.nodes.flatMap((name) => {
        const netns = nodes.find((node) => node.name === name)?.namespaces.find((one) => one.id === 0);
        return netns ? [{ name, status: this.statusOf(name), files: this.files(name), ...decisionsOf(netns) }] : [];
      }),
      pods: this.wantedPods(nodes),
    };
  }

  private statusOf(node: string): string {
    return this.lab.endpoints().find((endpoint) => endpoint.id === node)?.status ?? 'Unknown';
  }
  private files(node: string): NodePlan['files'] {
    return NODE_FILES.flatMap((path) => {
      const text = this.lab.readFile(node, path);
      return text.ok ? [[path, '644', text.value] as const] : [];
    });
  }
  private wantedPods(nodes: Snapshot['nodes']): readonly WantedPod[] {
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
  stop(): Promise<void> {
    clearTimeout(this.timer);
    return this.running.stop();
  }
}
