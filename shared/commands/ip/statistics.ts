/** Counters as `ip -s` prints them: columns as wide as their widest number. Authority: ip/ipaddress.c (print_stats64, print_num). */
import type { Device } from '../../kernel/index.ts';
import type { Session } from '../iproute2/session.ts';

/** "1234 " padded to a column; with -h a number a human can read. */
export function formatCount(session: Session, width: number, count: number): string {
  const { human, iec } = session.options;
  const base = iec ? 1024 : 1000;
  if (!human || count < base) return `${String(count).padStart(width)} `;
  const prefixes = 'kMGTPE';
  let power = base;
  let index = 0;
  while (Math.floor(count / base) >= power && index < prefixes.length - 1) {
    power *= base;
    index++;
  }
  let precision = 2;
  for (let limit = 10; precision > 0; precision--, limit *= 10) if (Math.floor(count / power) < limit) break;
  return `${`${(count / power).toFixed(precision)}${prefixes[index]!}${iec ? 'i' : ''}`.padStart(width)} `;
}

export function printStatistics(session: Session, device: Device, key: string): void {
  const { printer, options } = session;
  const s = device.stats;
  const detailed = options.stats > 1;
  if (printer.isJson) {
    printer.openObject(key);
    printer.openObject('rx');
    for (const [name, value] of [
      ['bytes', s.rxBytes],
      ['packets', s.rxPackets],
      ['errors', s.rxErrors],
      ['dropped', s.rxDropped],
      ['over_errors', 0],
      ['multicast', s.multicast],
    ] as const)
      printer.member(name, value);
    if (detailed)
      for (const [name, value] of [
        ['length_errors', 0],
        ['crc_errors', 0],
        ['frame_errors', 0],
        ['fifo_errors', 0],
        ['missed_errors', s.rxMissed],
      ] as const)
        printer.member(name, value);
    printer.closeObject();
    printer.openObject('tx');
    for (const [name, value] of [
      ['bytes', s.txBytes],
      ['packets', s.txPackets],
      ['errors', s.txErrors],
      ['dropped', s.txDropped],
      ['carrier_errors', s.txCarrierErrors],
      ['collisions', s.collisions],
    ] as const)
      printer.member(name, value);
    if (detailed)
      for (const [name, value] of [
        ['aborted_errors', 0],
        ['fifo_errors', 0],
        ['window_errors', 0],
        ['heartbeat_errors', 0],
        ['carrier_changes', changes(device)],
      ] as const)
        printer.member(name, value);
    printer.closeObject();
    printer.closeObject();
    return;
  }
  const rx = [s.rxBytes, s.rxPackets, s.rxErrors, s.rxDropped, s.rxMissed, s.multicast];
  const tx = [s.txBytes, s.txPackets, s.txErrors, s.txDropped, s.txCarrierErrors, s.collisions];
  const rxErrors = [0, 0, 0, 0, 0];
  const txErrors = [0, 0, 0, 0, changes(device)];
  const widths = [10, 7, 6, 7, 7, 7, 10];
  if (!options.human) {
    for (const row of [
      rx,
      tx,
      ...(detailed
        ? [
            [0, ...rxErrors],
            [0, ...txErrors],
          ]
        : []),
    ])
      row.forEach((value, i) => (widths[i] = Math.max(widths[i]!, String(value).length)));
  }
  const end = printer.lineEnd;
  const heads = (first: number, names: readonly string[]): string => names.map((name, i) => name.padStart(widths[i]! - (i === 0 ? first : 0))).join(' ');
  const counts = (values: readonly number[], from = 0): string => values.map((value, i) => formatCount(session, widths[i + from]!, value)).join('');
  const errorsHead = (letter: string, names: readonly string[]): string => `    ${letter}X errors:${heads(10, ['', ...names])}`;
  const indent = ' '.repeat(widths[0]! + 5);
  printer.out(`    RX: ${heads(4, ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast'])} ${''.padStart(widths[6]!)}${end}    ${counts(rx)}`);
  if (detailed) printer.out(`${end}${errorsHead('R', ['length', 'crc', 'frame', 'fifo', 'overrun'])}${end}${indent}${counts(rxErrors, 1)}`);
  printer.out(`${end}    TX: ${heads(4, ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns'])} ${''.padStart(widths[6]!)}${end}    ${counts(tx)}`);
  if (detailed) printer.out(`${end}${errorsHead('T', ['aborted', 'fifo', 'window', 'heartbt', 'transns'])}${end}${indent}${counts(txErrors, 1)}`);
}
const changes = (device: Device): number => device.carrierUpCount + device.carrierDownCount;
