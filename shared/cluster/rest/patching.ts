/**
 * The ways to change an object by saying what differs: JSON Patch (RFC 6902), JSON Merge Patch (RFC 7386), and Kubernetes' strategic merge
 * patch, whose lists are merged by the key that the type names (k8s.io/apimachinery/pkg/util/strategicpatch).
 */
import { err, ok, type Result } from '../../base/index.ts';
import type { Json } from '../../commands/index.ts';
import { isObject, type JsonObject, type Schema, type Schemas } from './schema.ts';

export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json | undefined> = { ...(isObject(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (value !== undefined) merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

// --- JSON Patch ---

/** The error is the reason, as the server's library words it. */
export function jsonPatch(target: Json, patch: Json): Result<Json, string> {
  if (!Array.isArray(patch)) return err('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let value = target;
  for (const operation of patch as readonly Json[]) {
    if (!isObject(operation)) return err('an operation is not an object');
    const changed = applyOperation(value, operation);
    if (!changed.ok) return changed;
    value = changed.value;
  }
  return ok(value);
}

function applyOperation(target: Json, operation: JsonObject): Result<Json, string> {
  const { op, path, from, value = null } = operation;
  if (typeof path !== 'string') return err('the operation has no path');
  const at = pointer(path);
  switch (op) {
    case 'add':
      return edit(target, at, 'add', value);
    case 'replace':
      return edit(target, at, 'replace', value);
    case 'remove':
      return edit(target, at, 'remove', null);
    case 'test': {
      const found = lookup(target, at);
      return JSON.stringify(sortKeys(found ?? null)) === JSON.stringify(sortKeys(value)) ? ok(target) : err(`testing value ${path} failed: test failed`);
    }
    case 'copy':
    case 'move': {
      const source = pointer(typeof from === 'string' ? from : '');
      const found = lookup(target, source);
      if (found === undefined) return err(`${op} operation does not apply: from path is missing: ${JSON.stringify(from ?? null)}`);
      const without = op === 'move' ? edit(target, source, 'remove', null) : ok(target);
      return without.ok ? edit(without.value, at, 'add', found) : without;
    }
    default:
      return err(`Unexpected kind: ${JSON.stringify(op ?? null)}`);
  }
}

const pointer = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function lookup(value: Json | undefined, path: readonly string[]): Json | undefined {
  for (const part of path) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(part)];
    else value = isObject(value) ? value[part] : undefined;
  }
  return value;
}

function edit(target: Json, path: readonly string[], how: 'add' | 'replace' | 'remove', value: Json): Result<Json, string> {
  const [part, ...rest] = path;
  if (part === undefined) return ok(value);
  const missing = (): Result<never, string> => err(`${how} operation does not apply: doc is missing path: /${path.join('/')}: missing value`);
  if (Array.isArray(target)) {
    const items = [...(target as readonly Json[])];
    const index = part === '-' ? items.length : Number(part);
    if (!Number.isInteger(index) || index < 0 || index > items.length || (index === items.length && (how !== 'add' || rest.length > 0))) return missing();
    if (rest.length > 0) {
      const inner = edit(items[index]!, rest, how, value);
      if (!inner.ok) return inner;
      items[index] = inner.value;
    } else if (how === 'add') items.splice(index, 0, value);
    else if (how === 'replace') items[index] = value;
    else items.splice(index, 1);
    return ok(items);
  }
  if (!isObject(target)) return missing();
  const there = target[part];
  if (rest.length > 0) {
    if (there === undefined) return missing();
    const inner = edit(there, rest, how, value);
    return inner.ok ? ok({ ...target, [part]: inner.value }) : inner;
  }
  if (how !== 'add' && there === undefined) return missing();
  if (how !== 'remove') return ok({ ...target, [part]: value });
  const { [part]: _, ...others } = target;
  return ok(others);
}

export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sortKeys(inner!)]),
  );
}

// --- strategic merge ---

const ORDER = '$setElementOrder/';
const DELETE_FROM = '$deleteFromPrimitiveList/';

export function strategicPatch(schemas: Schemas, schema: Schema | undefined, target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  if (patch['$patch'] === 'replace') return without(patch, ['$patch']);
  if (patch['$patch'] === 'delete') return {};
  const retained = isObject(patch) && Array.isArray(patch['$retainKeys']) ? (patch['$retainKeys'] as readonly Json[]) : undefined;
  const merged: Record<string, Json | undefined> = { ...(isObject(target) ? target : {}) };
  if (retained) for (const name of Object.keys(merged)) if (!retained.includes(name)) delete merged[name];
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$') || value === undefined) continue;
    if (value === null) {
      delete merged[name];
      continue;
    }
    const field = schemas.field(schema, name);
    if (Array.isArray(value)) merged[name] = mergeList(schemas, field, merged[name], value as readonly Json[], order(patch, name));
    else merged[name] = strategicPatch(schemas, field, merged[name], value);
  }
  // directives about lists that the patch does not touch otherwise
  for (const [name, value] of Object.entries(patch)) {
    if (!Array.isArray(value)) continue;
    const list = name.replace(/^\$[A-Za-z]+\//, '');
    const there = merged[list];
    if (name.startsWith(DELETE_FROM) && Array.isArray(there))
      merged[list] = (there as readonly Json[]).filter((one) => !(value as readonly Json[]).includes(one));
    if (name.startsWith(ORDER) && patch[list] === undefined && Array.isArray(there))
      merged[list] = inOrder(there as readonly Json[], value as readonly Json[], schemas.field(schema, list)?.['x-kubernetes-patch-merge-key']);
  }
  return merged;
}

const order = (patch: JsonObject, name: string): readonly Json[] | undefined => {
  const value = patch[`${ORDER}${name}`];
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
};

function mergeList(
  schemas: Schemas,
  field: Schema | undefined,
  target: Json | undefined,
  patch: readonly Json[],
  wanted: readonly Json[] | undefined,
): readonly Json[] {
  const there = Array.isArray(target) ? (target as readonly Json[]) : [];
  const isMerged = field?.['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false;
  if (patch.some((one) => isObject(one) && one['$patch'] === 'replace')) return patch.filter((one) => !(isObject(one) && one['$patch'] === 'replace'));
  if (!isMerged) return patch.map((one) => (isObject(one) ? without(one, ['$patch']) : one));
  const key = field?.['x-kubernetes-patch-merge-key'];
  if (key === undefined) return inOrder([...there, ...patch.filter((one) => !there.includes(one))], wanted, undefined);
  const items = [...there];
  for (const one of patch) {
    if (!isObject(one)) continue;
    const index = items.findIndex((item) => isObject(item) && item[key] === one[key]);
    if (one['$patch'] === 'delete') {
      if (index >= 0) items.splice(index, 1);
    } else if (index >= 0) items[index] = strategicPatch(schemas, schemas.items(field), items[index], one);
    else items.push(strategicPatch(schemas, schemas.items(field), undefined, one));
  }
  return inOrder(items, wanted, key);
}

/** As the patch wants them; what it does not name keeps its place among its neighbours, which is after them. */
function inOrder(items: readonly Json[], wanted: readonly Json[] | undefined, key: string | undefined): readonly Json[] {
  if (!wanted) return items;
  const keyOf = (item: Json): Json | undefined => (key !== undefined && isObject(item) ? item[key] : item);
  const names = wanted.map(keyOf);
  const rank = (item: Json): number => {
    const at = names.indexOf(keyOf(item) ?? null);
    return at < 0 ? names.length : at;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}

function without(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
