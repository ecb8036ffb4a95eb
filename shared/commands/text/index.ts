/** grep, sed, diff and column. */
import type { InstalledProgram } from '../../machine/index.ts';
import { COLUMN_PROGRAMS } from './column.ts';
import { DIFF_PROGRAMS } from './diff.ts';
import { GREP_PROGRAMS } from './grep.ts';
import { PAGERS } from './pager.ts';
import { SED_PROGRAMS } from './sed.ts';

export const TEXT_PROGRAMS: readonly InstalledProgram[] = [...GREP_PROGRAMS, ...SED_PROGRAMS, ...DIFF_PROGRAMS, ...COLUMN_PROGRAMS, ...PAGERS];
