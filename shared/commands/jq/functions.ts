/** jq's own functions; those that jq itself writes in jq are written so here too. */
import { arithmetic, deletePaths, evaluate, getKey, iterate, pathsOf, recurse, setPath, type At, type Path, type Scope } from './evaluate.ts';
import { JqError } from './error.ts';
import { textOf } from './formats.ts';
import { compareJson, isArray, isObject, isTruthy, type Json, parseJsonStream, typeName } from './json.ts';
import { parseJq, type Filter } from './syntax.ts';

const DEFINITIONS: Readonly<Record<string, string>> = {
  'map/1': '[.[] | f0]',
  'select/1': 'if f0 then . else empty end',
  'recurse/1': 'def r: ., (f0 | r); r',
  'recurse/2': 'def r: ., (f0 | select(f1) | r); r',
  'values/0': 'select(. != null)',
  'nulls/0': 'select(. == null)',
  'to_entries/0': '[keys_unsorted[] as $k | {key: $k, value: .[$k]}]',
  'with_entries/1': 'to_entries | map(f0) | from_entries',
  'map_values/1': '.[] |= f0',
  'in/1': '. as $x | f0 | has($x)',
  'inside/1': '. as $x | f0 | contains($x)',
  'from_entries/0':
    'reduce .[] as $e ({}; . + {(($e | if type == "object" then (.key // .k // .name // .Name // .Key // .K) else . end) | if type == "string" then . elif type == "null" then "null" else tojson end): ($e | if has("value") then .value elif has("v") then .v else .Value end)})',
  'first/1': 'label $out | (f0 | ., break $out)',
  'first/0': '.[0]',
  'last/0': '.[-1]',
  'last/1': 'reduce f0 as $x (null; $x)',
  'nth/1': '.[f0]',
  'until/2': 'def u: if f0 then . else (f1 | u) end; u',
  'while/2': 'def w: if f0 then ., (f1 | w) else empty end; w',
  'repeat/1': 'def r: ., (f0 | r); r',
  'any/0': 'reduce .[] as $x (false; . or $x)',
  'all/0': 'reduce .[] as $x (true; . and $x)',
  'any/1': 'reduce (.[] | f0) as $x (false; . or $x)',
  'all/1': 'reduce (.[] | f0) as $x (true; . and $x)',
  'any/2': 'isempty(first(f0 | f1 or empty)) | not',
  'all/2': 'isempty(first(f0 | f1 and empty))',
  'paths/0': 'path(..) | select(length > 0)',
  'paths/1': 'path(.. | select(f0)) | select(length > 0)',
  'leaf_paths/0': 'paths(scalars)',
  'del/1': 'delpaths([path(f0)])',
  'add/1': 'reduce f0 as $x (null; . + $x)',
  'join/1':
    'f0 as $s | if length == 0 then "" else reduce .[1:][] as $x (.[0] | if . == null then "" elif type == "string" then . else tojson end; . + $s + ($x | if . == null then "" elif type == "string" then . else tojson end)) end',
  'ascii/0': '[.] | implode',
  'todate/0': 'strftime("%Y-%m-%dT%H:%M:%SZ")',
  'walk/1': 'def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f0; w',
  'env/0': '$ENV',
  'combinations/0': 'if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end',
  'scalars/0': 'select(type | . != "array" and . != "object")',
  'iterables/0': 'select(type | . == "array" or . == "object")',
  'objects/0': 'select(type == "object")',
  'arrays/0': 'select(type == "array")',
  'strings/0': 'select(type == "string")',
  'numbers/0': 'select(type == "number")',
  'booleans/0': 'select(type == "boolean")',
  'finites/0': '.',
  'normals/0': '.',
  'index/1': 'f0 as $i | indices($i) | .[0]',
  'rindex/1': 'f0 as $i | indices($i) | .[-1:][0]',
  'capture/1': '[match(f0)] | .[] | [.captures | .[] | select(.name != null) | {key: .name, value: .string}] | from_entries',
  'scan/1': 'match(f0; "g") | if (.captures | length) > 0 then [.captures | .[] | .string] else .string end',
  'limit/2': 'f0 as $n | if $n > 0 then label $out | foreach f1 as $x (0; . + 1; $x, if . >= $n then break $out else empty end) else empty end',
  'splits/1': 'split(f0; null) | .[]',
  'input_line_number/0': '0',
  'halt_error/0': 'error',
  'getpath_or_null/1': 'getpath(f0)',
  'range/1': 'range(0; f0)',
};
const COMPILED = new Map<string, Filter>();

