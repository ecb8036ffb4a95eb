/**
 * The kubelet of a node: notices pods bound to it and starts a worker (a shim process) for each; reports the node's conditions. A process of the
 * node, so that it can be seen, stopped and killed.
 */
import { klogLine } from './images/make.ts';
import { formatTime, type Condition, type Lease, type Node, type Pod, type WatchEvent } from '../commands/index.ts';
import { anyOf, WaitQueue, type Process, type Program, type Sys } from '../shell/index.ts';
import { KUBELET_CONFIG } from './node-files.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { PodWorker } from './pod-worker.ts';
import { LEASES, NODE_NAME, NODES, PODS } from './resources.ts';

/** nodeStatusUpdateFrequency is 10 s; without a change the status is reported every 5 min. */
const HEARTBEAT_US = 10_000_000;
const REPORT_US = 300_000_000;
/** nodeLeaseRenewInterval: a quarter of nodeLeaseDurationSeconds. */
const RENEW_US = 10_000_000;
const LEASE_NAMESPACE = 'kube-node-lease';
/** The runtime tells at once that its network is there (fsnotify on /etc/cni/net.d). */
const NOT_READY_US = 100_000;

export class Kubelet {
  /** By uid of the pod. */
  readonly workers = new Map<string, PodWorker>();
  private readonly changed = new WaitQueue();
  private reportedUs = -Infinity;
  private renewedUs = -Infinity;
  private wasReady: boolean | undefined;

  constructor(
    readonly runtime: NodeRuntime,
    /** Whether a CNI configuration is there: the node is ready then. */
    private readonly isNetworkReady: (p: Process) => boolean,
    private readonly version: string,
  ) {}

  /** A pod of this node has changed. */
  notice(event: WatchEvent): void {
    const worker = this.workers.get(event.object.metadata.uid);
    if (worker && event.type === 'DELETED') worker.isForgotten = true;
    // its own status is no news to a worker
    if (worker && (event.type === 'DELETED' || event.object.metadata.deletionTimestamp !== undefined)) worker.poked.wakeAll();
    else if (!worker) this.changed.wakeAll();
  }

  readonly main: Program = (p) => this.run(p);
  private *run(p: Process): Sys<number> {
    for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
    const log = (where: string, text: string): void =>
      this.runtime.journal.write('kubelet.service', 'kubelet', p.pid, klogLine(this.runtime.simulation.unixUs, p.pid, where, text));
    if (!p.fs.exists(KUBELET_CONFIG)) {
      const why = `failed to load kubelet config file, path: ${KUBELET_CONFIG}, error: failed to load Kubelet config file ${KUBELET_CONFIG}, error failed to read kubelet config file "${KUBELET_CONFIG}", error: open ${KUBELET_CONFIG}: no such file or directory`;
      const line = `"command failed" err=${JSON.stringify(why)}`;
      this.runtime.journal.write('kubelet.service', 'kubelet', p.pid, klogLine(this.runtime.simulation.unixUs, p.pid, 'run.go:72', line, 'E'));
      return 1;
    }
    log('server.go:520', `"Kubelet version" kubeletVersion="${this.version}"`);
    log('kubelet.go:1878', '"Starting kubelet"');
    this.tellAnew();
    for (;;) {
      while (yield* p.wait({ nohang: true }));
      for (const pod of this.runtime.store.listBy(PODS, NODE_NAME, this.runtime.nodeName) as readonly Pod[]) this.adopt(p, pod);
      this.report(p);
      this.renewLease();
      yield* p.block(anyOf([this.changed, p.childChanged, p.timer(this.wasReady ? HEARTBEAT_US : NOT_READY_US)]));
    }
  }

  /** What runs here is ended, whatever the API says of it. */
  forgetPods(): void {
    for (const worker of this.workers.values()) {
      worker.isForgotten = true;
      worker.poked.wakeAll();
    }
  }
  /** One that began anew knows nothing of what it told before. */
  private tellAnew(): void {
    [this.wasReady, this.reportedUs, this.renewedUs] = [undefined, -Infinity, -Infinity];
    for (const worker of this.workers.values()) worker.refresh();
  }

