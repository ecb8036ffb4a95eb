/** Lessons: the list, and the attempts that are under way, each in its lab. */
import { randomInt } from 'node:crypto';
import { Source, refuse, type Lesson, type LessonInfo, type Locale, type Progress, type Reply, type TerminalInfo } from '../../shared/ipc/index.ts';
import { LEVELS, lessonInfo, parseExerciseName } from '../../shared/lab/index.ts';
import type { Labs } from '../labs/labs.ts';
import type { LessonFile, RunningAttempt, RunningLab } from '../labs/provider.ts';
import type { KeptLessons } from './kept.ts';
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

const stepsOf = (file: LessonFile): readonly string[] => file.definition.chapters.flatMap((chapter) => chapter.steps.map((step) => step.id));

/** Of a level. */
const SOLVED_ENOUGH = 2;
/** A terminal that "show me" opens; the window fits it to its panel. */
const SHOW_ME_SIZE = { columns: 100, rows: 24 };

export class Lessons {
  private readonly underway = new Map<string, Underway>();

  constructor(
    private readonly library: LessonLibrary,
    private readonly labs: Labs,
    private readonly terminals: Terminals,
    private readonly kept: KeptLessons,
  ) {
    labs.addGuest({ labStarted: (lab) => this.takeOver(lab), labStopping: (lab) => this.labStopping(lab) });
  }

  async list(locale: Locale): Promise<readonly LessonInfo[]> {
    return (await this.library.list(locale)).map((info) => {
      const kept = this.kept.get(info.id);
      return kept ? { ...info, kept: { done: kept.done, isFinished: kept.isFinished } } : info;
    });
  }
  /** Two of a level solved, and the next is proposed. */
  nextExercise(): { readonly level: number; readonly seed: number; readonly solved: readonly number[] } {
    const names = this.kept.finished().flatMap((id) => parseExerciseName(id) ?? []);
    const solved = LEVELS.map((level) => names.filter((one) => one.level === level).length);
    const level = LEVELS.find((one) => solved[one - 1]! < SOLVED_ENOUGH) ?? LEVELS.at(-1)!;
    return { level, seed: randomInt(1, 10_000), solved };
  }
  /** In a fresh lab. An attempt that was under way there ends. `at`: a step to come back to, or `kept`: where the learner was. */
  async start(lesson: string, at?: { readonly step: string } | 'kept'): Promise<Progress> {
    const file = await this.library.load(lesson);
    const info = lessonInfo(file, 'en');
    const up = await this.labs.restart(info.lab, 'simulated');
    const kept = at === undefined ? undefined : this.kept.get(lesson);
    const seed = kept?.seed ?? randomInt(2 ** 31);
    const steps = stepsOf(file);
    const step = at === 'kept' ? kept?.current : at?.step;
    const attempt = await up.running.startAttempt(file, seed, step !== undefined && steps.includes(step) ? step : undefined);
    this.attend(attempt, info.lab, () => this.keep(lesson, steps, seed, attempt));
    up.recorder?.marker(info.title);
    return attempt.progress('en');
  }
  private keep(lesson: string, steps: readonly string[], seed: number, attempt: RunningAttempt): void {
    const { current } = attempt.progress('en');
    const done = current === undefined ? steps.length : steps.indexOf(current);
    const wasFinished = this.kept.get(lesson)?.isFinished === true;
    this.kept.set(lesson, { seed, done, ...(current === undefined ? {} : { current }), isFinished: wasFinished || current === undefined });
  }
  private attend(attempt: RunningAttempt, lab: string, keep: () => void = () => undefined): void {
    keep();
    const watchers = new Set<Source<Progress>>();
    const stopListening = attempt.onProgress(() => {
      keep();
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
  confirm(attempt: string, step: string, reply: Reply, locale: Locale): Promise<Progress> {
    return this.get(attempt).attempt.confirm(step, reply, locale);
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
