/** A program as a machine has it installed. Each folder of commands/ exports a list of them. */
import type { Bytes } from '../base/index.ts';
import type { Program } from '../shell/index.ts';

export interface InstalledProgram {
  /** Where its executable is, as Debian installs it: `/usr/sbin/ip`. `/bin` and `/sbin` are links to `/usr/bin` and `/usr/sbin`. */
  readonly path: Bytes;
  readonly main: Program;
  /** The Debian package and the version whose behaviour it has: `iproute2 6.1.0`. */
  readonly origin: string;
}
