/** A watch of a client: what is there or what changed since a version, then every change, with bookmarks for who asks for them. */
import { asSeen, type ObjectStore } from '../store.ts';
import type { ApiResource, KubeObject, WatchEvent } from '../../commands/index.ts';
import type { RestWatch } from './answer.ts';

export interface WatchPlan {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly isWanted: (object: KubeObject) => boolean;
  /** Changes after this one; undefined: all there is first. */
  readonly since: number | undefined;
  readonly bookmarks: boolean;
  /** A bookmark says where the objects that are there already end. */
  readonly marksInitial: boolean;
  /** The object in the form that the client wants; `isFirst` tables have their columns. */
  readonly show: (object: KubeObject, isFirst: boolean) => unknown;
}

/** Lines that may wait for a reader; one that is slower is cut off and begins again. */
const LIMIT = 10_000;
const EXPIRED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version',
  reason: 'Expired',
  code: 410,
};

export class ObjectWatch implements RestWatch {
  private lines: string[] = [];
  private at = 0;
  private listener: (() => void) | undefined;
  private readonly unlisten: () => void;
  private count = 0;
  isOver = false;

  constructor(
    private readonly store: ObjectStore,
    private readonly plan: WatchPlan,
  ) {
    this.begin();
    this.unlisten = store.listen((resource, event, before) => this.take(resource, event, before));
  }
  private begin(): void {
    const { resource, namespace, isWanted, since, marksInitial } = this.plan;
    if (since === undefined) {
      for (const object of this.store.list(resource, namespace).filter(isWanted)) this.push({ type: 'ADDED', object });
      if (marksInitial) this.bookmark({ 'k8s.io/initial-events-end': 'true' });
      return;
    }
    const past = this.store.since(since);
    if (!past) {
      this.lines.push(JSON.stringify({ type: 'ERROR', object: { ...EXPIRED, message: `too old resource version: ${since} (${this.store.resourceVersion})` } }));
      this.isOver = true;
      return;
    }
    for (const change of past) this.take(change.resource, change.event, change.before);
  }
  private take(resource: ApiResource, event: WatchEvent, before: KubeObject | undefined): void {
    const { plan } = this;
    if (this.isOver || resource !== plan.resource) return;
    if (plan.namespace !== undefined && event.object.metadata.namespace !== plan.namespace) return;
    const seen = asSeen(event, before, plan.isWanted);
    if (seen) this.push(seen);
  }
  private push(event: WatchEvent): void {
    if (this.lines.length - this.at >= LIMIT) {
      this.isOver = true;
      this.listener?.();
      return;
    }
    this.lines.push(JSON.stringify({ type: event.type, object: this.plan.show(event.object, this.count++ === 0) }));
    this.listener?.();
  }
  private bookmark(annotations: Readonly<Record<string, string>> | undefined): void {
    const { kind, group, version } = this.plan.resource;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const metadata = { resourceVersion: this.store.resourceVersion, creationTimestamp: null, ...(annotations ? { annotations } : {}) };
    this.lines.push(JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } }));
  }

  mark(): void {
    if (this.plan.bookmarks && !this.isOver) this.bookmark(undefined);
  }
  next(): string | undefined {
    const line = this.lines[this.at];
    if (line === undefined) return undefined;
    this.at++;
    if (this.at === this.lines.length) [this.lines, this.at] = [[], 0];
    return line;
  }
  onChange(listener: () => void): void {
    this.listener = listener;
    if (this.lines.length > 0 || this.isOver) listener();
  }
  stop(): void {
    this.unlisten();
    this.listener = undefined;
  }
}
