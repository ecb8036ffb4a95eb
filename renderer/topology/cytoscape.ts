/**
 * The figure on its canvas. Boxes are flat elements at the positions the core gave them; containment is drawn, not modelled, since
 * compound nodes are what makes cytoscape slow. Authority: https://js.cytoscape.org.
 * Invariant: a box that stays is never moved or drawn anew; what is new fades in and shines for a moment, what is gone fades out.
 */
import cytoscape, { type Core, type ElementDefinition, type NodeSingular, type StylesheetJson } from 'cytoscape';
import type { Box, Line, Topology } from '../../shared/ipc/index.ts';
import { areaOf, bendsOf, type Area, type Viewport } from './geometry.ts';

export interface SceneEvents {
  readonly onSelect: (box: string | undefined) => void;
  readonly onOpen: (box: string) => void;
  /** `at` in pixels of the container. */
  readonly onMenu: (box: string | undefined, at: { readonly x: number; readonly y: number }) => void;
  readonly onHover: (box: string | undefined) => void;
  readonly onViewport: (viewport: Viewport) => void;
}

const LABEL_STRIP = 26;
const FADE_MS = 260;
const SHINE_MS = 2_600;
const FIT_PADDING = { side: 26, top: 22, bottom: 54 }; // legend and tools lie along the lower edge
const MAX_FIT_ZOOM = 1.15;
const sublabelId = (box: string): string => `${box}\u0000`;
/** Labs with no more boxes than this are drawn whole. */
const ALL_DRAWN = 400;
/** In larger ones, interfaces and texts below names are drawn from this zoom on. */
const DETAIL_ZOOM = 0.32;
const FOLLOW_MS = 90;

export class Scene {
  private readonly cy: Core;
  private topology: Topology = { boxes: [], lines: [] };
  /** Ids of the topology at the last update. */
  private present: ReadonlySet<string> = new Set();
  /** What is drawn. */
  private known: ReadonlyMap<string, Box> = new Map();
  private knownLines: ReadonlyMap<string, Line> = new Map();
  private following: ReturnType<typeof setTimeout> | undefined;
  private selected: string | undefined;
  /** The reader moved the view: it is theirs until they ask for the whole again. */
  private isMoved = false;
  private focused: Area | undefined;
  private animates: boolean;

  constructor(
    private readonly container: HTMLElement,
    events: SceneEvents,
    options: { readonly animates: boolean },
  ) {
    this.animates = options.animates;
    this.cy = cytoscape({
      container,
      elements: [],
      style: stylesheet(),
      layout: { name: 'preset' },
      minZoom: 0.12,
      maxZoom: 3,
      boxSelectionEnabled: false,
      autoungrabify: true,
      autounselectify: true,
    });
    const { cy } = this;
    // Cytoscape calls any two taps in quick succession a double one, on whatever they were.
    let tapped: string | undefined;
    let tappedBefore: string | undefined;
    cy.on('tap', (event) => {
      tappedBefore = tapped;
      tapped = event.target === cy ? undefined : boxOf(event.target as NodeSingular);
      events.onSelect(tapped);
    });
    cy.on('dbltap', 'node', () => {
      if (tapped !== undefined && tapped === tappedBefore) events.onOpen(tapped);
    });
    cy.on('cxttap', (event) => events.onMenu(event.target === cy ? undefined : boxOf(event.target as NodeSingular), event.renderedPosition));
    cy.on('mouseover', 'node', (event) => events.onHover(boxOf(event.target as NodeSingular)));
    cy.on('mouseout', 'node', () => events.onHover(undefined));
    cy.on('viewport', () => {
      events.onViewport(this.viewport);
      this.follow();
    });
    cy.on('dragpan pinchzoom scrollzoom', () => (this.isMoved = true));
  }

  get viewport(): Viewport {
    return { ...this.cy.pan(), zoom: this.cy.zoom() };
  }

  update(topology: Topology): void {
    const isNew = (id: string): boolean => !this.present.has(id);
    const before = this.topology;
    this.topology = topology;
    this.draw(isNew);
    this.present = new Set([...topology.boxes.map((box) => box.id), ...topology.lines.map((line) => line.id)]);
    if (before.boxes.length === 0 && topology.boxes.length > 0) this.fit(false);
    else if (!this.isMoved && !this.isAllSeen()) this.fit(this.animates);
    this.select(this.selected);
  }

