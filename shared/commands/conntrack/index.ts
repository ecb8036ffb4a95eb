/** conntrack: the program, and the text of one connection. */
export { CONNTRACK_PROGRAMS } from './conntrack.ts';
export { flowText } from './flow-text.ts';
