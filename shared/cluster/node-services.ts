/**
 * The services of a node as systemd has them (containerd, kubelet), its journal, and what its container runtime holds: the answers to systemctl,
 * journalctl, crictl and their kin. A service that is stopped stops working: without kubelet a node is lost after its lease, without containerd no
 * pod starts.
 */
import { utf8Encode } from '../base/index.ts';
import {
  formatTime,
  type CriContainer,
  type CriImage,
  type CriSandbox,
  type Journal,
  type JournalEntry,
  type KubernetesApi,
  type Membership,
  type NodeView,
  type Unit,
} from '../commands/index.ts';
import { WaitQueue, type Process, type Program, type Sys } from '../shell/index.ts';
import type { Sandbox } from './container.ts';
import type { Kubelet } from './kubelet.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { PodWorker } from './pod-worker.ts';
import type { ObjectStore } from './store.ts';
import { RESOURCES } from './resources.ts';

/** Lines that are kept; journald keeps by size. */
const KEPT = 5000;
const STOP_US = 90_000_000;

export class NodeJournal implements Journal {
  readonly entries: JournalEntry[] = [];
  dropped = 0;
  readonly changed = new WaitQueue();
  constructor(private readonly unixUs: () => number) {}
  write(unit: string, identifier: string, pid: number, message: string): void {
    this.entries.push({ unixUs: this.unixUs(), unit, identifier, pid, message: utf8Encode(message) });
    if (this.entries.length > 2 * KEPT) this.dropped += this.entries.splice(0, KEPT).length;
    this.changed.wakeAll();
  }
}

export interface ServiceFacts {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly dropIn?: string;
  readonly docs: string;
  readonly command: readonly string[];
}
export const CONTAINERD: ServiceFacts = {
  name: 'containerd.service',
  description: 'containerd container runtime',
  file: '/lib/systemd/system/containerd.service',
  docs: 'https://containerd.io',
  command: ['/usr/bin/containerd'],
};
export const KUBELET: ServiceFacts = {
  name: 'kubelet.service',
  description: 'kubelet: The Kubernetes Node Agent',
  file: '/usr/lib/systemd/system/kubelet.service',
  dropIn: '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf',
  docs: 'https://kubernetes.io/docs/',
  command: [],
};

/** containerd as a process: it waits. */
export const containerdProgram: Program = function* (p): Sys<number> {
  for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
  for (;;) yield* p.sleep(1_000_000_000_000);
};

/** RestartSec of the kubelet's unit. */
const RESTART_US = 10_000_000;

class Service {
  process: Process | undefined;
  sinceUnixUs: number;
  isEnabled = true;
  hasFailed = false;
  /** It ended with an error, and will be started again. */
  isRestarting = false;
  restarts = 0;
  constructor(
    readonly facts: ServiceFacts,
    readonly spawn: () => Process | undefined,
    /** Without this it ends at once. */
    readonly canRun: () => boolean,
    now: number,
  ) {
    this.sinceUnixUs = now;
  }
  get isActive(): boolean {
    return this.process !== undefined && this.process.ending === undefined;
  }
}

export interface NodeServicesOptions {
  readonly runtime: NodeRuntime;
  readonly kubelet: Kubelet;
  readonly api: KubernetesApi;
  readonly store: ObjectStore;
  readonly membership: Membership;
  readonly isNetworkReady: () => boolean;
  readonly services: readonly { readonly facts: ServiceFacts; readonly spawn: () => Process | undefined; readonly canRun?: () => boolean }[];
}

export class NodeServices implements NodeView {
  private readonly services: readonly Service[];
  constructor(private readonly options: NodeServicesOptions) {
    this.services = options.services.map(({ facts, spawn, canRun = () => true }) => new Service(facts, spawn, canRun, this.nowUnixUs));
    for (const service of this.services) this.run(service);
  }
  get hostname(): string {
    return this.options.runtime.machine.namespaces.uts.hostname;
  }
  get isControlPlane(): boolean {
    return this.membership.role === 'control-plane';
  }
  get membership(): Membership {
    return this.options.membership;
  }
  get version(): string {
    return this.options.api.version;
  }
  get server(): string {
    return this.options.api.server;
  }
  get api(): KubernetesApi {
    return this.options.api;
  }
  get journal(): NodeJournal {
    return this.options.runtime.journal;
  }
  get nowUnixUs(): number {
    return this.options.runtime.simulation.unixUs;
  }
  get isNetworkReady(): boolean {
    return this.options.isNetworkReady();
  }

  // --- services ---

