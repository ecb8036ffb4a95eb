/** Which devices and addresses `ip link`, `ip address` and `ip monitor` show (struct link_filter of ip_common.h). */
import { NO_PREFIX, type Family, type Prefix } from '../iproute2/prefix.ts';

export interface LinkFilter {
  family: Family;
  ifindex: number;
  /** Addresses on a line of their own, with the device's name. */
  oneline: boolean;
  showQueue: boolean;
  prefix: Prefix;
  scope: number;
  /** 0: any scope. */
  scopeMask: number;
  flags: number;
  flagMask: number;
  up: boolean;
  label: string | undefined;
  group: number;
  /** 0: any; -1: none. */
  master: number;
  kind: string | undefined;
  slaveKind: string | undefined;
  /** Links come from IPv6's own dump, which tells little of them (inet6_fill_ifinfo). */
  tells: 'all' | 'inet6';
}
export const linkFilter = (oneline: boolean, ifindex = 0): LinkFilter => ({
  ...{ family: 0, ifindex, oneline, showQueue: false, prefix: NO_PREFIX, scope: 0, scopeMask: 0, flags: 0, flagMask: 0, up: false },
  ...{ label: undefined, group: -1, master: 0, kind: undefined, slaveKind: undefined, tells: 'all' },
});
