/**
 * The labs: which there are, which are up, and for each that is up its view, its watchers and its tape. Knows providers by their interface only.
 *
 * Invariant: a lab is up at most once, in whichever process; whoever asks for it while it comes up waits for the same one.
 */
import { Source, refuse, type LabInfo, type LabView, type Locale } from '../../shared/ipc/index.ts';
import type { Log } from '../log.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Tapes } from '../recording/tapes.ts';
import { RemoteLab } from './core/remote-lab.ts';
import { attachLab, labsUp, publishLab } from './core/sockets.ts';
import type { Ask, LabProvider, ProviderKind, RunningLab } from './provider.ts';

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
  /** Labs that are up are reached by sockets in this data folder, from here and from elsewhere. */
  readonly home: string;
  /** Asks the user in a window. */
  readonly ask?: Ask;
}

export class Labs {
  private readonly up = new Map<string, UpLab>();
  private readonly coming = new Map<string, Promise<UpLab>>();
  private readonly guests: LabGuest[] = [];

  constructor(private readonly options: LabsOptions) {}

  addGuest(guest: LabGuest): void {
    this.guests.push(guest);
  }
  /** One entry a lab, however many providers could make it. */
  async list(locale: Locale): Promise<readonly LabInfo[]> {
    const { providers, home } = this.options;
    const [lists, elsewhere] = await Promise.all([
      Promise.all(
        providers.map(async (provider) => {
          const [labs, problem] = await Promise.all([provider.list(locale), provider.problem?.()]);
          return { labs, maker: { kind: provider.kind, ...(problem !== undefined && { problem }) } };
        }),
      ),
      labsUp(home),
    ]);
    const infos = new Map<string, LabInfo>();
    for (const { labs, maker } of lists) {
      for (const lab of labs) {
        const before = infos.get(lab.id);
        const provider = this.up.get(lab.id)?.running.provider ?? elsewhere.find((one) => one.id === lab.id)?.provider;
        infos.set(lab.id, {
          ...(before ?? { ...lab, provider: maker.kind }),
          ...(provider !== undefined && { provider }),
          providers: [...(before?.providers ?? []), maker],
          isUp: provider !== undefined,
        });
      }
    }
    const present = [...[...this.up.values()].map(({ running }) => running), ...elsewhere];
    for (const { id, title, provider, nodes } of present)
      if (!infos.has(id)) infos.set(id, { id, title, summary: nodes.join(', '), provider, providers: [{ kind: provider }], nodes, isUp: true });
    return [...infos.values()];
  }
  /** The one that is up, or it comes up. `provider`: who makes it; without, the first that can. */
  async start(lab: string, provider?: ProviderKind): Promise<UpLab> {
    const present = this.up.get(lab) ?? this.coming.get(lab);
    if (present) return present;
    if (this.up.size + this.coming.size >= MOST_LABS) return refuse('too-many', `${MOST_LABS} labs are up; stop one of them first.`, { limit: 'labs' });
    const coming = this.bringUp(lab, provider);
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
    await this.leave(present, () => present.running.stop());
    this.options.log.info(`lab ${lab} is down`);
  }
  /** `provider`: as before where it is not given. */
  async restart(lab: string, provider?: ProviderKind): Promise<UpLab> {
    const before = this.up.get(lab)?.running.provider;
    await this.stop(lab);
    return this.start(lab, provider ?? before);
  }
  get(lab: string): UpLab {
    return this.up.get(lab) ?? refuse('not-running', `The lab ${lab} is not up: start it first.`, { lab });
  }
  async close(): Promise<void> {
    await Promise.all(
      [...this.up.values()].map((up) => {
        const { running } = up;
        return running instanceof RemoteLab ? this.leave(up, () => Promise.resolve(running.detach())) : this.stop(running.id);
      }),
    );
  }

  private async leave(up: UpLab, end: () => Promise<void>): Promise<void> {
    const { id } = up.running;
    if (this.up.get(id) !== up) return;
    this.up.delete(id);
    for (const guest of this.guests) guest.labStopping(id);
    await up.stop(end);
    if (up.recorder) await this.options.tapes.end(up.recorder);
  }
  private async bringUp(lab: string, kind: ProviderKind | undefined): Promise<UpLab> {
    const { home, ask, log } = this.options;
    const remote = await attachLab(home, lab);
    const running = remote ?? (await (await this.providerOf(lab, kind)).start(lab, ask ? { ask } : {}));
    const up = await this.adopt(running);
    if (remote) {
      remote.onEnd(() => void this.leave(up, () => Promise.resolve(remote.detach())));
      log.info(`lab ${lab} is up in process ${remote.pid}`);
    } else await this.publish(up);
    return up;
  }
  /** Other processes reach it; where they cannot, it is up all the same. */
  private async publish(up: UpLab): Promise<void> {
    const { running } = up;
    try {
      up.published = await publishLab(
        this.options.home,
        running,
        () => this.stop(running.id),
        (error) => this.options.log.error(error, `lab ${running.id} from elsewhere`),
      );
    } catch (error) {
      this.options.log.error(error, `lab ${running.id} cannot be reached from elsewhere`);
    }
  }
  private async adopt(running: RunningLab): Promise<UpLab> {
    const recorder = this.options.records() ? await this.record(running) : undefined;
    const up = new UpLab(running, recorder);
    this.up.set(running.id, up);
    for (const guest of this.guests) await guest.labStarted?.(running, recorder);
    for (const what of running.opened?.ended ?? []) this.options.log.info(`lab ${running.id} was opened without ${what}`);
    this.options.log.info(`lab ${running.id} is up (${running.provider})`);
    return up;
  }
  private async providerOf(lab: string, kind: ProviderKind | undefined): Promise<LabProvider> {
    for (const provider of this.options.providers) {
      if (kind === undefined ? (await provider.list('en')).some((one) => one.id === lab) : provider.kind === kind) return provider;
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
  /** Its socket. */
  published: { close(): void } | undefined;

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
  async stop(end: () => Promise<void>): Promise<void> {
    for (const stop of this.stopListening) stop();
    clearTimeout(this.timer);
    for (const source of [...this.watchers]) source.end();
    await end();
    this.published?.close();
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
      provider: running.provider,
      capabilities: running.capabilities,
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
