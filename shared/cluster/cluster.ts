/**
 * A Kubernetes cluster on machines that are up and joined by their networks: objects, API server, scheduler, a kubelet on each node, flannel.
 * What kubeadm leaves behind is there at once; pods start as the simulation runs.
 */
import { err, ok, Rng, type Result, type Simulation } from '../base/index.ts';
import { isNetworkFile, parseNetwork, type PluginCall } from '../cni/index.ts';
import { kubectlProgram, nodePrograms, type Node, type Pod } from '../commands/index.ts';
import { getRoute } from '../kernel/index.ts';
import type { InstalledProgram, Machine } from '../machine/index.ts';
import type { Process, Sys } from '../shell/index.ts';
import { formatIpv4, parseIpv4, parseIpv4Prefix } from '../wire/index.ts';
import { ApiServer } from './api-server.ts';
import { CalicoStore } from './calico/datastore.ts';
import { calicoNetwork } from './calico/network.ts';
import { ControlPlane, type ClusterPlan } from './control-plane.ts';
import { EventRecorder } from './events.ts';
import { flannelImages, flannelNetwork } from './flannel/network.ts';
import { ImageRegistry, parseReference } from './image.ts';
import { systemImages } from './images/system.ts';
import { userImages } from './images/user.ts';
import { JobController } from './jobs.ts';
import { Kubelet } from './kubelet.ts';
import { NodeLifecycle } from './node-lifecycle.ts';
import { CONTAINERD, containerdProgram, KUBELET, NodeJournal, NodeServices, type ServiceFacts } from './node-services.ts';
import { install, KUBELET_CONFIG, writeKubectlConfig, writeKubeletConfig, writeNodeSettings } from './node-files.ts';
import { NodeMembership } from './membership.ts';
import { ImageStore, type NodeRuntime } from './node-runtime.ts';
import { randomHex } from './names.ts';
import { OWN_NETWORK, type PodNetwork, type PodNetworkPlan } from './pod-network.ts';
import { podReason } from './printer.ts';
import { corednsProgram } from './coredns.ts';
import { DeploymentController } from './deployments.ts';
import { EndpointController } from './endpoints.ts';
import { kubeProxyProgram } from './kube-proxy.ts';
import { NamespaceController } from './namespaces.ts';
import { LEASES, NODE_NAME, NODES, PODS } from './resources.ts';
import { RestApi, type Definitions } from './rest/index.ts';
import { Scheduler } from './scheduler.ts';
import { WorkloadController } from './workloads.ts';
import { ObjectStore } from './store.ts';
import { wayOut } from './way-out.ts';

export interface ClusterOptions {
  readonly simulation: Simulation;
  readonly seed: number;
  readonly version: string;
  /** By name, in the order in which they joined; the first interface of `interface` with an IPv4 address is the node's InternalIP. */
  readonly machines: ReadonlyMap<string, Machine>;
  readonly controlPlane: string;
  readonly interface: string;
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  readonly network: PodNetworkPlan;
  /** No taint keeps pods from the control plane. */
  readonly podsOnControlPlane: boolean;
  /** Nothing of the cluster is there: the machines have its packages, and `kubeadm` makes it. */
  readonly isBare?: boolean;
  /** Programs that containers may have, and busybox's own. */
  readonly programs: readonly InstalledProgram[];
  readonly busybox: readonly InstalledProgram[];
  /** The types of the API (resources/kubernetes/openapi.json); read when they are first asked for. */
  readonly types?: (() => Definitions) | undefined;
}

/** A pod as views and checks want it. */
export interface PodInfo {
  readonly pod: Pod;
  /** As kubectl's STATUS column words it. */
  readonly status: string;
  /** The inode of its own network namespace; undefined on the host's network, or when it has none yet. */
  readonly netnsInode: number | undefined;
  readonly hasCompleted: boolean;
}

/** A call of a CNI plugin for a pod. */
export interface PodPluginCall {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly call: PluginCall;
}

const CALLS_KEPT = 1000;

export class Cluster {
  readonly store = new ObjectStore();
  readonly api: ApiServer;
  readonly kubelets = new Map<string, Kubelet>();
  private readonly services = new Map<string, NodeServices>();
  private readonly nodeNames = new Map<Process['os'], string>();
  /** Newest last. */
  readonly pluginCalls: PodPluginCall[] = [];
  private readonly rng: Rng;
  private readonly events: EventRecorder;
  private readonly network: PodNetwork;
  private controlPlane: ControlPlane | undefined;
  /** Of the cluster that there is, or as the lab expects it. */
  private plan: ClusterPlan;

