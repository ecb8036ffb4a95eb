/**
 * lesson: the format of lessons, their checks, and attempts at them. `parseLesson` reads a folder's texts; a `LessonAttempt` follows a learner
 * through it in a lab that implements `LessonWorld`.
 */
export { LessonAttempt, type AttemptOptions, type SolutionCommand } from './attempt.ts';
export { evaluate, isEvent, type Missing } from './check.ts';
export type { CheckDefinition, LessonDefinition, StepDefinition } from './definition.ts';
export { lessonInfo, parseLesson, type LessonFile, type Locale } from './file.ts';
export * from './lesson.ts';
export * from './world.ts';
export { formatProblem, readYaml, type Problem, type YamlFile } from './yaml-file.ts';
