/** Who is told when something happens to a device (the netdev notifier chain): IPv4, IPv6, its master, the devices on top of it. */
import { ipv4DeviceEvent } from './ipv4/inetdev.ts';
import { ipv6DeviceEvent } from './ipv6/addrconf.ts';
import { flushNexthopsOf } from './rtnl/nexthops.ts';
import type { Device, DeviceEvent } from './model.ts';

export function deviceEvent(device: Device, event: DeviceEvent): void {
  if (event === 'down' || event === 'unregister') flushNexthopsOf(device);
  ipv4DeviceEvent(device, event);
  ipv6DeviceEvent(device, event);
  device.rxHandler?.deviceEvent(event);
  for (const upper of [...device.uppers]) upper.lowerEvent(event, device);
}
