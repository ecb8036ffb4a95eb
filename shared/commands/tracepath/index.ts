/** tracepath: the way to a host and what fits through it. */
export { TRACEPATH_PROGRAMS } from './tracepath.ts';
