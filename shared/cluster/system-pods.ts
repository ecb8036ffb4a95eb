/** The pods that kubeadm puts on a cluster: control plane, kube-proxy, CoreDNS. */
import { formatIpv4, parseIpv4Prefix } from '../wire/index.ts';
import type { Template } from './controllers.ts';

const EVERYWHERE = [{ operator: 'Exists' as const }];
const CONTROL_PLANE = [
  { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' as const },
];

export interface SystemOptions {
  readonly version: string;
  readonly controlPlane: string;
  readonly controlPlaneIp: string;
  readonly podCIDR: string;
  readonly serviceCIDR: string;
}

export function systemTemplates(options: SystemOptions): readonly Template[] {
  const { version, controlPlane, controlPlaneIp } = options;
  const component = (name: string, image: string, cpu: string, command: readonly string[]): Template => ({
    namespace: 'kube-system',
    name,
    kind: 'static',
    nodes: [controlPlane],
    labels: { component: name, tier: 'control-plane' },
    spec: {
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      priority: 2_000_001_000,
      tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
      containers: [{ name, image, imagePullPolicy: 'IfNotPresent', command: [`/usr/local/bin/${name}`, ...command], resources: { requests: { cpu } } }],
    },
  });
  return [
    component('etcd', 'registry.k8s.io/etcd:3.5.16-0', '100m', [
      `--advertise-client-urls=https://${controlPlaneIp}:2379`,
      '--data-dir=/var/lib/etcd',
      `--listen-client-urls=https://127.0.0.1:2379,https://${controlPlaneIp}:2379`,
      `--name=${controlPlane}`,
    ]),
    component('kube-apiserver', `registry.k8s.io/kube-apiserver:${version}`, '250m', [
      `--advertise-address=${controlPlaneIp}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      '--etcd-servers=https://127.0.0.1:2379',
      '--secure-port=6443',
      `--service-cluster-ip-range=${options.serviceCIDR}`,
    ]),
    component('kube-controller-manager', `registry.k8s.io/kube-controller-manager:${version}`, '200m', [
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${options.podCIDR}`,
      '--leader-elect=true',
    ]),
    component('kube-scheduler', `registry.k8s.io/kube-scheduler:${version}`, '100m', ['--bind-address=127.0.0.1', '--leader-elect=true']),
    {
      namespace: 'kube-system',
      name: 'kube-proxy',
      kind: 'daemon-set',
      labels: { 'k8s-app': 'kube-proxy' },
      spec: {
        hostNetwork: true,
        priorityClassName: 'system-node-critical',
        priority: 2_000_001_000,
        serviceAccountName: 'kube-proxy',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: EVERYWHERE,
        containers: [
          {
            name: 'kube-proxy',
            image: `registry.k8s.io/kube-proxy:${version}`,
            imagePullPolicy: 'IfNotPresent',
            command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
          },
        ],
      },
    },
  ];
}

export interface SystemService {
  readonly namespace: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly clusterIP: string; readonly ports: readonly object[]; readonly selector?: Readonly<Record<string, string>> };
}
/** The API server's own service, the first address of the range, and the name server, the tenth. */
export function systemServices(serviceCIDR: string): readonly SystemService[] {
  const first = parseIpv4Prefix(serviceCIDR)!.address;
  return [
    {
      namespace: 'default',
      metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { clusterIP: formatIpv4(first + 1), ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
    },
    {
      namespace: 'kube-system',
      metadata: { name: 'kube-dns', labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' } },
      spec: {
        clusterIP: formatIpv4(first + 10),
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
          { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
          { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
        ],
        selector: { 'k8s-app': 'kube-dns' },
      },
    },
  ];
}

/** CoreDNS as kubeadm makes it; with a control plane, it is there alone. */
export const corednsDeployment = (controlPlane: string | undefined): object => ({
  metadata: { name: 'coredns', labels: { 'k8s-app': 'kube-dns' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-dns' } },
      spec: {
        priorityClassName: 'system-cluster-critical',
        priority: 2_000_000_000,
        serviceAccountName: 'coredns',
        dnsPolicy: 'Default',
        nodeSelector: { 'kubernetes.io/os': 'linux', ...(controlPlane === undefined ? {} : { 'kubernetes.io/hostname': controlPlane }) },
        tolerations: CONTROL_PLANE,
        containers: [
          {
            name: 'coredns',
            image: 'registry.k8s.io/coredns/coredns:v1.11.3',
            imagePullPolicy: 'IfNotPresent',
            args: ['-conf', '/etc/coredns/Corefile'],
            ports: [
              { name: 'dns', containerPort: 53, protocol: 'UDP' },
              { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
              { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
            ],
            resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
          },
        ],
      },
    },
  },
});
