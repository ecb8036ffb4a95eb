/** What a learner's tapes say of a class pack: which steps were done, how long it took, how often an answer was wrong. Of several attempts the best counts. */
import type { ClassPack, Effort, Progress } from '../lesson/index.ts';
import type { Tape } from './tape.ts';

interface TaskReport {
  readonly id: string;
  readonly points: number;
  readonly of: number;
  readonly done: number;
  /** Absent: never begun. */
  readonly steps?: number;
  readonly isFinished: boolean;
  /** Until the last step that was done, on the tape's clock. */
  readonly seconds?: number;
  /** Of a finished attempt. */
  readonly commands?: number;
  readonly mistakes?: number;
  readonly attempts: number;
  /** Unix milliseconds of the last step that was done. */
  readonly atMs?: number;
}
export interface LearnerReport {
  readonly learner: string;
  readonly points: number;
  readonly of: number;
  readonly tasks: readonly TaskReport[];
}

interface Attempted {
  readonly lesson: string;
  readonly done: number;
  readonly steps: number;
  readonly seconds: number;
  readonly effort: Effort | undefined;
  readonly atMs: number;
}

export function reportOf(learner: string, pack: ClassPack, tapes: readonly Tape[]): LearnerReport {
  const attempts = tapes.flatMap(attemptsOn);
  const tasks = pack.tasks.map(({ id, points: of }): TaskReport => {
    const own = attempts.filter(({ lesson }) => lesson === id).sort((a, b) => b.done - a.done || a.seconds - b.seconds);
    const [best] = own;
    if (!best) return { id, points: 0, of, done: 0, isFinished: false, attempts: 0 };
    const { done, steps, seconds, effort, atMs } = best;
    return {
      ...{ id, of, done, steps, seconds, atMs, points: Math.floor((of * done) / steps), isFinished: done === steps, attempts: own.length },
      ...(effort && { commands: effort.commands, mistakes: effort.mistakes }),
    };
  });
  const sum = (key: 'points' | 'of'): number => tasks.reduce((total, task) => total + task[key], 0);
  return { learner, points: sum('points'), of: sum('of'), tasks };
}

/** The last that is known of each attempt. */
function attemptsOn({ header, events }: Tape): readonly Attempted[] {
  const known = new Map<string, { readonly first: number; readonly last: number; readonly progress: Progress }>();
  let doneBefore = 0;
  for (const [seconds, code, data] of events) {
    if (code !== 'p') continue;
    const before = known.get(data.attempt);
    const done = doneIn(data);
    if (!before || done !== doneBefore) known.set(data.attempt, { first: before?.first ?? seconds, last: seconds, progress: data });
    else known.set(data.attempt, { ...before, progress: data });
    doneBefore = done;
  }
  return [...known.values()].map(({ first, last, progress }) => ({
    lesson: progress.lesson,
    done: doneIn(progress),
    steps: Object.keys(progress.steps).length,
    seconds: Math.round(last - first),
    effort: progress.effort,
    atMs: header.startedMs + Math.round(last * 1000),
  }));
}
const doneIn = ({ steps }: Progress): number => Object.values(steps).filter(({ kind }) => kind === 'done').length;
