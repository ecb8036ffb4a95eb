/**
 * The inside of one node: uplinks on its upper edge, bridges as bars below, then a grid of cells with namespaces and, above each,
 * the port that leads to it.
 *
 *     ┌ node ────────────────────┐   uplinks     one row
 *     │ [eth0]        [eth1]     │   bridges     bars side by side, or one that goes across
 *     │ [========= cni0 =======] │   devices     a row, when there were any at the beginning
 *     │ [vethA]       [vethB]    │
 *     │ [pod  ]       [pod  ]    │   rows of cells: port slot above, namespace below
 *     └──────────────────────────┘
 *
 * Invariant: what was placed keeps its rectangle; rows and zones never move. A freed cell is used again.
 */
import { LABEL_STRIP } from './topology.ts';
import type { GraphBox } from './graph.ts';
import {
  BRIDGE_HEIGHT,
  CELL_MIN,
  DEVICE_HEIGHT,
  GUTTER,
  INNER_GAP,
  INNER_HEIGHT,
  labelWidth,
  NAMESPACE_PAD,
  NODE_PAD,
  PORT_GAP,
  PORT_HEIGHT,
  ROW_GAP,
  sublabelWidth,
  UPLINK_HEIGHT,
} from './metrics.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What stands in a node, sorted by role. */
export interface NodeContent {
  readonly uplinks: readonly GraphBox[];
  readonly bridges: readonly GraphBox[];
  readonly devices: readonly GraphBox[];
  readonly ports: readonly GraphBox[];
  readonly namespaces: readonly { readonly box: GraphBox; readonly inner: readonly GraphBox[] }[];
}

interface Row {
  readonly y: number;
  readonly height: number;
  /** By column: the id of what stands there. */
  readonly slots: (string | undefined)[];
  /** A row of one kind of thing; cells take anything. */
  readonly kind: 'uplink' | 'bridge' | 'device' | 'cell';
}

const CELL_HEIGHT = PORT_HEIGHT + PORT_GAP + NAMESPACE_PAD + INNER_HEIGHT + LABEL_STRIP;
const BAR_OVERHANG = GUTTER - 4;
const FIRST_Y = LABEL_STRIP + 8;

const boxWidth = (box: GraphBox): number => Math.max(labelWidth(box.label), box.sublabel === undefined ? 0 : sublabelWidth(box.sublabel));
const namespaceHeight = (inner: number): number => NAMESPACE_PAD + Math.max(1, inner) * (INNER_HEIGHT + INNER_GAP) - INNER_GAP + LABEL_STRIP;

export class NodePlan {
  readonly columns: number;
  private readonly cell: number;
  private readonly rows: Row[] = [];
  private bottom: number;

  constructor(
    readonly x: number,
    readonly y: number,
    content: NodeContent,
    cellWidth: number,
  ) {
    this.columns = NodePlan.columnsFor(content);
    this.cell = cellWidth;
    this.addRow('uplink', UPLINK_HEIGHT, FIRST_Y);
    this.addRow('bridge', BRIDGE_HEIGHT);
    for (let i = this.columns; i < content.bridges.length; i += this.columns) this.addRow('bridge', BRIDGE_HEIGHT);
    for (let i = 0; i < content.devices.length; i += this.columns) this.addRow('device', DEVICE_HEIGHT);
    this.bottom = this.nextRowY() + CELL_HEIGHT;
  }

  static columnsFor(content: NodeContent): number {
    const cells = content.namespaces.length;
    return Math.max(2, Math.min(4, content.uplinks.length), Math.min(8, Math.round(Math.sqrt(cells / 3))));
  }
  /** The width of a cell that fits everything there is at the beginning. */
  static cellWidthFor(content: NodeContent): number {
    let width = CELL_MIN;
    for (const list of [content.uplinks, content.devices, content.ports]) for (const box of list) width = Math.max(width, boxWidth(box));
    for (const { box, inner } of content.namespaces) {
      width = Math.max(width, labelWidth(box.label));
      for (const one of inner) width = Math.max(width, boxWidth(one) + 2 * NAMESPACE_PAD);
    }
    return Math.min(Math.ceil(width), 260);
  }

  get width(): number {
    return 2 * NODE_PAD + GUTTER + this.columns * (this.cell + GUTTER);
  }
  get height(): number {
    return this.bottom + NODE_PAD;
  }

