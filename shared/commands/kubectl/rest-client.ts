/**
 * The API as kubectl speaks to it: by requests to addresses, as over HTTP, so that the server checks fields, merges patches and notes who set what.
 * What only reads, and what goes on (watches, logs, exec), is asked of the server's calls directly.
 */
import type { Result } from '../../base/index.ts';
import type { OpenFile, Process, Sys } from '../../shell/index.ts';
import type {
  ApiReply,
  ApiRequest,
  ApiResource,
  ApiResult,
  ApiStatus,
  ExecRequest,
  KubernetesApi,
  ListOptions,
  LogOptions,
  LogStream,
  Table,
  TypeSchema,
  Watch,
} from './api.ts';
import type { KubeObject } from './objects.ts';

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';
const PATCH_TYPES: Readonly<Record<PatchKind, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface SendOptions {
  readonly dryRun?: boolean;
  /** `Strict`, `Warn` or `Ignore` fields that the type does not have. */
  readonly validation?: string;
  /** Whose fields these are. */
  readonly manager?: string;
  readonly force?: boolean;
  readonly subresource?: string;
}

export class RestClient implements KubernetesApi {
  /** What the server warned of. */
  readonly warnings: string[] = [];
  constructor(
    private readonly server_: KubernetesApi,
    private readonly manager: string,
  ) {}
  get resources(): readonly ApiResource[] {
    return this.server_.resources;
  }
  get version(): string {
    return this.server_.version;
  }
  get server(): string {
    return this.server_.server;
  }
  get types(): Readonly<Record<string, TypeSchema>> {
    return this.server_.types;
  }

  request(request: ApiRequest): ApiReply {
    return this.server_.request(request);
  }
  /** A request without more than its address. */
  fetch(path: string): ApiReply {
    const [plain = '', query = ''] = path.split('?');
    const pairs =
      query === '' ? [] : query.split('&').map((pair): [string, readonly string[]] => [pair.split('=')[0]!, [decodeURIComponent(pair.split('=')[1] ?? '')]]);
    return this.request({ method: 'GET', path: plain, query: new Map(pairs), accept: 'application/json', contentType: '', userAgent: 'kubectl', body: '' });
  }
  send(method: string, path: string, contentType: string, body: unknown, options: SendOptions): ApiResult<KubeObject> {
    const query = new Map<string, readonly string[]>([['fieldManager', [options.manager ?? this.manager]]]);
    if (options.dryRun) query.set('dryRun', ['All']);
    if (options.validation !== undefined) query.set('fieldValidation', [options.validation]);
    if (options.force) query.set('force', ['true']);
    const reply = this.request({ method, path, query, accept: 'application/json', contentType, userAgent: 'kubectl', body: JSON.stringify(body) });
    this.warnings.push(...(reply.warnings ?? []));
    const answer = JSON.parse(reply.body) as KubeObject;
    return reply.status < 400 ? { ok: true, value: answer } : { ok: false, error: statusOf(answer as unknown as SentStatus) };
  }

  create(resource: ApiResource, namespace: string | undefined, object: unknown, options: SendOptions = {}): ApiResult<KubeObject> {
    const { kind, group, version } = resource;
    const whole = { apiVersion: group === '' ? version : `${group}/${version}`, kind, ...(object as object) };
    return this.send('POST', pathOf(resource, namespace), 'application/json', whole, options);
  }
  update(resource: ApiResource, namespace: string | undefined, object: unknown, options: SendOptions = {}): ApiResult<KubeObject> {
    return this.send('PUT', pathOf(resource, namespace, (object as KubeObject).metadata.name), 'application/json', object, options);
  }
  patch(resource: ApiResource, namespace: string | undefined, name: string, kind: PatchKind, patch: unknown, options: SendOptions = {}): ApiResult<KubeObject> {
    const path = pathOf(resource, namespace, name) + (options.subresource === undefined ? '' : `/${options.subresource}`);
    return this.send('PATCH', path, PATCH_TYPES[kind], patch, options);
  }

  connect(p: Process): Sys<Result<void, string>> {
    return this.server_.connect(p);
  }
  get(resource: ApiResource, namespace: string | undefined, name: string): ApiResult<KubeObject> {
    return this.server_.get(resource, namespace, name);
  }
  list(resource: ApiResource, namespace: string | undefined, options: ListOptions): ApiResult<readonly KubeObject[]> {
    const found = this.server_.list(resource, namespace, options);
    if (found.ok || found.error.reason !== 'BadRequest') return found;
    const place = `"${resource.group}/${resource.version}, Resource=${resource.name}"`;
    const message = `Unable to find ${place} that match label selector "${options.labelSelector ?? ''}", field selector "${options.fieldSelector ?? ''}": ${found.error.message}`;
    return { ok: false, error: { ...found.error, message } };
  }
  table(resource: ApiResource, objects: readonly KubeObject[]): Table {
    return this.server_.table(resource, objects);
  }
  delete(resource: ApiResource, namespace: string | undefined, name: string, options: { readonly gracePeriodSeconds?: number }): ApiResult<KubeObject> {
    return this.server_.delete(resource, namespace, name, options);
  }
  watch(resource: ApiResource, namespace: string | undefined, options: ListOptions): Watch {
    return this.server_.watch(resource, namespace, options);
  }
  logs(namespace: string, pod: string, options: LogOptions): ApiResult<LogStream> {
    return this.server_.logs(namespace, pod, options);
  }
  exec(p: Process, namespace: string, pod: string, request: ExecRequest): Sys<ApiResult<number>> {
    return this.server_.exec(p, namespace, pod, request);
  }
  forward(namespace: string, pod: string, port: number, connection: OpenFile): ApiResult<void> {
    return this.server_.forward(namespace, pod, port, connection);
  }
  attach(p: Process, namespace: string, pod: string, request: Omit<ExecRequest, 'command'>): Sys<ApiResult<number>> {
    return this.server_.attach(p, namespace, pod, request);
  }
}

export function pathOf({ group, version, name: plural, isNamespaced }: ApiResource, namespace: string | undefined, name?: string): string {
  const place = isNamespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
  return `${group === '' ? '/api' : `/apis/${group}`}/${version}${place}/${plural}${name === undefined ? '' : `/${name}`}`;
}

interface SentStatus {
  readonly message: string;
  readonly reason: ApiStatus['reason'];
  readonly code: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  };
}
export function statusOf({ message, reason, code, details }: SentStatus): ApiStatus {
  const { name = '', kind = '', causes = [] } = details ?? {};
  if (reason === 'Invalid')
    return { code, reason, message, invalid: { object: `${kind} "${name}"`, causes: causes.map((one) => `${one.field}: ${one.message}`) } };
  return { code, reason, message, ...(causes.length > 0 ? { causes } : {}) };
}
