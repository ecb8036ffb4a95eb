/**
 * How far the learner came in each lesson, in progress.json of the data folder, so that it is there when the app is opened again. What cannot
 * be read is begun anew.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { replaceFile } from '../file.ts';

const schema = z.record(
  z.string(),
  z.object({
    /** Chose the variables of the attempt. */
    seed: z.number(),
    done: z.number(),
    /** The step to go on with; absent when all are done. */
    current: z.string().optional(),
    isFinished: z.boolean(),
  }),
);
export type Kept = z.infer<typeof schema>[string];

export interface KeptLessons {
  get(lesson: string): Kept | undefined;
  set(lesson: string, kept: Kept): void;
  /** Lessons that were done to their end at least once. */
  finished(): readonly string[];
  /** What was set is written. */
  close(): Promise<void>;
}

export async function setupKeptLessons(path: string, log: Log): Promise<KeptLessons> {
  const kept = new Map(Object.entries(await load(path, log)));
  let writing: Promise<void> = Promise.resolve();
  return {
    get: (lesson) => kept.get(lesson),
    finished: () => [...kept].flatMap(([lesson, { isFinished }]) => (isFinished ? [lesson] : [])),
    set: (lesson, next) => {
      if (JSON.stringify(kept.get(lesson)) === JSON.stringify(next)) return;
      kept.set(lesson, next);
      writing = writing
        .then(() => replaceFile(path, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`))
        .catch((error: unknown) => log.warn(`progress cannot be kept: ${String(error)}`));
    },
    close: () => writing,
  };
}

async function load(path: string, log: Log): Promise<z.infer<typeof schema>> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    log.warn(`${path} cannot be read: progress in lessons is begun anew`);
    return {};
  }
}
