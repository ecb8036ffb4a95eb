/**
 * The OpenAPI documents of what is served, version 2 whole and version 3 by group, made of the definitions of the types and the resources: what
 * `kubectl explain` reads, and what clients validate and merge with.
 */
import type { ApiResource } from '../../commands/index.ts';
import { json, type RestAnswer, type RestRequest } from './answer.ts';
import { apiVersionOf } from './body.ts';
import { SUBRESOURCES } from './discovery.ts';
import type { Definitions, Schemas } from './schema.ts';

type Document = Record<string, unknown>;

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const PATCHES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

interface Operation {
  readonly action: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly query: readonly string[];
}
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'];
const LIST = ['allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'timeoutSeconds', 'watch'];
const COLLECTION: readonly (Operation & { readonly verb: string })[] = [
  { verb: 'list', action: 'list', method: 'get', query: LIST },
  { verb: 'create', action: 'post', method: 'post', query: WRITE },
  { verb: 'deletecollection', action: 'deletecollection', method: 'delete', query: ['dryRun', 'gracePeriodSeconds', 'labelSelector', 'propagationPolicy'] },
];
const OBJECT: readonly (Operation & { readonly verb: string })[] = [
  { verb: 'get', action: 'get', method: 'get', query: [] },
  { verb: 'update', action: 'put', method: 'put', query: WRITE },
  { verb: 'patch', action: 'patch', method: 'patch', query: [...WRITE, 'force'] },
  { verb: 'delete', action: 'delete', method: 'delete', query: ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'] },
];

export class OpenApi {
  constructor(
    private readonly schemas: Schemas,
    private readonly resources: readonly ApiResource[],
    private readonly version: string,
  ) {}

  answer({ path, accept }: RestRequest): RestAnswer | undefined {
    if (path === '/openapi/v2') {
      const document = this.v2();
      return /protobuf/.test(accept) ? { kind: 'openapi-v2', document } : json(document);
    }
    if (path === '/openapi/v3' || path === '/openapi/v3/') {
      const roots = [...new Set(this.resources.map(root))];
      return json({ paths: Object.fromEntries(roots.map((one) => [one, { serverRelativeURL: `/openapi/v3/${one}?hash=${this.version}` }])) });
    }
    const [, wanted] = /^\/openapi\/v3\/(.+)$/.exec(path) ?? [];
    const own = this.resources.filter((resource) => root(resource) === wanted);
    return own.length === 0 ? undefined : json(this.v3(own));
  }

  private v2(): Document {
    return {
      swagger: '2.0',
      info: { title: 'Kubernetes', version: this.version },
      paths: this.paths(this.resources, 2),
      definitions: this.schemas.definitions,
    };
  }
  private v3(resources: readonly ApiResource[]): Document {
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: this.version },
      paths: this.paths(resources, 3),
      components: { schemas: v3Schemas(this.reachable(resources)) },
    };
  }

  private paths(resources: readonly ApiResource[], version: 2 | 3): Document {
    const paths: Document = {};
    for (const resource of resources) {
      const { name, isNamespaced, verbs, group, kind } = resource;
      const base = `/${root(resource)}`;
      const gvk = { group, version: resource.version, kind };
      const describe = (operations: typeof OBJECT, suffix: string): Document =>
        Object.fromEntries(
          operations.filter((one) => verbs.includes(one.verb)).map((one) => [one.method, this.operation(one, resource, gvk, suffix, version)]),
        );
      const collection = isNamespaced ? `${base}/namespaces/{namespace}/${name}` : `${base}/${name}`;
      if (isNamespaced) paths[`${base}/${name}`] = describe(COLLECTION.slice(0, 1), 'ForAllNamespaces');
      paths[collection] = { ...describe(COLLECTION, ''), parameters: pathParameters(isNamespaced ? ['namespace'] : [], version) };
      paths[`${collection}/{name}`] = { ...describe(OBJECT, ''), parameters: pathParameters(['name', ...(isNamespaced ? ['namespace'] : [])], version) };
      for (const sub of SUBRESOURCES[name] ?? []) {
        if (sub.name !== 'status' && sub.name !== 'scale') continue;
        const target = { group: sub.group ?? group, version: sub.version ?? resource.version, kind: sub.kind };
        const operations = OBJECT.filter((one) => sub.verbs.includes(one.verb));
        paths[`${collection}/{name}/${sub.name}`] = {
          ...Object.fromEntries(operations.map((one) => [one.method, this.operation(one, resource, target, sub.name, version)])),
          parameters: pathParameters(['name', ...(isNamespaced ? ['namespace'] : [])], version),
        };
      }
    }
    return paths;
  }
  private operation(operation: Operation, resource: ApiResource, gvk: Document, suffix: string, version: 2 | 3): Document {
    const name = this.definitionOf(gvk);
    const ref = { $ref: version === 2 ? `#/definitions/${name}` : `#/components/schemas/${name}` };
    const body = { post: ref, put: ref, patch: { type: 'object' } }[operation.method as string];
    const consumes = operation.method === 'patch' ? PATCHES : ['*/*'];
    const own = {
      operationId: `${operation.action}${apiVersionOf(resource).replaceAll(/[^A-Za-z0-9]/g, '')}${resource.kind}${suffix}`,
      'x-kubernetes-action': operation.action,
      'x-kubernetes-group-version-kind': gvk,
    };
    if (version === 2) {
      const parameters = [
        ...operation.query.map((one) => ({ name: one, in: 'query', type: 'string', uniqueItems: true })),
        ...(body ? [{ name: 'body', in: 'body', required: true, schema: body }] : []),
      ];
      return { ...own, consumes, produces: TYPES, parameters, responses: { 200: { description: 'OK', ...(name === undefined ? {} : { schema: ref }) } } };
    }
    return {
      ...own,
      parameters: operation.query.map((one) => ({ name: one, in: 'query', schema: { type: 'string', uniqueItems: true } })),
      ...(body ? { requestBody: { content: Object.fromEntries(consumes.map((type) => [type, { schema: body }])), required: true } } : {}),
      responses: { 200: { description: 'OK', ...(name === undefined ? {} : { content: { 'application/json': { schema: ref } } }) } },
    };
  }
  private definitionOf({ group, version, kind }: Document): string | undefined {
    const isIt = (gvk: { readonly group: string; readonly version: string; readonly kind: string }): boolean =>
      gvk.group === group && gvk.version === version && gvk.kind === kind;
    return Object.entries(this.schemas.definitions).find(([, one]) => one['x-kubernetes-group-version-kind']?.some(isIt))?.[0];
  }

  /** The types of the resources, and what they are made of. */
  private reachable(resources: readonly ApiResource[]): Definitions {
    const found: Record<string, Definitions[string]> = {};
    const add = (name: string): void => {
      const definition = this.schemas.definitions[name];
      if (!definition || found[name]) return;
      found[name] = definition;
      for (const [, inner = ''] of JSON.stringify(definition).matchAll(/"#\/definitions\/([^"]+)"/g)) add(inner);
    };
    for (const { group, version, kind } of resources) {
      for (const one of [kind, `${kind}List`]) add(this.definitionOf({ group, version, kind: one }) ?? '');
    }
    for (const [group, version, kind] of [
      ['autoscaling', 'v1', 'Scale'],
      ['policy', 'v1', 'Eviction'],
    ] as const)
      add(this.definitionOf({ group, version, kind }) ?? '');
    return found;
  }
}

/** `api/v1`, `apis/apps/v1`. */
const root = ({ group, version }: ApiResource): string => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

const pathParameters = (names: readonly string[], version: 2 | 3): readonly Document[] =>
  names.map((name) => ({
    name,
    in: 'path',
    required: true,
    ...(version === 2 ? { type: 'string', uniqueItems: true } : { schema: { type: 'string', uniqueItems: true } }),
  }));

/** In version 3 what is said beside a reference is said around it. */
function v3Schemas(definitions: Definitions): unknown {
  return JSON.parse(JSON.stringify(definitions), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$ref' in value) || typeof value.$ref !== 'string') return value;
    const { $ref, ...beside } = value as { readonly $ref: string; readonly [key: string]: unknown };
    const ref = { $ref: $ref.replace('#/definitions/', '#/components/schemas/') };
    return Object.keys(beside).length === 0 ? ref : { ...beside, default: beside['default'] ?? {}, allOf: [ref] };
  }) as unknown;
}
