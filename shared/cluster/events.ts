/** Events as components record them: the same thing again counts up instead of filling the list (client-go/tools/record). */
import { formatTime, type KubeEvent, type KubeObject } from '../commands/index.ts';
import type { Simulation } from '../base/index.ts';
import { randomUid } from './names.ts';
import type { Rng } from '../base/index.ts';
import { EVENTS } from './resources.ts';
import type { ObjectStore } from './store.ts';

/** How long events are kept: --event-ttl. */
const TTL_US = 3_600_000_000;

export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

export class EventRecorder {
  /** Names of events by what they are about. */
  private readonly known = new Map<string, readonly string[]>();
  /** Those that will be forgotten, the oldest first. */
  private readonly ageing: { readonly event: KubeEvent; readonly atUs: number }[] = [];
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
  ) {}

  record(source: EventSource, about: KubeObject, type: KubeEvent['type'], reason: string, message: string, fieldPath?: string): void {
    const now = formatTime(this.simulation.unixUs);
    const namespace = about.metadata.namespace ?? 'default';
    const names = this.known.get(about.metadata.uid) ?? [];
    for (const name of names) {
      const old = this.store.get(EVENTS, namespace, name) as KubeEvent | undefined;
      if (!old || old.reason !== reason || old.message !== message || old.type !== type || old.involvedObject.fieldPath !== fieldPath) continue;
      if (old.source.component !== source.component || old.source.host !== source.host) continue;
      this.store.put(EVENTS, { ...old, count: old.count + 1, lastTimestamp: now });
      return;
    }
    const fresh: KubeEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: [about.metadata.name, '.', (this.simulation.unixUs * 1000 + this.rng.below(1000)).toString(16), this.rng.below(16).toString(16)].join(''),
        namespace,
        uid: randomUid(this.rng),
        resourceVersion: '',
        creationTimestamp: now,
      },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name: about.metadata.name,
        ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
        uid: about.metadata.uid,
        resourceVersion: about.metadata.resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      reason,
      message,
      source,
      reportingComponent: source.component,
      reportingInstance: source.host ?? '',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
    };
    this.known.set(about.metadata.uid, [...names, fresh.metadata.name]);
    this.store.put(EVENTS, fresh);
    this.ageing.push({ event: fresh, atUs: this.simulation.nowUs + TTL_US });
    if (this.ageing.length === 1) this.waitForOldest();
  }
  private waitForOldest(): void {
    const [oldest] = this.ageing;
    if (oldest) this.simulation.housekeeping(Math.max(0, oldest.atUs - this.simulation.nowUs), () => this.forget());
  }
  private forget(): void {
    const due = this.ageing.findIndex(({ atUs }) => atUs > this.simulation.nowUs);
    for (const { event } of this.ageing.splice(0, due < 0 ? this.ageing.length : due)) {
      const { involvedObject, metadata } = event;
      const left = this.known.get(involvedObject.uid)?.filter((name) => name !== metadata.name) ?? [];
      if (left.length > 0) this.known.set(involvedObject.uid, left);
      else this.known.delete(involvedObject.uid);
      this.store.remove(EVENTS, metadata.namespace, metadata.name);
    }
    this.waitForOldest();
  }
}
