/** Running a jq filter: each filter turns one value into any number of values, lazily. Paths are followed beside values, for updates. */
import { formatValue } from './formats.ts';
import { JqError } from './error.ts';
import { isArray, isObject, isTruthy, type Json, type JsonObject } from './json.ts';
import type { Filter, Pattern } from './syntax.ts';
import { arithmetic, deletePaths, describe, getKey, setPath, slice, type Path } from './values.ts';

class Break extends Error {
  constructor(readonly label: object) {
    super('break');
  }
}
/** A value and, while paths are asked for, where it came from. */
export interface At {
  readonly value: Json;
  readonly path: Path | undefined;
}
type Closure = { readonly filter: Filter; readonly scope: Scope; readonly params: readonly string[] };

export type CallBuiltin = (name: string, args: readonly Filter[], at: At, scope: Scope) => Generator<At, void, void>;
export class Scope {
  private constructor(
    private readonly parent: Scope | undefined,
    private readonly values: ReadonlyMap<string, Json>,
    private readonly functions: ReadonlyMap<string, Closure>,
    private readonly labels: ReadonlyMap<string, object>,
    readonly budget: Budget,
    /** The functions that come with jq. */
    readonly callBuiltin: CallBuiltin,
  ) {}
  static root(values: ReadonlyMap<string, Json>, callBuiltin: CallBuiltin): Scope {
    return new Scope(undefined, values, new Map(), new Map(), new Budget(), callBuiltin);
  }
  bind(name: string, value: Json): Scope {
    return new Scope(this, new Map([[name, value]]), new Map(), new Map(), this.budget, this.callBuiltin);
  }
  define(name: string, closure: Closure): Scope {
    return new Scope(this, new Map(), new Map([[name, closure]]), new Map(), this.budget, this.callBuiltin);
  }
  /** A function sees itself. */
  defineRecursive(name: string, params: readonly string[], filter: Filter): Scope {
    const functions = new Map<string, Closure>();
    const scope = new Scope(this, new Map(), functions, new Map(), this.budget, this.callBuiltin);
    functions.set(name, { filter, scope, params });
    return scope;
  }
  label(name: string, label: object): Scope {
    return new Scope(this, new Map(), new Map(), new Map([[name, label]]), this.budget, this.callBuiltin);
  }
  value(name: string): Json | undefined {
    return this.values.has(name) ? this.values.get(name) : this.parent?.value(name);
  }
  function(name: string): Closure | undefined {
    return this.functions.get(name) ?? this.parent?.function(name);
  }
  labelOf(name: string): object | undefined {
    return this.labels.get(name) ?? this.parent?.labelOf(name);
  }
}
/** How much a filter may do: one that never ends stops here. */
class Budget {
  private left = 20_000_000;
  spend(): void {
    if (--this.left < 0) throw new JqError('the filter runs too long (limit: 20000000 steps)');
  }
}

