/** /proc/net/vlan: the VLAN devices of the reader's network namespace, there once one was made (net/8021q/vlanproc.c). */
import type { Bytes } from '../base/index.ts';
import { Vlan, VlanFlag, type Netns } from '../kernel/index.ts';
import { dirOf, fileOf, type Caller, type DynamicNode } from '../shell/index.ts';
import { netnsOf } from './net-namespace.ts';

export function procNetVlan(caller: Caller): DynamicNode | undefined {
  const netns = netnsOf(caller);
  if (!netns.host.hasVlans) return undefined;
  const entries: Record<string, DynamicNode> = { config: fileOf(() => config(netns)) };
  for (const device of vlans(netns)) entries[device.name] = fileOf(() => details(device), 0o600);
  return dirOf(entries);
}
const vlans = (netns: Netns): Vlan[] =>
  [...netns.devices.values()].filter((device): device is Vlan => device instanceof Vlan).sort((a, b) => a.index - b.index);

function config(netns: Netns): Bytes {
  const head = 'VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n';
  return (
    head +
    vlans(netns)
      .map((device) => `${device.name.padEnd(15)}| ${device.id}  | ${device.lower.name}\n`)
      .join('')
  );
}

/** IFF_802_1Q_VLAN, IFF_UNICAST_FLT, IFF_NO_QUEUE and the like. */
const PRIVATE_FLAGS = '81021';
function details({ name, id, flagBits, stats, lower, ingressMap, egressMap }: Vlan): Bytes {
  const count = (label: string, value: number): string => `${label.padStart(30)} ${String(value).padStart(12)}\n`;
  return [
    `${name}  VID: ${id}\t REORDER_HDR: ${(flagBits & VlanFlag.REORDER_HDR) === 0 ? 0 : 1}  dev->priv_flags: ${PRIVATE_FLAGS}\n`,
    count('total frames received', stats.rxPackets),
    count('total bytes received', stats.rxBytes),
    count('Broadcast/Multicast Rcvd', stats.multicast),
    '\n',
    count('total frames transmitted', stats.txPackets),
    count('total bytes transmitted', stats.txBytes),
    `Device: ${lower.name}`,
    `\nINGRESS priority mappings: ${ingressMap
      .map((to, from) => `${from}:${to}`)
      .join('  ')
      .replace('  7:', ' 7:')}\n`,
    ` EGRESS priority mappings: ${[...egressMap]
      .reverse()
      .sort(([a], [b]) => (a & 15) - (b & 15))
      .map(([from, to]) => `${from}:${to} `)
      .join('')}\n`,
  ].join('');
}
