/**
 * Kubernetes' network policies as Felix' chains and IP sets (libcalico-go's conversion and felix/rules/policy.go): a chain for each policy and
 * direction, a rule for each peer and group of ports, the addresses of selected pods in sets.
 */
import { base64Url, sha224 } from '../../base/index.ts';
import type { Namespace, Pod } from '../../commands/index.ts';
import { selects, type NetworkPolicy, type PolicyPeer, type PolicyPort, type PolicyRule, type Selector } from '../network-policy.ts';
import { clearMark, hasMark, limitedName, Mark, RETURN, setMark, setMaskedMark, type Chain, type Rule } from './rules.ts';

export interface IpSet {
  readonly name: string;
  readonly type: 'hash:net' | 'hash:ip,port';
  readonly members: readonly string[];
}
export interface Cast {
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
}
type Direction = 'ingress' | 'egress';
const PREFIX = { ingress: 'cali-pi-', egress: 'cali-po-' } as const;
const SET_NAME_LENGTH = 31;
/** iptables' multiport takes so many. */
const PORTS_PER_RULE = 15;

const idOf = ({ metadata }: NetworkPolicy): string => `${metadata.namespace}/knp.default.${metadata.name}`;
export const policyChain = (policy: NetworkPolicy, direction: Direction): string => limitedName(PREFIX[direction], idOf(policy));

/** The policies' chains that speak of a pod in one direction; none: everything may pass. */
export function policiesFor(pod: Pod, policies: readonly NetworkPolicy[], direction: Direction): readonly string[] {
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  return policies
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.metadata.namespace && spec.policyTypes.includes(type) && selects(spec.podSelector, pod.metadata.labels),
    )
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((policy) => policyChain(policy, direction));
}

export function policyChains(policies: readonly NetworkPolicy[], cast: Cast): { readonly chains: readonly Chain[]; readonly sets: readonly IpSet[] } {
  const sets = new Map<string, IpSet>();
  const chains = policies.flatMap((policy) =>
    (['ingress', 'egress'] as const).map((direction): Chain => {
      const given = policy.spec[direction] ?? [];
      const rules = given.flatMap((rule) => rulesOf(rule, direction, policy, cast, sets));
      while (rules.at(-1)?.action === RETURN) rules.pop();
      const comment = `Policy ${idOf(policy)} ${direction}`;
      const [first = {}, ...rest] = rules;
      return { name: policyChain(policy, direction), rules: [{ ...first, comments: [comment] }, ...rest] };
    }),
  );
  return { chains, sets: [...sets.values()] };
}

function rulesOf(rule: PolicyRule, direction: Direction, policy: NetworkPolicy, cast: Cast, sets: Map<string, IpSet>): Rule[] {
  const peers = direction === 'ingress' ? rule.from : rule.to;
  const matches = portMatches(rule.ports, cast, sets);
  const sources = !peers || peers.length === 0 ? [{ before: [], match: '' }] : peers.map((peer) => peerMatch(peer, direction, policy, cast, sets));
  return sources.flatMap(({ before, match }) =>
    matches.flatMap((ports): readonly Rule[] => [
      ...before,
      { match: [ports.protocol, match, ports.match].filter((part) => part !== '').join(' '), action: setMark(Mark.accept) },
      { match: hasMark(Mark.accept), action: RETURN },
    ]),
  );
}

interface PeerMatch {
  /** Rules that prepare the mark. */
  readonly before: readonly Rule[];
  readonly match: string;
}
function peerMatch(peer: PolicyPeer, direction: Direction, policy: NetworkPolicy, cast: Cast, sets: Map<string, IpSet>): PeerMatch {
  const option = direction === 'ingress' ? '--source' : '--destination';
  const side = direction === 'ingress' ? 'src' : 'dst';
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    if (except.length === 0) return { before: [], match: `${option} ${cidr}` };
    return {
      before: [
        { action: setMaskedMark(Mark.scratch, Mark.scratch | Mark.scratch2) },
        ...except.map((one) => ({ match: `${option} ${one}`, action: clearMark(Mark.scratch) })),
      ],
      match: `${option} ${cidr} ${hasMark(Mark.scratch)}`,
    };
  }
  const set = podSet(peer, policy, cast);
  sets.set(set.name, set);
  return { before: [], match: `-m set --match-set ${set.name} ${side}` };
}

