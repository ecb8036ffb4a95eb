/** The layout's promises: nothing moves, nothing overlaps, what belongs together stands together. Goal: hold them on grown and shrunk labs. */
import { describe, expect, test } from 'vitest';
import type { Graph, GraphBox, GraphLine } from './graph.ts';
import { TopologyLayout } from './layout.ts';
import type { Box, Topology } from './topology.ts';

/** A lab like the first lesson's: nodes with eth0 behind NAT, eth1 on a segment, cni0 and pods. */
function lab(pods: readonly (readonly string[])[]): Graph {
  const boxes: GraphBox[] = [
    { id: 'segment:hostonly', kind: 'segment', role: 'segment', label: 'host-only network', sublabel: '192.168.56.0/24', state: 'none', facts: [] },
  ];
  const lines: GraphLine[] = [];
  const add = (box: Omit<GraphBox, 'facts' | 'state'>): void => void boxes.push({ ...box, state: 'up', facts: [] });
  for (const [index, names] of pods.entries()) {
    const node = index === 0 ? 'controlplane' : `node-${index}`;
    add({ id: node, kind: 'node', role: 'node', label: node });
    add({ id: `${node}/eth0`, kind: 'interface', role: 'uplink', label: 'eth0', sublabel: '10.0.2.15/24', parent: node });
    add({ id: `${node}/eth1`, kind: 'interface', role: 'uplink', label: 'eth1', sublabel: `192.168.56.${10 + index}/24`, parent: node });
    add({ id: `${node}/cni0`, kind: 'bridge', role: 'bridge', label: 'cni0', sublabel: `10.244.${index}.1/24`, parent: node });
    add({ id: `outside:${node}`, kind: 'outside', role: 'outside', label: 'NAT', sublabel: '10.0.2.0/24', above: `${node}/eth0` });
    lines.push({ id: `nat:${node}`, kind: 'nat', from: `${node}/eth0`, to: `outside:${node}`, state: 'up' });
    lines.push({ id: `wire:${node}`, kind: 'wire', from: `${node}/eth1`, to: 'segment:hostonly', state: 'up' });
    for (const name of names) {
      add({ id: `${node}/ns:${name}`, kind: 'pod', role: 'namespace', label: name, parent: node });
      add({ id: `${node}/ns:${name}/eth0`, kind: 'interface', role: 'inner', label: 'eth0', sublabel: `10.244.${index}.7/24`, parent: `${node}/ns:${name}` });
      add({ id: `${node}/veth-${name}`, kind: 'interface', role: 'port', label: `veth1234abcd`, parent: node, above: `${node}/ns:${name}` });
      lines.push({ id: `veth:${name}`, kind: 'veth', from: `${node}/veth-${name}`, to: `${node}/ns:${name}/eth0`, state: 'up' });
      lines.push({ id: `port:${name}`, kind: 'port', from: `${node}/veth-${name}`, to: `${node}/cni0`, state: 'up' });
    }
  }
  return { boxes, lines };
}
const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const holds = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;

/** Siblings are apart and children stand in their parents. */
function checkApart(topology: Topology): void {
  const byParent = new Map<string, Box[]>();
  for (const box of topology.boxes) byParent.set(box.parent ?? '', [...(byParent.get(box.parent ?? '') ?? []), box]);
  const wrong: string[] = [];
  for (const siblings of byParent.values())
    for (const [i, a] of siblings.entries()) for (const b of siblings.slice(i + 1)) if (overlap(a, b)) wrong.push(`${a.id} and ${b.id} overlap`);
  const byId = new Map(topology.boxes.map((box) => [box.id, box]));
  for (const box of topology.boxes) if (box.parent !== undefined && !holds(byId.get(box.parent)!, box)) wrong.push(`${box.id} sticks out of ${box.parent}`);
  expect(wrong).toEqual([]);
}
/** Every way begins and ends on the edge of its boxes. */
function checkLines(topology: Topology): void {
  const byId = new Map(topology.boxes.map((box) => [box.id, box]));
  for (const line of topology.lines) {
    for (const [id, point] of [
      [line.from, line.points[0]],
      [line.to, line.points.at(-1)],
    ] as const) {
      const box = byId.get(id)!;
      const onX = point && point.x >= box.x && point.x <= box.x + box.width && (point.y === box.y || point.y === box.y + box.height);
      const onY = point && point.y >= box.y && point.y <= box.y + box.height && (point.x === box.x || point.x === box.x + box.width);
      expect(onX || onY, `${line.id} ends on ${id}`).toBe(true);
    }
    for (const [i, point] of line.points.slice(1).entries()) {
      const before = line.points[i]!;
      expect(point.x === before.x || point.y === before.y, `${line.id} is in right angles`).toBe(true);
    }
  }
}
const boxOf = (topology: Topology, id: string): Box => topology.boxes.find((box) => box.id === id)!;
const placesOf = (topology: Topology, keep: (box: Box) => boolean = () => true): Map<string, string> =>
  new Map(topology.boxes.filter(keep).map((box) => [box.id, `${box.x},${box.y}`]));