function definition(name: string, args: readonly Filter[]): Filter | undefined {
  const key = `${name}/${args.length}`;
  const text = Object.hasOwn(DEFINITIONS, key) ? DEFINITIONS[key] : undefined;
  if (text === undefined) return undefined;
  let filter = COMPILED.get(key);
  if (!filter) {
    const params = args.map((_, i) => `f${i}`);
    const parsed = parseJq(`def it${params.length > 0 ? `(${params.join('; ')})` : ''}: ${text}; .`);
    if (!parsed.ok) throw new Error(`${key}: ${parsed.error}`);
    COMPILED.set(key, (filter = parsed.value));
  }
  return filter;
}

const plain = (value: Json): At => ({ value, path: undefined });

export function* callBuiltin(name: string, args: readonly Filter[], at: At, scope: Scope): Generator<At, void, void> {
  const defined = definition(name, args);
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
    case 'debug/0':
      yield at;
      return;
    case 'range/2':
    case 'range/3':
      for (const [from, to, by] of product(args, value, scope)) {
        const step = args.length === 3 ? Number(by) : 1;
        for (let i = Number(from); step > 0 ? i < Number(to) : step < 0 && i > Number(to); i += step) yield plain(i);
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
  throw new JqError(
    `${typeName(value)} (${textOf(value).slice(0, 11)}) cannot be ${name.startsWith('group') ? 'grouped' : name.startsWith('sort') ? 'sorted' : 'iterated over'}, as it is not an array`,
  );
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
  throw new JqError(`${typeName(value)} (${textOf(value).slice(0, 11)}) ${what}`);
};
function contains(a: Json, b: Json): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (isArray(a) && isArray(b)) return b.every((each) => a.some((other) => typeName(other) === typeName(each) && contains(other, each)));
  if (isObject(a) && isObject(b)) return Object.entries(b).every(([key, each]) => Object.hasOwn(a, key) && contains(a[key] ?? null, each));
  if (typeName(a) === typeName(b)) return compareJson(a, b) === 0;
  throw new JqError(`${typeName(a)} (${textOf(a)}) and ${typeName(b)} (${textOf(b)}) cannot have their containment checked`);
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

function simple(name: string, value: Json, [a = null, b = null, c = null]: readonly Json[]): readonly Json[] | undefined {
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
      if (!isObject(value)) throw new JqError(`${typeName(value)} (${textOf(value)}) has no keys`);
      return [name === 'keys' ? Object.keys(value).sort() : Object.keys(value)];
    case 'has':
      if (isObject(value) && typeof a === 'string') return [Object.hasOwn(value, a)];
      if (isArray(value) && typeof a === 'number') return [a >= 0 && a < value.length];
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
    case 'abs':
    case 'fabs':
      if (typeof value !== 'number') throw new JqError(`${typeName(value)} (${textOf(value)}) number required`);
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
          ? `Cannot use ${typeName(value)} (${textOf(value)}) as a number`.replace(
              /^Cannot.*/,
              `Invalid numeric literal at EOF at line 1, column ${value.length} (while parsing '${value}')`,
            )
          : `${typeName(value)} (${textOf(value)}) cannot be parsed as a number`,
      );
    case 'tojson':
      return [textOf(typeof value === 'string' ? value : value) === value ? JSON.stringify(value) : textOf(value)];
    case 'fromjson': {
      const parsed = parseJsonStream(text(value, 'only strings can be parsed'));
      if (parsed.problem !== undefined) throw new JqError(`${parsed.problem} (while parsing '${textOf(value)}')`);
      return [parsed.values[0] ?? null];
    }
    case 'ascii_downcase':
      return [text(value, 'cannot be lowercased').replace(/[A-Z]/g, (char) => char.toLowerCase())];
    case 'ascii_upcase':
      return [text(value, 'cannot be uppercased').replace(/[a-z]/g, (char) => char.toUpperCase())];
    case 'ltrimstr':
      return [typeof value === 'string' && typeof a === 'string' && value.startsWith(a) ? value.slice(a.length) : value];
    case 'rtrimstr':
      return [typeof value === 'string' && typeof a === 'string' && a !== '' && value.endsWith(a) ? value.slice(0, -a.length) : value];
    case 'startswith':
      return [text(value, 'startswith() requires string inputs').startsWith(text(a, 'startswith() requires string inputs'))];
    case 'endswith':
      return [text(value, 'endswith() requires string inputs').endsWith(text(a, 'endswith() requires string inputs'))];
    case 'explode':
      return [[...text(value, 'cannot be exploded')].map((char) => char.codePointAt(0) ?? 0)];
    case 'implode':
      return [
        list(value, name)
          .map((code) => String.fromCodePoint(Number(code)))
          .join(''),
      ];
    case 'split':
      if (b === null && typeof value === 'string' && typeof a === 'string') return [arithmetic('/', value, a)];
      return [text(value, 'cannot be split').split(regexOf(text(a, 'cannot be split'), ''))];
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
    case 'tojsonstream':
    case 'input':
    case 'inputs':
      return undefined;
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
