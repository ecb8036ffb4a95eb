/** ctr (containerd 1.7) and etcdctl (etcd 3.5): what there is, looked at from below. */
import type { Sys } from '../../shell/index.ts';
import { alignTabs, type Flag } from '../kubectl/index.ts';
import { humanSize } from './ages.ts';
import type { Tool, ToolContext } from './tool.ts';

const bool = (name: string, letter: string | undefined, usage: string): Flag => ({
  name,
  ...(letter === undefined ? {} : { short: letter }),
  kind: 'bool',
  usage,
});
const text = (name: string, letter: string | undefined, usage: string): Flag => ({
  name,
  ...(letter === undefined ? {} : { short: letter }),
  kind: 'string',
  usage,
});
const rows = (lines: readonly (readonly string[])[], padding: number, minWidth: number): string =>
  alignTabs(lines.map((line) => `${line.join('\t')}\t\n`).join(''), { minWidth, padding });
const inK8s = ({ flags }: ToolContext): boolean => flags.string('namespace') === 'k8s.io';
const QUIET = bool('quiet', 'q', 'print only the id');

function* containers(context: ToolContext): Sys<number> {
  const { node, p, flags } = context;
  const own = inK8s(context)
    ? [...node.containers().map(({ id, image }) => [id, image]), ...node.sandboxes().map(({ id }) => [id, 'registry.k8s.io/pause:3.10'])]
    : [];
  own.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  if (flags.bool('quiet')) yield* p.print(own.map(([id]) => `${id}\n`).join(''));
  else yield* p.print(rows([['CONTAINER', 'IMAGE', 'RUNTIME'], ...own.map(([id = '', image = '']) => [id, image, 'io.containerd.runc.v2'])], 4, 0));
  return 0;
}
function* tasks(context: ToolContext): Sys<number> {
  const { node, p, flags } = context;
  const running = node.containers().filter((one) => one.state === 'Running');
  const own = inK8s(context) ? [...running.map(({ id, pid }) => [id, String(pid)]), ...node.sandboxes().map(({ id, pid }) => [id, String(pid)])] : [];
  own.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  if (flags.bool('quiet')) yield* p.print(own.map(([id]) => `${id}\n`).join(''));
  else yield* p.print(rows([['TASK', 'PID', 'STATUS'], ...own.map(([id = '', pid = '']) => [id, pid, 'RUNNING'])], 4, 0));
  return 0;
}
function* images(context: ToolContext): Sys<number> {
  const { node, p, flags } = context;
  const all = (inK8s(context) ? [...node.images()] : []).sort((a, b) => (`${a.repository}:${a.tag}` < `${b.repository}:${b.tag}` ? -1 : 1));
  const name = (one: (typeof all)[number]): string => `${one.repository}:${one.tag}`;
  if (flags.bool('quiet')) yield* p.print(all.map((one) => `${name(one)}\n`).join(''));
  else {
    const lines = all.map((one) => [
      name(one),
      'application/vnd.oci.image.index.v1+json',
      `sha256:${one.id}`,
      humanSize(one.sizeBytes),
      'linux/amd64',
      'io.cri-containerd.image=managed',
    ]);
    yield* p.print(rows([['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'], ...lines], 1, 0));
  }
  return 0;
}
function* namespaces({ p }: ToolContext): Sys<number> {
  yield* p.print('NAME    LABELS \nk8s.io         \n');
  return 0;
}
function* version({ p }: ToolContext): Sys<number> {
  yield* p.print('Client:\n  Version:  1.7.24\n\nServer:\n  Version:  1.7.24\n');
  return 0;
}
export const CTR: Tool = {
  path: '/usr/bin/ctr',
  origin: 'containerd 1.7.24',
  summary: 'containerd CLI',
  flags: [
    text('namespace', 'n', 'Namespace to use with commands'),
    text('address', 'a', "Address for containerd's GRPC server"),
    bool('debug', undefined, 'Enable debug output in logs'),
  ],
  usageError: (message) => `ctr: ${message}\n`,
  missing: ['images and containers that are made by hand'],
  commands: [
    {
      name: 'containers ls',
      aliases: ['container ls', 'c ls', 'containers list', 'container list', 'c list'],
      help: 'List containers',
      flags: [QUIET],
      run: containers,
    },
    { name: 'tasks ls', aliases: ['task ls', 't ls', 'tasks list', 'task list', 't list'], help: 'List tasks', flags: [QUIET], run: tasks },
    { name: 'images ls', aliases: ['image ls', 'i ls', 'images list', 'image list', 'i list'], help: 'List images', flags: [QUIET], run: images },
    { name: 'namespaces ls', aliases: ['namespace ls', 'ns ls', 'namespaces list', 'ns list'], help: 'List namespaces', flags: [QUIET], run: namespaces },
    { name: 'version', help: 'Print the client and server versions', flags: [], run: version },
  ],
};

