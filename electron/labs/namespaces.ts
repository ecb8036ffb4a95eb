/**
 * The namespaces provider: the labs of lab files on this machine's own kernel, without root and without virtual machines. Linux only.
 *
 *     hub: user + net namespaces ── bridges of the lab's networks
 *      └── node: user, net, mount, uts, ipc and pid namespaces of its own, a veth for each card
 *           └── pod: net, mount, uts, ipc and pid namespaces, wired by the node's CNI plugins
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from '../../shared/ipc/index.ts';
import type { ExecOptions, LabFile } from '../../shared/lab/index.ts';
import type { Content } from '../content.ts';
import type { Places } from '../places.ts';
import { runFolder } from './core/sockets.ts';
import { LiveLab } from './live/lab.ts';
import { quoted } from './live/node.ts';
import { runIp, startHub, type Hub } from './namespaces/hub.ts';
import { clearLeftovers, removeState, writeState } from './namespaces/leftovers.ts';
import { ClusterMirror, isKubectlExec } from './namespaces/mirror.ts';
import { NamespaceNode } from './namespaces/node.ts';
import { Pods } from './namespaces/pods.ts';
import { missingPrograms, obstacles } from './namespaces/obstacles.ts';
import { cardsOf, gatewayCommands, gatewaysOf, hubCommands, nodeCommands, nodeFiles, wired } from './namespaces/wiring.ts';
import type { LabProvider, Program, RunningLab, StartOptions } from './provider.ts';

export interface NamespacesOptions {
  readonly places: Places;
  readonly content: Pick<Content, 'lab' | 'labs'>;
  /** What went wrong in a lab that is up. */
  readonly report: (message: string) => void;
}

export function namespacesProvider(options: NamespacesOptions): LabProvider {
  const state = (): string => runFolder(options.places.home);
  return {
    kind: 'namespaces',
    list: (locale) => options.content.labs(locale),
    problem: obstacles,
    start: async (name, start) => {
      const problem = missingPrograms();
      if (problem !== undefined) return refuse('not-possible', problem, { provider: 'namespaces' });
      for (const lab of await clearLeftovers(state())) options.report(`what was left of the lab ${lab} was cleared`);
      const file = await options.content.lab(name);
      return new Bringing(file, options, state()).up(start);
    },
  };
}

class Bringing {
  private hub: Hub | undefined;
  private mirror: ClusterMirror | undefined;

  constructor(
    private readonly file: LabFile,
    private readonly options: NamespacesOptions,
    private readonly state: string,
  ) {}

  async up({ signal }: StartOptions = {}): Promise<RunningLab> {
    try {
      return await this.make(signal);
    } catch (error) {
      await this.down();
      // whether the machine forbids it at all is looked at when it did not work
      const problem = this.hub ? undefined : await obstacles();
      if (problem !== undefined) return refuse('not-possible', problem, { provider: 'namespaces' });
      throw error;
    }
  }

