/**
 * Goal: what cannot work is refused, or told where Kubernetes tells it: events, `describe`, the status column, conditions, the journals.
 * Method: a lab with a cluster, one mistake after the other; whole messages, with identities taken out.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLab, parseLabFile, type Lab } from './index.ts';

const read = (path: string): string => readFileSync(new URL(`../../resources/${path}`, import.meta.url), 'utf8');
const FILE = parseLabFile('flannel-host-gw', read('labs/flannel-host-gw.yaml')).value!;
let lab: Lab;
beforeAll(() => {
  const types = JSON.parse(read('kubernetes/openapi.json')) as never;
  lab = createLab(FILE, { seed: 5, epochMs: 1_700_000_000_000, types: () => types });
}, 60_000);

/** What a script prints on a node, errors too. */
function sh(script: string, target = 'controlplane'): string {
  const session = lab.exec({ target, argv: ['bash', '-c', `exec 2>&1; ${script}`] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  const take = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  const untilUs = lab.simulation.nowUs + 900e6;
  while (session.value.exitStatus === undefined && lab.simulation.nowUs < untilUs) {
    lab.simulation.runUntil(lab.simulation.nowUs + 100_000);
    take();
  }
  take();
  return output.replaceAll(/\b[0-9a-f]{64}\b/g, 'ID').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID');
}
const writeFile = (path: string, text: string): string => `cat >${path} <<'END'\n${text}\nEND\n`;
/** A pod on node-1. */
const run = (name: string): string => `kubectl run ${name} --image=nginx --overrides='{"spec":{"nodeName":"node-1"}}' >/dev/null; `;
/** Its first event. */
const event = (name: string): string =>
  `kubectl get events --field-selector involvedObject.name=${name} -o jsonpath='{range .items[*]}{.type} {.reason} {.message}{"\\n"}{end}' | head -n 1; `;
const status = (name: string): string => `kubectl get pod ${name} --no-headers | awk '{print $2, $3}'; `;
const NET = '/etc/cni/net.d/00-test.conflist';
const network = (plugin: object): string => writeFile(NET, JSON.stringify({ cniVersion: '1.0.0', name: 'test', plugins: [plugin] }));
const FAILED = 'Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ID": ';
const ADD = `${FAILED}plugin type="broken" failed (add): `;

describe('a network plugin', () => {
  it.each([
    ['exits without a word', 'exit 3', `${ADD}netplugin failed with no error message: exit status 3`],
    ['says why on standard error', 'echo "oh no" >&2; exit 1', `${ADD}netplugin failed: "oh no\\n"`],
    ['fails with its error', `echo '{"code":11,"msg":"later","details":"busy"}'; exit 1`, `${ADD}later; busy`],
    [
      'fails with what is no error',
      'echo oh; exit 1',
      `${ADD}netplugin failed but error parsing its diagnostic message "oh\\n": invalid character 'o' looking for beginning of value`,
    ],
    ['prints nonsense', 'echo nonsense', `${ADD}failed to unmarshal raw result: invalid character 'o' in literal null (expecting 'u')`],
    ['prints nothing', 'exit 0', `${ADD}failed to unmarshal raw result: unexpected end of JSON input`],
    ['has a version of its own', `echo '{"cniVersion":"9.9.9"}'`, `${ADD}unsupported CNI result version "9.9.9"`],
    ['gives no address', 'echo {}', `${FAILED}failed to find network info for sandbox "ID"`],
  ])('%s', (what, body, message) => {
    const name = what.replaceAll(' ', '-');
    const script = `${writeFile('/opt/cni/bin/broken', `#!/bin/bash\n${body}`)}chmod 755 /opt/cni/bin/broken; ${network({ type: 'broken' })}`;
    expect(sh(`${script}${run(name)}sleep 1; ${event(name)}${status(name)}kubectl delete pod ${name} >/dev/null`, 'node-1')).toBe(
      `${message}\n0/1 ContainerCreating\n`,
    );
  });
  it('hangs until the kubelet waits no longer', () => {
    const script = `${writeFile('/opt/cni/bin/broken', '#!/bin/bash\nsleep 100000')}chmod 755 /opt/cni/bin/broken; ${network({ type: 'broken' })}`;
    const journal = `journalctl -u containerd -o cat | grep -o 'plugin type.*signal.*' | tail -n 1; journalctl -u kubelet -o cat | grep -c DeadlineExceeded; `;
    expect(sh(`${script}${run('hang')}sleep 235; ${event('hang')}echo; sleep 10; ${event('hang')}${status('hang')}${journal}rm ${NET}`, 'node-1')).toBe(
      [
        '',
        'Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
        '0/1 ContainerCreating',
        'plugin type=\\"broken\\" failed (add): netplugin failed with no error message: signal: killed"',
        '4',
        '',
      ].join('\n'),
    );
  });
  it('is not there', () => {
    expect(sh(`${network({ type: 'nowhere' })}${run('gone')}sleep 1; ${event('gone')}`, 'node-1')).toBe(
      `${FAILED}plugin type="nowhere" failed (add): failed to find plugin "nowhere" in path [/opt/cni/bin]\n`,
    );
  });
});

describe('addresses', () => {
  const ipam = (subnet: string): string => network({ type: 'bridge', bridge: 'br-test', ipam: { type: 'host-local', subnet } });
  const BRIDGE = `${FAILED}plugin type="bridge" failed (add): `;
  it('are used up', () => {
    expect(sh(`${ipam('10.9.9.0/30')}${run('first')}sleep 3; ${status('first')}${run('second')}sleep 1; ${event('second')}`, 'node-1')).toBe(
      `1/1 Running\n${BRIDGE}failed to allocate for range 0: no IP addresses available in range set: 10.9.9.1-10.9.9.2\n`,
    );
    expect(sh("kubectl describe pod second | grep -o 'Warning *Failed.*(add):'")).toMatch(/^Warning +FailedCreatePodSandBox .* \(add\):\n$/);
  });
  it('come from a range that is too small, or is none', () => {
    expect(sh(`${ipam('10.9.9.0/31')}${run('tiny')}sleep 1; ${event('tiny')}`, 'node-1')).toBe(
      `${BRIDGE}invalid range set 0: Network 10.9.9.0/31 too small to allocate from\n`,
    );
  });
  it('are too few for the nodes, or too many', () => {
    const kubeadm = (cidr: string): string => sh(`kubeadm init --pod-network-cidr=${cidr}`).split('\n')[0]!;
    expect([kubeadm('10.244.0.0/25'), kubeadm('10.0.0.0/7'), kubeadm('10.244.0.0')]).toEqual([
      'podSubnet: Invalid value: "10.244.0.0/25": the size of pod subnet with mask 25 is smaller than the size of node subnet with mask 24',
      'podSubnet: Invalid value: "10.0.0.0/7": pod subnet mask (7) and node-mask (24) difference is greater than 16',
      'podSubnet: Invalid value: "10.244.0.0": couldn\'t parse subnet',
    ]);
  });
});

describe('a configuration of the network', () => {
  const node = `kubectl get node node-1 --no-headers | awk '{print $2}'; kubectl get node node-1 -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}{"\\n"}'; `;
  const NOT_READY =
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
  it('that cannot be read makes the node unready, and is not passed over', () => {
    expect(sh(`echo nonsense >${NET}; sleep 15; ${node}${run('unread')}sleep 1; ${event('unread')}`, 'node-1')).toBe(
      `NotReady\n${NOT_READY}\n${FAILED}cni plugin not initialized\n`,
    );
  });
  it('that is put right makes it ready again, and what waited runs', () => {
    expect(sh(`rm ${NET}; sleep 30; ${node}${status('unread')}${status('gone')}`, 'node-1')).toBe(
      'Ready\nkubelet is posting ready status\n1/1 Running\n1/1 Running\n',
    );
  });
});

describe('a pod that cannot be placed', () => {
  const TAINT = '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }';
  const NOWHERE = 'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
  const place = (name: string, spec: object): string =>
    `kubectl run ${name} --image=nginx --overrides='${JSON.stringify({ spec })}' >/dev/null; sleep 1; ${event(name)}${status(name)}`;
  const asking = (requests: object): object => ({ containers: [{ name: 'c', image: 'nginx', resources: { requests } }] });
  it.each([
    ['a selector', { nodeSelector: { disk: 'ssd' } }, `${TAINT}, 2 node(s) didn't match Pod's node affinity/selector. ${NOWHERE}`],
    [
      'what it asks for',
      asking({ cpu: '64', memory: '1Ti' }),
      `${TAINT}, 2 Insufficient cpu, 2 Insufficient memory. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.`,
    ],
  ])('for %s', (why, spec, message) => {
    expect(sh(place(why.replaceAll(' ', '-'), spec))).toBe(`Warning FailedScheduling 0/3 nodes are available: ${message}\n0/1 Pending\n`);
  });
  it('while nodes are cordoned, and is once they are not', () => {
    expect(sh(`kubectl cordon node-1 >/dev/null; kubectl taint node node-2 only=db:NoSchedule >/dev/null; ${place('waits', {})}`)).toBe(
      `Warning FailedScheduling 0/3 nodes are available: ${TAINT}, 1 node(s) had untolerated taint {only: db}, 1 node(s) were unschedulable. ${NOWHERE}\n0/1 Pending\n`,
    );
    const condition = `kubectl get pod waits -o jsonpath='{.status.conditions[0].type} {.status.conditions[0].status} {.status.conditions[0].reason}{"\\n"}'; `;
    expect(sh(`${condition}kubectl uncordon node-1 >/dev/null; sleep 5; ${status('waits')}kubectl taint node node-2 only- >/dev/null`)).toBe(
      'PodScheduled False Unschedulable\n1/1 Running\n',
    );
  });
});

describe('a manifest', () => {
  const pod = (spec: string, metadata = '{name: m}'): string => `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec: ${spec}`;
  const BAD = 'Error from server (BadRequest): error when creating "/tmp/m.yaml": Pod in version "v1" cannot be handled as a Pod: ';
  it.each([
    [
      'fields that nobody knows',
      pod('{containers: [{name: a, image: nginx, imagee: x}], dnsPolicyy: y}'),
      `${BAD}strict decoding error: unknown field "spec.containers[0].imagee", unknown field "spec.dnsPolicyy"\n`,
    ],
    [
      'an object where a list belongs',
      pod('{containers: {name: a}}'),
      `${BAD}json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container\n`,
    ],
    [
      'a word where a number belongs',
      pod('{containers: [{name: a, image: nginx, ports: [{containerPort: eighty}]}]}'),
      `${BAD}json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32\n`,
    ],
    [
      'no names',
      pod('{containers: [{image: nginx}]}', '{}'),
      'The Pod "" is invalid: \n* metadata.name: Required value: name or generateName is required\n* spec.containers[0].name: Required value\n',
    ],
    [
      'no version',
      'kind: Pod\nmetadata: {name: m}',
      'error: error validating "/tmp/m.yaml": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false\n',
    ],
    [
      'a kind that is none',
      'apiVersion: v1\nkind: Gadget\nmetadata: {name: m}',
      'error: resource mapping not found for name: "m" namespace: "" from "/tmp/m.yaml": no matches for kind "Gadget" in version "v1"\nensure CRDs are installed first\n',
    ],
    ['no YAML', 'a: b: c', 'error: error parsing /tmp/m.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context\n'],
    ['nothing in it', '', 'error: no objects passed to create\n'],
    [
      'a selector for other pods',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: b}}, spec: {containers: [{name: a, image: nginx}]}}}',
      'The Deployment "d" is invalid: spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`\n',
    ],
  ])('with %s', (_what, yaml, message) => {
    expect(sh(`${writeFile('/tmp/m.yaml', yaml)}kubectl create -f /tmp/m.yaml`)).toBe(message);
  });
  it('that no longer has the types of what is there is refused, and changes nothing', () => {
    const wrong = `${writeFile('/tmp/m.yaml', pod('{containers: {name: a}}', '{name: waits}'))}kubectl replace -f /tmp/m.yaml; `;
    expect(sh(`${wrong}${status('waits')}`)).toBe(
      'Error from server (BadRequest): error when replacing "/tmp/m.yaml": Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container\n1/1 Running\n',
    );
  });
});
