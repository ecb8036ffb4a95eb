/** A trace on a figure that the real layout made. Goal: the packet is at the right boxes, and its way has no gap. */
import { describe, expect, test } from 'vitest';
import { TopologyLayout, type GraphBox, type GraphLine, type Topology } from '../../shared/topology/index.ts';
import type { Disposition, Hop, Step, Trace } from '../../shared/ipc/index.ts';
import { distance } from '../topology/geometry.ts';
import { headersAt, mainHops, packetLabel, walkOf } from './walk.ts';

function figure(): Topology {
  const boxes: GraphBox[] = [{ id: 'segment:lan', kind: 'segment', role: 'segment', label: 'lan', state: 'none', facts: [] }];
  const lines: GraphLine[] = [];
  for (const node of ['node-1', 'node-2']) {
    const add = (box: Omit<GraphBox, 'facts' | 'state'>): void => void boxes.push({ ...box, state: 'up', facts: [] });
    add({ id: node, kind: 'node', role: 'node', label: node });
    add({ id: `${node}/eth1`, kind: 'interface', role: 'uplink', label: 'eth1', parent: node });
    add({ id: `${node}/cni0`, kind: 'bridge', role: 'bridge', label: 'cni0', parent: node });
    add({ id: `${node}/ns:77`, kind: 'pod', role: 'namespace', label: `pod-of-${node}`, parent: node });
    add({ id: `${node}/ns:77/eth0`, kind: 'interface', role: 'inner', label: 'eth0', parent: `${node}/ns:77` });
    add({ id: `${node}/veth0`, kind: 'interface', role: 'port', label: 'veth0', parent: node, above: `${node}/ns:77` });
    lines.push({ id: `wire:${node}`, kind: 'wire', from: `${node}/eth1`, to: 'segment:lan', state: 'up' });
    lines.push({ id: `veth:${node}`, kind: 'veth', from: `${node}/veth0`, to: `${node}/ns:77/eth0`, state: 'up' });
    lines.push({ id: `port:${node}`, kind: 'port', from: `${node}/veth0`, to: `${node}/cni0`, state: 'up' });
  }
  return new TopologyLayout().update({ boxes, lines });
}

const passed: Disposition = { kind: 'passed' };
let clock = 0;
function hop(id: number, parent: number, node: string, netns: string, direction: Hop['direction'], steps: readonly Step[], disposition: Disposition): Hop {
  return {
    id,
    parent,
    place: { node, netns, netnsId: netns === '' ? 0 : 3, netnsInode: netns === '' ? 1 : 77 },
    device: null,
    direction,
    atUs: clock,
    steps: steps.map((step) => ({ atUs: ++clock, step })),
    disposition,
  };
}
const send: Step = { kind: 'send', by: 'ping', summary: 'IP 10.244.1.2 > 10.244.2.2: ICMP echo request, id 1, seq 1, length 64' };
const receive = (device: string): Step => ({ kind: 'receive', device, summary: 'IP (ttl 64) ICMP' });
const transmit = (device: string): Step => ({ kind: 'transmit', device, summary: 'IP (ttl 63) ICMP' });
const toBridge: Step = { kind: 'fdb', bridge: 'cni0', mac: '0a:00:00:00:00:01', port: 'cni0', entry: 'local' };
const forward: Step = { kind: 'forward', from: 'cni0', to: 'eth1', ttl: 63, summary: 'IP (ttl 63) ICMP' };
const deliver: Step = { kind: 'deliver', to: 'the kernel' };

function crossing(): Trace {
  const hops = [
    hop(0, -1, 'node-1', 'cni-a', 'request', [send, transmit('eth0')], passed),
    hop(1, 0, 'node-1', '', 'request', [receive('veth0'), toBridge, forward, transmit('eth1')], passed),
    hop(2, 1, 'node-2', '', 'request', [receive('eth1'), transmit('cni0'), transmit('veth0')], passed),
    hop(3, 2, 'node-2', 'cni-b', 'request', [receive('eth0'), deliver], { kind: 'delivered', to: 'the kernel' }),
    hop(4, 3, 'node-2', 'cni-b', 'reply', [{ kind: 'answer', summary: 'IP ICMP echo reply' }, transmit('eth0')], passed),
    hop(5, 4, 'node-2', '', 'reply', [receive('veth0')], { kind: 'dropped', reason: 'NETFILTER_DROP', detail: '' }),
    hop(6, 1, 'node-1', '', 'helper', [], passed),
  ];
  return { id: 1, startedUs: 0, hops };
}

