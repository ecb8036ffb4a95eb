/** Which routing table a device belongs to (net/l3mdev): that of the VRF it is, or is enslaved to. */
import type { Device } from './model.ts';

/** The VRF that a device is or is enslaved to (l3mdev_master_dev). */
export function vrfOf(device: Device): Device | null {
  if (device.vrfTable !== 0) return device;
  const { master } = device;
  return master !== null && master.vrfTable !== 0 ? master : null;
}
/** l3mdev_fib_table; 0: none. */
export const vrfTableOf = (device: Device): number => vrfOf(device)?.vrfTable ?? 0;
