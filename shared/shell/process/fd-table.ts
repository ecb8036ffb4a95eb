/** The file descriptors of one process: small numbers for open file descriptions, shared with its children until either closes. */
import { err, ok, type Errno, type Result } from '../../base/index.ts';
import type { OpenFile } from '../files/inode.ts';

interface Slot {
  readonly file: OpenFile;
  cloexec: boolean;
}

export class FdTable {
  private readonly slots: (Slot | undefined)[] = [];

  /** `limit`: RLIMIT_NOFILE, soft. */
  constructor(public limit = 1024) {}

  get(fd: number): OpenFile | undefined {
    return this.slots[fd]?.file;
  }
  /** The lowest free number from `from` on. */
  add(file: OpenFile, cloexec = false, from = 0): Result<number, Errno> {
    let fd = from;
    while (this.slots[fd]) fd++;
    return this.put(fd, file, cloexec);
  }
  /** Takes exactly this number; what was there is closed. */
  put(fd: number, file: OpenFile, cloexec = false): Result<number, Errno> {
    if (fd < 0 || fd >= this.limit) {
      if (file.references === 0) file.released();
      return err(fd < 0 ? 'EBADF' : 'EMFILE');
    }
    file.references++;
    this.close(fd);
    this.slots[fd] = { file, cloexec };
    return ok(fd);
  }
  close(fd: number): Result<void, Errno> {
    const slot = this.slots[fd];
    if (!slot) return err('EBADF');
    this.slots[fd] = undefined;
    if (--slot.file.references === 0) slot.file.released();
    return ok(undefined);
  }
  /** dup2(2). */
  duplicate(from: number, to: number): Result<number, Errno> {
    const file = this.get(from);
    if (!file) return err('EBADF');
    return from === to ? ok(to) : this.put(to, file);
  }
  isCloexec(fd: number): boolean {
    return this.slots[fd]?.cloexec ?? false;
  }
  setCloexec(fd: number, cloexec: boolean): void {
    const slot = this.slots[fd];
    if (slot) slot.cloexec = cloexec;
  }
  /** Numbers in use, ascending. */
  numbers(): number[] {
    return this.slots.flatMap((slot, fd) => (slot ? [fd] : []));
  }
  copy(): FdTable {
    const twin = new FdTable(this.limit);
    for (let fd = 0; fd < this.slots.length; fd++) {
      const slot = this.slots[fd];
      if (!slot) continue;
      slot.file.references++;
      twin.slots[fd] = { file: slot.file, cloexec: slot.cloexec };
    }
    return twin;
  }
  closeOnExec(): void {
    for (let fd = 0; fd < this.slots.length; fd++) if (this.slots[fd]?.cloexec) this.close(fd);
  }
  closeAll(): void {
    for (let fd = 0; fd < this.slots.length; fd++) if (this.slots[fd]) this.close(fd);
  }
}
