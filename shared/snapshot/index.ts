/** snapshot: the one form of every network fact. Types only; who makes one and what is made from it stand in other modules. */
export * from './snapshot.ts';
