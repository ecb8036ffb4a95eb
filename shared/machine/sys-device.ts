/** What /sys/class/net/DEVICE has of its neighbours, its queues and its power (net/core/net-sysfs.c, drivers/net/tun.c, dev.c: netdev_adjacent_sysfs_add). */
import { err } from '../base/index.ts';
import { Bridge, fdbInOrder, Macvlan, Tun, type Device } from '../kernel/index.ts';
import { dirOf, fileOf, type DynamicNode } from '../shell/index.ts';
import { line } from './sys-file.ts';

const refused: DynamicNode = { kind: 'file', read: () => err('EOPNOTSUPP') };
const sibling = (name: string): DynamicNode => ({ kind: 'symlink', target: () => `../${name}` });

/** The devices that it stands on and that stand on it, in its own namespace. */
export function adjacentLinks(device: Device): Record<string, DynamicNode> {
  const links: Record<string, DynamicNode> = {};
  const { master } = device;
  if (master !== null) links[`upper_${master.name}`] = sibling(master.name);
  for (const other of device.netns.devices.values()) {
    if (other.master === device || (device.kind !== 'veth' && device.link === other && other !== device) || other.uppers.includes(device))
      links[`lower_${other.name}`] = sibling(other.name);
    if (device.uppers.includes(other) || (other.kind !== 'veth' && other !== device && other.link === device))
      links[`upper_${other.name}`] = sibling(other.name);
  }
  return links;
}

const QUEUE_MASK = '00000000';
const HOLDS_BYTES = new Set(['ifb', null]);
export function queuesDir(device: Device): DynamicNode {
  const queues: Record<string, DynamicNode> = {};
  const receive = dirOf({ rps_cpus: line(() => QUEUE_MASK), rps_flow_cnt: line(() => 0) });
  const send = dirOf({
    ...(HOLDS_BYTES.has(device.kind) &&
      !device.isLoopback && {
        byte_queue_limits: dirOf({
          hold_time: line(() => 1000),
          inflight: line(() => 0),
          limit: line(() => 0),
          limit_max: line(() => 1879048192),
          limit_min: line(() => 0),
        }),
      }),
    traffic_class: refused,
    tx_maxrate: line(() => 0),
    tx_timeout: line(() => 0),
    xps_cpus: refused,
    xps_rxqs: refused,
  });
  for (let i = 0; i < device.numRxQueues; i++) queues[`rx-${i}`] = receive;
  for (let i = 0; i < device.numTxQueues; i++) queues[`tx-${i}`] = send;
  return dirOf(queues);
}

export const powerDir: DynamicNode = dirOf({
  autosuspend_delay_ms: { kind: 'file', read: () => err('EIO') },
  control: fileOf(() => 'auto\n'),
  runtime_active_time: line(() => 0),
  runtime_status: fileOf(() => 'unsupported\n'),
  runtime_suspended_time: line(() => 0),
});

/** Files of tun, macvtap and bridges alone. */
export function kindFiles(device: Device): Record<string, DynamicNode> {
  if (device instanceof Tun) {
    const { options } = device;
    const flags = (device.mode === 'tun' ? 1 : 2) | (options.packetInfo ? 0 : 0x1000) | (options.oneQueue ? 0x2000 : 0) | (options.vnetHeader ? 0x4000 : 0);
    return {
      group: line(() => options.group ?? -1),
      owner: line(() => options.owner ?? -1),
      tun_flags: line(() => `0x${(flags | (options.multiQueue ? 0x100 : 0) | 0x800).toString(16)}`),
    };
  }
  if (device instanceof Macvlan && device.kind === 'macvtap') return { macvtap: dirOf({ [`tap${device.index}`]: dirOf({}) }) };
  return device instanceof Bridge ? { brforward: fileOf(() => forwardingTable(device)) } : {};
}

/** brforward_read: records of struct __fdb_entry, sixteen bytes each. */
function forwardingTable(bridge: Bridge): string {
  const now = bridge.netns.simulation.nowUs;
  const little = (value: number, bytes: number): string =>
    Array.from({ length: bytes }, (_, i) => String.fromCharCode(Math.floor(value / 256 ** i) & 255)).join('');
  const mac = (value: number): string => Array.from({ length: 6 }, (_, i) => String.fromCharCode(Math.floor(value / 256 ** (5 - i)) & 255)).join('');
  return fdbInOrder(bridge)
    .filter((entry) => entry.port !== null)
    .map((entry) => {
      const age = entry.isStatic ? 0 : Math.floor((now - entry.updatedUs) / 10_000);
      return `${mac(entry.mac)}${little(entry.port!.number & 255, 1)}${little(Number(entry.isLocal), 1)}${little(age, 4)}${little(entry.port!.number >> 8, 1)}\0\0\0`;
    })
    .join('');
}
