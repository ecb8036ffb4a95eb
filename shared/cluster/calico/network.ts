/** Calico as its manifest installs it (calico.yaml of 3.29): the daemon set, its configuration, the plugins that it puts on the nodes. */
import { utf8Encode } from '../../base/index.ts';
import { calico, calicoIpam, pluginProgram } from '../../cni/index.ts';
import type { PodSpec } from '../../commands/index.ts';
import type { InstalledProgram, Machine } from '../../machine/index.ts';
import { programImage, type Program } from '../../shell/index.ts';
import type { Image } from '../image.ts';
import { applets, daemon, makeImage, own } from '../images/make.ts';
import type { PodNetwork } from '../pod-network.ts';
import { calicoNodeProgram, type CalicoOptions } from './calico-node.ts';

const VERSION = 'v3.29.1';
const NAMESPACE = 'kube-system';
const PLUGINS = ['calico', 'calico-ipam'] as const;

export function calicoNetwork(options: CalicoOptions & { readonly server: string }): PodNetwork {
  const { encapsulation } = options.datastore.options;
  return {
    namespaces: [],
    configMaps: [
      {
        namespace: NAMESPACE,
        name: 'calico-config',
        data: {
          typha_service_name: 'none',
          calico_backend: encapsulation === 'vxlan' ? 'vxlan' : 'bird',
          veth_mtu: '0',
          cni_network_config: networkConfig('__KUBERNETES_NODE_NAME__'),
        },
      },
    ],
    templates: [
      { namespace: NAMESPACE, name: 'calico-node', kind: 'daemon-set', labels: { 'k8s-app': 'calico-node' }, spec: nodeSpec() },
      {
        namespace: NAMESPACE,
        name: 'calico-kube-controllers-7498b9bb4c',
        kind: 'replica-set',
        replicas: 1,
        labels: { 'k8s-app': 'calico-kube-controllers', 'pod-template-hash': '7498b9bb4c' },
        spec: {
          priorityClassName: 'system-cluster-critical',
          priority: 2_000_000_000,
          serviceAccountName: 'calico-kube-controllers',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
          ],
          containers: [{ name: 'calico-kube-controllers', image: `docker.io/calico/kube-controllers:${VERSION}`, imagePullPolicy: 'IfNotPresent' }],
        },
      },
    ],
    images: (programs) => images(programs, options),
    available: { reason: 'CalicoIsUp', message: 'Calico is running on this node' },
    prepare: (_name, machine) => installPlugins(machine, options),
  };
}

/** Known to the machine; their files come with the image. */
function installPlugins(machine: Machine, { datastore }: CalicoOptions): void {
  machine.os.programs.set('/opt/cni/bin/calico', pluginProgram(calico(datastore)));
  machine.os.programs.set('/opt/cni/bin/calico-ipam', pluginProgram(calicoIpam(datastore)));
}

const networkConfig = (node: string): string =>
  `${JSON.stringify(
    {
      name: 'k8s-pod-network',
      cniVersion: '0.3.1',
      plugins: [
        {
          type: 'calico',
          log_level: 'info',
          log_file_path: '/var/log/calico/cni/cni.log',
          datastore_type: 'kubernetes',
          nodename: node,
          mtu: 0,
          ipam: { type: 'calico-ipam' },
          policy: { type: 'k8s' },
          kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' },
        },
        { type: 'portmap', snat: true, capabilities: { portMappings: true } },
      ],
    },
    null,
    2,
  )}\n`;

function nodeSpec(): PodSpec {
  return {
    hostNetwork: true,
    priorityClassName: 'system-node-critical',
    priority: 2_000_001_000,
    serviceAccountName: 'calico-node',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [
      { effect: 'NoSchedule', operator: 'Exists' },
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
      { effect: 'NoExecute', operator: 'Exists' },
    ],
    initContainers: [
      {
        name: 'install-cni',
        image: `docker.io/calico/cni:${VERSION}`,
        imagePullPolicy: 'IfNotPresent',
        command: ['/opt/cni/bin/install'],
        volumeMounts: [
          { name: 'cni-bin-dir', mountPath: '/host/opt/cni/bin' },
          { name: 'cni-net-dir', mountPath: '/host/etc/cni/net.d' },
        ],
      },
    ],
    containers: [
      {
        name: 'calico-node',
        image: `docker.io/calico/node:${VERSION}`,
        imagePullPolicy: 'IfNotPresent',
        resources: { requests: { cpu: '250m' } },
        volumeMounts: [
          { name: 'var-run-calico', mountPath: '/var/run/calico' },
          { name: 'var-lib-calico', mountPath: '/var/lib/calico' },
        ],
      },
    ],
    volumes: [
      { name: 'var-run-calico', hostPath: { path: '/var/run/calico' } },
      { name: 'var-lib-calico', hostPath: { path: '/var/lib/calico' } },
      { name: 'cni-bin-dir', hostPath: { path: '/opt/cni/bin' } },
      { name: 'cni-net-dir', hostPath: { path: '/etc/cni/net.d' } },
      { name: 'cni-log-dir', hostPath: { path: '/var/log/calico/cni' } },
    ],
  };
}

/** Puts plugins and configuration where the node's runtime looks for them. */
const install = (options: CalicoOptions & { readonly server: string }): Program =>
  function* (p) {
    for (const plugin of PLUGINS) p.fs.writeFile(`/host/opt/cni/bin/${plugin}`, programImage(`/opt/cni/bin/${plugin}`), { mode: 0o755 });
    const kubeconfig = `# Kubeconfig file for Calico CNI plugin. Installed by calico/node.\napiVersion: v1\nkind: Config\nclusters:\n- name: local\n  cluster:\n    server: https://${options.server}\n`;
    p.fs.writeFile('/host/etc/cni/net.d/calico-kubeconfig', kubeconfig, { mode: 0o600 });
    p.fs.writeFile('/host/etc/cni/net.d/10-calico.conflist', utf8Encode(networkConfig(options.nodeName(p))), { mode: 0o600 });
    yield* p.print(
      'Installed /host/opt/cni/bin/calico\nInstalled /host/opt/cni/bin/calico-ipam\nCreated /host/etc/cni/net.d/10-calico.conflist\nDone configuring CNI.  Sleep= false\n',
    );
    return 0;
  };

function images(programs: readonly InstalledProgram[], options: CalicoOptions & { readonly server: string }): readonly Image[] {
  const tools = [
    ...applets(programs, '/usr/sbin', ['iptables', 'iptables-save', 'iptables-restore', 'ip', 'ipset', 'conntrack']),
    ...applets(programs, '/bin', ['sh', 'cat', 'ls', 'ps']),
  ];
  return [
    makeImage({
      repository: 'docker.io/calico/cni',
      tags: [VERSION],
      sizeBytes: 99_299_234,
      entrypoint: ['/opt/cni/bin/install'],
      programs: [own('/opt/cni/bin/install', 'calico-install', install(options))],
    }),
    makeImage({
      repository: 'docker.io/calico/node',
      tags: [VERSION],
      sizeBytes: 142_905_516,
      entrypoint: ['start_runit'],
      programs: [own('/usr/sbin/start_runit', 'calico-node', calicoNodeProgram(options)), ...tools],
    }),
    makeImage({
      repository: 'docker.io/calico/kube-controllers',
      tags: [VERSION],
      sizeBytes: 34_981_482,
      entrypoint: ['/usr/bin/kube-controllers'],
      programs: [
        own(
          '/usr/bin/kube-controllers',
          'kube-controllers',
          daemon(() => ['[INFO][1] main.go 99: Loaded configuration from environment']),
        ),
      ],
    }),
  ];
}