  constructor(private readonly options: ClusterOptions) {
    const { simulation } = options;
    this.rng = new Rng(options.seed);
    const { version, podCIDR, serviceCIDR, podsOnControlPlane } = options;
    this.plan = {
      ...{ version, controlPlane: options.controlPlane, podCIDR, serviceCIDR, podsOnControlPlane },
      ...{ address: this.addressOf(options.controlPlane), dnsOnControlPlane: true },
    };
    this.store.addIndex(PODS, NODE_NAME, (pod) => (pod as Pod).spec.nodeName);
    this.store.listen((_resource, event) => this.kubelets.get((event.object as Pod).spec.nodeName ?? '')?.notice(event), PODS);
    this.events = new EventRecorder(this.store, simulation, this.rng);
    const plan = (): ClusterPlan => this.plan;
    this.api = new ApiServer(this.store, simulation, this.rng, this.kubelets, {
      version: options.version,
      get server() {
        return `${plan().address}:6443`;
      },
      get serviceCIDR() {
        return plan().serviceCIDR;
      },
      connect: (p) => this.connect(p, `${this.plan.address}:6443`),
      isKept: (uid) => this.controlPlane?.keeps(uid) ?? false,
    });
    serveRest(this.api, this.store, simulation, options.types);
    this.network = this.makeNetwork();
    const registry = new ImageRegistry([
      ...systemImages(options.version, options.programs, {
        'kube-proxy': kubeProxyProgram({
          store: this.store,
          get podCIDR() {
            return plan().podCIDR;
          },
        }),
        coredns: corednsProgram(this.store),
      }),
      ...this.network.images(options.programs),
      ...(options.isBare ? flannelImages(options.programs, { store: this.store, nodeName: (p) => this.nodeOf(p) }) : []),
      ...userImages(options.programs, options.busybox),
    ]);
    const made = options.isBare ? undefined : this.newControlPlane();
    if (made) this.registerAll(made);
    new EndpointController(this.store, simulation, this.rng);
    new DeploymentController(this.store, simulation, this.rng, this.events);
    new WorkloadController(this.store, simulation, this.rng, this.events, ({ metadata }) => this.controlPlane?.keeps(metadata.uid) ?? true);
    new JobController(this.store, simulation, this.rng, this.events);
    new NamespaceController(this.store, this.api, simulation);
    new NodeLifecycle(this.store, simulation, this.events);
    new Scheduler(this.store, this.events, simulation, this.rng);
    for (const [name, machine] of options.machines) this.startNode(name, machine, registry);
    made?.finish(options.seed);
    if (made) for (const { runtime } of this.kubelets.values()) keepImages(runtime.images, made);
  }

  pods(): readonly PodInfo[] {
    return (this.store.list(PODS) as readonly Pod[]).map((pod) => this.infoOf(pod));
  }
  infoOf(pod: Pod): PodInfo {
    const sandbox = this.workerOf(pod)?.sandbox;
    const statuses = pod.status.containerStatuses ?? [];
    return {
      pod,
      status: podReason(pod),
      netnsInode: sandbox && sandbox.netnsPath !== '' ? sandbox.net.ino : undefined,
      hasCompleted: statuses.length > 0 && statuses.every((one) => one.state.terminated?.exitCode === 0 || one.lastState.terminated?.exitCode === 0),
    };
  }
  pod(namespace: string | undefined, name: string): Pod | undefined {
    return this.store.get(PODS, namespace, name) as Pod | undefined;
  }
  workerOf(pod: Pod) {
    return pod.spec.nodeName === undefined ? undefined : this.kubelets.get(pod.spec.nodeName)?.workers.get(pod.metadata.uid);
  }
  nodes(): readonly Node[] {
    return this.store.list(NODES) as readonly Node[];
  }
  /** Told of every change of an object. */
  onChange(listener: () => void): () => void {
    // that a node lives is no change
    return this.store.listen((resource) => {
      if (resource !== LEASES) listener();
    });
  }

  get simulation(): Simulation {
    return this.options.simulation;
  }
  get podCIDR(): string {
    return this.plan.podCIDR ?? this.options.podCIDR;
  }
  get serviceCIDR(): string {
    return this.plan.serviceCIDR;
  }

  // --- what kubeadm made ---

