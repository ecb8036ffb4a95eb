/** GNU coreutils and the small programs that every Debian machine has beside them. */
import type { InstalledProgram } from '../../machine/index.ts';
import { CONDITION_PROGRAMS } from './condition.ts';
import { DUMP_PROGRAMS } from './dump.ts';
import { ENCODING_PROGRAMS } from './encode.ts';
import { expr } from './expr.ts';
import { FIELD_PROGRAMS } from './fields.ts';
import { FILE_PROGRAMS } from './files.ts';
import { IDENTITY_PROGRAMS } from './identity.ts';
import { LINE_PROGRAMS } from './lines.ts';
import { mkfifo, mknod } from './nodes.ts';
import { numfmt } from './numfmt.ts';
import { PEOPLE_PROGRAMS } from './people.ts';
import { df, du } from './space.ts';
import { PRINTING_PROGRAMS } from './printf.ts';
import { PROCESS_PROGRAMS } from './processes.ts';
import { RARE_PROGRAMS } from './rare.ts';
import { STREAM_PROGRAMS } from './streams.ts';
import { stty } from './stty.ts';
import { WRAPPING_PROGRAMS } from './wrappers.ts';
import { XARGS_PROGRAMS } from './xargs.ts';

export { duration, statusOf } from './processes.ts';
export { usageError, type GnuUsage, type Parsed } from './options.ts';
export { program } from './program.ts';
export { closeInput, eachInput, openInput } from './input.ts';
export { owners } from './ls.ts';
export { formatDate } from './date.ts';
export { modeText, shortClock, shortDate } from './stat-text.ts';
export { parseDate } from './date-words.ts';
export { parseMode } from './modes.ts';

const SINGLE = Object.entries({ df, du, expr, mkfifo, mknod, numfmt, stty }).map(([name, main]) => ({
  path: `/usr/bin/${name}`,
  main,
  origin: 'coreutils 9.1',
}));
export const COREUTILS: readonly InstalledProgram[] = [
  ...STREAM_PROGRAMS,
  ...FIELD_PROGRAMS,
  ...LINE_PROGRAMS,
  ...ENCODING_PROGRAMS,
  ...DUMP_PROGRAMS,
  ...FILE_PROGRAMS,
  ...RARE_PROGRAMS,
  ...PROCESS_PROGRAMS,
  ...IDENTITY_PROGRAMS,
  ...WRAPPING_PROGRAMS,
  ...XARGS_PROGRAMS,
  ...CONDITION_PROGRAMS,
  ...PEOPLE_PROGRAMS,
  ...PRINTING_PROGRAMS,
  ...SINGLE,
];
