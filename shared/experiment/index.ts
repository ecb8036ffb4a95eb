/**
 * experiment: changes of a lab that show their commands first and can be undone. One file each; `EXPERIMENTS` lists them. `FAULTS` puts each cause that
 * a diagnosis knows into a lab, and takes it out again.
 */
export { EXPERIMENTS } from './catalogue.ts';
export { type DraftPlan } from './definition.ts';
export { Ground } from './ground.ts';
export * from './experiment.ts';
export {
  exerciseLab,
  exerciseSources,
  formatExerciseName,
  LEVELS,
  makeExercise,
  parseExerciseName,
  type ExerciseLevel,
  type ExerciseName,
} from './exercise/exercise.ts';
export { planFault, possibleFaults } from './faults.ts';
