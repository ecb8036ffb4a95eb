/**
 * Goal: fields have owners, as server-side apply wants it. Method: two managers and one object; what is merged, who holds what, who is refused.
 */
import { describe, expect, it } from 'vitest';
import type { Json, KubeObject } from '../../commands/index.ts';
import { fieldsOf, fromFieldsV1, toFieldsV1 } from './field-set.ts';
import { applyConfiguration, noteUpdate } from './managed-fields.ts';
import { Schemas, type JsonObject } from './schema.ts';

const port = { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } } };
const SCHEMAS = new Schemas({
  Thing: {
    type: 'object',
    properties: {
      metadata: { type: 'object', properties: { name: { type: 'string' }, labels: { type: 'object', additionalProperties: { type: 'string' } } } },
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer' },
          words: { type: 'array', items: { type: 'string' } },
          tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
          ports: { type: 'array', items: port, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'] },
        },
      },
    },
  },
});
const SCHEMA = SCHEMAS.definitions['Thing'];
const thing = (spec: JsonObject, labels?: JsonObject): JsonObject => ({ metadata: { name: 'x', ...(labels ? { labels } : {}) }, spec });
const apply = (live: KubeObject | undefined, spec: JsonObject, manager: string, force = false) =>
  applyConfiguration(SCHEMAS, SCHEMA, live, thing(spec), { manager, force, now: '2026-01-01T00:00:00Z', apiVersion: 'v1' });
function applied(live: KubeObject | undefined, spec: JsonObject, manager: string, force = false): KubeObject {
  const result = apply(live, spec, manager, force);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const specOf = (object: KubeObject): unknown => (object as unknown as { readonly spec: unknown }).spec;
const held = (object: KubeObject): unknown => Object.fromEntries((object.metadata.managedFields ?? []).map((one) => [one.manager, one.fieldsV1]));

describe('sets of fields', () => {
  const object = thing({ size: 1, words: ['a'], tags: ['t'], ports: [{ port: 80, name: 'web' }] }, { k: 'v' }) as Json;
  it('names every field, items by their keys with defaults', () => {
    expect(toFieldsV1(fieldsOf(SCHEMAS, SCHEMA, object))).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:k': {} } },
      'f:spec': {
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
        'f:size': {},
        'f:tags': { 'v:"t"': {} },
        'f:words': {},
      },
    });
  });
  it('are read as they were written', () => {
    const set = fieldsOf(SCHEMAS, SCHEMA, object);
    expect(fromFieldsV1(toFieldsV1(set))).toEqual(set);
  });
});

describe('server-side apply', () => {
  it('merges what two managers want', () => {
    const first = applied(undefined, { size: 1, tags: ['a'], ports: [{ port: 80 }] }, 'one');
    const both = applied(first, { tags: ['b'], ports: [{ port: 443 }] }, 'two');
    expect(specOf(both)).toEqual({ size: 1, tags: ['a', 'b'], ports: [{ port: 80 }, { port: 443 }] });
  });
  it('takes away what its manager no longer wants, and nobody else', () => {
    const first = applied(undefined, { size: 1, tags: ['a', 'b'] }, 'one');
    const shared = applied(first, { tags: ['b'] }, 'two');
    expect(specOf(applied(shared, { size: 1 }, 'one'))).toEqual({ size: 1, tags: ['b'] });
  });
  it('refuses to change what another holds', () => {
    const first = applied(undefined, { size: 1, words: ['a'] }, 'one');
    expect(apply(first, { size: 2 }, 'two')).toMatchObject({
      ok: false,
      error: {
        code: 409,
        message: 'Apply failed with 1 conflict: conflict with "one": .spec.size',
        causes: [{ reason: 'FieldManagerConflict', field: '.spec.size', message: 'conflict with "one"' }],
      },
    });
    const forced = applied(first, { size: 2 }, 'two', true);
    expect(specOf(forced)).toEqual({ size: 2, words: ['a'] });
    expect(held(forced)).toEqual({ one: { 'f:spec': { 'f:words': {} } }, two: { 'f:spec': { 'f:size': {} } } });
  });
  it('lets two hold what they agree on', () => {
    const first = applied(undefined, { size: 1 }, 'one');
    expect(held(applied(first, { size: 1 }, 'two'))).toEqual({ one: { 'f:spec': { 'f:size': {} } }, two: { 'f:spec': { 'f:size': {} } } });
  });
  it('changes nothing the second time', () => {
    const first = applied(undefined, { size: 1 }, 'one');
    expect(applied(first, { size: 1 }, 'one')).toEqual(first);
  });
});

it('an update takes over what it changed', () => {
  const first = applied(undefined, { size: 1, words: ['a'] }, 'one');
  const changed = { ...first, spec: { size: 5, words: ['a'] } } as KubeObject;
  const managedFields = noteUpdate(SCHEMAS, SCHEMA, first, changed, { manager: 'editor', now: '2026-01-01T00:00:00Z', apiVersion: 'v1' });
  expect(managedFields.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1])).toEqual([
    ['one', 'Apply', { 'f:spec': { 'f:words': {} } }],
    ['editor', 'Update', { 'f:spec': { 'f:size': {} } }],
  ]);
});
