/** lesson: the format of lessons, their checks, and attempts at them. */
export * from './lesson.ts';
export { formatProblem, readYaml, type Problem, type YamlFile } from './yaml-file.ts';