  private async make(signal: AbortSignal | undefined): Promise<RunningLab> {
    const { file, options } = this;
    if (file.kubernetes?.bare)
      return refuse('not-possible', 'kubeadm is simulated: it cannot make a cluster of real machines here. The lab comes up with --provider simulated.', {
        provider: 'namespaces',
      });
    const { report } = options;
    const names = Object.keys(file.nodes);
    const { places } = options;
    const script = await readFile(join(places.resources, 'namespaces/lab.pl'), 'utf8');
    const coming = startHub(file.id, names, script, { node: process.execPath, app: places.root, 'home/run': this.state }, (why) =>
      report(`the lab ${file.id} has ended: ${why}`),
    );
    coming.catch(() => undefined); // it is waited for below
    // while the processes come up, its cluster is made
    this.mirror = file.kubernetes && new ClusterMirror(file, places.version, report);
    const hub = (this.hub = await coming);
    signal?.throwIfAborted();
    await writeState(this.state, file.id, [hub.pid, ...[...hub.nodes.values()].map((node) => node.pid)]);
    const cards = cardsOf(file);
    const gateways = gatewaysOf(file, cards);
    if (gateways.length > 0)
      await runIp(
        hub.agent,
        gateways.map((gateway) => ['netns', 'add', gateway.netns]),
      );
    await runIp(
      hub.agent,
      hubCommands(file, cards, (node) => hub.nodes.get(node)!.pid),
    );
    const nodes = new Map([...hub.nodes].map(([name, { pid, agent }]) => [name, new NamespaceNode(name, pid, agent)]));
    await Promise.all([
      ...gateways.map((gateway) =>
        runIp(hub.agent, gatewayCommands(gateway), gateway.netns).then(() => hub.agent.do('names', gateway.netns, gateway.addresses.at(-1)!.split('/')[0]!)),
      ),
      ...[...nodes.values()].map((node) => this.setup(node)),
    ]);
    signal?.throwIfAborted();
    let changed = (): void => undefined;
    const pods = new Pods(nodes, report, () => changed());
    const { mirror } = this;
    if (mirror) {
      const sync = async (): Promise<void> => {
        for (const node of nodes.values()) node.status = mirror.statusOf(node.name);
        await Promise.all([...[...nodes.values()].map((node) => mirror.syncNode(node)), pods.sync(mirror.wantedPods())]);
        changed();
      };
      await sync();
      mirror.follow(() => void sync().catch((error: unknown) => report(String(error))));
    }
    signal?.throwIfAborted();
    const lab = new LiveLab({
      id: file.id,
      title: file.title.en,
      provider: 'namespaces',
      nodes: [...nodes.values()],
      pods: (node) => pods.of(node.name),
      wired: (seen) => wired(file, cards, seen),
      onChange: (listener) => (changed = listener),
      ...(mirror && { cluster: (node: string, exec: ExecOptions) => this.onCluster(mirror, node, exec) }),
      kubernetes: mirror?.kubernetes,
      stop: () => this.down(),
    });
    return lab.open();
  }

  private async setup(node: NamespaceNode): Promise<void> {
    const { file, mirror } = this;
    const ready = await node.agent.ready;
    if (ready.status !== 0) throw new Error(`${node.name}: ${ready.stderr.trim()}`);
    const files = [...nodeFiles(file, node.name), ...(mirror?.files(node.name) ?? []), ...this.kubectl(node.name)];
    const { setup } = file.nodes[node.name]!;
    await Promise.all([
      node.agent.do('files', ...files.flat()),
      node.agent.do('sysctls', ...(mirror ? ['net/ipv4/ip_forward', '1', 'net/bridge/bridge-nf-call-iptables', '1'] : ['net/ipv4/ip_forward', '0'])),
      runIp(
        node.agent,
        nodeCommands(
          file,
          cardsOf(file).filter((card) => card.node === node.name),
        ),
      ),
    ]);
    if (setup === undefined) return;
    const done = await node.agent.run(['bash', '-c', setup]);
    if (done.status !== 0) this.options.report(`${node.name}: its setup ended with status ${done.status}: ${done.stderr.trim()}`);
  }
  /** On a node, kubectl is this program: it reaches the lab by its socket. */
  private kubectl(node: string): readonly (readonly [string, string, string])[] {
    if (!this.mirror) return [];
    const command = ['/run/podwalk/node', '/run/podwalk/app/out/cli/podwalk.js', 'exec', '--cluster', this.file.id, node, '--', 'kubectl'];
    return [
      ['/run/podwalk/bin/kubectl', '755', `#!/bin/sh\nPODWALK_HOME=/run/podwalk/home ELECTRON_RUN_AS_NODE=1 exec ${command.map(quoted).join(' ')} "$@"\n`],
    ];
  }
  private onCluster(mirror: ClusterMirror, node: string, options: ExecOptions): Promise<Program> {
    if (isKubectlExec(options.argv))
      return Promise.reject(new Error('kubectl exec runs on simulated pods only, yet: open a shell in the pod itself, podwalk shell LAB NODE/POD'));
    return mirror.exec({ ...options, target: node });
  }
  private async down(): Promise<void> {
    await this.mirror?.stop();
    await this.hub?.stop();
    await removeState(this.state, this.file.id);
  }
}
