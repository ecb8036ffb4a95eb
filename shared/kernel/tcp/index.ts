/** tcp: TCP sockets and connections of the simulated kernel. See socket.ts for how they are used. */
export { TcpRequest, TcpSocket, type Endpoint } from './socket.ts';
export { TcpState } from './state.ts';
export { tablesOf as tcpTablesOf, type TcpTables } from './tables.ts';
export { TimeWait } from './time-wait.ts';
