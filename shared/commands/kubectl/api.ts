/**
 * What kubectl asks of a cluster: the Kubernetes API as calls. The cluster implements it; a later HTTP server can offer the same.
 * Answers are objects, tables and statuses in the API's own form, so that kubectl only words and lays them out.
 */
import type { Bytes, Result } from '../../base/index.ts';
import type { OpenFile, Process, Sys, Wait } from '../../shell/index.ts';
import type { Json, KubeObject } from './objects.ts';

/** A kind of object, as discovery lists it. */
export interface ApiResource {
  /** Plural, lower case: `pods`. */
  readonly name: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly kind: string;
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
  /** What a word such as `all` stands for. */
  readonly categories?: readonly string[];
}

/** An error, as the API words it: what stands behind `Error from server (NotFound): …`. */
export interface ApiStatus {
  readonly code: number;
  readonly reason:
    | 'NotFound'
    | 'AlreadyExists'
    | 'Conflict'
    | 'Invalid'
    | 'BadRequest'
    | 'Forbidden'
    | 'InternalError'
    | 'MethodNotAllowed'
    | 'Timeout'
    | 'Expired'
    | 'UnsupportedMediaType';
  readonly message: string;
  /** Of `Invalid`: which object, as `Pod "x"`, and each field's error. */
  readonly invalid?: { readonly object: string; readonly causes: readonly string[] };
  /** Of a conflict between those who manage fields. */
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
}
export type ApiResult<T> = Result<T, ApiStatus>;

/** What the server prints of objects (meta.k8s.io Table). Columns of priority 1 are for `-o wide`. */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly priority: 0 | 1 }[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly object: KubeObject }[];
}

export interface ListOptions {
  /** `app=web,tier!=db`; checked by the server. */
  readonly labelSelector?: string;
  /** `metadata.name=x`, `spec.nodeName=node-1`, `status.phase=Running`. */
  readonly fieldSelector?: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/** Changes since the watch began, oldest first. */
export interface Watch {
  next(): WatchEvent | undefined;
  /** Woken when `next` may have one. */
  readonly changed: Wait;
  stop(): void;
}

/** A container's log as it grows. */
export interface LogStream {
  /** What is there beyond what was read; '' when nothing. */
  read(): Bytes;
  /** No more will come. */
  readonly isOver: boolean;
  readonly changed: Wait;
}

export interface LogOptions {
  readonly container?: string;
  readonly previous?: boolean;
  /** Lines from the end; all without it. */
  readonly tailLines?: number;
  readonly timestamps?: boolean;
  readonly sinceSeconds?: number;
}

export interface ExecRequest {
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** A request as HTTP carries it, without the network: path without its query, body as text. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded, without its query: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly accept: string;
  readonly contentType: string;
  readonly userAgent: string;
  /** Text of the body; '' without one. */
  readonly body: string;
}
export interface ApiReply {
  readonly status: number;
  readonly body: string;
  readonly warnings?: readonly string[];
}

/** A part of an OpenAPI definition. */
export interface TypeSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, TypeSchema>>;
  readonly additionalProperties?: TypeSchema;
  readonly items?: TypeSchema;
  readonly allOf?: readonly TypeSchema[];
  readonly required?: readonly string[];
  readonly default?: Json;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

export interface KubernetesApi {
  readonly resources: readonly ApiResource[];
  /** `v1.32.4`. */
  readonly version: string;
  /** How a client on this machine finds the server: `192.168.56.10:6443`. */
  readonly server: string;
  /** Reaches the server over the network of the process, as every request does first; the text kubectl prints when it cannot. */
  connect(p: Process): Sys<Result<void, string>>;

  /** Anything that a client may ask by its address; answers that go on are refused. */
  request(request: ApiRequest): ApiReply;
  /** The types of the API, by their names in its OpenAPI document; empty where they are not at hand. */
  readonly types: Readonly<Record<string, TypeSchema>>;

  get(resource: ApiResource, namespace: string | undefined, name: string): ApiResult<KubeObject>;
  /** Sorted by namespace and name. `namespace` undefined: all. */
  list(resource: ApiResource, namespace: string | undefined, options: ListOptions): ApiResult<readonly KubeObject[]>;
  table(resource: ApiResource, objects: readonly KubeObject[]): Table;
  /** Defaults, checks and stores it. With `dryRun` all but the storing. */
  create(resource: ApiResource, namespace: string | undefined, object: unknown, options?: { readonly dryRun?: boolean }): ApiResult<KubeObject>;
  /** Replaces it; a `resourceVersion` that is not the present one is a conflict. */
  update(resource: ApiResource, namespace: string | undefined, object: unknown, options?: { readonly dryRun?: boolean }): ApiResult<KubeObject>;
  /** Asks for its end; it may go on existing for its grace period. */
  delete(resource: ApiResource, namespace: string | undefined, name: string, options: { readonly gracePeriodSeconds?: number }): ApiResult<KubeObject>;
  watch(resource: ApiResource, namespace: string | undefined, options: ListOptions): Watch;

  logs(namespace: string, pod: string, options: LogOptions): ApiResult<LogStream>;
  /** Runs a command in a container with the caller's descriptors 0, 1 and 2 as far as asked for; its exit status. */
  exec(p: Process, namespace: string, pod: string, request: ExecRequest): Sys<ApiResult<number>>;
  /** Carries what comes by a connection to a port of the pod, and back, until it is over. */
  forward(namespace: string, pod: string, port: number, connection: OpenFile): ApiResult<void>;
  /** Joins the streams of a container's main program until it ends. */
  attach(p: Process, namespace: string, pod: string, request: Omit<ExecRequest, 'command'>): Sys<ApiResult<number>>;
}
