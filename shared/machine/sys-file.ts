/** Files of one value, as /sys has them. */
import { err, ok, type Bytes, type Errno, type Result } from '../base/index.ts';
import { fileOf, type DynamicNode } from '../shell/index.ts';

export const line = (make: () => string | number): DynamicNode => fileOf(() => `${make()}\n`);

/** kstrtoul with base 0. */
export function parseNumber(data: Bytes): number | undefined {
  const text = data.trim();
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return parseInt(text, 16);
  if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A number that can be written. */
export const numberFile = (make: () => number, set: (value: number) => Result<void, Errno>, show: (value: number) => string = String): DynamicNode => ({
  kind: 'file',
  mode: 0o644,
  read: () => ok(`${show(make())}\n`),
  write: (data) => {
    const value = parseNumber(data);
    return value === undefined ? err('EINVAL') : set(value);
  },
});
