/** A topology as an SVG document that stands on its own, for files and documents. Colours are those of the window's light theme. */
import type { Box, BoxKind, LineKind, Topology } from './topology.ts';

const FILL: Record<BoxKind, string> = {
  node: '#f6f8fb',
  netns: '#f3effc',
  pod: '#e8f1ff',
  interface: '#ffffff',
  bridge: '#dff5ea',
  segment: '#fff3d6',
  outside: '#eceff3',
};
const STROKE: Record<BoxKind, string> = {
  node: '#b6c2d2',
  netns: '#9a86d6',
  pod: '#5b8def',
  interface: '#8795a8',
  bridge: '#2f9e6e',
  segment: '#d69a1c',
  outside: '#9aa5b4',
};
const LINE: Record<LineKind, string> = { veth: '#5b8def', port: '#2f9e6e', wire: '#d69a1c', tunnel: '#a24fd0', nat: '#9aa5b4' };
const MARGIN = 24;

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

export function topologySvg(topology: Topology): string {
  const { boxes, lines } = topology;
  const left = Math.min(0, ...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(0, ...boxes.map((box) => box.y)) - MARGIN;
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width)) + MARGIN - left;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN - top;
  const shapes = [
    ...boxes.filter((box) => box.labelAt !== 'middle').map(boxSvg),
    ...lines.map(
      (line) =>
        `<polyline points="${line.points.map((point) => `${point.x},${point.y}`).join(' ')}" fill="none" stroke="${LINE[line.kind]}" stroke-width="1.6"${line.state === 'up' || line.state === 'none' ? '' : ' stroke-dasharray="4 4" opacity="0.6"'}/>`,
    ),
    ...boxes.filter((box) => box.labelAt === 'middle').map(boxSvg),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="Inter, system-ui, sans-serif"><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>${shapes.join('')}</svg>\n`;
}

function boxSvg(box: Box): string {
  const x = box.x + box.width / 2;
  const isDown = box.state === 'down' || box.state === 'no-carrier';
  const rect = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${box.kind === 'node' ? 10 : 6}" fill="${FILL[box.kind]}" stroke="${isDown ? '#c2410c' : STROKE[box.kind]}" stroke-width="${box.kind === 'node' ? 1.2 : 1.4}"${isDown ? ' stroke-dasharray="5 3"' : ''}/>`;
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
