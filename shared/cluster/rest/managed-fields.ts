/**
 * Who set which field (metadata.managedFields), and server-side apply: what one manager applies is merged into what there is, what it no longer
 * applies goes, what another manager holds is a conflict unless forced (kubernetes.io/docs/reference/using-api/server-side-apply).
 */
import { err, ok } from '../../base/index.ts';
import type { ApiResult, Json, KubeObject, ManagedFieldsEntry } from '../../commands/index.ts';
import { appliedFieldsOf, fieldsOf, fromFieldsV1, itemKey, pathText, toFieldsV1, valueAt, withoutPath, type FieldSet } from './field-set.ts';
import { isObject, type JsonObject, type Schema, type Schemas } from './schema.ts';

interface Held {
  readonly entry: ManagedFieldsEntry;
  readonly set: FieldSet;
}

export interface Applier {
  readonly manager: string;
  readonly force: boolean;
  readonly now: string;
  readonly apiVersion: string;
}

const heldBy = (object: KubeObject | undefined): readonly Held[] =>
  (object?.metadata.managedFields ?? []).map((entry) => ({ entry, set: fromFieldsV1(entry.fieldsV1) }));

const entryOf = (manager: string, operation: 'Apply' | 'Update', by: Pick<Applier, 'apiVersion' | 'now'>, set: FieldSet): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: by.apiVersion,
  time: by.now,
  fieldsType: 'FieldsV1',
  fieldsV1: toFieldsV1(set),
});

const isSame = (a: FieldSet, b: FieldSet): boolean => a.size === b.size && [...a].every((path) => b.has(path));
/** An entry keeps its time while what it holds stays; one that holds nothing goes. */
const rewritten = ({ entry, set }: Held, next: FieldSet): readonly ManagedFieldsEntry[] =>
  next.size === 0 ? [] : isSame(set, next) ? [entry] : [{ ...entry, fieldsV1: toFieldsV1(next) }];

/** After a create, an update or a patch: what changed is now this manager's. */
export function noteUpdate(
  schemas: Schemas,
  schema: Schema | undefined,
  before: KubeObject | undefined,
  after: KubeObject,
  by: Omit<Applier, 'force'>,
): readonly ManagedFieldsEntry[] {
  const old = before as unknown as Json | undefined;
  const now = after as unknown as Json;
  const present = fieldsOf(schemas, schema, now);
  const changed = new Set(
    [...present].filter((path) => old === undefined || !isEqual(valueAt(schemas, schema, old, path), valueAt(schemas, schema, now, path))),
  );
  const isOwn = ({ entry }: Held): boolean => entry.manager === by.manager && entry.operation === 'Update' && entry.subresource === undefined;
  const all = heldBy(before);
  const others = all.flatMap((held) => {
    if (isOwn(held)) return [];
    return rewritten(held, new Set([...held.set].filter((path) => present.has(path) && !changed.has(path))));
  });
  const own = all.find(isOwn);
  const set = new Set([...(own?.set ?? []), ...changed].filter((path) => present.has(path)));
  if (set.size === 0) return others;
  return [...others, own && isSame(own.set, set) ? own.entry : entryOf(by.manager, 'Update', by, set)];
}

