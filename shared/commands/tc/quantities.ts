/** Rates, sizes, times, chances and ids as tc takes and shows them. Authority: lib/utils_math.c, lib/utils.c, tc/tc_util.c, tc/tc_core.c of iproute2 6.1. */
const number = (text: string): { readonly value: number; readonly suffix: string } | undefined => {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(.*)$/is.exec(text);
  return match ? { value: Number(match[1]), suffix: match[2] ?? '' } : undefined;
};

/** Bits a second of each suffix. */
const RATES: Readonly<Record<string, number>> = {
  ...{ '': 1, bit: 1, kibit: 1024, kbit: 1e3, mibit: 1024 ** 2, mbit: 1e6, gibit: 1024 ** 3, gbit: 1e9, tibit: 1024 ** 4, tbit: 1e12 },
  ...{ bps: 8, kibps: 8 * 1024, kbps: 8e3, mibps: 8 * 1024 ** 2, mbps: 8e6, gibps: 8 * 1024 ** 3, gbps: 8e9, tibps: 8 * 1024 ** 4, tbps: 8e12 },
};
/** Bytes a second. */
export function parseRate(text: string): number | undefined {
  const found = number(text);
  const scale = found && RATES[found.suffix.toLowerCase()];
  return found && scale !== undefined ? Math.floor((found.value * scale) / 8) : undefined;
}
const SIZES: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, k: 1024, kb: 1024, m: 1024 ** 2, mb: 1024 ** 2, g: 1024 ** 3, gb: 1024 ** 3, kbit: 128, mbit: 1024 * 128, gbit: 1024 * 1024 * 128 },
};
export function parseSize(text: string): number | undefined {
  const found = number(text);
  const scale = found && SIZES[found.suffix.toLowerCase()];
  return found && scale !== undefined && found.value >= 0 ? Math.floor(found.value * scale) : undefined;
}
const TIMES: Readonly<Record<string, number>> = { s: 1e6, sec: 1e6, secs: 1e6, ms: 1e3, msec: 1e3, msecs: 1e3, us: 1, usec: 1, usecs: 1, '': 1 };
/** Microseconds. */
export function parseTime(text: string): number | undefined {
  const found = number(text);
  const scale = found && TIMES[found.suffix.toLowerCase()];
  return found && scale !== undefined && found.value >= 0 ? Math.floor(found.value * scale) : undefined;
}
/** A part of one. */
export function parsePercent(text: string): number | undefined {
  const found = number(text);
  if (!found || (found.suffix !== '' && found.suffix !== '%')) return undefined;
  const part = found.value / 100;
  return part < 0 || part > 1 ? undefined : part;
}

/** printf's %g. */
export function general(value: number, digits = 6): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent < -4 || exponent >= digits)
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, 'e')
      .replace(/e([+-])(\d)$/, 'e$10$2');
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}
const UNITS = ['', 'K', 'M', 'G', 'T'];
export function formatRate(bytes: number): string {
  let rate = bytes * 8;
  let unit = 0;
  for (; unit < UNITS.length - 1 && rate >= 1000 && (rate % 1000 === 0 || rate >= 1000 * 1000); unit++) rate = Math.floor(rate / 1000);
  return `${rate}${UNITS[unit]}bit`;
}
export function formatSize(size: number): string {
  const [kilo, mega] = [1024, 1024 * 1024];
  if (size >= mega && Math.abs(mega * Math.round(size / mega) - size) < 1024) return `${general(Math.round(size / mega))}Mb`;
  if (size >= kilo && Math.abs(kilo * Math.round(size / kilo) - size) < 16) return `${general(Math.round(size / kilo))}Kb`;
  return `${size}b`;
}
export function formatTime(us: number): string {
  if (us >= 1e6) return `${general(us / 1e6, 3)}s`;
  return us >= 1000 ? `${general(us / 1000, 3)}ms` : `${us}us`;
}
export const formatPercent = (part: number): string => `${general(100 * part)}%`;

/** The kernel counts time in ticks of 64 ns; what it gives back has been cut twice. */
const TICKS_PER_US = 15.625;
export const throughTicks = (us: number): number => Math.floor(Math.floor(Math.floor(us) * TICKS_PER_US) / TICKS_PER_US);
/** A bucket's bytes after they have been a time. */
export const throughTime = (bytes: number, rate: number): number => Math.floor((rate * throughTicks((1e6 * bytes) / rate)) / 1e6);

/** `1:` or `1`: upper half of a handle. */
export function parseHandle(text: string): number | undefined {
  if (text === 'none') return 0;
  const match = /^(?:0x)?([\da-f]+)(?::.*)?$/i.exec(text);
  const major = match ? parseInt(match[1]!, 16) : Infinity;
  return major < 1 << 16 ? major * 65536 : undefined;
}
export function parseClassId(text: string): number | 'root' | undefined {
  if (text === 'root') return 'root';
  if (text === 'none') return 0;
  const match = /^([\da-f]*)(:([\da-f]*))?$/i.exec(text);
  if (!match || (match[1] === '' && match[2] === undefined)) return undefined;
  const [major, minor] = [match[1] ?? '', match[3] ?? ''].map((part) => (part === '' ? 0 : parseInt(part, 16))) as [number, number];
  return match[2] === undefined ? major : major < 1 << 16 && minor < 1 << 16 ? major * 65536 + minor : undefined;
}
export const handleText = (handle: number): string => `${(handle >>> 16).toString(16)}:`;
/** `1:`, `1:10`, `:3`; the lower half is 0 for a discipline. */
export const classIdText = (id: number): string => {
  const [major, minor] = [id >>> 16, id & 0xffff].map((half) => (half === 0 ? '' : half.toString(16)));
  return `${major}:${minor}`;
};
