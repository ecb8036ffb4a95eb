/**
 * A lab of machines that really are there, whoever made them: programs run on them, and their networks are read into snapshots, which the topology is
 * drawn from. A provider gives the nodes, says what it knows of their wires, and takes them down.
 */
import type { ExperimentPlan, ExperimentRun, Locale, ProbeProtocol, Topology, Trace } from '../../../shared/ipc/index.ts';
import { refuse, WireFailure } from '../../../shared/ipc/index.ts';
import {
  graphOf,
  netnsBoxId,
  segmentsOf,
  placesOf,
  TopologyLayout,
  Twin,
  type Collected,
  type Endpoint,
  type ExecOptions,
  type LabEvent,
  type ProbeResult,
  type TerminalSize,
} from '../../../shared/lab/index.ts';
import type { Capabilities, Program, ProviderKind, RunningAttempt, RunningKubernetes, RunningLab, Snapshot } from '../provider.ts';
import { LiveExperiments } from './experiments.ts';
import type { LiveNode, LivePod, Output } from './node.ts';
import { finished } from './pipe-program.ts';
import { probeForReal } from './probe.ts';
import { sendForReal } from './sent.ts';
import { NodeWatch } from './watch.ts';

const UNREACHED = /^(?:Connection lost|Not connected)/;
const isAddress = (text: string): boolean => /^[\d.]+$/.test(text);

type NodeSnapshot = Snapshot['nodes'][number];

export interface LiveLabSetup {
  readonly id: string;
  readonly title: string;
  readonly provider: ProviderKind;
  readonly nodes: readonly LiveNode[];
  /** Pods of a node by what its network tells, and what the provider knows. */
  pods(node: LiveNode, seen: NodeSnapshot, collected: Collected): readonly LivePod[];
  /** What is known of cards and wires beyond what a node can tell of itself. */
  wired?(nodes: readonly NodeSnapshot[]): Pick<Snapshot, 'nodes' | 'segments' | 'kubernetes'>;
  /** A program on the lab's cluster, `kubectl`, that does not run on the node itself. */
  readonly cluster?: (node: string, options: ExecOptions) => Promise<Program>;
  readonly kubernetes?: RunningKubernetes | undefined;
  /** What went on without the user's doing. */
  readonly report?: (message: string) => void;
  /** How many seconds a node waits for a word before it takes an experiment back. */
  readonly patienceS?: number | undefined;
  /** Told of what the nodes themselves do not show, such as a pod that came. */
  onChange?(listener: () => void): void;
  stop(): Promise<void>;
}

export class LiveLab implements RunningLab {
  readonly id: string;
  readonly title: string;
  readonly provider: ProviderKind;
  readonly nodes: readonly string[];
  readonly capabilities: Capabilities = { canPause: false, canSave: false, canTrace: true, canExperiment: true, canRunLessons: false };
  readonly isPaused = false;
  readonly opened = undefined;
  revision = 1;
  private readonly startedMs = performance.now();
  private readonly watches: readonly NodeWatch[];
  private readonly layout = new TopologyLayout();
  private readonly listeners = new Set<() => void>();
  private readonly bench: LiveExperiments;
  private wasTold = false;
  private shown = '';

  constructor(private readonly setup: LiveLabSetup) {
    this.id = setup.id;
    this.title = setup.title;
    this.provider = setup.provider;
    this.nodes = setup.nodes.map((node) => node.name);
    this.watches = setup.nodes.map((node) => new NodeWatch(node, () => this.look()));
    this.bench = new LiveExperiments(
      {
        nodes: setup.nodes,
        snapshot: () => this.snapshot(),
        probe: (pairs) => this.probe(pairs),
        nameOf: (snapshot, place) => this.nameOf(snapshot, place),
        report: (message) => setup.report?.(message),
      },
      setup.patienceS,
    );
    setup.onChange?.(() => this.changed());
  }
  /** Its first look at every node. */
  async open(): Promise<this> {
    await Promise.all(this.watches.map((watch) => watch.start()));
    return this;
  }

