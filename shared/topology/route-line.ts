/**
 * The way of a line between two placed boxes, in horizontal and vertical pieces that keep to the free lanes: between port and bridge in
 * the gutter to the left of the port's column, between uplink and bar in the gap to the right of its node.
 */
import type { Role } from './graph.ts';
import { BAR_GAP, GUTTER, NODE_GAP } from './metrics.ts';
import type { Rect } from './node-plan.ts';
import type { LineKind, Point } from './topology.ts';

export interface LineEnd {
  readonly role: Role;
  readonly rect: Rect;
  /** The node it stands in. */
  readonly node: Rect | undefined;
}

const middleX = (rect: Rect): number => rect.x + rect.width / 2;
const middleY = (rect: Rect): number => rect.y + rect.height / 2;
const bottom = (rect: Rect): number => rect.y + rect.height;
const right = (rect: Rect): number => rect.x + rect.width;
const spans = (rect: Rect, x: number): boolean => x >= rect.x && x <= right(rect);

/** From the edge of `from` to the edge of `to`. */
export function routeLine(kind: LineKind, from: LineEnd, to: LineEnd): readonly Point[] {
  const isTurned = rank(from.role) < rank(to.role);
  const points = isTurned ? route(kind, to, from) : route(kind, from, to);
  return isTurned ? [...points].reverse() : points;
}

/** Lines are routed from what stands lower in the figure. */
function rank(role: Role): number {
  return ['outside', 'segment', 'node', 'bridge', 'uplink', 'device', 'port', 'namespace', 'inner'].indexOf(role);
}

function route(kind: LineKind, low: LineEnd, high: LineEnd): readonly Point[] {
  if (high.role === 'segment' || high.role === 'outside') return toBar(low, high);
  if (kind === 'port' && high.role === 'bridge') return toBridge(low, high.rect);
  return between(low, high);
}

/** Straight up where nothing is in between, else along the gap beside the node. */
function toBar(low: LineEnd, high: LineEnd): readonly Point[] {
  const x = middleX(low.rect);
  const top = { x, y: low.rect.y };
  const isClear = low.node === undefined || low.node.y === 0 || low.node.y - bottom(high.rect) <= BAR_GAP;
  if (isClear) return straightUp(top, high.rect);
  const lane = right(low.node) + NODE_GAP / 2;
  const turn = low.node.y - BAR_GAP / 2;
  return [top, { x, y: turn }, { x: lane, y: turn }, { x: lane, y: bottom(high.rect) }];
}
function straightUp(start: Point, target: Rect): readonly Point[] {
  if (spans(target, start.x)) return [start, { x: start.x, y: bottom(target) }];
  const x = start.x < target.x ? target.x + target.width / 4 : right(target) - target.width / 4;
  const y = bottom(target) + BAR_GAP / 2;
  return [start, { x: start.x, y }, { x, y }, { x, y: bottom(target) }];
}

/** A port or an uplink and its bridge. */
function toBridge(port: LineEnd, bridge: Rect): readonly Point[] {
  const { rect } = port;
  const x = middleX(rect);
  if (port.role === 'inner') return beside(rect, bridge);
  const isBelow = rect.y >= bottom(bridge);
  const gap = isBelow ? rect.y - bottom(bridge) : bridge.y - bottom(rect);
  if (spans(bridge, x) && gap <= 2 * BAR_GAP) {
    return isBelow
      ? [
          { x, y: rect.y },
          { x, y: bottom(bridge) },
        ]
      : [
          { x, y: bottom(rect) },
          { x, y: bridge.y },
        ];
  }
  const lane = rect.x - GUTTER / 2;
  const edge = isBelow ? bottom(bridge) : bridge.y;
  const start = { x: rect.x, y: middleY(rect) };
  if (spans(bridge, lane)) return [start, { x: lane, y: start.y }, { x: lane, y: edge }];
  // beside the bar: along its edge until it is above
  const inner = lane < bridge.x ? bridge.x + GUTTER / 2 : right(bridge) - GUTTER / 2;
  const turn = isBelow ? edge + BAR_GAP / 2 : edge - BAR_GAP / 2;
  return [start, { x: lane, y: start.y }, { x: lane, y: turn }, { x: inner, y: turn }, { x: inner, y: edge }];
}

/** Two ends that have no fixed relation: veth pairs, tunnels. */
function between(low: LineEnd, high: LineEnd): readonly Point[] {
  const a = low.rect;
  const b = high.rect;
  const x = middleX(a);
  if (a.y >= bottom(b) && spans(b, x) && a.y - bottom(b) <= 2 * BAR_GAP)
    return [
      { x, y: a.y },
      { x, y: bottom(b) },
    ];
  if (b.y >= bottom(a) && spans(b, x) && b.y - bottom(a) <= 2 * BAR_GAP)
    return [
      { x, y: bottom(a) },
      { x, y: b.y },
    ];
  if (Math.abs(middleY(a) - middleY(b)) < 1) {
    const y = middleY(a);
    const isLeft = a.x < b.x;
    return [
      { x: isLeft ? right(a) : a.x, y },
      { x: isLeft ? b.x : right(b), y },
    ];
  }
  if (Math.abs(a.x - b.x) < 1) return beside(a, b);
  // out of the side that faces the other, along the gutter there, into its facing side
  const isLeft = a.x < b.x;
  const start = { x: isLeft ? right(a) : a.x, y: middleY(a) };
  const end = { x: isLeft ? b.x : right(b), y: middleY(b) };
  const lane = (start.x + end.x) / 2;
  return [start, { x: lane, y: start.y }, { x: lane, y: end.y }, end];
}

/** Two that stand one above the other with others in between: around on the left. */
function beside(a: Rect, b: Rect): readonly Point[] {
  const lane = Math.min(a.x, b.x) - 5;
  return [
    { x: a.x, y: middleY(a) },
    { x: lane, y: middleY(a) },
    { x: lane, y: middleY(b) },
    { x: b.x, y: middleY(b) },
  ];
}
