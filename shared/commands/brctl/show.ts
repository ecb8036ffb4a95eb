/** What `brctl show`, `showmacs` and `showstp` print. Authority: bridge-utils 1.7 (brctl_disp.c); facts as /sys/class/net/BRIDGE has them. */
import { CENTISECOND_US, fdbInOrder, PORT_STATE_NAMES, type Bridge, type BridgeId, type BridgePort } from '../../kernel/index.ts';
import type { Timer } from '../../base/index.ts';
import { formatMac } from '../../wire/index.ts';

const formatId = (id: BridgeId): string => `${id.priority.toString(16).padStart(4, '0')}.${id.mac.toString(16).padStart(12, '0')}`;
/** Hundredths of a second. */
const formatTime = (centiseconds: number): string => `${String(Math.floor(centiseconds / 100)).padStart(4)}.${String(centiseconds % 100).padStart(2, '0')}`;
const remaining = (timer: Timer | null, nowUs: number): string =>
  formatTime(timer === null || timer.cancelled ? 0 : Math.max(0, Math.floor((timer.atUs - nowUs) / CENTISECOND_US)));

/** Ports by name, as the directory `brif` is sorted. */
const portsByName = (bridge: Bridge): BridgePort[] => [...bridge.ports].sort((a, b) => (a.device.name < b.device.name ? -1 : 1));

export const SHOW_HEAD = 'bridge name\tbridge id\t\tSTP enabled\tinterfaces\n';
export function showBridge(bridge: Bridge): string {
  const ports = portsByName(bridge).map(({ device }) => device.name);
  return `${bridge.name}\t\t${formatId(bridge.id)}\t${bridge.settings.stpState === 0 ? 'no' : 'yes'}\t\t${ports.join('\n\t\t\t\t\t\t\t')}\n`;
}

export function showMacs(bridge: Bridge, nowUs: number): string {
  const rows = fdbInOrder(bridge)
    .filter((entry) => entry.port !== null)
    .sort((a, b) => a.mac - b.mac)
    .map((entry) => {
      const age = entry.isLocal || entry.isStatic ? 0 : Math.max(0, Math.floor((nowUs - entry.updatedUs) / CENTISECOND_US));
      return `${String(entry.port?.number ?? 0).padStart(3)}\t${formatMac(entry.mac)}\t${entry.isLocal ? 'yes' : 'no'}\t\t${formatTime(age)}\n`;
    });
  return `port no\tmac addr\t\tis local?\tageing timer\n${rows.join('')}`;
}

export function showStp(bridge: Bridge, nowUs: number): string {
  const left = (timer: Timer | null): string => remaining(timer, nowUs);
  const flags = `${bridge.topologyChange ? 'TOPOLOGY_CHANGE ' : ''}${bridge.topologyChangeDetected ? 'TOPOLOGY_CHANGE_DETECTED ' : ''}`;
  const head = [
    bridge.name,
    ` bridge id\t\t${formatId(bridge.id)}`,
    ` designated root\t${formatId(bridge.designatedRoot)}`,
    ` root port\t\t${String(bridge.rootPort).padStart(4)}\t\t\tpath cost\t\t${String(bridge.rootPathCost).padStart(4)}`,
    ` max age\t\t${formatTime(bridge.maxAge)}\t\t\tbridge max age\t\t${formatTime(bridge.settings.maxAge)}`,
    ` hello time\t\t${formatTime(bridge.helloTime)}\t\t\tbridge hello time\t${formatTime(bridge.settings.helloTime)}`,
    ` forward delay\t\t${formatTime(bridge.forwardDelay)}\t\t\tbridge forward delay\t${formatTime(bridge.settings.forwardDelay)}`,
    ` ageing time\t\t${formatTime(bridge.ageingTime)}`,
    ` hello timer\t\t${left(bridge.helloTimer)}\t\t\ttcn timer\t\t${left(bridge.tcnTimer)}`,
    ` topology change timer\t${left(bridge.topologyChangeTimer)}\t\t\tgc timer\t\t${left(bridge.gcTimer)}`,
    ` flags\t\t\t${flags}`,
  ];
  return `${head.map((line) => `${line}\n`).join('')}\n\n${portsByName(bridge)
    .map((port) => showPort(port, left))
    .join('')}`;
}

function showPort(port: BridgePort, left: (timer: Timer | null) => string): string {
  const hex = (value: number): string => value.toString(16).padStart(4, '0');
  const state = PORT_STATE_NAMES[port.state] ?? '';
  const lines = [
    `${port.device.name} (${port.number})`,
    ` port id\t\t${hex(port.portId)}\t\t\tstate\t\t${state.padStart(15)}`,
    ` designated root\t${formatId(port.designatedRoot)}\tpath cost\t\t${String(port.pathCost).padStart(4)}`,
    ` designated bridge\t${formatId(port.designatedBridge)}\tmessage age timer\t${left(port.messageAgeTimer)}`,
    ` designated port\t${hex(port.designatedPort)}\t\t\tforward delay timer\t${left(port.forwardDelayTimer)}`,
    ` designated cost\t${String(port.designatedCost).padStart(4)}\t\t\thold timer\t\t${left(port.holdTimer)}`,
    ` flags\t\t\t${port.configPending ? 'CONFIG_PENDING ' : ''}${port.topologyChangeAck ? 'TOPOLOGY_CHANGE_ACK ' : ''}`,
    ...(port.hairpin ? [` hairpin mode\t\t${'1'.padStart(4)}`] : []),
  ];
  return `${lines.map((line) => `${line}\n`).join('')}\n`;
}
