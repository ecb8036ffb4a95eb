/** What jq does with values alone: indexes, slices, arithmetic, changes at a path. Errors are in jq 1.6's words. */
import { JqError } from './error.ts';
import { compareJson, isArray, isObject, type Json, type JsonObject, typeName } from './json.ts';

export type Path = readonly Json[];

export const describe = (value: Json): string => {
  const text = JSON.stringify(value);
  return `${typeName(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
};

export function getKey(value: Json, key: Json): Json {
  if (value === null && (typeof key === 'string' || typeof key === 'number' || key === null || isObject(key))) return null;
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
  if (isArray(value) && typeof key === 'number') return value[Math.floor(key < 0 ? key + value.length : key)] ?? null;
  if (isArray(value) && isObject(key)) return slice(value, key['start'] ?? null, key['end'] ?? null);
  if (isArray(value) && isArray(key)) return value.flatMap((_, i) => (compareJson(value.slice(i, i + key.length), key) === 0 ? [i] : []));
  if (typeof key === 'string') throw new JqError(`Cannot index ${typeName(value)} with string "${key}"`);
  throw new JqError(`Cannot index ${typeName(value)} with ${typeName(key)}`);
}
export function slice(value: Json, from: Json, to: Json): Json {
  if (value === null) return null;
  if (typeof value !== 'string' && !isArray(value)) throw new JqError(`Cannot index ${typeName(value)} with object`);
  if ((from !== null && typeof from !== 'number') || (to !== null && typeof to !== 'number'))
    throw new JqError('Start and end indices of an array slice must be numbers');
  const start = from === null ? 0 : Math.floor(from);
  const end = to === null ? undefined : Math.ceil(to);
  return value.slice(start, end);
}

export function arithmetic(op: string, a: Json, b: Json): Json {
  const fail = (what: string): never => {
    throw new JqError(`${describe(a)} and ${describe(b)} cannot be ${what}`);
  };
  switch (op) {
    case '+':
      if (a === null) return b;
      if (b === null) return a;
      if (typeof a === 'number' && typeof b === 'number') return a + b;
      if (typeof a === 'string' && typeof b === 'string') return a + b;
      if (isArray(a) && isArray(b)) return [...a, ...b];
      return isObject(a) && isObject(b) ? { ...a, ...b } : fail('added');
    case '-':
      if (typeof a === 'number' && typeof b === 'number') return a - b;
      return isArray(a) && isArray(b) ? a.filter((item) => !b.some((other) => compareJson(item, other) === 0)) : fail('subtracted');
    case '*':
      if (typeof a === 'number' && typeof b === 'number') return a * b;
      if (typeof a === 'string' && typeof b === 'number') return b <= 0 ? null : a.repeat(Math.max(1, Math.floor(b)));
      return isObject(a) && isObject(b) ? merge(a, b) : fail('multiplied');
    case '/':
      if (typeof a === 'number' && typeof b === 'number') return b === 0 ? fail('divided because the divisor is zero') : a / b;
      return typeof a === 'string' && typeof b === 'string' ? (a === '' ? [] : a.split(b)) : fail('divided');
    case '%':
      if (typeof a !== 'number' || typeof b !== 'number') return fail('divided');
      return Math.trunc(b) === 0 ? fail('divided (remainder) because the divisor is zero') : Math.trunc(a) % Math.abs(Math.trunc(b));
    case '==':
      return compareJson(a, b) === 0;
    case '!=':
      return compareJson(a, b) !== 0;
    case '<':
      return compareJson(a, b) < 0;
    case '<=':
      return compareJson(a, b) <= 0;
    case '>':
      return compareJson(a, b) > 0;
    default:
      return compareJson(a, b) >= 0;
  }
}
const merge = (a: JsonObject, b: JsonObject): JsonObject => {
  const merged: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = merged[key];
    merged[key] = old !== undefined && isObject(old) && isObject(value) ? merge(old, value) : value;
  }
  return merged;
};

export function setPath(value: Json, path: Path, change: (old: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (isObject(key)) {
    const old = value === null ? [] : value;
    if (!isArray(old)) throw new JqError(`Cannot update field at object index of ${typeName(value)}`);
    const start = typeof key['start'] === 'number' ? key['start'] : 0;
    const end = typeof key['end'] === 'number' ? key['end'] : old.length;
    const inside = setPath(old.slice(start, end), rest, change);
    if (!isArray(inside)) throw new JqError('A slice of an array can only be assigned another array');
    return [...old.slice(0, start), ...inside, ...old.slice(end)];
  }
  if (typeof key === 'number' && (value === null || isArray(value))) {
    const list = [...(value ?? [])];
    const at = key < 0 ? key + list.length : key;
    if (at < 0) throw new JqError('Out of bounds negative array index');
    if (at > 536_870_911) throw new JqError('Array index too large');
    while (list.length <= at) list.push(null);
    list[at] = setPath(list[at] ?? null, rest, change);
    return list;
  }
  if (typeof key === 'string' && (value === null || isObject(value)))
    return { ...(value ?? {}), [key]: setPath(value === null ? null : (value[key] ?? null), rest, change) };
  throw new JqError(`Cannot index ${typeName(value)} with ${typeof key === 'string' ? `string "${key}"` : typeName(key)}`);
}
export function deletePaths(value: Json, paths: readonly Path[]): Json {
  let result = value;
  for (const path of [...paths].sort((a, b) => compareJson(b, a))) result = deleteOne(result, path);
  return result;
}
function deleteOne(value: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (value === null) return null;
  if (rest.length > 0) {
    const child = getKey(value, key);
    return child === null ? value : setPath(value, [key], () => deleteOne(child, rest));
  }
  if (isArray(value) && typeof key === 'number') return value.filter((_, i) => i !== (key < 0 ? key + value.length : key));
  if (isArray(value) && isObject(key)) return value.filter((_, i) => i < Number(key['start'] ?? 0) || i >= Number(key['end'] ?? value.length));
  if (isObject(value) && typeof key === 'string') return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  throw new JqError(
    isObject(value) || isArray(value)
      ? `Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${typeName(value)}`
      : `Cannot delete fields from ${typeName(value)}`,
  );
}
