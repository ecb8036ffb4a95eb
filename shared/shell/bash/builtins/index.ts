/** The builtin commands of bash, by name. */
import type { Bytes } from '../../../base/index.ts';
import type { Builtin } from '../shell.ts';
import { CONDITIONS } from './condition.ts';
import { CONTROL } from './control.ts';
import { DIRECTORIES } from './directories.ts';
import { HELP } from './help.ts';
import { HISTORY } from './history.ts';
import { INPUT } from './input.ts';
import { JOB_CONTROL } from './job-control.ts';
import { NAMES } from './names.ts';
import { OUTPUT } from './output.ts';
import { SETTINGS } from './settings.ts';
import { SYSTEM } from './system.ts';
import { VARIABLES } from './variables.ts';

export const BUILTINS: ReadonlyMap<Bytes, Builtin> = new Map([
  ...CONTROL,
  ...OUTPUT,
  ...INPUT,
  ...VARIABLES,
  ...SETTINGS,
  ...CONDITIONS,
  ...DIRECTORIES,
  ...NAMES,
  ...HELP,
  ...HISTORY,
  ...JOB_CONTROL,
  ...SYSTEM,
]);
