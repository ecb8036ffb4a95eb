/** wget: GNU Wget 1.21.3 of Debian 12, and the applet of busybox images. */
export { BUSYBOX_WGET } from './busybox.ts';
export { WGET_PROGRAMS } from './wget.ts';
