/** The files that kubeadm and the packages of Kubernetes leave on a machine, and what `kubeadm reset` takes away again. */
import { utf8Encode } from '../base/index.ts';
import type { InstalledProgram, Machine } from '../machine/index.ts';
import { programImage } from '../shell/index.ts';
import type { ClusterPlan } from './control-plane.ts';
import { kubeletConfig } from './system-data.ts';

export const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const AUTHORITY = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

export function install(machine: Machine, path: string, name: string, program: InstalledProgram['main']): void {
  machine.os.programs.set(name, program);
  machine.init.fs.mkdirs(path.slice(0, path.lastIndexOf('/')), 0o755);
  machine.init.fs.writeFile(path, programImage(name), { mode: 0o755 });
}

/** What the system wants set on every node. */
export function writeNodeSettings({ init: { fs } }: Machine): void {
  fs.writeFile(
    '/etc/sysctl.d/k8s.conf',
    'net.bridge.bridge-nf-call-iptables  = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\nnet.ipv4.ip_forward                 = 1\n',
  );
  fs.writeFile('/proc/sys/net/ipv4/ip_forward', '1\n');
}

export const adminConfig = (server: string): string =>
  `apiVersion: v1\nclusters:\n- cluster:\n    server: https://${server}\n  name: kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n    user: kubernetes-admin\n  name: kubernetes-admin@kubernetes\ncurrent-context: kubernetes-admin@kubernetes\nkind: Config\npreferences: {}\nusers:\n- name: kubernetes-admin\n  user: {}\n`;
const componentConfig = (server: string, user: string): string => adminConfig(server).replaceAll('kubernetes-admin', user);

/** For root, on every node of a lab whose cluster is there from the beginning. */
export function writeKubectlConfig({ init: { fs } }: Machine, server: string): void {
  fs.mkdirs('/root/.kube', 0o750);
  fs.mkdirs('/etc/kubernetes', 0o755);
  const config = utf8Encode(adminConfig(server));
  fs.writeFile('/root/.kube/config', config, { mode: 0o600 });
  fs.writeFile('/etc/kubernetes/admin.conf', config, { mode: 0o600 });
}

export function writeKubeletConfig({ init: { fs } }: Machine, plan: ClusterPlan): void {
  fs.mkdirs('/var/lib/kubelet', 0o755);
  const { version, podCIDR = '', serviceCIDR, controlPlane } = plan;
  fs.writeFile(KUBELET_CONFIG, kubeletConfig({ version, podCIDR, serviceCIDR, controlPlane, server: '' }));
  fs.writeFile(
    '/var/lib/kubelet/kubeadm-flags.env',
    'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock --pod-infra-container-image=registry.k8s.io/pause:3.10"\n',
  );
}

/** What init writes on the control plane, or join on a worker. */
export function writeMembership(machine: Machine, name: string, server: string, isControlPlane: boolean): void {
  const { fs } = machine.init;
  fs.mkdirs('/etc/kubernetes/pki/etcd', 0o755);
  fs.mkdirs('/etc/kubernetes/manifests', 0o755);
  const secret = { mode: 0o600 };
  fs.writeFile('/etc/kubernetes/pki/ca.crt', AUTHORITY);
  fs.writeFile('/etc/kubernetes/kubelet.conf', componentConfig(server, `system:node:${name}`), secret);
  if (!isControlPlane) return;
  for (const [file, user] of [
    ['admin', 'kubernetes-admin'],
    ['super-admin', 'kubernetes-super-admin'],
    ['controller-manager', 'system:kube-controller-manager'],
    ['scheduler', 'system:kube-scheduler'],
  ] as const)
    fs.writeFile(`/etc/kubernetes/${file}.conf`, componentConfig(server, user), secret);
  fs.mkdirs('/var/lib/etcd/member', 0o700);
}
/** A static pod's manifest, as far as it is looked at. */
export function writeManifest({ init: { fs } }: Machine, component: string, text: string): void {
  fs.writeFile(`/etc/kubernetes/manifests/${component}.yaml`, utf8Encode(text), { mode: 0o600 });
}

export const CONFIG_FILES = ['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
  (name) => `/etc/kubernetes/${name}.conf`,
);
const CLEANED = ['/etc/kubernetes/manifests', '/var/lib/kubelet', '/etc/kubernetes/pki/etcd', '/etc/kubernetes/pki', '/var/lib/etcd'];
export function removeMembership({ init: { fs } }: Machine): void {
  for (const directory of CLEANED) {
    const entries = fs.readdir(directory);
    for (const { name } of entries.ok ? entries.value : []) {
      const path = `${directory}/${name}`;
      if (!fs.unlink(path).ok) fs.rmdir(path);
    }
  }
  for (const file of CONFIG_FILES) fs.unlink(file);
}
