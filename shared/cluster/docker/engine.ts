/**
 * Docker on a machine without the rest of Kubernetes: dockerd, its images and its containers. A container's network is its own on docker0, another
 * container's, or the host's; `ip netns` does not know of it, as Docker binds its namespaces elsewhere.
 */
import { err, ok, Rng, utf8Encode, type Result } from '../../base/index.ts';
import type { Container, Pod } from '../../commands/index.ts';
import { Iff, makeNetns, setLink, type Netns } from '../../kernel/index.ts';
import { NetNamespace, type Machine } from '../../machine/index.ts';
import { exitStatusOf, programImage, UtsNamespace, type Process, type Program, type Sys } from '../../shell/index.ts';
import type { Ipv4, Mac } from '../../wire/index.ts';
import { RunningContainer, type Sandbox } from '../container.ts';
import { formatReference, parseReference, type Image, type ImageRegistry, type Reference } from '../image.ts';
import { ContainerLog } from '../log.ts';
import { randomHex } from '../names.ts';
import { ObjectStore } from '../store.ts';
import { mountVolumes } from '../volumes.ts';
import { wayOut } from '../way-out.ts';
import { addressText, attach, detach, GATEWAY, makeBridge, publish, SUBNET, writeRules, type Attachment, type PublishedPort } from './network.ts';

export interface RunRequest {
  readonly image: string;
  readonly name: string | undefined;
  /** `bridge`, `host`, `none`, `container:NAME`. */
  readonly network: string;
  readonly pid: string;
  readonly hostname: string | undefined;
  readonly ports: readonly PublishedPort[];
  readonly volumes: readonly string[];
  readonly env: readonly string[];
  readonly entrypoint: string | undefined;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly isRemoved: boolean;
  readonly workdir: string | undefined;
}
export interface DockerContainer {
  readonly id: string;
  readonly name: string;
  readonly request: RunRequest;
  readonly image: Image;
  readonly reference: Reference;
  readonly createdUnixUs: number;
  readonly log: ContainerLog;
  running: RunningContainer | undefined;
  sandbox: Sandbox | undefined;
  attachment: Attachment | undefined;
  startedUnixUs: number;
  finishedUnixUs: number;
  exitCode: number;
}

/** Docker draws names of two words. */
const LEFT = [
  'admiring',
  'brave',
  'clever',
  'dazzling',
  'eager',
  'focused',
  'gallant',
  'happy',
  'jolly',
  'keen',
  'lucid',
  'modest',
  'nifty',
  'quirky',
  'serene',
  'vibrant',
];
const RIGHT = [
  'babbage',
  'cerf',
  'dijkstra',
  'elion',
  'franklin',
  'goodall',
  'hopper',
  'kepler',
  'lamarr',
  'mendel',
  'noether',
  'perlman',
  'ritchie',
  'shannon',
  'turing',
  'wozniak',
];
const PULL_US = 600_000;
const START_US = 25_000;

export class DockerEngine {
  readonly containers: DockerContainer[] = [];
  readonly images = new Map<string, Image>();
  private readonly rng: Rng;
  private daemon: Process | undefined;

  constructor(
    readonly machine: Machine,
    private readonly registry: ImageRegistry,
    options: { readonly seed: number; readonly mac?: Mac | undefined },
  ) {
    this.rng = new Rng(options.seed);
    makeBridge(machine.netns, options.mac ?? 0x0242_0000_0000 + this.rng.below(2 ** 32 - 1));
    installProgram(machine, 'dockerd', dockerd);
    const started = machine.spawn(['/usr/bin/dockerd', '-H', 'fd://', '--containerd=/run/containerd/containerd.sock'], { path: '/usr/bin/dockerd' });
    if (started.ok) this.daemon = started.value;
  }

