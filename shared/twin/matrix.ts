/**
 * Who reaches whom: one packet for each pair that matters, all sent in the twin, each followed. Pods and nodes by ICMP among each other, pods by the TCP
 * port they listen on, services by their ports, and the world outside.
 *
 * Invariant: a cell is 'ok' only when an answer came back, be it the receiver's own that nobody listens there (a UDP datagram: when it arrived); what the
 * model does not know is its own outcome.
 */
import type { Snapshot } from '../snapshot/index.ts';
import type { Trace } from '../trace/index.ts';
import { replyOutcome, requestOutcome } from '../trace/index.ts';
import { placesOf, type Place } from './places.ts';
import type { ProbeProtocol } from './tracing.ts';

export interface Ask {
  readonly from: string;
  /** An id of a place, `service default/web:80`, or `outside`. */
  readonly to: string;
  readonly address: string;
  readonly protocol: ProbeProtocol;
}
export interface Cell extends Ask {
  readonly outcome: 'ok' | 'failed' | 'not-modelled';
  /** What the sender hears: `reply`, `arrived`, `timeout`, `refused`, or an errno name. */
  readonly how: string;
  readonly trace: Trace;
}
export interface Matrix {
  readonly places: readonly Place[];
  readonly cells: readonly Cell[];
}

/** Somewhere on the internet. */
export const OUTSIDE = '1.1.1.1';
/** Above so many pods, only so many of each node are asked. */
const ALL_PODS = 16;
const PODS_PER_NODE = 2;

export const protocolText = (protocol: ProbeProtocol): string => (protocol.kind === 'icmp' ? 'icmp' : `${protocol.kind}/${protocol.port}`);
export const cellKey = ({ from, to, protocol }: Pick<Ask, 'from' | 'to' | 'protocol'>): string => `${from} ${to} ${protocolText(protocol)}`;

/** What is asked of a snapshot. */
export function asksOf(snapshot: Snapshot): readonly Ask[] {
  const places = placesOf(snapshot);
  const nodes = places.filter(({ kind }) => kind === 'node');
  const pods = chosen(places.filter(({ kind, address, expected }) => kind === 'pod' && (address ?? expected) !== undefined));
  const asks: Ask[] = [];
  const icmp = { kind: 'icmp' } as const;
  const from = [...pods, ...nodes];
  // without Kubernetes nobody says that a node and the namespaces on it are to reach each other
  const isAsked = (source: Place, to: Place): boolean => source !== to && (snapshot.kubernetes !== undefined || source.kind === to.kind);
  for (const to of from) {
    const address = to.expected ?? to.address;
    if (address === undefined) continue;
    for (const source of from) if (isAsked(source, to)) asks.push({ from: source.id, to: to.id, address, protocol: icmp });
    const port = to.kind === 'pod' ? listensOn(snapshot, to) : undefined;
    if (port !== undefined) for (const source of pods) if (source !== to) asks.push({ from: source.id, to: to.id, address, protocol: { kind: 'tcp', port } });
  }
  for (const service of snapshot.kubernetes?.services ?? []) {
    // with nobody behind it, there is nothing to find out
    if (!/^\d/.test(service.clusterIP) || !service.endpoints.some(({ ready }) => ready)) continue;
    for (const { port, protocol } of service.ports) {
      const kind = protocol === 'UDP' ? 'udp' : protocol === 'TCP' ? 'tcp' : undefined;
      if (!kind) continue;
      const to = `service ${service.namespace}/${service.name}:${port}`;
      // a pod that is behind the service may meet itself: that is a question of its own
      const behind = new Set(service.endpoints.map((endpoint) => endpoint.address));
      for (const source of pods)
        if (!behind.has(source.expected ?? source.address ?? '')) asks.push({ from: source.id, to, address: service.clusterIP, protocol: { kind, port } });
    }
  }
  if (snapshot.nodes.some((node) => node.namespaces.some(({ id, routes }) => id === 0 && routes.some(isDefault))))
    for (const source of from) asks.push({ from: source.id, to: 'outside', address: OUTSIDE, protocol: icmp });
  return asks;
}
const isDefault = (route: { readonly family: string; readonly destination: string }): boolean => route.family === 'inet' && route.destination === 'default';

function chosen(pods: readonly Place[]): readonly Place[] {
  if (pods.length <= ALL_PODS) return pods;
  const perNode = new Map<string, number>();
  return pods.filter(({ node }) => {
    const count = (perNode.get(node) ?? 0) + 1;
    perNode.set(node, count);
    return count <= PODS_PER_NODE;
  });
}

/** The lowest TCP port that somebody in the pod listens on for everybody. */
function listensOn(snapshot: Snapshot, place: Place): number | undefined {
  const netns = snapshot.nodes.find(({ name }) => name === place.node)?.namespaces.find(({ id }) => id === place.netnsId);
  const ports = (netns?.sockets ?? []).filter(({ protocol, state, local }) => protocol === 'tcp' && state === 'LISTEN' && !/^(?:127\.|\[?::1)/.test(local));
  return ports.length === 0 ? undefined : Math.min(...ports.map(({ localPort }) => localPort));
}

/** What a trace, and what the sender was told, say. */
export function cellOf(ask: Ask, trace: Trace, told: string | undefined): Cell {
  const there = requestOutcome(trace);
  const back = replyOutcome(trace);
  const unknown = trace.hops.some(({ disposition }) => disposition.kind === 'not-modelled');
  if (told === 'reply') return { ...ask, outcome: 'ok', how: 'reply', trace };
  if (ask.protocol.kind === 'udp' && there.kind === 'delivered' && told === undefined) return { ...ask, outcome: 'ok', how: 'arrived', trace };
  if (there.kind === 'left' && ask.to === 'outside' && ask.protocol.kind !== 'icmp') return { ...ask, outcome: 'not-modelled', how: 'left', trace };
  if (isNobodyThere(trace)) return { ...ask, outcome: 'ok', how: 'refused', trace };
  const how = told === 'ECONNREFUSED' ? 'refused' : (told ?? 'timeout');
  return { ...ask, outcome: unknown || there.kind === 'not-modelled' || back.kind === 'not-modelled' ? 'not-modelled' : 'failed', how, trace };
}

/** The packet came all the way, to a machine where no program wants it. */
const isNobodyThere = (trace: Trace): boolean =>
  trace.hops.some(({ direction, disposition }) => direction === 'request' && disposition.kind === 'dropped' && disposition.reason === 'NO_SOCKET');

/** Cells whose outcome differs, by what they ask. */
export function changedCells(before: Matrix, after: Matrix): { readonly broke: readonly Cell[]; readonly mended: readonly Cell[] } {
  const was = new Map(before.cells.map((cell) => [cellKey(cell), cell.outcome]));
  const differs = (cell: Cell): boolean => was.has(cellKey(cell)) && was.get(cellKey(cell)) !== cell.outcome;
  return {
    broke: after.cells.filter((cell) => differs(cell) && was.get(cellKey(cell)) === 'ok'),
    mended: after.cells.filter((cell) => differs(cell) && cell.outcome === 'ok'),
  };
}
