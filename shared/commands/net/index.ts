/** What network programs share: waiting for sockets, names of hosts. */
export { hostNameOf, resolveHost, type Resolution } from './names.ts';
export { watching } from './watching.ts';
