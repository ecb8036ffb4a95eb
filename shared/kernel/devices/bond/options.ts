/** What can be set of a bond (drivers/net/bonding/bond_options.c): values, defaults, and what refuses what. */
import type { Ipv4 } from '../../../wire/index.ts';

/** By their numbers (BOND_MODE_*). */
export const BOND_MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'] as const;

/** IFLA_BOND_*; an absent one is left as it is. Devices by index, 0: none. */
export interface BondOptions {
  mode?: number;
  activeSlave?: number;
  /** Milliseconds. */
  miimon?: number;
  updelay?: number;
  downdelay?: number;
  peerNotifyDelay?: number;
  useCarrier?: number;
  arpInterval?: number;
  arpMissedMax?: number;
  arpTargets?: readonly Ipv4[];
  arpValidate?: number;
  arpAllTargets?: number;
  primary?: number;
  primaryReselect?: number;
  failOverMac?: number;
  xmitHashPolicy?: number;
  resendIgmp?: number;
  peerNotifications?: number;
  allSlavesActive?: number;
  minLinks?: number;
  lpInterval?: number;
  packetsPerSlave?: number;
  lacpActive?: number;
  lacpRate?: number;
  adSelect?: number;
  tlbDynamicLb?: number;
}
export const BOND_DEFAULTS = {
  ...{ mode: 0, miimon: 0, updelay: 0, downdelay: 0, peerNotifyDelay: 0, useCarrier: 1, arpInterval: 0, arpMissedMax: 2, arpTargets: [] as readonly Ipv4[] },
  ...{ arpValidate: 0, arpAllTargets: 0, primary: 0, primaryReselect: 0, failOverMac: 0, xmitHashPolicy: 0, resendIgmp: 1, peerNotifications: 1 },
  ...{ allSlavesActive: 0, minLinks: 0, lpInterval: 1, packetsPerSlave: 1, lacpActive: 1, lacpRate: 0, adSelect: 0, tlbDynamicLb: 1 },
};
export type BondSettings = typeof BOND_DEFAULTS;

/** Modes in which the links must be watched: what else would tell that one is lost. */
export const needsMiimon = (mode: number): boolean => mode >= 4;
/** BOND_DEFAULT_MIIMON. */
export const DEFAULT_MIIMON_MS = 100;
