export { ARPING_PROGRAMS } from './arping.ts';
