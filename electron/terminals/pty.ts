/**
 * Terminals of this very machine, by node-pty. It is optional: it has no build for Linux that comes with it, so where no compiler was there when
 * Podwalk was installed it is missing, and `localTerminal` says what is wanted. The only file that knows node-pty.
 */
import { readSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Readable } from 'node:stream';
import type * as NodePty from 'node-pty';
import type { AppInfo } from '../../shared/ipc/index.ts';
import { refuse } from '../../shared/ipc/index.ts';
import type { TerminalSize } from '../../shared/lab/index.ts';
import type { Program } from '../labs/provider.ts';

/** node-pty pushes; above this much it is paused, which stops the program on its next write. */
const HIGH_WATER_BYTES = 1 << 17;
const LOW_WATER_BYTES = 1 << 15;

let library: Promise<typeof NodePty | undefined> | undefined;
const load = (): Promise<typeof NodePty | undefined> =>
  (library ??= import('node-pty').then(
    (module) => {
      const found: Partial<typeof NodePty> = 'default' in module ? module.default : module;
      // a build without node-pty may have put an empty module in its place
      return typeof found.spawn === 'function' ? found : undefined;
    },
    () => undefined,
  ));

/** How a compiler comes to this system. */
const COMPILER: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'apt install build-essential python3',
  darwin: 'xcode-select --install',
  win32: 'winget install Microsoft.VisualStudio.2022.BuildTools',
};

export async function localTerminal(): Promise<AppInfo['localTerminal']> {
  return (await load()) ? { kind: 'available' } : { kind: 'missing', compiler: COMPILER[process.platform] ?? 'c++, make, python3' };
}

export function openLocalShell(size: TerminalSize): Promise<Program> {
  const shell = isWindows ? (process.env['COMSPEC'] ?? 'cmd.exe') : (process.env['SHELL'] ?? userInfo().shell ?? '/bin/sh');
  return openPty([shell], size);
}

const isWindows = process.platform === 'win32';

/** A program of this machine in a terminal of its own. */
export async function openPty([file = '', ...args]: readonly string[], size: TerminalSize): Promise<Program> {
  const nodePty = await load();
  if (!nodePty) {
    const info = await localTerminal();
    const compiler = info.kind === 'missing' ? info.compiler : '';
    const advice = `Terminals of this machine need node-pty, which could not be built. Install a compiler (${compiler}), then run: npm ci`;
    return refuse('not-possible', advice, { compiler });
  }
  const environment = { ...process.env, TERM: 'xterm-256color', COLORTERM: 'truecolor' };
  const pty = nodePty.spawn(file, args, {
    name: 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    cwd: homedir(),
    env: environment,
    ...(isWindows ? {} : { encoding: null }),
  });
  return new LocalProgram(pty);
}

class LocalProgram implements Program {
  exitStatus: number | undefined;
  private readonly chunks: Uint8Array[] = [];
  private bytes = 0;
  private isHeld = false;
  private readable: () => void = () => undefined;
  private readonly exitListeners: ((status: number) => void)[] = [];

  constructor(private readonly pty: NodePty.IPty) {
    // With `encoding: null` these are Buffers, which its types do not say.
    pty.onData((data: string | Uint8Array) => {
      const chunk = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
      this.keep(chunk);
      if (this.bytes >= HIGH_WATER_BYTES && !this.isHeld) {
        this.isHeld = true;
        pty.pause();
      }
      this.readable();
    });
    this.readRestAtEnd();
    pty.onExit(({ exitCode, signal }) => {
      this.exitStatus = signal ? 128 + signal : exitCode;
      this.readable();
      for (const listener of this.exitListeners) listener(this.exitStatus);
    });
  }

  private keep(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }
  /**
   * When the program has ended, its socket is destroyed with what it holds, and libuv takes a hang-up after a short read for the end, though the
   * system has more. So before it is destroyed the rest is read: what waits in the stream comes as data, what waits in the system is read here.
   */
  private readRestAtEnd(): void {
    const { _socket: socket, fd } = this.pty as unknown as { readonly _socket?: Readable; readonly fd?: number };
    if (!socket || fd === undefined) return; // Windows
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error) => {
      if (!socket.destroyed) {
        while (socket.read() !== null);
        for (let rest = readNow(fd); rest; rest = readNow(fd)) this.keep(rest);
      }
      return destroy(error);
    };
  }
  /** In pieces as they came, joined up to the limit. */
  read(limit: number): Uint8Array | undefined {
    const taken: Uint8Array[] = [];
    let size = 0;
    for (let chunk = this.chunks[0]; chunk && (size === 0 || size + chunk.length <= limit); chunk = this.chunks[0]) {
      taken.push(chunk);
      size += chunk.length;
      this.chunks.shift();
    }
    this.bytes -= size;
    if (this.isHeld && this.bytes < LOW_WATER_BYTES) {
      this.isHeld = false;
      this.pty.resume();
    }
    return taken.length <= 1 ? taken[0] : Buffer.concat(taken, size);
  }
  readError(): undefined {
    return undefined;
  }
  onReadable(listener: () => void): void {
    this.readable = listener;
  }
  write(data: Uint8Array): number {
    if (this.exitStatus === undefined) this.pty.write(Buffer.from(data));
    return data.length;
  }
  onWritable(): void {
    // The system's buffer takes all; node-pty queues what it does not.
  }
  closeInput(): void {
    this.pty.write('\x04');
  }
  resize({ columns, rows }: TerminalSize): void {
    if (this.exitStatus === undefined) this.pty.resize(columns, rows);
  }
  signal(name: string): void {
    if (this.exitStatus === undefined) this.pty.kill(process.platform === 'win32' ? undefined : `SIG${name}`);
  }
  onExit(listener: (status: number) => void): void {
    if (this.exitStatus === undefined) this.exitListeners.push(listener);
    else listener(this.exitStatus);
  }
}

/** What can be read at once; undefined at the end. */
function readNow(fd: number): Uint8Array | undefined {
  const buffer = Buffer.allocUnsafe(1 << 16);
  try {
    const size = readSync(fd, buffer);
    return size > 0 ? buffer.subarray(0, size) : undefined;
  } catch {
    return undefined; // EIO is the end of a terminal
  }
}