  private adopt(p: Process, pod: Pod): void {
    const { uid } = pod.metadata;
    if (this.workers.has(uid)) return;
    if (pod.metadata.deletionTimestamp !== undefined || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return;
    const worker = new PodWorker(this.runtime, pod);
    this.workers.set(uid, worker);
    const { workers } = this;
    const shim = p.fork(
      function* (child) {
        const status = yield* worker.run(child);
        workers.delete(uid);
        return status;
      },
      {
        group: 'new',
        prepare: (child) => {
          child.comm = 'containerd-shim';
          child.argv = ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', this.runtime.newId(), '-address', '/run/containerd/containerd.sock'];
          child.exe = '/usr/bin/containerd-shim-runc-v2';
        },
      },
    );
    if (!shim.ok) this.workers.delete(uid);
  }

  private renewLease(): void {
    const { store, simulation, nodeName } = this.runtime;
    const node = store.get(NODES, undefined, nodeName);
    if (!node || simulation.nowUs - this.renewedUs < RENEW_US) return;
    this.renewedUs = simulation.nowUs;
    const now = Math.floor(simulation.unixUs);
    const renewTime = `${formatTime(now).slice(0, -1)}.${String(now % 1_000_000).padStart(6, '0')}Z`;
    const old = store.get(LEASES, LEASE_NAMESPACE, nodeName);
    const metadata = old?.metadata ?? {
      name: nodeName,
      namespace: LEASE_NAMESPACE,
      // an identity of its own that costs the lab no chance
      uid: node.metadata.uid.replace(/^.{8}/, (start) => [...start].reverse().join('')),
      resourceVersion: '',
      creationTimestamp: formatTime(now),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid }],
    };
    const spec: Lease['spec'] = { holderIdentity: nodeName, leaseDurationSeconds: 40, renewTime };
    store.put(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
  }

  private report(p: Process): void {
    const { store, simulation, nodeName } = this.runtime;
    const node = store.get(NODES, undefined, nodeName) as Node | undefined;
    if (!node) return;
    const isReady = this.isNetworkReady(p);
    const isLost = node.status.conditions.some((one) => one.type === 'Ready' && one.status === 'Unknown');
    if (isReady === this.wasReady && !isLost && simulation.nowUs - this.reportedUs < REPORT_US) return;
    const wasReady = this.wasReady;
    this.wasReady = isReady;
    this.reportedUs = simulation.nowUs;
    const now = formatTime(simulation.unixUs);
    const conditions = node.status.conditions.map((one): Condition => {
      if (one.type !== 'Ready') return one.status === 'Unknown' ? recovered(one, now) : { ...one, lastHeartbeatTime: now };
      const status = isReady ? 'True' : 'False';
      const changedAt = one.status === status ? one.lastTransitionTime : now;
      return isReady
        ? { type: 'Ready', status, lastHeartbeatTime: now, lastTransitionTime: changedAt, reason: 'KubeletReady', message: 'kubelet is posting ready status' }
        : {
            type: 'Ready',
            status,
            lastHeartbeatTime: now,
            lastTransitionTime: changedAt,
            reason: 'KubeletNotReady',
            message:
              'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
          };
    });
    const taints = (node.spec.taints ?? []).filter((taint) => taint.key !== 'node.kubernetes.io/not-ready' && taint.key !== 'node.kubernetes.io/unreachable');
    if (!isReady) taints.push({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });
    const { taints: _, ...spec } = node.spec;
    const updated = store.put(NODES, { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec, status: { ...node.status, conditions } });
    if (wasReady !== undefined && wasReady !== isReady) {
      const reason = isReady ? 'NodeReady' : 'NodeNotReady';
      this.runtime.events.record({ component: 'kubelet', host: nodeName }, updated, 'Normal', reason, `Node ${nodeName} status is now: ${reason}`);
    }
  }
}

const FINE: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
};
/** A condition that nobody had told of for a while. */
function recovered(one: Condition, now: string): Condition {
  const [reason = '', message = ''] = FINE[one.type] ?? [];
  return { type: one.type, status: 'False', lastHeartbeatTime: now, lastTransitionTime: now, reason, message };
}
