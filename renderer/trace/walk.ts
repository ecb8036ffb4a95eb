/**
 * A trace laid onto the figure: the stops of the packet's main way, each with the box it is at and the way it took to come there. Pure.
 * The main way is the line of hops from where the packet began to where it ended, and on with the answer; copies that a bridge flooded
 * elsewhere, and ARP on its behalf, are side hops.
 */
import { distance } from '../topology/geometry.ts';
import type { Box, Hop, Line, Point, Step, Topology, Trace } from '../../shared/ipc/index.ts';

export interface Stop {
  /** Place in the walk. */
  readonly index: number;
  readonly hop: Hop;
  /** Place of the step in its hop. */
  readonly at: number;
  readonly step: Step;
  readonly atUs: number;
  /** Where the packet is while this happens; undefined where the figure does not show the place. */
  readonly box: Box | undefined;
  /** The point where it stands. */
  readonly place: Point | undefined;
  /** How it came here from the stop before; empty when it did not move. */
  readonly way: readonly Point[];
}
/** The stay in one namespace. */
export interface Stay {
  readonly hop: Hop;
  readonly title: string;
  readonly stops: readonly Stop[];
  /** What happened beside it and what followed from that: flooded copies, ARP. */
  readonly side: readonly Side[];
}
/** A side hop and those that came of it. */
export interface Side {
  readonly hop: Hop;
  readonly places: readonly { readonly title: string; readonly hop: Hop }[];
}
export interface Walk {
  readonly stays: readonly Stay[];
  readonly stops: readonly Stop[];
}

/** From interface to interface over a segment are two lines; more is no single step of a packet. */
const MOST_LINES = 3;
/** Half of the packet's size. */
const STANDOFF = 9;
/** So far inside of a machine a packet has arrived: half of the gap between two rows. */
const BEYOND = 12;

export function walkOf(trace: Trace, topology: Topology): Walk {
  const figure = new Figure(topology);
  const main = mainHops(trace);
  const mainIds = new Set(main.map((hop) => hop.id));
  const stops: Stop[] = [];
  let here: Box | undefined;
  let place: Point | undefined;
  const stays = main.map((hop): Stay => {
    const own = hop.steps.map(({ step, atUs }, at): Stop => {
      const box = figure.boxOfStep(hop, step) ?? here ?? figure.namespaceBox(hop);
      const way = box && here && place && box.id !== here.id ? figure.way(place, here, box) : [];
      place = way.at(-1) ?? place ?? (box && restingPlace(box));
      here = box;
      const stop = { index: stops.length, hop, at, step, atUs, box, place, way };
      stops.push(stop);
      return stop;
    });
    return {
      hop,
      title: figure.title(hop),
      stops: own,
      side: trace.hops.filter((other) => other.parent === hop.id && !mainIds.has(other.id)).map((other) => sideOf(other, trace, mainIds, figure)),
    };
  });
  return { stays, stops };
}

function sideOf(hop: Hop, trace: Trace, mainIds: ReadonlySet<number>, figure: Figure): Side {
  const ids = new Set([hop.id]);
  for (const other of trace.hops) if (ids.has(other.parent) && !mainIds.has(other.id)) ids.add(other.id);
  return { hop, places: trace.hops.filter((other) => ids.has(other.id)).map((other) => ({ title: figure.title(other), hop: other })) };
}

/** From the first hop to the one where the request ended, and on to where the answer ended. */
export function mainHops(trace: Trace): readonly Hop[] {
  const request = lastOf(trace, 'request');
  const reply = lastOf(trace, 'reply');
  const ids = new Set<number>();
  for (const end of [request, reply]) {
    for (let hop = end; hop; hop = trace.hops[hop.parent]) {
      if (ids.has(hop.id)) break;
      ids.add(hop.id);
    }
  }
  return trace.hops.filter((hop) => ids.has(hop.id));
}
/** The hop where a direction came to its end: delivered counts before all, else the latest that was not handed on. */
function lastOf(trace: Trace, direction: Hop['direction']): Hop | undefined {
  const hops = trace.hops.filter((hop) => hop.direction === direction);
  return (
    hops.find((hop) => hop.disposition.kind === 'delivered' || hop.disposition.kind === 'left') ??
    hops.findLast((hop) => hop.disposition.kind !== 'passed' && !isForOthers(hop)) ??
    hops.findLast((hop) => hop.disposition.kind !== 'passed') ??
    hops.at(-1)
  );
}
/** A flooded copy that reached a machine it was not meant for. */
const isForOthers = (hop: Hop): boolean => hop.disposition.kind === 'dropped' && hop.disposition.reason === 'OTHERHOST';

