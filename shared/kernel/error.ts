/** What a system call or a netlink request answers when it says no: an errno, and netlink's extended text where the kernel gives one. */
import { err } from '../base/index.ts';
import type { Errno, Result } from '../base/index.ts';

export interface KernelError {
  readonly errno: Errno;
  /** The kernel's own text (`Nexthop has invalid gateway.`), which `ip` prints after `Error: `. */
  readonly extack?: string;
  /** Set when Linux could do it and the model cannot: what is missing. Commands say `not modelled: …` and fail. */
  readonly notModelled?: string;
}
export type KernelResult<T = void> = Result<T, KernelError>;

export const fail = (errno: Errno, extack?: string): { readonly ok: false; readonly error: KernelError } =>
  err(extack === undefined ? { errno } : { errno, extack });
export const notModelled = (what: string): { readonly ok: false; readonly error: KernelError } => err({ errno: 'EOPNOTSUPP', notModelled: what });