  private named(name: string): Service | undefined {
    return this.services.find((one) => one.facts.name === name);
  }
  isActive(name: string): boolean {
    return this.named(name)?.isActive ?? false;
  }
  pidOf(name: string): number | undefined {
    const service = this.named(name);
    return service?.isActive ? service.process?.pid : undefined;
  }
  units(): readonly Unit[] {
    return this.services.map((one) => ({
      ...one.facts,
      state: one.isActive ? 'active' : one.isRestarting ? 'restarting' : one.hasFailed || one.process?.ending?.kind === 'killed' ? 'failed' : 'inactive',
      isEnabled: one.isEnabled,
      mainPid: one.isActive ? one.process?.pid : undefined,
      sinceUnixUs: one.sinceUnixUs,
    }));
  }
  /** At once, as kubeadm's own calls are quick. */
  begin(unit: string): void {
    const service = this.named(unit);
    if (service && !service.isActive) this.run(service);
  }
  halt(unit: string): void {
    const service = this.named(unit);
    if (!service) return;
    service.process?.raise('KILL');
    this.stopped(service);
  }
  private run(service: Service): boolean {
    const { name, description } = service.facts;
    service.process = service.spawn();
    service.sinceUnixUs = this.nowUnixUs;
    service.hasFailed = service.process === undefined;
    service.isRestarting = service.process !== undefined && !service.canRun();
    if (service.isRestarting) this.restartLater(service, service.process!);
    this.journal.write(name, 'systemd', 1, service.process ? `Started ${name} - ${description}.` : `Failed to start ${name} - ${description}.`);
    return service.process !== undefined;
  }
  /** Restart=always: tried again until what it needs is there. */
  private restartLater(service: Service, failed: Process): void {
    const { name } = service.facts;
    const { simulation } = this.options.runtime;
    simulation.after(RESTART_US / 50, () => {
      if (service.process !== failed || !failed.ending) return;
      this.journal.write(name, 'systemd', 1, `${name}: Main process exited, code=exited, status=1/FAILURE`);
      this.journal.write(name, 'systemd', 1, `${name}: Failed with result 'exit-code'.`);
    });
    simulation.housekeeping(RESTART_US, () => {
      if (service.process !== failed || !failed.ending) return;
      this.journal.write(name, 'systemd', 1, `${name}: Scheduled restart job, restart counter is at ${++service.restarts}.`);
      this.run(service);
    });
  }
  *start(p: Process, unit: string): Sys<boolean> {
    const service = this.named(unit);
    if (!service) return false;
    yield* p.sleep(20_000);
    return service.isActive || this.run(service);
  }
  *stop(p: Process, unit: string): Sys {
    const service = this.named(unit);
    const process = service?.process;
    if (service?.isRestarting && !service.isActive) [service.process, service.isRestarting] = [undefined, false];
    if (!service?.isActive || !process) return;
    const { name, description } = service.facts;
    this.journal.write(name, 'systemd', 1, `Stopping ${name} - ${description}...`);
    process.raise('TERM');
    const untilUs = p.nowUs + STOP_US;
    while (!process.ending && p.nowUs < untilUs) yield* p.sleep(5_000);
    this.stopped(service);
  }
  private stopped(service: Service): void {
    const { name, description } = service.facts;
    service.process = undefined;
    service.isRestarting = false;
    service.sinceUnixUs = this.nowUnixUs;
    this.journal.write(name, 'systemd', 1, `${name}: Deactivated successfully.`);
    this.journal.write(name, 'systemd', 1, `Stopped ${name} - ${description}.`);
  }
  enable(unit: string, isEnabled: boolean): void {
    const service = this.named(unit);
    if (service) service.isEnabled = isEnabled;
  }

  // --- what containerd holds ---

  sandboxes(): readonly CriSandbox[] {
    return [...this.options.kubelet.workers.values()].flatMap((worker) => {
      const { sandbox } = worker;
      return sandbox ? [this.sandboxOf(worker, sandbox)] : [];
    });
  }
  containers(): readonly CriContainer[] {
    return [...this.options.kubelet.workers.values()].flatMap((worker) => {
      const { sandbox } = worker;
      return sandbox ? worker.runs().map((run): CriContainer => ({ ...run, sandbox: this.sandboxOf(worker, sandbox) })) : [];
    });
  }
  images(): readonly CriImage[] {
    return [...this.options.runtime.images.all].map(([reference, image]) => {
      const colon = reference.lastIndexOf(':');
      return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1), id: image.digest, sizeBytes: image.sizeBytes };
    });
  }

  private sandboxOf({ about }: PodWorker, sandbox: Sandbox): CriSandbox {
    const { metadata, spec } = about;
    return {
      ...{ id: sandbox.id, name: metadata.name, namespace: metadata.namespace ?? 'default', uid: metadata.uid, labels: metadata.labels ?? {} },
      ...{
        createdUnixUs: sandbox.createdUnixUs,
        ip: sandbox.ip,
        pid: (sandbox.pause && this.options.runtime.machine.namespaces.pid.pidOf(sandbox.pause)) ?? 0,
        netnsPath: sandbox.netnsPath,
      },
      isHostNetwork: spec.hostNetwork ?? false,
    };
  }

  /** Where the API server keeps each object in etcd. */
  keys(): readonly string[] {
    return RESOURCES.flatMap((resource) => {
      const folder = FOLDERS[resource.name] ?? resource.name;
      return this.options.store
        .list(resource)
        .map(({ metadata }) => `/registry/${folder}/${resource.isNamespaced ? `${metadata.namespace}/` : ''}${metadata.name}`);
    }).sort();
  }
}
/** Kinds whose folder in etcd is older than their name. */
const FOLDERS: Readonly<Record<string, string>> = { nodes: 'minions', services: 'services/specs', endpoints: 'services/endpoints' };

/** A line of containerd's log, as logrus writes it. */
export const logrus = (unixUs: number, level: 'info' | 'error' | 'warning', message: string, error?: string): string =>
  `time="${formatTime(unixUs).slice(0, -1)}.${String(Math.floor(unixUs) % 1_000_000).padStart(6, '0')}000Z" level=${level} msg=${JSON.stringify(message)}${error === undefined ? '' : ` error=${JSON.stringify(error)}`}`;
