/**
 * /sys of a simulated machine: the network devices of the namespace of whoever mounted it (net/core/net-sysfs.c, net/bridge/br_sysfs_*.c).
 */
import { err, ok, type Errno, type Result } from '../base/index.ts';
import { Iff, setLink, shownFlags, type Device, type LinkRequest, type Netns } from '../kernel/index.ts';
import { dirOf, fileOf, type DynamicDir, type DynamicNode } from '../shell/index.ts';
import { formatMac } from '../wire/index.ts';
import { bridgeDirs, portDirs } from './sys-bridge.ts';
import { line, numberFile } from './sys-file.ts';

/** The tree for one network namespace: /sys shows the devices of the namespace it was mounted in. */
export function sysDir(netnsOfMount: () => Netns): DynamicDir {
  const devices = (): Device[] => [...netnsOfMount().devices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const net: DynamicDir = {
    kind: 'dir',
    list: () => devices().map((device) => device.name),
    lookup: (name) => (netnsOfMount().device(name) ? { kind: 'symlink', target: () => `../../devices/virtual/net/${name}` } : undefined),
  };
  const virtual: DynamicDir = {
    kind: 'dir',
    list: () => devices().map((device) => device.name),
    lookup: (name) => {
      const device = netnsOfMount().device(name);
      return device && deviceDir(device);
    },
  };
  return dirOf({
    block: dirOf({}),
    bus: dirOf({}),
    class: dirOf({ net }),
    devices: dirOf({ virtual: dirOf({ net: virtual }) }),
    fs: dirOf({ cgroup: dirOf({}) }),
    kernel: dirOf({}),
    module: dirOf({ br_netfilter: dirOf({}), bridge: dirOf({}), veth: dirOf({}), vxlan: dirOf({}) }),
  });
}

/** What needs a running device says EINVAL while it is down. */
const whenUp = (device: Device, make: () => string | number): DynamicNode => ({
  kind: 'file',
  read: () => (device.isUp ? ok(`${make()}\n`) : err('EINVAL')),
});
function change(device: Device, request: LinkRequest): Result<void, Errno> {
  const done = setLink(device.netns, device.index, request);
  return done.ok ? ok(undefined) : err(done.error.errno);
}

function deviceDir(device: Device): DynamicNode {
  const s = device.stats;
  return dirOf({
    addr_assign_type: line(() => device.addressAssignType),
    addr_len: line(() => (device.isEthernet || device.isLoopback ? 6 : 4)),
    address: line(() => formatMac(device.address)),
    ...bridgeDirs(device),
    ...portDirs(device),
    broadcast: line(() => formatMac(device.broadcast)),
    carrier: whenUp(device, () => (device.carrier ? 1 : 0)),
    carrier_changes: line(() => device.carrierUpCount + device.carrierDownCount),
    carrier_down_count: line(() => device.carrierDownCount),
    carrier_up_count: line(() => device.carrierUpCount),
    dev_id: line(() => '0x0'),
    dev_port: line(() => 0),
    dormant: whenUp(device, () => (device.dormant ? 1 : 0)),
    duplex: whenUp(device, () => (device.kind === 'veth' ? 'full' : 'unknown')),
    flags: line(() => `0x${shownBits(device).toString(16)}`),
    ifalias: {
      kind: 'file',
      mode: 0o644,
      read: () => ok(device.alias === '' ? '' : `${device.alias}\n`),
      write: (data) => change(device, { alias: data.trim() }),
    },
    ifindex: line(() => device.index),
    iflink: line(() => device.linkIndex),
    link_mode: line(() => device.linkMode),
    ...(device.master ? { master: { kind: 'symlink' as const, target: () => `../${device.master?.name ?? ''}` } } : {}),
    mtu: numberFile(
      () => device.mtu,
      (mtu) => change(device, { mtu }),
    ),
    name_assign_type: line(() => 3),
    netdev_group: numberFile(
      () => device.group,
      (group) => change(device, { group }),
    ),
    operstate: line(() => (device.isUp ? device.operState.toLowerCase() : 'down')),
    proto_down: line(() => (device.protoDown ? 1 : 0)),
    speed: {
      kind: 'file',
      read: () => (!device.isUp ? err('EINVAL') : device.speedMbps > 0 ? ok(`${device.speedMbps}\n`) : device.kind === 'bridge' ? ok('-1\n') : err('EINVAL')),
    },
    statistics: dirOf({
      collisions: line(() => s.collisions),
      multicast: line(() => s.multicast),
      rx_bytes: line(() => s.rxBytes),
      rx_dropped: line(() => s.rxDropped),
      rx_errors: line(() => s.rxErrors),
      rx_missed_errors: line(() => s.rxMissed),
      rx_packets: line(() => s.rxPackets),
      tx_bytes: line(() => s.txBytes),
      tx_carrier_errors: line(() => s.txCarrierErrors),
      tx_dropped: line(() => s.txDropped),
      tx_errors: line(() => s.txErrors),
      tx_packets: line(() => s.txPackets),
    }),
    subsystem: { kind: 'symlink', target: () => '../../../../class/net' },
    testing: whenUp(device, () => 0),
    tx_queue_len: numberFile(
      () => device.txQueueLength,
      (txQueueLength) => change(device, { txQueueLength }),
    ),
    type: line(() => device.hardwareType),
    uevent: fileOf(
      () =>
        `${device.kind === 'bridge' ? 'DEVTYPE=bridge\n' : device.kind === 'vlan' ? 'DEVTYPE=vlan\n' : device.kind === 'vxlan' ? 'DEVTYPE=vxlan\n' : ''}INTERFACE=${device.name}\nIFINDEX=${device.index}\n`,
    ),
  });
}

/** dev->flags: without what is derived (RUNNING, LOWER_UP). */
const shownBits = (device: Device): number => shownFlags(device) & 0xffff & ~Iff.RUNNING;
