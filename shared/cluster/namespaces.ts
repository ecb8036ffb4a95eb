/** The namespace controller: what is in a namespace that ends is deleted, then it goes itself (pkg/controller/namespace). */
import type { Simulation } from '../base/index.ts';
import type { Namespace } from '../commands/index.ts';
import type { ApiServer } from './api-server.ts';
import { NAMESPACES } from './resources.ts';
import type { ObjectStore } from './store.ts';

const REACT_US = 30_000;

export class NamespaceController {
  private isSet = false;
  constructor(
    private readonly store: ObjectStore,
    private readonly api: ApiServer,
    private readonly simulation: Simulation,
  ) {
    store.listen((resource, event) => {
      if (resource === NAMESPACES ? event.type === 'MODIFIED' : event.type === 'DELETED') this.soon();
    });
  }
  private soon(): void {
    if (this.isSet || !this.ending().length) return;
    this.isSet = true;
    this.simulation.after(REACT_US, () => {
      this.isSet = false;
      for (const namespace of this.ending()) this.empty(namespace.metadata.name);
    });
  }
  private ending(): readonly Namespace[] {
    return (this.store.list(NAMESPACES) as readonly Namespace[]).filter((one) => one.metadata.deletionTimestamp !== undefined);
  }
  private empty(name: string): void {
    let left = 0;
    for (const resource of this.api.resources) {
      if (!resource.isNamespaced) continue;
      for (const object of this.store.list(resource, name)) {
        if (object.metadata.deletionTimestamp === undefined) {
          if (resource.verbs.includes('delete')) this.api.delete(resource, name, object.metadata.name, {});
          else this.store.remove(resource, name, object.metadata.name);
        }
        if (this.store.get(resource, name, object.metadata.name)) left++;
      }
    }
    if (left === 0) this.store.remove(NAMESPACES, undefined, name);
  }
}
