/**
 * machine: a Linux machine, made of a kernel host (kernel/) and an operating system (shell/): its root file system, /proc, /sys, /dev, the
 * namespaces of its processes, the programs installed on it.
 *
 * A program finds its network by `netnsOf(p)`; `ip netns add` and its kin use `mountNetns`, `unmountNetns`, `netnsAt`, `NETNS_DIR`.
 */
export { flowText, idOf, timeLeftS, TRANSPORT_NAMES, type FlowFormat } from './flow-text.ts';
export { mountSys, mountVirtual } from './install.ts';
export { Machine } from './machine.ts';
export { mountNetns, namespaceAt, NetNamespace, netnsAt, netnsOf, NETNS_DIR, unmountNetns } from './net-namespace.ts';
export type { InstalledProgram } from './program.ts';
export { ownSocket, SocketFile } from './socket-file.ts';
