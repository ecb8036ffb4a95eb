/**
 * A Kubernetes cluster on machines that are up and joined by their networks: objects, API server, scheduler, a kubelet on each node, flannel.
 * What kubeadm leaves behind is there at once; pods start as the simulation runs.
 */
import { err, ok, Rng, utf8Encode, type Result, type Simulation } from '../base/index.ts';
import type { PluginCall } from '../cni/index.ts';
import { formatTime, kubectlProgram, nodePrograms, type Node, type Pod } from '../commands/index.ts';
import { getRoute } from '../kernel/index.ts';
import type { InstalledProgram, Machine } from '../machine/index.ts';
import { programImage, type Process, type Sys } from '../shell/index.ts';
import { formatIpv4, ipv4Mask, parseIpv4, parseIpv4Prefix } from '../wire/index.ts';
import { ApiServer, makeNamespace } from './api-server.ts';
import { CalicoStore } from './calico/datastore.ts';
import { calicoNetwork } from './calico/network.ts';
import { Keeper } from './controllers.ts';
import { EventRecorder } from './events.ts';
import { flannelNetwork } from './flannel/network.ts';
import { ImageRegistry, parseReference } from './image.ts';
import { systemImages } from './images/system.ts';
import { userImages } from './images/user.ts';
import { Kubelet } from './kubelet.ts';
import { makeNode } from './node-object.ts';
import { NodeLifecycle } from './node-lifecycle.ts';
import { CONTAINERD, containerdProgram, KUBELET, NodeJournal, NodeServices, type ServiceFacts } from './node-services.ts';
import { ImageStore, type NodeRuntime } from './node-runtime.ts';
import { randomHex, randomUid } from './names.ts';
import { OWN_NETWORK, type PodNetwork, type PodNetworkPlan } from './pod-network.ts';
import { podReason } from './printer.ts';
import { corednsProgram } from './coredns.ts';
import { DeploymentController } from './deployments.ts';
import { EndpointController } from './endpoints.ts';
import { kubeProxyProgram } from './kube-proxy.ts';
import { NamespaceController } from './namespaces.ts';
import { CONFIGMAPS, DEPLOYMENTS, ENDPOINTS, ENDPOINTSLICES, LEASES, NAMESPACES, NODE_NAME, NODES, PODS, SERVICES } from './resources.ts';
import { RestApi, type Definitions } from './rest/index.ts';
import { Scheduler } from './scheduler.ts';
import { ObjectStore } from './store.ts';
import { admitService } from './service-admission.ts';
import { SystemData } from './system-data.ts';
import { admitDeployment } from './deployment-admission.ts';
import { wayOut } from './way-out.ts';
import { corednsDeployment, systemServices, systemTemplates, type SystemService } from './system-pods.ts';

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
  /** Newest last. */
  readonly pluginCalls: PodPluginCall[] = [];
  private readonly rng: Rng;
  private readonly events: EventRecorder;
  private readonly network: PodNetwork;

  constructor(private readonly options: ClusterOptions) {
    const { simulation } = options;
    this.rng = new Rng(options.seed);
    this.store.addIndex(PODS, NODE_NAME, (pod) => (pod as Pod).spec.nodeName);
    this.store.listen((_resource, event) => this.kubelets.get((event.object as Pod).spec.nodeName ?? '')?.notice(event), PODS);
    this.events = new EventRecorder(this.store, simulation, this.rng);
    const server = `${this.addressOf(options.controlPlane)}:6443`;
    this.api = new ApiServer(this.store, simulation, this.rng, this.kubelets, {
      version: options.version,
      server,
      serviceCIDR: options.serviceCIDR,
      connect: (p) => this.connect(p, server),
    });
    serveRest(this.api, this.store, simulation, options.types);
    this.network = this.makeNetwork();
    const registry = new ImageRegistry([
      ...systemImages(options.version, options.programs, {
        'kube-proxy': kubeProxyProgram({ store: this.store, podCIDR: options.podCIDR }),
        coredns: corednsProgram(this.store),
      }),
      ...this.network.images(options.programs),
      ...userImages(options.programs, options.busybox),
    ]);
    this.makeObjects();
    new EndpointController(this.store, simulation, this.rng);
    new DeploymentController(this.store, simulation, this.rng, this.events);
    new NamespaceController(this.store, this.api, simulation);
    new NodeLifecycle(this.store, simulation, this.events);
    new Scheduler(this.store, this.events, simulation, this.rng);
    for (const [name, machine] of options.machines) this.startNode(name, machine, registry);
    const { version, controlPlane, podCIDR, serviceCIDR } = options;
    const templates = [
      ...systemTemplates({ version, controlPlane, controlPlaneIp: this.addressOf(controlPlane), podCIDR, serviceCIDR }),
      ...this.network.templates,
    ];
    new SystemData(this.store, simulation, options.seed, { ...options, server });
    new Keeper(this.store, simulation, this.rng, templates).sync();
    this.makeCoreDns();
    for (const runtime of [...this.kubelets.values()].map((kubelet) => kubelet.runtime)) {
      for (const template of templates)
        for (const container of [...(template.spec.initContainers ?? []), ...template.spec.containers]) keepImage(runtime.images, container.image);
    }
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
    return this.options.podCIDR;
  }
  get serviceCIDR(): string {
    return this.options.serviceCIDR;
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
  private makeObjects(): void {
    const { simulation, podCIDR, controlPlane, version } = this.options;
    const born = formatTime(simulation.unixUs);
    for (const name of ['default', ...this.network.namespaces, 'kube-node-lease', 'kube-public', 'kube-system'])
      this.store.put(NAMESPACES, makeNamespace(name, born, this.rng));
    for (const { namespace, name, data } of this.network.configMaps) {
      const metadata = { name, namespace, uid: randomUid(this.rng), resourceVersion: '', creationTimestamp: born };
      this.store.put(CONFIGMAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as never);
    }
    for (const service of systemServices(this.options.serviceCIDR)) this.makeService(service, born);
    const cidr = parseIpv4Prefix(podCIDR)!;
    const names = [controlPlane, ...[...this.options.machines.keys()].filter((name) => name !== controlPlane)];
    for (const [index, name] of names.entries()) {
      const machine = this.options.machines.get(name)!;
      const network = `${formatIpv4((cidr.address & ipv4Mask(cidr.length)) + index * 256)}/24`;
      this.store.put(
        NODES,
        makeNode({
          name,
          isControlPlane: name === controlPlane,
          isTainted: name === controlPlane && !this.options.podsOnControlPlane,
          address: this.addressOf(name),
          podCIDR: network,
          version,
          createdAt: born,
          now: born,
          available: this.network.available,
          rng: this.rng,
        }),
      );
      prepareMachine(machine, kubectlProgram(this.api), this.api.server);
      this.network.prepare(name, machine);
    }
  }
  private makeCoreDns(): void {
    const made = admitDeployment(corednsDeployment(this.options.controlPlane), 'kube-system', formatTime(this.simulation.unixUs), this.rng);
    if (!made.ok) throw new Error(`the deployment of CoreDNS is refused: ${made.error.message}`);
    this.store.put(DEPLOYMENTS, made.value);
    for (const { runtime } of this.kubelets.values())
      for (const container of made.value.spec.template.spec.containers) keepImage(runtime.images, container.image);
  }
  private makeService({ namespace, ...sent }: SystemService, born: string): void {
    const pools = { cidr: this.options.serviceCIDR, taken: [], rng: this.rng };
    const made = admitService(sent, namespace, born, pools);
    if (!made.ok) throw new Error(`the service ${sent.metadata.name} is refused: ${made.error.message}`);
    this.store.put(SERVICES, made.value);
    if (sent.spec.selector) return;
    const metadata = { name: sent.metadata.name, namespace, uid: randomUid(this.rng), resourceVersion: '', creationTimestamp: born };
    const address = this.addressOf(this.options.controlPlane);
    const port = { name: 'https', port: 6443, protocol: 'TCP' as const };
    this.store.put(ENDPOINTS, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ addresses: [{ ip: address }], ports: [port] }] });
    this.store.put(ENDPOINTSLICES, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': metadata.name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true, serving: true, terminating: false } }],
      ports: [port],
    });
  }
  private nodeOf(p: Process): string {
    for (const [name, kubelet] of this.kubelets) if (kubelet.runtime.machine.os === p.os) return name;
    return p.namespaces.uts.hostname;
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
      pidOf: (unit) =>
        this.services
          .get(name)
          ?.units()
          .find((one) => one.name === unit)?.mainPid ?? 0,
      observe: (pod, call) => {
        this.pluginCalls.push({ node: name, namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, call });
        if (this.pluginCalls.length > CALLS_KEPT) this.pluginCalls.shift();
      },
    };
    const hasNetwork = (): boolean => {
      const entries = machine.init.fs.readdir('/etc/cni/net.d');
      return entries.ok && entries.value.some(({ name: file }) => /\.(conf|conflist|json)$/.test(file));
    };
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
    const spawn = (facts: ServiceFacts) => (): Process | undefined => {
      const started = machine.spawn(facts.command, { path: facts.command[0]! });
      return started.ok ? started.value : undefined;
    };
    const services = new NodeServices({
      ...{ runtime, kubelet, api: this.api, store: this.store, isNetworkReady: hasNetwork, isControlPlane: name === this.options.controlPlane },
      services: [CONTAINERD, { ...KUBELET, command }].map((facts) => ({ facts, spawn: spawn(facts) })),
    });
    this.services.set(name, services);
    if (!services.isActive('kubelet.service')) throw new Error(`the kubelet of ${name} does not start`);
    for (const program of nodePrograms(services)) install(machine, program.path, program.path, program.main);
  }

  /** kubectl finds the server by its kubeconfig and over the network of its process. */
  private *connect(p: Process, server: string): Sys<Result<void, string>> {
    const file = p.getenv('KUBECONFIG') ?? `${p.getenv('HOME') ?? '/root'}/.kube/config`;
    if (!p.fs.exists(file)) return err('The connection to the server localhost:8080 was refused - did you specify the right host or port?');
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

function readText(machine: Machine, path: string): string {
  const text = machine.init.fs.readFile(path);
  return text.ok ? text.value : '';
}

function install(machine: Machine, path: string, name: string, program: InstalledProgram['main']): void {
  machine.os.programs.set(name, program);
  machine.init.fs.mkdirs(path.slice(0, path.lastIndexOf('/')), 0o755);
  machine.init.fs.writeFile(path, programImage(name), { mode: 0o755 });
}

/** kubectl, its configuration for root, and what kubeadm asks of a machine's settings. */
function prepareMachine(machine: Machine, kubectl: InstalledProgram, server: string): void {
  const { fs } = machine.init;
  install(machine, kubectl.path, 'kubectl', kubectl.main);
  fs.mkdirs('/root/.kube', 0o750);
  fs.mkdirs('/etc/kubernetes', 0o755);
  const config = `apiVersion: v1\nclusters:\n- cluster:\n    server: https://${server}\n  name: kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n    user: kubernetes-admin\n  name: kubernetes-admin@kubernetes\ncurrent-context: kubernetes-admin@kubernetes\nkind: Config\npreferences: {}\nusers:\n- name: kubernetes-admin\n  user: {}\n`;
  fs.writeFile('/root/.kube/config', utf8Encode(config), { mode: 0o600 });
  fs.writeFile('/etc/kubernetes/admin.conf', utf8Encode(config), { mode: 0o600 });
  fs.writeFile(
    '/etc/sysctl.d/k8s.conf',
    'net.bridge.bridge-nf-call-iptables  = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\nnet.ipv4.ip_forward                 = 1\n',
  );
  fs.writeFile('/proc/sys/net/ipv4/ip_forward', '1\n');
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
