/** Goal: a delta is exactly the difference. Method: the law of the pair on random topologies, and the size of a small change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box, Line, Topology } from '../topology/index.ts';
import { applyDelta, diffTopology } from './delta.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor');
const box = fc.record<Box>(
  {
    id,
    kind: fc.constantFrom('node', 'pod', 'interface'),
    label: fc.string({ maxLength: 3 }),
    sublabel: fc.string({ maxLength: 3 }),
    parent: id,
    state: fc.constantFrom('up', 'down'),
    labelAt: fc.constantFrom('top', 'middle'),
    x: fc.nat(3),
    y: fc.nat(3),
    width: fc.nat(3),
    height: fc.nat(3),
    facts: fc.array(fc.record({ key: fc.constantFrom('mtu', 'mac'), value: fc.string({ maxLength: 2 }) }), { maxLength: 2 }),
  },
  { requiredKeys: ['id', 'kind', 'label', 'state', 'labelAt', 'x', 'y', 'width', 'height', 'facts'] },
);
const line = fc.record<Line>({
  id,
  kind: fc.constantFrom('veth', 'wire'),
  from: id,
  to: id,
  state: fc.constantFrom('up', 'down'),
  points: fc.array(fc.record({ x: fc.nat(2), y: fc.nat(2) }), { maxLength: 3 }),
});
const topologyArbitrary: fc.Arbitrary<Topology> = fc.record({
  boxes: fc.uniqueArray(box, { selector: (item) => item.id }),
  lines: fc.uniqueArray(line, { selector: (item) => item.id }),
});

describe('delta', () => {
  it('leads from one topology to the other, also after it went through JSON', () => {
    fc.assert(
      fc.property(topologyArbitrary, topologyArbitrary, (before, after) => {
        const delta = diffTopology(before, after);
        const crossed = delta && (JSON.parse(JSON.stringify(delta)) as typeof delta);
        expect(crossed ? applyDelta(before, crossed) : before).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });
  it('is none between equal topologies', () => {
    fc.assert(fc.property(topologyArbitrary, (topology) => void expect(diffTopology(topology, structuredClone(topology))).toBeUndefined()));
  });
  it('holds only the fields that changed', () => {
    const one: Box = { id: 'node-1/eth0', kind: 'interface', label: 'eth0', state: 'up', labelAt: 'middle', x: 1, y: 2, width: 3, height: 4, facts: [] };
    const many = Array.from({ length: 100 }, (_, i) => ({ ...one, id: `node-1/veth${i}` }));
    const before: Topology = { boxes: [one, ...many], lines: [] };
    const after: Topology = { boxes: [{ ...one, state: 'down' }, ...many], lines: [] };
    expect(diffTopology(before, after)).toEqual({ boxes: { change: [['node-1/eth0', { state: 'down' }]] } });
  });
  it('of another topology is refused', () => {
    expect(applyDelta({ boxes: [], lines: [] }, { boxes: { remove: ['x'] } })).toBeUndefined();
    expect(applyDelta({ boxes: [], lines: [] }, { lines: { change: [['x', { state: 'up' }]] } })).toBeUndefined();
  });
});