  /** Places what has no place yet and frees what is gone. `rects` is read and written, absolute. */
  place(content: NodeContent, rects: Map<string, Rect>): void {
    this.free(content, rects);
    this.placeRowOf('uplink', content.uplinks, UPLINK_HEIGHT, rects);
    this.placeBridges(content.bridges, rects);
    this.placeRowOf('device', content.devices, DEVICE_HEIGHT, rects);
    const portOf = new Map<string, GraphBox>();
    for (const port of content.ports) if (port.above !== undefined && !portOf.has(port.above)) portOf.set(port.above, port);
    for (const { box, inner } of content.namespaces) this.placeNamespace(box, inner, portOf.get(box.id), rects);
    for (const port of content.ports) this.placePort(port, portOf, rects);
    this.settleBottom(content, rects);
  }

  private free(content: NodeContent, rects: Map<string, Rect>): void {
    const present = new Set<string>();
    for (const list of [content.uplinks, content.bridges, content.devices, content.ports]) for (const box of list) present.add(box.id);
    for (const { box } of content.namespaces) present.add(box.id);
    for (const row of this.rows) {
      for (const [column, id] of row.slots.entries()) {
        if (id === undefined || present.has(id)) continue;
        // a port that stood above the namespace that went keeps the cell
        row.slots[column] = row.kind === 'cell' ? content.ports.find((port) => this.isInSlot(rects.get(port.id), row, column))?.id : undefined;
      }
    }
  }
  private isInSlot(rect: Rect | undefined, row: Row, column: number): boolean {
    return rect !== undefined && rect.y === this.y + row.y && rect.x <= this.columnX(column) && rect.x + rect.width > this.columnX(column);
  }

  private placeRowOf(kind: 'uplink' | 'device', boxes: readonly GraphBox[], height: number, rects: Map<string, Rect>): void {
    for (const box of boxes) {
      if (rects.has(box.id)) continue;
      const row = this.rows.find((one) => one.kind === kind && one.slots.includes(undefined));
      const [where, column, span] = row ? ([row, row.slots.indexOf(undefined), 1] as const) : this.freeCells(this.spanFor(boxWidth(box)), height);
      this.take(where, column, span, box.id);
      rects.set(box.id, this.rect(where.y, column, span, height));
    }
  }

  private placeBridges(bridges: readonly GraphBox[], rects: Map<string, Rect>): void {
    const fresh = bridges.filter((box) => !rects.has(box.id));
    for (const [index, box] of fresh.entries()) {
      const row = this.rows.find((one) => one.kind === 'bridge' && one.slots.includes(undefined));
      if (!row) {
        const [where, column, span] = this.freeCells(this.columns, BRIDGE_HEIGHT);
        this.take(where, column, span, box.id);
        rects.set(box.id, this.bar(where.y, column, span));
        continue;
      }
      const column = row.slots.indexOf(undefined);
      const isLast = index === fresh.length - 1 || this.columns - column === 1;
      const span = isLast ? this.freeRun(row, column) : 1;
      this.take(row, column, span, box.id);
      rects.set(box.id, this.bar(row.y, column, span));
    }
  }

  private placeNamespace(box: GraphBox, inner: readonly GraphBox[], port: GraphBox | undefined, rects: Map<string, Rect>): void {
    let place = rects.get(box.id);
    if (!place) {
      const height = namespaceHeight(inner.length);
      // a namespace that will be a pod has, for a moment, the long name that CNI gave it
      const widest = Math.max(box.kind === 'netns' ? 0 : labelWidth(box.label), ...inner.map((one) => boxWidth(one) + 2 * NAMESPACE_PAD));
      const span = this.spanFor(widest);
      place = this.belowPort(port, box.id, span, height, rects);
      if (!place) {
        const [row, column] = this.freeCells(span, PORT_HEIGHT + PORT_GAP + height);
        this.take(row, column, span, box.id);
        place = this.rect(row.y + PORT_HEIGHT + PORT_GAP, column, span, height);
      }
    }
    let y = place.y + NAMESPACE_PAD;
    const taken = new Set(inner.map((one) => rects.get(one.id)?.y));
    for (const one of inner) {
      if (rects.has(one.id)) continue;
      while (taken.has(y)) y += INNER_HEIGHT + INNER_GAP;
      rects.set(one.id, { x: place.x + NAMESPACE_PAD, y, width: place.width - 2 * NAMESPACE_PAD, height: INNER_HEIGHT });
      taken.add(y);
    }
    const lowest = Math.max(place.y, ...inner.map((one) => rects.get(one.id)!.y + INNER_HEIGHT + LABEL_STRIP));
    rects.set(box.id, { ...place, height: Math.max(place.height, lowest - place.y) });
    if (port && !rects.has(port.id)) rects.set(port.id, { ...place, y: place.y - PORT_GAP - PORT_HEIGHT, height: PORT_HEIGHT });
  }
  /** The room below a port that came before its namespace, when it is free and wide enough. */
  private belowPort(port: GraphBox | undefined, id: string, span: number, height: number, rects: ReadonlyMap<string, Rect>): Rect | undefined {
    const above = port && rects.get(port.id);
    const row = above && this.rows.find((one) => one.kind === 'cell' && this.y + one.y === above.y);
    if (!row || PORT_HEIGHT + PORT_GAP + height > row.height) return undefined;
    const column = row.slots.indexOf(port.id);
    const own = row.slots.filter((slot) => slot === port.id).length;
    if (column < 0 || own + this.freeRun(row, column + own) < span) return undefined;
    this.take(row, column, Math.max(span, own), id);
    return this.rect(row.y + PORT_HEIGHT + PORT_GAP, column, Math.max(span, own), height);
  }

