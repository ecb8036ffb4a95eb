/** curl 7.88.1 of Debian 12, over HTTP and the kernel's TCP. */
export { CURL_PROGRAMS } from './curl.ts';
