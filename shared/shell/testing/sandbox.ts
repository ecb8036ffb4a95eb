/**
 * A small machine for the tests of this module: a root in memory with /dev, /proc/self/fd and a few programs that do as much of the real ones' work as
 * test scripts need. Commands proper are another module's.
 */
import { ok, Simulation, type Bytes } from '../../base/index.ts';
import {
  createBash,
  DEVICES,
  dirOf,
  DynamicFs,
  exitStatusOf,
  LineReader,
  MemoryFs,
  Os,
  programImage,
  type Caller,
  type ChildStatus,
  type DynamicNode,
  type Hooks,
  type OpenFile,
  type Process,
  type Program,
  type Pty,
  type Sys,
} from '../index.ts';

export interface Run {
  readonly stdout: Bytes;
  readonly stderr: Bytes;
  /** Both, in the order they were written. */
  readonly merged: Bytes;
  readonly status: number;
  /** The simulation had nothing left to do, or the step limit was reached, before the script ended. */
  readonly isOver: boolean;
}

const link = (target: Bytes): DynamicNode => ({ kind: 'symlink', target: () => target });
const device = (rdev: number): DynamicNode => ({ kind: 'char', rdev, mode: 0o666 });

export class Sandbox {
  readonly sim = new Simulation(1704164645000);
  readonly os: Os;
  readonly init: Process;
  readonly errors: unknown[] = [];

  constructor(hooks: Hooks = {}, limits: ConstructorParameters<typeof Os>[1] = {}) {
    const os = new Os(this.sim, { report: (error) => this.errors.push(error), ...limits });
    this.os = os;
    const namespaces = os.makeNamespaces('vm');
    const root = new MemoryFs(1, os.limits.memoryBytes, this.sim.unixUs, os.devices);
    namespaces.mnt.add(undefined, root, root.root, { source: 'rootfs', flags: [], readonly: false });
    this.init = os.boot(namespaces, (p) => p.reap());
    const { fs } = this.init;
    for (const path of ['/dev', '/proc', '/tmp', '/etc', '/root', '/usr/bin', '/var/log']) fs.mkdirs(path, 0o755);
    fs.symlink('usr/bin', '/bin');
    fs.chmod('/tmp', 0o1777);
    fs.writeFile('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\n');
    const mount = (path: Bytes, tree: DynamicFs): void => {
      const place = fs.lookup(path);
      if (place.ok) namespaces.mnt.add(place.value, tree, tree.root, { source: tree.type, flags: [], readonly: false });
    };
    const now = this.sim.unixUs;
    mount('/proc', new DynamicFs('proc', 2, dirOf({ self: dirOf({ fd: FD_DIR }) }), now));
    mount(
      '/dev',
      new DynamicFs(
        'devtmpfs',
        3,
        dirOf({
          fd: link('/proc/self/fd'),
          stdin: link('/proc/self/fd/0'),
          stdout: link('/proc/self/fd/1'),
          stderr: link('/proc/self/fd/2'),
          null: device(DEVICES.null),
          zero: device(DEVICES.zero),
          full: device(DEVICES.full),
          urandom: device(DEVICES.urandom),
          tty: device(DEVICES.tty),
        }),
        now,
        os.devices,
      ),
    );
    const bash = createBash(hooks);
    for (const [name, program] of [...PROGRAMS, ['bash', bash], ['sh', bash]] as const) {
      os.programs.set(name, program);
      fs.writeFile(`/usr/bin/${name}`, programImage(name), { mode: 0o755 });
    }
  }

  /** Starts a program with its output captured and runs until it has ended. */
  run(
    argv: readonly Bytes[],
    how: { readonly stdin?: Bytes; readonly env?: Readonly<Record<string, Bytes>>; readonly seconds?: number; readonly cwd?: Bytes } = {},
  ): Run {
    const out = { stdout: '', stderr: '', merged: '' };
    let status: ChildStatus | undefined;
    const { init, os } = this;
    init.fs.writeFile('/tmp/.stdin', how.stdin ?? '');
    const input = init.fs.open('/tmp/.stdin', { read: true });
    init.fs.unlink('/tmp/.stdin');
    const starter = os.fork(
      init,
      function* (p): Sys<number> {
        const ends = [1, 2].map(() => p.pipe());
        const [outPipe, errPipe] = ends;
        if (!outPipe?.ok || !errPipe?.ok) return 1;
        if (how.cwd) p.fs.chdir(how.cwd);
        const child = p.spawn(argv, {
          env: new Map(Object.entries({ PATH: '/usr/bin:/bin', ...how.env })),
          fds: new Map([
            [0, 0],
            [1, outPipe.value.write],
            [2, errPipe.value.write],
          ]),
        });
        p.close(outPipe.value.write);
        p.close(errPipe.value.write);
        if (!child.ok) {
          out.stderr = out.merged = child.error;
          return 127;
        }
        let open = [outPipe.value.read, errPipe.value.read];
        while (open.length > 0 && out.merged.length < 1 << 24) {
          const ready = yield* p.poll(open.map((fd) => ({ fd, events: 'read' })));
          for (const fd of ready) {
            const piece = yield* p.read(fd, 4096);
            if (!piece.ok || piece.value === '') open = open.filter((other) => other !== fd);
            else {
              out.merged += piece.value;
              if (fd === outPipe.value.read) out.stdout += piece.value;
              else out.stderr += piece.value;
            }
          }
        }
        status = yield* p.waitExit(child.value);
        return 0;
      },
      { prepare: (child) => input.ok && child.fds.put(0, input.value) },
    );
    if (!starter.ok) throw new Error(starter.error);
    const untilUs = this.sim.nowUs + (how.seconds ?? 60) * 1e6;
    this.sim.runFree(() => !starter.value.ending && this.sim.nowUs < untilUs);
    return { ...out, status: status ? exitStatusOf(status) : -1, isOver: status !== undefined };
  }

