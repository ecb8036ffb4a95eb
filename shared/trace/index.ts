/**
 * trace: what happened to a packet. Trace → hop (one namespace) → step with its facts → disposition. The kernel writes to a `Recorder`;
 * diagnosis and views read a `Trace`. Data only: the words are made from it in the user's language.
 */
export * from './recorder.ts';
export { sentWords } from './sent-words.ts';
export * from './step.ts';
export * from './trace.ts';
export * from './words.ts';
