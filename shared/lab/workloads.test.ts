/**
 * Goal: daemon sets, stateful sets and jobs have their pods, config maps and secrets reach containers, and what is missing is said.
 * Method: manifests applied by kubectl in a lab; what it prints afterwards, without what chance gives.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { utf8Encode } from '../base/index.ts';
import { createLab, parseLabFile, type Lab } from './index.ts';

const FILE = parseLabFile('flannel-host-gw', readFileSync(new URL('../../resources/labs/flannel-host-gw.yaml', import.meta.url), 'utf8')).value!;
let lab: Lab;
beforeAll(() => {
  lab = createLab(FILE, { seed: 5, epochMs: 1_700_000_000_000 });
}, 60_000);
function sh(line: string): string {
  const session = lab.exec({ target: 'controlplane', argv: ['bash', '-c', `exec 2>&1; ${line}`] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  for (let i = 0; i < 6000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    output += session.value.read(65536);
  }
  return output + session.value.read(65536);
}
function apply(yaml: string): string {
  lab.writeFile('controlplane', '/root/w.yaml', utf8Encode(yaml), 0o644);
  return sh('kubectl apply -f w.yaml');
}
const template = (app: string, spec: string): string => `template: {metadata: {labels: {app: ${app}}}, spec: ${spec}}`;
const nginx = '{containers: [{name: a, image: nginx}]}';

test('a daemon set is on every node that takes it; a new template takes one pod at a time; a node that asks for more gets them', () => {
  expect(
    apply(`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}}, ${template('agent', nginx)}}}`),
  ).toBe('daemonset.apps/agent created\n');
  const nodes = `kubectl get pods -l app=agent -o jsonpath='{range .items[*]}{.spec.nodeName}{" "}{end}' | tr ' ' '\\n' | sort | tr '\\n' ' '`;
  expect(sh(`kubectl rollout status ds/agent --timeout=60s; ${nodes}`)).toMatch(/daemon set "agent" successfully rolled out\nnode-1 node-2 $/);
  sh('kubectl taint nodes controlplane node-role.kubernetes.io/control-plane-');
  expect(sh(`sleep 5; ${nodes}`)).toBe('controlplane node-1 node-2 ');
  sh('kubectl set image ds/agent a=httpd');
  expect(sh(`kubectl rollout status ds/agent --timeout=200s | tail -1; kubectl get pods -l app=agent -o jsonpath='{.items[*].spec.containers[*].image}'`)).toBe(
    'daemon set "agent" successfully rolled out\nhttpd httpd httpd',
  );
  expect(sh('kubectl delete ds agent; sleep 3; kubectl get pods -l app=agent')).toBe(
    'daemonset.apps "agent" deleted\nNo resources found in default namespace.\n',
  );
  expect(sh('kubectl delete ds -n kube-system kube-proxy')).toBe('Error from server (BadRequest): not modelled: a cluster without what it runs itself\n');
}, 60_000);

test('a stateful set has its pods in order, with names in the headless service', () => {
  apply(
    `apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}\n---\n{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {serviceName: db, replicas: 3, selector: {matchLabels: {app: db}}, ${template('db', nginx)}}}`,
  );
  expect(sh("sleep 10; kubectl get sts db --no-headers | tr -s ' ' | cut -d' ' -f1,2; kubectl get pods -l app=db -o name")).toBe(
    'db 3/3\npod/db-0\npod/db-1\npod/db-2\n',
  );
  sh('kubectl run bb --image=busybox -- sleep 1000; kubectl wait --for=condition=Ready pod/bb');
  const events = `kubectl get events --field-selector reason=SuccessfulCreate,involvedObject.name=db -o jsonpath='{range .items[*]}{.message}{"\\n"}{end}' | cut -d' ' -f3`;
  expect(sh(events)).toBe('db-0\ndb-1\ndb-2\n');
  expect(
    sh(
      'kubectl exec db-1 -- hostname; kubectl exec bb -- nslookup db-2.db.default.svc.cluster.local | grep -c ^Address; kubectl scale sts db --replicas=1; sleep 10; kubectl get pods -l app=db -o name',
    ),
  ).toBe('db-1\n2\nstatefulset.apps/db scaled\npod/db-0\n');
  const before = sh("kubectl get pod db-0 -o jsonpath='{.metadata.uid}'");
  expect(sh("kubectl delete pod db-0 > /dev/null; sleep 5; kubectl get pod db-0 -o jsonpath='{.status.phase}'")).toBe('Running');
  expect(sh("kubectl get pod db-0 -o jsonpath='{.metadata.uid}'")).not.toBe(before);
  expect(
    apply(
      `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: d2}, spec: {serviceName: db, selector: {matchLabels: {app: d2}}, ${template('d2', nginx)}, volumeClaimTemplates: [{metadata: {name: v}}]}}`,
    ),
  ).toMatch(/not modelled: volumes that outlive pods/);
}, 60_000);

test('a job runs to its end, or until it has failed too often', () => {
  expect(sh('kubectl create job one --image=busybox -- echo done; kubectl wait --for=condition=complete job/one --timeout=60s; kubectl logs job/one')).toBe(
    'job.batch/one created\njob.batch/one condition met\ndone\n',
  );
  apply(
    '{apiVersion: batch/v1, kind: Job, metadata: {name: bad}, spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: ["false"]}]}}}}',
  );
  expect(
    sh(
      "sleep 30; kubectl get job bad --no-headers | tr -s ' ' | cut -d' ' -f1-3; kubectl get job bad -o jsonpath='{.status.failed} {.status.conditions[*].type} {.status.conditions[1].reason}'",
    ),
  ).toBe('bad Failed 0/1\n2 FailureTarget Failed BackoffLimitExceeded');
  expect(apply('{apiVersion: batch/v1, kind: Job, metadata: {name: always}, spec: {template: {spec: {containers: [{name: a, image: busybox}]}}}}')).toMatch(
    /The Job "always" is invalid: spec\.template\.spec\.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"\n$/,
  );
}, 60_000);

test('config maps, secrets and the pod itself in variables and files; what is missing is waited for', () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: env}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, "1000"]
    env:
    - {name: G, valueFrom: {configMapKeyRef: {name: conf, key: greeting}}}
    - {name: P, valueFrom: {secretKeyRef: {name: pass, key: password}}}
    - {name: WHO, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: BOTH, value: "$(G)-$(WHO)"}
    envFrom: [{configMapRef: {name: conf}, prefix: X_}]
    volumeMounts:
    - {name: v, mountPath: /etc/conf}
    - {name: s, mountPath: /etc/secret}
  volumes:
  - {name: v, configMap: {name: conf}}
  - {name: s, secret: {secretName: pass, items: [{key: password, path: pw}]}}
`;
  apply(pod);
  expect(sh("sleep 5; kubectl get events --field-selector involvedObject.name=env -o jsonpath='{.items[-1:].message}'")).toBe(
    'MountVolume.SetUp failed for volume "v" : configmap "conf" not found',
  );
  sh('kubectl create configmap conf --from-literal=greeting=hello; sleep 4');
  expect(
    sh(
      "kubectl get pod env --no-headers | tr -s ' ' | cut -d' ' -f3; kubectl get events --field-selector involvedObject.name=env -o jsonpath='{.items[-1:].message}'",
    ),
  ).toBe('ContainerCreating\nMountVolume.SetUp failed for volume "s" : secret "pass" not found');
  sh('kubectl create secret generic pass --from-literal=password=s3cret; sleep 5');
  expect(sh(`kubectl exec env -- sh -c 'echo $G $P $WHO $BOTH $X_greeting; cat /etc/conf/greeting /etc/secret/pw'`)).toBe(
    'hello s3cret env hello-env hello\nhellos3cret',
  );
}, 60_000);
