/**
 * Label and field selectors (k8s.io/apimachinery/pkg/labels, /fields): `app=web,tier!=db,env in (a,b),!old`; `status.phase=Running`.
 */
import { ok } from '../base/index.ts';
import type { ApiResource, ApiResult, KubeObject } from '../commands/index.ts';
import { badRequest } from './status.ts';

type Requirement =
  | { readonly kind: 'in'; readonly key: string; readonly values: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'exists'; readonly key: string; readonly negated: boolean };

/** The fields a resource can be selected by; any other is an error, as on the server. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  events: ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'reason', 'type', 'source', 'reportingComponent'],
};

export type Matcher = (object: KubeObject) => boolean;

export function parseLabelSelector(text: string): ApiResult<Matcher> {
  const requirements: Requirement[] = [];
  for (const part of splitParts(text)) {
    const requirement = parseRequirement(part.trim());
    if (!requirement) return badRequest(`unable to parse requirement: ${part.trim()}`);
    requirements.push(requirement);
  }
  return ok((object) => requirements.every((requirement) => matches(requirement, object.metadata.labels?.[requirement.key])));
}

export function parseFieldSelector(resource: ApiResource, text: string): ApiResult<Matcher> {
  const tests: Matcher[] = [];
  for (const part of text.split(',').filter((one) => one !== '')) {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
    if (!match) return badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    const [, field = '', operator, value = ''] = match;
    if (!['metadata.name', 'metadata.namespace', ...(FIELDS[resource.name] ?? [])].includes(field)) return badRequest(`field label not supported: ${field}`);
    tests.push((object) => (fieldOf(object, field) === value) === (operator !== '!='));
  }
  return ok((object) => tests.every((test) => test(object)));
}

/** Commas separate, except within parentheses. */
const splitParts = (text: string): string[] => (text.trim() === '' ? [] : text.split(/,(?![^(]*\))/));

const KEY = '[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?';
const VALUE = '([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?';

function parseRequirement(text: string): Requirement | undefined {
  const set = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^)]*)\\)$`).exec(text);
  if (set) {
    const values = (set[4] ?? '').split(',').map((value) => value.trim());
    return values.every((value) => new RegExp(`^${VALUE}$`).test(value)) ? { kind: 'in', key: set[1]!, values, negated: set[3] === 'notin' } : undefined;
  }
  const equal = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`).exec(text);
  if (equal) return { kind: 'in', key: equal[1]!, values: [equal[4]!], negated: equal[3] === '!=' };
  const exists = new RegExp(`^(!?)\\s*(${KEY})$`).exec(text);
  return exists ? { kind: 'exists', key: exists[2]!, negated: exists[1] === '!' } : undefined;
}

function matches(requirement: Requirement, value: string | undefined): boolean {
  const isMatch = value !== undefined && (requirement.kind === 'exists' || requirement.values.includes(value));
  return isMatch !== requirement.negated;
}

/** The text of a field; '' where it is absent. */
function fieldOf(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
