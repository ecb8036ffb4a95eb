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
import { kubectlExec, kubernetesOfPods, runInPod, type FindPod } from './namespaces/in-pods.ts';
import { ClusterMirror } from './namespaces/mirror.ts';
import { NamespaceNode } from './namespaces/node.ts';
import { KeptPlans, kubernetesSeen, PlanDoer, type ClusterPlan, type NodePlan } from './namespaces/plan.ts';
import { Pods } from './namespaces/pods.ts';
import { missingPrograms, obstacles } from './namespaces/obstacles.ts';
import { cardsOf, gatewayCommands, gatewaysOf, hubCommands, nodeCommands, nodeFiles, wired } from './namespaces/wiring.ts';
import type { LabProvider, Program, RunningLab, StartOptions } from './provider.ts';

/** A lab that has just come up is looked at first. */
const FOLLOW_AFTER_MS = 100;

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
  private late: NodeJS.Timeout | undefined;

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
    const plans = new KeptPlans(join(places.home, 'cache'), places.version);
    let plan = file.kubernetes && (await plans.find(file));
    if (file.kubernetes && !plan) {
      // while the processes come up, its cluster is made
      plan = this.cluster().plan();
      void plans.keep(file, plan).catch((error: unknown) => report(String(error)));
    }
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
      ...[...nodes.values()].map((node) =>
        this.setup(
          node,
          plan?.nodes.find((one) => one.name === node.name),
        ),
      ),
    ]);
    signal?.throwIfAborted();
    let changed = (): void => undefined;
    const pods = new Pods(nodes, report, () => changed());
    const findPod: FindPod = (namespace, name) => pods.find(namespace, name);
    const doer = new PlanDoer(report);
    let latest = plan;
    const carryOut = async (wanted: ClusterPlan): Promise<void> => {
      latest = wanted;
      await Promise.all([...wanted.nodes.flatMap((one) => doer.do(nodes.get(one.name)!, one)), pods.sync(wanted.pods)]);
      changed();
    };
    if (plan) await carryOut(plan);
    signal?.throwIfAborted();
    const lab = new LiveLab({
      id: file.id,
      title: file.title.en,
      provider: 'namespaces',
      nodes: [...nodes.values()],
      pods: (node) => pods.of(node.name),
      wired: (seen) => ({ ...wired(file, cards, seen), ...(latest && kubernetesSeen(latest, seen)) }),
      onChange: (listener) => (changed = listener),
      ...(file.kubernetes && {
        cluster: (node: string, exec: ExecOptions) => this.onCluster(node, exec, findPod),
        kubernetes: kubernetesOfPods(() => this.cluster().kubernetes, findPod),
      }),
      report,
      stop: () => this.down(),
    });
    await lab.open();
    if (file.kubernetes) this.followSoon(carryOut);
    return lab;
  }

  /** Its control plane, made when it is first asked, or when there is time. */
  private cluster(): ClusterMirror {
    return (this.mirror ??= new ClusterMirror(this.file, this.options.places.version, this.options.report));
  }
  private followSoon(carryOut: (plan: ClusterPlan) => Promise<void>): void {
    this.late = setTimeout(() => {
      const mirror = this.cluster();
      let last = '';
      const sync = (): void => {
        const plan = mirror.plan();
        const text = JSON.stringify(plan);
        if (text === last) return;
        last = text;
        carryOut(plan).catch((error: unknown) => this.options.report(String(error)));
      };
      sync();
      mirror.follow(sync);
    }, FOLLOW_AFTER_MS);
  }

  private async setup(node: NamespaceNode, plan: NodePlan | undefined): Promise<void> {
    const { file } = this;
    const ready = await node.agent.ready;
    if (ready.status !== 0) throw new Error(`${node.name}: ${ready.stderr.trim()}`);
    const files = [...nodeFiles(file, node.name), ...(plan?.files ?? []), ...this.kubectl(node.name)];
    const { setup } = file.nodes[node.name]!;
    await Promise.all([
      node.agent.do('files', ...files.flat()),
      node.agent.do('sysctls', ...(file.kubernetes ? ['net/ipv4/ip_forward', '1', 'net/bridge/bridge-nf-call-iptables', '1'] : ['net/ipv4/ip_forward', '0'])),
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
    if (!this.file.kubernetes) return [];
    const command = ['/run/podwalk/node', '/run/podwalk/app/out/cli/podwalk.js', 'exec', '--cluster', this.file.id, node, '--', 'kubectl'];
    return [
      ['/run/podwalk/bin/kubectl', '755', `#!/bin/sh\nPODWALK_HOME=/run/podwalk/home ELECTRON_RUN_AS_NODE=1 exec ${command.map(quoted).join(' ')} "$@"\n`],
    ];
  }
  private onCluster(node: string, options: ExecOptions, find: FindPod): Promise<Program> {
    const inPod = kubectlExec(options.argv, find);
    return inPod ? runInPod(inPod, options) : this.cluster().exec({ ...options, target: node });
  }
  private async down(): Promise<void> {
    clearTimeout(this.late);
    await this.mirror?.stop();
    await this.hub?.stop();
    await removeState(this.state, this.file.id);
  }
}
