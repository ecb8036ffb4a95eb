/**
 * nstat (iproute2 6.1, misc/nstat.c): what the kernel has counted since it was asked last. What it saw is kept in a file of the user's.
 * Deviation: its daemon (`-d`) is not modelled; without one all rates are 0.
 */
import { strerror, type Bytes } from '../../base/index.ts';
import { compilePattern, type Process } from '../../shell/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { JsonWriter } from '../iproute2/json-writer.ts';
import { parseOptions, type OptionSpec } from '../options.ts';

const option = (short: string, long: string, help: string, value?: string): OptionSpec => ({
  id: short,
  short,
  long,
  argument: value === undefined ? 'none' : 'required',
  help,
  ...(value !== undefined && { value }),
});
const OPTIONS: readonly OptionSpec[] = [
  option('h', 'help', 'this message'),
  option('a', 'ignore', 'ignore history'),
  option('d', 'scan', 'sample every statistics every SECS', 'SECS'),
  option('j', 'json', 'format output in JSON'),
  option('n', 'nooutput', 'do history only'),
  option('p', 'pretty', 'pretty print'),
  option('r', 'reset', 'reset history'),
  option('s', 'noupdate', "don't update history"),
  option('t', 'interval', 'report average over the last SECS', 'SECS'),
  option('V', 'version', 'output version information'),
  option('z', 'zeros', 'show entries with zero activity'),
];
/** As getopt's letters allow, without standing in the help. */
const VERSION_TOO: OptionSpec = { id: 'V', short: 'v', argument: 'none' };

const USAGE = `Usage: nstat [OPTION] [ PATTERN [ PATTERN ] ]\n${OPTIONS.map(({ short, long, value, help }) => {
  const name = `-${short}, --${long}${value === undefined ? '' : `=${value}`}`;
  return `   ${name.padEnd(20)}${help}\n`;
}).join('')}`;

const USELESS = new Set(['IpForwarding', 'IpDefaultTTL', 'TcpRtoAlgorithm', 'TcpRtoMin', 'TcpRtoMax', 'TcpMaxConn', 'TcpCurrEstab']);
type Counters = readonly (readonly [name: string, value: number])[];

/** A line each: name, value. */
const plainTable = (text: Bytes): Counters =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/))
    .map(([name = '', value = '0']) => [name, Number(value)] as const);
/** Pairs of lines: names, then values. */
function pairTable(text: Bytes): Counters {
  const lines = text.split('\n').filter((line) => line !== '');
  const rows: (readonly [string, number])[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [title = '', ...names] = lines[at]!.split(/:? /);
    const values = lines[at + 1]!.split(' ').slice(1);
    names.forEach((name, i) => rows.push([title + name, Number(values[i] ?? 0)]));
  }
  return rows;
}
/** Each table goes in front of those before. */
function kernelCounters(p: Process): Counters {
  const read = (name: string): Bytes => {
    const file = p.fs.readFile(`/proc/net/${name}`);
    return file.ok ? file.value : '';
  };
  return [...pairTable(read('snmp')), ...plainTable(read('snmp6')), ...pairTable(read('netstat'))].filter(([name]) => !USELESS.has(name));
}

const row = (name: string, value: number, note = ''): string => `${name.padEnd(32)}${String(value).padEnd(16)}   0.0${note}\n`;

function format(rows: readonly (readonly [string, number, string])[], json: boolean, pretty: boolean): Bytes {
  if (!json) return `#kernel\n${rows.map(([name, value, note]) => row(name, value, note)).join('')}`;
  let text = '';
  const writer = new JsonWriter((piece) => void (text += piece), pretty);
  writer.startObject();
  writer.name('kernel');
  writer.startObject();
  for (const [name, value] of rows) writer.field(name, value);
  writer.endObject();
  writer.endObject();
  return `${text}\n`;
}

export const nstat = declared({ synopsis: '[OPTION] [ PATTERN [ PATTERN ] ]', options: declaredOptions([...OPTIONS, VERSION_TOO]) }, function* (p) {
  const { options, operands, error } = parseOptions(p.argv, [...OPTIONS, VERSION_TOO]);
  if (error !== undefined) return (yield* p.error(error + USAGE), 255);
  const has = (id: string): boolean => options.some((each) => each.id === id);
  if (has('h')) return (yield* p.error(USAGE), 255);
  if (has('V')) return (yield* p.print('nstat utility, iproute2-6.1.0\n'), 0);
  const constant = options.find(({ id }) => id === 't')?.argument;
  if (constant !== undefined && !(parseInt(constant, 10) > 0)) return (yield* p.error('nstat: invalid time constant divisor\n'), 255);
  if (has('d')) return yield* p.fail('not modelled: nstat --scan');

  const patterns = operands.map((text) => compilePattern(text.toLowerCase(), { isPlain: true }));
  const isWanted = (name: string): boolean => patterns.length === 0 || patterns.some((pattern) => pattern.matches(name.toLowerCase()));
  const path = p.env.get('NSTAT_HISTORY') ?? `/tmp/.nstat.u${p.uid}`;
  if (has('r')) p.fs.unlink(path);
  let history = new Map<string, number>();
  if (!has('a') || !has('s')) {
    const known = p.fs.stat(path);
    if (!known.ok) {
      const made = p.fs.writeFile(path, '', { mode: 0o600 });
      if (!made.ok) return (yield* p.error(`nstat: open history file: ${strerror(made.error)}\n`), 255);
    } else if (!has('a') && known.value.mtimeUs + p.nowUs < p.unixUs) {
      yield* p.error('nstat: history is aged out, resetting\n');
      p.fs.writeFile(path, '');
    }
    const file = p.fs.readFile(path);
    if (file.ok) history = new Map(plainTable(file.value));
  }
  const now = kernelCounters(p);
  if (!has('n')) {
    const isWhole = has('a') || history.size === 0;
    const rows = now.map(([name, value]) => {
      const before = isWhole ? 0 : (history.get(name) ?? 0);
      return [name, Math.max(0, value - before), value < before ? ' (overflow)' : ''] as const;
    });
    yield* p.print(
      format(
        rows.filter(([name, value]) => (has('z') || value !== 0) && isWanted(name)),
        has('j'),
        has('p'),
      ),
    );
  }
  if (!has('s')) {
    const kept = now.map(([name, value]) => [name, isWanted(name) ? value : (history.get(name) ?? value)] as const);
    const rows = kept.filter(([, value], i) => has('z') || now[i]![1] !== 0 || value !== 0);
    p.fs.writeFile(path, `#kernel\n${rows.map(([name, value]) => row(name, value)).join('')}`);
  }
  return 0;
});
