/**
 * One run of a container: its root, its namespaces (the pod's network and host name, its own processes and files), its streams. Made by the
 * pod's shim, whose child its first process is.
 */
import { err, ok, utf8Encode, type Bytes, type Result } from '../base/index.ts';
import type { Container, Pod } from '../commands/index.ts';
import { mountVirtual, type Machine } from '../machine/index.ts';
import type { UtsNamespace } from '../shell/index.ts';
import {
  anyOf,
  makePipe,
  MountNamespace,
  PidNamespace,
  type ChildStatus,
  type Namespace,
  type OpenFile,
  type PipeEnd,
  type Process,
  type Program,
  type Pty,
  type Sys,
  type Wait,
} from '../shell/index.ts';
import { layerOf, type Image } from './image.ts';
import { LogFile, type ContainerLog } from './log.ts';

/** What the containers of a pod share. */
export interface Sandbox {
  readonly net: Namespace;
  readonly uts: UtsNamespace;
  readonly hostname: string;
  /** Path of the network namespace; '' for the host's. */
  readonly netnsPath: string;
  readonly id: string;
  readonly ip: string;
  readonly createdUnixUs: number;
  readonly pause: Process | undefined;
}

export interface ContainerSetup {
  readonly machine: Machine;
  readonly shim: Process;
  readonly sandbox: Sandbox;
  readonly image: Image;
  readonly spec: Container;
  readonly pod: Pod;
  readonly id: string;
  readonly log: ContainerLog;
  readonly resolvConf: string;
  /** What its specification adds, found out. */
  readonly env: readonly (readonly [name: string, value: Bytes])[];
  readonly clusterEnv: Readonly<Record<string, string>>;
  /** Whose processes it sees; without it its own only. */
  readonly pid?: PidNamespace | undefined;
  /** Mounts the pod's volumes into the root that the process sees. */
  readonly mountVolumes: (child: Process) => void;
}

export class RunningContainer {
  readonly id: string;
  readonly log: ContainerLog;
  /** By the calendar. */
  readonly startedUnixUs: number;
  /** Its terminal, where it asked for one. */
  readonly pty: Pty | undefined;
  /** Where `kubectl attach -i` writes; undefined when nobody keeps its input open. */
  readonly stdin: PipeEnd | undefined;
  /** Those who are attached. */
  readonly watchers = new Set<(data: Bytes) => void>();
  /** Why its program could not be started, in runc's words. */
  startError: string | undefined = undefined;
  readonly process: Process;
  readonly stopSignal: Image['stopSignal'];
  private readonly mnt: MountNamespace;
  private readonly pid: PidNamespace;

  private constructor(
    private readonly setup: ContainerSetup,
    private readonly argv: readonly Bytes[],
    private readonly env: ReadonlyMap<Bytes, Bytes>,
  ) {
    const { machine, shim, spec, log, image } = setup;
    const { os } = machine;
    this.id = setup.id;
    this.log = log;
    this.startedUnixUs = os.sim.unixUs;
    this.stopSignal = image.stopSignal;
    this.mnt = new MountNamespace(os.takeNamespaceInode());
    this.pid = setup.pid ?? new PidNamespace(os.takeNamespaceInode(), machine.namespaces.pid);
    for (const program of image.programs) os.programs.set(program.name, program.main);
    const output = new LogFile(
      log,
      () => os.sim.unixUs,
      (data) => this.tell(data),
    );
    this.pty = spec.tty ? os.openPty() : undefined;
    const pipe = spec.stdin && !spec.tty ? makePipe(os.takeInode()) : undefined;
    this.stdin = pipe?.writer;
    if (this.stdin) this.stdin.references++;
    this.pty?.onData((data) => {
      log.append(data, os.sim.unixUs);
      this.tell(data);
    });
    const made = this.fork(shim, this.main(), (child) => {
      machine.mountRoot(child.namespaces, layerOf(image));
      mountVirtual(child, os);
      this.writeEtc(child);
      setup.mountVolumes(child);
      if (this.pty) this.useTerminal(child, this.pty);
      else this.useFiles(child, pipe?.reader, output, output);
    });
    if (!made) throw new Error('a container has a process');
    this.process = made;
  }

  static start(setup: ContainerSetup): RunningContainer {
    const { spec, image, sandbox } = setup;
    const env = new Map<Bytes, Bytes>([
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['HOSTNAME', sandbox.hostname],
      ...(spec.tty ? ([['TERM', 'xterm']] as const) : []),
      ...Object.entries(image.env),
      ...Object.entries(setup.clusterEnv),
      ['HOME', '/root'],
    ]);
    const expand = (text: string): string =>
      text.replace(/\$(\$)?\(([A-Za-z_][\w.-]*)\)/g, (whole, dollar: string | undefined, name: string) => (dollar ? `$(${name})` : (env.get(name) ?? whole)));
    for (const [name, value] of setup.env) env.set(utf8Encode(name), expand(value));
    const entrypoint = spec.command ?? image.entrypoint;
    const args = spec.args ?? (spec.command ? [] : image.cmd);
    return new RunningContainer(
      setup,
      [...entrypoint, ...args].map((word) => utf8Encode(expand(word))),
      env,
    );
  }

