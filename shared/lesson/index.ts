/**
 * lesson: the format of lessons, their checks, and attempts at them. `parseLesson` reads a folder's texts; a `LessonAttempt` follows a learner
 * through it in a lab that implements `LessonWorld`.
 */
export { LessonAttempt } from './attempt.ts';
export { isEvent } from './check.ts';
export type { StepDefinition } from './definition.ts';
export { lessonInfo, parseLesson, type LessonFile } from './file.ts';
export * from './lesson.ts';
export * from './world.ts';
export { formatProblem, readYaml, type Problem } from './yaml-file.ts';
