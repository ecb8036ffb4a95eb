/**
 * The machines of one Vagrantfile, ours or the user's: what state they are in, and what can be done with them. One command of Vagrant at a time.
 *
 * Invariant: nothing is destroyed but with a confirmation that named the machines, was asked for shortly before, and is good once.
 */
import { randomUUID } from 'node:crypto';
import { refuse } from '../../../shared/ipc/index.ts';
import { failureOf, type VagrantFailure } from './failure.ts';
import { machinesOf, snapshotsOf, type MachineStatus } from './machine-readable.ts';
import { runVagrant, type RunOptions, type VagrantEnd, type VagrantPlace } from './process.ts';
import { VagrantProgress } from './progress.ts';
import { parseSshConfig, type MachineLogin } from './ssh-config.ts';

export type Action =
  | { readonly kind: 'up' | 'resume' | 'suspend' | 'halt' | 'provision'; readonly machines?: readonly string[] | undefined }
  | { readonly kind: 'snapshot' | 'restore' | 'delete-snapshot'; readonly machines?: readonly string[] | undefined; readonly name: string }
  | { readonly kind: 'destroy'; readonly confirmation: string };

/** A question to be answered before machines are destroyed: it names them. */
export interface Confirmation {
  readonly confirmation: string;
  readonly machines: readonly string[];
}
const CONFIRMATION_MS = 5 * 60_000;

export interface Work {
  readonly action: Action['kind'];
  readonly startedMs: number;
  readonly progress: VagrantProgress;
}
/** How an action ended. */
export interface Outcome {
  readonly action: Action['kind'];
  readonly tookMs: number;
  readonly failure?: VagrantFailure;
  /** As it left them. */
  readonly machines: readonly MachineStatus[];
}

export interface ProjectOptions {
  readonly place: VagrantPlace;
  readonly nowMs?: () => number;
  readonly run?: typeof runVagrant;
}

export class VagrantProject {
  /** As last asked. */
  machines: readonly MachineStatus[] = [];
  snapshots: ReadonlyMap<string, readonly string[]> = new Map();
  work: Work | undefined;
  outcome: Outcome | undefined;
  readonly place: VagrantPlace;
  private stopper: AbortController | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private readonly confirmations = new Map<string, { readonly machines: readonly string[]; readonly untilMs: number }>();
  private readonly nowMs: () => number;
  private readonly run: typeof runVagrant;

  constructor(options: ProjectOptions) {
    this.place = options.place;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.run = options.run ?? runVagrant;
  }
  /** The clock of `startedMs` and of progress. */
  get clockMs(): number {
    return this.nowMs();
  }
  /** Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Asks Vagrant what state the machines are in. */
  async status(signal?: AbortSignal): Promise<readonly MachineStatus[]> {
    const end = await this.ask(['status'], signal);
    this.machines = machinesOf(end.lines);
    this.changed();
    return this.machines;
  }
  async listSnapshots(): Promise<ReadonlyMap<string, readonly string[]>> {
    const isMade = this.machines.some(({ state }) => state !== 'not_created');
    this.snapshots = isMade ? snapshotsOf((await this.ask(['snapshot', 'list'])).lines) : new Map();
    this.changed();
    return this.snapshots;
  }
  /** How to log in to those that run. */
  async logins(machines: readonly string[], signal?: AbortSignal): Promise<readonly MachineLogin[]> {
    const end = await this.ask(['ssh-config', ...this.known(machines)], signal);
    // It prints as it is even with --machine-readable; with it, each block is one `ssh-config` line too.
    const blocks = end.lines.filter(({ type }) => type === 'ssh-config').map(({ data }) => data[0] ?? '');
    const { logins, problems } = parseSshConfig(blocks.length > 0 ? blocks.join('\n') : end.strays.join('\n'));
    const [problem] = problems;
    if (problem) refuse('not-possible', `vagrant ssh-config cannot be read: ${problem.message}: ${problem.text}`);
    return logins;
  }

