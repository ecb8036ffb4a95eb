/** `netstat -s`. Authority: statistics.c of net-tools 2.10, which this follows in what it finds and what it does not. */
import { strerror, type Bytes } from '../../base/index.ts';
import type { Process, Sys } from '../../shell/index.ts';
import { TABLES, TABLES6, type Entry, type Table } from './statistics-words.ts';

export type Asked = ReadonlySet<Table['asked']>;

/** bsearch(3) of the C library. */
function search(entries: readonly Entry[], counter: string): Entry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle]!;
    if (entry.counter === counter) return entry;
    if (counter < entry.counter) high = middle;
    else low = middle + 1;
  }
  return undefined;
}

const HISTOGRAMS = { '<': 'ICMP input histogram:', '>': 'ICMP output histogram:' } as const;

/** Prints counters one after the other; what was printed last decides the indentation of the next. */
class Printer {
  text = '';
  private state: '=' | '<' | '>' = '=';
  constructor(private readonly asked: Asked) {}

  private get indent(): string {
    return ' '.repeat(this.state === '=' ? 4 : 8);
  }
  /** What a line of that name is about; unknown tables are shown always. */
  table(tables: ReadonlyMap<string, Table>, title: string): Table | 'unknown' {
    const table = tables.get(title);
    if (table === undefined || this.asked.has(table.asked)) this.text += `${title}:\n`;
    if (table !== undefined) this.state = '=';
    return table ?? 'unknown';
  }
  counter(table: Table | 'unknown', name: string, value: string): void {
    if (table !== 'unknown' && !this.asked.has(table.asked)) return;
    const entry = table === 'unknown' ? undefined : search(table.entries, name);
    const isZero = /^0*$/.test(value);
    if (entry === undefined) {
      if (!isZero) this.text += `${this.indent}${name}: ${value}\n`;
      return;
    }
    const { kind, text } = entry;
    if (kind === '-' || text === '') return;
    const next = kind === '<' || kind === '>' ? kind : '=';
    if ((kind === '<' || kind === '>') && this.state !== kind) this.text += `${this.indent}${HISTOGRAMS[kind]}\n`;
    this.state = next;
    if (kind === '=' || !isZero) this.text += `${this.indent}${text.replace('#', value)}\n`;
  }
}

/** Pairs of lines: names of counters, then their values. */
function pairs(printer: Printer, text: Bytes, only?: string): void {
  const lines = text.split('\n').filter((line) => line !== '');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [title = '', names = ''] = lines[i]!.split(':');
    if (only !== undefined && !title.startsWith(only)) continue;
    const values = (lines[i + 1]!.split(':')[1] ?? '').trim().split(/\s+/);
    const table = printer.table(TABLES, title);
    names
      .trim()
      .split(/\s+/)
      .forEach((name, at) => printer.counter(table, name, unsigned(values[at] ?? '0')));
  }
}
/** strtoull(3): what is below zero comes out as a very large number. */
const unsigned = (text: string): string => (text.startsWith('-') ? String(BigInt.asUintN(64, BigInt(text))) : text);

export function* showStatistics(p: Process, asked: Asked): Sys<number> {
  const printer = new Printer(asked);
  const snmp = p.fs.readFile('/proc/net/snmp');
  if (!snmp.ok) return (yield* p.error(`cannot open /proc/net/snmp: ${strerror(snmp.error)}\n`), 0);
  pairs(printer, snmp.value);
  const more = p.fs.readFile('/proc/net/netstat');
  if (more.ok) pairs(printer, more.value);
  yield* p.print(printer.text);
  return 0;
}

/** `Ip6InReceives` is of the table Ip6. */
const titleOf = (counter: string): string => counter.slice(0, counter.indexOf('6') + 1) || counter;

export function* showStatistics6(p: Process, asked: Asked): Sys<number> {
  const printer = new Printer(asked);
  const snmp6 = p.fs.readFile('/proc/net/snmp6');
  if (!snmp6.ok) return (yield* p.error(`cannot open /proc/net/snmp6: ${strerror(snmp6.error)}\n`), 0);
  let title = '';
  let table: Table | 'unknown' = 'unknown';
  for (const line of snmp6.value.split('\n')) {
    const [counter = '', value = '0'] = line.split(/\s+/);
    if (counter === '') continue;
    if (title === '' || !counter.includes(title)) {
      title = titleOf(counter);
      table = printer.table(TABLES6, title);
    }
    printer.counter(table, counter, value);
  }
  const snmp = p.fs.readFile('/proc/net/snmp');
  if (snmp.ok) pairs(printer, snmp.value, 'Tcp');
  yield* p.print(printer.text);
  return 0;
}
