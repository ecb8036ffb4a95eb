/**
 * Goal: the real kubectl of this machine, of whatever version, works on a lab as on any cluster.
 * Method: a lab served by this process, and kubectl run as its user runs it. Ages, times and random names are taken out of what it prints.
 */
import { get } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ended, ServedLab, type Ran } from './served-lab.ts';

let lab: ServedLab;
beforeAll(async () => {
  lab = await ServedLab.up();
});
afterAll(() => lab.down());
afterEach(() => expect(lab.bugs).toEqual([]));

const steady = (text: string): string =>
  text
    .replaceAll(/-[0-9a-f]{8,10}-[a-z0-9]{5}\b/g, '-HASH-NAME')
    .replaceAll(/\b(\d+[smhd])+\b/g, 'AGE')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ $/gm, '');
/** A command line that must succeed, and what it prints. */
async function out(line: string, input?: string): Promise<string> {
  const ran = await lab.kubectl(words(line), input);
  expect({ line, status: ran.status, err: ran.err }).toMatchObject({ status: 0 });
  return steady(ran.out);
}
/** One that must not. */
async function refused(line: string, input?: string): Promise<Pick<Ran, 'status' | 'err'>> {
  const { status, err } = await lab.kubectl(words(line), input);
  return { status, err };
}
/** As a shell splits it: single quotes hold together. */
const words = (line: string): string[] => (line.match(/(?:'[^']*'|\S)+/g) ?? []).map((word) => word.replaceAll("'", ''));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('what there is', () => {
  it('nodes, as tables and as fields', async () => {
    expect(await out('get nodes -o wide --no-headers')).toBe(
      ['controlplane Ready control-plane', 'node-1 Ready <none>', 'node-2 Ready <none>']
        .map((start, index) => `${start} AGE v1.32.4 192.168.56.1${index} <none> Debian GNU/Linux 12 (bookworm) 6.1.0-18-amd64 containerd://1.7.24\n`)
        .join(''),
    );
    expect(await out("get nodes -o jsonpath='{.items[*].spec.podCIDR}'")).toBe('10.244.0.0/24 10.244.1.0/24 10.244.2.0/24');
    expect(await out('get node node-1 -o name')).toBe('node/node-1\n');
  });
  it('resources, versions, types, rights', async () => {
    expect(await out('api-versions')).toBe(
      'apps/v1\nauthentication.k8s.io/v1\nauthorization.k8s.io/v1\nbatch/v1\ncoordination.k8s.io/v1\ndiscovery.k8s.io/v1\nnetworking.k8s.io/v1\npolicy/v1\nrbac.authorization.k8s.io/v1\nv1\n',
    );
    expect(await out('api-resources --api-group=apps --no-headers -o name')).toBe('daemonsets.apps\ndeployments.apps\nreplicasets.apps\nstatefulsets.apps\n');
    expect(await out('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
    expect(await out('auth can-i delete pods')).toBe('yes\n');
    expect(await out('get --raw /readyz')).toBe('ok');
  });
  it('says what is not there, as the server says it', async () => {
    expect(await refused('get pod nope')).toEqual({ status: 1, err: 'Error from server (NotFound): pods "nope" not found\n' });
    expect(await refused('get gadgets')).toEqual({ status: 1, err: 'error: the server doesn\'t have a resource type "gadgets"\n' });
    expect((await refused('top nodes')).err).toContain('etrics API not available');
    expect(await refused('get pods -n nowhere')).toEqual({ status: 0, err: 'No resources found in nowhere namespace.\n' });
  });
  it('refuses who has no token', async () => {
    const { status, err } = await lab.kubectl(['get', 'pods', '--token=wrong', '--request-timeout=5s'], '\n\n');
    expect({ status, isRefused: /Unauthorized|must be logged in|provide credentials/.test(err) }).toEqual({ status: 1, isRefused: true });
  });
});

describe('a pod', () => {
  it('runs, is told of and goes', async () => {
    expect(await out('run web --image=nginx --restart=Never --labels=app=web')).toBe('pod/web created\n');
    expect(await out('wait --for=condition=Ready pod/web --timeout=30s')).toBe('pod/web condition met\n');
    const wide = await out('get pod web -o wide --no-headers');
    expect(wide).toMatch(/^web 1\/1 Running 0 AGE 10\.244\.[12]\.\d+ node-[12] <none> <none>\n$/);
    const told = await out('describe pod web');
    expect(told).toMatch(/Status: Running\n(.*\n)*Events:\n(.*\n)* Normal Started AGE kubelet Started container web\n$/);
    expect(await out('label pod web tier=front')).toBe('pod/web labeled\n');
    expect(await out('get pods -l tier=front -o name')).toBe('pod/web\n');
    expect(await out('delete pod web --now')).toMatch(/^pod "web" (force )?deleted/);
    expect(await out('get pods -l app=web -o name')).toBe('');
  });
  it('is entered: streams, exit codes, a terminal', async () => {
    expect(await lab.kubectl(['exec', 'hello-1', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      status: 3,
      out: 'out\n',
      err: 'err\ncommand terminated with exit code 3\n',
    });
    const large = 'a line of some length that is sent there and back again\n'.repeat(20_000);
    expect((await lab.kubectl(['exec', '-i', 'hello-1', '--', 'cat'], large)).out === large).toBe(true);
    const missing = await refused('exec hello-1 -- nosuch');
    expect(missing.status).toBe(1);
    expect(missing.err).toContain('exec: "nosuch": executable file not found in $PATH: unknown');
    const inTerminal = lab.start(['-qec', 'kubectl exec -it hello-1 -- sh -c "read line; echo got \\$line; exit 5"', '/dev/null'], 'script');
    inTerminal.stdin.write('a word\n');
    const ran = await ended(inTerminal, ['script']);
    expect({ status: ran.status, isThere: ran.out.includes('got a word\r\n') }).toEqual({ status: 5, isThere: true });
  });
  it('is attached to', async () => {
    const ran = await lab.kubectl(
      ['run', 'sum', '-i', '--rm', '--quiet', '--image=busybox', '--restart=Never', '--', 'sh', '-c', 'read a b; echo $((a + b))'],
      '19 23\n',
    );
    expect({ status: ran.status, out: ran.out.split('\n')[0] }).toEqual({ status: 0, out: '42' });
  });
  it('is read: logs, once and as they come', async () => {
    await out("run count --image=busybox --restart=Never -- sh -c 'for i in 1 2 3; do echo line $i; sleep 1; done'");
    await out('wait --for=condition=Ready pod/count --timeout=30s');
    expect(await out('logs -f count')).toBe('line 1\nline 2\nline 3\n');
    expect(await out('logs count --tail=1')).toBe('line 3\n');
    expect((await refused('logs nope')).err).toContain('pods "nope" not found');
    await out('delete pod count --now');
  });
  it('is reached by a forwarded port, by a real client', async () => {
    const forward = lab.start(['port-forward', 'pod/hello-1', ':80']);
    const port = await new Promise<number>((resolve, reject) => {
      forward.stdout.on('data', (text: Buffer) => {
        const [, found] = /127\.0\.0\.1:(\d+)/.exec(text.toString()) ?? [];
        if (found !== undefined) resolve(Number(found));
      });
      forward.on('close', () => reject(new Error('port-forward ends')));
    });
    const page = (path: string): Promise<{ status: number | undefined; body: string }> =>
      new Promise((resolve, reject) => {
        get({ port, path, agent: false }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => (body += text));
          response.on('end', () => resolve({ status: response.statusCode, body }));
        }).on('error', reject);
      });
    const pages = await Promise.all([page('/'), page('/'), page('/nothing')]);
    forward.removeAllListeners('close').kill('SIGTERM');
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(pages[0].body).toContain('<h1>Welcome to nginx!</h1>');
  });
});

describe('a deployment', () => {
  it('is created, exposed, scaled, changed, watched and deleted', async () => {
    const watch = lab.start(['get', 'pods', '-l', 'app=shop', '-w', '--no-headers']);
    let seen = '';
    watch.stdout.on('data', (text: Buffer) => (seen += text.toString()));
    expect(await out('create deployment shop --image=nginx --replicas=2')).toBe('deployment.apps/shop created\n');
    expect(await out('rollout status deployment/shop --timeout=60s')).toMatch(/deployment "shop" successfully rolled out\n$/);
    expect(await out('expose deployment shop --port=80')).toBe('service/shop exposed\n');
    expect(await out('get deploy,rs -l app=shop --no-headers')).toMatch(
      /^deployment\.apps\/shop 2\/2 2 2 AGE\n\n?replicaset\.apps\/shop-[0-9a-f]+ 2 2 2 AGE\n$/,
    );
    expect(await out('scale deployment shop --replicas=3')).toBe('deployment.apps/shop scaled\n');
    await out('rollout status deployment/shop --timeout=60s');
    expect((await out("get endpoints shop -o jsonpath='{.subsets[0].addresses[*].ip}'")).split(' ').length).toBe(3);
    expect(await out('set image deployment/shop nginx=httpd')).toBe('deployment.apps/shop image updated\n');
    await out('rollout status deployment/shop --timeout=60s');
    expect(await out("get pods -l app=shop -o jsonpath='{.items[*].spec.containers[0].image}'")).toBe('httpd httpd httpd');
    expect(await out('delete deployment,service shop')).toBe('deployment.apps "shop" deleted\nservice "shop" deleted\n');
    await pause(1500);
    watch.kill('SIGTERM');
    expect(seen).toMatch(/Pending[\s\S]*ContainerCreating[\s\S]*Running[\s\S]*Terminating/);
  });
});

describe('manifests', () => {
  const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { color: ${value} }\n`;
  it('are applied: created, changed, left alone', async () => {
    expect(await out('apply -f -', config('red'))).toBe('configmap/settings created\n');
    expect(await out('apply -f -', config('red'))).toBe('configmap/settings unchanged\n');
    expect(await out('apply -f -', config('blue'))).toBe('configmap/settings configured\n');
    expect(await out("get cm settings -o jsonpath='{.data.color}'")).toBe('blue');
    const dry = await out('apply -f - --dry-run=server', config('green'));
    expect(dry).toBe('configmap/settings configured (server dry run)\n');
    await out('delete cm settings');
  });
  it('are applied on the server, where two managers may disagree', async () => {
    await out('apply --server-side --field-manager=one -f -', config('red'));
    const { status, err } = await refused('apply --server-side --field-manager=two -f -', config('blue'));
    expect({ status, first: err.split('\n')[0] }).toEqual({ status: 1, first: 'error: Apply failed with 1 conflict: conflict with "one": .data.color' });
    expect(await out('apply --server-side --field-manager=two --force-conflicts -f -', config('blue'))).toBe('configmap/settings serverside-applied\n');
    expect(await out("get cm settings -o jsonpath='{.metadata.managedFields[*].manager} {.data.color}'")).toBe('two blue');
    await out('delete cm settings');
  });
  it('are patched in three ways', async () => {
    await out('apply -f -', config('red'));
    await out(`patch cm settings --type=merge -p '{"data":{"size":"7"}}'`);
    await out(`patch cm settings --type=json -p '[{"op":"replace","path":"/data/color","value":"white"},{"op":"remove","path":"/data/size"}]'`);
    await out(`patch cm settings -p '{"metadata":{"labels":{"a":"b"}}}'`);
    expect(await out("get cm settings -o jsonpath='{.data}{.metadata.labels}'")).toMatch(/^(map\[color:white\]map\[a:b\]|\{"color":"white"\}\{"a":"b"\})$/);
    await out('delete cm settings');
  });
  it('with mistakes are refused in the words of the API', async () => {
    const pod = (name: string, container: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [${container}] }\n`;
    const unknown = await refused('create -f -', pod('a', '{ name: c, imagee: nginx }'));
    expect({ status: unknown.status, says: /unknown field "(spec\.containers\[0\]\.)?imagee"/.test(unknown.err) }).toEqual({ status: 1, says: true });
    expect(await refused('create -f -', pod('a', ''))).toMatchObject({ status: 1, err: 'The Pod "a" is invalid: spec.containers: Required value\n' });
    const typed = await refused('create -f - --validate=false', '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"e"},"spec":{"replicas":"x"}}');
    expect(typed.err).toBe(
      'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32\n',
    );
    const upper = await refused('create -f -', pod('Upper', '{ name: c, image: nginx }'));
    expect(upper.err).toMatch(/^The Pod "Upper" is invalid: metadata\.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain must consist of/);
    expect((await refused('create -f -', pod('hello-1', '{ name: c, image: nginx }'))).err).toBe(
      'Error from server (AlreadyExists): error when creating "STDIN": pods "hello-1" already exists\n',
    );
    const old = JSON.parse(await lab.kubectl(words('get pod hello-1 -o json')).then((ran) => ran.out)) as { metadata: { resourceVersion: string } };
    old.metadata.resourceVersion = '1';
    const file = join(lab.home, 'old.json');
    writeFileSync(file, JSON.stringify(old));
    expect((await refused(`replace -f ${file}`)).err).toBe(
      `Error from server (Conflict): error when replacing "${file}": Operation cannot be fulfilled on pods "hello-1": the object has been modified; please apply your changes to the latest version and try again\n`,
    );
  });
});

describe('nodes and namespaces', () => {
  it('a node is drained and let in again', async () => {
    // kubectl called it evicted until 1.22
    expect(await out('drain node-2 --ignore-daemonsets --force')).toMatch(/^node\/node-2 (drained|evicted)$/m);
    expect(await out("get pods -A --field-selector spec.nodeName=node-2 -o jsonpath='{.items[*].metadata.ownerReferences[0].kind}'")).toBe(
      'DaemonSet DaemonSet',
    );
    expect(await out('uncordon node-2')).toBe('node/node-2 uncordoned\n');
  });
  it('a namespace goes with all that is in it', async () => {
    expect(await out('create namespace room')).toBe('namespace/room created\n');
    await out('run guest -n room --image=nginx');
    expect(await out('delete namespace room')).toBe('namespace "room" deleted\n');
    expect((await refused('get namespace room')).err).toBe('Error from server (NotFound): namespaces "room" not found\n');
  });
});