const inner = (at: At, value: Json, key: Json): At => ({ value, path: at.path && [...at.path, key] });
const plain = (value: Json): At => ({ value, path: undefined });
export function* evaluate(filter: Filter, at: At, scope: Scope): Generator<At, void, void> {
  scope.budget.spend();
  switch (filter.kind) {
    case 'identity':
      yield at;
      return;
    case 'recurse':
      yield* recurse(at);
      return;
    case 'literal':
      yield plain(filter.value);
      return;
    case 'format':
      yield plain(formatValue(filter.name, at.value));
      return;
    case 'string':
      yield* interpolate(filter.parts, 0, '', filter.format, at, scope);
      return;
    case 'index':
      for (const of of evaluate(filter.of, at, scope))
        for (const { value: key } of evaluate(filter.key, { ...at, path: undefined }, scope)) yield inner(of, getKey(of.value, key), key);
      return;
    case 'slice':
      for (const of of evaluate(filter.of, at, scope)) {
        for (const to of bound(filter.to, at, scope))
          for (const from of bound(filter.from, at, scope)) yield inner(of, slice(of.value, from, to), { start: from, end: to });
      }
      return;
    case 'iterate':
      for (const of of evaluate(filter.of, at, scope)) yield* iterate(of);
      return;
    case 'try':
      yield* attempt(filter.body, filter.otherwise, at, scope);
      return;
    case 'pipe':
      for (const left of evaluate(filter.left, at, scope)) yield* evaluate(filter.right, left, scope);
      return;
    case 'comma':
      yield* evaluate(filter.left, at, scope);
      yield* evaluate(filter.right, at, scope);
      return;
    case 'negate':
      for (const { value } of evaluate(filter.of, at, scope)) {
        if (typeof value !== 'number') throw new JqError(`${describe(value)} cannot be negated`);
        yield plain(-value);
      }
      return;
    case 'binary':
      yield* binary(filter, at, scope);
      return;
    case 'update':
      yield* update(filter, at, scope);
      return;
    case 'if':
      for (const { value } of evaluate(filter.test, { ...at, path: undefined }, scope)) yield* evaluate(isTruthy(value) ? filter.yes : filter.no, at, scope);
      return;
    case 'array':
      yield plain(filter.body ? Array.from(evaluate(filter.body, plain(at.value), scope), ({ value }) => value) : []);
      return;
    case 'object':
      yield* object(filter.entries, 0, {}, at, scope);
      return;
    case 'variable': {
      const value = scope.value(filter.name);
      if (value === undefined) throw new JqError(`$${filter.name} is not defined`);
      yield plain(value);
      return;
    }
    case 'as':
      for (const { value } of evaluate(filter.source, plain(at.value), scope))
        for (const bound of destructure(filter.patterns[0], value, at, scope)) yield* evaluate(filter.body, at, bound);
      return;
    case 'reduce': {
      for (const start of evaluate(filter.start, at, scope)) {
        let state: Json = start.value;
        for (const { value } of evaluate(filter.source, plain(at.value), scope)) {
          for (const bound of destructure(filter.pattern, value, at, scope)) {
            let next: Json = null;
            for (const result of evaluate(filter.update, plain(state), bound)) next = result.value;
            state = next;
          }
        }
        yield plain(state);
      }
      return;
    }
    case 'foreach':
      for (const start of evaluate(filter.start, at, scope)) {
        let state: Json = start.value;
        for (const { value } of evaluate(filter.source, plain(at.value), scope)) {
          for (const bound of destructure(filter.pattern, value, at, scope)) {
            for (const result of evaluate(filter.update, plain(state), bound)) {
              state = result.value;
              if (filter.extract) yield* evaluate(filter.extract, plain(state), bound);
              else yield plain(state);
            }
          }
        }
      }
      return;
    case 'def':
      yield* evaluate(filter.rest, at, scope.defineRecursive(`${filter.name}/${filter.params.length}`, filter.params, filter.body));
      return;
    case 'call':
      yield* call(filter.name, filter.args, at, scope);
      return;
    case 'label': {
      const label = {};
      try {
        yield* evaluate(filter.body, at, scope.label(filter.name, label));
      } catch (error) {
        if (!(error instanceof Break) || error.label !== label) throw error;
      }
      return;
    }
    case 'break': {
      const label = scope.labelOf(filter.name);
      throw label ? new Break(label) : new JqError(`$*label-${filter.name} is not defined`);
    }
    case 'empty-break':
      return;
  }
}

function* bound(filter: Filter | undefined, at: At, scope: Scope): Generator<Json, void, void> {
  if (!filter) yield null;
  else for (const { value } of evaluate(filter, plain(at.value), scope)) yield value;
}
export function* iterate(of: At): Generator<At, void, void> {
  if (isArray(of.value)) for (const [i, value] of of.value.entries()) yield inner(of, value, i);
  else if (isObject(of.value)) for (const [key, value] of Object.entries(of.value)) yield inner(of, value, key);
  else throw new JqError(`Cannot iterate over ${describe(of.value)}`);
}
export function* recurse(at: At): Generator<At, void, void> {
  yield at;
  if (isArray(at.value) || isObject(at.value)) for (const each of iterate(at)) yield* recurse(each);
}
function* attempt(body: Filter, otherwise: Filter | undefined, at: At, scope: Scope): Generator<At, void, void> {
  try {
    yield* evaluate(body, at, scope);
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
    if (otherwise) yield* evaluate(otherwise, plain(error.value), scope);
  }
}
function* interpolate(
  parts: readonly (string | Filter)[],
  i: number,
  before: string,
  format: string | undefined,
  at: At,
  scope: Scope,
): Generator<At, void, void> {
  const part = parts[i];
  if (part === undefined) yield plain(before);
  else if (typeof part === 'string') yield* interpolate(parts, i + 1, before + part, format, at, scope);
  else
    for (const { value } of evaluate(part, plain(at.value), scope))
      yield* interpolate(parts, i + 1, before + formatValue(format ?? '@text', value), format, at, scope);
}
function* object(entries: readonly (readonly [Filter, Filter])[], i: number, made: JsonObject, at: At, scope: Scope): Generator<At, void, void> {
  const entry = entries[i];
  if (!entry) {
    yield plain(made);
    return;
  }
  for (const { value: key } of evaluate(entry[0], plain(at.value), scope)) {
    if (typeof key !== 'string') throw new JqError(`Cannot use ${describe(key)} as object key`);
    for (const { value } of evaluate(entry[1], plain(at.value), scope)) yield* object(entries, i + 1, { ...made, [key]: value }, at, scope);
  }
}
function* destructure(pattern: Pattern | undefined, value: Json, at: At, scope: Scope): Generator<Scope, void, void> {
  if (!pattern) return;
  if (pattern.kind === 'variable') {
    yield scope.bind(pattern.name, value);
    return;
  }
  if (pattern.kind === 'array') {
    let scopes: Scope[] = [scope];
    for (const [i, item] of pattern.items.entries()) scopes = scopes.flatMap((each) => [...destructure(item, getKey(value, i), at, each)]);
    yield* scopes;
    return;
  }
  let scopes: Scope[] = [scope];
  for (const entry of pattern.entries) {
    scopes = scopes.flatMap((each) =>
      [...evaluate(entry.key, plain(at.value), each)].flatMap(({ value: key }) => {
        const found = getKey(value, key);
        const named = entry.variable === undefined ? each : each.bind(entry.variable, found);
        return entry.pattern ? [...destructure(entry.pattern, found, at, named)] : [named];
      }),
    );
  }
  yield* scopes;
}

