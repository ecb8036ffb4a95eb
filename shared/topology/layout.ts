/**
 * Positions for a graph, kept from one state of a lab to the next.
 *
 *     [======== host-only network ========]      bars, newest on top
 *        [NAT]              [NAT]                what stands above one uplink
 *     ┌ node-1 ──────┐  ┌ node-2 ──────┐         nodes side by side; many nodes in rows
 *
 * Invariant: a box keeps its place as long as it exists; a new one is placed in free room, or beyond what there is.
 * Invariant: boxes overlap only when a node in an upper row of nodes grows beyond the room that was left below it.
 */
import type { Graph, GraphBox } from './graph.ts';
import { BAR_GAP, CELL_MIN, labelWidth, NODE_GAP, OUTSIDE_HEIGHT, SEGMENT_HEIGHT, sublabelWidth } from './metrics.ts';
import { NodePlan, type NodeContent, type Rect } from './node-plan.ts';
import { routeLine, type LineEnd } from './route-line.ts';
import type { Box, Topology } from './topology.ts';

/** Up to this many nodes stand in one row. */
const NODES_PER_ROW = 6;
/** Room that a node of an upper row may still grow into. */
const ROW_RESERVE = 330;
/** From a node's upper edge up to the lowest bar: room for what stands above an uplink. */
const HEADROOM = BAR_GAP + OUTSIDE_HEIGHT + BAR_GAP;

export class TopologyLayout {
  private readonly rects = new Map<string, Rect>();
  private readonly plans = new Map<string, NodePlan>();
  private perRow = NODES_PER_ROW;
  private bars = 0;
  private row = { y: 0, count: 0, right: 0, bottom: 0 };

  /** The same graph with positions. Boxes that were there at the last call stay where they were. */
  update(graph: Graph): Topology {
    const present = new Set(graph.boxes.map((box) => box.id));
    for (const id of this.rects.keys()) if (!present.has(id)) this.rects.delete(id);
    for (const id of this.plans.keys()) if (!present.has(id)) this.plans.delete(id);

    this.placeNodes(graph);
    for (const box of graph.boxes) if (box.role === 'outside') this.placeOutside(box);
    for (const box of graph.boxes) if (box.role === 'segment') this.placeBar(box);

    const boxes = new Map(graph.boxes.map((box) => [box.id, box]));
    return {
      boxes: graph.boxes.map((box) => this.box(box)),
      lines: graph.lines.map((line) => {
        const from = boxes.get(line.from);
        const to = boxes.get(line.to);
        const points = from && to ? routeLine(line.kind, this.end(from, boxes), this.end(to, boxes)) : [];
        return { id: line.id, kind: line.kind, from: line.from, to: line.to, state: line.state, points };
      }),
    };
  }

  private placeNodes(graph: Graph): void {
    const contents = contentsOf(graph);
    const fresh = [...contents].filter(([id]) => !this.plans.has(id));
    if (this.plans.size === 0) {
      this.perRow = Math.max(NODES_PER_ROW, Math.ceil(Math.sqrt(fresh.length * 1.6)));
      this.row = { y: 0, count: 0, right: 0, bottom: 0 };
    }
    const isGrid = this.plans.size + fresh.length > this.perRow;
    const widest = Math.max(CELL_MIN, ...(isGrid ? fresh.map(([, content]) => NodePlan.cellWidthFor(content)) : []));
    for (const [id, content] of fresh) {
      if (this.row.count === this.perRow) this.row = { y: this.row.bottom + ROW_RESERVE + HEADROOM, count: 0, right: 0, bottom: 0 };
      const x = this.row.count === 0 ? 0 : this.row.right + NODE_GAP;
      const plan = new NodePlan(x, this.row.y, content, isGrid ? widest : NodePlan.cellWidthFor(content));
      this.plans.set(id, plan);
      plan.place(content, this.rects);
      this.row = { y: this.row.y, count: this.row.count + 1, right: x + plan.width, bottom: Math.max(this.row.bottom, this.row.y + plan.height) };
    }
    for (const [id, content] of contents) {
      const plan = this.plans.get(id)!;
      plan.place(content, this.rects);
      this.rects.set(id, { x: plan.x, y: plan.y, width: plan.width, height: plan.height });
    }
  }

