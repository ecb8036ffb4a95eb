/** conntrack: the program. */
export { CONNTRACK_PROGRAMS } from './conntrack.ts';
