/**
 * Class packs: what a class is to do, in order, as one YAML file. A number makes an exercise the same for everybody.
 *
 *     pack: 1
 *     title: { en: Networks of pods, zh: Pod 网络 }
 *     tasks:
 *       - lesson: namespaces
 *       - lesson: bridge-by-hand
 *         points: 20
 *       - exercise: { level: 2, seed: 4711 }
 */
import { z } from 'zod';
import { formatExerciseName, type ExerciseLevel } from '../experiment/index.ts';
import { formatProblem, readYaml } from './yaml-file.ts';

const DEFAULT_POINTS = 10;
const packSchema = z
  .object({
    pack: z.literal(1),
    title: z.object({ en: z.string().min(1), zh: z.string().min(1) }).strict(),
    tasks: z
      .array(
        z
          .object({
            lesson: z.string().optional(),
            exercise: z
              .object({ level: z.int().min(1).max(4), seed: z.int().min(0).max(999_999_999) })
              .strict()
              .optional(),
            points: z.int().min(1).max(1000).default(DEFAULT_POINTS),
          })
          .strict(),
      )
      .min(1),
  })
  .strict();

interface PackTask {
  /** Of the lesson that an attempt at it is one of: `namespaces`, `exercise-2-4711`. */
  readonly id: string;
  readonly points: number;
}
export interface ClassPack {
  readonly title: Readonly<Record<'en' | 'zh', string>>;
  readonly tasks: readonly PackTask[];
}

/** `name`: of the file, for problems such as `pack.yaml:4:5: …`; `lessons`: those there are. */
export function parsePack(
  name: string,
  source: string,
  lessons: readonly string[],
): { readonly value: ClassPack | undefined; readonly problems: readonly string[] } {
  const file = readYaml(source, packSchema);
  const problems = file.problems.map((problem) => formatProblem(name, problem));
  const seen = new Set<string>();
  const tasks = (file.value?.tasks ?? []).flatMap(({ lesson, exercise, points }, index): readonly PackTask[] => {
    const report = (message: string, path: readonly string[] = []): readonly never[] => {
      problems.push(formatProblem(name, { ...file.at(['tasks', index, ...path]), message }));
      return [];
    };
    if ((lesson === undefined) === (exercise === undefined)) return report('a task is a "lesson" or an "exercise", one of them');
    const id = lesson ?? formatExerciseName({ level: exercise!.level as ExerciseLevel, seed: exercise!.seed });
    if (lesson !== undefined && !lessons.includes(lesson)) return report(`there is no lesson "${lesson}"`, ['lesson']);
    if (seen.has(id)) return report(`"${id}" stands here a second time`);
    seen.add(id);
    return [{ id, points }];
  });
  return { value: file.value && problems.length === 0 ? { title: file.value.title, tasks } : undefined, problems };
}
