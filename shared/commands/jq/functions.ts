/** jq's own functions; those that jq itself writes in jq are written so here too. */
import { evaluate, iterate, pathsOf, recurse, type At, type Scope } from './evaluate.ts';
import { JqError, JqHalt } from './error.ts';
import { dumpOf, textOf } from './formats.ts';
import { compareJson, isArray, isObject, isTruthy, type Json, parseJsonStream, typeName } from './json.ts';
import { definitionOf } from './definitions.ts';
import type { Filter } from './syntax.ts';
import { brokenDown, readTime, secondsOf, writeTime } from './time.ts';
import { arithmetic, deletePaths, getKey, setPath, type Path } from './values.ts';

const plain = (value: Json): At => ({ value, path: undefined });

export function* callBuiltin(name: string, args: readonly Filter[], at: At, scope: Scope): Generator<At, void, void> {
  const defined = definitionOf(name, args);
  if (defined?.kind === 'def') {
    let inside = scope;
    for (const [i, arg] of args.entries()) inside = inside.define(`f${i}/0`, { filter: arg, scope, params: [] });
    yield* evaluate(defined.body, at, inside);
    return;
  }
  const { value } = at;
  switch (`${name}/${args.length}`) {
    case 'empty/0':
      return;
    case 'recurse/0':
      yield* recurse(at);
      return;
    case 'path/1':
      for (const path of pathsOf(first(args), value, scope)) yield plain(path);
      return;
    case 'getpath/1':
      for (const { value: path } of evaluate(first(args), plain(value), scope)) {
        if (!isArray(path)) throw new JqError('Path must be specified as an array');
        let found: Json = value;
        for (const key of path) found = found === null ? null : getKey(found, key);
        yield { value: found, path: at.path && [...at.path, ...path] };
      }
      return;
    case 'isempty/1': {
      let isEmpty = true;
      for (const _ of evaluate(first(args), plain(value), scope)) {
        void _;
        isEmpty = false;
        break;
      }
      yield plain(isEmpty);
      return;
    }
    case 'error/0':
      throw new JqError(value);
    case 'halt/0':
      throw new JqHalt(0, undefined);
    case 'halt_error/0':
      throw new JqHalt(5, value);
    case 'halt_error/1':
      for (const { value: status } of evaluate(first(args), plain(value), scope)) throw new JqHalt(Number(status), value);
      return;
    case 'debug/0':
      yield at;
      return;
    case 'range/2':
    case 'range/3':
      for (const [from, to, by] of product(args, value, scope)) {
        const step = args.length === 3 ? Number(by) : 1;
        if (typeof from !== 'number' || typeof to !== 'number') throw new JqError('Range bounds must be numeric');
        for (let i = from; step > 0 ? i < to : step < 0 && i > to; i += step) yield plain(i);
      }
      return;
    default:
      break;
  }
  if (/^(sort|group|unique|min|max)_by$/.test(name) && args.length === 1) {
    yield plain(by(name, list(value, name), (item) => Array.from(evaluate(first(args), plain(item), scope), (result) => result.value)));
    return;
  }
  for (const given of product(args, value, scope)) {
    const results = simple(name, value, given);
    if (!results) throw new JqError(`${name}/${args.length} is not defined`);
    for (const result of results) yield plain(result);
  }
}
const first = (args: readonly Filter[]): Filter => args[0] ?? { kind: 'identity' };
/** Every combination of the values of the arguments. */
function* product(args: readonly Filter[], value: Json, scope: Scope, taken: readonly Json[] = []): Generator<readonly Json[], void, void> {
  const arg = args[taken.length];
  if (!arg) yield taken;
  else for (const { value: each } of evaluate(arg, plain(value), scope)) yield* product(args, value, scope, [...taken, each]);
}
function list(value: Json, name: string): readonly Json[] {
  if (isArray(value)) return value;
  if (name === 'implode') throw new JqError('implode input must be an array');
  const what = `${typeName(value)} (${dumpOf(value)})`;
  if (name === 'sort') throw new JqError(`${what} cannot be sorted, as it is not an array`);
  if (name === 'min' || name === 'max') throw new JqError(`${what} and ${what} cannot be iterated over`);
  throw new JqError(`Cannot iterate over ${what}`);
}
function by(name: string, items: readonly Json[], key: (item: Json) => Json): Json {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const sorted = [...keyed].sort((a, b) => compareJson(a.key, b.key));
  const groups: { key: Json; items: Json[] }[] = [];
  for (const { item, key: each } of sorted) {
    const last = groups.at(-1);
    if (last && compareJson(last.key, each) === 0) last.items.push(item);
    else groups.push({ key: each, items: [item] });
  }
  switch (name.split('_')[0]) {
    case 'sort':
      return sorted.map(({ item }) => item);
    case 'group':
      return groups.map((group) => group.items);
    case 'unique':
      return groups.map((group) => group.items[0] ?? null);
    case 'min':
      return groups[0]?.items[0] ?? null;
    default:
      return groups.at(-1)?.items.at(-1) ?? null;
  }
}
const text = (value: Json, what: string): string => {
  if (typeof value === 'string') return value;
  throw new JqError(`${typeName(value)} (${dumpOf(value)}) ${what}`);
};
function contains(a: Json, b: Json): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (isArray(a) && isArray(b)) return b.every((each) => a.some((other) => typeName(other) === typeName(each) && contains(other, each)));
  if (isObject(a) && isObject(b)) return Object.entries(b).every(([key, each]) => Object.hasOwn(a, key) && contains(a[key] ?? null, each));
  if (typeName(a) === typeName(b)) return compareJson(a, b) === 0;
  throw new JqError(`${typeName(a)} (${dumpOf(a)}) and ${typeName(b)} (${dumpOf(b)}) cannot have their containment checked`);
}
function wanted(value: Json, words: string): string {
  if (typeof value === 'string') return value;
  throw new JqError(words);
}
function regexOf(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    throw new JqError(`${source} (at offset 0) is not a valid regex`);
  }
}
function matches(value: Json, pattern: Json, flags: Json): Json[] {
  const [source, letters] = isArray(pattern) ? [pattern[0] ?? '', pattern[1] ?? null] : [pattern, flags];
  const given = letters === null ? '' : textOf(letters);
  const subject = text(value, 'cannot be matched, as it is not a string');
  const regex = regexOf(
    text(source, 'cannot be matched, as it is not a string').replace(/\(\?<(\w+)>/g, '(?<$1>'),
    `${given.includes('g') ? 'g' : ''}${given.includes('i') ? 'i' : ''}${given.includes('s') ? 's' : ''}`,
  );
  const found = given.includes('g') ? [...subject.matchAll(regex)] : [regex.exec(subject)].filter((match) => match !== null);
  return found.map((match) => {
    const names = Object.keys(match.groups ?? {});
    // a group that took no part is undefined, whatever the type says
    const groups: readonly (string | undefined)[] = match.slice(1);
    return {
      offset: match.index,
      length: match[0].length,
      string: match[0],
      captures: groups.map((group, i) => ({
        offset: group === undefined ? -1 : match.index + match[0].indexOf(group),
        length: group?.length ?? 0,
        string: group ?? null,
        name: names[i] ?? null,
      })),
    };
  });
}

function simple(name: string, value: Json, given: readonly Json[]): readonly Json[] | undefined {
  const [a = null, b = null, c = null] = given;
  const args = given.length;
  switch (name) {
    case 'not':
      return [!isTruthy(value)];
    case 'length':
      if (value === null) return [0];
      if (typeof value === 'boolean') throw new JqError(`boolean (${value}) has no length`);
      return [
        typeof value === 'number' ? Math.abs(value) : typeof value === 'string' ? [...value].length : isArray(value) ? value.length : Object.keys(value).length,
      ];
    case 'utf8bytelength':
      return [text(value, 'only strings have UTF-8 byte length').length];
    case 'keys':
    case 'keys_unsorted':
      if (isArray(value)) return [value.map((_, i) => i)];
      if (!isObject(value)) throw new JqError(`${typeName(value)} (${dumpOf(value)}) has no keys`);
      return [name === 'keys' ? Object.keys(value).sort() : Object.keys(value)];
    case 'has':
      if (isObject(value) && typeof a === 'string') return [Object.hasOwn(value, a)];
      if (isArray(value) && typeof a === 'number') return [a >= 0 && a < value.length];
      if (value === null) return [false];
      throw new JqError(`Cannot check whether ${typeName(value)} has a ${typeName(a)} key`);
    case 'contains':
      return [contains(value, a)];
    case 'add':
      return [[...iterate(plain(value))].reduce<Json>((sum, each) => arithmetic('+', sum, each.value), null)];
    case 'type':
      return [typeName(value)];
    case 'sort':
    case 'group':
    case 'unique':
    case 'min':
    case 'max':
      return [by(name, list(value, name), (item) => item)];
    case 'reverse':
      return [value === null ? [] : typeof value === 'string' ? [...value].reverse().join('') : [...list(value, name)].reverse()];
    case 'flatten':
      return [flatten(list(value, name), a === null ? Infinity : Number(a))];
    case 'floor':
    case 'ceil':
    case 'round':
    case 'sqrt':
    case 'trunc':
    case 'exp':
    case 'log2':
    case 'log10':
    case 'fabs':
      if (typeof value !== 'number') throw new JqError(`${typeName(value)} (${dumpOf(value)}) number required`);
      return [Math[name === 'fabs' ? 'abs' : name](value)];
    case 'log':
      return [Math.log(Number(value))];
    case 'pow':
      return [Number(a) ** Number(b)];
    case 'tostring':
      return [textOf(value)];
    case 'tonumber':
      if (typeof value === 'number') return [value];
      if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return [Number(value)];
      throw new JqError(
        typeof value === 'string'
          ? `Cannot use ${typeName(value)} (${dumpOf(value)}) as a number`.replace(
              /^Cannot.*/,
              `Invalid numeric literal at EOF at line 1, column ${value.length} (while parsing '${value}')`,
            )
          : `${typeName(value)} (${dumpOf(value)}) cannot be parsed as a number`,
      );
    case 'tojson':
      return [textOf(typeof value === 'string' ? value : value) === value ? JSON.stringify(value) : textOf(value)];
    case 'fromjson': {
      const parsed = parseJsonStream(text(value, 'only strings can be parsed'));
      if (parsed.problem !== undefined) throw new JqError(`${parsed.problem} (while parsing '${textOf(value)}')`);
      return [parsed.values[0] ?? null];
    }
    case 'ascii_downcase':
      return [wanted(value, 'explode input must be a string').replace(/[A-Z]/g, (char) => char.toLowerCase())];
    case 'ascii_upcase':
      return [wanted(value, 'explode input must be a string').replace(/[a-z]/g, (char) => char.toUpperCase())];
    case 'ltrimstr':
      return [typeof value === 'string' && typeof a === 'string' && value.startsWith(a) ? value.slice(a.length) : value];
    case 'rtrimstr':
      return [typeof value === 'string' && typeof a === 'string' && a !== '' && value.endsWith(a) ? value.slice(0, -a.length) : value];
    case 'startswith':
      return [wanted(value, 'startswith() requires string inputs').startsWith(wanted(a, 'startswith() requires string inputs'))];
    case 'endswith':
      return [wanted(value, 'endswith() requires string inputs').endsWith(wanted(a, 'endswith() requires string inputs'))];
    case 'explode':
      return [[...wanted(value, 'explode input must be a string')].map((char) => char.codePointAt(0) ?? 0)];
    case 'implode':
      return [
        list(value, name)
          .map((code) => String.fromCodePoint(Number(code)))
          .join(''),
      ];
    case 'split':
      if (b === null && typeof value === 'string' && typeof a === 'string') return [arithmetic('/', value, a)];
      if (args < 2) throw new JqError('split input and separator must be strings');
      return [text(value, 'cannot be matched, as it is not a string').split(regexOf(text(a, 'cannot be matched, as it is not a string'), ''))];
    case 'indices':
      if (typeof value === 'string' && typeof a === 'string')
        return [[...value.matchAll(new RegExp(a.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g'))].map((match) => match.index)];
      return [isArray(a) ? getKey(value, a) : list(value, name).flatMap((item, i) => (compareJson(item, a) === 0 ? [i] : []))];
    case 'test':
      return [matches(value, a, b).length > 0];
    case 'match':
      return matches(value, a, b);
    case 'sub':
    case 'gsub': {
      // the replacement is taken as text: captures are reached by `capture`
      const found = matches(value, a, `${name === 'gsub' ? 'g' : ''}${c === null ? '' : textOf(c)}`) as unknown as readonly {
        readonly offset: number;
        readonly length: number;
      }[];
      let out = '';
      let last = 0;
      const subject = textOf(value);
      for (const { offset, length } of found) {
        out += subject.slice(last, offset) + textOf(b);
        last = offset + length;
      }
      return [out + subject.slice(last)];
    }
    case 'setpath':
      return [setPath(value, a as Path, () => b)];
    case 'delpaths':
      return [deletePaths(value, a as readonly Path[])];
    case 'transpose': {
      const rows = list(value, name) as readonly (readonly Json[])[];
      return [Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, i) => rows.map((row) => row[i] ?? null))];
    }
    case 'strftime':
      return [writeTime(value, a)];
    case 'strptime':
      return [readTime(value, a)];
    case 'gmtime':
      return [brokenDown(value)];
    case 'mktime':
      return [secondsOf(value)];
    case 'isnormal':
      return [typeof value === 'number' && Number.isFinite(value) && Math.abs(value) >= 2.2250738585072014e-308];
    case 'sin':
    case 'cos':
    case 'tan':
    case 'cbrt':
    case 'asin':
    case 'acos':
    case 'atan':
      if (typeof value !== 'number') throw new JqError(`${typeName(value)} (${dumpOf(value)}) number required`);
      return [Math[name](value)];
    case 'exp2':
    case 'exp10':
      if (typeof value !== 'number') throw new JqError(`${typeName(value)} (${dumpOf(value)}) number required`);
      return [(name === 'exp2' ? 2 : 10) ** value];
    case 'infinite':
      return [Infinity];
    case 'nan':
      return [NaN];
    case 'isnan':
      return [Number.isNaN(value)];
    case 'isinfinite':
      return [value === Infinity || value === -Infinity];
    case 'error':
      throw new JqError(a);
    default:
      return undefined;
  }
}
const flatten = (items: readonly Json[], depth: number): Json[] => items.flatMap((item) => (isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]));
