/** What network programs share: opening sockets, waiting for them, names of hosts. */
export { acceptTcp, bindSocket, connectPath, connectTcp, tcpSocket, udpSocket, waitReadable } from './connecting.ts';
export { hostNameOf, lookupHost, resolveHost } from './names.ts';
export { watching } from './watching.ts';
