/** NetworkPolicy (networking.k8s.io/v1): its form, and what the server makes of one that is sent. */
import { ok, type Rng } from '../base/index.ts';
import type { ApiResult, KubeObject } from '../commands/index.ts';
import { ipv4Mask, parseIpv4Prefix } from '../wire/index.ts';
import { checkLabels, checkSubdomain, randomUid } from './names.ts';
import { invalidObject } from './status.ts';

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}
export interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
export interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
export interface PolicyRule {
  /** `from` of ingress, `to` of egress. */
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
}
export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

export function selects(selector: Selector, labels: Readonly<Record<string, string>> = {}): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    return operator === 'In' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
  });
}

interface Sent {
  readonly metadata?: { readonly name?: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec?: Partial<NetworkPolicy['spec']>;
}
interface Fault {
  readonly field: string;
  readonly text: string;
}

export function admitNetworkPolicy(object: unknown, namespace: string, now: string, rng: Rng, present?: NetworkPolicy): ApiResult<NetworkPolicy> {
  const { metadata = {}, spec = {} } = (object ?? {}) as Sent;
  const name = metadata.name ?? '';
  const { ingress, egress } = spec;
  const types = spec.policyTypes ?? ['Ingress' as const, ...(egress === undefined ? [] : ['Egress' as const])];
  const errors: Fault[] = [
    ...checkSubdomain('metadata.name', name),
    ...checkLabels('metadata.labels', metadata.labels ?? {}),
    ...(ingress ?? []).flatMap((rule, index) => checkRule(`spec.ingress[${index}]`, rule, 'from')),
    ...(egress ?? []).flatMap((rule, index) => checkRule(`spec.egress[${index}]`, rule, 'to')),
    ...types.flatMap((type, index) =>
      ['Ingress', 'Egress'].includes(type)
        ? []
        : [{ field: `spec.policyTypes[${index}]`, text: `Unsupported value: ${JSON.stringify(type)}: supported values: "Egress", "Ingress"` }],
    ),
  ];
  if (errors.length > 0) return invalidObject('NetworkPolicy', name, errors);
  const marks = { ...(metadata.labels ? { labels: metadata.labels } : {}), ...(metadata.annotations ? { annotations: metadata.annotations } : {}) };
  return ok({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: present?.metadata ?? { name, namespace, uid: randomUid(rng), resourceVersion: '', generation: 1, creationTimestamp: now, ...marks },
    spec: {
      podSelector: spec.podSelector ?? {},
      ...(ingress ? { ingress: ingress.map(withDefaults) } : {}),
      ...(egress ? { egress: egress.map(withDefaults) } : {}),
      policyTypes: types,
    },
  });
}
const withDefaults = (rule: PolicyRule): PolicyRule =>
  rule.ports ? { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) } : rule;

function checkRule(at: string, rule: PolicyRule, key: 'from' | 'to'): readonly Fault[] {
  const peers = (rule[key] ?? []).flatMap((peer, index) => checkPeer(`${at}.${key}[${index}]`, peer));
  const ports = (rule.ports ?? []).flatMap((port, index) => checkPort(`${at}.ports[${index}]`, port));
  return [...ports, ...peers];
}
function checkPort(at: string, { protocol = 'TCP', port, endPort }: PolicyPort): readonly Fault[] {
  const faults: Fault[] = [];
  if (!['TCP', 'UDP', 'SCTP'].includes(protocol))
    faults.push({ field: `${at}.protocol`, text: `Unsupported value: ${JSON.stringify(protocol)}: supported values: "SCTP", "TCP", "UDP"` });
  if (typeof port === 'number' && (port < 1 || port > 65535))
    faults.push({ field: `${at}.port`, text: `Invalid value: ${port}: must be between 1 and 65535, inclusive` });
  if (typeof port === 'number' && endPort !== undefined && endPort < port)
    faults.push({ field: `${at}.endPort`, text: `Invalid value: ${endPort}: must be greater than or equal to \`port\`` });
  return faults;
}
function checkPeer(at: string, { podSelector, namespaceSelector, ipBlock }: PolicyPeer): readonly Fault[] {
  if (!podSelector && !namespaceSelector && !ipBlock) return [{ field: at, text: 'Required value: must specify a peer' }];
  if (ipBlock && (podSelector || namespaceSelector)) return [{ field: at, text: 'Forbidden: may not specify both ipBlock and another peer' }];
  if (!ipBlock) return [];
  const whole = networkAt(ipBlock.cidr);
  const bad = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
  if (!whole) return [{ field: `${at}.ipBlock.cidr`, text: `Invalid value: ${JSON.stringify(ipBlock.cidr)}: ${bad}` }];
  return (ipBlock.except ?? []).flatMap((text, index) => {
    const field = `${at}.ipBlock.except[${index}]`;
    const part = networkAt(text);
    if (!part) return [{ field, text: `Invalid value: ${JSON.stringify(text)}: ${bad}` }];
    const isInside = part.length > whole.length && (part.address & ipv4Mask(whole.length)) === whole.address;
    return isInside ? [] : [{ field, text: `Invalid value: ${JSON.stringify(text)}: must be a strict subset of \`cidr\`` }];
  });
}
function networkAt(text: string) {
  const prefix = text.includes('/') ? parseIpv4Prefix(text) : undefined;
  return prefix && { address: prefix.address & ipv4Mask(prefix.length), length: prefix.length };
}
