/** Laws of the figure's geometry. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Box, Point } from '../../shared/ipc/index.ts';
import { along, bendsOf, distance, lengthOf, neighbourBox, roundedPath } from './geometry.ts';

const coordinate = fc.integer({ min: -2000, max: 2000 });
const point: fc.Arbitrary<Point> = fc.record({ x: coordinate, y: coordinate });

test('bends put together again are the points they were made from', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 8 }), (points) => {
      const first = points[0]!;
      const last = points.at(-1)!;
      fc.pre(distance(first, last) > 1);
      const { weights, distances } = bendsOf(points);
      const length = distance(first, last);
      const unit = { x: (last.x - first.x) / length, y: (last.y - first.y) / length };
      // as cytoscape reckons: along the straight line, then beside it
      weights.forEach((weight, i) => {
        const x = first.x + (last.x - first.x) * weight - unit.y * distances[i]!;
        const y = first.y + (last.y - first.y) * weight + unit.x * distances[i]!;
        expect(x).toBeCloseTo(points[i + 1]!.x, 4);
        expect(y).toBeCloseTo(points[i + 1]!.y, 4);
      });
    }),
  );
});

test('a point along a way is on it: its beginning, its end, and as far as was said', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 2, maxLength: 6 }), fc.double({ min: 0, max: 1, noNaN: true }), (points, part) => {
      fc.pre(lengthOf(points) > 1);
      expect(along(points, 0)).toEqual(points[0]);
      expect(distance(along(points, 1), points.at(-1)!)).toBeLessThan(1e-6);
      const at = along(points, part);
      const nearest = Math.min(...points.slice(1).map((to, i) => Math.abs(distance(points[i]!, at) + distance(at, to) - distance(points[i]!, to))));
      expect(nearest).toBeLessThan(1e-3);
    }),
  );
});

test('a rounded path begins and ends where the way does', () => {
  expect(roundedPath([])).toBe('');
  expect(
    roundedPath(
      [
        { x: 0, y: 0 },
        { x: 0, y: 10 },
        { x: 20, y: 10 },
      ],
      4,
    ),
  ).toBe('M0 0L0 6Q0 10 4 10L20 10');
});

const box = (id: string, x: number, y: number, parent?: string): Box => ({
  id,
  kind: 'interface',
  label: id,
  state: 'up',
  labelAt: 'middle',
  x,
  y,
  width: 40,
  height: 20,
  facts: [],
  ...(parent === undefined ? {} : { parent }),
});

test.each([
  ['right', 'east'],
  ['left', 'west'],
  ['up', 'north'],
  ['down', 'south'],
] as const)('the arrow key %s goes to what lies there, not to what is nearer aside', (direction, expected) => {
  const boxes = [box('middle', 0, 0), box('east', 200, 10), box('west', -200, 0), box('north', 10, -200), box('south', 0, 200), box('corner', 120, 120)];
  expect(neighbourBox(boxes, boxes[0]!, direction)?.id).toBe(expected);
});
test('nothing lies beyond the last', () => {
  expect(neighbourBox([box('a', 0, 0), box('b', 100, 0)], box('b', 100, 0), 'right')).toBeUndefined();
});
