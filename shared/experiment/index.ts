export * from './experiment.ts';
