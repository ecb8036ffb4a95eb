/**
 * The labs: which there are, which are up, and for each that is up its view, its watchers and its tape. Knows providers by their interface only.
 *
 * Invariant: a lab is up at most once; whoever asks for it while it comes up waits for the same one.
 */
import { Source, refuse, type LabInfo, type LabView, type Locale } from '../../shared/ipc/index.ts';
import type { Log } from '../log.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Tapes } from '../recording/tapes.ts';
import type { LabProvider, RunningLab } from './provider.ts';

/** A view is made at most this often, and never takes more than a quarter of the time. */
const SHORTEST_REFRESH_MS = 50;
const MOST_LABS = 16;

/** What comes up and goes down with a lab. */
export interface LabGuest {
  labStarted?(lab: RunningLab, recorder: Recorder | undefined): void | Promise<void>;
  labStopping(lab: string): void;
}

export interface LabsOptions {
  readonly providers: readonly LabProvider[];
  readonly tapes: Tapes;
  readonly log: Log;
  /** Whether labs are recorded. */
  readonly records: () => boolean;
}

export class Labs {
  private readonly up = new Map<string, UpLab>();
  private readonly coming = new Map<string, Promise<UpLab>>();
  private readonly guests: LabGuest[] = [];

  constructor(private readonly options: LabsOptions) {}

  addGuest(guest: LabGuest): void {
    this.guests.push(guest);
  }
  async list(locale: Locale): Promise<readonly LabInfo[]> {
    const lists = await Promise.all(
      this.options.providers.map(async (provider) =>
        (await provider.list(locale)).map((lab) => ({ ...lab, provider: provider.kind, isUp: this.up.has(lab.id) })),
      ),
    );
    return lists.flat();
  }
  /** The one that is up, or it comes up. */
  async start(lab: string): Promise<UpLab> {
    const present = this.up.get(lab) ?? this.coming.get(lab);
    if (present) return present;
    if (this.up.size + this.coming.size >= MOST_LABS) return refuse('too-many', `${MOST_LABS} labs are up; stop one of them first.`, { limit: 'labs' });
    const coming = this.bringUp(lab);
    this.coming.set(lab, coming);
    try {
      return await coming;
    } finally {
      this.coming.delete(lab);
    }
  }
  async stop(lab: string): Promise<void> {
    const present = this.up.get(lab) ?? (await this.coming.get(lab));
    if (!present) return;
    this.up.delete(lab);
    for (const guest of this.guests) guest.labStopping(lab);
    await present.stop();
    if (present.recorder) await this.options.tapes.end(present.recorder);
    this.options.log.info(`lab ${lab} is down`);
  }
  async restart(lab: string): Promise<UpLab> {
    await this.stop(lab);
    return this.start(lab);
  }
  get(lab: string): UpLab {
    return this.up.get(lab) ?? refuse('not-running', `The lab ${lab} is not up: start it first.`, { lab });
  }
  async close(): Promise<void> {
    await Promise.all([...this.up.keys()].map((lab) => this.stop(lab)));
  }

  private async bringUp(lab: string): Promise<UpLab> {
    const provider = await this.providerOf(lab);
    const running = await provider.start(lab);
    const recorder = this.options.records() ? await this.record(running) : undefined;
    const up = new UpLab(running, recorder);
    this.up.set(lab, up);
    for (const guest of this.guests) await guest.labStarted?.(running, recorder);
    for (const what of running.opened?.ended ?? []) this.options.log.info(`lab ${lab} was opened without ${what}`);
    this.options.log.info(`lab ${lab} is up (${provider.kind})`);
    return up;
  }
  private async providerOf(lab: string): Promise<LabProvider> {
    for (const provider of this.options.providers) {
      if ((await provider.list('en')).some((one) => one.id === lab)) return provider;
    }
    return refuse('not-found', `There is no lab ${lab}.`, { lab });
  }
  /** A lab without a tape is better than none. */
  private async record(lab: RunningLab): Promise<Recorder | undefined> {
    try {
      return await this.options.tapes.record(lab.id, lab.title, () => lab.nowUs() / 1e6);
    } catch (error) {
      this.options.log.error(error, `lab ${lab.id} cannot be recorded`);
      return undefined;
    }
  }
}

/** A lab that is up, with what is told of it. */
export class UpLab {
  private view: LabView;
  private timer: NodeJS.Timeout | undefined;
  private notBeforeMs = 0;
  private readonly watchers = new Set<Source<LabView>>();
  private readonly stopListening: (() => void)[];

  constructor(
    readonly running: RunningLab,
    readonly recorder: Recorder | undefined,
  ) {
    this.view = this.look();
    recorder?.topology(this.view.topology);
    this.stopListening = [running.onChange(() => this.refreshSoon()), running.onEvent((event) => recorder?.labEvent(event))];
  }

  /** As it is this moment. */
  present(): LabView {
    if (this.view.revision !== this.running.revision || this.view.isPaused !== this.running.isPaused) this.refresh();
    return { ...this.view, nowUs: this.running.nowUs() };
  }
  watch(): Source<LabView> {
    let seen: LabView | undefined;
    const source = new Source<LabView>(
      () => {
        if (seen === this.view) return undefined;
        seen = this.view;
        return this.view;
      },
      () => this.watchers.delete(source),
    );
    this.watchers.add(source);
    this.present();
    return source;
  }
  setPaused(isPaused: boolean): void {
    this.running.setPaused(isPaused);
    this.refresh();
  }
  async stop(): Promise<void> {
    for (const stop of this.stopListening) stop();
    clearTimeout(this.timer);
    for (const source of [...this.watchers]) source.end();
    await this.running.stop();
  }

  private refreshSoon(): void {
    this.timer ??= setTimeout(() => this.refresh(), Math.max(SHORTEST_REFRESH_MS, this.notBeforeMs - performance.now()));
  }
  private refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const startedMs = performance.now();
    this.view = this.look();
    this.recorder?.topology(this.view.topology);
    for (const source of this.watchers) source.wake();
    const endedMs = performance.now();
    this.notBeforeMs = endedMs + 3 * (endedMs - startedMs);
  }
  private look(): LabView {
    const { running } = this;
    const topology = running.topology();
    const tape = this.recorder?.tape;
    return {
      lab: running.id,
      revision: running.revision,
      nowUs: running.nowUs(),
      topology,
      endpoints: running.endpoints(),
      ...(tape !== undefined && { tape }),
      isPaused: running.isPaused,
      canSave: running.capabilities.canSave,
      ...(running.opened && { opened: { ended: running.opened.ended, attempt: running.opened.attempts.at(-1)?.attempt.id ?? null } }),
    };
  }
}
