/**
 * What kubeadm writes down in the cluster: its own configuration, CoreDNS's and kube-proxy's, and the accounts of the components. Every namespace has
 * an account `default` and the authority's certificate, and has them again when they go (root-ca-cert-publisher, service-account-controller).
 */
import { Rng, type Simulation } from '../base/index.ts';
import { formatTime, type KubeObject, type Namespace } from '../commands/index.ts';
import { randomUid } from './names.ts';
import { CONFIGMAPS, NAMESPACES, SERVICEACCOUNTS } from './resources.ts';
import type { ObjectStore } from './store.ts';

export interface SystemFacts {
  readonly version: string;
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  /** `192.168.56.10:6443`. */
  readonly server: string;
  readonly controlPlane: string;
}

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;
const ROOT_CA = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

type ConfigMapOf = readonly [namespace: string, name: string, data: Readonly<Record<string, string>>, labels?: Readonly<Record<string, string>>];

export const systemConfigMaps = (facts: SystemFacts): readonly ConfigMapOf[] => [
  ['kube-public', 'cluster-info', { kubeconfig: kubeconfig(facts.server) }],
  ['kube-system', 'coredns', { Corefile: COREFILE }],
  ['kube-system', 'kube-proxy', { 'config.conf': proxyConfig(facts), 'kubeconfig.conf': kubeconfig(facts.server) }, { app: 'kube-proxy' }],
  ['kube-system', 'kubeadm-config', { ClusterConfiguration: clusterConfiguration(facts) }],
  ['kube-system', 'kubelet-config', { kubelet: kubeletConfig(facts) }],
];

export const clusterConfiguration = ({ version, podCIDR, serviceCIDR }: SystemFacts): string => `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: ${version}
networking:
  dnsDomain: cluster.local
  podSubnet: ${podCIDR}
  serviceSubnet: ${serviceCIDR}
proxy: {}
scheduler: {}
`;
export const kubeletConfig = ({ serviceCIDR }: SystemFacts): string => `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- ${serviceCIDR.replace(/\d+\/\d+$/, '10')}
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock
healthzBindAddress: 127.0.0.1
healthzPort: 10248
kind: KubeletConfiguration
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;
const proxyConfig = ({ podCIDR }: SystemFacts): string => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
clusterCIDR: ${podCIDR}
kind: KubeProxyConfiguration
mode: ""
`;
const kubeconfig = (server: string): string => `apiVersion: v1
clusters:
- cluster:
    server: https://${server}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
kind: Config
`;

const CONTROLLERS =
  'attachdetach-controller bootstrap-signer certificate-controller clusterrole-aggregation-controller coredns cronjob-controller daemon-set-controller ' +
  'deployment-controller disruption-controller endpoint-controller endpointslice-controller endpointslicemirroring-controller ephemeral-volume-controller ' +
  'expand-controller generic-garbage-collector horizontal-pod-autoscaler job-controller kube-proxy legacy-service-account-token-cleaner namespace-controller ' +
  'node-controller persistent-volume-binder pod-garbage-collector pv-protection-controller pvc-protection-controller replicaset-controller ' +
  'replication-controller resourcequota-controller root-ca-cert-publisher service-account-controller statefulset-controller token-cleaner ' +
  'ttl-after-finished-controller ttl-controller validatingadmissionpolicy-status-controller';
const ACCOUNTS: readonly (readonly [string, string])[] = [
  ...CONTROLLERS.split(' ').map((name): readonly [string, string] => ['kube-system', name]),
  ['kube-flannel', 'flannel'],
];

const REACT_US = 20_000;

/** Makes them, and keeps in every namespace what it always has. Has a chance of its own, so that names elsewhere stay as they were. */
export class SystemData {
  private readonly rng: Rng;
  private isSet = false;
  private isOver = false;
  private readonly stopListening: () => void;
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    seed: number,
    facts: SystemFacts,
  ) {
    this.rng = new Rng(seed ^ 0x5eed);
    for (const [namespace, name, data, labels] of systemConfigMaps(facts)) this.put(CONFIGMAPS, namespace, name, { data }, labels);
    for (const [namespace, name] of ACCOUNTS) if (this.store.get(NAMESPACES, undefined, namespace)) this.put(SERVICEACCOUNTS, namespace, name, {});
    this.sync();
    this.stopListening = store.listen((resource, event) => {
      const isMissed = resource === NAMESPACES ? event.type === 'ADDED' : event.type === 'DELETED' && (resource === CONFIGMAPS || resource === SERVICEACCOUNTS);
      if (!isMissed || this.isSet) return;
      this.isSet = true;
      simulation.after(REACT_US, () => this.sync());
    });
  }
  /** Its cluster is no more. */
  stop(): void {
    this.stopListening();
    this.isOver = true;
  }
  private sync(): void {
    this.isSet = false;
    if (this.isOver) return;
    for (const { metadata } of this.store.list(NAMESPACES) as readonly Namespace[]) {
      if (metadata.deletionTimestamp !== undefined) continue;
      if (!this.store.get(SERVICEACCOUNTS, metadata.name, 'default')) this.put(SERVICEACCOUNTS, metadata.name, 'default', {});
      if (!this.store.get(CONFIGMAPS, metadata.name, 'kube-root-ca.crt'))
        this.put(CONFIGMAPS, metadata.name, 'kube-root-ca.crt', { data: { 'ca.crt': ROOT_CA } }, undefined, {
          'kubernetes.io/description':
            'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
        });
    }
  }
  private put(
    resource: typeof CONFIGMAPS,
    namespace: string,
    name: string,
    fields: object,
    labels?: Readonly<Record<string, string>>,
    annotations?: Readonly<Record<string, string>>,
  ): void {
    const metadata: KubeObject['metadata'] = {
      ...{ name, namespace, uid: randomUid(this.rng), resourceVersion: '', creationTimestamp: formatTime(this.simulation.unixUs) },
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
    };
    this.store.put(resource, { apiVersion: 'v1', kind: resource.kind, metadata, ...fields });
  }
}