describe('a packet from pod to pod over two nodes', () => {
  const walk = walkOf(crossing(), figure());
  test('is at these boxes, one after the other', () => {
    expect(walk.stops.map((stop) => stop.box?.id)).toEqual([
      'node-1/ns:77',
      'node-1/ns:77/eth0',
      'node-1/veth0',
      'node-1/cni0',
      'node-1/cni0', // routing happens where the packet is
      'node-1/eth1',
      'node-2/eth1',
      'node-2/cni0',
      'node-2/veth0',
      'node-2/ns:77/eth0',
      'node-2/ns:77',
      'node-2/ns:77',
      'node-2/ns:77/eth0',
      'node-2/veth0',
    ]);
  });
  test('goes on from where it stood', () => {
    for (const [index, stop] of walk.stops.entries()) {
      if (stop.way.length === 0) continue;
      expect(stop.way[0], `way of stop ${index}`).toEqual(walk.stops[index - 1]!.place);
      expect(stop.way.at(-1), `end of stop ${index}`).toEqual(stop.place);
    }
  });
  test('stands at the edge of the box it is at, outside its text', () => {
    for (const { box, place } of walk.stops) {
      if (!box || !place || box.labelAt !== 'middle') continue;
      const isInside = place.x > box.x && place.x < box.x + box.width && place.y > box.y && place.y < box.y + box.height;
      expect(isInside, box.id).toBe(false);
      const nearest = { x: Math.max(box.x, Math.min(box.x + box.width, place.x)), y: Math.max(box.y, Math.min(box.y + box.height, place.y)) };
      expect(distance(nearest, place), box.id).toBeLessThanOrEqual(10);
    }
  });
  test('crosses the wire over the segment between the nodes', () => {
    const wire = walk.stops[6]!;
    expect(wire.way.length).toBeGreaterThanOrEqual(4);
  });
  test('stays are named as the reader knows them, and tell what happened beside', () => {
    expect(walk.stays.map((stay) => [stay.title, stay.stops.length, stay.side.map((one) => one.hop.direction)])).toEqual([
      ['pod-of-node-1', 2, []],
      ['node-1', 4, ['helper']],
      ['node-2', 3, []],
      ['pod-of-node-2', 2, []],
      ['pod-of-node-2', 2, []],
      ['node-2', 1, []],
    ]);
  });
  test('beside the packet stands its protocol and the TTL it has by now', () => {
    expect([packetLabel(walk, 0), packetLabel(walk, 3), packetLabel(walk, 4), headersAt(walk, 4)]).toEqual([
      'ICMP',
      'ICMP · TTL 64',
      'ICMP · TTL 63',
      'IP (ttl 63) ICMP',
    ]);
  });
});

test('a flooded copy for another machine is not the main way', () => {
  const flood: Step = { kind: 'flood', bridge: 'cni0', mac: 'x', why: 'unknown', ports: ['a', 'b'], skipped: [] };
  const trace: Trace = {
    id: 1,
    startedUs: 0,
    hops: [
      hop(0, -1, 'node-1', '', 'request', [flood], passed),
      hop(1, 0, 'node-1', 'other', 'request', [], { kind: 'dropped', reason: 'OTHERHOST', detail: '' }),
      hop(2, 0, 'node-1', 'cni-a', 'request', [receive('eth0')], { kind: 'dropped', reason: 'NO_SOCKET', detail: '' }),
    ],
  };
  expect(mainHops(trace).map((one) => one.id)).toEqual([0, 2]);
});
test('a trace of something that the figure does not show has stops without a place', () => {
  const trace: Trace = { id: 1, startedUs: 0, hops: [hop(0, -1, 'node-9', '', 'request', [send], { kind: 'pending' })] };
  expect(walkOf(trace, figure()).stops.map((stop) => [stop.box, stop.place, stop.way])).toEqual([[undefined, undefined, []]]);
});

test('a packet for the machine itself goes just through the device by which it came, straight on', () => {
  const hops = [
    hop(0, -1, 'node-1', 'cni-a', 'request', [send, transmit('eth0')], passed),
    hop(1, 0, 'node-1', '', 'request', [receive('veth0'), toBridge, deliver], { kind: 'delivered', to: 'the kernel' }),
  ];
  const topology = figure();
  const walk = walkOf({ id: 1, startedUs: 0, hops }, topology);
  const cni0 = topology.boxes.find((box) => box.id === 'node-1/cni0')!;
  const way = walk.stops.flatMap((stop) => stop.way);
  const [before, last] = way.slice(-2);
  expect(last).toEqual({ x: before!.x, y: cni0.y - 12 });
  expect(before!.y).toBeGreaterThan(cni0.y + cni0.height);
});
