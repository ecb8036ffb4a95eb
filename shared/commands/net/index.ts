/** What network programs share: opening sockets, waiting for them, names of hosts. */
export { acceptTcp, bindSocket, connectPath, connectTcp, tcpSocket, udpSocket, waitReadable } from './connecting.ts';
export { familyOf, hostNameOf, lookupHost, lookupHosts, resolveHost, resolveHosts, scopedText, WRONG_FAMILY } from './names.ts';
export type { Family, HostAddress, Resolutions } from './names.ts';
export { watching } from './watching.ts';
