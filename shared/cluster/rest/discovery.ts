/**
 * What the server says it serves: versions, groups, resources with their verbs, in the old form (a document for each group) and the aggregated
 * one (kubernetes.io/docs/concepts/overview/kubernetes-api, "Discovery API").
 */
import type { ApiResource } from '../../commands/index.ts';
import { json, type RestAnswer, type RestRequest } from './answer.ts';

/** A part of an object with an address of its own, or an action on it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

const EXEC_VERBS = ['create', 'get'];
const STATUS_VERBS = ['get', 'patch', 'update'];
const status = (kind: string): Subresource => ({ name: 'status', kind, verbs: STATUS_VERBS });
const SCALE: Subresource = { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: STATUS_VERBS };

export const SUBRESOURCES: Readonly<Record<string, readonly Subresource[]>> = {
  pods: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: EXEC_VERBS },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: EXEC_VERBS },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: EXEC_VERBS },
    status('Pod'),
  ],
  nodes: [status('Node')],
  namespaces: [status('Namespace')],
  services: [status('Service')],
  deployments: [SCALE, status('Deployment')],
  replicasets: [SCALE, status('ReplicaSet')],
  daemonsets: [status('DaemonSet')],
  statefulsets: [SCALE, status('StatefulSet')],
  jobs: [status('Job')],
};

/** Questions that are answered and not kept. */
export const REVIEWS: readonly { readonly group: string; readonly name: string; readonly kind: string }[] = [
  { group: 'authentication.k8s.io', name: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { group: 'authorization.k8s.io', name: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { group: 'authorization.k8s.io', name: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
];

interface Listed {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

export class Discovery {
  constructor(
    private readonly resources: readonly ApiResource[],
    /** `v1.32.4`. */
    private readonly version: string,
    /** `192.168.56.10:6443`. */
    private readonly server: string,
  ) {}

  get groups(): readonly string[] {
    // of policy there is no resource here, but evictions are its: clients look for the group before they ask for one
    return [...new Set([...this.resources.map((one) => one.group), ...REVIEWS.map((one) => one.group), 'policy'])].filter((group) => group !== '').sort();
  }

  /** Undefined: the path is of something else. */
  answer(request: RestRequest): RestAnswer | undefined {
    const { path } = request;
    const parts = path.split('/').filter((part) => part !== '');
    if (path === '/version' || path === '/version/') return json(this.versionInfo());
    if (parts[0] === 'api') {
      if (parts.length === 1) return this.aggregated(request, ['']) ?? json(this.versions());
      if (parts.length === 2 && parts[1] === 'v1') return json(this.list(''));
    }
    if (parts[0] === 'apis') {
      if (parts.length === 1)
        return this.aggregated(request, this.groups) ?? json({ kind: 'APIGroupList', apiVersion: 'v1', groups: this.groups.map((name) => groupObject(name)) });
      const [, group = '', version] = parts;
      if (!this.groups.includes(group)) return undefined;
      if (parts.length === 2) return json({ kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) });
      if (parts.length === 3 && version === 'v1') return json(this.list(group));
    }
    return undefined;
  }

  private versionInfo(): Record<string, string> {
    const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(this.version) ?? [];
    return {
      major,
      minor,
      gitVersion: this.version,
      gitCommit: '',
      gitTreeState: 'clean',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: '',
      compiler: 'gc',
      platform: 'linux/amd64',
    };
  }
  private versions(): Record<string, unknown> {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: this.server }] };
  }

  private list(group: string): Record<string, unknown> {
    const resources = this.listed(group).flatMap((one): readonly Listed[] => [
      one,
      ...(SUBRESOURCES[one.name] ?? []).map((sub) => ({
        name: `${one.name}/${sub.name}`,
        singularName: '',
        namespaced: one.namespaced,
        ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version ?? 'v1' }),
        kind: sub.kind,
        verbs: sub.verbs,
      })),
    ]);
    return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion: group === '' ? 'v1' : `${group}/v1`, resources };
  }
  private listed(group: string): readonly Listed[] {
    const kept = this.resources
      .filter((one) => one.group === group)
      .map((one): Listed => ({
        name: one.name,
        singularName: one.singular,
        namespaced: one.isNamespaced,
        kind: one.kind,
        verbs: one.verbs,
        ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
        ...(one.categories ? { categories: one.categories } : {}),
      }));
    const reviews = REVIEWS.filter((one) => one.group === group).map((one): Listed => ({
      name: one.name,
      singularName: one.kind.toLowerCase(),
      namespaced: false,
      kind: one.kind,
      verbs: ['create'],
    }));
    return [...kept, ...reviews].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** All groups at once, for a client that knows the form. */
  private aggregated({ accept }: RestRequest, groups: readonly string[]): RestAnswer | undefined {
    const version = /g=apidiscovery\.k8s\.io/.test(accept) ? /v=(v2beta1|v2)\b/.exec(accept)?.[1] : undefined;
    if (version === undefined) return undefined;
    const items = groups.map((group) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: [{ version: 'v1', resources: this.listed(group).map((one) => aggregatedResource(group, one)), freshness: 'Current' }],
    }));
    const object = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
    return json(object, 200, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
  }
}

function aggregatedResource(group: string, one: Listed): Record<string, unknown> {
  const subresources = (SUBRESOURCES[one.name] ?? []).map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group ?? group, version: sub.version ?? 'v1', kind: sub.kind },
    verbs: sub.verbs,
  }));
  return {
    resource: one.name,
    responseKind: { group, version: 'v1', kind: one.kind },
    scope: one.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: one.singularName,
    verbs: one.verbs,
    ...(one.shortNames ? { shortNames: one.shortNames } : {}),
    ...(one.categories ? { categories: one.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

function groupObject(name: string): Record<string, unknown> {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}
