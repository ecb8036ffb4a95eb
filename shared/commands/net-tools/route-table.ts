/** The routing tables as route(8) and `netstat -r` print them. Authority: lib/inet_gr.c, lib/inet6_gr.c of net-tools 2.10. */
import type { Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { formatIpv4, formatIpv6 } from '../../wire/index.ts';
import { showHost, showNetwork, type Shown } from './names.ts';
import { addressOfHex, rowsOf } from './proc-file.ts';

export interface RouteView {
  /** 1: metrics and use; 2: MSS, window, round-trip time; 3: all of it. */
  readonly extent: 1 | 2 | 3;
  readonly how: Shown;
  readonly caches: 'fib' | 'cache' | 'both';
}

const COLUMNS = 'Destination     Gateway         Genmask         Flags ';
const HEADS = {
  1: `${COLUMNS}Metric Ref    Use Iface\n`,
  2: `${COLUMNS}  MSS Window  irtt Iface\n`,
  3: `${COLUMNS}Metric Ref    Use Iface    MSS   Window irtt\n`,
} as const;
const CACHE_COLUMNS = 'Source          Destination     Gateway         Flags ';
const CACHE_HEADS = {
  1: `${CACHE_COLUMNS}Metric Ref    Use Iface\n`,
  2: `${CACHE_COLUMNS}  MSS Window  irtt Iface\n`,
  3: `${CACHE_COLUMNS}Metric Ref    Use Iface    MSS   Window irtt  TOS HHRef HHUptod     SpecDst\n`,
} as const;
const WIDTH = 15;
const cell = (text: string): string => text.slice(0, WIDTH).padEnd(WIDTH);

const RTF = { UP: 1, GATEWAY: 2, HOST: 4, REJECT: 0x200 } as const;

function line(p: Process, row: Bytes, { extent, how }: RouteView): Bytes {
  const [
    iface = '',
    destination = '',
    gateway = '',
    flagText = '0',
    references = '0',
    use = '0',
    metric = '0',
    maskText = '0',
    mss = '0',
    window = '0',
    rtt = '0',
  ] = row.trim().split(/\s+/);
  const flags = parseInt(flagText, 16);
  if ((flags & RTF.UP) === 0) return '';
  const mask = addressOfHex(maskText);
  const isHost = (flags & RTF.HOST) !== 0;
  const isReject = (flags & RTF.REJECT) !== 0;
  const network = cell(showNetwork(p, addressOfHex(destination), mask, how, isHost));
  const via = isReject ? cell('-') : cell(showHost(p, addressOfHex(gateway), how));
  const letters = `${isReject ? '!' : (flags & RTF.GATEWAY) !== 0 ? 'UG' : 'U'}${isHost ? 'H' : ''}`;
  const start = `${network} ${via} ${cell(formatIpv4(mask))} ${letters.padEnd(5)}`;
  if (extent === 2) return isReject ? `${start}     - -          - -\n` : `${start} ${mss.padStart(5)} ${window.padEnd(5)} ${rtt.padStart(6)} ${iface}\n`;
  const used = `${start} ${metric.padEnd(6)}`;
  if (extent === 1) return isReject ? `${used} -  ${use.padStart(7)} -\n` : `${used} ${references.padEnd(2)} ${use.padStart(7)} ${iface}\n`;
  if (isReject) return `${used} -  ${use.padStart(7)} -        -     -      -\n`;
  return `${used} ${references.padEnd(3)} ${use.padStart(6)} ${iface.slice(0, 6).padEnd(6)}   ${mss.padEnd(5)} ${window.padEnd(6)} ${rtt}\n`;
}

export function* showRoutes4(p: Process, view: RouteView): Sys<number> {
  if (view.caches !== 'cache') {
    const rows = rowsOf(p, '/proc/net/route', 1);
    if (typeof rows === 'string') {
      yield* p.error(rows);
      yield* p.print('INET (IPv4) not configured in this system.\n');
      return 1;
    }
    yield* p.print(`Kernel IP routing table\n${HEADS[view.extent]}${rows.map((row) => line(p, row, view)).join('')}`);
    // A table that has not even a heading counts as one that could not be read.
    const text = p.fs.readFile('/proc/net/route');
    if (text.ok && text.value === '') return 1;
  }
  // The kernel's cache of routes is long gone: its table is empty.
  if (view.caches !== 'fib') yield* p.print(`Kernel IP routing cache\n${CACHE_HEADS[view.extent]}`);
  return 0;
}

const FLAGS6: readonly (readonly [bit: number, letter: string])[] = [
  ...([[1, 'U'], [0x200, '!'], [2, 'G'], [4, 'H'], [0x10000, 'D'], [0x40000, 'A'], [0x1000000, 'C'], [0x20000, 'a']] as const),
  ...([[0x400000, 'e'], [0x10, 'm'], [0x200000, 'n'], [0x2000000, 'f']] as const),
]; // prettier-ignore

function line6(row: Bytes, how: Shown): Bytes {
  const [destination = '', length = '0', , , gateway = '', metric = '0', references = '0', use = '0', flagText = '0', name = ''] = row.trim().split(/\s+/);
  const address = (text: string): string => (how === 'names' && /^0+$/.test(text) ? '[::]' : formatIpv6(text));
  const flags = parseInt(flagText, 16);
  const letters = FLAGS6.map(([bit, letter]) => ((flags & bit) !== 0 ? letter : '')).join('');
  const number = (text: string): string => String(parseInt(text, 16) | 0);
  const prefix = `${address(destination)}/${parseInt(length, 16)}`;
  return `${prefix.padEnd(30)} ${address(gateway).padEnd(26)} ${letters.padEnd(4)} ${number(metric).padEnd(3)} ${number(references)} ${number(use).padStart(6)} ${name}\n`;
}
export function* showRoutes6(p: Process, { how, caches }: RouteView): Sys<number> {
  const head = 'Destination                    Next Hop                   Flag Met Ref  Use If\n';
  const rows = rowsOf(p, '/proc/net/ipv6_route', 0);
  if (typeof rows === 'string') {
    yield* p.error(rows);
    yield* p.print('INET6 (IPv6) not configured in this system.\n');
    return 1;
  }
  if (caches !== 'cache') yield* p.print(`Kernel IPv6 routing table\n${head}${rows.map((row) => line6(row, how)).join('')}`);
  if (caches !== 'fib') yield* p.print(`Kernel IPv6 routing cache\n${head}`);
  return 0;
}