  /** Makes the elements what the topology and the present view want. */
  private draw(isNew: (id: string) => boolean = () => false): void {
    const { boxes, lines } = wantedOf(this.topology, this.seen());
    const nextLines = new Map(lines.map((line) => [line.id, line]));
    const depths = depthsOf(boxes);
    const added: ElementDefinition[] = [];
    this.cy.batch(() => {
      const gone = [...this.known.keys()].filter((id) => !boxes.has(id));
      this.remove([...[...this.knownLines.keys()].filter((id) => !nextLines.has(id)), ...gone, ...gone.map(sublabelId)]);
      for (const box of boxes.values()) {
        const before = this.known.get(box.id);
        if (!before) added.push(...elementsOf(box, depths.get(box.id) ?? 0));
        else if (!sameBox(before, box)) this.replace(elementsOf(box, depths.get(box.id) ?? 0), [sublabelId(box.id)]);
      }
      for (const line of lines) {
        const [from, to] = [boxes.get(line.from)!, boxes.get(line.to)!];
        const before = this.knownLines.get(line.id);
        const element = lineElement(line, from, to);
        if (!before) added.push(element);
        else if (!sameLine(before, line) || !sameEnds(this.known, line, [from, to])) this.replace([element], []);
      }
      this.add(added, isNew);
    });
    this.known = boxes;
    this.knownLines = nextLines;
  }
  /** The part of the scene on the screen, and as much again on each side. */
  private seen(): { readonly area: Area; readonly zoom: number } {
    const { x, y, zoom } = this.viewport;
    const [width, height] = [this.container.clientWidth / zoom, this.container.clientHeight / zoom];
    return { zoom, area: { x: -x / zoom - width, y: -y / zoom - height, width: 3 * width, height: 3 * height } };
  }
  /** In a large lab, what is drawn follows the view. */
  private follow(): void {
    if (this.topology.boxes.length <= ALL_DRAWN) return;
    clearTimeout(this.following);
    this.following = setTimeout(() => {
      if (this.cy.destroyed()) return;
      this.draw();
      this.select(this.selected);
    }, FOLLOW_MS);
  }

  select(box: string | undefined): void {
    this.selected = box;
    this.cy.batch(() => {
      this.cy.$('.selected').removeClass('selected');
      if (box !== undefined) this.cy.getElementById(box).addClass('selected');
    });
  }
  /** What can be chosen just now stands out from the rest. */
  offer(boxes: ReadonlySet<string> | undefined): void {
    this.cy.batch(() => {
      this.cy.$('.offered, .dimmed').removeClass('offered dimmed');
      if (!boxes) return;
      this.cy.nodes().forEach((node) => void node.addClass(boxes.has(boxOf(node)) ? 'offered' : 'dimmed'));
      this.cy.edges().addClass('dimmed');
    });
  }

