/** A topology as an SVG document that stands on its own, for files and documents. Colours are those of the window's light theme. */
import type { Box, BoxKind, Line, LineKind, Topology } from './topology.ts';

const FILL: Record<BoxKind, string> = {
  node: '#fbfcfe',
  netns: '#f5f6f9',
  pod: '#eef3ff',
  interface: '#ffffff',
  bridge: '#fff6e6',
  segment: '#e8ecf3',
  outside: '#f4f5f8',
};
const STROKE: Record<BoxKind, string> = {
  node: '#cfd6e1',
  netns: '#c3cad6',
  pod: '#a9bdf0',
  interface: '#aeb8c7',
  bridge: '#d9a85b',
  segment: '#9aa6b8',
  outside: '#9aa6b8',
};
const EDGE = '#97a3b6';
const LINE: Record<LineKind, string> = { veth: STROKE.pod, port: STROKE.bridge, wire: STROKE.segment, tunnel: EDGE, nat: EDGE };
const DOWN = '#c94a53';
const MARGIN = 24;

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

export function topologySvg(topology: Topology): string {
  const { boxes, lines } = topology;
  const left = Math.min(0, ...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(0, ...boxes.map((box) => box.y)) - MARGIN;
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width)) + MARGIN - left;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN - top;
  const shapes = [...boxes.filter(isGround).map(boxSvg), ...lines.map(lineSvg), ...boxes.filter((box) => !isGround(box)).map(boxSvg)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="Inter, system-ui, sans-serif"><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>${shapes.join('')}</svg>\n`;
}

/** What lines pass over: boxes that hold others, and the bars above the nodes. */
const isGround = (box: Box): boolean => box.labelAt !== 'middle' || box.kind === 'segment';

function lineSvg({ kind, state, points }: Line): string {
  const isUp = state === 'up' || state === 'none';
  const dashes = !isUp ? ' stroke-dasharray="4 4"' : kind === 'nat' ? ' stroke-dasharray="1.6 3"' : kind === 'tunnel' ? ' stroke-dasharray="8 4"' : '';
  const at = points.map(({ x, y }) => `${x},${y}`).join(' ');
  return `<polyline points="${at}" fill="none" stroke="${isUp ? LINE[kind] : DOWN}" stroke-width="1.6"${dashes}/>`;
}

function boxSvg(box: Box): string {
  const x = box.x + box.width / 2;
  const isDown = box.state === 'down' || box.state === 'no-carrier';
  const rect = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${box.kind === 'node' ? 10 : 6}" fill="${FILL[box.kind]}" stroke="${isDown ? DOWN : STROKE[box.kind]}" stroke-width="${box.kind === 'node' ? 1.2 : 1.4}"${isDown ? ' stroke-dasharray="5 3"' : ''}/>`;
  const label = (y: number, weight: number): string =>
    `<text x="${x}" y="${y}" text-anchor="middle" font-size="12" font-weight="${weight}" fill="#1f2a37">${escape(box.label)}</text>`;
  const small = (y: number): string =>
    box.sublabel === undefined
      ? ''
      : `<text x="${x}" y="${y}" text-anchor="middle" font-size="11" font-family="ui-monospace, monospace" fill="#5a6878">${escape(box.sublabel)}</text>`;
  if (box.labelAt === 'top') return `<g>${rect}${label(box.y + 18, 650)}</g>`;
  if (box.labelAt === 'bottom') return `<g>${rect}${label(box.y + box.height - 9, 600)}</g>`;
  const middle = box.y + box.height / 2;
  return `<g>${rect}${box.sublabel === undefined ? label(middle + 4, 500) : label(middle - 3, 500) + small(middle + 13)}</g>`;
}
