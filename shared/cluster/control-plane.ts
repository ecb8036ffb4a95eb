/**
 * What `kubeadm init` makes: the objects of a new cluster, its nodes, the control plane's pods, kube-proxy, CoreDNS. Made at once for a lab whose cluster
 * is there from the beginning, in two steps so that nodes can start between them; it goes as a whole when its node is reset.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime } from '../commands/index.ts';
import { formatIpv4, ipv4Mask, parseIpv4Prefix } from '../wire/index.ts';
import { makeNamespace } from './api-server.ts';
import { Keeper, type Template } from './controllers.ts';
import { admitDeployment } from './workload-admission.ts';
import { makeNode } from './node-object.ts';
import { randomUid } from './names.ts';
import type { PodNetwork } from './pod-network.ts';
import { CONFIGMAPS, DEPLOYMENTS, ENDPOINTS, ENDPOINTSLICES, NAMESPACES, NODES, SERVICES } from './resources.ts';
import { admitService } from './service-admission.ts';
import type { ObjectStore } from './store.ts';
import { SystemData } from './system-data.ts';
import { corednsDeployment, systemServices, systemTemplates, type SystemService } from './system-pods.ts';

/** How a cluster was asked for. */
export interface ClusterPlan {
  readonly version: string;
  readonly controlPlane: string;
  /** `192.168.56.10`, where the API server listens on port 6443. */
  readonly address: string;
  /** Undefined: nodes get no range of addresses for their pods. */
  readonly podCIDR: string | undefined;
  readonly serviceCIDR: string;
  /** No taint keeps pods from the control plane. */
  readonly podsOnControlPlane: boolean;
  /** CoreDNS came up before workers joined. */
  readonly dnsOnControlPlane: boolean;
}

export class ControlPlane {
  private keeper: Keeper | undefined;
  private data: SystemData | undefined;
  /** What runs in its pods: `finish` knows. */
  templates: readonly Template[] = [];
  /** Which /24 each node has; those of nodes that are gone come first again. */
  private readonly ranges = new Map<string, number>();
  private readonly freed: number[] = [];
  private next = 0;
  private readonly stopListening: () => void;
  constructor(
    readonly plan: ClusterPlan,
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
    private readonly network: PodNetwork,
  ) {
    this.stopListening = store.listen((_resource, { type, object: { metadata } }) => {
      const index = type === 'DELETED' ? this.ranges.get(metadata.name) : undefined;
      if (index === undefined) return;
      this.freed.push(index);
      this.ranges.delete(metadata.name);
      this.freed.sort((a, b) => a - b);
    }, NODES);
  }

  get server(): string {
    return `${this.plan.address}:6443`;
  }
  private get now(): string {
    return formatTime(this.simulation.unixUs);
  }

  /** Namespaces, configuration and services. */
  begin(): void {
    for (const name of ['default', ...this.network.namespaces, 'kube-node-lease', 'kube-public', 'kube-system'])
      this.store.put(NAMESPACES, makeNamespace(name, this.now, this.rng));
    for (const { namespace, name, data } of this.network.configMaps) {
      const metadata = { name, namespace, uid: randomUid(this.rng), resourceVersion: '', creationTimestamp: this.now };
      this.store.put(CONFIGMAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as never);
    }
    for (const service of systemServices(this.plan.serviceCIDR)) this.makeService(service);
  }
  /** A node with the first range of addresses that no other has. */
  register(name: string, address: string): void {
    const { version, controlPlane, podsOnControlPlane } = this.plan;
    const podCIDR = this.freeRange(name);
    const isControlPlane = name === controlPlane;
    this.store.put(
      NODES,
      makeNode({
        ...{ name, isControlPlane, isTainted: isControlPlane && !podsOnControlPlane, address, version },
        ...(podCIDR === undefined ? {} : { podCIDR }),
        ...{ createdAt: this.now, now: this.now, available: this.network.available, rng: this.rng },
      }),
    );
  }
  private freeRange(name: string): string | undefined {
    const { podCIDR } = this.plan;
    if (podCIDR === undefined) return undefined;
    const { address, length } = parseIpv4Prefix(podCIDR)!;
    const index = this.freed.shift() ?? this.next++;
    if (index >= 2 ** (24 - length)) return undefined;
    this.ranges.set(name, index);
    return `${formatIpv4((address & ipv4Mask(length)) + index * 256)}/24`;
  }
  /** Pods, and who keeps them there. */
  finish(seed: number): void {
    const { version, controlPlane, podCIDR = '', serviceCIDR } = this.plan;
    this.templates = [...systemTemplates({ version, controlPlane, controlPlaneIp: this.plan.address, podCIDR, serviceCIDR }), ...this.network.templates];
    this.data = new SystemData(this.store, this.simulation, seed, { version, podCIDR, serviceCIDR, server: this.server, controlPlane });
    this.keeper = new Keeper(this.store, this.simulation, this.rng, this.templates);
    this.keeper.sync();
    const made = admitDeployment(corednsDeployment(this.plan.dnsOnControlPlane ? controlPlane : undefined), 'kube-system', this.now, this.rng);
    if (!made.ok) throw new Error(`the deployment of CoreDNS is refused: ${made.error.message}`);
    this.store.put(DEPLOYMENTS, made.value);
    this.templates = [...this.templates, { namespace: 'kube-system', name: 'coredns', kind: 'replica-set', labels: {}, spec: made.value.spec.template.spec }];
  }
  /** Of a daemon set that it keeps itself. */
  keeps(uid: string): boolean {
    return this.keeper?.declared(uid) ?? false;
  }
  /** Nothing is left of it. Owners go before what they own, so that nothing is made again. */
  end(): void {
    this.stopListening();
    this.keeper?.stop();
    this.data?.stop();
    this.store.clear();
  }

  private makeService({ namespace, ...sent }: SystemService): void {
    const pools = { cidr: this.plan.serviceCIDR, taken: [], rng: this.rng };
    const made = admitService(sent, namespace, this.now, pools);
    if (!made.ok) throw new Error(`the service ${sent.metadata.name} is refused: ${made.error.message}`);
    this.store.put(SERVICES, made.value);
    if (sent.spec.selector) return;
    const metadata = { name: sent.metadata.name, namespace, uid: randomUid(this.rng), resourceVersion: '', creationTimestamp: this.now };
    const { address } = this.plan;
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
}
