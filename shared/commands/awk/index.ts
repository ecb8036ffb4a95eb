export { AWK_PROGRAMS } from './awk.ts';
