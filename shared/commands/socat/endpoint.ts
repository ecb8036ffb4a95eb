/** One side of socat once it is open: what is read, what is written, how its writing ends. */
import type { Bytes, Errno, Result } from '../../base/index.ts';
import type { Process, Wait } from '../../shell/index.ts';

export interface Endpoint {
  /** As messages name them; -1: this side does not read, or write. */
  readonly readFd: number;
  readonly writeFd: number;
  /** Woken when `canRead`, `canWrite` may answer differently. */
  readonly waits: readonly Wait[];
  canRead(p: Process): boolean;
  canWrite(p: Process): boolean;
  /** '' at the end, unless `isPacket`. */
  read(p: Process, max: number): Result<Bytes, Errno>;
  write(p: Process, data: Bytes): Result<number, Errno>;
  /** No more will be written. */
  endWriting(p: Process): void;
  /** Empty reads are packets, not the end. */
  readonly isPacket: boolean;
  /** A program of ours behind it. */
  readonly child: Process | undefined;
}

/** Of one or two descriptors of the process. */
export function ofFds(p: Process, readFd: number, writeFd: number, more: Partial<Endpoint> = {}): Endpoint {
  const files = [readFd, writeFd].flatMap((fd) => p.fds.get(fd) ?? []);
  return {
    readFd,
    writeFd,
    waits: files.map((file) => file.changed),
    canRead: (q) => q.fds.get(readFd)?.poll().readable ?? true,
    canWrite: (q) => q.fds.get(writeFd)?.poll().writable ?? true,
    read: (q, max) => q.fds.get(readFd)?.read(max, q) ?? { ok: false, error: 'EBADF' },
    write: (q, data) => q.fds.get(writeFd)?.write(data, q) ?? { ok: false, error: 'EBADF' },
    endWriting: () => undefined,
    isPacket: false,
    child: undefined,
    ...more,
  };
}
