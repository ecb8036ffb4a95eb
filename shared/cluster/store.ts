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

/** The index that every resource has. */
const NAMESPACE = 'metadata.namespace';

/** The objects of one resource. */
class Collection {
  private readonly byKey = new Map<string, KubeObject>();
  /** Keys in order; undefined after one came or went. */
  private sorted: string[] | undefined;
  private readonly indexes = new Map<string, { readonly of: (object: KubeObject) => string | undefined; readonly places: Map<string, Set<string>> }>();

  constructor() {
    this.addIndex(NAMESPACE, ({ metadata }) => metadata.namespace);
  }
  get(key: string): KubeObject | undefined {
    return this.byKey.get(key);
  }
  set(key: string, object: KubeObject): void {
    const before = this.byKey.get(key);
    if (before === undefined) this.sorted = undefined;
    this.byKey.set(key, object);
    for (const { of, places } of this.indexes.values()) {
      const [from, to] = [before && of(before), of(object)];
      if (from === to) continue;
      if (from !== undefined) leave(places, from, key);
      if (to !== undefined) join(places, to, key);
    }
  }
  delete(key: string): void {
    const object = this.byKey.get(key);
    if (object === undefined) return;
    this.byKey.delete(key);
    this.sorted = undefined;
    for (const { of, places } of this.indexes.values()) {
      const place = of(object);
      if (place !== undefined) leave(places, place, key);
    }
  }
  all(): readonly KubeObject[] {
    this.sorted ??= [...this.byKey.keys()].sort(inOrder);
    return this.sorted.map((key) => this.byKey.get(key)!);
  }
  addIndex(name: string, of: (object: KubeObject) => string | undefined): void {
    const places = new Map<string, Set<string>>();
    this.indexes.set(name, { of, places });
    for (const [key, object] of this.byKey) {
      const place = of(object);
      if (place !== undefined) join(places, place, key);
    }
  }
  by(name: string, value: string): readonly KubeObject[] {
    const keys = this.indexes.get(name)?.places.get(value);
    return keys === undefined ? [] : [...keys].sort(inOrder).map((key) => this.byKey.get(key)!);
  }
}
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
function join(places: Map<string, Set<string>>, place: string, key: string): void {
  const keys = places.get(place);
  if (keys) keys.add(key);
  else places.set(place, new Set([key]));
}
function leave(places: Map<string, Set<string>>, place: string, key: string): void {
  const keys = places.get(place);
  keys?.delete(key);
  if (keys?.size === 0) places.delete(place);
}

interface Listening {
  readonly listener: StoreListener;
  readonly resources: readonly ApiResource[] | undefined;
}

export class ObjectStore {
  private version = 1000;
  private readonly kinds = new Map<ApiResource, Collection>();
  private readonly listenings = new Set<Listening>();
  /** Listeners of each resource in the order in which they came; made anew when one comes or goes. */
  private readonly listeners = new Map<ApiResource, readonly StoreListener[]>();
  private history: Change[] = [];

  get resourceVersion(): string {
    return String(this.version);
  }
  private kind(resource: ApiResource): Collection {
    let kind = this.kinds.get(resource);
    if (!kind) this.kinds.set(resource, (kind = new Collection()));
    return kind;
  }
  get(resource: ApiResource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.kinds.get(resource)?.get(key(resource, namespace, name));
  }
  /** Sorted by namespace and name, as etcd's keys are. */
  list(resource: ApiResource, namespace?: string): readonly KubeObject[] {
    const kind = this.kinds.get(resource);
    return (namespace === undefined ? kind?.all() : kind?.by(NAMESPACE, namespace)) ?? [];
  }
  /** From now on objects are found by what `of` says of them (client-go's indexers). */
  addIndex(resource: ApiResource, name: string, of: (object: KubeObject) => string | undefined): void {
    this.kind(resource).addIndex(name, of);
  }
  /** Those of which an index says `value`, sorted as in `list`. */
  listBy(resource: ApiResource, index: string, value: string): readonly KubeObject[] {
    return this.kinds.get(resource)?.by(index, value) ?? [];
  }
  /** Stores it under a new resourceVersion and tells all who watch. */
  put<T extends KubeObject>(resource: ApiResource, object: T): T {
    const all = this.kind(resource);
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
  /** Nothing is left, as in a new etcd; those who watch are told. */
  clear(): void {
    for (const [resource, kind] of [...this.kinds].reverse())
      for (const { metadata } of kind.all()) this.remove(resource, resource.isNamespaced ? (metadata.namespace ?? 'default') : undefined, metadata.name);
  }
  /** Called within each write (of these resources, if given), in order; must not write itself but may schedule that. */
  listen(listener: StoreListener, ...resources: readonly ApiResource[]): () => void {
    const listening: Listening = { listener, resources: resources.length > 0 ? resources : undefined };
    this.listenings.add(listening);
    this.listeners.clear();
    return () => {
      this.listenings.delete(listening);
      this.listeners.clear();
    };
  }
  private listenersOf(resource: ApiResource): readonly StoreListener[] {
    let listeners = this.listeners.get(resource);
    if (!listeners) {
      listeners = [...this.listenings].filter(({ resources }) => resources === undefined || resources.includes(resource)).map(({ listener }) => listener);
      this.listeners.set(resource, listeners);
    }
    return listeners;
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
    const stop = this.listen((_of, event, before) => {
      if (namespace !== undefined && event.object.metadata.namespace !== namespace) return;
      const seen = asSeen(event, before, isWanted);
      if (!seen) return;
      if (events.length < WATCH_LIMIT) events.push(seen);
      queue.wakeAll();
    }, resource);
    return { next: () => events.shift(), changed: queue satisfies Wait, stop: () => void stop() };
  }

  private tell(resource: ApiResource, event: WatchEvent, before: KubeObject | undefined): void {
    this.history.push({ resource, event, before, version: this.version });
    if (this.history.length > 2 * HISTORY) this.history = this.history.slice(HISTORY);
    for (const listener of this.listenersOf(resource)) listener(resource, event, before);
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
