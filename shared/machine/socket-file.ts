/**
 * A socket of the simulated kernel as a descriptor: read, written, waited for and closed as any file (socket(7)).
 * Invariant: the socket lives as long as a descriptor of it, in whatever process.
 */
import { err, ok, type Bytes, type Errno, type Result } from '../base/index.ts';
import { UdpSocket, type Socket, type TcpSocket } from '../kernel/index.ts';
import { OpenFile, type Caller, type Readiness } from '../shell/index.ts';

export class SocketFile extends OpenFile {
  private readonly unwatch: () => void;
  constructor(readonly socket: TcpSocket | UdpSocket) {
    super();
    this.flags = { read: true, write: true };
    this.unwatch = socket.watchers.add(() => this.changed.wakeAll());
  }
  override read(max: number): Result<Bytes, Errno> {
    const { socket } = this;
    if (!(socket instanceof UdpSocket)) {
      const data = socket.receive(max);
      return data.ok ? data : err(data.error.errno);
    }
    const error = socket.takeError();
    if (error !== null) return err(error);
    const datagram = socket.receive();
    return datagram === undefined ? err('EAGAIN') : ok(datagram.packet.payload.slice(0, max));
  }
  override write(data: Bytes): Result<number, Errno> {
    const sent = this.socket.send(data);
    return sent.ok ? sent : err(sent.error.errno);
  }
  override poll(): Readiness {
    const { socket } = this;
    if (socket instanceof UdpSocket) return { readable: socket.readable || socket.pendingError !== null, writable: true, hangup: false };
    return { readable: socket.readable, writable: socket.writable, hangup: socket.hangup };
  }
  override describe(): Bytes {
    return `socket:[${this.socket.inode}]`;
  }
  override released(): void {
    this.unwatch();
    this.socket.close();
    super.released();
  }
}

/** Who opened it, for rules that ask and for `ss -p`. */
export function ownSocket(socket: Socket, caller: Caller, command: Bytes, fd: number): void {
  socket.owner = { pid: caller.pid, command, fd, uid: caller.credentials.euid };
}
