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
  private readonly known = new Map<string, string>();
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
  ) {}

  record(source: EventSource, about: KubeObject, type: KubeEvent['type'], reason: string, message: string, fieldPath?: string): void {
    const now = formatTime(this.simulation.unixUs);
    const key = JSON.stringify([source.component, source.host, about.metadata.uid, type, reason, message, fieldPath]);
    const namespace = about.metadata.namespace ?? 'default';
    const name = this.known.get(key);
    const old = name === undefined ? undefined : (this.store.get(EVENTS, namespace, name) as KubeEvent | undefined);
    if (old) {
      this.store.put(EVENTS, { ...old, count: old.count + 1, lastTimestamp: now });
      return;
    }
    const fresh: KubeEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${about.metadata.name}.${(this.simulation.unixUs * 1000 + this.rng.below(1000)).toString(16)}${this.rng.below(16).toString(16)}`,
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
    this.known.set(key, fresh.metadata.name);
    this.store.put(EVENTS, fresh);
    this.simulation.housekeeping(TTL_US, () => {
      this.known.delete(key);
      this.store.remove(EVENTS, namespace, fresh.metadata.name);
    });
  }
}
