export { SOCAT_PROGRAMS } from './socat.ts';