  /** Shows the whole, or what `focus` names. */
  fit(animates = this.animates): void {
    this.isMoved = false;
    const area = this.wanted();
    if (!area || this.container.clientWidth === 0) return;
    const viewport = this.fittingViewport(area);
    if (animates) this.cy.animate({ zoom: viewport.zoom, pan: { x: viewport.x, y: viewport.y } }, { duration: FADE_MS, easing: 'ease-out-cubic' });
    else this.cy.viewport({ zoom: viewport.zoom, pan: { x: viewport.x, y: viewport.y } });
  }
  /** From now on only this area needs to be seen; without one, all. */
  focus(area: Area | undefined): void {
    this.focused = area;
    this.fit();
  }
  zoomBy(factor: number): void {
    this.isMoved = true;
    const at = { x: this.container.clientWidth / 2, y: this.container.clientHeight / 2 };
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: at });
  }
  /** Brings a box into sight if it is not. */
  reveal(id: string): void {
    const box = this.topology.boxes.find((one) => one.id === id);
    if (!box) return;
    const { x, y, zoom } = this.viewport;
    const left = box.x * zoom + x;
    const top = box.y * zoom + y;
    const { clientWidth, clientHeight } = this.container;
    if (left >= 0 && top >= 0 && left + box.width * zoom <= clientWidth && top + box.height * zoom <= clientHeight) return;
    const pan = { x: clientWidth / 2 - (box.x + box.width / 2) * zoom, y: clientHeight / 2 - (box.y + box.height / 2) * zoom };
    this.cy.animate({ pan }, { duration: this.animates ? FADE_MS : 0 });
  }
  /** Its container has another size. */
  resize(): void {
    this.cy.resize();
    if (!this.isMoved) this.fit(false);
  }
  refreshTheme(): void {
    this.cy.style(stylesheet());
  }
  setAnimates(animates: boolean): void {
    this.animates = animates;
  }
  /** The whole figure as a PNG, twice as large as on the screen. */
  image(): Promise<Blob> {
    return this.cy.png({ output: 'blob-promise', full: true, scale: 2, bg: colour('canvas') });
  }
  dispose(): void {
    this.cy.destroy();
  }

  private add(elements: readonly ElementDefinition[], isNew: (id: string) => boolean): void {
    if (elements.length === 0) return;
    const all = this.cy.add([...elements]);
    if (this.present.size === 0 || !this.animates) return;
    const fresh = all.filter((element) => isNew((element.data('box') as string | undefined) ?? element.id()));
    fresh.style('opacity', 0);
    fresh.animate({ style: { opacity: 1 } }, { duration: FADE_MS, complete: () => void fresh.removeStyle('opacity') });
    const boxes = fresh.nodes('.box');
    boxes.addClass('fresh');
    setTimeout(() => {
      if (!this.cy.destroyed()) boxes.removeClass('fresh');
    }, SHINE_MS);
  }
  private remove(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const wanted = new Set(ids);
    this.cy.remove(this.cy.elements().filter((element) => wanted.has(element.id())));
  }
  private replace(elements: readonly ElementDefinition[], ids: readonly string[]): void {
    const wanted = new Set(elements.map((element) => element.data.id));
    for (const id of ids) if (!wanted.has(id)) this.remove([id]);
    const missing: ElementDefinition[] = [];
    for (const element of elements) {
      const present = this.cy.getElementById(element.data.id!);
      if (present.empty()) missing.push(element);
      else {
        present.data(element.data);
        present.classes(element.classes as string);
        if (element.position && present.isNode()) present.position(element.position);
      }
    }
    if (missing.length > 0) this.cy.add(missing);
  }

  /** What is to be seen. */
  private wanted(): Area | undefined {
    return this.focused ?? areaOf(this.topology.boxes);
  }
  private fittingViewport({ x: left, y: top, width, height }: Area): Viewport {
    const { clientWidth, clientHeight } = this.container;
    const [roomX, roomY] = [clientWidth - 2 * FIT_PADDING.side, clientHeight - FIT_PADDING.top - FIT_PADDING.bottom];
    const zoom = Math.max(0.12, Math.min(MAX_FIT_ZOOM, roomX / width, roomY / height));
    return { zoom, x: (clientWidth - width * zoom) / 2 - left * zoom, y: FIT_PADDING.top + (roomY - height * zoom) / 2 - top * zoom };
  }
  private isAllSeen(): boolean {
    const area = this.wanted();
    if (!area) return true;
    const { x, y, zoom } = this.viewport;
    const { clientWidth, clientHeight } = this.container;
    const [right, bottom] = [(area.x + area.width) * zoom + x, (area.y + area.height) * zoom + y];
    return area.x * zoom + x >= 0 && area.y * zoom + y >= 0 && right <= clientWidth && bottom <= clientHeight;
  }
}

const boxOf = (node: NodeSingular): string => (node.data('box') as string | undefined) ?? node.id();

const sameBox = (a: Box, b: Box): boolean =>
  a.kind === b.kind && a.label === b.label && a.sublabel === b.sublabel && a.state === b.state && sameRect(a, b) && a.labelAt === b.labelAt;
const sameRect = (a: Box, b: Box): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
const sameLine = (a: Line, b: Line): boolean =>
  a.kind === b.kind &&
  a.state === b.state &&
  a.from === b.from &&
  a.to === b.to &&
  a.points.length === b.points.length &&
  a.points.every((point, i) => point.x === b.points[i]?.x && point.y === b.points[i].y);
const sameEnds = (known: ReadonlyMap<string, Box>, line: Line, ends: readonly [Box, Box]): boolean => {
  const [from, to] = [known.get(line.from), known.get(line.to)];
  return from !== undefined && to !== undefined && sameRect(from, ends[0]) && sameRect(to, ends[1]);
};

