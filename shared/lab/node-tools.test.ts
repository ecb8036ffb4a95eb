/**
 * Goal: the tools of a node show what the cluster has, and what they do has its effect.
 * Method: a lab with a cluster; whole outputs, with identities and times taken out.
 */
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { createLab, parseLabFile, type Lab } from './index.ts';

const FILE = parseLabFile('flannel-host-gw', readFileSync(new URL('../../resources/labs/flannel-host-gw.yaml', import.meta.url), 'utf8')).value!;
let lab: Lab;
beforeEach(() => {
  lab = createLab(FILE, { seed: 5, epochMs: 1_700_000_000_000 });
}, 60_000);
/** What a command line prints on a node, errors too. */
function sh(line: string, target = 'node-1'): string {
  const session = lab.exec({ target, argv: ['bash', '-c', `exec 2>&1; ${line}`] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  const read = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  for (let i = 0; i < 6000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    read();
  }
  read();
  return steady(output);
}
const steady = (text: string): string =>
  text
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'ID')
    .replaceAll(/\b[0-9a-f]{13}\b/g, 'SHORT')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID')
    .replaceAll(/-(ds|proxy)-[a-z0-9]{5}\b/g, '-$1-XXXXX')
    .replaceAll(/ +/g, ' ');

const CONTAINER = `ID=$(kubectl get pod hello-1 -o jsonpath='{.status.containerStatuses[0].containerID}'); ID=\${ID##*/}; `;

test('the runtime of a node: its pods, containers and images; the process of a container leads into its network', () => {
  expect(sh('crictl ps')).toBe(
    [
      'CONTAINER IMAGE CREATED STATE NAME ATTEMPT POD ID POD NAMESPACE',
      'SHORT SHORT 14 minutes ago Running hello-1 0 SHORT hello-1 default',
      'SHORT SHORT 14 minutes ago Running kube-flannel 0 SHORT kube-flannel-ds-XXXXX kube-flannel',
      'SHORT SHORT 14 minutes ago Running kube-proxy 0 SHORT kube-proxy-XXXXX kube-system',
      '',
    ].join('\n'),
  );
  expect(
    sh(`${CONTAINER} PID=$(crictl inspect --output go-template --template '{{.info.pid}}' $ID); nsenter -t $PID -n ip -4 -o addr show eth0 | cut -d' ' -f7`),
  ).toBe('10.244.1.2/24\n');
  expect(
    sh(`${CONTAINER} crictl exec $ID hostname; crictl inspect $ID | jq -r .status.state; ctr -n k8s.io tasks ls | grep -c RUNNING; ctr containers ls`),
  ).toBe('hello-1\nCONTAINER_RUNNING\n6\nCONTAINER IMAGE RUNTIME \n');
  expect(sh('crictl inspect nope; crictl ps --nope')).toMatch(
    /^time="[^"]*" level=fatal msg="getting the status of the container \\"nope\\": rpc error: code = NotFound desc = an error occurred when try to find container \\"nope\\": not found"\nIncorrect Usage: unknown flag: --nope\n$/,
  );
});

test('a kubelet that is stopped leaves its node to be lost, and takes it back', () => {
  expect(
    sh(
      'systemctl is-active kubelet nosuch; systemctl stop kubelet; systemctl is-active kubelet; sleep 60; kubectl get nodes --no-headers | awk "{print \\$1, \\$2}"',
    ),
  ).toBe('active\ninactive\ninactive\ncontrolplane Ready\nnode-1 NotReady\nnode-2 Ready\n');
  expect(
    sh(
      'kubectl delete pod hello-1 --wait=false; sleep 5; kubectl get pod hello-1 --no-headers | awk "{print \\$3}"; systemctl start kubelet; sleep 5; kubectl get nodes node-1 --no-headers | awk "{print \\$2}"; kubectl get pod hello-1',
    ),
  ).toBe('pod "hello-1" deleted\nTerminating\nReady\nError from server (NotFound): pods "hello-1" not found\n');
});

test('what goes wrong with a network is told in events and in the journals', () => {
  const script = `rm /opt/cni/bin/bridge; kubectl run x --image=nginx --overrides='{"spec":{"nodeName":"node-1"}}'; sleep 2; kubectl get events --field-selector involvedObject.name=x -o jsonpath='{.items[*].reason}{"\\n"}{.items[0].message}{"\\n"}'; journalctl -u kubelet -n 4 -o cat | grep -c 'failed to find plugin'; journalctl -u containerd -o cat | tail -n 1 | grep -o 'level=error msg="RunPodSandbox for'`;
  expect(sh(script)).toBe(
    'pod/x created\nFailedCreatePodSandBox\nFailed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ID": plugin type="flannel" failed (add): failed to delegate add: failed to find plugin "bridge" in path [/opt/cni/bin]\n4\nlevel=error msg="RunPodSandbox for\n',
  );
});

test('etcd and kubeadm say what they have', () => {
  expect(sh('etcdctl get /registry/minions --prefix --keys-only; etcdctl get /registry/minions/node-1', 'controlplane')).toBe(
    '/registry/minions/controlplane\n\n/registry/minions/node-1\n\n/registry/minions/node-2\n\nError: not modelled: the protocol buffers that values are; use --keys-only, or kubectl get -o yaml\n',
  );
  expect(sh('kubeadm token create --print-join-command | tr -d a-z0-9', 'controlplane')).toBe(' ...: -- . ------ : \n');
  expect(sh('kubeadm join 192.168.56.10:6443 --token abcdef.0123456789abcdef --discovery-token-unsafe-skip-ca-verification; echo $?')).toContain(
    '[ERROR Port-10250]: Port 10250 is in use',
  );
});
