export { NC_PROGRAMS } from './nc.ts';