function depthsOf(boxes: ReadonlyMap<string, Box>): Map<string, number> {
  const depths = new Map<string, number>();
  const depth = (box: Box): number => {
    const known = depths.get(box.id);
    if (known !== undefined) return known;
    const parent = box.parent === undefined ? undefined : boxes.get(box.parent);
    const own = parent ? depth(parent) + 1 : 0;
    depths.set(box.id, own);
    return own;
  };
  for (const box of boxes.values()) depth(box);
  return depths;
}

/** What is drawn of a large lab: from afar its nodes, pods and bridges; from near everything around what is seen. */
function wantedOf(
  { boxes, lines }: Topology,
  { area, zoom }: { readonly area: Area; readonly zoom: number },
): { readonly boxes: ReadonlyMap<string, Box>; readonly lines: readonly Line[] } {
  const isWanted = (box: Box): boolean => {
    if (boxes.length <= ALL_DRAWN) return true;
    if (zoom < DETAIL_ZOOM) return box.kind !== 'interface';
    return box.x < area.x + area.width && box.x + box.width > area.x && box.y < area.y + area.height && box.y + box.height > area.y;
  };
  const wanted = new Map(boxes.filter(isWanted).map((box) => [box.id, box]));
  return { boxes: wanted, lines: lines.filter((line) => wanted.has(line.from) && wanted.has(line.to)) };
}

/** The box with its name, and its second text as an element of its own, since an element has one text in one style. */
function elementsOf(box: Box, depth: number): ElementDefinition[] {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const { sublabel, labelAt } = box;
  const z = depth * 10;
  const hasRoom = sublabel !== undefined && (labelAt === 'middle' || (box.label.length + sublabel.length) * 7 < box.width - 24);
  const place = labelAt === 'middle' ? (sublabel === undefined ? 'alone' : 'above') : labelAt;
  const elements: ElementDefinition[] = [
    {
      group: 'nodes',
      data: {
        id: box.id,
        shift: 12 - box.width,
        width: box.width,
        height: box.height,
        z,
        text: box.label,
        room: Math.max(20, box.width - (labelAt === 'middle' ? 8 : 24)),
      },
      position: centre,
      classes: `box ${box.kind} state-${box.state} label-${place} ${labelAt === 'top' || (hasRoom && labelAt === 'bottom') ? 'label-start' : ''}`,
    },
  ];
  if (!hasRoom) return elements;
  const position =
    labelAt === 'middle'
      ? { x: centre.x, y: centre.y + 8.5 }
      : { x: box.x + box.width - 12, y: labelAt === 'top' ? box.y + LABEL_STRIP / 2 + 1 : box.y + box.height - LABEL_STRIP / 2 };
  elements.push({
    group: 'nodes',
    data: { id: sublabelId(box.id), box: box.id, text: sublabel, z: z + 5, room: Math.max(20, box.width - 8) },
    position,
    classes: `sublabel at-${labelAt === 'middle' ? 'middle' : 'end'} state-${box.state}`,
  });
  return elements;
}

