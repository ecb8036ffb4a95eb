/** The functions of jq 1.6 that jq itself writes in jq, so written here too. */
import { parseJq, type Filter } from './syntax.ts';

/** Name and number of arguments, which are f0, f1 …, and the body. */
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
  'normals/0': '.',
  'index/1': 'f0 as $i | indices($i) | .[0]',
  'rindex/1': 'f0 as $i | indices($i) | .[-1:][0]',
  'capture/1': '[match(f0)] | .[] | [.captures | .[] | select(.name != null) | {key: .name, value: .string}] | from_entries',
  'scan/1': 'match(f0; "g") | if (.captures | length) > 0 then [.captures | .[] | .string] else .string end',
  'limit/2': 'f0 as $n | if $n <= 0 then f1 else label $out | foreach f1 as $x (0; . + 1; $x, if . >= $n then break $out else empty end) end',
  'splits/1': 'splits(f0; null)',
  'splits/2': 'split(f0; f1) | .[]',
  'nth/2': 'f0 as $n | if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f1)) end',
  'tostream/0': 'path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q])',
  'fromstream/1':
    '{x: null, e: false} as $init | foreach f0 as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end)',
  'truncate_stream/1': '. as $n | null | f0 | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end',
  'IN/1': 'any(f0 == .; .)',
  'IN/2': 'any(f0 == f1; .)',
  'INDEX/1': 'INDEX(.[]; f0)',
  'INDEX/2': 'reduce f0 as $row ({}; .[$row | f1 | tostring] |= $row)',
  'combinations/1': '. as $dot | [range(f0)] | map($dot) | combinations',
  'fromdateiso8601/0': 'strptime("%Y-%m-%dT%H:%M:%SZ") | mktime',
  'todateiso8601/0': 'strftime("%Y-%m-%dT%H:%M:%SZ")',
  'fromdate/0': 'fromdateiso8601',
  'finites/0': 'select(isinfinite or isnan | not)',
  'isvalid/1': 'try (f0 | true) catch false',
  'todate/0': 'strftime("%Y-%m-%dT%H:%M:%SZ")',
  'getpath_or_null/1': 'getpath(f0)',
  'range/1': 'range(0; f0)',
};
const COMPILED = new Map<string, Filter>();

export function definitionOf(name: string, args: readonly Filter[]): Filter | undefined {
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
