/** Lessons: the list, and the attempts that are under way, each in its lab. */
import { randomInt } from 'node:crypto';
import { Source, refuse, type Lesson, type LessonInfo, type Locale, type Progress, type TerminalInfo } from '../../shared/ipc/index.ts';
import type { Labs } from '../labs/labs.ts';
import type { LessonFile, RunningAttempt, RunningLab } from '../labs/provider.ts';
import type { Terminals } from '../terminals/terminals.ts';

/** Where lessons come from. */
export interface LessonLibrary {
  list(locale: Locale): Promise<readonly LessonInfo[]>;
  /** Refuses with `not-found` or `damaged`. */
  load(lesson: string): Promise<LessonFile>;
}

interface Underway {
  readonly attempt: RunningAttempt;
  readonly lab: string;
  readonly watchers: Set<Source<Progress>>;
  readonly stopListening: () => void;
}

/** A terminal that "show me" opens; the window fits it to its panel. */
const SHOW_ME_SIZE = { columns: 100, rows: 24 };

export class Lessons {
  private readonly underway = new Map<string, Underway>();

  constructor(
    private readonly library: LessonLibrary,
    private readonly labs: Labs,
    private readonly terminals: Terminals,
  ) {
    labs.addGuest({ labStarted: (lab) => this.takeOver(lab), labStopping: (lab) => this.labStopping(lab) });
  }

  list(locale: Locale): Promise<readonly LessonInfo[]> {
    return this.library.list(locale);
  }
  /** In a fresh lab. An attempt that was under way there ends. */
  async start(lesson: string): Promise<Progress> {
    const file = await this.library.load(lesson);
    const info = (await this.library.list('en')).find((one) => one.id === lesson);
    if (!info) return refuse('not-found', `There is no lesson ${lesson}.`, { lesson });
    const up = await this.labs.restart(info.lab, 'simulated');
    const attempt = await up.running.startAttempt(file, randomInt(2 ** 31));
    this.attend(attempt, info.lab);
    up.recorder?.marker(info.title);
    return attempt.progress('en');
  }
  private attend(attempt: RunningAttempt, lab: string): void {
    const watchers = new Set<Source<Progress>>();
    const stopListening = attempt.onProgress(() => {
      for (const source of watchers) source.wake();
    });
    this.underway.set(attempt.id, { attempt, lab, watchers, stopListening });
  }
  /** Lessons that were under way in a lab when it was saved. */
  private takeOver(lab: RunningLab): void {
    for (const { attempt } of lab.opened?.attempts ?? []) this.attend(attempt, lab.id);
  }
  text(attempt: string, locale: Locale): Lesson {
    return this.get(attempt).attempt.text(locale);
  }
  watch(attempt: string, locale: Locale): Source<Progress> {
    const { attempt: running, watchers } = this.get(attempt);
    let seen = '';
    const source = new Source<Progress>(
      () => {
        const progress = running.progress(locale);
        const now = JSON.stringify(progress);
        if (now === seen) return undefined;
        seen = now;
        return progress;
      },
      () => watchers.delete(source),
    );
    watchers.add(source);
    return source;
  }
  confirm(attempt: string, step: string, choice: number | undefined, locale: Locale): Promise<Progress> {
    return this.get(attempt).attempt.confirm(step, choice, locale);
  }
  /** Types the step's solution, each command into a terminal of its node. */
  async showMe(attempt: string, step: string): Promise<TerminalInfo> {
    const { attempt: running, lab } = this.get(attempt);
    const commands = await running.solution(step);
    let shown: TerminalInfo | undefined;
    for (const { node, command } of commands) {
      const terminal =
        this.terminals.list(lab).find((one) => one.node === node && one.pod === undefined) ?? (await this.terminals.open({ lab, node, ...SHOW_ME_SIZE }));
      shown ??= terminal;
      this.terminals.type(terminal.terminal, `${command}\r`);
    }
    return shown ?? refuse('not-possible', 'This step is done by reading it.', { step });
  }
  /** Tells every attempt in a lab, or all, of something done outside the lab's own machines. */
  note(event: Parameters<RunningAttempt['note']>[0], lab?: string): void {
    for (const one of this.underway.values()) if (lab === undefined || one.lab === lab) one.attempt.note(event);
  }

  private get(attempt: string): Underway {
    return this.underway.get(attempt) ?? refuse('not-found', 'This attempt has ended: start the lesson again.', { attempt });
  }
  private labStopping(lab: string): void {
    for (const [id, one] of [...this.underway]) {
      if (one.lab !== lab) continue;
      this.underway.delete(id);
      one.stopListening();
      for (const source of [...one.watchers]) source.end();
      one.attempt.stop();
    }
  }
}
