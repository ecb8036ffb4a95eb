/**
 * commands: the programs of a simulated machine, one file or folder each. A program is `(p: Process) => Sys<number>`; it reaches the
 * network of its process by `netnsOf(p)` of machine/. To add one: export an `InstalledProgram` and name it here.
 */
import type { InstalledProgram } from '../machine/index.ts';

/** What every simulated machine has installed. */
export const PROGRAMS: readonly InstalledProgram[] = [];

export * from './kubectl/index.ts';
