/** Images of the cluster's own components. They run as processes; what they do is done by the parts of this module. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program } from '../../shell/index.ts';
import type { Image } from '../image.ts';
import { applets, daemon, klog, makeImage, own } from './make.ts';

export function systemImages(
  version: string,
  programs: readonly InstalledProgram[],
  components: Readonly<Record<'kube-proxy' | 'coredns', Program>>,
): readonly Image[] {
  const component = (name: string, sizeBytes: number, lines: (p: Process) => readonly string[]): Image =>
    makeImage({
      repository: `registry.k8s.io/${name}`,
      tags: [version],
      sizeBytes,
      entrypoint: [`/usr/local/bin/${name}`],
      programs: [own(`/usr/local/bin/${name}`, name, daemon(lines))],
    });
  const iptables = applets(programs, '/usr/sbin', ['iptables', 'iptables-save', 'iptables-restore', 'ip', 'conntrack']);
  return [
    component('kube-apiserver', 28_679_230, (p) => [
      klog(p, 'server.go:145', `Version: ${version}`),
      klog(p, 'secure_serving.go:213', 'Serving securely on [::]:6443'),
    ]),
    component('kube-controller-manager', 26_267_962, (p) => [klog(p, 'controllermanager.go:185', `"Starting" version="${version}"`)]),
    component('kube-scheduler', 20_657_902, (p) => [klog(p, 'server.go:166', `"Starting Kubernetes Scheduler" version="${version}"`)]),
    makeImage({
      repository: 'registry.k8s.io/kube-proxy',
      tags: [version],
      sizeBytes: 30_907_858,
      entrypoint: ['/usr/local/bin/kube-proxy'],
      programs: [own('/usr/local/bin/kube-proxy', 'kube-proxy', components['kube-proxy']), ...iptables],
    }),
    makeImage({
      repository: 'registry.k8s.io/etcd',
      tags: ['3.5.16-0'],
      sizeBytes: 57_680_541,
      entrypoint: ['/usr/local/bin/etcd'],
      programs: [
        own(
          '/usr/local/bin/etcd',
          'etcd',
          daemon(() => ['{"level":"info","msg":"ready to serve client requests"}']),
        ),
      ],
    }),
    makeImage({
      repository: 'registry.k8s.io/coredns/coredns',
      tags: ['v1.11.3'],
      sizeBytes: 18_562_039,
      entrypoint: ['/coredns'],
      programs: [own('/coredns', 'coredns', components.coredns)],
    }),
  ];
}
