/**
 * What is different between two snapshots, as facts: what came, what went, what has another value. Counters, connections and the mere ageing of what was
 * learnt are no differences.
 */
import type { LinkFact, NeighbourEntry, NetnsSnapshot, NodeSnapshot, Snapshot, TableFact } from './snapshot.ts';

export type DifferenceKind =
  'node' | 'namespace' | 'link' | 'address' | 'route' | 'rule' | 'neighbour' | 'fdb' | 'iptables' | 'set' | 'sysctl' | 'socket' | 'service' | 'pod';

export interface Difference {
  readonly node: string;
  /** `ip netns` name; '' for the node's own. */
  readonly netns: string;
  readonly kind: DifferenceKind;
  /** The thing that changed: `eth0`, `net.ipv4.ip_forward`; for what came or went its whole text. */
  readonly what: string;
  readonly change: { readonly kind: 'added' } | { readonly kind: 'removed' } | { readonly kind: 'changed'; readonly before: string; readonly after: string };
}

type Facts = ReadonlyMap<string, string>;

export function diffSnapshots(before: Snapshot, after: Snapshot): readonly Difference[] {
  const found: Difference[] = [];
  const nodes = new Set([...before.nodes, ...after.nodes].map(({ name }) => name));
  for (const node of nodes) {
    const [was, is] = [before, after].map((snapshot) => snapshot.nodes.find(({ name }) => name === node));
    if (!was || !is) found.push({ node, netns: '', kind: 'node', what: node, change: { kind: was ? 'removed' : 'added' } });
    else diffNode(was, is, found);
  }
  for (const [kind, facts] of [
    ['service', servicesOf],
    ['pod', podsOf],
  ] as const)
    compare(facts(before), facts(after), (what, change) => found.push({ node: '', netns: '', kind, what, change }));
  return found;
}

function diffNode(before: NodeSnapshot, after: NodeSnapshot, found: Difference[]): void {
  const ids = new Set([...before.namespaces, ...after.namespaces].map(({ id }) => id));
  for (const id of [...ids].sort((a, b) => a - b)) {
    const [was, is] = [before, after].map((node) => node.namespaces.find((netns) => netns.id === id));
    const one = is ?? was!;
    const place = { node: before.name, netns: id === 0 ? '' : one.name === '' ? `net:[${one.inode}]` : one.name };
    if (!was || !is) found.push({ ...place, kind: 'namespace', what: place.netns, change: { kind: was ? 'removed' : 'added' } });
    else for (const [kind, facts] of FACTS) compare(facts(was), facts(is), (what, change) => found.push({ ...place, kind, what, change }));
  }
}

function compare(before: Facts, after: Facts, note: (what: string, change: Difference['change']) => void): void {
  for (const [key, was] of before) {
    const is = after.get(key);
    if (is === undefined) note(key, { kind: 'removed' });
    else if (is !== was) note(key, { kind: 'changed', before: was, after: is });
  }
  for (const key of after.keys()) if (!before.has(key)) note(key, { kind: 'added' });
}

/** Of a namespace, by what identifies a fact: its value. What has no value but being there is ''. */
const FACTS: readonly (readonly [kind: DifferenceKind, facts: (netns: NetnsSnapshot) => Facts])[] = [
  ['link', ({ links }) => new Map(links.map((link) => [link.name, linkText(links, link)]))],
  [
    'address',
    ({ links }) =>
      new Map(links.flatMap((link) => link.addresses.map((one) => [`${one.local}/${one.prefixLength} dev ${link.name}`, one.flags.join(' ')] as const))),
  ],
  ['route', ({ routes }) => new Map(routes.filter(({ protocol, table }) => protocol !== 'kernel' || table !== 'local').map((route) => [route.text, '']))],
  ['rule', ({ rules }) => new Map(rules.map(({ family, priority, text }) => [`${family === 'inet6' ? '-6 ' : ''}${priority}: ${text}`, '']))],
  [
    'neighbour',
    ({ neighbours }) => new Map(neighbours.filter((one) => !one.address.includes(':')).map((one) => [`${one.address} dev ${one.device}`, neighbourText(one)])),
  ],
  [
    'fdb',
    ({ fdb }) =>
      new Map(
        fdb.filter(({ state }) => state !== '').map((one) => [`${one.mac} dev ${one.device}${one.dst === undefined ? '' : ` dst ${one.dst}`}`, one.state]),
      ),
  ],
  ['iptables', ({ iptables }) => new Map(iptables.flatMap(rulesOf))],
  ['set', ({ sets = [] }) => new Map(sets.map(({ name, members }) => [name, [...members].sort().join(', ')]))],
  ['sysctl', ({ sysctls }) => new Map(Object.entries(sysctls))],
  ['socket', ({ sockets }) => new Map(sockets.filter(({ state }) => state === 'LISTEN').map((one) => [`${one.protocol} ${one.local}:${one.localPort}`, '']))],
];

function linkText(links: readonly LinkFact[], link: LinkFact): string {
  const master = link.master === undefined ? undefined : links.find(({ ifindex }) => ifindex === link.master)?.name;
  const port = link.port && `hairpin ${link.port.hairpin ? 'on' : 'off'} isolated ${link.port.isolated ? 'on' : 'off'}`;
  const tunnel = link.vxlan
    ? `vxlan id ${link.vxlan.vni} dstport ${link.vxlan.port} local ${link.vxlan.local ?? 'any'}`
    : link.tunnel && `${link.kind} remote ${link.tunnel.remote ?? 'any'} local ${link.tunnel.local ?? 'any'}`;
  return [`<${link.flags.join(',')}>`, `mtu ${link.mtu}`, `state ${link.operstate}`, link.mac, master && `master ${master}`, port, tunnel]
    .filter((part) => part !== undefined)
    .join(' ');
}
/** Whether it is fresh or old is no difference; whether it is there is. */
const neighbourText = ({ mac, state, proxy }: NeighbourEntry): string => (proxy ? 'proxy' : (mac ?? '') + (state === 'PERMANENT' ? ' PERMANENT' : ''));

/** Of equal rules the second is told apart from the first. */
function rulesOf({ family, table, chains }: TableFact): readonly (readonly [string, string])[] {
  const prefix = `${family === 'inet6' ? 'ip6tables' : 'iptables'} -t ${table}`;
  return chains.flatMap(({ name, policy, rules }) => {
    const seen = new Map<string, number>();
    const texts = rules.map(({ text }) => {
      const count = (seen.get(text) ?? 0) + 1;
      seen.set(text, count);
      return [`${prefix} ${text}${count > 1 ? ` (${count})` : ''}`, ''] as const;
    });
    return policy === null ? texts : [[`${prefix} -P ${name}`, policy] as const, ...texts];
  });
}

const servicesOf = ({ kubernetes }: Snapshot): Facts =>
  new Map(
    kubernetes?.services.map(({ namespace, name, clusterIP, ports, endpoints }) => [
      `${namespace}/${name}`,
      `${clusterIP} ${ports.map(({ port, protocol }) => `${port}/${protocol}`).join(',')} → ${endpoints.map(({ address, port, ready }) => `${address}:${port}${ready ? '' : ' (not ready)'}`).join(', ') || '—'}`,
    ]),
  );
const podsOf = ({ kubernetes }: Snapshot): Facts =>
  new Map(kubernetes?.pods.map(({ namespace, name, node, addresses, status }) => [`${namespace}/${name}`, `${node} ${addresses.join(' ')} ${status}`]));
