/** snapshot: the one form of every network fact, and what is different between two. Who makes one and what is made from it stand in other modules. */
export { diffSnapshots, type Difference } from './diff.ts';
export { differenceWords } from './diff-words.ts';
export * from './kubernetes.ts';
export * from './snapshot.ts';
