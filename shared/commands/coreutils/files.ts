/** The programs of GNU coreutils 9.1 that make, move, describe and remove files, by name. */
import type { InstalledProgram } from '../../machine/index.ts';
import { cp, install, mv } from './copying.ts';
import { ln, touch } from './links.ts';
import { ls } from './ls.ts';
import { chgrp, chmod, chown } from './modes.ts';
import { basename, dirname, mktemp, readlink, realpath, stat } from './paths.ts';
import { mkdir, rm, rmdir } from './removing.ts';

const MAINS = { ls, mkdir, rmdir, rm, ln, touch, chmod, chown, chgrp, cp, mv, install, readlink, realpath, basename, dirname, mktemp, stat };
export const FILE_PROGRAMS: readonly InstalledProgram[] = Object.entries(MAINS).map(([name, main]) => ({
  path: `/usr/bin/${name}`,
  main,
  origin: 'coreutils 9.1',
}));
