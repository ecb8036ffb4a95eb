/**
 * recording: the tape. `TapeWriter` makes its lines, `parseTape` reads it whatever happened to it, `Timeline` answers what was at a moment,
 * `Player` plays it; `formatAsciicast` and `parseAsciicast` exchange terminals with asciinema.
 */
export * from './asciicast.ts';
export * from './delta.ts';
export * from './player.ts';
export * from './read.ts';
export * from './tape.ts';
export * from './timeline.ts';
export * from './write.ts';
export { reportOf, type LearnerReport } from './class-report.ts';