  get pidNamespace(): PidNamespace {
    return this.pid;
  }
  openPty(): Pty {
    return this.setup.machine.os.openPty();
  }
  /** Woken when one of its processes ends. */
  get childChanged(): Wait {
    return this.setup.shim.childChanged;
  }
  get ending(): ChildStatus | undefined {
    return this.process.ending;
  }

  /** Another command in it; with files for its descriptors, or a terminal. Undefined when the machine has too many processes. */
  exec(
    argv: readonly Bytes[],
    io: { readonly files: readonly [OpenFile, OpenFile, OpenFile] } | { readonly pty: Pty },
    failed: (why: string) => void,
  ): Process | undefined {
    const { spec } = this.setup;
    const env = new Map(this.env);
    if ('pty' in io) env.set('TERM', 'xterm');
    return this.fork(this.setup.shim, this.start(argv, env, spec.workingDir, failed), (child) => {
      if ('pty' in io) this.useTerminal(child, io.pty);
      else this.useFiles(child, ...io.files);
    });
  }

  /** To its first process, which as process 1 of its namespace ignores what it has no handler for (pid_namespaces(7)). */
  signal(name: 'TERM' | 'QUIT' | 'WINCH' | 'KILL'): void {
    if (this.process.ending) return;
    if (name === 'KILL' || this.process.disposition(name) !== 'default') this.process.raise(name);
  }
  /** Nobody will write to its input any more. */
  closeInput(): void {
    if (this.stdin && this.stdin.references > 0 && --this.stdin.references === 0) this.stdin.released();
  }
  /** It is over: nobody will write to its log or attach any more. */
  closed(): void {
    this.log.close();
    this.pty?.close();
    for (const watcher of [...this.watchers]) watcher('');
  }

  private tell(data: Bytes): void {
    for (const watcher of [...this.watchers]) watcher(data);
  }
  private main(): Program {
    return this.start(this.argv, this.env, this.setup.spec.workingDir, (why) => {
      this.startError = why;
    });
  }
  private start(argv: readonly Bytes[], env: ReadonlyMap<Bytes, Bytes>, workdir: string | undefined, failed: (why: string) => void): Program {
    const directory = workdir ?? (this.setup.image.workdir || '/');
    return function* (p): Sys<number> {
      p.env = new Map(env);
      p.fs.mkdirs(directory, 0o755);
      p.fs.chdir(directory);
      const errno = p.exec(argv, { env: new Map(env) });
      const name = argv[0] ?? '';
      failed(
        name.includes('/')
          ? `exec: "${name}": stat ${name}: ${errno === 'ENOENT' ? 'no such file or directory' : 'permission denied'}: unknown`
          : `exec: "${name}": executable file not found in $PATH: unknown`,
      );
      return 128;
    };
  }

  private fork(shim: Process, body: Program, prepare: (child: Process) => void): Process | undefined {
    const { sandbox, machine } = this.setup;
    const before = shim.pidForChildren;
    shim.pidForChildren = this.pid;
    const child = machine.os.fork(shim, body, {
      prepare: (one) => {
        one.setsid();
        one.enter(sandbox.net);
        one.enter(sandbox.uts);
        one.enter(this.mnt);
        prepare(one);
      },
    });
    shim.pidForChildren = before;
    return child.ok ? child.value : undefined;
  }
  private useFiles(child: Process, stdin: OpenFile | undefined, stdout: OpenFile, stderr: OpenFile): void {
    child.fds.closeAll();
    const input = stdin ? ok(stdin) : child.fs.open('/dev/null', { read: true });
    if (input.ok) child.fds.put(0, input.value);
    child.fds.put(1, stdout);
    child.fds.put(2, stderr);
  }
  private useTerminal(child: Process, pty: Pty): void {
    child.fds.closeAll();
    const tty = pty.open();
    for (const fd of [0, 1, 2]) child.fds.put(fd, tty);
    tty.control({ kind: 'tty.adopt' }, child);
  }
  private writeEtc(child: Process): void {
    const { sandbox, resolvConf } = this.setup;
    const hosts = `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${sandbox.ip}\t${sandbox.hostname}\n`;
    for (const [path, text] of [
      ['/etc/hosts', hosts],
      ['/etc/hostname', `${sandbox.hostname}\n`],
      ['/etc/resolv.conf', resolvConf],
    ] as const)
      child.fs.writeFile(path, text);
  }
}

/** What an exec came to: its status once it ended, or why it could not begin. */
export type ExecResult = Result<ChildStatus, string>;
export const execFailed = (id: string, why: string): ExecResult =>
  err(
    `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: ${why}`,
  );

/** How often it is looked whether they have ended. */
const LOOK_US = 1_000_000;
/** Tells containers to end, and after their grace, or once nobody waits for them (`isHasty`), makes them. */
export function* endContainers(p: Process, containers: readonly RunningContainer[], graceS: number, poked: Wait, isHasty: () => boolean): Sys {
  for (const running of containers) running.signal(graceS > 0 ? running.stopSignal : 'KILL');
  const untilUs = p.nowUs + graceS * 1_000_000;
  while (containers.some((running) => !running.ending)) {
    while (yield* p.wait({ nohang: true }));
    if (p.nowUs >= untilUs || isHasty()) for (const running of containers) running.signal('KILL');
    if (containers.every((running) => running.ending)) break;
    yield* p.block(anyOf([p.childChanged, poked, p.timer(Math.max(1, Math.min(untilUs - p.nowUs, LOOK_US)))]));
  }
}