  /** bash -c, with errors and output in one stream as a terminal would show them. */
  bash(script: Bytes, env: Readonly<Record<string, Bytes>> = {}): { readonly output: Bytes; readonly status: number } {
    this.init.fs.writeFile('/tmp/script.sh', script);
    const run = this.run(['bash', '-c', 'exec 2>&1; exec bash /tmp/script.sh'], { env, cwd: '/tmp' });
    return { output: run.merged, status: run.status };
  }

  /** An interactive bash in a terminal. */
  terminal(argv: readonly Bytes[] = ['bash', '--norc'], env: Readonly<Record<string, Bytes>> = {}): { readonly pty: Pty; readonly process: Process } {
    const pty = this.os.openPty();
    const child = this.os.fork(
      this.init,
      function* (p): Sys<number> {
        p.setsid();
        const file: OpenFile = pty.open();
        for (const fd of [0, 1, 2]) p.fds.put(fd, file);
        pty.tty.adopt(p);
        p.fs.chdir('/root');
        const errno = p.exec(argv, { env: new Map(Object.entries({ PATH: '/usr/bin:/bin', HOME: '/root', TERM: 'xterm-256color', PS1: '$ ', ...env })) });
        return yield* p.fail(errno, 127);
      },
      {},
    );
    if (!child.ok) throw new Error(child.error);
    return { pty, process: child.value };
  }
  /** Lets virtual time pass. */
  settle(seconds = 1): void {
    this.sim.runUntil(this.sim.nowUs + seconds * 1e6);
  }
}

/** /proc/self/fd: links that lead to what the caller has open. */
const FD_DIR: DynamicNode = {
  kind: 'dir',
  list: (caller) => (caller as Process).fds.numbers().map(String),
  lookup: (name, caller: Caller) => {
    const file = /^\d+$/.test(name) ? (caller as Process).fds.get(Number(name)) : undefined;
    return file && { kind: 'symlink', target: () => file.place?.path((caller as Process).fs.root) ?? file.describe(), jump: () => ok(file) };
  },
};

const cat: Program = function* (p) {
  let status = 0;
  for (const path of p.argv.length > 1 ? p.argv.slice(1) : ['-']) {
    const fd = path === '-' ? ok(0) : yield* p.open(path, { read: true });
    if (!fd.ok) {
      status = yield* p.failErrno(path, fd.error);
      continue;
    }
    for (;;) {
      const piece = yield* p.read(fd.value);
      if (!piece.ok) status = yield* p.failErrno(path, piece.error);
      if (!piece.ok || piece.value === '') break;
      const written = yield* p.write(1, piece.value);
      if (!written.ok) return yield* p.failErrno('write error', written.error);
    }
    if (path !== '-') p.close(fd.value);
  }
  return status;
};

function* eachLine(p: Process, work: (line: Bytes) => Sys<boolean>): Sys {
  const lines = new LineReader(p, 0);
  for (let line; (line = yield* lines.next()) !== undefined;) if (!(yield* work(line))) return;
}

