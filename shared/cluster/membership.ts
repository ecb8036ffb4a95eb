/** What kubeadm does to a machine: makes it the control plane of a cluster, joins it to one, takes it out again. */
import type { InitRequest, Membership, Node } from '../commands/index.ts';
import { getRoute } from '../kernel/index.ts';
import type { Machine } from '../machine/index.ts';
import { parseIpv4 } from '../wire/index.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Kubelet } from './kubelet.ts';
import { COMPONENTS, removeMembership, writeKubeletConfig, writeManifest, writeMembership } from './node-files.ts';
import { NODES } from './resources.ts';
import type { ObjectStore } from './store.ts';

export interface MembershipOptions {
  readonly name: string;
  readonly machine: Machine;
  readonly store: ObjectStore;
  readonly ownAddress: string;
  readonly cluster: {
    current(): ControlPlane | undefined;
    runtime(): Kubelet;
    stopKubelet(): void;
    startKubelet(): void;
    /** A new cluster, with nothing but its namespaces, configuration and services. */
    make(request: InitRequest): ControlPlane;
    finish(made: ControlPlane): void;
    end(): void;
  };
  /** It was a node from the beginning. */
  readonly joined: boolean;
}

export class NodeMembership implements Membership {
  private isMember: boolean;
  constructor(private readonly options: MembershipOptions) {
    this.isMember = options.joined;
  }
  get role(): Membership['role'] {
    if (!this.isMember) return 'none';
    return this.options.cluster.current()?.plan.controlPlane === this.options.name ? 'control-plane' : 'worker';
  }
  get address(): string {
    return this.options.ownAddress;
  }
  get server(): string | undefined {
    return this.options.cluster.current()?.server;
  }
  reaches(address: string): boolean {
    const destination = parseIpv4(address);
    return destination !== undefined && getRoute(this.options.machine.netns, { destination }).ok;
  }
  isForwarding(): boolean {
    const text = this.options.machine.init.fs.readFile('/proc/sys/net/ipv4/ip_forward');
    return text.ok && text.value.trim() === '1';
  }
  hasReadyNode(): boolean {
    const node = this.options.store.get(NODES, undefined, this.options.name) as Node | undefined;
    return node?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  }

  init(request: InitRequest): void {
    const { cluster, machine } = this.options;
    const made = cluster.make(request);
    this.enter(made, true);
    cluster.finish(made);
    for (const component of COMPONENTS) {
      const template = made.templates.find(({ name }) => name === component);
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: component, namespace: 'kube-system', labels: template?.labels }, spec: template?.spec };
      writeManifest(machine, component, `${JSON.stringify(pod, null, 2)}\n`);
    }
  }
  join(): void {
    const made = this.options.cluster.current();
    if (made) this.enter(made, false);
  }
  private enter(made: ControlPlane, isControlPlane: boolean): void {
    const { cluster, machine, name, store, ownAddress } = this.options;
    writeMembership(machine, name, made.server, isControlPlane);
    writeKubeletConfig(machine, made.plan);
    this.isMember = true;
    if (!store.get(NODES, undefined, name)) made.register(name, ownAddress);
    cluster.stopKubelet();
    cluster.startKubelet();
  }

  leave(): void {
    const { cluster, machine } = this.options;
    const { role } = this;
    cluster.stopKubelet();
    cluster.runtime().forgetPods();
    removeMembership(machine);
    this.isMember = false;
    if (role === 'control-plane') cluster.end();
  }
}