  /** Above its uplink; without one, on a bar of its own. */
  private placeOutside(box: GraphBox): void {
    if (this.rects.has(box.id)) return;
    const below = box.above === undefined ? undefined : this.rects.get(box.above);
    const node = [...this.plans.values()].find(
      (plan) => below && below.x >= plan.x && below.x < plan.x + plan.width && below.y >= plan.y && below.y < plan.y + plan.height,
    );
    if (below && node) this.rects.set(box.id, { x: below.x, y: node.y - BAR_GAP - OUTSIDE_HEIGHT, width: below.width, height: OUTSIDE_HEIGHT });
    else this.placeBar(box);
  }

  /** A bar stands above all that was there; it grows to the right with the nodes. */
  private placeBar(box: GraphBox): void {
    const right = Math.max(CELL_MIN, ...[...this.plans.values()].map((plan) => plan.x + plan.width));
    const old = this.rects.get(box.id);
    if (box.role === 'outside' && old) return;
    const width = box.role === 'outside' ? Math.max(CELL_MIN, labelWidth(box.label), sublabelWidth(box.sublabel ?? '')) : right;
    const y = old?.y ?? -HEADROOM - SEGMENT_HEIGHT - this.bars++ * (SEGMENT_HEIGHT + BAR_GAP);
    this.rects.set(box.id, { x: 0, y, width: Math.max(width, old?.width ?? 0), height: SEGMENT_HEIGHT });
  }

  private end(box: GraphBox, boxes: ReadonlyMap<string, GraphBox>): LineEnd {
    let above: GraphBox | undefined = box;
    while (above && above.role !== 'node') above = above.parent === undefined ? undefined : boxes.get(above.parent);
    return { role: box.role, rect: this.rects.get(box.id)!, node: above && this.rects.get(above.id) };
  }

  private box(box: GraphBox): Box {
    const rect = this.rects.get(box.id)!;
    const labelAt = box.role === 'node' ? 'top' : box.role === 'namespace' ? 'bottom' : 'middle';
    const { id, kind, label, state, facts } = box;
    return {
      id,
      kind,
      label,
      ...(box.sublabel === undefined ? {} : { sublabel: box.sublabel }),
      ...(box.parent === undefined ? {} : { parent: box.parent }),
      state,
      labelAt,
      ...rect,
      facts,
    };
  }
}

/** Sorted by node, in the graph's order. */
function contentsOf(graph: Graph): Map<string, NodeContent> {
  interface Open {
    uplinks: GraphBox[];
    bridges: GraphBox[];
    devices: GraphBox[];
    ports: GraphBox[];
    namespaces: { box: GraphBox; inner: GraphBox[] }[];
  }
  const nodes = new Map<string, Open>();
  const namespaces = new Map<string, { box: GraphBox; inner: GraphBox[] }>();
  for (const box of graph.boxes) {
    if (box.role === 'node') nodes.set(box.id, { uplinks: [], bridges: [], devices: [], ports: [], namespaces: [] });
    if (box.parent === undefined) continue;
    const node = nodes.get(box.parent);
    if (box.role === 'uplink') node?.uplinks.push(box);
    else if (box.role === 'bridge') node?.bridges.push(box);
    else if (box.role === 'device') node?.devices.push(box);
    else if (box.role === 'port') node?.ports.push(box);
    else if (box.role === 'namespace') {
      const namespace = { box, inner: [] };
      namespaces.set(box.id, namespace);
      node?.namespaces.push(namespace);
    } else if (box.role === 'inner') namespaces.get(box.parent)?.inner.push(box);
  }
  return nodes;
}