  private makeNetwork(): PodNetwork {
    const { network, podCIDR } = this.options;
    const nodeName = (p: Process): string => this.nodeOf(p);
    if (network.plugin === 'flannel') return flannelNetwork({ ...network, store: this.store, network: podCIDR, interface: this.options.interface, nodeName });
    if (network.plugin === 'calico') {
      const datastore = new CalicoStore({ ...network, cidr: podCIDR });
      return calicoNetwork({ store: this.store, datastore, nodeName, server: `${this.addressOf(this.options.controlPlane)}:6443` });
    }
    return OWN_NETWORK;
  }
  /** The first address of the range is the API server's, the tenth the name server's. */
  private serviceAddress(nth: number): string {
    return formatIpv4(parseIpv4Prefix(this.options.serviceCIDR)!.address + nth);
  }
  private addressOf(node: string): string {
    const address = this.options.machines.get(node)?.netns.device(this.options.interface)?.ipv4?.addresses[0];
    return address ? formatIpv4(address.local) : '127.0.0.1';
  }
  private newControlPlane(): ControlPlane {
    return (this.controlPlane = new ControlPlane(this.plan, this.store, this.simulation, this.rng, this.network));
  }
  /** The cluster with all its nodes, as kubeadm left it a while ago. */
  private registerAll(made: ControlPlane): void {
    const { controlPlane, machines } = this.options;
    made.begin();
    for (const name of [controlPlane, ...[...machines.keys()].filter((one) => one !== controlPlane)]) {
      const machine = machines.get(name)!;
      made.register(name, this.addressOf(name));
      const kubectl = kubectlProgram(this.api);
      install(machine, kubectl.path, 'kubectl', kubectl.main);
      writeKubectlConfig(machine, made.server);
      writeNodeSettings(machine);
      writeKubeletConfig(machine, this.plan);
      this.network.prepare(name, machine);
    }
  }
  private membershipOf(name: string, machine: Machine): NodeMembership {
    return new NodeMembership({
      ...{ name, machine, store: this.store, ownAddress: this.addressOf(name) },
      cluster: {
        current: () => this.controlPlane,
        runtime: () => this.kubelets.get(name)!,
        stopKubelet: () => this.services.get(name)!.halt('kubelet.service'),
        startKubelet: () => this.services.get(name)!.begin('kubelet.service'),
        make: (request) => {
          const { version, podsOnControlPlane } = this.options;
          const { podCIDR, serviceCIDR, address = this.addressOf(name) } = request;
          this.plan = { version, controlPlane: name, address, podCIDR, serviceCIDR, podsOnControlPlane, dnsOnControlPlane: false };
          const made = this.newControlPlane();
          made.begin();
          return made;
        },
        finish: (made) => made.finish(this.rng.uint32()),
        end: () => {
          this.controlPlane?.end();
          this.controlPlane = undefined;
        },
      },
      joined: this.options.isBare !== true,
    });
  }
  private nodeOf(p: Process): string {
    return this.nodeNames.get(p.os) ?? p.namespaces.uts.hostname;
  }

  private startNode(name: string, machine: Machine, registry: ImageRegistry): void {
    const { simulation } = this.options;
    const runtime: NodeRuntime = {
      nodeName: name,
      machine,
      simulation,
      store: this.store,
      events: this.events,
      images: new ImageStore(registry),
      hostIp: this.addressOf(name),
      newId: () => randomHex(this.rng, 64),
      resolvConf: (pod) =>
        pod.spec.hostNetwork || pod.spec.dnsPolicy === 'Default'
          ? readText(machine, '/etc/resolv.conf')
          : `search ${pod.metadata.namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${this.serviceAddress(10)}\noptions ndots:5\n`,
      clusterEnv: () => serviceEnvironment(this.serviceAddress(1)),
      canReachRegistry: () => wayOut(machine),
      journal: new NodeJournal(() => simulation.unixUs),
      // while the services are being started they count as up
      isServiceUp: (unit) => this.services.get(name)?.isActive(unit) ?? true,
      pidOf: (unit) => this.services.get(name)?.pidOf(unit) ?? 0,
      observe: (pod, call) => {
        this.pluginCalls.push({ node: name, namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, call });
        if (this.pluginCalls.length > CALLS_KEPT) this.pluginCalls.shift();
      },
    };
    const membership = this.membershipOf(name, machine);
    const hasNetwork = (): boolean => {
      const entries = machine.init.fs.readdir('/etc/cni/net.d');
      const [first] = (entries.ok ? entries.value.map((entry) => entry.name) : []).filter(isNetworkFile).sort();
      return first !== undefined && parseNetwork(readText(machine, `/etc/cni/net.d/${first}`)).ok;
    };
    this.nodeNames.set(machine.os, name);
    const kubelet = new Kubelet(runtime, hasNetwork, this.options.version);
    this.kubelets.set(name, kubelet);
    install(machine, '/usr/bin/kubelet', 'kubelet', kubelet.main);
    install(machine, '/usr/bin/containerd', 'containerd', containerdProgram);
    const command = [
      '/usr/bin/kubelet',
      '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
      '--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock',
      `--node-ip=${runtime.hostIp}`,
    ];
    const kubeletUnit = { ...KUBELET, command };
    const spawn = (facts: ServiceFacts) => (): Process | undefined => {
      const started = machine.spawn(facts.command, { path: facts.command[0]! });
      return started.ok ? started.value : undefined;
    };
    const services = new NodeServices({
      ...{ runtime, kubelet, api: this.api, store: this.store, isNetworkReady: hasNetwork, membership },
      services: [
        { facts: CONTAINERD, spawn: spawn(CONTAINERD) },
        { facts: kubeletUnit, spawn: spawn(kubeletUnit), canRun: () => machine.init.fs.exists(KUBELET_CONFIG) },
      ],
    });
    this.services.set(name, services);
    if (this.options.isBare) {
      const kubectl = kubectlProgram(this.api);
      install(machine, kubectl.path, 'kubectl', kubectl.main);
      // those are not of the package kubernetes-cni
      for (const plugin of ['flannel', 'calico', 'calico-ipam']) machine.init.fs.unlink(`/opt/cni/bin/${plugin}`);
    }
    if (!services.isActive('kubelet.service')) throw new Error(`the kubelet of ${name} does not start`);
    for (const program of nodePrograms(services)) install(machine, program.path, program.path, program.main);
  }