function lineElement(line: Line, from: Box, to: Box): ElementDefinition {
  const first = line.points[0]!;
  const last = line.points.at(-1)!;
  const { weights, distances } = bendsOf(line.points);
  const end = (box: Box, x: number, y: number): string => `${x - (box.x + box.width / 2)}px ${y - (box.y + box.height / 2)}px`;
  return {
    group: 'edges',
    data: {
      id: line.id,
      source: line.from,
      target: line.to,
      start: end(from, first.x, first.y),
      end: end(to, last.x, last.y),
      weights: weights.join(' '),
      distances: distances.join(' '),
    },
    classes: `line ${line.kind} state-${line.state} ${weights.length > 0 ? 'bent' : ''}`,
  };
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Cytoscape takes names of faces in double quotes only. */
const face = (name: string): string => colour(name).replaceAll("'", '"');

function stylesheet(): StylesheetJson {
  const sans = face('sans');
  const mono = face('mono');
  const kind = (name: string): StylesheetJson[number] => ({
    selector: `.${name}`,
    style: { 'background-color': colour(`topo-${name}`), 'border-color': colour(`topo-${name}-line`) },
  });
  return [
    {
      selector: '.box',
      style: {
        shape: 'round-rectangle',
        'corner-radius': '6px',
        width: 'data(width)',
        height: 'data(height)',
        'border-width': 1.2,
        'border-position': 'center',
        'z-index': 'data(z)',
        'z-index-compare': 'manual',
        'overlay-opacity': 0,
        'underlay-opacity': 0,
        'underlay-color': colour('accent'),
        'underlay-padding': 4,
        'underlay-shape': 'round-rectangle',
        'transition-property': 'border-color, background-color, underlay-opacity',
        'transition-duration': 240,
      },
    },
    ...['node', 'pod', 'netns', 'interface', 'bridge', 'segment', 'outside'].map(kind),
    { selector: '.node', style: { 'corner-radius': '10px' } },
    { selector: '.pod, .netns', style: { 'corner-radius': '8px' } },
    { selector: '.netns', style: { 'border-style': 'dashed' } },
    { selector: '.outside', style: { 'border-style': 'dotted', 'border-width': 1.6 } },
    { selector: '.box.state-down, .box.state-no-carrier', style: { 'border-color': colour('topo-down'), 'border-style': 'dashed' } },
    { selector: '.box.fresh', style: { 'border-color': colour('accent'), 'underlay-opacity': 0.16 } },
    { selector: '.box.offered', style: { 'border-color': colour('packet'), 'border-width': 2 } },
    {
      selector: '.box.selected',
      style: {
        'border-color': colour('accent'),
        'border-style': 'solid',
        'border-width': 2,
        'underlay-opacity': 0.14,
      },
    },
    {
      selector: '.box, .sublabel',
      style: {
        label: 'data(text)',
        'text-wrap': 'ellipsis',
        'text-max-width': 'data(room)',
        'min-zoomed-font-size': 5,
        'text-valign': 'center',
        'text-halign': 'center',
        'text-events': 'no',
      },
    },
    { selector: '.box', style: { 'font-family': sans, 'font-size': 12, 'font-weight': 600, color: colour('text') } },
    { selector: '.interface', style: { 'font-weight': 500 } },
    { selector: '.label-above', style: { 'text-margin-y': -8 } },
    // Above or below the box, and from there into the strip that is kept for it.
    { selector: '.label-top', style: { 'text-valign': 'top', 'text-margin-y': LABEL_STRIP - 4.5 } },
    { selector: '.label-bottom', style: { 'text-valign': 'bottom', 'text-margin-y': 4.5 - LABEL_STRIP } },
    // Beside the right edge, and from there to the left one.
    { selector: '.label-start', style: { 'text-halign': 'right', 'text-margin-x': 'data(shift)' } },
    {
      selector: '.sublabel',
      style: {
        width: 1,
        height: 1,
        'background-opacity': 0,
        'border-width': 0,
        'z-index': 'data(z)',
        'z-index-compare': 'manual',
        'overlay-opacity': 0,
        events: 'no',
        'font-family': mono,
        'font-size': 11,
        'font-weight': 400,
        color: colour('text-2'),
      },
    },
    { selector: '.at-end', style: { 'text-halign': 'left' } },
    { selector: '.sublabel.state-down, .interface.state-down, .bridge.state-down', style: { color: colour('bad') } },
    {
      selector: '.line',
      style: {
        width: 1.4,
        'line-color': colour('topo-edge'),
        'curve-style': 'straight',
        'source-endpoint': 'data(start)',
        'target-endpoint': 'data(end)',
        'edge-distances': 'endpoints',
        'z-index': 5,
        'z-index-compare': 'manual',
        'overlay-opacity': 0,
        events: 'no',
      },
    },
    {
      selector: '.line.bent',
      style: { 'curve-style': 'round-segments', 'segment-weights': 'data(weights)', 'segment-distances': 'data(distances)', 'segment-radii': 6 },
    },
    { selector: '.veth', style: { 'line-color': colour('topo-pod-line'), 'z-index': 15 } },
    { selector: '.port', style: { 'line-color': colour('topo-bridge-line') } },
    { selector: '.wire', style: { 'line-color': colour('topo-segment-line') } },
    { selector: '.nat', style: { 'line-style': 'dotted' } },
    { selector: '.tunnel', style: { 'line-style': 'dashed', 'line-dash-pattern': [7, 4], width: 2 } },
    { selector: '.line.state-down, .line.state-no-carrier', style: { 'line-color': colour('topo-down'), 'line-style': 'dashed', 'line-dash-pattern': [4, 4] } },
    { selector: '.dimmed', style: { opacity: 0.45 } },
  ] as StylesheetJson;
}
