/** Goal: each kind of patch does what its specification says. Method: a schema of the few fields that matter, whole results. */
import { describe, expect, it } from 'vitest';
import { ok } from '../../base/index.ts';
import type { Json } from '../../commands/index.ts';
import { jsonPatch, mergePatch, strategicPatch } from './patching.ts';
import { Schemas } from './schema.ts';

const item = { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' }, args: { type: 'array', items: { type: 'string' } } } };
const SCHEMAS = new Schemas({
  Spec: {
    type: 'object',
    properties: {
      containers: { type: 'array', items: item, 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': 'name' },
      finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    },
  },
});

describe('JSON Merge Patch', () => {
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j', (target, patch, expected) => expect(mergePatch(target, patch)).toEqual(expected));
});

describe('JSON Patch', () => {
  it.each<[string, Json, Json, unknown]>([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], ok({ a: 1, b: 2 })],
    ['adds into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], ok({ a: [1, 2, 3] })],
    ['adds at the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], ok({ a: [1, 2] })],
    ['reads escapes', { 'x/y': 1 }, [{ op: 'replace', path: '/x~1y', value: 2 }], ok({ 'x/y': 2 })],
    ['moves', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], ok({ b: 1 })],
    ['copies', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], ok({ a: [1], b: [1] })],
    ['tests', { a: { x: 1, y: 2 } }, [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }], ok({ a: { x: 1, y: 2 } })],
    ['stops where a test fails', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }], { ok: false, error: 'testing value /a failed: test failed' }],
    [
      'removes nothing that is not there',
      {},
      [{ op: 'remove', path: '/a' }],
      { ok: false, error: 'remove operation does not apply: doc is missing path: /a: missing value' },
    ],
  ])('%s', (_, target, patch, expected) => expect(jsonPatch(target, patch)).toEqual(expected));
});

describe('strategic merge', () => {
  const before = {
    containers: [
      { name: 'a', image: '1', args: ['x'] },
      { name: 'b', image: '2' },
    ],
    finalizers: ['f'],
    labels: { k: 'v' },
  };
  it.each<[string, Json, Json]>([
    ['merges lists by their key', { containers: [{ name: 'b', image: '3' }] }, { ...before, containers: [before.containers[0]!, { name: 'b', image: '3' }] }],
    ['adds an item with a new key', { containers: [{ name: 'c' }] }, { ...before, containers: [...before.containers, { name: 'c' }] }],
    ['deletes an item', { containers: [{ name: 'a', $patch: 'delete' }] }, { ...before, containers: [before.containers[1]!] }],
    [
      'orders items',
      { $setElementOrder: null, '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { ...before, containers: [before.containers[1]!, before.containers[0]!] },
    ],
    [
      'replaces a plain list',
      { containers: [{ name: 'a', args: ['y'] }] },
      { ...before, containers: [{ name: 'a', image: '1', args: ['y'] }, before.containers[1]!] },
    ],
    ['joins sets', { finalizers: ['g'] }, { ...before, finalizers: ['f', 'g'] }],
    ['takes from sets', { '$deleteFromPrimitiveList/finalizers': ['f'] }, { ...before, finalizers: [] }],
    ['removes by null', { labels: { k: null, l: 'w' } }, { ...before, labels: { l: 'w' } }],
    ['replaces a map', { labels: { $patch: 'replace', n: 'm' } }, { ...before, labels: { n: 'm' } }],
  ])('%s', (_, patch, expected) => expect(strategicPatch(SCHEMAS, SCHEMAS.definitions['Spec'], before, patch)).toEqual(expected));
});
