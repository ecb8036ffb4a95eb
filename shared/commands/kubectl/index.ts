/** kubectl: the program, and the interface of the cluster that it talks to. */
export * from './api.ts';
export * from './objects.ts';
