/**
 * A command of Vagrant that runs: its lines as they come, how it ended, and a way to stop it. It is a process group of its own, so what it started
 * ends with it; what provider's daemons it asked (VirtualBox's) are not in that group, and the machines go on.
 *
 * Invariant: arguments go to the program as they are, no shell between; its environment is ours but for VAGRANT_*, which is chosen here.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { parseVagrantLine, type VagrantLine } from './machine-readable.ts';

/** Vagrant is asked once to stop; then it is told; then it is ended. */
const ASK_MS = 20_000;
const TELL_MS = 10_000;
/** A single line of output can be long (a trace of Ruby), but not without end. */
const LONGEST_LINE = 1 << 20;

export interface VagrantPlace {
  /** The folder of the Vagrantfile. */
  readonly folder: string;
  /** Its name there, when it is not `Vagrantfile`. */
  readonly file?: string;
  /** Where Vagrant keeps what it knows of the machines, when that is not `.vagrant` beside the file. */
  readonly state?: string;
  /** Which of Vagrant's providers makes the machines that do not exist yet. */
  readonly provider?: string;
}

export interface VagrantEnd {
  /** 128 + n for a signal. */
  readonly status: number;
  readonly lines: readonly VagrantLine[];
  /** What was no line of Vagrant's: of Ruby, of a plugin, of the system. */
  readonly strays: readonly string[];
  readonly wasCancelled: boolean;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: VagrantLine) => void;
  readonly onStray?: (line: string) => void;
  /** For tests: another program, other waits. */
  readonly program?: string;
  readonly askMs?: number;
}

/** Resolves when it has ended, however it ended; rejects when there is no such program. */
export function runVagrant(place: VagrantPlace, args: readonly string[], options: RunOptions = {}): Promise<VagrantEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.program ?? 'vagrant', ['--machine-readable', ...args], {
      cwd: place.folder,
      env: vagrantEnvironment(place, process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const lines: VagrantLine[] = [];
    const strays: string[] = [];
    const take = (line: string): void => {
      const parsed = parseVagrantLine(line);
      if (parsed) {
        lines.push(parsed);
        options.onLine?.(parsed);
      } else if (line.trim() !== '') {
        strays.push(line);
        options.onStray?.(line);
      }
    };
    const pipes = [new Lines(take), new Lines(take)];
    child.stdout.on('data', (chunk: Buffer) => pipes[0]!.put(chunk));
    child.stderr.on('data', (chunk: Buffer) => pipes[1]!.put(chunk));
    const stop = new Stop(child, options.askMs ?? ASK_MS);
    const cancel = (): void => stop.begin();
    if (options.signal?.aborted === true) cancel();
    else options.signal?.addEventListener('abort', cancel, { once: true });
    child.on('error', (error) => {
      stop.end();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stop.end();
      options.signal?.removeEventListener('abort', cancel);
      for (const pipe of pipes) pipe.end();
      resolve({ status: signal === null ? (code ?? 0) : 128 + constants.signals[signal], lines, strays, wasCancelled: stop.hasBegun });
    });
  });
}

/** Interrupted as by Ctrl-C, so that Vagrant leaves its machines in order; harder when it does not answer. */
class Stop {
  hasBegun = false;
  private timer: NodeJS.Timeout | undefined;
  constructor(
    private readonly child: ChildProcess,
    private readonly askMs: number,
  ) {}
  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.send('SIGINT');
    this.timer = setTimeout(() => {
      this.send('SIGINT');
      this.timer = setTimeout(() => this.send('SIGKILL'), Math.min(TELL_MS, this.askMs));
    }, this.askMs);
  }
  end(): void {
    clearTimeout(this.timer);
  }
  private send(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // it has just ended
    }
  }
}

class Lines {
  private rest = '';
  private readonly decoder = new TextDecoder();
  constructor(private readonly take: (line: string) => void) {}
  put(chunk: Buffer): void {
    const parts = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n');
    this.rest = parts.pop()!;
    if (this.rest.length > LONGEST_LINE) this.rest = this.rest.slice(-LONGEST_LINE);
    for (const part of parts) this.take(part);
  }
  end(): void {
    if (this.rest !== '') this.take(this.rest);
    this.rest = '';
  }
}

/** What of the user's own setting of Vagrant counts here too: where its boxes are, and its licence and proxies. */
const KEPT =
  /^VAGRANT_(HOME|BOX_DIR|SERVER_URL|SERVER_ACCESS_TOKEN_BY_URL|CLOUD_TOKEN|DEFAULT_PROVIDER|PREFERRED_PROVIDERS|HTTP_PROXY|HTTPS_PROXY|NO_PROXY|WSL_.*|VMWARE_.*)$/;
/** What makes a Ruby, a shell or git of the user's session behave otherwise than Vagrant's own. */
const DROPPED = /^(RUBYOPT|RUBYLIB|GEM_HOME|GEM_PATH|BUNDLE_.*|BASH_ENV|ENV|NODE_OPTIONS|ELECTRON_.*)$/;

export function vagrantEnvironment(place: VagrantPlace, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => (!name.startsWith('VAGRANT_') || KEPT.test(name)) && !DROPPED.test(name));
  return {
    ...Object.fromEntries(own),
    VAGRANT_CWD: place.folder,
    ...(place.file !== undefined && { VAGRANT_VAGRANTFILE: place.file }),
    ...(place.state !== undefined && { VAGRANT_DOTFILE_PATH: place.state }),
    ...(place.provider !== undefined && { VAGRANT_DEFAULT_PROVIDER: place.provider }),
    VAGRANT_NO_COLOR: '1',
    VAGRANT_CHECKPOINT_DISABLE: '1',
    VAGRANT_BOX_UPDATE_CHECK_DISABLE: '1',
  };
}
