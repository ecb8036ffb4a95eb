/** Courses: lessons in the order in which they build on each other. `resources/lessons/courses.yaml`. */
import { z } from 'zod';
import { formatProblem, readYaml } from './yaml-file.ts';

const words = z.object({ en: z.string().min(1), zh: z.string().min(1) }).strict();
const coursesSchema = z
  .object({
    /** What somebody new begins with. */
    first: z.string(),
    courses: z
      .array(
        z
          .object({
            id: z.string().regex(/^[a-z0-9-]+$/),
            title: words,
            /** What one can do after it. */
            outcome: words,
            /** Lessons in order; `after` names those that one should have done first. */
            lessons: z.array(z.union([z.string(), z.object({ id: z.string(), after: z.array(z.string()).min(1) }).strict()])).min(1),
          })
          .strict(),
      )
      .min(1),
  })
  .strict();

export interface Course {
  readonly id: string;
  readonly title: Readonly<Record<'en' | 'zh', string>>;
  readonly outcome: Readonly<Record<'en' | 'zh', string>>;
  readonly lessons: readonly { readonly id: string; readonly after: readonly string[] }[];
}

export interface Courses {
  readonly first: string | undefined;
  readonly courses: readonly Course[];
}

/** `lessons`: ids of those there are. */
export function parseCourses(source: string, lessons: readonly string[]): { readonly value: Courses; readonly problems: readonly string[] } {
  const file = readYaml(source, coursesSchema);
  const problems = file.problems.map((problem) => formatProblem('courses.yaml', problem));
  const courses = (file.value?.courses ?? []).map((course) => ({
    ...course,
    lessons: course.lessons.map((one) => (typeof one === 'string' ? { id: one, after: [] } : one)),
  }));
  const seen = new Set<string>();
  for (const [courseIndex, course] of courses.entries()) {
    for (const [index, { id, after }] of course.lessons.entries()) {
      const report = (message: string): void =>
        void problems.push(formatProblem('courses.yaml', { ...file.at(['courses', courseIndex, 'lessons', index]), message }));
      if (!lessons.includes(id)) report(`there is no lesson "${id}"`);
      if (seen.has(id)) report(`the lesson "${id}" stands here a second time`);
      for (const other of after) if (!seen.has(other)) report(`"${id}" builds on "${other}", which is not before it`);
      seen.add(id);
    }
  }
  const first = file.value?.first;
  if (first !== undefined && !lessons.includes(first))
    problems.push(formatProblem('courses.yaml', { ...file.at(['first']), message: `there is no lesson "${first}"` }));
  return { value: { first, courses }, problems };
}
