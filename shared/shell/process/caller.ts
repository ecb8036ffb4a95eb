/** Who asks: what files, directories and devices need to know of the process that uses them. `Process` is one. */
import type { Bytes } from '../../base/index.ts';
import type { Namespace, NamespaceKind } from './namespace.ts';
import type { ProcessGroup } from './session.ts';
import type { SignalName } from './signals.ts';

export interface Credentials {
  uid: number;
  gid: number;
  /** Effective: what permissions are checked against. */
  euid: number;
  egid: number;
  groups: readonly number[];
}

export interface Caller {
  /** Its number in its own pid namespace. */
  readonly pid: number;
  readonly group: ProcessGroup;
  readonly umask: number;
  readonly credentials: Credentials;
  /** Virtual time since the lab began, in microseconds. */
  readonly nowUs: number;
  /** Calendar time, in microseconds since 1970. */
  readonly unixUs: number;
  /** The namespace of this kind that it is in. */
  namespace(kind: NamespaceKind): Namespace;
  /** Whether a signal would neither end, stop nor interrupt it: ignored or blocked. */
  isDeafTo(signal: SignalName): boolean;
  getenv(name: Bytes): Bytes | undefined;
}