/** What an application makes of the object, with its managers; the same object when nothing changes. */
export function applyConfiguration(
  schemas: Schemas,
  schema: Schema | undefined,
  live: KubeObject | undefined,
  applied: JsonObject,
  by: Applier,
): ApiResult<KubeObject> {
  const wanted = appliedFieldsOf(schemas, schema, applied);
  const all = heldBy(live);
  const isOwn = ({ entry }: Held): boolean => entry.manager === by.manager && entry.operation === 'Apply';
  const present = live as unknown as Json | undefined;
  const contested = (path: string): boolean =>
    present !== undefined && !isEqual(valueAt(schemas, schema, present, path), valueAt(schemas, schema, applied, path));
  const conflicts = all
    .filter((held) => !isOwn(held))
    .map((held) => ({ held, paths: [...held.set].filter((path) => wanted.has(path) && contested(path)) }))
    .filter(({ paths }) => paths.length > 0);
  if (conflicts.length > 0 && !by.force) return conflictOf(conflicts);
  const taken = new Set(conflicts.flatMap(({ paths }) => paths));
  const others = all.filter((held) => !isOwn(held)).map((held) => ({ held, set: new Set([...held.set].filter((path) => !taken.has(path))) }));
  const own = all.find(isOwn);
  let merged = present === undefined ? applied : merge(schemas, schema, present, applied);
  const dropped = [...(own?.set ?? [])].filter((path) => !wanted.has(path) && !others.some(({ set }) => set.has(path)));
  // what lies deeper goes first, so that a map is empty when its turn comes
  for (const path of dropped.sort((a, b) => b.length - a.length)) merged = withoutPath(schemas, schema, merged, path);
  const mine = own && isSame(own.set, wanted) ? own.entry : entryOf(by.manager, 'Apply', by, wanted);
  const managedFields = [...others.flatMap(({ held, set }) => rewritten(held, set)), mine];
  const object = merged as unknown as KubeObject;
  return ok({ ...object, metadata: { ...object.metadata, managedFields } });
}

function conflictOf(conflicts: readonly { readonly held: Held; readonly paths: readonly string[] }[]): ApiResult<never> {
  const causes = conflicts.flatMap(({ held, paths }) =>
    paths.map((path) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${held.entry.manager}"${held.entry.operation === 'Update' ? ` using ${held.entry.apiVersion}` : ''}`,
      field: pathText(path),
    })),
  );
  const [first] = causes;
  const message =
    causes.length === 1 && first
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${[...new Set(causes.map((cause) => cause.message))]
          .map((manager) => {
            const fields = causes.filter((cause) => cause.message === manager).map((cause) => `\n- ${cause.field}`);
            return `${manager.replace(/^conflict with/, 'conflicts with')}:${fields.join('')}`;
          })
          .join('\n')}`;
  return err({ code: 409, reason: 'Conflict', message, causes });
}

function merge(schemas: Schemas, schema: Schema | undefined, live: Json, applied: Json): Json {
  if (Array.isArray(live) && Array.isArray(applied)) {
    const keys = schema?.['x-kubernetes-list-map-keys'];
    if (schemas.isAtomic(schema, applied)) return applied as readonly Json[];
    const [there, wanted] = [live as readonly Json[], applied as readonly Json[]];
    if (!keys) return [...there, ...wanted.filter((one) => !there.some((item) => isEqual(item, one)))];
    const rest = wanted.filter((one) => !there.some((item) => itemKey(schemas, schema, item) === itemKey(schemas, schema, one)));
    const kept = there.map((item): Json => {
      const same = wanted.find((one) => itemKey(schemas, schema, one) === itemKey(schemas, schema, item));
      return same === undefined ? item : merge(schemas, schemas.items(schema), item, same);
    });
    return [...kept, ...rest];
  }
  if (!isObject(live) || !isObject(applied) || (schema?.['x-kubernetes-map-type'] ?? 'granular') === 'atomic') return applied;
  const merged: Record<string, Json | undefined> = { ...live };
  for (const [name, value] of Object.entries(applied)) {
    const there = live[name];
    if (value !== undefined) merged[name] = there === undefined ? value : merge(schemas, schemas.field(schema, name), there, value);
  }
  return merged;
}

const isEqual = (a: Json | undefined, b: Json | undefined): boolean => canonical(a) === canonical(b);
const canonical = (value: Json | undefined): string =>
  isObject(value)
    ? `{${Object.keys(value)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
        .join()}}`
    : Array.isArray(value)
      ? `[${(value as readonly Json[]).map(canonical).join()}]`
      : JSON.stringify(value ?? null);
