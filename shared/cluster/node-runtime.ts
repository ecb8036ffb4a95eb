/** What a node offers to the pods on it: its machine, images, network configuration, and the way to report. */
import type { Result, Simulation } from '../base/index.ts';
import type { PluginCall } from '../cni/index.ts';
import type { Pod } from '../commands/index.ts';
import type { Machine } from '../machine/index.ts';
import type { EventRecorder } from './events.ts';
import { formatReference, type Image, type ImageRegistry, type Pull, type Reference } from './image.ts';
import type { NodeJournal } from './node-services.ts';
import type { ObjectStore } from './store.ts';

/** A node's own images, and the registry it pulls from. */
export class ImageStore {
  private readonly kept = new Map<string, Image>();
  constructor(private readonly registry: ImageRegistry) {}
  present(reference: Reference): Image | undefined {
    return this.kept.get(formatReference(reference));
  }
  pull(reference: Reference): Pull {
    return this.registry.pull(reference);
  }
  keep(reference: Reference, image: Image): void {
    this.kept.set(formatReference(reference), image);
  }
  get all(): ReadonlyMap<string, Image> {
    return this.kept;
  }
}

export interface NodeRuntime {
  readonly nodeName: string;
  readonly machine: Machine;
  readonly simulation: Simulation;
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly images: ImageStore;
  /** The node's InternalIP. */
  readonly hostIp: string;
  /** 64 hexadecimal digits. */
  newId(): string;
  resolvConf(pod: Pod): string;
  /** KUBERNETES_SERVICE_HOST and its kin. */
  clusterEnv(pod: Pod): Readonly<Record<string, string>>;
  /** Whether the node's own network leads to image registries; why not, in Go's words. */
  canReachRegistry(): Result<void, string>;
  readonly journal: NodeJournal;
  /** 0: it does not run. */
  pidOf(unit: string): number;
  /** Whether systemd has it running. */
  isServiceUp(unit: string): boolean;
  /** Each call of a CNI plugin, for the X-ray. */
  observe(pod: Pod, call: PluginCall): void;
}
