/** What Calico's plugins ask of Calico's datastore: addresses, and the endpoints of workloads. */

export interface WorkloadEndpoint {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly containerId: string;
  /** The host's end: `cali…`. */
  readonly interface: string;
  readonly mac: string;
  /** `10.100.85.195`. */
  readonly address: string;
}

export interface CalicoDatastore {
  /** The next free address of the node's blocks; undefined when the pool is used up. */
  assign(node: string, handle: string): string | undefined;
  release(handle: string): void;
  putEndpoint(endpoint: WorkloadEndpoint): void;
  removeEndpoint(node: string, containerId: string): void;
}
