/**
 * The figure on its canvas. Boxes are flat elements at the positions the core gave them; containment is drawn, not modelled, since
 * compound nodes are what makes cytoscape slow. Authority: https://js.cytoscape.org.
 * Invariant: a box that stays is never moved or drawn anew; what is new fades in and shines for a moment, what is gone fades out.
 */
import cytoscape, { type Core, type ElementDefinition, type NodeSingular, type StylesheetJson } from 'cytoscape';
import type { Box, Line, Topology } from '../../shared/ipc/index.ts';
import { bendsOf, type Viewport } from './geometry.ts';

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
const textId = (box: string, which: 'label' | 'sublabel'): string => `${which}\u0000${box}`;

export class Scene {
  private readonly cy: Core;
  private known = new Map<string, Box>();
  private knownLines = new Map<string, Line>();
  private selected: string | undefined;
  /** The reader moved the view: it is theirs until they ask for the whole again. */
  private isMoved = false;
  private isFirst = true;
  private focused: ReadonlySet<string> | undefined;
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
    cy.on('tap', (event) => events.onSelect(event.target === cy ? undefined : boxOf(event.target as NodeSingular)));
    cy.on('dbltap', 'node', (event) => events.onOpen(boxOf(event.target as NodeSingular)));
    cy.on('cxttap', (event) => events.onMenu(event.target === cy ? undefined : boxOf(event.target as NodeSingular), event.renderedPosition));
    cy.on('mouseover', 'node', (event) => events.onHover(boxOf(event.target as NodeSingular)));
    cy.on('mouseout', 'node', () => events.onHover(undefined));
    cy.on('viewport', () => events.onViewport(this.viewport));
    cy.on('dragpan pinchzoom scrollzoom', () => (this.isMoved = true));
  }

  get viewport(): Viewport {
    return { ...this.cy.pan(), zoom: this.cy.zoom() };
  }

  update({ boxes, lines }: Topology): void {
    const nextBoxes = new Map(boxes.map((box) => [box.id, box]));
    const nextLines = new Map(lines.map((line) => [line.id, line]));
    const depths = depthsOf(nextBoxes);
    const added: ElementDefinition[] = [];
    this.cy.batch(() => {
      for (const [id] of this.known) if (!nextBoxes.has(id)) this.remove([id, textId(id, 'label'), textId(id, 'sublabel')]);
      for (const [id] of this.knownLines) if (!nextLines.has(id)) this.remove([id]);
      for (const box of boxes) {
        const before = this.known.get(box.id);
        if (!before) added.push(...elementsOf(box, depths.get(box.id) ?? 0));
        else if (!sameBox(before, box)) this.replace(elementsOf(box, depths.get(box.id) ?? 0), textIds(box));
      }
      for (const line of lines) {
        const [from, to] = [nextBoxes.get(line.from), nextBoxes.get(line.to)];
        if (!from || !to) continue;
        const before = this.knownLines.get(line.id);
        const element = lineElement(line, from, to);
        if (!before) added.push(element);
        else if (!sameLine(before, line) || !sameEnds(this.known, line, [from, to])) this.replace([element], []);
      }
      this.add(added);
    });
    this.known = nextBoxes;
    this.knownLines = nextLines;
    if (this.isFirst && boxes.length > 0) {
      this.fit(false);
      this.isFirst = false;
    } else if (!this.isMoved && !this.isAllSeen()) this.fit(this.animates);
    this.select(this.selected);
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
    if (this.known.size === 0 || this.container.clientWidth === 0) return;
    const viewport = this.fittingViewport();
    if (animates) this.cy.animate({ zoom: viewport.zoom, pan: { x: viewport.x, y: viewport.y } }, { duration: FADE_MS, easing: 'ease-out-cubic' });
    else this.cy.viewport({ zoom: viewport.zoom, pan: { x: viewport.x, y: viewport.y } });
  }
  /** From now on only these boxes need to be seen; without any, all. */
  focus(boxes: ReadonlySet<string> | undefined): void {
    this.focused = boxes;
    this.fit();
  }
  zoomBy(factor: number): void {
    this.isMoved = true;
    const at = { x: this.container.clientWidth / 2, y: this.container.clientHeight / 2 };
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: at });
  }
  /** Brings a box into sight if it is not. */
  reveal(id: string): void {
    const box = this.known.get(id);
    if (!box) return;
    const { x, y, zoom } = this.viewport;
    const left = box.x * zoom + x;
    const top = box.y * zoom + y;
    const { clientWidth, clientHeight } = this.container;
    if (left >= 0 && top >= 0 && left + box.width * zoom <= clientWidth && top + box.height * zoom <= clientHeight) return;
    this.cy.animate({ center: { eles: this.cy.getElementById(id) } }, { duration: this.animates ? FADE_MS : 0 });
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

  private add(elements: readonly ElementDefinition[]): void {
    if (elements.length === 0) return;
    const fresh = this.cy.add([...elements]);
    if (this.isFirst || !this.animates) return;
    fresh.style('opacity', 0);
    fresh.animate({ style: { opacity: 1 } }, { duration: FADE_MS, complete: () => void fresh.removeStyle('opacity') });
    const boxes = fresh.nodes('.box');
    boxes.addClass('fresh');
    setTimeout(() => {
      if (!this.cy.destroyed()) boxes.removeClass('fresh');
    }, SHINE_MS);
  }
  private remove(ids: readonly string[]): void {
    for (const id of ids) {
      const element = this.cy.getElementById(id);
      if (element.empty()) continue;
      element.data('isLeaving', true);
      element.remove(); // fading a removed box would block its place for a new one of the same id
    }
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

  private wanted(): readonly Box[] {
    const all = [...this.known.values()];
    const some = this.focused && all.filter((box) => this.focused?.has(box.id));
    return some && some.length > 0 ? some : all;
  }
  private fittingViewport(): Viewport {
    const boxes = this.wanted();
    const left = Math.min(...boxes.map((box) => box.x));
    const top = Math.min(...boxes.map((box) => box.y));
    const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
    const { clientWidth, clientHeight } = this.container;
    const zoom = Math.max(
      0.12,
      Math.min(MAX_FIT_ZOOM, (clientWidth - 2 * FIT_PADDING.side) / width, (clientHeight - FIT_PADDING.top - FIT_PADDING.bottom) / height),
    );
    return {
      zoom,
      x: (clientWidth - width * zoom) / 2 - left * zoom,
      y: FIT_PADDING.top + (clientHeight - FIT_PADDING.top - FIT_PADDING.bottom - height * zoom) / 2 - top * zoom,
    };
  }
  private isAllSeen(): boolean {
    const { x, y, zoom } = this.viewport;
    const { clientWidth, clientHeight } = this.container;
    return this.wanted().every(
      (box) =>
        box.x * zoom + x >= 0 && box.y * zoom + y >= 0 && (box.x + box.width) * zoom + x <= clientWidth && (box.y + box.height) * zoom + y <= clientHeight,
    );
  }
}

const boxOf = (node: NodeSingular): string => (node.data('box') as string | undefined) ?? node.id();
const textIds = (box: Box): string[] => [textId(box.id, 'label'), textId(box.id, 'sublabel')];

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

/** The box itself and its texts. Texts are elements of their own, since an element has one text in one style. */
function elementsOf(box: Box, depth: number): ElementDefinition[] {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const holds = box.labelAt === 'middle' ? '' : 'holds';
  const elements: ElementDefinition[] = [
    {
      group: 'nodes',
      data: { id: box.id, width: box.width, height: box.height, z: depth * 10 },
      position: { ...centre },
      classes: `box ${box.kind} state-${box.state} ${holds}`,
    },
  ];
  const text = (which: 'label' | 'sublabel', content: string, x: number, y: number, align: 'start' | 'middle' | 'end', width: number): void => {
    elements.push({
      group: 'nodes',
      data: { id: textId(box.id, which), box: box.id, text: content, z: depth * 10 + 5, room: Math.max(20, width) },
      position: { x, y },
      classes: `text ${which} at-${align} of-${box.kind} state-${box.state}`,
    });
  };
  const { sublabel } = box;
  if (box.labelAt === 'middle') {
    const room = box.width - 8;
    text('label', box.label, centre.x, sublabel === undefined ? centre.y : centre.y - 8, 'middle', room);
    if (sublabel !== undefined) text('sublabel', sublabel, centre.x, centre.y + 8.5, 'middle', room);
  } else {
    const y = box.labelAt === 'top' ? box.y + LABEL_STRIP / 2 + 1 : box.y + box.height - LABEL_STRIP / 2;
    const room = box.width - 24;
    if (sublabel === undefined && box.labelAt === 'bottom') text('label', box.label, centre.x, y, 'middle', room);
    else text('label', box.label, box.x + 12, y, 'start', room);
    if (sublabel !== undefined && box.label.length * 7 + sublabel.length * 6.7 < room) text('sublabel', sublabel, box.x + box.width - 12, y, 'end', room);
  }
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
    {
      selector: '.box.fresh',
      style: {
        'border-color': colour('accent'),
        'underlay-color': colour('accent'),
        'underlay-opacity': 0.18,
        'underlay-padding': 4,
        'underlay-shape': 'round-rectangle',
      },
    },
    { selector: '.box.offered', style: { 'border-color': colour('packet'), 'border-width': 2 } },
    {
      selector: '.box.selected',
      style: {
        'border-color': colour('accent'),
        'border-style': 'solid',
        'border-width': 2,
        'underlay-color': colour('accent'),
        'underlay-opacity': 0.14,
        'underlay-padding': 4,
        'underlay-shape': 'round-rectangle',
      },
    },
    {
      selector: '.text',
      style: {
        width: 1,
        height: 1,
        'background-opacity': 0,
        'border-width': 0,
        label: 'data(text)',
        'z-index': 'data(z)',
        'z-index-compare': 'manual',
        'text-valign': 'center',
        'text-wrap': 'ellipsis',
        'text-max-width': 'data(room)',
        'min-zoomed-font-size': 5,
        'overlay-opacity': 0,
        'text-events': 'no',
        events: 'no',
      },
    },
    { selector: '.label', style: { 'font-family': sans, 'font-size': 12, 'font-weight': 600, color: colour('text') } },
    { selector: '.label.of-interface', style: { 'font-weight': 500 } },
    { selector: '.sublabel', style: { 'font-family': mono, 'font-size': 11, 'font-weight': 400, color: colour('text-2') } },
    { selector: '.at-start', style: { 'text-halign': 'right' } },
    { selector: '.at-middle', style: { 'text-halign': 'center' } },
    { selector: '.at-end', style: { 'text-halign': 'left' } },
    { selector: '.text.state-down', style: { color: colour('bad') } },
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
