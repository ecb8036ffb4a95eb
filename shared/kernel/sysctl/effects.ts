/** What a written setting does beside being kept: followers, listeners, devices that lose or regain IPv6 (devinet.c, addrconf.c). */
import { flushRouteCache } from '../ipv4/fib-edit.ts';
import { ipv6DeviceEvent } from '../ipv6/addrconf.ts';
import type { Device, Netns } from '../model.ts';
import { emit } from '../notify.ts';
import type { Name, Slot } from './sysctl.ts';

/** Settings of which rtnetlink's listeners are told. */
const NETCONF_FIELDS = ['forwarding', 'rp_filter', 'mc_forwarding', 'proxy_arp', 'ignore_routes_with_linkdown'] as const;
/** Settings of a device that were written for it alone (ipv4_devconf_set). */
const ownSettings = new WeakMap<object, Set<string>>();
/** devinet_copy_dflt_conf: devices that never had an address follow the default in what was not set for them. */
export function settleIpv4(netns: Netns, { device, leaf }: Name, slot: Slot, value: number): void {
  if (device !== 'default' && device !== 'all') {
    const own = ownSettings.get(slot.object) ?? new Set();
    ownSettings.set(slot.object, own.add(leaf));
  }
  // Forwarding has a rule of its own: devices follow `all`.
  if (device !== 'default' || leaf === 'forwarding') return;
  for (const { ipv4 } of netns.devices.values()) {
    if (ipv4 === null || ipv4.settled || ownSettings.get(ipv4.conf)?.has(leaf) === true) continue;
    (ipv4.conf as unknown as Record<string, number>)[slot.field] = value;
  }
}

/** What else a changed setting does. */
export function changed(netns: Netns, { dir, device, leaf }: Name, slot: Slot, value: number): void {
  if (slot.object === netns.ipv4All && slot.field === 'forwarding') {
    // inet_forward_change: the default and every device follow; redirects are accepted by hosts only
    netns.ipv4All.accept_redirects = value === 0 ? 1 : 0;
    netns.ipv4Default.forwarding = value;
    for (const each of netns.devices.values()) if (each.ipv4) each.ipv4.conf.forwarding = value;
  }
  if (dir === 'ipv4/conf/*' || dir === 'ipv4') {
    flushRouteCache(netns);
    const field = NETCONF_FIELDS.find((each) => each === slot.field);
    const of = device === undefined || device === 'all' || device === 'default' ? (device ?? 'all') : netns.device(device);
    if (field !== undefined && of !== undefined) emit(netns, { kind: 'netconf', change: 'new', device: of, family: 4, field });
    if (field === 'forwarding' && of === 'all') {
      const followers = [...netns.devices.values()].sort((a, b) => a.index - b.index);
      for (const each of ['default', ...followers] as const) emit(netns, { kind: 'netconf', change: 'new', device: each, family: 4, field });
    }
  }
  if (dir !== 'ipv6/conf/*') return;
  const followers: Device[] =
    device === 'all' ? [...netns.devices.values()] : device === 'default' ? [] : [netns.device(device ?? '')].filter((each) => each !== undefined);
  if (leaf === 'forwarding' && device === 'all') {
    netns.ipv6Default.forwarding = value;
    for (const each of followers) if (each.ipv6) each.ipv6.conf.forwarding = value;
  }
  if (leaf === 'addr_gen_mode' && device === 'all') {
    netns.ipv6Default.addr_gen_mode = value;
    for (const each of followers) if (each.ipv6) each.ipv6.conf.addr_gen_mode = value;
  }
  if (leaf !== 'disable_ipv6') return;
  if (device === 'all') netns.ipv6Default.disable_ipv6 = value;
  for (const each of followers) {
    if (!each.ipv6) continue;
    const was = each === netns.device(device ?? '') ? (value === 0 ? 1 : 0) : each.ipv6.conf.disable_ipv6;
    each.ipv6.conf.disable_ipv6 = value;
    if ((was === 0) !== (value === 0)) ipv6DeviceEvent(each, value === 0 ? 'up' : 'down');
  }
}