  private placePort(port: GraphBox, portOf: ReadonlyMap<string, GraphBox>, rects: Map<string, Rect>): void {
    if (rects.has(port.id)) return;
    const below = port.above === undefined || portOf.get(port.above) !== port ? undefined : rects.get(port.above);
    if (below) {
      rects.set(port.id, { ...below, y: below.y - PORT_GAP - PORT_HEIGHT, height: PORT_HEIGHT });
      return;
    }
    const span = this.spanFor(labelWidth(port.label));
    const [row, column] = this.freeCells(span, PORT_HEIGHT);
    this.take(row, column, span, port.id);
    rects.set(port.id, this.rect(row.y, column, span, PORT_HEIGHT));
  }

  private settleBottom(content: NodeContent, rects: ReadonlyMap<string, Rect>): void {
    const cells = this.rows.find((row) => row.kind === 'cell');
    let bottom = (cells?.y ?? this.nextRowY()) + CELL_HEIGHT;
    const look = (box: GraphBox): void => {
      const rect = rects.get(box.id);
      if (rect) bottom = Math.max(bottom, rect.y + rect.height - this.y);
    };
    for (const list of [content.uplinks, content.bridges, content.devices, content.ports]) list.forEach(look);
    for (const { box } of content.namespaces) look(box);
    this.bottom = bottom;
  }

  /** The first run of free cells of a row that is high enough; else of a new row at the bottom. */
  private freeCells(span: number, height: number): readonly [Row, number, number] {
    for (const row of this.rows) {
      if (row.kind !== 'cell' || row.height < height) continue;
      for (let column = 0; column + span <= this.columns; column++) if (this.freeRun(row, column) >= span) return [row, column, span];
    }
    return [this.addRow('cell', Math.max(height, CELL_HEIGHT)), 0, span];
  }
  private freeRun(row: Row, column: number): number {
    let end = column;
    while (end < this.columns && row.slots[end] === undefined) end++;
    return end - column;
  }
  private take(row: Row, column: number, span: number, id: string): void {
    for (let i = column; i < column + span; i++) row.slots[i] = id;
  }
  private addRow(kind: Row['kind'], height: number, y = this.nextRowY()): Row {
    const row: Row = { y, height, kind, slots: new Array<string | undefined>(this.columns).fill(undefined) };
    this.rows.push(row);
    return row;
  }
  private nextRowY(): number {
    const last = this.rows.at(-1);
    return last ? last.y + last.height + ROW_GAP : FIRST_Y;
  }
  private spanFor(width: number): number {
    return Math.max(1, Math.min(this.columns, Math.ceil((width + GUTTER) / (this.cell + GUTTER))));
  }
  private columnX(column: number): number {
    return this.x + NODE_PAD + GUTTER + column * (this.cell + GUTTER);
  }
  /** A bridge reaches over the lane beside its first and last column, so that the lines there end on it. */
  private bar(rowY: number, column: number, span: number): Rect {
    const rect = this.rect(rowY, column, span, BRIDGE_HEIGHT);
    const left = column === 0 ? BAR_OVERHANG : 0;
    const right = column + span === this.columns ? BAR_OVERHANG : 0;
    return { ...rect, x: rect.x - left, width: rect.width + left + right };
  }
  private rect(rowY: number, column: number, span: number, height: number): Rect {
    return { x: this.columnX(column), y: this.y + rowY, width: span * this.cell + (span - 1) * GUTTER, height };
  }
}
