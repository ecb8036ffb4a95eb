/** Labs made of a lab file, and the blank host. Both come up with everything started and nothing waited for. */
import { Cluster, startDocker, type DockerEngine } from '../cluster/index.ts';
import { BUSYBOX_NET, PROGRAMS, type Pod } from '../commands/index.ts';
import { CNI_PLUGINS } from '../cni/index.ts';
import { makeWorld } from '../kernel/index.ts';
import { Machine } from '../machine/index.ts';
import { utf8Encode } from '../base/index.ts';
import { parseMac } from '../wire/index.ts';
import { clusterNodes, type KubernetesFile, type LabFile } from './lab-file.ts';
import type { Lab, LabOptions } from './lab.ts';
import { writeLoginFiles } from './login-files.ts';
import { provision } from './provision.ts';
import { SimulatedLab } from './simulated-lab.ts';

const PROGRAMS_OF_NODES = [...PROGRAMS, ...CNI_PLUGINS];

/** How long the first pods may take, in virtual time. */
const START_LIMIT_US = 20_000_000;
const DOCKER_START_US = 50_000;
const SETUP_LOG = '/var/log/setup.log';
/** … and for each pod, as each costs processors time. */
const POD_LIMIT_US = 200_000;
/** The cluster was made so long ago, then its machines were suspended: what AGE begins with. */
const AGE_MS = 14 * 60_000;

export function createLab(file: LabFile, options: LabOptions): Lab {
  const world = makeWorld(options.seed, file.kubernetes && !file.kubernetes.bare ? options.epochMs - AGE_MS : options.epochMs);
  const programs = file.kubernetes ? PROGRAMS_OF_NODES : PROGRAMS;
  const machines = provision(world, file, { programs, seed: options.seed });
  const dockers: DockerEngine[] = [];
  for (const [index, [name, { docker }]] of Object.entries(file.nodes).entries()) {
    if (docker === false) continue;
    const mac = docker === true ? undefined : parseMac(docker.mac);
    dockers.push(startDocker(machines.get(name)!, { seed: options.seed * 17 + index, mac, programs: PROGRAMS, busybox: BUSYBOX_NET }));
    // the daemon writes its rules before anything else does
    world.simulation.runUntil(world.simulation.nowUs + DOCKER_START_US);
  }
  setUp(file, machines, world.simulation);
  const { kubernetes } = file;
  const cluster = kubernetes && startCluster(file, kubernetes, machines, options, world.simulation);
  const lab = new SimulatedLab(file.id, world, machines, cluster, kubernetes?.interface ?? '', dockers);
  if (cluster && !kubernetes.bare) startPods(lab, cluster, kubernetes);
  else world.simulation.runUntil(world.simulation.nowUs + 100_000);
  return lab;
}

/** Runs what each machine runs when it starts; what that prints is kept in a log. */
function setUp(file: LabFile, machines: ReadonlyMap<string, Machine>, simulation: Lab['simulation']): void {
  const started = Object.entries(file.nodes).flatMap(([name, { setup }]) => {
    if (setup === undefined) return [];
    const { init } = machines.get(name)!;
    const child = machines.get(name)!.spawn(['bash', '-c', utf8Encode(setup)], {
      cwd: '/root',
      prepare: (one) => {
        const files = [init.fs.open('/dev/null', { read: true }), init.fs.open(SETUP_LOG, { write: true, create: true, append: true })] as const;
        for (const [fd, opened] of [files[0], files[1], files[1]].entries()) if (opened.ok) one.fds.put(fd, opened.value);
      },
    });
    return child.ok ? [child.value] : [];
  });
  const untilUs = simulation.nowUs + START_LIMIT_US;
  while (started.some((process) => !process.ending) && simulation.nowUs < untilUs) simulation.runUntil(simulation.nowUs + 5_000);
}

function startCluster(lab: LabFile, file: KubernetesFile, machines: ReadonlyMap<string, Machine>, options: LabOptions, simulation: Lab['simulation']): Cluster {
  return new Cluster({
    simulation,
    seed: options.seed,
    version: file.version,
    machines: new Map(clusterNodes(lab, file).map((name) => [name, machines.get(name)!])),
    controlPlane: file.controlPlane,
    interface: file.interface,
    podCIDR: file.podCIDR,
    serviceCIDR: file.serviceCIDR,
    network: file.network,
    podsOnControlPlane: file.podsOnControlPlane,
    isBare: file.bare,
    programs: PROGRAMS,
    busybox: BUSYBOX_NET,
    types: options.types,
  });
}

/** The lab file's pods, and the simulation until all that there is runs. */
function startPods(lab: SimulatedLab, cluster: Cluster, file: KubernetesFile): void {
  const { simulation } = lab;
  const untilUs = simulation.nowUs + START_LIMIT_US + POD_LIMIT_US * (file.pods.length + cluster.nodes().length);
  const run = (isThere: () => boolean): void => {
    while (!isThere() && simulation.nowUs < untilUs) simulation.runUntil(simulation.nowUs + 20_000);
  };
  run(() =>
    cluster
      .nodes()
      .every(
        (node) =>
          node.status.conditions.some((one) => one.type === 'Ready' && one.status === 'True') &&
          !node.spec.taints?.some((taint) => taint.key.endsWith('not-ready')),
      ),
  );
  const pods = cluster.api.resources.find((resource) => resource.name === 'pods')!;
  for (const { name, namespace, node, image, command, args, labels = { run: name } } of file.pods) {
    const container = { name, image, ...(command ? { command } : {}), ...(args ? { args } : {}) };
    cluster.api.create(pods, namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: { containers: [container], nodeSelector: { 'kubernetes.io/hostname': node } },
    });
  }
  const hasStarted = (pod: Pod): boolean => {
    const { status, hasCompleted } = cluster.infoOf(pod);
    return status === 'Running' || hasCompleted;
  };
  // The last one is asked until it has started, then the one before it: most have by then.
  let starting: Pod[] = [];
  run(() => {
    for (let last = starting.at(-1); last; last = starting.at(-1)) {
      const pod = cluster.pod(last.metadata.namespace, last.metadata.name);
      if (pod && !hasStarted(pod)) return false;
      starting.pop();
    }
    starting = cluster
      .pods()
      .map(({ pod }) => pod)
      .filter((pod) => !hasStarted(pod));
    return starting.length === 0;
  });
  simulation.epochMs += AGE_MS;
}

/** One Linux host with only lo, down: what `podwalk sh` runs scripts on. `hasPlugins`: CNI plugins in /opt/cni/bin. */
export function createBlankHost(options: LabOptions & { readonly hostname?: string; readonly hasPlugins?: boolean }): Lab {
  const { hostname = 'node-1', seed, epochMs, hasPlugins = false } = options;
  const programs = hasPlugins ? PROGRAMS_OF_NODES : PROGRAMS;
  const world = makeWorld(seed, epochMs);
  const machine = new Machine(world, { hostname, users: [], hosts: [], nameservers: [], programs, seed });
  // What runs here is root of a user namespace, as scripts on a real machine are run.
  machine.host.mayLoadModules = false;
  writeLoginFiles(machine.init.fs);
  return new SimulatedLab('blank', world, new Map([[hostname, machine]]), undefined, '');
}
