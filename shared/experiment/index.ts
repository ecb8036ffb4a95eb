/** experiment: changes of a lab that show their commands first and can be undone. One file each; `EXPERIMENTS` lists them. */
export { EXPERIMENTS } from './catalogue.ts';
export { type DraftPlan, type ExperimentFacts } from './definition.ts';
export * from './experiment.ts';
