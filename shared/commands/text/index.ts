/** grep and sed. */
export { GREP_PROGRAMS } from './grep.ts';
export { SED_PROGRAMS } from './sed.ts';
