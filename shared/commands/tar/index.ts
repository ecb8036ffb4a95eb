/** tar: archives of files. */
export { TAR_PROGRAMS } from './tar.ts';
