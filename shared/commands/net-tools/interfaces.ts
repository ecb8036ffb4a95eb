/** Interfaces as ifconfig and `netstat -i` list them: devices, and one more for every label of an address. Authority: lib/interface.c. */
import type { Bytes } from '../../base/index.ts';
import { Iff, shownFlags, type Device, type Netns } from '../../kernel/index.ts';
import { formatIpv4, formatIpv6, ipv4Mask, type Ipv6 } from '../../wire/index.ts';
import { hardwareOf } from './families.ts';
import { addressOf, deviceOf } from './ioctl.ts';

export interface Interface {
  readonly name: string;
  readonly device: Device;
}
const isAlias = ({ name, device }: Interface): boolean => name !== device.name;
/** struct ifreq has sixteen bits of them. */
const flagsOf = (device: Device): number => shownFlags(device) & 0xffff;

/** nstrcmp: letters first, then the number behind them, then the alias. */
function compare(a: string, b: string): number {
  const parts = (name: string): { base: string; number: number; alias: number } => {
    const [, whole = '', alias] = /^(.*?)(?::(\d+))?$/s.exec(name) ?? [];
    const [, base = '', digits = ''] = /^(.*?)(\d*)$/s.exec(whole) ?? [];
    return { base, number: Number(digits || 0), alias: alias === undefined ? -1 : Number(alias) };
  };
  const [x, y] = [parts(a), parts(b)];
  const shorter = Math.min(x.base.length, y.base.length);
  const [p, q] = [x.base.slice(0, shorter), y.base.slice(0, shorter)];
  if (p !== q) return p < q ? -1 : 1;
  return x.base.length - y.base.length || x.number - y.number || x.alias - y.alias;
}

export function allInterfaces(netns: Netns): readonly Interface[] {
  const found = new Map<string, Device>();
  for (const device of netns.devices.values()) found.set(device.name, device);
  for (const device of netns.devices.values()) for (const { label } of device.ipv4?.addresses ?? []) if (!found.has(label)) found.set(label, device);
  return Array.from(found, ([name, device]) => ({ name, device })).sort((a, b) => compare(a.name, b.name));
}
export const interfaceNamed = (netns: Netns, name: string): Interface | undefined => {
  const device = deviceOf(netns, name);
  return device && { name, device };
};
export const isShown = ({ device }: Interface, all: boolean): boolean => all || device.isUp;

const LONG_FLAGS = [
  'UP',
  'BROADCAST',
  'DEBUG',
  'LOOPBACK',
  'POINTOPOINT',
  'NOTRAILERS',
  'RUNNING',
  'NOARP',
  'PROMISC',
  'ALLMULTI',
  'SLAVE',
  'MASTER',
  'MULTICAST',
  'DYNAMIC',
] as const;
const SHORT_FLAGS: readonly (readonly [keyof typeof Iff, string])[] = [
  ...([
    ['ALLMULTI', 'A'],
    ['BROADCAST', 'B'],
    ['DEBUG', 'D'],
    ['LOOPBACK', 'L'],
    ['MULTICAST', 'M'],
    ['DYNAMIC', 'd'],
    ['PROMISC', 'P'],
  ] as const),
  ...([
    ['NOTRAILERS', 'N'],
    ['NOARP', 'O'],
    ['POINTOPOINT', 'p'],
    ['SLAVE', 's'],
    ['MASTER', 'm'],
    ['RUNNING', 'R'],
    ['UP', 'U'],
  ] as const),
];

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
/** ife_unit: a tenth is cut off, not rounded. */
function amount(bytes: number): string {
  let unit = 0;
  let size = 1;
  while (unit < UNITS.length - 1 && bytes > size * 1024) {
    size *= 1024;
    unit++;
  }
  const tenths = Math.floor((bytes * 10) / size);
  return `${Math.floor(tenths / 10)}.${tenths % 10} ${UNITS[unit]}`;
}

/** The scope as /proc/net/if_inet6 has it. */
function scopeText(address: Ipv6): string {
  if (address === '00000000000000000000000000000001') return '0x10<host>';
  const head = parseInt(address.slice(0, 4), 16);
  if ((head & 0xffc0) === 0xfe80) return '0x20<link>';
  return (head & 0xffc0) === 0xfec0 ? '0x40<site>' : '0x0<global>';
}

const INDENT = '        ';
export function longText(shown: Interface): Bytes {
  const { name, device } = shown;
  const flags = flagsOf(device);
  const words = LONG_FLAGS.filter((flag) => (flags & Iff[flag]) !== 0);
  let text = `${name}: flags=${flags}<${words.join(',')}>  mtu ${device.mtu}\n`;
  const ifa = addressOf(device, name);
  if (ifa) {
    text += `${INDENT}inet ${formatIpv4(ifa.local)}  netmask ${formatIpv4(ipv4Mask(ifa.prefixLength))}`;
    if ((flags & Iff.BROADCAST) !== 0) text += `  broadcast ${formatIpv4(ifa.broadcast)}`;
    if ((flags & Iff.POINTOPOINT) !== 0) text += `  destination ${formatIpv4(ifa.address)}`;
    text += '\n';
  }
  if (!isAlias(shown)) {
    for (const { address, prefixLength } of device.ipv6?.addresses ?? []) {
      text += `${INDENT}inet6 ${formatIpv6(address)}  prefixlen ${prefixLength}  scopeid ${scopeText(address)}\n`;
    }
  }
  const hardware = hardwareOf(device.hardwareType, device.address);
  text += `${INDENT}${hardware.text}  txqueuelen ${device.txQueueLength}  (${hardware.title})\n`;
  if (!isAlias(shown)) {
    const { stats } = device;
    text += `${INDENT}RX packets ${stats.rxPackets}  bytes ${stats.rxBytes} (${amount(stats.rxBytes)})\n`;
    text += `${INDENT}RX errors ${stats.rxErrors}  dropped ${stats.rxDropped}  overruns 0  frame 0\n`;
    text += `${INDENT}TX packets ${stats.txPackets}  bytes ${stats.txBytes} (${amount(stats.txBytes)})\n`;
    text += `${INDENT}TX errors ${stats.txErrors}  dropped ${stats.txDropped} overruns 0  carrier ${stats.txCarrierErrors}  collisions ${stats.collisions}\n`;
  }
  return `${text}\n`;
}

/** The head of `ifconfig -s` is narrower than its lines. */
export const IFCONFIG_HEAD = 'Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n';
export const NETSTAT_HEAD = 'Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n';
const STATISTICS_WIDTH = 56;
export function shortText(shown: Interface): Bytes {
  const { name, device } = shown;
  const { stats } = device;
  const cell = (value: number, width: number): string => String(value).padStart(width);
  const received = `${cell(stats.rxPackets, 8)} ${cell(stats.rxErrors, 6)} ${cell(stats.rxDropped, 6)} ${'0'.padEnd(6)} `;
  const sent = `${cell(stats.txPackets, 8)} ${cell(stats.txErrors, 6)} ${cell(stats.txDropped, 6)} ${cell(0, 6)} `;
  const counters = isAlias(shown) ? '     - no statistics available -'.padEnd(STATISTICS_WIDTH) : received + sent;
  const flags = flagsOf(device);
  const letters = flags === 0 ? '[NO FLAGS]' : SHORT_FLAGS.map(([flag, letter]) => ((flags & Iff[flag]) !== 0 ? letter : '')).join('');
  return `${name.slice(0, 15).padEnd(15)} ${cell(device.mtu, 5)} ${counters}${letters}\n`;
}
