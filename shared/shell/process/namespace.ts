/**
 * Namespaces of a process (namespaces(7)). The shell gives meaning to `mnt`, `uts` and `pid`; the others are slots whose
 * contents belong to whoever fills them.
 * Invariant: each process, mount and open handle that refers to a namespace holds it; the last `release` ends it.
 */
export type NamespaceKind = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'time' | 'user' | 'uts';
export const NAMESPACE_KINDS: readonly NamespaceKind[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];

export interface Namespace {
  readonly kind: NamespaceKind;
  /** Inode number of its handle: the number of `net:[4026531840]`. */
  readonly ino: number;
  acquire(): void;
  release(): void;
}

/** A namespace that nobody has to be told the end of. */
export class PlainNamespace implements Namespace {
  constructor(
    readonly kind: NamespaceKind,
    readonly ino: number,
  ) {}
  acquire(): void {}
  release(): void {}
}

export class UtsNamespace extends PlainNamespace {
  constructor(
    ino: number,
    public hostname: string,
    public domainname = '(none)',
  ) {
    super('uts', ino);
  }
}
