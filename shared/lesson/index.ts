/**
 * lesson: the format of lessons, their checks, and attempts at them. `parseLesson` reads a folder's texts; a `LessonAttempt` follows a learner
 * through it in a lab that implements `LessonWorld`.
 */
export { isConfirmed, LessonAttempt, type RevertAction, type ShownOutput } from './attempt.ts';
export type { Missing } from './check.ts';
export { parseCourses, type Courses } from './courses.ts';
export { isEventKind, type StepDefinition } from './definition.ts';
export { lessonInfo, parseLesson, type LessonFile } from './file.ts';
export { parseGlossary } from './glossary.ts';
export * from './lesson.ts';
export { parsePack, type ClassPack } from './pack.ts';
export { missingLine } from './shown.ts';
export * from './world.ts';
export { formatProblem, readYaml, type Problem } from './yaml-file.ts';
