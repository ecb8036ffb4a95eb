/** tcp: TCP sockets and connections of the simulated kernel. See socket.ts for how they are used. */
export { TcpRequest, TcpSocket } from './socket.ts';
export { TcpState } from './state.ts';
export { tablesOf as tcpTablesOf } from './tables.ts';
export { TimeWait } from './time-wait.ts';
