/**
 * What changed between two topologies, small enough that a tape of hours stays small: per list what left, what came, and of what changed
 * only the fields that did (null: the field is gone).
 *
 * Invariant: applyDelta(before, diffTopology(before, after)) equals after, order included.
 */
import type { Topology } from '../topology/index.ts';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

export interface ListDelta {
  readonly remove?: readonly string[];
  readonly change?: readonly (readonly [id: string, fields: Readonly<Record<string, unknown>>])[];
  readonly add?: readonly Item[];
  /** All ids in order, where it is not: those that stayed, then those that came. */
  readonly order?: readonly string[];
}
export interface TopologyDelta {
  readonly boxes?: ListDelta;
  readonly lines?: ListDelta;
}

/** Undefined: nothing changed. */
export function diffTopology(before: Topology, after: Topology): TopologyDelta | undefined {
  const boxes = diffList(asItems(before.boxes), asItems(after.boxes));
  const lines = diffList(asItems(before.lines), asItems(after.lines));
  return boxes || lines ? { ...(boxes && { boxes }), ...(lines && { lines }) } : undefined;
}

/** Undefined: the delta does not belong to this topology. */
export function applyDelta(before: Topology, delta: TopologyDelta): Topology | undefined {
  const boxes = applyList(asItems(before.boxes), delta.boxes);
  const lines = applyList(asItems(before.lines), delta.lines);
  return boxes && lines ? { boxes: boxes as unknown as Topology['boxes'], lines: lines as unknown as Topology['lines'] } : undefined;
}

const asItems = (list: Topology['boxes'] | Topology['lines']): readonly Item[] => list as unknown as readonly Item[];

function diffList(before: readonly Item[], after: readonly Item[]): ListDelta | undefined {
  const old = new Map(before.map((item) => [item.id, item]));
  const now = new Map(after.map((item) => [item.id, item]));
  const remove = before.filter((item) => !now.has(item.id)).map((item) => item.id);
  const add = after.filter((item) => !old.has(item.id));
  const change = after.flatMap((item) => {
    const was = old.get(item.id);
    const fields = was && was !== item ? diffFields(was, item) : undefined;
    return fields ? [[item.id, fields] as const] : [];
  });
  const order = after.map((item) => item.id);
  const natural = [...before.filter((item) => now.has(item.id)), ...add].map((item) => item.id);
  const isNatural = natural.every((id, index) => id === order[index]);
  if (remove.length + add.length + change.length === 0 && isNatural) return undefined;
  return { ...(remove.length > 0 && { remove }), ...(change.length > 0 && { change }), ...(add.length > 0 && { add }), ...(!isNatural && { order }) };
}

function diffFields(was: Item, is: Item): Readonly<Record<string, unknown>> | undefined {
  const fields: [string, unknown][] = [];
  for (const [key, value] of Object.entries(is)) if (JSON.stringify(was[key]) !== JSON.stringify(value)) fields.push([key, value]);
  for (const key of Object.keys(was)) if (!Object.hasOwn(is, key) || is[key] === undefined) fields.push([key, null]);
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

function applyList(before: readonly Item[], delta: ListDelta | undefined): readonly Item[] | undefined {
  if (!delta) return before;
  const items = new Map(before.map((item) => [item.id, item]));
  for (const id of delta.remove ?? []) if (!items.delete(id)) return undefined;
  for (const [id, fields] of delta.change ?? []) {
    const item = items.get(id);
    if (!item) return undefined;
    items.set(id, Object.fromEntries(Object.entries({ ...item, ...fields }).filter(([, value]) => value !== null)) as Item);
  }
  for (const item of delta.add ?? []) items.set(item.id, item);
  if (!delta.order) return [...items.values()];
  const ordered = delta.order.flatMap((id) => items.get(id) ?? []);
  return ordered.length === items.size ? ordered : undefined;
}
