/** Values as Go's fmt prints them: %v for templates, %#v where kubectl shows what it was given. */
import type { Value } from './execute.ts';

/** %v: `map[a:1 b:two]`, `[1 2]`, `<nil>`. */
export function goValue(value: Value): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(goValue).join(' ')}]`;
  if (typeof value === 'object') {
    const record = value as { readonly [key: string]: Value };
    return `map[${Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
      .map((key) => `${key}:${goValue(record[key])}`)
      .join(' ')}]`;
  }
  return typeof value === 'number' ? goNumber(value) : String(value);
}
/** %v of a float64: an exponent from 1e21 on, as strconv's 'g' with the shortest digits. */
const goNumber = (value: number): string => (Math.abs(value) >= 1e21 ? value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2') : String(value));

/** %#v: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: Value): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${(value as readonly Value[]).map(goSyntax).join(', ')}}`;
  if (typeof value === 'object') {
    const record = value as { readonly [key: string]: Value };
    return `map[string]interface {}{${Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${goSyntax(record[key])}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