// --- etcdctl ---

function* get(context: ToolContext): Sys<number> {
  const { flags, p, node } = context;
  const [key, end] = flags.args;
  if (key === undefined) {
    yield* p.error('Error: get command needs one argument as key and an optional argument as range_end\n');
    return 128;
  }
  const isWanted = (each: string): boolean =>
    flags.bool('prefix') ? each.startsWith(key) : flags.bool('from-key') ? each >= key : end === undefined ? each === key : each >= key && each < end;
  const all = node.keys().filter(isWanted);
  const limit = flags.int('limit') ?? 0;
  const shown = limit > 0 ? all.slice(0, limit) : all;
  if (flags.bool('count-only') && flags.string('write-out') === 'fields') {
    yield* p.print(`"Count" : ${all.length}\n`);
    return 0;
  }
  if (!flags.bool('keys-only') && shown.length > 0) {
    yield* p.error('Error: not modelled: the protocol buffers that values are; use --keys-only, or kubectl get -o yaml\n');
    return 1;
  }
  // a line for the key and one for the value, which is not asked for
  yield* p.print(shown.map((each) => `${each}\n\n`).join(''));
  return 0;
}
function* health({ p }: ToolContext): Sys<number> {
  yield* p.error('127.0.0.1:2379 is healthy: successfully committed proposal: took = 9.104157ms\n');
  return 0;
}
function* members({ p, node }: ToolContext): Sys<number> {
  const host = node.server.replace(/:\d+$/, '');
  yield* p.print(`8e9e05c52164694d, started, ${node.hostname}, https://${host}:2380, https://${host}:2379, false\n`);
  return 0;
}
function* etcdVersion({ p }: ToolContext): Sys<number> {
  yield* p.print('etcdctl version: 3.5.16\nAPI version: 3.5\n');
  return 0;
}
/** etcd runs where the control plane is. */
const atEtcd = (run: (context: ToolContext) => Sys<number>) =>
  function* (context: ToolContext): Sys<number> {
    if (context.node.isControlPlane) return yield* run(context);
    yield* context.p.sleep(5_000_000);
    yield* context.p.error(
      '{"level":"warn","msg":"retrying of unary invoker failed","target":"etcd-endpoints://127.0.0.1:2379","attempt":0,"error":"rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = \\"transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused\\""}\nError: context deadline exceeded\n',
    );
    return 1;
  };
export const ETCDCTL: Tool = {
  path: '/usr/bin/etcdctl',
  origin: 'etcd 3.5.16',
  summary: 'A simple command line client for etcd3.',
  flags: [
    text('endpoints', undefined, 'gRPC endpoints'),
    text('cacert', undefined, 'verify certificates of TLS-enabled secure servers using this CA bundle'),
    text('cert', undefined, 'identify secure client using this TLS certificate file'),
    text('key', undefined, 'identify secure client using this TLS key file'),
    text('write-out', 'w', 'set the output format (fields, json, protobuf, simple, table)'),
  ],
  usageError: (message) => `Error: ${message}\n`,
  missing: ['values, which are protocol buffers', 'writing'],
  commands: [
    {
      name: 'get',
      help: 'Gets the key or a range of keys',
      flags: [
        bool('prefix', undefined, 'Get keys with matching prefix'),
        bool('keys-only', undefined, 'Get only the keys'),
        bool('from-key', undefined, 'Get keys that are greater than or equal to the given key using byte compare'),
        bool('count-only', undefined, 'Get only the count'),
        { name: 'limit', kind: 'int', usage: 'Maximum number of results' },
      ],
      run: atEtcd(get),
    },
    { name: 'endpoint health', help: 'Checks the healthiness of endpoints specified in `--endpoints` flag', flags: [], run: atEtcd(health) },
    { name: 'member list', help: 'Lists all members in the cluster', flags: [], run: atEtcd(members) },
    { name: 'version', help: 'Prints the version of etcdctl', flags: [], run: etcdVersion },
  ],
};
