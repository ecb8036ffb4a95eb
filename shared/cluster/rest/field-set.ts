/**
 * Sets of fields, as managedFields writes them (FieldsV1): `f:name` a field, `k:{"name":"x"}` an item by its keys, `v:"x"` an item of a set,
 * `.` the thing itself (sigs.k8s.io/structured-merge-diff). A path is its elements joined by a character that no name has.
 */
import type { Json } from '../../commands/index.ts';
import { sortKeys } from './patching.ts';
import { isObject, type JsonObject, type Schema, type Schemas } from './schema.ts';

export type FieldSet = ReadonlySet<string>;

const GLUE = '\u0000';
const SELF = '.';
/** What the server alone writes. */
const UNOWNED = new Set([
  'f:apiVersion',
  'f:kind',
  'f:status',
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion', 'deletionTimestamp'].map(
    (name) => `f:metadata${GLUE}f:${name}`,
  ),
]);

/** Every field that is set in an object. */
export function fieldsOf(schemas: Schemas, schema: Schema | undefined, object: Json): FieldSet {
  const found = new Set<string>();
  const walk = (described: Schema | undefined, value: Json, path: readonly string[]): void => {
    if (UNOWNED.has(path.join(GLUE))) return;
    const add = (...more: readonly string[]): void => void found.add([...path, ...more].join(GLUE));
    if (value === null || typeof value !== 'object' || (path.length > 0 && schemas.isAtomic(described, value))) return add();
    if (Array.isArray(value)) {
      const keys = described?.['x-kubernetes-list-map-keys'];
      if (value.length === 0) add();
      for (const item of value as readonly Json[]) {
        if (!keys) add(`v:${JSON.stringify(item)}`);
        else {
          const name = `k:${itemKey(schemas, described, item)}`;
          add(name, SELF);
          walk(schemas.items(described), item, [...path, name]);
        }
      }
      return;
    }
    const isMap = schemas.resolve(described)?.properties === undefined;
    const entries = Object.entries(value as JsonObject).filter(([, inner]) => inner !== undefined);
    if (path.length > 0 && (isMap || entries.length === 0)) add(...(isMap && entries.length > 0 ? [SELF] : []));
    for (const [name, inner] of entries) walk(schemas.field(described, name), inner!, [...path, `f:${name}`]);
  };
  walk(schema, object, []);
  return found;
}

/** The same of what is applied: there a map is owned by its entries alone. */
export const appliedFieldsOf = (schemas: Schemas, schema: Schema | undefined, object: Json): FieldSet =>
  new Set([...fieldsOf(schemas, schema, object)].filter((path) => !OWN_MAP.test(path)));
const OWN_MAP = /(^|\0)f:[^\0]*\0\.$/;

/** The keys of an item in a list that is a map, with their defaults. */
export function itemKey(schemas: Schemas, list: Schema | undefined, item: Json): string {
  const described = schemas.items(list);
  const keys = list?.['x-kubernetes-list-map-keys'] ?? [];
  const entries = keys.map((key) => [key, (isObject(item) ? item[key] : undefined) ?? schemas.field(described, key)?.default ?? null] as const);
  return JSON.stringify(sortKeys(Object.fromEntries(entries)));
}

/** What stands at a path; for the thing itself only whether it is there. */
export function valueAt(schemas: Schemas, schema: Schema | undefined, object: Json, path: string): Json | undefined {
  let value: Json | undefined = object;
  let described = schema;
  for (const element of path.split(GLUE)) {
    if (element === SELF) return true;
    const name = element.slice(2);
    if (element.startsWith('f:')) {
      value = isObject(value) ? value[name] : undefined;
      described = schemas.field(described, name);
    } else {
      const items: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [];
      const list = described;
      value = items.find((item) => (element.startsWith('k:') ? itemKey(schemas, list, item) : JSON.stringify(item)) === name);
      described = schemas.items(described);
    }
    if (value === undefined) return undefined;
  }
  return value;
}

export function withoutPath(schemas: Schemas, schema: Schema | undefined, object: Json, path: string): Json {
  const cut = (described: Schema | undefined, value: Json, elements: readonly string[]): Json => {
    const [element = '', ...rest] = elements;
    const isLast = rest.length === 0 || rest[0] === SELF;
    const name = element.slice(2);
    if (element.startsWith('f:')) {
      if (!isObject(value)) return value;
      const { [name]: inner, ...others } = value;
      if (inner === undefined) return value;
      if (!isLast) return { ...value, [name]: cut(schemas.field(described, name), inner, rest) };
      // a map goes with its last entry, not before
      return rest[0] === SELF && isObject(inner) && Object.keys(inner).length > 0 ? value : others;
    }
    if (!Array.isArray(value)) return value;
    const isThis = (item: Json): boolean => (element.startsWith('k:') ? itemKey(schemas, described, item) : JSON.stringify(item)) === name;
    const items = value as readonly Json[];
    return isLast ? items.filter((item) => !isThis(item)) : items.map((item) => (isThis(item) ? cut(schemas.items(described), item, rest) : item));
  };
  return cut(schema, object, path.split(GLUE));
}

/** `.spec.containers[name="web"].image`, as a conflict names it. */
export const pathText = (path: string): string =>
  path
    .split(GLUE)
    .filter((element) => element !== SELF)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = JSON.parse(element.slice(2)) as Record<string, unknown>;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');

export function toFieldsV1(set: FieldSet): JsonObject {
  const tree: Record<string, Json> = {};
  for (const path of [...set].sort()) {
    let node = tree;
    for (const element of path.split(GLUE)) node = (node[element] ??= {}) as Record<string, Json>;
  }
  return tree;
}

export function fromFieldsV1(tree: Json | undefined): FieldSet {
  const found = new Set<string>();
  const walk = (node: Json | undefined, path: readonly string[]): void => {
    const entries = isObject(node) ? Object.entries(node) : [];
    if (entries.length === 0 && path.length > 0) found.add(path.join(GLUE));
    for (const [element, inner] of entries) walk(inner, [...path, element]);
  };
  walk(tree, []);
  return found;
}
