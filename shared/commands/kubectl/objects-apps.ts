/** Services and what stands behind them, deployments and replica sets, as the API speaks of them: the fields that are read or written here. */
import type { Condition, KubeObject, PodSpec } from './objects.ts';

export interface Service extends KubeObject {
  readonly spec: ServiceSpec;
  readonly status: { readonly loadBalancer: object };
}
export interface ServiceSpec {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  /** `None` for a headless one. */
  readonly clusterIP: string;
  readonly clusterIPs: readonly string[];
  readonly ports?: readonly ServicePort[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly sessionAffinity: 'None';
  readonly internalTrafficPolicy: 'Cluster' | 'Local';
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  readonly publishNotReadyAddresses?: boolean;
}
export interface ServicePort {
  readonly name?: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string;
  readonly nodePort?: number;
}

export interface EndpointSlice extends KubeObject {
  readonly addressType: 'IPv4';
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: ServicePort['protocol'] }[];
}
export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  /** By which the name server knows it, below the service. */
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: { readonly kind: 'Pod'; readonly name: string; readonly namespace: string; readonly uid: string };
}
/** The older form of the same, which `kubectl get endpoints` shows. */
export interface Endpoints extends KubeObject {
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string; readonly nodeName?: string; readonly targetRef?: Endpoint['targetRef'] }[];
    readonly notReadyAddresses?: readonly { readonly ip: string; readonly nodeName?: string; readonly targetRef?: Endpoint['targetRef'] }[];
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol: ServicePort['protocol'] }[];
  }[];
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
export interface PodTemplate {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}
export interface ReplicaSet extends KubeObject {
  readonly spec: { readonly replicas: number; readonly selector: LabelSelector; readonly template: PodTemplate };
  readonly status: {
    readonly replicas: number;
    readonly fullyLabeledReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly observedGeneration?: number;
  };
}
export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly strategy: {
      readonly type: 'RollingUpdate' | 'Recreate';
      readonly rollingUpdate?: { readonly maxSurge: string | number; readonly maxUnavailable: string | number };
    };
    readonly revisionHistoryLimit: number;
    readonly progressDeadlineSeconds: number;
  };
  readonly status: {
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}
export interface DaemonSet extends KubeObject {
  readonly spec: { readonly selector: LabelSelector; readonly template: PodTemplate; readonly revisionHistoryLimit: number; readonly updateStrategy: object };
  readonly status: {
    readonly currentNumberScheduled: number;
    readonly desiredNumberScheduled: number;
    readonly numberAvailable: number;
    readonly numberMisscheduled: number;
    readonly numberReady: number;
    readonly observedGeneration?: number;
    readonly updatedNumberScheduled: number;
  };
}
export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly serviceName: string;
    readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
    readonly updateStrategy: { readonly type: 'RollingUpdate' | 'OnDelete' };
  };
  readonly status: {
    readonly availableReplicas?: number;
    readonly currentReplicas?: number;
    readonly currentRevision?: string;
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly replicas: number;
    readonly updateRevision?: string;
    readonly updatedReplicas?: number;
  };
}
export interface Job extends KubeObject {
  readonly spec: {
    readonly completions?: number;
    readonly parallelism: number;
    readonly backoffLimit: number;
    readonly activeDeadlineSeconds?: number;
    readonly ttlSecondsAfterFinished?: number;
    readonly suspend?: boolean;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
  };
  readonly status: {
    readonly active?: number;
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
    readonly failed?: number;
    readonly ready?: number;
    readonly startTime?: string;
    readonly succeeded?: number;
    readonly terminating?: number;
    readonly uncountedTerminatedPods?: object;
  };
}
