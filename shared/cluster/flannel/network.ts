/** flannel as its manifest installs it (kube-flannel.yml of 0.26): the daemon set, its configuration, its images. */
import type { PodSpec } from '../../commands/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { programImage } from '../../shell/index.ts';
import type { Image } from '../image.ts';
import { applets, makeImage, own } from '../images/make.ts';
import type { PodNetwork } from '../pod-network.ts';
import { AVAILABLE, flanneldProgram, type FlannelOptions } from './flanneld.ts';

const NAMESPACE = 'kube-flannel';

interface NetworkOptions {
  readonly network: string;
  readonly backend: string;
  readonly interface: string;
  readonly bridge: string;
}

/** `interface`: over which nodes reach each other; `bridge`: what the pods' bridge is called. */
export function flannelNetwork(options: FlannelOptions & NetworkOptions): PodNetwork {
  return {
    namespaces: [NAMESPACE],
    configMaps: [{ namespace: NAMESPACE, name: 'kube-flannel-cfg', data: flannelConfig(options.network, options.backend, options.bridge) }],
    templates: [
      {
        namespace: NAMESPACE,
        name: 'kube-flannel-ds',
        kind: 'daemon-set',
        labels: { app: 'flannel', tier: 'node' },
        spec: flannelSpec(options.interface),
      },
    ],
    images: (programs) => flannelImages(programs, options),
    available: AVAILABLE,
    prepare: () => undefined,
  };
}

function flannelSpec(iface: string): PodSpec {
  return {
    hostNetwork: true,
    priorityClassName: 'system-node-critical',
    priority: 2_000_001_000,
    serviceAccountName: 'flannel',
    tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
    initContainers: [
      {
        name: 'install-cni-plugin',
        image: 'ghcr.io/flannel-io/flannel-cni-plugin:v1.6.2-flannel1',
        command: ['cp'],
        args: ['-f', '/flannel', '/opt/cni/bin/flannel'],
        volumeMounts: [{ name: 'cni-plugin', mountPath: '/opt/cni/bin' }],
      },
      {
        name: 'install-cni',
        image: 'ghcr.io/flannel-io/flannel:v0.26.4',
        command: ['cp'],
        args: ['-f', '/etc/kube-flannel/cni-conf.json', '/etc/cni/net.d/10-flannel.conflist'],
        volumeMounts: [
          { name: 'cni', mountPath: '/etc/cni/net.d' },
          { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
        ],
      },
    ],
    containers: [
      {
        name: 'kube-flannel',
        image: 'ghcr.io/flannel-io/flannel:v0.26.4',
        command: ['/opt/bin/flanneld'],
        args: ['--ip-masq', '--kube-subnet-mgr', `--iface=${iface}`],
        resources: { requests: { cpu: '100m', memory: '50Mi' } },
        volumeMounts: [
          { name: 'run', mountPath: '/run/flannel' },
          { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' },
        ],
      },
    ],
    volumes: [
      { name: 'run', hostPath: { path: '/run/flannel' } },
      { name: 'cni-plugin', hostPath: { path: '/opt/cni/bin' } },
      { name: 'cni', hostPath: { path: '/etc/cni/net.d' } },
      { name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } },
    ],
  };
}

/** The config map kube-flannel-cfg. */
const flannelConfig = (network: string, backend: string, bridge: string): Readonly<Record<string, string>> => ({
  'cni-conf.json': `${JSON.stringify(
    {
      name: 'cbr0',
      cniVersion: '0.3.1',
      plugins: [
        { type: 'flannel', delegate: { ...(bridge === 'cni0' ? {} : { bridge }), hairpinMode: true, isDefaultGateway: true } },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    },
    null,
    2,
  )}\n`,
  'net-conf.json': `${JSON.stringify({ Network: network, EnableNFTables: false, Backend: { Type: backend } }, null, 2)}\n`,
});

export function flannelImages(programs: readonly InstalledProgram[], options: FlannelOptions): readonly Image[] {
  const iptables = applets(programs, '/usr/sbin', ['iptables', 'iptables-save', 'iptables-restore', 'ip', 'conntrack']);
  return [
    makeImage({
      repository: 'ghcr.io/flannel-io/flannel',
      tags: ['v0.26.4'],
      sizeBytes: 31_404_814,
      programs: [own('/opt/bin/flanneld', 'flanneld', flanneldProgram(options)), ...iptables, ...applets(programs, '/bin', ['cp', 'sh', 'cat', 'ls'])],
    }),
    makeImage({
      repository: 'ghcr.io/flannel-io/flannel-cni-plugin',
      tags: ['v1.6.2-flannel1'],
      sizeBytes: 4_835_462,
      programs: applets(programs, '/bin', ['cp', 'sh']),
      files: { '/flannel': programImage('/opt/cni/bin/flannel') },
    }),
  ];
}
