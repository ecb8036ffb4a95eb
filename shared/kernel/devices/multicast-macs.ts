/**
 * Link-layer groups, and addresses other than its own, that a device listens to (dev_mc_add, dev_uc_add): what `bridge fdb` shows as `self
 * permanent`, in order of joining. One that cannot filter such addresses listens to everything instead.
 */
import { isMulticastMac } from '../../wire/index.ts';
import type { Mac } from '../../wire/index.ts';
import type { Device } from '../model.ts';

export function joinMac(device: Device, mac: Mac): void {
  const users = device.multicastMacs.get(mac) ?? 0;
  device.multicastMacs.set(mac, users + 1);
  if (users === 0 && !isMulticastMac(mac) && LISTENS_TO_ALL.has(device.kind) && unicastMacs(device) === 1) device.promiscuity++;
}
/** Without IFF_UNICAST_FLT. */
const LISTENS_TO_ALL: ReadonlySet<string | null> = new Set(['veth', 'bridge', 'dummy', 'ifb']);
function unicastMacs(device: Device): number {
  let count = 0;
  for (const mac of device.multicastMacs.keys()) if (!isMulticastMac(mac)) count++;
  return count;
}
export function leaveMac(device: Device, mac: Mac): void {
  const users = device.multicastMacs.get(mac) ?? 0;
  if (users > 1) device.multicastMacs.set(mac, users - 1);
  else if (device.multicastMacs.delete(mac) && !isMulticastMac(mac) && LISTENS_TO_ALL.has(device.kind) && unicastMacs(device) === 0) device.promiscuity--;
}