  /** The daemon answers; undefined when it was ended. */
  get isUp(): boolean {
    return this.daemon !== undefined && !this.daemon.ending;
  }
  get nowUnixUs(): number {
    return this.machine.os.sim.unixUs;
  }
  /** By name, id, or the beginning of one. */
  find(name: string): DockerContainer | undefined {
    return this.containers.find((one) => one.name === name) ?? this.containers.find((one) => name.length > 0 && one.id.startsWith(name));
  }

  /** The image, pulled when it is not there; `tell` hears how it goes. */
  *pull(p: Process, text: string, always: boolean, tell: (line: string) => Sys<unknown>): Sys<Result<Image, string>> {
    const reference = parseReference(text);
    if (!reference) return err(`invalid reference format`);
    const full = formatReference(reference);
    const present = this.images.get(full);
    if (present && !always) return ok(present);
    const short = full.replace(/^docker\.io\/(library\/)?/, '');
    if (!always) yield* tell(`Unable to find image '${short}' locally\n`);
    const reach = wayOut(this.machine);
    if (!reach.ok) return err(`Get "https://registry-1.docker.io/v2/": ${reach.error}`);
    const pulled = this.registry.pull(reference);
    yield* p.sleep(PULL_US);
    const repository = reference.repository.replace(/^docker\.io\//, '');
    if (pulled.kind !== 'pulled')
      return err(
        [...this.registry.all].some((one) => one.repository === reference.repository)
          ? `manifest for ${short} not found: manifest unknown: manifest unknown`
          : `pull access denied for ${repository.replace(/^library\//, '')}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
      );
    yield* tell(`${reference.tag}: Pulling from ${repository}\n${pulled.image.digest.slice(0, 12)}: Pull complete \nDigest: sha256:${pulled.image.digest}\n`);
    yield* tell(`Status: Downloaded newer image for ${short.includes(':') ? short : `${short}:latest`}\n`);
    this.images.set(full, pulled.image);
    return ok(pulled.image);
  }

  create(request: RunRequest, image: Image): Result<DockerContainer, string> {
    const id = randomHex(this.rng, 64);
    const name = request.name ?? `${LEFT[this.rng.below(LEFT.length)]}_${RIGHT[this.rng.below(RIGHT.length)]}`;
    const taken = this.containers.find((one) => one.name === name);
    if (taken)
      return err(
        `Conflict. The container name "/${name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    const container: DockerContainer = {
      ...{ id, name, request, image, reference: parseReference(request.image)!, createdUnixUs: this.nowUnixUs, log: new ContainerLog() },
      ...{ running: undefined, sandbox: undefined, attachment: undefined, startedUnixUs: 0, finishedUnixUs: 0, exitCode: 0 },
    };
    this.containers.push(container);
    return ok(container);
  }

  /** Network, then the program; the error is the daemon's. */
  *start(p: Process, container: DockerContainer): Sys<Result<RunningContainer, string>> {
    const { request, image, id } = container;
    if (container.running) return ok(container.running);
    for (const port of request.ports) {
      const holder = this.containers.find(
        (one) => one.running && one.request.ports.some((used) => used.hostPort === port.hostPort && used.protocol === port.protocol),
      );
      if (holder)
        return err(
          `driver failed programming external connectivity on endpoint ${container.name} (${randomHex(this.rng, 64)}): Bind for ${port.hostIp}:${port.hostPort} failed: port is already allocated`,
        );
    }
    const sandbox = this.connect(container);
    if (!sandbox.ok) return sandbox;
    container.sandbox = sandbox.value;
    if (container.attachment) for (const port of request.ports) yield* publish(p, '-A', addressText(container.attachment.address), port);
    const { daemon } = this;
    const shim = daemon && this.machine.os.fork(daemon, this.shim(container), { group: 'new', prepare: (child) => nameShim(child, id) });
    if (!shim?.ok) return err('cannot start a shim');
    const { spec, pod } = podOf(container);
    const running = RunningContainer.start({
      ...{ machine: this.machine, shim: shim.value, sandbox: sandbox.value, image, spec, pod, id, log: container.log, clusterEnv: {} },
      env: (spec.env ?? []).map(({ name, value = '' }) => [name, utf8Encode(value)] as const),
      resolvConf: resolvConf(this.machine),
      pid: this.pidNamespaceOf(request.pid),
      mountVolumes: (child) => {
        if (request.network !== 'host') child.fs.writeFile('/etc/hosts', hostsOf(container));
        mountVolumes(child, this.machine, { store: new ObjectStore(), pod, nodeName: '', hostIp: '', podIp: '' }, spec, new Map());
      },
    });
    container.running = running;
    container.startedUnixUs = this.nowUnixUs;
    yield* p.sleep(START_US);
    if (running.startError !== undefined) {
      yield* this.wait(p, container);
      return err(
        `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${running.startError}`,
      );
    }
    return ok(running);
  }

  private connect(container: DockerContainer): Result<Sandbox, string> {
    const { request, id } = container;
    const { machine } = this;
    const { os } = machine;
    const hostname = request.hostname ?? id.slice(0, 12);
    const sandboxOf = (net: Sandbox['net'], uts: UtsNamespace, ip: string): Sandbox => ({
      net,
      uts,
      hostname: uts.hostname,
      netnsPath: '',
      createdUnixUs: os.sim.unixUs,
      id,
      ip,
      pause: undefined,
    });
    if (request.network === 'host') return ok(sandboxOf(machine.namespaces.net, machine.namespaces.uts, ''));
    const other = /^container:(.+)$/.exec(request.network)?.[1];
    if (other !== undefined) {
      const found = this.find(other);
      if (!found) return err(`No such container: ${other}`);
      if (!found.running || !found.sandbox) return err(`cannot join network of a non running container: ${found.id}`);
      return ok({ ...found.sandbox, id });
    }
    if (request.network !== 'bridge' && request.network !== 'none') return err(`network ${request.network} not found`);
    const netns = makeNetns(machine.host);
    setLink(netns, 'lo', { flags: Iff.UP, flagsMask: Iff.UP });
    const uts = new UtsNamespace(os.takeNamespaceInode(), hostname);
    const address = request.network === 'bridge' ? this.freeAddress() : undefined;
    if (address !== undefined) container.attachment = attach(machine.netns, netns, `veth${randomHex(this.rng, 7)}`, address);
    return ok(sandboxOf(NetNamespace.of(netns), uts, address === undefined ? '' : addressText(address)));
  }
  private freeAddress(): Ipv4 | undefined {
    const taken = new Set(this.containers.map((one) => one.attachment?.address));
    for (let address = GATEWAY + 1; address < SUBNET.address + 0xffff; address++) if (!taken.has(address)) return address;
    return undefined;
  }
  private pidNamespaceOf(text: string) {
    const other = /^container:(.+)$/.exec(text)?.[1];
    return other === undefined ? undefined : this.find(other)?.running?.pidNamespace;
  }

  /** The container's own shim: waits for its end and tidies up. */
  private shim(container: DockerContainer): Program {
    const ended = (p: Process): Sys => this.ended(p, container);
    return function* (p): Sys<number> {
      while (!container.running?.ending) {
        while (yield* p.wait({ nohang: true }));
        if (container.running?.ending) break;
        yield p.childChanged;
      }
      yield* ended(p);
      return 0;
    };
  }
  private *ended(p: Process, container: DockerContainer): Sys {
    const { running } = container;
    if (!running?.ending) return;
    container.exitCode = exitStatusOf(running.ending);
    running.closed();
    container.running = undefined;
    yield* this.release(p, container);
    if (container.request.isRemoved) this.forget(container);
  }
  private *release(p: Process, container: DockerContainer): Sys {
    container.finishedUnixUs = this.nowUnixUs;
    const { attachment } = container;
    container.sandbox = undefined;
    container.attachment = undefined;
    if (!attachment) return;
    for (const port of container.request.ports) yield* publish(p, '-D', addressText(attachment.address), port);
    detach(this.machine.netns, attachment.veth);
  }
  /** Its first process, as the machine counts them. */
  pidOf({ running }: DockerContainer): number {
    if (!running) return 0;
    return this.machine.namespaces.pid.list().find(({ process }) => process === running.process)?.pid ?? 0;
  }
  forget(container: DockerContainer): void {
    const at = this.containers.indexOf(container);
    if (at >= 0) this.containers.splice(at, 1);
  }
  /** Until it is over and tidied up. */
  *wait(p: Process, container: DockerContainer): Sys {
    while (container.running) yield* p.sleep(2_000);
  }
  /** TERM, and after a while KILL. */
  *stop(p: Process, container: DockerContainer, seconds: number): Sys {
    const { running } = container;
    if (!running) return;
    running.signal(running.stopSignal);
    const untilUs = p.nowUs + seconds * 1_000_000;
    while (container.running && p.nowUs < untilUs) yield* p.sleep(20_000);
    container.running?.signal('KILL');
    yield* this.wait(p, container);
  }
  /** Networks of containers, each under the name of the one that made it. */
  namespaces(): readonly { readonly name: string; readonly netns: Netns }[] {
    return this.containers.flatMap(({ name, request, running, sandbox }) =>
      running && sandbox?.net instanceof NetNamespace && ['bridge', 'none'].includes(request.network) ? [{ name, netns: sandbox.net.netns }] : [],
    );
  }
}

export function installProgram(machine: Machine, name: string, main: Program): void {
  machine.os.programs.set(name, main);
  machine.init.fs.writeFile(`/usr/bin/${name}`, programImage(name), { mode: 0o755 });
}

const dockerd: Program = function* (p): Sys<number> {
  for (const signal of ['TERM', 'INT'] as const) p.on(signal, () => p.exit(0));
  yield* writeRules(p);
  for (;;) {
    while (yield* p.wait({ nohang: true }));
    yield p.childChanged;
  }
};

function nameShim(child: Process, id: string): void {
  child.comm = 'containerd-shim';
  child.argv = ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'moby', '-id', id, '-address', '/run/containerd/containerd.sock'];
  child.exe = '/usr/bin/containerd-shim-runc-v2';
}

