/**
 * /sys of a simulated machine: the network devices of the namespace of whoever mounted it (net/core/net-sysfs.c, net/bridge/br_sysfs_*.c).
 */
import { err, ok, type Errno, type Result } from '../base/index.ts';
import { Iff, setLink, shownFlags, type Device, type LinkRequest, type Netns } from '../kernel/index.ts';
import { dirOf, fileOf, type DynamicDir, type DynamicNode } from '../shell/index.ts';
import { formatMac, type Mac } from '../wire/index.ts';
import { bondsOf } from './proc-bonding.ts';
import { bridgeDirs, portDirs } from './sys-bridge.ts';
import { adjacentLinks, kindFiles, powerDir, queuesDir } from './sys-device.ts';
import { line, numberFile } from './sys-file.ts';

/** The tree for one network namespace: /sys shows the devices of the namespace it was mounted in. */
export function sysDir(netnsOfMount: () => Netns): DynamicDir {
  const devices = (): Device[] => [...netnsOfMount().devices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const net: DynamicDir = {
    kind: 'dir',
    list: () => [...devices().map((device) => device.name), ...(bondsOf(netnsOfMount()).length > 0 ? ['bonding_masters'] : [])],
    lookup: (name) =>
      name === 'bonding_masters'
        ? bondingMasters(netnsOfMount())
        : netnsOfMount().device(name)
          ? { kind: 'symlink', target: () => `../../devices/virtual/net/${name}` }
          : undefined,
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

/** The names of all bonds; there is the file once there is one. */
const bondingMasters = (netns: Netns): DynamicNode | undefined =>
  bondsOf(netns).length === 0
    ? undefined
    : line(() =>
        bondsOf(netns)
          .map(({ name }) => name)
          .join(' '),
      );

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
    addr_len: line(() => addressLength(device)),
    address: line(() => macText(device, device.address)),
    ...bridgeDirs(device),
    ...portDirs(device),
    ...adjacentLinks(device),
    ...kindFiles(device),
    broadcast: line(() => macText(device, device.broadcast)),
    carrier: {
      kind: 'file',
      mode: 0o644,
      read: () => (device.isUp ? ok(`${device.carrier ? 1 : 0}\n`) : err('EINVAL')),
      write: (data) => (device.isUp ? change(device, { carrier: data.trim() !== '0' }) : err('EINVAL')),
    },
    carrier_changes: line(() => device.carrierUpCount + device.carrierDownCount),
    carrier_down_count: line(() => device.carrierDownCount),
    carrier_up_count: line(() => device.carrierUpCount),
    dev_id: line(() => `0x${device.devId.toString(16)}`),
    dev_port: line(() => 0),
    dormant: whenUp(device, () => (device.dormant ? 1 : 0)),
    duplex: whenUp(device, () => (FULL_DUPLEX.has(device.kind) ? 'full' : 'unknown')),
    flags: numberFile(
      () => shownBits(device),
      (flags) => change(device, { flags, flagsMask: USER_FLAGS }),
      (flags) => `0x${flags.toString(16)}`,
    ),
    gro_flush_timeout: line(() => 0),
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
    name_assign_type: device.kind === 'tun' ? { kind: 'file', read: () => err('EINVAL') } : line(() => (device.isLoopback ? 2 : 3)),
    napi_defer_hard_irqs: line(() => 0),
    netdev_group: numberFile(
      () => device.group,
      (group) => change(device, { group }),
    ),
    operstate: line(() => (device.isUp ? device.operState.toLowerCase() : 'down')),
    power: powerDir,
    proto_down: numberFile(
      () => (device.protoDown ? 1 : 0),
      (on) => change(device, { protoDown: on !== 0 }),
    ),
    queues: queuesDir(device),
    speed: {
      kind: 'file',
      read: () => (!device.isUp ? err('EINVAL') : device.speedMbps > 0 ? ok(`${device.speedMbps}\n`) : device.kind === 'bridge' ? ok('-1\n') : err('EINVAL')),
    },
    statistics: dirOf({
      collisions: line(() => s.collisions),
      multicast: line(() => s.multicast),
      ...Object.fromEntries(NEVER_COUNTED.map((name) => [name, line(() => 0)])),
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
    threaded: line(() => 0),
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
const shownBits = (device: Device): number =>
  (shownFlags(device) & 0xffff & ~Iff.RUNNING) | (device.promiscuity > 0 ? Iff.PROMISC : 0) | (device.allmulti > 0 ? Iff.ALLMULTI : 0);
const USER_FLAGS = Iff.UP | Iff.DEBUG | Iff.NOTRAILERS | Iff.NOARP | Iff.DYNAMIC | Iff.MULTICAST | Iff.PROMISC | Iff.ALLMULTI;
const FULL_DUPLEX: ReadonlySet<string | null> = new Set(['veth', 'tun', 'macvlan', 'macvtap', null]);
/** dev->addr_len: an Ethernet address, a tunnel's IPv4 one, or none. */
const addressLength = (device: Device): number => (device.isEthernet || device.isLoopback ? 6 : device.kind === 'tun' ? 0 : 4);
const macText = (device: Device, mac: Mac): string => (addressLength(device) === 0 ? '' : formatMac(mac));
/** Counters of hardware that nothing here has. */
const NEVER_COUNTED = [
  ...['rx_compressed', 'rx_crc_errors', 'rx_fifo_errors', 'rx_frame_errors', 'rx_length_errors', 'rx_nohandler', 'rx_over_errors'],
  ...['tx_aborted_errors', 'tx_compressed', 'tx_fifo_errors', 'tx_heartbeat_errors', 'tx_window_errors'],
];
