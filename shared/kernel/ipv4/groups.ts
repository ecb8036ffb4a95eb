/** Multicast groups of devices (net/ipv4/igmp.c). */
import { ipv4MulticastMac } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { joinMac, leaveMac } from '../devices/multicast-macs.ts';
import type { Device } from '../model.ts';
import { GroupReports } from './igmp.ts';

/** 224.0.0.1: every device that is up is in it, and it is in nobody's table. */
export const ALL_HOSTS: Ipv4 = 0xe0000001 | 0;

export function joinIpv4Group(device: Device, group: Ipv4): void {
  const { ipv4 } = device;
  if (ipv4 === null) return;
  const users = ipv4.groups.get(group) ?? 0;
  ipv4.groups.set(group, users + 1);
  if (users > 0) return;
  if (device.isEthernet) joinMac(device, ipv4MulticastMac(group));
  if (device.isUp) reportsOf(device).tell(group, 'joined');
}
export function leaveIpv4Group(device: Device, group: Ipv4): void {
  const { ipv4 } = device;
  const users = ipv4?.groups.get(group) ?? 0;
  if (users > 1) ipv4?.groups.set(group, users - 1);
  else if (users === 1) {
    ipv4?.groups.delete(group);
    if (device.isEthernet) leaveMac(device, ipv4MulticastMac(group));
    if (device.isUp) reportsOf(device).tell(group, 'left');
  }
}
function reportsOf(device: Device): GroupReports {
  const { ipv4 } = device;
  return (ipv4!.reports ??= new GroupReports(device)) as GroupReports;
}
/** ip_mc_up, ip_mc_down. */
export function allHostsUp(device: Device): void {
  if (device.isEthernet && device.ipv4 !== null) joinMac(device, ipv4MulticastMac(ALL_HOSTS));
  if (device.ipv4?.hasGroups === true) for (const group of device.ipv4.groups.keys()) reportsOf(device).tell(group, 'joined');
}
export function allHostsDown(device: Device): void {
  if (device.isEthernet) leaveMac(device, ipv4MulticastMac(ALL_HOSTS));
  device.ipv4?.reports?.stop();
}