class Figure {
  private readonly boxes: ReadonlyMap<string, Box>;
  private readonly linesAt = new Map<string, Line[]>();

  constructor(topology: Topology) {
    this.boxes = new Map(topology.boxes.map((box) => [box.id, box]));
    for (const line of topology.lines) {
      for (const end of [line.from, line.to]) this.linesAt.set(end, [...(this.linesAt.get(end) ?? []), line]);
    }
  }

  /** The box of a namespace: the node's own, or the pod's. */
  namespaceBox({ place }: Hop): Box | undefined {
    if (place.netns === '') return this.boxes.get(place.node);
    return this.boxes.get(`${place.node}/ns:${place.netnsInode}`) ?? this.boxes.get(`${place.node}/${place.netns}`);
  }
  private deviceBox(hop: Hop, device: string): Box | undefined {
    const namespace = this.namespaceBox(hop);
    return namespace && this.boxes.get(`${namespace.id}/${device}`);
  }
  private outsideBox(hop: Hop, device: string): Box | undefined {
    const card = this.deviceBox(hop, device);
    const line = this.linesAt.get(card?.id ?? '')?.find((one) => one.kind === 'nat');
    return line && this.boxes.get(line.from === card?.id ? line.to : line.from);
  }
  title(hop: Hop): string {
    const box = this.namespaceBox(hop);
    if (hop.place.netns === '') return hop.place.node;
    return box ? box.label : hop.place.netns;
  }

  /** Where a step happens, where that can be told. */
  boxOfStep(hop: Hop, step: Step): Box | undefined {
    switch (step.kind) {
      case 'send':
      case 'answer':
      case 'deliver':
        return this.namespaceBox(hop);
      case 'receive':
      case 'transmit':
      case 'encapsulate':
      case 'decapsulate':
      case 'fragment':
        return this.deviceBox(hop, step.device);
      case 'cross':
        return step.medium === 'nat-nic' ? this.outsideBox(hop, step.from) : undefined;
      case 'learn':
      case 'fdb':
      case 'flood':
        return this.deviceBox(hop, step.bridge);
      default:
        return undefined; // happens where the packet is
    }
  }

  /** How a packet goes from where it stands in `from` to `to`: along the lines where they lead there, else by the kernel's own way inside. */
  way(at: Point, from: Box, to: Box): readonly Point[] {
    const lines = this.linesBetween(from.id, to.id);
    const way = lines ? [at, ...through(from, at, lines[0]!), ...lines] : [at, ...inside(at, from, to)];
    return to.labelAt === 'middle' ? stopShort(way) : way;
  }

  private linesBetween(from: string, to: string): readonly Point[] | undefined {
    const queue: { readonly box: string; readonly points: readonly Point[]; readonly count: number }[] = [{ box: from, points: [], count: 0 }];
    const seen = new Set([from]);
    while (queue.length > 0) {
      const { box, points, count } = queue.shift()!;
      if (count >= MOST_LINES) continue;
      for (const line of this.linesAt.get(box) ?? []) {
        const next = line.from === box ? line.to : line.from;
        const nextBox = this.boxes.get(next);
        if (seen.has(next) || !nextBox) continue;
        seen.add(next);
        const way = [...points, ...(line.from === box ? line.points : [...line.points].reverse())];
        if (next === to) return way;
        // only a segment hands on what it gets
        if (nextBox.kind === 'segment') queue.push({ box: next, points: way, count: count + 1 });
      }
    }
    return undefined;
  }
}

