export { PING_PROGRAMS } from './ping.ts';
