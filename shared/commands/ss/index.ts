export { SS_PROGRAMS } from './ss.ts';
