/**
 * A pod's sandbox: the pause process and its namespaces, and the network that the node's CNI configuration gives it (containerd's CRI plugin,
 * internal/cri/server/sandbox_run.go: namespace first, then CNI, then pause).
 */
import { err, ok, type Result } from '../base/index.ts';
import { addNetwork, deleteNetwork, loadNetwork, onNode, TIMEOUT_US, type NetworkList, type RuntimeConfig } from '../cni/index.ts';
import type { Pod } from '../commands/index.ts';
import { makeNetns } from '../kernel/index.ts';
import { mountNetns, NetNamespace, NETNS_DIR, unmountNetns } from '../machine/index.ts';
import { PidNamespace, UtsNamespace, type Process, type Program, type Sys } from '../shell/index.ts';
import type { Sandbox } from './container.ts';
import type { NodeRuntime } from './node-runtime.ts';

const CNI_CONF = '/etc/cni/net.d';
const CNI_BIN = ['/opt/cni/bin'];
const SANDBOX_US = 35_000;

const NO_CONTAINERD = 'connection error: desc = "transport: Error while dialing: dial unix /var/run/containerd/containerd.sock: connect: connection refused"';
/** containerd brings up lo by a plugin too. */
const LOOPBACK: NetworkList = { name: 'cni-loopback', cniVersion: '0.3.1', disableCheck: false, disableGC: false, plugins: [{ type: 'loopback' }] };

/** Why there is none: what the kubelet hears, and what containerd writes down. */
export interface SandboxError {
  readonly code: 'Unavailable' | 'Unknown' | 'DeadlineExceeded';
  readonly message: string;
  readonly cause: string;
  /** What the runtime still has to do when the kubelet does not wait any more. */
  readonly tearDown: (p: Process) => Sys;
}
const nothing = function* (): Sys {};

export function* makeSandbox(p: Process, runtime: NodeRuntime, pod: Pod): Sys<Result<Sandbox, SandboxError>> {
  const { os } = runtime.machine;
  const id = runtime.newId();
  if (!runtime.isServiceUp('containerd.service')) return err({ code: 'Unavailable', message: NO_CONTAINERD, cause: NO_CONTAINERD, tearDown: nothing });
  yield* p.sleep(SANDBOX_US);
  if (pod.spec.hostNetwork) {
    const pause = startPause(p, runtime, runtime.machine.namespaces.net, runtime.machine.namespaces.uts);
    return ok({
      net: runtime.machine.namespaces.net,
      uts: runtime.machine.namespaces.uts,
      hostname: runtime.nodeName,
      netnsPath: '',
      id,
      ip: runtime.hostIp,
      createdUnixUs: runtime.simulation.unixUs,
      pause,
    });
  }
  const untilUs = p.nowUs + TIMEOUT_US;
  const network = yield* onNode(p, loadNetwork(CNI_CONF));
  const fail = (why: string, late?: SandboxError['tearDown']): Result<never, SandboxError> => {
    const cause = `failed to setup network for sandbox "${id}": ${why}`;
    return err(
      late
        ? { code: 'DeadlineExceeded', message: 'context deadline exceeded', cause, tearDown: late }
        : { code: 'Unknown', message: cause, cause, tearDown: nothing },
    );
  };
  if (!network.ok) return fail('cni plugin not initialized');
  const netns = makeNetns(runtime.machine.host);
  const net = NetNamespace.of(netns);
  const path = `${NETNS_DIR}/cni-${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`;
  p.fs.mkdirs(NETNS_DIR, 0o755);
  p.fs.writeFile(path, '', { mode: 0o444 });
  const mounted = mountNetns(p, path, netns);
  if (!mounted.ok) return fail(`failed to mount namespace: ${mounted.error}`);
  const observe = (call: Parameters<NodeRuntime['observe']>[1]): void => runtime.observe(pod, call);
  const config = (ifName: string): RuntimeConfig => ({
    containerId: id,
    netns: path.replace(/^\/run/, '/var/run'),
    ifName,
    args: cniArgs(pod, id),
    capabilities: { portMappings: portMappings(pod) },
  });
  const lo = yield* onNode(p, addNetwork(LOOPBACK, CNI_BIN, config('lo')), observe);
  const added = lo.ok ? yield* onNode(p, addNetwork(network.value, CNI_BIN, config('eth0')), observe) : lo;
  const address = added.ok ? added.value.ips[0]?.address : undefined;
  if (!added.ok || address === undefined) {
    const tearDown = function* (shim: Process): Sys {
      yield* onNode(shim, deleteNetwork(network.value, CNI_BIN, config('eth0')), observe);
      unmountNetns(shim, path);
      shim.fs.unlink(path);
    };
    const isLate = p.nowUs >= untilUs;
    if (!isLate) yield* tearDown(p);
    return fail(
      added.ok
        ? `failed to find network info for sandbox "${id}"`
        : `plugin type="${added.error.plugin}" failed (add): ${added.error.msg}${added.error.details === undefined ? '' : `; ${added.error.details}`}`,
      isLate ? tearDown : undefined,
    );
  }
  const hostname = pod.spec.hostname ?? pod.metadata.name.slice(0, 63);
  const uts = new UtsNamespace(os.takeNamespaceInode(), hostname);
  return ok({
    net,
    uts,
    hostname,
    netnsPath: path,
    id,
    ip: address.split('/')[0]!,
    createdUnixUs: runtime.simulation.unixUs,
    pause: startPause(p, runtime, net, uts),
  });
}

