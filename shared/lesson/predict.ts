/**
 * Predict the packet: a trace as questions. For each place that the packet comes by the learner says what happens to it there; what is right
 * is read from the trace, the wrong choices are other things that the same place could have done: its other routes, its other ports.
 */
import type { Rng } from '../base/index.ts';
import type { NetnsSnapshot, Snapshot } from '../snapshot/index.ts';
import { dropWords, type DropReason, type Hop, type Step, type Trace } from '../trace/index.ts';

type Words = Readonly<Record<'en' | 'zh', string>>;

/** One place on the way, and what may happen there. */
export interface PredictedHop {
  readonly place: string;
  readonly choices: readonly Words[];
  readonly answer: number;
}

const CHOICES = 4;

/** The way there, place by place; empty when the packet was never sent. */
export function predictionOf(trace: Trace, snapshot: Snapshot, rng: Rng, nameOf: (node: string, netnsId: number) => string): readonly PredictedHop[] {
  return wayOf(trace).map((hop) => {
    const netns = snapshot.nodes.find((node) => node.name === hop.place.node)?.namespaces.find((one) => one.id === hop.place.netnsId);
    const right = whatHappens(hop);
    const wrong = shuffled(
      (netns ? alternatives(netns, hop.parent < 0) : []).filter((one) => one.en !== right.en),
      rng,
    ).slice(0, CHOICES - 1);
    const choices = shuffled([right, ...wrong], rng);
    return { place: nameOf(hop.place.node, hop.place.netnsId), choices, answer: choices.indexOf(right) };
  });
}

/** The hops of the request from where it began to where it ended. */
function wayOf(trace: Trace): readonly Hop[] {
  const requests = trace.hops.filter((hop) => hop.direction === 'request');
  const last =
    requests.find((hop) => hop.disposition.kind === 'delivered' || hop.disposition.kind === 'left') ??
    requests.findLast((hop) => hop.disposition.kind === 'dropped' && hop.disposition.reason !== 'OTHERHOST') ??
    requests.at(-1);
  const way: Hop[] = [];
  for (let hop = last; hop; hop = trace.hops[hop.parent]) way.unshift(hop);
  return way;
}

function whatHappens(hop: Hop): Words {
  const { disposition } = hop;
  if (disposition.kind === 'delivered') return DELIVERED;
  if (disposition.kind === 'dropped') return endsHere(disposition.reason);
  const steps = hop.steps.map((one) => one.step);
  const routed = steps.findLast((step): step is Extract<Step, { kind: 'route' }> => step.kind === 'route' && step.purpose !== 'reverse-path');
  if (routed?.route.device !== undefined && routed.route.device !== null) return leaves(routed.route.device, routed.route.via ?? undefined);
  const switched = steps.findLast((step): step is Extract<Step, { kind: 'fdb' }> => step.kind === 'fdb');
  if (switched) return passes(switched.bridge, switched.port);
  const flooded = steps.findLast((step): step is Extract<Step, { kind: 'flood' }> => step.kind === 'flood');
  if (flooded) return { en: `\`${flooded.bridge}\` sends it to all its other ports`, zh: `\`${flooded.bridge}\` 把它发往其余所有端口` };
  const sent = steps.findLast((step): step is Extract<Step, { kind: 'transmit' }> => step.kind === 'transmit');
  return sent ? leaves(sent.device, undefined) : { en: 'It waits here and gets no further', zh: '它停在这里，没有再往前走' };
}

const endsHere = (reason: DropReason): Words => ({ en: `It ends here: ${dropWords(reason, 'en')}`, zh: `它到此为止：${dropWords(reason, 'zh')}` });
const DELIVERED: Words = { en: 'It has arrived: a program here takes it', zh: '它到了：由这里的程序收下' };
const leaves = (device: string, via: string | undefined): Words =>
  via === undefined
    ? { en: `It leaves by \`${device}\`, straight to its destination`, zh: `从 \`${device}\` 出去，直接交给目的地` }
    : { en: `It leaves by \`${device}\`, to the router \`${via}\``, zh: `从 \`${device}\` 出去，交给路由器 \`${via}\`` };
const passes = (bridge: string, port: string): Words => ({
  en: `\`${bridge}\` passes it on by its port \`${port}\``,
  zh: `\`${bridge}\` 从端口 \`${port}\` 把它转出去`,
});

/** What this place might do with a packet, right or not. */
function alternatives(netns: NetnsSnapshot, isSender: boolean): readonly Words[] {
  const ways = new Map<string, Words>();
  const add = (words: Words): void => void ways.set(words.en, words);
  for (const route of netns.routes) {
    if (route.family !== 'inet' || route.type !== 'unicast' || route.device === undefined || route.device === 'lo') continue;
    add(leaves(route.device, route.via));
  }
  const bridges = new Map(netns.links.filter((link) => link.kind === 'bridge').map((link) => [link.ifindex, link.name]));
  const ports = netns.links.flatMap((link) => {
    const bridge = link.master === undefined ? undefined : bridges.get(link.master);
    return bridge === undefined ? [] : [passes(bridge, link.name)];
  });
  for (const port of ports.slice(0, 2)) add(port);
  if (!isSender) add(DELIVERED);
  add(endsHere('IP_OUTNOROUTES'));
  if (!isSender) add(endsHere('NETFILTER_DROP'));
  return [...ways.values()];
}

function shuffled<T>(items: readonly T[], rng: Rng): readonly T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(rng.below(left.length), 1));
  return out;
}
