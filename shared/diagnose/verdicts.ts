/** What a packet filter stopped, sorted by what it means: one rule (or policy) that stops packets is one finding, under one code. */
import { cellKey } from '../twin/index.ts';
import type { Death } from './death.ts';
import type { Draft } from './finding.ts';
import type { Situation } from './situation.ts';

export type FilterCode =
  'forward-drop' | 'input-drop' | 'bridge-nf-surprise' | 'network-policy' | 'overlay-port-blocked' | 'ipip-blocked' | 'dns-broken' | 'tcp-blocked-icmp-ok';

/** Chains that those who enforce policies make. */
const POLICY_CHAIN = /^(?:cali-|KUBE-NWPLCY|KUBE-POD-FW|CILIUM)/;

export function filterFindings(situation: Situation, code: FilterCode): readonly Draft[] {
  const groups = new Map<string, Death[]>();
  for (const death of situation.deaths) {
    const { verdict } = death;
    if (!verdict || verdict.table === 'conntrack' || verdict.chain === 'KUBE-SERVICES') continue;
    const key = `${death.node} ${death.netnsId} ${verdict.table} ${verdict.chain} ${verdict.rule ?? 'policy'}`;
    groups.set(key, [...(groups.get(key) ?? []), death]);
  }
  return [...groups.values()].filter((deaths) => codeOf(situation, deaths) === code).map((deaths) => draftOf(situation, deaths));
}

function codeOf(situation: Situation, deaths: readonly Death[]): FilterCode {
  const [{ verdict }] = deaths as readonly [Death];
  const { hook, bridged, chain, rule = '' } = verdict!;
  if (POLICY_CHAIN.test(chain)) return 'network-policy';
  if (deaths.some((death) => isEncapsulated(death, 'VXLAN')) || /--dport (?:4789|8472)\b/.test(rule)) return 'overlay-port-blocked';
  if (deaths.some((death) => isEncapsulated(death, 'IPIP')) || /-p (?:4|ipencap|ipip)\b/.test(rule)) return 'ipip-blocked';
  if (deaths.every(({ cell }) => cell.protocol.kind !== 'icmp' && cell.protocol.port === 53)) return 'dns-broken';
  if (deaths.every(({ cell }) => cell.protocol.kind === 'tcp') && deaths.some(({ cell }) => situation.cellOk(cell.from, cell.to, 'icmp')))
    return 'tcp-blocked-icmp-ok';
  if (bridged) return 'bridge-nf-surprise';
  return hook === 'INPUT' ? 'input-drop' : 'forward-drop';
}
/** What was dropped carries another packet. */
function isEncapsulated({ hop, cell }: Death, protocol: 'VXLAN' | 'IPIP'): boolean {
  const chain = [hop];
  for (let one = hop; one.parent >= 0 && chain.length < 64;) {
    one = cell.trace.hops[one.parent]!;
    chain.push(one);
  }
  const steps = chain.reverse().flatMap(({ steps: all }) => all.map(({ step }) => step));
  const out = steps.findLastIndex((step) => step.kind === 'encapsulate' && step.protocol.toUpperCase() === protocol);
  return out >= 0 && out > steps.findLastIndex((step) => step.kind === 'decapsulate');
}

function draftOf(situation: Situation, deaths: readonly Death[]): Draft {
  const [{ node, netnsId, verdict }] = deaths as readonly [Death];
  const { table, chain, rule, hook } = verdict!;
  const prefix = table === 'filter' ? 'iptables' : `iptables -t ${table}`;
  const text = rule ?? `-P ${chain} DROP`;
  const at = (command: string) => ({ node, command });
  const cidr = situation.snapshot.kubernetes?.podCIDR;
  const wide = [at(`${prefix} -P ${chain} ACCEPT`)];
  const narrow =
    cidr === undefined || hook !== 'FORWARD' ? [] : [[at(`${prefix} -A ${chain} -s ${cidr} -j ACCEPT`), at(`${prefix} -A ${chain} -d ${cidr} -j ACCEPT`)]];
  return {
    where: { node, ...(netnsId === 0 ? {} : { place: situation.placeOf(node, netnsId) }) },
    evidence: [{ source: `iptables -t ${table} -S ${chain}`, text }],
    see: at(`${prefix} -L ${chain} -n -v --line-numbers`),
    values: { rule: `${prefix} ${text}`, hook, chain },
    pairs: deaths.map(({ cell }) => cellKey(cell)),
    fixes: rule === undefined ? [...narrow, wide] : [[at(`${prefix} ${rule.replace(/^-A /, '-D ')}`)]],
  };
}