/** From where it came into a box to where the line leaves it: first in, then along, so that nothing of it shows outside. */
function through(box: Box, at: Point, out: Point): readonly Point[] {
  if (box.labelAt !== 'middle' || Math.abs(at.x - out.x) < 1) return [];
  const y = box.y + box.height / 2;
  return [
    { x: at.x, y },
    { x: out.x, y },
  ];
}

/** A packet stands before the edge of a small box, not on its text. */
function stopShort(way: readonly Point[]): readonly Point[] {
  const last = way.at(-1)!;
  const before = way.at(-2);
  const length = before ? distance(before, last) : 0;
  if (!before || length <= 1.5 * STANDOFF) return way;
  return [...way.slice(0, -1), { x: last.x + ((before.x - last.x) * STANDOFF) / length, y: last.y + ((before.y - last.y) * STANDOFF) / length }];
}

/** Inside a machine no line is drawn. The packet leaves a box by the edge that faces the other, and turns in the gap between them. */
function inside(at: Point, from: Box, to: Box): readonly Point[] {
  if (to.labelAt === 'top' && holds(to, from)) return [beyond(from, at)];
  if (holds(from, to) || holds(to, from)) return [restingPlace(to, at)];
  const isDown = to.y >= from.y + from.height;
  const isUp = to.y + to.height <= from.y;
  if (!isDown && !isUp) {
    const y = to.y + to.height / 2;
    return [{ x: to.x > from.x ? to.x : to.x + to.width, y }];
  }
  const edge = isUp ? from.y : from.y + from.height;
  const goal = isUp ? to.y + to.height : to.y;
  const x = entryOf(to, at.x);
  const turn = (edge + goal) / 2;
  return Math.abs(x - at.x) < 1
    ? [{ x, y: goal }]
    : [
        { x: at.x, y: edge },
        { x: at.x, y: turn },
        { x, y: turn },
        { x, y: goal },
      ];
}
/** In the machine itself: just through the device by which it came, and not over the texts of others. */
function beyond({ y, height }: Box, at: Point): Point {
  return { x: at.x, y: at.y < y + height / 2 ? y + height + BEYOND : y - BEYOND };
}
/** Into a wide box straight on where that leads into it, else by its middle. */
function entryOf(to: Box, x: number): number {
  return x > to.x + 12 && x < to.x + to.width - 12 ? x : to.x + to.width / 2;
}
const holds = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;

/** Where a packet stands in a box that no line led it into: on an edge, so that the box's texts can be read. */
export function restingPlace(box: Box, from?: Point): Point {
  const x = box.x + box.width / 2;
  if (box.labelAt === 'top') return { x, y: box.y + 13 };
  if (box.labelAt === 'bottom' || from === undefined) return { x, y: box.y + box.height };
  return { x, y: from.y < box.y ? box.y : box.y + box.height };
}

/** Headers as they are at a stop: the latest summary seen on the way there. */
export function headersAt(walk: Walk, index: number): string | undefined {
  for (let i = index; i >= 0; i--) {
    const step = walk.stops[i]?.step;
    if (step && 'summary' in step) return step.summary;
  }
  return undefined;
}

/** Steps that the reader is stopped at when the walk is played: where the packet moves, or somebody decides. */
export function isTelling(step: Step): boolean {
  return step.kind !== 'chain' && step.kind !== 'hook' && step.kind !== 'source' && step.kind !== 'rule';
}

/** What stands beside the packet: its protocol and its TTL. */
export function packetLabel(walk: Walk, index: number): string {
  const headers = headersAt(walk, index) ?? '';
  const protocol = /\b(ICMP6?|TCP|UDP|ARP)\b/i.exec(headers)?.[1]?.toUpperCase() ?? '';
  const ttl = /\b(?:ttl|hop limit)[ =](\d+)/i.exec(headers)?.[1];
  return [protocol, ttl === undefined ? '' : `TTL ${ttl}`].filter((part) => part !== '').join(' · ');
}