const PROGRAMS: readonly (readonly [string, Program])[] = [
  ['cat', cat],
  [
    'true',
    function* () {
      return 0;
    },
  ],
  [
    'false',
    function* () {
      return 1;
    },
  ],
  [
    'sleep',
    function* (p) {
      yield* p.sleep(Number(p.argv[1] ?? 0) * 1e6);
      return 0;
    },
  ],
  [
    'env',
    function* (p) {
      let at = 1;
      const env = p.argv[1] === '-i' ? new Map<Bytes, Bytes>() : new Map(p.env);
      if (p.argv[1] === '-i') at++;
      for (; /^\w+=/.test(p.argv[at] ?? ''); at++) env.set((p.argv[at] ?? '').split('=')[0] ?? '', (p.argv[at] ?? '').replace(/^\w+=/, ''));
      if (at < p.argv.length) return yield* p.failErrno(p.argv[at] ?? '', p.exec(p.argv.slice(at), { env }), 127);
      for (const [name, value] of env) yield* p.print(`${name}=${value}\n`);
      return 0;
    },
  ],
  [
    'printenv',
    function* (p) {
      const value = p.env.get(p.argv[1] ?? '');
      if (value === undefined) return 1;
      yield* p.print(`${value}\n`);
      return 0;
    },
  ],
  [
    'seq',
    function* (p) {
      const [first, last] = p.argv.length > 2 ? [Number(p.argv[1]), Number(p.argv[2])] : [1, Number(p.argv[1])];
      for (let i = first; i <= last; i++) {
        const printed = yield* p.print(`${i}\n`);
        if (!printed.ok) return 1;
        if (p.spend()) yield* p.tick();
      }
      return 0;
    },
  ],
  [
    'yes',
    function* (p) {
      for (;;) {
        const printed = yield* p.print(`${p.argv[1] ?? 'y'}\n`);
        if (!printed.ok) return 1;
        yield* p.tick();
      }
    },
  ],
  [
    'head',
    function* (p) {
      let left = Number((p.argv[1] ?? '-10').replace(/^-n?/, '') || p.argv[2] || 10);
      yield* eachLine(p, function* (line) {
        if (left-- > 0) yield* p.print(`${line}\n`);
        return left > 0;
      });
      return 0;
    },
  ],
  [
    'wc',
    function* (p) {
      const all = yield* p.readAll(0);
      const text = all.ok ? all.value : '';
      yield* p.print(`${p.argv[1] === '-c' ? text.length : text.split('\n').length - 1}\n`);
      return 0;
    },
  ],
  [
    'sort',
    function* (p) {
      const all = yield* p.readAll(0);
      const lines = (all.ok ? all.value : '').split('\n').filter((line, i, list) => line !== '' || i < list.length - 1);
      for (const line of lines.sort()) yield* p.print(`${line}\n`);
      return 0;
    },
  ],
  [
    'echo',
    function* (p) {
      yield* p.print(`${p.argv.slice(1).join(' ')}\n`);
      return 0;
    },
  ],
  [
    'tail',
    function* (p) {
      const all = yield* p.readAll(0);
      const lines = (all.ok ? all.value : '').replace(/\n$/, '').split('\n');
      yield* p.print(`${lines.slice(-Number((p.argv[1] ?? '-10').slice(1))).join('\n')}\n`);
      return 0;
    },
  ],
  [
    'grep',
    function* (p) {
      const counts = p.argv[1] === '-c';
      const pattern = new RegExp(p.argv[counts ? 2 : 1] ?? '');
      let count = 0;
      yield* eachLine(p, function* (line) {
        if (!pattern.test(line)) return true;
        count++;
        if (!counts) yield* p.print(`${line}\n`);
        return true;
      });
      if (counts) yield* p.print(`${count}\n`);
      return count > 0 ? 0 : 1;
    },
  ],
  [
    'mkdir',
    function* (p) {
      for (const path of p.argv.slice(1)) {
        const made = path === '-p' ? ok(undefined) : p.argv.includes('-p') ? p.fs.mkdirs(path) : p.fs.mkdir(path);
        if (!made.ok) return yield* p.failErrno(path, made.error);
      }
      return 0;
    },
  ],
  [
    'rm',
    function* (p) {
      for (const path of p.argv.slice(1)) {
        const removed = path.startsWith('-') ? ok(undefined) : p.fs.unlink(path);
        if (!removed.ok && !p.argv.includes('-f')) return yield* p.failErrno(path, removed.error);
      }
      return 0;
    },
  ],
  [
    'touch',
    function* (p) {
      for (const path of p.argv.slice(1)) p.fs.writeFile(path, '', { append: true });
      return 0;
    },
  ],
  [
    'chmod',
    function* (p) {
      for (const path of p.argv.slice(2)) p.fs.chmod(path, Number.parseInt(p.argv[1] ?? '', 8));
      return 0;
    },
  ],
  [
    'ln',
    function* (p) {
      p.fs.symlink(p.argv.at(-2) ?? '', p.argv.at(-1) ?? '');
      return 0;
    },
  ],
  [
    'mkfifo',
    function* (p) {
      for (const path of p.argv.slice(1)) p.fs.mknod(path, 'fifo', 0o666);
      return 0;
    },
  ],
  [
    'ls',
    function* (p) {
      const names = p.fs.readdir(p.argv[1] ?? '.');
      if (!names.ok) return yield* p.failErrno(`cannot access '${p.argv[1] ?? ''}'`, names.error, 2);
      for (const { name } of [...names.value].sort((a, b) => (a.name < b.name ? -1 : 1))) if (!name.startsWith('.')) yield* p.print(`${name}\n`);
      return 0;
    },
  ],
];
