/** Points, ways and boxes of the figure: what the drawing and the packet's walk both reckon with. Scene units throughout. */
import type { Box, Point } from '../../shared/ipc/index.ts';

/** Where the scene is seen: window pixels = scene units × zoom + offset. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest area with all of these in it. */
export function areaOf(parts: readonly (Area | Point)[]): Area | undefined {
  if (parts.length === 0) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const part of parts) {
    left = Math.min(left, part.x);
    top = Math.min(top, part.y);
    right = Math.max(right, part.x + ('width' in part ? part.width : 0));
    bottom = Math.max(bottom, part.y + ('height' in part ? part.height : 0));
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** A line's bends as cytoscape's `segments` wants them: by how far along the straight line from first to last, and how far beside it. */
export function bendsOf(points: readonly Point[]): { readonly weights: readonly number[]; readonly distances: readonly number[] } {
  const first = points[0]!;
  const last = points.at(-1)!;
  const dx = last.x - first.x;
  const dy = last.y - first.y;
  const square = dx * dx + dy * dy || 1;
  const length = Math.sqrt(square);
  const inner = points.slice(1, -1).map((point) => ({ x: point.x - first.x, y: point.y - first.y }));
  return {
    weights: inner.map(({ x, y }) => (x * dx + y * dy) / square),
    distances: inner.map(({ x, y }) => (y * dx - x * dy) / length),
  };
}

export function lengthOf(points: readonly Point[]): number {
  let total = 0;
  for (let i = 1; i < points.length; i++) total += distance(points[i - 1]!, points[i]!);
  return total;
}
export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The point at `part` (0 to 1) of a way's length. */
export function along(points: readonly Point[], part: number): Point {
  let left = lengthOf(points) * Math.min(1, Math.max(0, part));
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!;
    const b = points[i]!;
    const piece = distance(a, b);
    if (left <= piece && piece > 0) return { x: a.x + ((b.x - a.x) * left) / piece, y: a.y + ((b.y - a.y) * left) / piece };
    left -= piece;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

/** An SVG path with its corners rounded. */
export function roundedPath(points: readonly Point[], radius = 6): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first.x} ${first.y}`;
  for (const [i, point] of rest.entries()) {
    const next = rest[i + 1];
    if (!next) {
      path += `L${point.x} ${point.y}`;
      continue;
    }
    const before = i === 0 ? first : rest[i - 1]!;
    const r = Math.min(radius, distance(before, point) / 2, distance(point, next) / 2);
    const a = towards(point, before, r);
    const b = towards(point, next, r);
    path += `L${a.x} ${a.y}Q${point.x} ${point.y} ${b.x} ${b.y}`;
  }
  return path;
}
function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}

/** The box that lies next to `from` in a direction, for the arrow keys: near, and rather straight ahead than aside. */
export function neighbourBox(boxes: readonly Box[], from: Box, direction: 'left' | 'right' | 'up' | 'down'): Box | undefined {
  const a = centre(from);
  const isAcross = direction === 'left' || direction === 'right';
  const sign = direction === 'right' || direction === 'down' ? 1 : -1;
  let best: Box | undefined;
  let least = Infinity;
  for (const box of boxes) {
    if (box.id === from.id || contains(box, from) || contains(from, box)) continue;
    const b = centre(box);
    const ahead = sign * (isAcross ? b.x - a.x : b.y - a.y);
    if (ahead <= 1) continue;
    const aside = Math.abs(isAcross ? b.y - a.y : b.x - a.x);
    const cost = ahead + 2.5 * aside;
    if (cost < least) [best, least] = [box, cost];
  }
  return best;
}
const contains = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
