/** Attempts at lessons in a lab: each looks again when something has changed, and now and then. */
import type { Simulation } from '../base/index.ts';
import { LessonAttempt, type LessonFile, type Progress } from '../lesson/index.ts';
import type { Attempt, LabError, LabResult } from './lab.ts';
import type { LabLessonWorld } from './lesson-world.ts';

/** Lessons look again this long after something changed, and at least this often. */
const LOOK_US = 20_000;
const LOOK_AGAIN_US = 500_000;

export class Attempts {
  private readonly underway = new Set<LessonAttempt>();
  private isLookSet = false;
  private isLookingAgain = false;

  constructor(
    private readonly world: LabLessonWorld,
    private readonly simulation: Simulation,
    private readonly lab: string,
    private readonly tell: (progress: Progress) => void,
  ) {}

  start(lesson: LessonFile, id: string, seed: number): Attempt {
    const attempt = new LessonAttempt(lesson, this.world, { id, seed, lab: this.lab });
    this.underway.add(attempt);
    if (!this.isLookingAgain) this.lookAgain();
    attempt.onProgress(() => this.tell(attempt.wordless()));
    const steps = lesson.definition.chapters.flatMap((chapter) => chapter.steps);
    const found = <T>(step: string, of: (definition: (typeof steps)[number]) => T): LabResult<T> => {
      const definition = steps.find((one) => one.id === step);
      return definition ? { ok: true, value: of(definition) } : refuse('not-found', `There is no step ${step}.`);
    };
    return {
      id: attempt.id,
      text: (locale) => attempt.text(locale),
      progress: (locale) => attempt.progress(locale),
      onProgress: (listener) => void attempt.onProgress(listener),
      confirm: (step, reply, locale) => {
        const confirmed = attempt.confirm(step, reply, locale);
        return confirmed.ok ? { ok: true, value: attempt.progress(locale) } : refuse('not-possible', confirmed.message);
      },
      solution: (step) => found(step, (definition) => attempt.solution(definition)),
      shown: (step) => found(step, (definition) => attempt.shown(definition)),
      revert: (step) => found(step, (definition) => attempt.revert(definition)),
      verdicts: (step, sinceUs) => found(step, (definition) => attempt.verdicts(definition, sinceUs)),
      rightReply: (step) => found(step, (definition) => attempt.rightReply(definition)),
      note: (event) => {
        this.world.note(event.kind);
        attempt.update();
      },
      stop: () => {
        attempt.stop();
        this.underway.delete(attempt);
      },
    };
  }
  /** Something may have changed. */
  lookSoon(): void {
    if (this.underway.size === 0 || this.isLookSet) return;
    this.isLookSet = true;
    this.simulation.after(LOOK_US, () => {
      this.isLookSet = false;
      this.look();
    });
  }
  close(): void {
    for (const attempt of this.underway) attempt.stop();
    this.underway.clear();
  }

  private look(): void {
    for (const attempt of [...this.underway]) attempt.update();
  }
  private lookAgain(): void {
    this.isLookingAgain = true;
    this.simulation.housekeeping(LOOK_AGAIN_US, () => {
      this.isLookingAgain = false;
      if (this.underway.size === 0) return;
      this.look();
      this.lookAgain();
    });
  }
}

const refuse = (code: LabError['code'], message: string): { readonly ok: false; readonly error: LabError } => ({ ok: false, error: { code, message } });