  nowUs(): number {
    return (performance.now() - this.startedMs) * 1000;
  }
  get kubernetes(): RunningKubernetes | undefined {
    return this.setup.kubernetes;
  }
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  onEvent(_listener: (event: LabEvent) => void): () => void {
    return () => undefined;
  }
  topology(): Topology {
    this.wasTold = false;
    const now = this.now();
    const names = new Map<string, string>();
    for (const { node, pod, netns } of this.pods(now)) if (pod.kind === undefined) names.set(`${node.name}/${netns.id}`, pod.name);
    return this.layout.update(graphOf(now, names));
  }
  endpoints(): readonly Endpoint[] {
    const now = this.now();
    return [
      ...this.setup.nodes.map((node): Endpoint => {
        const own = now.nodes.find((one) => one.name === node.name)?.namespaces.find((netns) => netns.id === 0);
        const address = own?.links
          .filter((link) => !link.flags.includes('LOOPBACK') && link.card?.kind !== 'nat' && link.kind !== 'bridge')
          .flatMap((link) => link.addresses)
          .find((one) => one.family === 'inet')?.local;
        const failure = this.watches.find((watch) => watch.node === node)?.failure;
        return {
          id: node.name,
          kind: 'node',
          node: node.name,
          label: node.name,
          ...(address !== undefined && { address }),
          box: node.name,
          // why it cannot be read is known better by who connects to it
          status: UNREACHED.test(node.status) ? node.status : (failure ?? node.status),
        };
      }),
      ...this.pods(now).map(({ node, pod, netns }): Endpoint => {
        const address =
          pod.address ??
          netns.links
            .filter((link) => link.name !== 'lo')
            .flatMap((link) => link.addresses)
            .find((one) => one.family === 'inet')?.local;
        return {
          id: endpointId(node.name, pod),
          kind: pod.kind ?? 'pod',
          node: node.name,
          label: pod.name,
          ...(address !== undefined && { address }),
          box: netnsBoxId(node.name, netns),
          status: pod.status,
        };
      }),
    ];
  }
  async snapshot(): Promise<Snapshot> {
    await Promise.all(this.watches.map((watch) => watch.refresh()));
    const failed = this.watches.find((watch) => watch.failure !== undefined);
    if (failed) refuse('not-possible', `${failed.node.name} could not be read: ${failed.failure!}.`, { node: failed.node.name });
    return this.now();
  }

  async exec(options: ExecOptions): Promise<Program> {
    const { node, pod } = this.find(options.target);
    if (options.onCluster === true) {
      const { cluster } = this.setup;
      return cluster ? cluster(node.name, options) : refuse('not-possible', `The lab ${this.id} has no cluster of its own.`, { lab: this.id });
    }
    const { argv, terminal, env, cwd } = options;
    return node.spawn(argv, { ...(pod && { pod }), ...(terminal && { terminal }), ...(env && { env }), ...(cwd !== undefined && { cwd }) });
  }
  async openShell(target: string, size: TerminalSize): Promise<Program> {
    const { node, pod } = this.find(target);
    return node.openShell(size, pod);
  }
  setPaused(isPaused: boolean): void {
    if (isPaused) refuse('not-possible', 'The time of real machines cannot stand still.', { lab: this.id });
  }
  save(): Promise<never> {
    return this.cannot('Real machines cannot be saved.');
  }
  /** In a twin of what is there now, and sent for real. */
  async trace(from: string, to: string, protocol: ProbeProtocol): Promise<Trace> {
    const snapshot = await this.snapshot();
    const twin = new Twin(snapshot);
    const known = this.endpoints();
    const place = this.placeIn(twin, snapshot, from) ?? twin.find(from);
    if (!place) return refuse('not-found', `There is no ${from}; there are: ${known.map(({ id }) => id).join(', ')}.`, { lab: this.id });
    const end = known.find(({ id }) => id === to || id.endsWith(`/${to}`));
    const address = end?.address ?? to;
    const number = twin.addressOf(address);
    if (number === undefined)
      return refuse('not-found', `There is no ${to} with an address; there are: ${known.map(({ id }) => id).join(', ')}.`, { lab: this.id });
    const found = twin.trace(place, number, protocol);
    if (!found) return refuse('not-possible', 'The trace did not come to an end.', { lab: this.id });
    const { node, pod } = this.find(this.nameOf(snapshot, place.id));
    const run = async (argv: readonly string[]): Promise<Output> => finished(await node.spawn(argv, pod && { pod }));
    const sent = await sendForReal(found, isAddress(address) ? address : (twin.find(to)?.address ?? address), protocol, snapshot, run).catch(() => undefined);
    return { ...found, ...(sent && { sent }) };
  }
  /** An endpoint's place in a twin of the snapshot. */
  private placeIn(twin: Twin, snapshot: Snapshot, id: string): Twin['places'][number] | undefined {
    const at = this.endpoints().find((one) => one.id === id || one.id.endsWith(`/${id}`));
    const netns = snapshot.nodes.find(({ name }) => name === at?.node)?.namespaces.find((one) => at && netnsBoxId(at.node, one) === at.box);
    return twin.places.find((one) => at && one.node === at.node && one.netnsId === (netns?.id ?? 0));
  }
  /** What users call a place of a twin. */
  private nameOf(snapshot: Snapshot, id: string): string {
    const place = new Map(placesOf(snapshot).map((one) => [one.id, one])).get(id);
    const netns = snapshot.nodes.find(({ name }) => name === place?.node)?.namespaces.find((one) => one.id === place?.netnsId);
    if (!place || !netns || netns.id === 0) return place?.node ?? id;
    return this.endpoints().find((one) => one.box === netnsBoxId(place.node, netns))?.id ?? id;
  }
  /** A real echo request for each pair; of very many pods, for some of the pairs. */
  async probe(pairs?: readonly { readonly from: string; readonly to: string }[]): Promise<readonly ProbeResult[]> {
    return probeForReal(this.endpoints(), pairs, async (from, argv) => finished(await this.exec({ target: from, argv: [...argv] as [string, ...string[]] })));
  }
  experiments(locale: Locale): Promise<readonly ExperimentPlan[]> {
    return this.bench.plans(locale);
  }
  experimentRuns(locale: Locale): Promise<readonly ExperimentRun[]> {
    return Promise.resolve(this.bench.runs(locale));
  }
  applyExperiment(id: string, locale: Locale): Promise<ExperimentRun> {
    return this.bench.apply(id, locale);
  }
  undoExperiment(run: string, locale: Locale): Promise<ExperimentRun> {
    return this.bench.undo(run, locale);
  }
  keepExperiment(run: string, locale: Locale): Promise<ExperimentRun> {
    return this.bench.keep(run, locale);
  }
  startAttempt(): Promise<RunningAttempt> {
    return this.cannot('Lessons run in simulated labs only, yet.');
  }
  async stop(): Promise<void> {
    for (const watch of this.watches) watch.stop();
    await this.setup.stop();
  }