  /** Does it; resolves when it is over, however it ended. `signal` cancels it. */
  async perform(action: Action, signal?: AbortSignal): Promise<Outcome> {
    if (this.work) refuse('not-possible', `These machines are busy (${this.work.action}): wait for its end, or cancel it.`, { action: this.work.action });
    if (this.machines.length === 0) await this.status(signal);
    const args = this.argumentsOf(action);
    const progress = new VagrantProgress(this.nowMs);
    const startedMs = this.nowMs();
    const stopper = new AbortController();
    this.stopper = stopper;
    const cancel = (): void => stopper.abort();
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    this.work = { action: action.kind, startedMs, progress };
    this.outcome = undefined;
    this.changed();
    try {
      const end = await this.inTurn(() => this.run(this.place, args, { signal: stopper.signal, ...this.following(progress) }));
      const failure = failureOf(end, progress);
      const machines = machinesOf((await this.inTurn(() => this.run(this.place, ['status']))).lines);
      this.machines = machines;
      this.outcome = { action: action.kind, tookMs: this.nowMs() - startedMs, ...(failure && { failure }), machines };
    } catch (error) {
      throw missing(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.work = undefined;
      this.stopper = undefined;
      this.changed();
    }
    if (/snapshot|restore/.test(action.kind)) await this.listSnapshots();
    return this.outcome;
  }
  /** Ends what runs, as Ctrl-C does: Vagrant tidies up first. */
  cancel(): void {
    this.stopper?.abort();
  }

  /** What would be destroyed: those of them that exist. */
  async askDestroy(machines?: readonly string[]): Promise<Confirmation> {
    const wanted = machines && machines.length > 0 ? this.known(machines, await this.status()) : (await this.status()).map(({ name }) => name);
    const existing = this.machines.filter(({ name, state }) => wanted.includes(name) && state !== 'not_created').map(({ name }) => name);
    if (existing.length === 0) refuse('not-possible', 'There is nothing to destroy: none of these machines exists.');
    const confirmation = randomUUID();
    this.confirmations.set(confirmation, { machines: existing, untilMs: this.nowMs() + CONFIRMATION_MS });
    return { confirmation, machines: existing };
  }

  private argumentsOf(action: Action): readonly string[] {
    if (action.kind === 'destroy') {
      const confirmed = this.confirmations.get(action.confirmation);
      this.confirmations.delete(action.confirmation);
      if (!confirmed || confirmed.untilMs < this.nowMs()) return refuse('not-possible', 'Destroying was not confirmed: ask first which machines it would be.');
      return ['destroy', '--force', ...confirmed.machines];
    }
    const machines = this.known(action.machines ?? []);
    switch (action.kind) {
      case 'up':
        return ['up', ...(this.isMade ? [] : this.providerArguments()), ...machines];
      case 'snapshot':
      case 'restore':
      case 'delete-snapshot': {
        const name = snapshotName(action.name);
        const [only] = machines.length > 0 ? [machines] : [this.machines.filter(({ state }) => state !== 'not_created').map((machine) => machine.name)];
        if (only.length !== 1 && machines.length > 0) return refuse('invalid-request', 'A snapshot is of one machine, or of all.');
        const verb = { snapshot: 'save', restore: 'restore', 'delete-snapshot': 'delete' }[action.kind];
        return ['snapshot', verb, ...machines, name];
      }
      default:
        return [action.kind, ...machines];
    }
  }
  private get isMade(): boolean {
    return this.machines.some(({ state }) => state !== 'not_created');
  }
  private providerArguments(): readonly string[] {
    return this.place.provider === undefined ? [] : ['--provider', this.place.provider];
  }
  /** Only names that Vagrant itself told: none can be taken for an option. */
  private known(machines: readonly string[], all = this.machines): readonly string[] {
    for (const name of machines)
      if (!all.some((machine) => machine.name === name)) refuse('not-found', `There is no machine ${name} in this Vagrantfile.`, { machine: name });
    return machines;
  }
  private following(progress: VagrantProgress): RunOptions {
    return {
      onLine: (line) => {
        progress.take(line);
        this.changed();
      },
      onStray: (text) => {
        progress.takeStray(text);
        this.changed();
      },
    };
  }
  /** A short question. Its failure is refused with Vagrant's own words. */
  private async ask(args: readonly string[], signal?: AbortSignal): Promise<VagrantEnd> {
    const progress = new VagrantProgress(this.nowMs);
    try {
      const end = await this.inTurn(() => this.run(this.place, args, { ...(signal && { signal }), onStray: (text) => progress.takeStray(text) }));
      const failure = failureOf(end, progress);
      if (failure)
        return refuse('not-possible', failure.message === '' ? `vagrant ${args[0]} ended with ${end.status}.` : failure.message, { trouble: failure.trouble });
      return end;
    } catch (error) {
      throw missing(error);
    }
  }
  /** Vagrant locks its machines: commands wait for each other here, and not there. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work, work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** A name that VirtualBox takes and that no program takes for an option. */
function snapshotName(name: string): string {
  const isName = name.length <= 100 && /^[^\s/\\-][^/\\]*$/.test(name) && ![...name].some((letter) => letter < ' ' || letter === '\u007f');
  return isName
    ? name
    : refuse('invalid-request', `${JSON.stringify(name)} is no name for a snapshot: it begins with a letter or digit, and has no slash and no line break.`);
}

function missing(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'ENOENT') return error;
  try {
    return refuse('not-possible', 'Vagrant is not installed: there is no program vagrant.', { trouble: 'no-vagrant' });
  } catch (refusal) {
    return refusal;
  }
}
