/**
 * The objects of a cluster, as etcd and the API server hold them: versioned, watched, kept in order of their keys. Knows no kind.
 * Invariant: objects are never changed in place; each write is a new object with a greater resourceVersion.
 */
import { WaitQueue, type Wait } from '../shell/index.ts';
import type { ApiResource, KubeObject, Watch, WatchEvent } from '../commands/index.ts';

/** `before`: what a change replaces, what a deletion takes away. */
export type StoreListener = (resource: ApiResource, event: WatchEvent, before: KubeObject | undefined) => void;

/** A write, as those read it who were not there when it happened. */
export interface Change {
  readonly resource: ApiResource;
  readonly event: WatchEvent;
  readonly before: KubeObject | undefined;
  /** The resourceVersion that it made. */
  readonly version: number;
}

/** Events a watch may have waiting; one that reads slower is ended, as the server ends it (410 Gone). */
const WATCH_LIMIT = 10_000;
/** Writes that are remembered for watches that begin in the past; etcd keeps five minutes of them. */
const HISTORY = 2048;

export class ObjectStore {
  private version = 1000;
  private readonly kinds = new Map<ApiResource, Map<string, KubeObject>>();
  private readonly listeners = new Set<StoreListener>();
  private history: Change[] = [];

  get resourceVersion(): string {
    return String(this.version);
  }
  get(resource: ApiResource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.kinds.get(resource)?.get(key(resource, namespace, name));
  }
  /** Sorted by namespace and name, as etcd's keys are. */
  list(resource: ApiResource, namespace?: string): readonly KubeObject[] {
    const all = this.kinds.get(resource);
    if (!all) return [];
    const chosen = namespace === undefined ? [...all] : [...all].filter(([, object]) => object.metadata.namespace === namespace);
    return chosen.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, object]) => object);
  }
  /** Stores it under a new resourceVersion and tells all who watch. */
  put<T extends KubeObject>(resource: ApiResource, object: T): T {
    let all = this.kinds.get(resource);
    if (!all) this.kinds.set(resource, (all = new Map<string, KubeObject>()));
    const place = key(resource, object.metadata.namespace, object.metadata.name);
    const before = all.get(place);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
    all.set(place, stored);
    this.tell(resource, { type: before ? 'MODIFIED' : 'ADDED', object: stored }, before);
    return stored;
  }
  remove(resource: ApiResource, namespace: string | undefined, name: string): KubeObject | undefined {
    const all = this.kinds.get(resource);
    const place = key(resource, namespace, name);
    const object = all?.get(place);
    if (!all || !object) return undefined;
    all.delete(place);
    const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
    this.tell(resource, { type: 'DELETED', object: gone }, object);
    return gone;
  }
  /** Called within each write, in order; must not write itself but may schedule that. */
  listen(listener: StoreListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  /** Writes after that version; undefined when they are no longer remembered. */
  since(version: number): readonly Change[] | undefined {
    const oldest = this.history[0]?.version ?? this.version + 1;
    return version + 1 < oldest && version < this.version ? undefined : this.history.filter((change) => change.version > version);
  }
  /** Everything there is, then what changes. */
  watch(resource: ApiResource, namespace: string | undefined, isWanted: (object: KubeObject) => boolean): Watch {
    const events: WatchEvent[] = this.list(resource, namespace)
      .filter(isWanted)
      .map((object) => ({ type: 'ADDED', object }));
    const queue = new WaitQueue();
    const stop = this.listen((of, event, before) => {
      if (of !== resource || (namespace !== undefined && event.object.metadata.namespace !== namespace)) return;
      const seen = asSeen(event, before, isWanted);
      if (!seen) return;
      if (events.length < WATCH_LIMIT) events.push(seen);
      queue.wakeAll();
    });
    return { next: () => events.shift(), changed: queue satisfies Wait, stop: () => void stop() };
  }

  private tell(resource: ApiResource, event: WatchEvent, before: KubeObject | undefined): void {
    this.history.push({ resource, event, before, version: this.version });
    if (this.history.length > 2 * HISTORY) this.history = this.history.slice(HISTORY);
    for (const listener of [...this.listeners]) listener(resource, event, before);
  }
}

/** What a watch with a selector sees of a change: an object that comes to match appears, one that no longer does is gone. */
export function asSeen(event: WatchEvent, before: KubeObject | undefined, isWanted: (object: KubeObject) => boolean): WatchEvent | undefined {
  const was = before !== undefined && isWanted(before);
  const is = event.type !== 'DELETED' && isWanted(event.object);
  if (!was && !is) return undefined;
  return { type: was && is ? 'MODIFIED' : is ? 'ADDED' : 'DELETED', object: event.object };
}

const key = (resource: ApiResource, namespace: string | undefined, name: string): string =>
  resource.isNamespaced ? `${namespace ?? 'default'}/${name}` : name;