function* binary(filter: Extract<Filter, { kind: 'binary' }>, at: At, scope: Scope): Generator<At, void, void> {
  const from = plain(at.value);
  if (filter.op === 'and' || filter.op === 'or') {
    for (const { value: left } of evaluate(filter.left, from, scope)) {
      if (isTruthy(left) === (filter.op === 'or')) yield plain(filter.op === 'or');
      else for (const { value: right } of evaluate(filter.right, from, scope)) yield plain(isTruthy(right));
    }
    return;
  }
  if (filter.op === '//') {
    let found = false;
    for (const left of evaluate(filter.left, at, scope)) {
      if (!isTruthy(left.value)) continue;
      found = true;
      yield left;
    }
    if (!found) yield* evaluate(filter.right, at, scope);
    return;
  }
  for (const { value: right } of evaluate(filter.right, from, scope))
    for (const { value: left } of evaluate(filter.left, from, scope)) yield plain(arithmetic(filter.op, left, right));
}

export const pathsOf = (filter: Filter, value: Json, scope: Scope): Path[] =>
  Array.from(evaluate(filter, { value, path: [] }, scope), ({ path }) => {
    if (!path) throw new JqError('Invalid path expression');
    return path;
  });
function* update(filter: Extract<Filter, { kind: 'update' }>, at: At, scope: Scope): Generator<At, void, void> {
  const { op } = filter;
  if (op === '|=') {
    let result = at.value;
    const deleted: Path[] = [];
    for (const path of pathsOf(filter.left, at.value, scope)) {
      result = setPath(result, path, (old) => {
        for (const { value } of evaluate(filter.right, plain(old), scope)) return value;
        deleted.push(path);
        return old;
      });
    }
    yield plain(deletePaths(result, deleted));
    return;
  }
  for (const { value: right } of evaluate(filter.right, plain(at.value), scope)) {
    let result = at.value;
    for (const path of pathsOf(filter.left, at.value, scope))
      result = setPath(result, path, (old) => (op === '=' ? right : op === '//=' ? (isTruthy(old) ? old : right) : arithmetic(op.slice(0, -1), old, right)));
    yield plain(result);
  }
}

function* call(name: string, args: readonly Filter[], at: At, scope: Scope): Generator<At, void, void> {
  const own = scope.function(`${name}/${args.length}`);
  if (!own) {
    yield* scope.callBuiltin(name, args, at, scope);
    return;
  }
  yield* bindParams(own, args, 0, own.scope, at, scope);
}
function* bindParams(closure: Closure, args: readonly Filter[], i: number, inside: Scope, at: At, caller: Scope): Generator<At, void, void> {
  const param = closure.params[i];
  const arg = args[i];
  if (param === undefined || !arg) {
    yield* evaluate(closure.filter, at, inside);
    return;
  }
  if (!param.startsWith('$')) {
    yield* bindParams(closure, args, i + 1, inside.define(`${param}/0`, { filter: arg, scope: caller, params: [] }), at, caller);
    return;
  }
  for (const { value } of evaluate(arg, plain(at.value), caller)) {
    const named = inside.bind(param.slice(1), value).define(`${param.slice(1)}/0`, { filter: { kind: 'literal', value }, scope: caller, params: [] });
    yield* bindParams(closure, args, i + 1, named, at, caller);
  }
}
