/** experiment: changes of a lab that show their commands first and can be undone. One file each; `EXPERIMENTS` lists them. */
export { EXPERIMENTS, type DraftPlan, type ExperimentFacts } from './catalogue.ts';
export * from './experiment.ts';
