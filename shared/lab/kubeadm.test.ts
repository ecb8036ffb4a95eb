/**
 * Goal: from bare machines a cluster by kubeadm, its network by a plugin of bash, and back again; and what kubeadm says when it cannot be.
 * Method: the lab of two bare machines; command lines on both, with what they print.
 */
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { createLab, parseLabFile, type Lab } from './index.ts';

const SOURCE = readFileSync(new URL('../../resources/labs/kubeadm-two-nodes.yaml', import.meta.url), 'utf8');
const FIRST = 'debian-wmctmfwjmq';
const SECOND = 'debian-vdzdtctydv';
let lab: Lab;
beforeEach(() => {
  const { value, problems } = parseLabFile('kubeadm-two-nodes', SOURCE);
  expect(problems).toEqual([]);
  lab = createLab(value!, { seed: 5, epochMs: 1_700_000_000_000 });
}, 60_000);

function sh(target: string, line: string): string {
  const session = lab.exec({ target, argv: ['bash', '-c', `exec 2>&1; export KUBECONFIG=/etc/kubernetes/admin.conf; ${line}`] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  const read = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  for (let i = 0; i < 40_000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    read();
  }
  read();
  return output.replaceAll(/ +/g, ' ');
}
const INIT = 'kubeadm init --pod-network-cidr=10.244.0.0/16 --apiserver-advertise-address=192.168.2.209';
const forward = (target: string): string => sh(target, 'sysctl -qw net.ipv4.ip_forward=1');
/** As init prints it at its end. */
function joinLine(): string {
  forward(FIRST);
  const printed = sh(FIRST, INIT);
  const line = /kubeadm join [^\\]+\\\n\t[^\n]+/.exec(printed)?.[0];
  if (line === undefined) throw new Error(printed);
  return line;
}
const conf = (subnet: string): string =>
  `mkdir -p /etc/cni/net.d; cp /root/bash-cni /opt/cni/bin/; echo '{"cniVersion":"0.3.1","name":"n","type":"bash-cni","network":"10.244.0.0/16","subnet":"${subnet}"}' > /etc/cni/net.d/10-bash-cni.conf`;

test('nothing is there before init, and what is missing is said', () => {
  expect(sh(FIRST, 'systemctl is-active containerd kubelet; kubectl get nodes; ls /etc/kubernetes')).toBe(
    "active\nactivating\nThe connection to the server localhost:8080 was refused - did you specify the right host or port?\nls: cannot access '/etc/kubernetes': No such file or directory\n",
  );
  expect(sh(FIRST, INIT)).toBe(
    [
      '[init] Using Kubernetes version: v1.32.4',
      '[preflight] Running pre-flight checks',
      'error execution phase preflight: [preflight] Some fatal errors occurred:',
      '\t[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1',
      '[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`',
      'To see the stack trace of this error execute with --v=5 or higher',
      '',
    ].join('\n'),
  );
});

test('a cluster of two nodes, wired by a plugin of bash', () => {
  const join = joinLine();
  expect(sh(FIRST, 'kubectl get nodes --no-headers | tr -s " " | cut -d" " -f1-3; kubectl get pods -A --no-headers | grep -c Pending')).toBe(
    `${FIRST} NotReady control-plane\n2\n`,
  );
  expect(sh(SECOND, join)).toMatch(/ip_forward contents are not set to 1/);
  forward(SECOND);
  const joined = sh(SECOND, join).replace(/after [\d.]+ms/, 'after N');
  expect(joined).toBe(
    [
      '[preflight] Running pre-flight checks',
      '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...',
      "[preflight] Use 'kubeadm init phase upload-config --config your-config.yaml' to re-upload it.",
      '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"',
      '[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"',
      '[kubelet-start] Starting the kubelet',
      '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s',
      '[kubelet-check] The kubelet is healthy after N',
      '[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap',
      '',
      'This node has joined the cluster:',
      '* Certificate signing request was sent to apiserver and a response was received.',
      '* The Kubelet was informed of the new secure connection details.',
      '',
      "Run 'kubectl get nodes' on the control-plane to see this node join the cluster.",
      '',
      '',
    ].join('\n'),
  );
  sh(FIRST, `${conf('10.244.0.0/24')}; ip route add 10.244.1.0/24 via 192.168.2.205`);
  sh(SECOND, `${conf('10.244.1.0/24')}; ip route add 10.244.0.0/24 via 192.168.2.209`);
  expect(sh(FIRST, 'sleep 15; kubectl get nodes --no-headers | tr -s " " | cut -d" " -f1-3; kubectl describe node | egrep "^Name|^PodCIDR:"')).toBe(
    `${SECOND} Ready <none>\n${FIRST} Ready control-plane\nName: ${SECOND}\nPodCIDR: 10.244.1.0/24\nName: ${FIRST}\nPodCIDR: 10.244.0.0/24\n`,
  );
  expect(
    sh(
      FIRST,
      'kubectl taint nodes --all node-role.kubernetes.io/control-plane- &> /dev/null; kubectl apply -f demo-pod.yaml; kubectl wait --for=condition=Ready pod --all --timeout=60s > /dev/null; kubectl exec busybox1 -- ping -c 1 -q $(kubectl get pod nginx2 -o jsonpath={.status.podIP}) | grep received; kubectl get pods -A --no-headers | grep -vc Running',
    ),
  ).toBe('pod/busybox1 created\npod/busybox2 created\npod/nginx1 created\npod/nginx2 created\n1 packets transmitted, 1 packets received, 0% packet loss\n0\n');
}, 60_000);

test("flannel's manifest, applied, starts flanneld on every node", () => {
  const join = joinLine();
  forward(SECOND);
  sh(SECOND, join);
  expect(sh(FIRST, 'kubectl apply -f kube-flannel.yml')).toBe(
    'namespace/kube-flannel created\nclusterrole.rbac.authorization.k8s.io/flannel created\nclusterrolebinding.rbac.authorization.k8s.io/flannel created\nserviceaccount/flannel created\nconfigmap/kube-flannel-cfg created\ndaemonset.apps/kube-flannel-ds created\n',
  );
  expect(
    sh(
      FIRST,
      'kubectl wait --for=condition=Ready nodes --all --timeout=60s; cat /run/flannel/subnet.env; ip -br link show flannel.1 | cut -d" " -f1; ip route | grep flannel',
    ),
  ).toBe(
    `node/${SECOND} condition met\nnode/${FIRST} condition met\nFLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.0.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\nflannel.1\n10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink \n`,
  );
  expect(
    sh(
      FIRST,
      'kubectl taint nodes --all node-role.kubernetes.io/control-plane- &> /dev/null; kubectl apply -f demo-pod.yaml > /dev/null; kubectl wait --for=condition=Ready pod --all --timeout=60s > /dev/null; kubectl exec busybox1 -- ping -c 1 -q $(kubectl get pod nginx2 -o jsonpath={.status.podIP}) | grep received; kubectl get ds -A --no-headers | tr -s " " | cut -d" " -f2-5',
    ),
  ).toBe('1 packets transmitted, 1 packets received, 0% packet loss\nkube-flannel-ds 2 2 2\nkube-proxy 2 2 2\n');
}, 60_000);

test('a token that is not known, a hash that is another, a server that is not there: each in its words', () => {
  const join = joinLine();
  forward(SECOND);
  const last = (line: string): string | undefined => sh(SECOND, line).split('\n').at(-3);
  const failed = "error execution phase preflight: couldn't validate the identity of the API Server: ";
  const hash = /sha256:[0-9a-f]{64}/.exec(join)![0];
  expect(last(join.replace(/--token (\S)/, '--token z'))).toBe(
    `${failed}could not find a JWS signature in the cluster-info ConfigMap for token ID "z${/--token .(.{5})/.exec(join)![1]}"`,
  );
  expect(last(join.replace(hash, `sha256:${'0'.repeat(64)}`))).toBe(
    `${failed}cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${hash}" are pinned`,
  );
  expect(last(join.replace('.209:', '.77:'))).toBe(
    `${failed}failed to request the cluster-info ConfigMap: Get "https://192.168.2.77:6443/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp 192.168.2.77:6443: connect: connection refused`,
  );
  expect(sh(SECOND, 'kubeadm join 192.168.2.209:6443 --token abcdef.0123456789abcdef').split('\n')[0]).toMatch(
    /^discovery\.bootstrapToken\.unsafeSkipCAVerification: Invalid value/,
  );
  expect(sh(FIRST, 'kubeadm token create --print-join-command')).toMatch(
    /^kubeadm join 192\.168\.2\.209:6443 --token \S{23} --discovery-token-ca-cert-hash sha256:\w{64} \n$/,
  );
}, 60_000);

test('reset takes a node out, and the cluster away, and both can be made anew', () => {
  const join = joinLine();
  forward(SECOND);
  sh(SECOND, join);
  expect(sh(SECOND, 'echo n | kubeadm reset').split('\n').at(-3)).toBe(
    "[reset] Are you sure you want to proceed? [y/N]: error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue",
  );
  expect(sh(SECOND, 'kubeadm reset -f')).toMatch(/^\[preflight\] Running pre-flight checks\n[\s\S]*\$HOME\/\.kube\/config file\.\n$/);
  expect(sh(SECOND, 'sleep 1; ls -A /etc/kubernetes /var/lib/kubelet; systemctl is-active kubelet; crictl ps -q | wc -l')).toBe(
    '/etc/kubernetes:\nmanifests\npki\n\n/var/lib/kubelet:\ninactive\n0\n',
  );
  expect(sh(FIRST, `kubectl delete node ${SECOND}`)).toBe(`node "${SECOND}" deleted\n`);
  sh(SECOND, join);
  expect(sh(FIRST, 'kubectl get nodes -o jsonpath="{.items[*].spec.podCIDR}"')).toBe('10.244.1.0/24 10.244.0.0/24');
  sh(FIRST, 'kubeadm reset --force');
  expect(sh(FIRST, 'kubectl get nodes; ls /var/lib/etcd | wc -l; crictl ps -q | wc -l')).toBe(
    'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n0\n0\n',
  );
  sh(FIRST, 'kubeadm init --service-cidr 10.112.0.0/16 --ignore-preflight-errors=all');
  expect(sh(FIRST, 'kubectl get nodes -o jsonpath="{.items[*].spec}"; echo; kubectl get svc -A -o jsonpath="{.items[*].spec.clusterIP}"')).toBe(
    '{"taints":[{"effect":"NoSchedule","key":"node-role.kubernetes.io/control-plane"},{"effect":"NoSchedule","key":"node.kubernetes.io/not-ready"}]}\n10.112.0.1 10.112.0.10',
  );
}, 60_000);