/** What runs containers knows them as parts of pods. */
function podOf({ request, name }: DockerContainer): { readonly spec: Container; readonly pod: Pod } {
  const volumes = request.volumes.map((text, index) => ({ ...splitVolume(text), name: `v${index}` }));
  const spec: Container = {
    name,
    image: request.image,
    ...(request.entrypoint === undefined ? {} : { command: [request.entrypoint] }),
    ...(request.command.length > 0 ? { args: [...request.command] } : {}),
    ...(request.workdir === undefined ? {} : { workingDir: request.workdir }),
    tty: request.tty,
    stdin: request.stdin,
    env: request.env.map((text) => ({ name: text.split('=')[0]!, value: text.slice(text.indexOf('=') + 1) })),
    volumeMounts: volumes.map((one) => ({ name: one.name, mountPath: one.to, readOnly: one.isReadOnly })),
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [spec], volumes: volumes.map((one) => ({ name: one.name, hostPath: { path: one.from } })) },
  };
  return { spec, pod: pod as unknown as Pod };
}
export function splitVolume(text: string): { readonly from: string; readonly to: string; readonly isReadOnly: boolean } {
  const [from = '', to = from, mode = ''] = text.split(':');
  return { from, to, isReadOnly: mode.split(',').includes('ro') };
}
function hostsOf({ sandbox, attachment }: DockerContainer): string {
  const own = attachment && sandbox ? `${addressText(attachment.address)}\t${sandbox.hostname}\n` : '';
  return `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n${own}`;
}
function resolvConf(machine: Machine): string {
  const text = machine.init.fs.readFile('/etc/resolv.conf');
  return text.ok ? text.value : '';
}