  private cannot(message: string): Promise<never> {
    return Promise.reject(new WireFailure({ code: 'not-possible', message, details: { lab: this.id } }));
  }
  private now(): Snapshot {
    const nodes = this.watches.flatMap((watch) => (watch.last ? [watch.last.node] : []));
    return { atUs: Math.round(this.nowUs()), ...(this.setup.wired?.(nodes) ?? { nodes, segments: segmentsOf(nodes) }) };
  }
  private pods(now: Snapshot): { node: LiveNode; pod: LivePod; netns: NodeSnapshot['namespaces'][number] }[] {
    return this.setup.nodes.flatMap((node) => {
      const seen = now.nodes.find((one) => one.name === node.name);
      const collected = this.watches.find((watch) => watch.node === node)?.last;
      if (!seen || !collected) return [];
      const known = this.setup.pods(node, seen, collected);
      const named = seen.namespaces
        .filter(({ id, name, inode }) => id !== 0 && name !== '' && !known.some((pod) => pod.inode === inode))
        .map(({ name, inode }): LivePod => ({ kind: 'netns', namespace: '', name, inode, status: '' }));
      return [...known, ...named].flatMap((pod) => {
        const netns = seen.namespaces.find((one) => one.inode === pod.inode && one.id !== 0);
        return netns ? [{ node, pod, netns }] : [];
      });
    });
  }
  private find(target: string): { readonly node: LiveNode; readonly pod?: LivePod } {
    const at = target.indexOf('/');
    const name = at === -1 ? target : target.slice(0, at);
    const node = this.setup.nodes.find((one) => one.name === name);
    if (!node) return refuse('not-found', `There is no node ${name}; the nodes are ${this.nodes.join(', ')}.`, { node: name });
    if (at === -1) return { node };
    const known = this.pods(this.now()).filter((one) => one.node === node);
    const found = known.find(({ pod }) => endpointId(name, pod) === target);
    if (!found) {
      const names = known.map(({ pod }) => endpointId(name, pod)).join(', ');
      return refuse('not-found', `There is no pod ${target.slice(at + 1)} on ${name}${names === '' ? '' : `; there are: ${names}`}.`, { node: name });
    }
    return { node, pod: found.pod };
  }
  /** A node was read: is anything different but counters and clocks? */
  private look(): void {
    const facts = JSON.stringify(this.watches.map((watch) => [watch.failure, watch.revision]));
    if (facts === this.shown) return;
    this.shown = facts;
    this.changed();
  }
  private changed(): void {
    this.revision++;
    if (this.wasTold) return;
    this.wasTold = true;
    for (const listener of [...this.listeners]) listener();
  }
}

export const endpointId = (node: string, { namespace, name }: Pick<LivePod, 'namespace' | 'name'>): string =>
  `${node}/${namespace === 'default' || namespace === '' ? '' : `${namespace}/`}${name}`;
