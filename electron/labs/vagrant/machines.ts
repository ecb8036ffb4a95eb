/** The virtual machines for the window: the list of Vagrantfiles, what is seen of each as it changes, and what is done with them. */
import { join } from 'node:path';
import { Source, type Locale, type MachinesInfo, type MachinesView } from '../../../shared/ipc/index.ts';
import type { Log } from '../../log.ts';
import type { Places } from '../../places.ts';
import { isObstacle, type Check } from './checks.ts';
import { judgeHost } from './judge.ts';
import type { Action, Confirmation, Outcome, VagrantProject, Work } from './project.ts';
import { OWN_PROJECT, vagrantProjects } from './projects.ts';
import { adviceWords, checkWords, phaseWords } from './words.ts';

/** Output comes in bursts: a view is sent at most so often. */
const BURST_MS = 100;
/** While something goes on, its time is shown. */
const TICK_MS = 1000;
const OUTPUT_LINES = 80;

export class Machines {
  private readonly projects: ReturnType<typeof vagrantProjects>;
  private readonly shown = new Map<string, ShownProject>();

  constructor(
    places: Pick<Places, 'home' | 'resources'>,
    private readonly log: Log,
  ) {
    this.projects = vagrantProjects(places);
  }
  async list(): Promise<readonly MachinesInfo[]> {
    return (await this.projects.list()).map(({ id, file }) => ({ project: id, file, isOwn: id === OWN_PROJECT }));
  }
  async open(path: string): Promise<MachinesInfo> {
    const id = await this.projects.add(path);
    return (await this.list()).find(({ project }) => project === id)!;
  }
  async close(id?: string): Promise<void> {
    if (id === undefined) for (const shown of this.shown.values()) shown.close();
    else {
      this.shown.get(id)?.close();
      this.shown.delete(id);
      await this.projects.remove(id);
    }
  }
  async watch(id: string, locale: Locale): Promise<Source<MachinesView>> {
    return (await this.get(id)).watch(locale);
  }
  async refresh(id: string): Promise<void> {
    await (await this.get(id)).refresh();
  }
  async askDestroy(id: string, machines?: readonly string[]): Promise<Confirmation> {
    return (await this.get(id)).project.askDestroy(machines);
  }
  async cancel(id: string): Promise<void> {
    (await this.get(id)).project.cancel();
  }
  /** Resolves when it has begun. */
  async begin(id: string, action: Action): Promise<void> {
    const { project } = await this.get(id);
    await new Promise<void>((resolve, reject) => {
      const stopListening = project.onChange(() => {
        if (!project.work) return;
        stopListening();
        resolve();
      });
      project.perform(action).then(
        (outcome) => {
          this.log.info(`machines ${id}: ${action.kind} ended${outcome.failure ? `: ${outcome.failure.trouble}` : ''}`);
          resolve();
        },
        (error: unknown) => {
          stopListening();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  private async get(id: string): Promise<ShownProject> {
    const present = this.shown.get(id);
    if (present) return present;
    const project = await this.projects.get(id);
    const shown = new ShownProject(id, project);
    this.shown.set(id, shown);
    return shown;
  }
}

class ShownProject {
  private checks: readonly Check[] | undefined;
  private problem: string | undefined;
  private wasAsked = false;
  private readonly watchers = new Set<{ readonly source: Source<MachinesView>; isStale: boolean }>();
  private burst: NodeJS.Timeout | undefined;
  private tick: NodeJS.Timeout | undefined;

  constructor(
    private readonly id: string,
    readonly project: VagrantProject,
  ) {
    project.onChange(() => this.changed());
  }
  watch(locale: Locale): Source<MachinesView> {
    const watcher = {
      isStale: true,
      source: new Source<MachinesView>(
        () => {
          if (!watcher.isStale) return undefined;
          watcher.isStale = false;
          return this.view(locale);
        },
        () => void this.watchers.delete(watcher),
      ),
    };
    this.watchers.add(watcher);
    if (!this.wasAsked) void this.refresh();
    return watcher.source;
  }
  async refresh(): Promise<void> {
    this.wasAsked = true;
    try {
      await this.project.status();
      this.problem = undefined;
      await this.project.listSnapshots();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.checks = await judgeHost(this.project).catch(() => undefined);
    this.changed();
  }
  close(): void {
    clearTimeout(this.burst);
    clearTimeout(this.tick);
    for (const { source } of [...this.watchers]) source.end();
  }

  private changed(): void {
    this.burst ??= setTimeout(() => {
      this.burst = undefined;
      for (const watcher of this.watchers) {
        watcher.isStale = true;
        watcher.source.wake();
      }
      clearTimeout(this.tick);
      if (this.project.work && this.watchers.size > 0) this.tick = setTimeout(() => this.changed(), TICK_MS);
    }, BURST_MS);
  }
  private view(locale: Locale): MachinesView {
    const { project } = this;
    const { folder, file = 'Vagrantfile' } = project.place;
    const machines = project.machines.map(({ name, state, provider }) => ({ name, state, provider, snapshots: project.snapshots.get(name) ?? [] }));
    return {
      project: this.id,
      file: join(folder, file),
      machines: machines.length === 0 ? undefined : machines,
      checks: this.checks?.map((check) => ({
        verdict: isObstacle(check) ? 'obstacle' : check.verdict === 'fine' ? 'fine' : 'warning',
        text: checkWords(check, locale),
      })),
      ...(this.problem !== undefined && { problem: this.problem }),
      ...(project.work && { work: workView(project.work, project.clockMs, locale) }),
      ...(project.outcome && { outcome: outcomeView(project.outcome, locale) }),
    };
  }
}

const workView = ({ action, startedMs, progress }: Work, nowMs: number, locale: Locale): NonNullable<MachinesView['work']> => ({
  action,
  tookMs: nowMs - startedMs,
  machines: progress.machines().map(({ machine, phase, step, percent, sinceMs, past }) => ({
    machine,
    phase: phaseWords(phase, locale),
    step,
    ...(percent !== undefined && { percent }),
    tookMs: nowMs - sinceMs,
    isDone: phase === 'done',
    past: past.map((one) => ({ phase: phaseWords(one.phase, locale), tookMs: one.tookMs })),
  })),
  output: progress.output.slice(-OUTPUT_LINES).map(({ machine, text }) => (machine === '' ? text : `${machine}: ${text}`)),
});

const outcomeView = ({ action, tookMs, failure }: Outcome, locale: Locale): NonNullable<MachinesView['outcome']> => ({
  action,
  tookMs,
  ...(failure && {
    failure: {
      machines: failure.machines,
      phase: phaseWords(failure.phase, locale),
      step: failure.step,
      lastLines: failure.lastLines.length > 0 ? failure.lastLines.slice(-15) : failure.message.split('\n'),
      advice: adviceWords(failure.trouble, locale),
    },
  }),
});