  /** kubectl finds the server by its kubeconfig and over the network of its process. */
  private *connect(p: Process, server: string): Sys<Result<void, string>> {
    const file = p.getenv('KUBECONFIG') ?? `${p.getenv('HOME') ?? '/root'}/.kube/config`;
    if (!p.fs.exists(file)) return err('The connection to the server localhost:8080 was refused - did you specify the right host or port?');
    if (!this.controlPlane) return err(`The connection to the server ${server} was refused - did you specify the right host or port?`);
    const [host = ''] = server.split(':');
    const address = parseIpv4(host) ?? 0;
    const machine = [...this.options.machines.values()].find((one) => one.os === p.os);
    if (!machine) return ok(undefined);
    const route = getRoute(machine.netns, { destination: address });
    if (!route.ok)
      return err(
        `Unable to connect to the server: dial tcp ${server}: connect: ${route.error.errno === 'EHOSTUNREACH' ? 'no route to host' : 'network is unreachable'}`,
      );
    yield* p.sleep(2_000);
    return ok(undefined);
  }
}

/** The REST layer, made when someone first speaks to it: its types are a large document. */
function serveRest(api: ApiServer, store: ObjectStore, simulation: Simulation, types: (() => Definitions) | undefined): void {
  let known: Definitions | undefined;
  let rest: RestApi | undefined;
  const read = (): Definitions => (known ??= types?.() ?? {});
  Object.defineProperty(api, 'types', { get: read });
  api.answers = (request) => {
    rest ??= new RestApi(api, store, simulation, read());
    const answer = rest.answer(request);
    if (answer.kind === 'text') return answer;
    if (answer.kind === 'openapi-v2') return { status: 200, body: `${JSON.stringify(answer.document)}\n` };
    const message = `not modelled: what goes on (${answer.kind}), by its address`;
    return { status: 501, body: JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'InternalError', message, code: 501 }) };
  };
}

function keepImage(images: ImageStore, text: string): void {
  const reference = parseReference(text);
  const pull = reference && images.pull(reference);
  if (reference && pull?.kind === 'pulled') images.keep(reference, pull.image);
}

/** kubeadm pulls what it runs. */
function keepImages(images: ImageStore, { templates }: ControlPlane): void {
  for (const { spec } of templates) for (const container of [...(spec.initContainers ?? []), ...spec.containers]) keepImage(images, container.image);
}

function readText(machine: Machine, path: string): string {
  const text = machine.init.fs.readFile(path);
  return text.ok ? text.value : '';
}

const serviceEnvironment = (address: string): Readonly<Record<string, string>> => ({
  KUBERNETES_SERVICE_HOST: address,
  KUBERNETES_SERVICE_PORT: '443',
  KUBERNETES_SERVICE_PORT_HTTPS: '443',
  KUBERNETES_PORT: `tcp://${address}:443`,
  KUBERNETES_PORT_443_TCP: `tcp://${address}:443`,
  KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
  KUBERNETES_PORT_443_TCP_PORT: '443',
  KUBERNETES_PORT_443_TCP_ADDR: address,
});