function podSet({ podSelector, namespaceSelector }: PolicyPeer, policy: NetworkPolicy, { pods, namespaces }: Cast): IpSet {
  const own = policy.metadata.namespace ?? 'default';
  const where = namespaceSelector ? `pcns(${selectorText(namespaceSelector)})` : `projectcalico.org/namespace == "${own}"`;
  const text = `(${where}) && (${podSelector ? selectorText(podSelector) : 'all()'} && projectcalico.org/orchestrator == "k8s")`;
  const isPlace = (name: string): boolean =>
    namespaceSelector ? selects(namespaceSelector, namespaces.find((one) => one.metadata.name === name)?.metadata.labels) : name === own;
  const chosen = pods.filter((pod) => isPlace(pod.metadata.namespace ?? 'default') && selects(podSelector ?? {}, pod.metadata.labels));
  return { name: setName('s', text), type: 'hash:net', members: chosen.flatMap((pod) => (pod.status.podIP === undefined ? [] : [pod.status.podIP])).sort() };
}
const setName = (kind: string, text: string): string => `cali40${kind}:${base64Url(sha224(text))}`.slice(0, SET_NAME_LENGTH);

function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const words = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key} == "${value}"`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return `has(${key})`;
      if (operator === 'DoesNotExist') return `! has(${key})`;
      return `${key} ${operator === 'In' ? 'in' : 'not in'} { ${values.map((value) => `"${value}"`).join(', ')} }`;
    }),
  ];
  return words.length === 0 ? 'all()' : words.sort().join(' && ');
}

interface PortMatch {
  readonly protocol: string;
  readonly match: string;
}
/** One for each protocol and as many ports as fit; a name is a set of addresses and ports. */
function portMatches(ports: readonly PolicyPort[] | undefined, cast: Cast, sets: Map<string, IpSet>): readonly PortMatch[] {
  if (!ports || ports.length === 0) return [{ protocol: '', match: '' }];
  return ['TCP', 'UDP', 'SCTP'].flatMap((protocol): readonly PortMatch[] => {
    const own = ports.filter((port) => (port.protocol ?? 'TCP') === protocol);
    const word = `-p ${protocol.toLowerCase()}`;
    if (own.some((port) => port.port === undefined)) return [{ protocol: word, match: '' }];
    const numbers = own.flatMap(({ port, endPort }) => (typeof port === 'number' ? [endPort === undefined ? `${port}` : `${port}:${endPort}`] : []));
    const named = own.flatMap(({ port }) => (typeof port === 'string' ? [port] : []));
    const groups: PortMatch[] = [];
    for (let at = 0; at < numbers.length; at += PORTS_PER_RULE)
      groups.push({ protocol: word, match: `-m multiport --destination-ports ${numbers.slice(at, at + PORTS_PER_RULE).join(',')}` });
    for (const name of named) {
      const set = portSet(name, protocol, cast);
      sets.set(set.name, set);
      groups.push({ protocol: word, match: `-m set --match-set ${set.name} dst,dst` });
    }
    return groups;
  });
}
function portSet(name: string, protocol: string, { pods }: Cast): IpSet {
  const members = pods.flatMap((pod) =>
    pod.spec.containers.flatMap((container) =>
      (container.ports ?? [])
        .filter((port) => port.name === name && (port.protocol ?? 'TCP') === protocol && pod.status.podIP !== undefined)
        .map((port) => `${pod.status.podIP},${protocol.toLowerCase()}:${port.containerPort}`),
    ),
  );
  return { name: setName('n', `all(),${protocol.toLowerCase()},${name}`), type: 'hash:ip,port', members: [...new Set(members)].sort() };
}
