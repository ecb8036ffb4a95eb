/** Link-layer groups that a device listens to (dev_mc_add): what `bridge fdb` shows as `self permanent`, in order of joining. */
import type { Mac } from '../../wire/index.ts';
import type { Device } from '../model.ts';

export function joinMac(device: Device, mac: Mac): void {
  device.multicastMacs.set(mac, (device.multicastMacs.get(mac) ?? 0) + 1);
}
export function leaveMac(device: Device, mac: Mac): void {
  const users = device.multicastMacs.get(mac) ?? 0;
  if (users > 1) device.multicastMacs.set(mac, users - 1);
  else device.multicastMacs.delete(mac);
}