/** The network is released, the pause process ended. Errors of plugins do not keep it. */
export function* removeSandbox(p: Process, sandbox: Sandbox): Sys {
  if (sandbox.netnsPath !== '') {
    const network = yield* onNode(p, loadNetwork(CNI_CONF));
    const config = { containerId: sandbox.id, netns: sandbox.netnsPath.replace(/^\/run/, '/var/run'), ifName: 'eth0', args: [], capabilities: {} };
    if (network.ok) yield* onNode(p, deleteNetwork(network.value, CNI_BIN, config));
  }
  sandbox.pause?.raise('KILL');
  while (yield* p.wait({ nohang: true }));
  if (sandbox.netnsPath === '') return;
  unmountNetns(p, sandbox.netnsPath);
  p.fs.unlink(sandbox.netnsPath);
}

const cniArgs = (pod: Pod, id: string): RuntimeConfig['args'] => [
  ['IgnoreUnknown', '1'],
  ['K8S_POD_NAMESPACE', pod.metadata.namespace ?? 'default'],
  ['K8S_POD_NAME', pod.metadata.name],
  ['K8S_POD_INFRA_CONTAINER_ID', id],
  ['K8S_POD_UID', pod.metadata.uid],
];
const portMappings = (pod: Pod) =>
  pod.spec.containers
    .flatMap((container) => container.ports ?? [])
    .filter((port) => port.hostPort !== undefined)
    .map((port) => ({ hostPort: port.hostPort!, containerPort: port.containerPort, protocol: (port.protocol ?? 'TCP').toLowerCase(), hostIP: '' }));

/** Holds the namespaces while containers come and go. */
const pause: Program = function* (p): Sys<number> {
  for (const signal of ['INT', 'TERM'] as const) p.on(signal, () => p.exit(0));
  for (;;) yield* p.sleep(1_000_000_000_000);
};

function startPause(p: Process, runtime: NodeRuntime, net: Sandbox['net'], uts: UtsNamespace): Process | undefined {
  const { os } = runtime.machine;
  const before = p.pidForChildren;
  p.pidForChildren = new PidNamespace(os.takeNamespaceInode(), runtime.machine.namespaces.pid);
  const child = os.fork(p, pause, {
    group: 'new',
    prepare: (one) => {
      one.enter(net);
      one.enter(uts);
      one.fds.closeAll();
      one.comm = 'pause';
      one.argv = ['/pause'];
      one.exe = '/pause';
    },
  });
  p.pidForChildren = before;
  return child.ok ? child.value : undefined;
}
