/** HTTP/1 as a client speaks it: addresses of pages, and a connection that sends requests and reads answers piece by piece. For curl and wget. */
export { HttpConnection, type Body, type Head } from './connection.ts';
export { base64, formEncode, parseUrl, resolveUrl, urlText, type Url } from './url.ts';
