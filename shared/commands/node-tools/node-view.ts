/** What the programs of a Kubernetes node ask of it: its services, its journal, its containers. The cluster implements it for each node. */
import type { Process, Sys, Wait } from '../../shell/index.ts';
import type { KubernetesApi } from '../kubectl/index.ts';

export interface JournalEntry {
  readonly unixUs: number;
  /** `kubelet.service`. */
  readonly unit: string;
  /** Who wrote it: `kubelet`, `systemd`. */
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
}
export interface Journal {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[];
  /** How many were dropped at the front. */
  readonly dropped: number;
  readonly changed: Wait;
}

export interface Unit {
  /** `kubelet.service`. */
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly dropIn?: string;
  readonly docs: string;
  /** `restarting`: it ended with an error and is started again soon. */
  readonly state: 'active' | 'inactive' | 'failed' | 'restarting';
  readonly isEnabled: boolean;
  readonly mainPid: number | undefined;
  readonly command: readonly string[];
  readonly sinceUnixUs: number;
}

export interface CriSandbox {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly createdUnixUs: number;
  readonly ip: string;
  readonly pid: number;
  readonly netnsPath: string;
  readonly isHostNetwork: boolean;
  readonly labels: Readonly<Record<string, string>>;
}
export interface CriContainer {
  readonly id: string;
  readonly name: string;
  /** As the pod's manifest says it. */
  readonly image: string;
  readonly imageId: string;
  readonly state: 'Running' | 'Exited';
  readonly attempt: number;
  readonly pid: number;
  readonly createdUnixUs: number;
  readonly finishedUnixUs: number | undefined;
  readonly exitCode: number | undefined;
  readonly sandbox: CriSandbox;
}
export interface CriImage {
  readonly repository: string;
  readonly tag: string;
  /** Of its content, without `sha256:`. */
  readonly id: string;
  readonly sizeBytes: number;
}

/** A cluster as `kubeadm init` is asked for it. */
export interface InitRequest {
  /** Of the API server; undefined: of the node. */
  readonly address: string | undefined;
  readonly podCIDR: string | undefined;
  readonly serviceCIDR: string;
}
/** What kubeadm does to a node and its cluster. */
export interface Membership {
  readonly role: 'none' | 'control-plane' | 'worker';
  /** The node's own address. */
  readonly address: string;
  /** Of the API server that there is: `192.168.56.10:6443`. */
  readonly server: string | undefined;
  /** Whether a way leads there. */
  reaches(address: string): boolean;
  isForwarding(): boolean;
  /** A node of this name that is ready. */
  hasReadyNode(): boolean;
  init(request: InitRequest): void;
  join(): void;
  /** What it ran is ended, what it had written is gone. */
  leave(): void;
}

export interface NodeView {
  readonly hostname: string;
  readonly isControlPlane: boolean;
  readonly membership: Membership;
  readonly version: string;
  readonly api: KubernetesApi;
  readonly journal: Journal;
  units(): readonly Unit[];
  /** False: it does not start. */
  start(p: Process, unit: string): Sys<boolean>;
  stop(p: Process, unit: string): Sys;
  enable(unit: string, isEnabled: boolean): void;
  sandboxes(): readonly CriSandbox[];
  containers(): readonly CriContainer[];
  images(): readonly CriImage[];
  /** Whether a CNI configuration was read. */
  readonly isNetworkReady: boolean;
  /** Keys of etcd, in order. */
  keys(): readonly string[];
  /** `192.168.56.10:6443`. */
  readonly server: string;
  readonly nowUnixUs: number;
}
