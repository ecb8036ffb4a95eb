/**
 * What an HTTP client asks of the cluster and what it is answered, as data: no sockets, no headers beyond those that decide. Whoever has a
 * network (the core) carries it.
 */
import type { ApiRequest, ApiStatus, ExecRequest, LogStream } from '../../commands/index.ts';

export type RestRequest = ApiRequest;

/** Changes as they come, each a line of JSON without its end. */
export interface RestWatch {
  /** The next line; undefined when there is none now. */
  next(): string | undefined;
  /** No more will come: it was too slow, or what it asked for is too old. */
  readonly isOver: boolean;
  /** Called when `next` may have one. One listener. */
  onChange(listener: () => void): void;
  /** A bookmark comes next, for who asked for them. */
  mark(): void;
  stop(): void;
}

/** Streams into a pod: the answer of exec, attach and port-forward once it is sure that there is something to join. */
export type RestStreams =
  | { readonly verb: 'exec' | 'attach'; readonly namespace: string; readonly pod: string; readonly request: ExecRequest; readonly wants: readonly string[] }
  | { readonly verb: 'portforward'; readonly namespace: string; readonly pod: string; readonly uid: string };

export type RestAnswer =
  | { readonly kind: 'text'; readonly status: number; readonly contentType: string; readonly body: string; readonly warnings?: readonly string[] }
  /** A document of OpenAPI that its readers want in protocol buffers: the caller encodes it. */
  | { readonly kind: 'openapi-v2'; readonly document: unknown }
  | { readonly kind: 'watch'; readonly contentType: string; readonly watch: RestWatch; readonly timeoutSeconds: number | undefined }
  | { readonly kind: 'log'; readonly log: LogStream; readonly follow: boolean; readonly limitBytes: number | undefined }
  | { readonly kind: 'streams'; readonly streams: RestStreams };

/** Of the request's query: the last value of a name. */
export const param = (request: RestRequest, name: string): string | undefined => request.query.get(name)?.at(-1);
export const flag = (request: RestRequest, name: string): boolean => ['true', '1'].includes(param(request, name) ?? '');

export const json = (value: unknown, status = 200, contentType = 'application/json'): RestAnswer => ({
  kind: 'text',
  status,
  contentType,
  body: `${JSON.stringify(value)}\n`,
});
export const plain = (body: string, status = 200): RestAnswer => ({ kind: 'text', status, contentType: 'text/plain; charset=utf-8', body });

/** A refusal of the object layer, thrown within a request and caught where it began. */
export class Refused extends Error {
  constructor(readonly status: ApiStatus) {
    super(status.message);
  }
}