describe('layout', () => {
  test('3 nodes with 12 pods each: apart, inside, lines on edges', () => {
    const topology = new TopologyLayout().update(lab([names('a', 12), names('b', 12), names('c', 12)]));
    checkApart(topology);
    checkLines(topology);
  });

  test('grown pod by pod: nothing moves, nothing overlaps', () => {
    const layout = new TopologyLayout();
    let before = placesOf(layout.update(lab([[], [], []])));
    for (let count = 1; count <= 12; count++) {
      const topology = layout.update(lab([names('a', count), names('b', count), names('c', Math.min(count, 5))]));
      checkApart(topology);
      checkLines(topology);
      const after = placesOf(topology);
      for (const [id, place] of before) expect(after.get(id), id).toBe(place);
      before = after;
    }
  });

  test('a pod that goes moves nothing, and the next takes its cell', () => {
    const layout = new TopologyLayout();
    const first = layout.update(lab([[], ['web', 'httpd', 'traceroute']]));
    const second = layout.update(lab([[], ['web', 'traceroute']]));
    for (const [id, place] of placesOf(second)) expect(placesOf(first).get(id), id).toBe(place);
    const third = layout.update(lab([[], ['web', 'traceroute', 'curl']]));
    checkApart(third);
    expect(placesOf(third).get('node-1/ns:curl')).toBe(placesOf(first).get('node-1/ns:httpd'));
  });

  test('a namespace seen after its port stands below it', () => {
    const layout = new TopologyLayout();
    const whole = lab([[], ['web', 'httpd']]);
    layout.update({ boxes: whole.boxes.filter((box) => !box.id.includes('ns:')), lines: [] });
    const topology = layout.update(whole);
    checkApart(topology);
    expect(boxOf(topology, 'node-1/ns:httpd').x).toBe(boxOf(topology, 'node-1/veth-httpd').x);
    expect(boxOf(topology, 'node-1/ns:httpd').y).toBeGreaterThan(boxOf(topology, 'node-1/veth-httpd').y);
  });

  test('a long name takes two cells, before and after its port', () => {
    const long = 'coredns-5dd5756b68-7xk2m-and-more';
    const layout = new TopologyLayout();
    layout.update(lab([[], ['web']]));
    const whole = lab([[], ['web', long]]);
    for (const graph of [{ boxes: whole.boxes.filter((box) => !box.id.includes(`ns:${long}`)), lines: [] }, whole]) checkApart(layout.update(graph));
    expect(boxOf(layout.update(whole), `node-1/ns:${long}`).width).toBeGreaterThan(230);
  });

  test('a node is added beside the others', () => {
    const layout = new TopologyLayout();
    const before = layout.update(lab([['a'], ['b']]));
    const after = layout.update(lab([['a'], ['b'], ['c']]));
    for (const [id, place] of placesOf(before)) expect(placesOf(after).get(id), id).toBe(place);
    checkApart(after);
    checkLines(after);
  });

  test('100 nodes with 20 pods: apart, and one more pod moves nothing', () => {
    const pods = Array.from({ length: 100 }, (_, node) => names(`n${node}`, 20));
    const layout = new TopologyLayout();
    const topology = layout.update(lab(pods));
    checkApart(topology);
    const grown = layout.update(lab(pods.map((list, index) => (index === 50 ? [...list, 'one-more'] : list))));
    const after = placesOf(grown);
    for (const [id, place] of placesOf(topology)) expect(after.get(id), id).toBe(place);
  });
});
