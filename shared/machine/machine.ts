/**
 * A Linux machine: a kernel host and an operating system on it, with its file systems mounted and its programs installed. It knows no command.
 *
 *     const world = makeWorld(seed, epochMs);
 *     const machine = new Machine(world, { hostname: 'node-1', programs: PROGRAMS, … });
 *     machine.spawn(['ip', 'addr'], { prepare: (child) => { … descriptors … } });
 *
 * Invariant: processes reach the network only by their namespace (`netnsOf`), files only by their mount namespace.
 */
import { type Bytes, type Errno, type Result } from '../base/index.ts';
import { makeHost, type Host, type Netns, type World } from '../kernel/index.ts';
import { MemoryFs, Os, type MountOptions, type Namespaces, type Process, type SpawnOptions, type Sys } from '../shell/index.ts';
import { hostFiles, type EtcOptions } from './etc.ts';
import { mountVirtual, systemLayer } from './install.ts';
import { NetNamespace } from './net-namespace.ts';
import type { InstalledProgram } from './program.ts';

export interface MachineOptions extends EtcOptions {
  readonly programs: readonly InstalledProgram[];
  /** Of its random device and the like. */
  readonly seed: number;
  /** Told of a mistake of ours in a program; by default it is thrown. */
  readonly report?: (error: unknown) => void;
  /** Its kernel, where that is there before its programs are; without it, one that has just booted. */
  readonly host?: Host;
}

export class Machine {
  readonly host: Host;
  readonly os: Os;
  /** Process 1: it adopts and buries orphans. */
  readonly init: Process;
  readonly namespaces: Namespaces;
  private nextDevice = 2048;

  constructor(
    readonly world: World,
    readonly options: MachineOptions,
  ) {
    this.host = options.host ?? makeHost(world, options.hostname);
    this.os = new Os(world.simulation, { seed: options.seed, ...(options.report && { report: options.report }) });
    this.namespaces = this.os.makeNamespaces(options.hostname, NetNamespace.of(this.host.initNetns));
    for (const program of options.programs) this.os.programs.set(program.path, program.main);
    this.mountRoot(this.namespaces, systemLayer(options.programs));
    this.init = this.os.boot(this.namespaces, reaper, {
      comm: 'systemd',
      env: new Map([['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']]),
    });
    for (const [path, text] of hostFiles(options)) this.init.fs.writeFile(path, text);
    mountVirtual(this.init, this.os);
  }
  get hostname(): string {
    return this.namespaces.uts.hostname;
  }
  /** The machine's own network, as against its pods'. */
  get netns(): Netns {
    return this.host.initNetns;
  }
  /** Starts a program as a child of process 1. */
  spawn(argv: readonly Bytes[], options: SpawnOptions = {}): Result<Process, Errno> {
    return this.os.spawn(this.init, argv, { group: 'new', ...options });
  }
  /** A root file system that begins as `layer`, mounted as the only thing of `namespaces`. */
  mountRoot(namespaces: Namespaces, layer: MemoryFs): void {
    const fs = new MemoryFs(this.nextDevice++, ROOT_BYTES, this.os.sim.unixUs, this.os.devices, 'ext4', layer);
    namespaces.mnt.add(undefined, fs, fs.root, ROOT_MOUNT);
  }
}

/** Room for files of a machine. */
const ROOT_BYTES = 256 * 1024 * 1024;
const ROOT_MOUNT: MountOptions = { source: '/dev/sda1', flags: ['relatime'], readonly: false };

/** What process 1 does once all is up: bury orphans. */
function* reaper(p: Process): Sys<number> {
  for (;;) if (!(yield* p.wait())) yield p.childChanged;
}
