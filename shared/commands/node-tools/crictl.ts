/** crictl 1.32 (kubernetes-sigs/cri-tools): what the container runtime of a node has. */
import type { Sys } from '../../shell/index.ts';
import { alignTabs, formatTime, type Flag } from '../kubectl/index.ts';
import { compileTemplate, type Value } from '../go-template/index.ts';
import { humanSize, humanSpan } from './ages.ts';
import type { CriContainer, CriSandbox } from './node-view.ts';
import type { Tool, ToolContext } from './tool.ts';

const TABS = { minWidth: 20, padding: 3 };
const SHORT = 13;
const short = (id: string): string => id.slice(0, SHORT);
const table = (rows: readonly (readonly string[])[]): string => alignTabs(rows.map((row) => `${row.join('\t')}\n`).join(''), TABS);
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
const OUTPUT = [
  text('output', 'o', 'Output format, One of: json|yaml|go-template|table'),
  text('template', undefined, 'The template string is only used when output is go-template'),
];

function* fatal({ p }: ToolContext, message: string): Sys<number> {
  yield* p.error(`time="${formatTime(p.unixUs)}" level=fatal msg=${JSON.stringify(message)}\n`);
  return 1;
}
const isReady = ({ node }: ToolContext): boolean => node.units().some((unit) => unit.name === 'containerd.service' && unit.state === 'active');
const UNAVAILABLE =
  'validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"';
/** Nothing is answered where containerd does not run. */
const asking = (run: (context: ToolContext) => Sys<number>) =>
  function* (context: ToolContext): Sys<number> {
    return isReady(context) ? yield* run(context) : yield* fatal(context, UNAVAILABLE);
  };

function containerOf({ node }: ToolContext, id: string | undefined): CriContainer | undefined {
  return id === undefined || id === '' ? undefined : node.containers().find((one) => one.id.startsWith(id));
}
const missing = (kind: string, id: string): string => `rpc error: code = NotFound desc = an error occurred when try to find ${kind} "${id}": not found`;

const PS_FLAGS = [
  bool('all', 'a', 'Show all containers'),
  bool('quiet', 'q', 'Only display container IDs'),
  bool('no-trunc', undefined, 'Show output without truncating the ID'),
  text('name', undefined, 'filter by container name regular expression pattern'),
  text('pod', 'p', 'Filter by pod id'),
  text('state', 's', 'Filter by container state'),
  text('image', undefined, 'Filter by container image'),
  text('namespace', undefined, 'Filter by the pod namespace regular expression pattern'),
  bool('latest', 'l', 'Show the most recently created container (includes all states)'),
  text('output', 'o', 'Output format, One of: json|yaml|table'),
];
function* ps(context: ToolContext): Sys<number> {
  const { node, flags, p } = context;
  const state = flags.string('state')?.toLowerCase();
  const match = (pattern: string | undefined, value: string): boolean => pattern === undefined || new RegExp(pattern).test(value);
  const wanted = node
    .containers()
    .filter((one) => (flags.bool('all') || state !== undefined || one.state === 'Running') && (state === undefined || one.state.toLowerCase() === state))
    .filter((one) => match(flags.string('name'), one.name) && match(flags.string('namespace'), one.sandbox.namespace))
    .filter((one) => one.sandbox.id.startsWith(flags.string('pod') ?? ''))
    .sort((a, b) => b.createdUnixUs - a.createdUnixUs);
  if (flags.bool('quiet')) {
    yield* p.print(wanted.map((one) => `${one.id}\n`).join(''));
    return 0;
  }
  if (flags.string('output') === 'json') {
    yield* p.print(`${JSON.stringify({ containers: wanted.map(listed) }, null, 2)}\n`);
    return 0;
  }
  const id = flags.bool('no-trunc') ? (one: string): string => one : short;
  const rows = wanted.map((one) => [
    ...[id(one.id), id(one.imageId), `${humanSpan(node.nowUnixUs - one.createdUnixUs)} ago`, one.state, one.name, String(one.attempt)],
    ...[id(one.sandbox.id), one.sandbox.name, one.sandbox.namespace],
  ]);
  yield* p.print(table([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows]));
  return 0;
}
const listed = (one: CriContainer): Record<string, Value> => ({
  id: one.id,
  podSandboxId: one.sandbox.id,
  metadata: { name: one.name, attempt: one.attempt },
  image: { image: one.imageId, annotations: {}, runtimeHandler: '', userSpecifiedImage: '' },
  imageRef: `sha256:${one.imageId}`,
  state: one.state === 'Running' ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
  createdAt: `${one.createdUnixUs * 1000}`,
  labels: labelsOf(one),
});
const labelsOf = ({ name, sandbox }: CriContainer): Record<string, string> => ({
  'io.kubernetes.container.name': name,
  'io.kubernetes.pod.name': sandbox.name,
  'io.kubernetes.pod.namespace': sandbox.namespace,
  'io.kubernetes.pod.uid': sandbox.uid,
});

function* pods(context: ToolContext): Sys<number> {
  const { node, flags, p } = context;
  const match = (pattern: string | undefined, value: string): boolean => pattern === undefined || new RegExp(pattern).test(value);
  const wanted = node
    .sandboxes()
    .filter((one) => match(flags.string('name'), one.name) && match(flags.string('namespace'), one.namespace))
    .sort((a, b) => b.createdUnixUs - a.createdUnixUs);
  if (flags.bool('quiet')) {
    yield* p.print(wanted.map((one) => `${one.id}\n`).join(''));
    return 0;
  }
  const id = flags.bool('no-trunc') ? (one: string): string => one : short;
  const rows = wanted.map((one) => [id(one.id), `${humanSpan(node.nowUnixUs - one.createdUnixUs)} ago`, 'Ready', one.name, one.namespace, '0', '(default)']);
  yield* p.print(table([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows]));
  return 0;
}

function* images(context: ToolContext): Sys<number> {
  const { node, flags, p } = context;
  const all = [...node.images()].sort((a, b) => (`${a.repository}:${a.tag}` < `${b.repository}:${b.tag}` ? -1 : 1));
  if (flags.bool('quiet')) yield* p.print(all.map((one) => `sha256:${one.id}\n`).join(''));
  else {
    const rows = all.map((one) => [one.repository, one.tag, flags.bool('no-trunc') ? `sha256:${one.id}` : short(one.id), humanSize(one.sizeBytes)]);
    yield* p.print(table([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...rows]));
  }
  return 0;
}

/** As JSON, or by a template. */
function* shown(context: ToolContext, data: Value): Sys<number> {
  const { flags, p } = context;
  const output = flags.string('output') ?? 'json';
  if (output === 'json') {
    yield* p.print(`${JSON.stringify(data, null, 2)}\n`);
    return 0;
  }
  if (output !== 'go-template') return yield* fatal(context, `not modelled: output format ${output}`);
  const template = compileTemplate(flags.string('template') ?? '', { name: 'tmplExecuteRawJSON' });
  if (!template.ok) return yield* fatal(context, `failed to generate go-template: ${template.error}`);
  const printed = template.value.run(data);
  if (!printed.ok) return yield* fatal(context, printed.error);
  yield* p.print(`${printed.value}\n`);
  return 0;
}
const nano = (unixUs: number): string => `${formatTime(unixUs).slice(0, -1)}.${String(Math.floor(unixUs) % 1_000_000).padStart(6, '0')}000Z`;

function* inspect(context: ToolContext): Sys<number> {
  const [id] = context.flags.args;
  if (id === undefined) return yield* fatal(context, 'ID cannot be empty');
  const one = containerOf(context, id);
  if (!one) return yield* fatal(context, `getting the status of the container ${JSON.stringify(id)}: ${missing('container', id)}`);
  return yield* shown(context, {
    info: { sandboxID: one.sandbox.id, pid: one.pid, removing: false, snapshotKey: one.id, snapshotter: 'overlayfs', runtimeType: 'io.containerd.runc.v2' },
    status: {
      annotations: { 'io.kubernetes.container.restartCount': String(one.attempt) },
      createdAt: nano(one.createdUnixUs),
      exitCode: one.exitCode ?? 0,
      finishedAt: one.finishedUnixUs === undefined ? '0001-01-01T00:00:00Z' : nano(one.finishedUnixUs),
      id: one.id,
      image: { annotations: {}, image: one.image, runtimeHandler: '', userSpecifiedImage: '' },
      imageId: `sha256:${one.imageId}`,
      imageRef: `sha256:${one.imageId}`,
      labels: labelsOf(one),
      logPath: `/var/log/pods/${one.sandbox.namespace}_${one.sandbox.name}_${one.sandbox.uid}/${one.name}/${one.attempt}.log`,
      metadata: { attempt: one.attempt, name: one.name },
      reason: one.state === 'Running' ? '' : one.exitCode === 0 ? 'Completed' : 'Error',
      startedAt: nano(one.createdUnixUs),
      state: one.state === 'Running' ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
    },
  });
}

const sandboxData = (one: CriSandbox): Value => ({
  info: { pid: one.pid, processStatus: 'running', netNamespaceClosed: false, image: 'registry.k8s.io/pause:3.10', runtimeType: 'io.containerd.runc.v2' },
  status: {
    annotations: {},
    createdAt: nano(one.createdUnixUs),
    id: one.id,
    labels: { ...one.labels, 'io.kubernetes.pod.name': one.name, 'io.kubernetes.pod.namespace': one.namespace, 'io.kubernetes.pod.uid': one.uid },
    linux: { namespaces: { options: { ipc: 'POD', network: one.isHostNetwork ? 'NODE' : 'POD', pid: 'CONTAINER', targetId: '', usernsOptions: null } } },
    metadata: { attempt: 0, name: one.name, namespace: one.namespace, uid: one.uid },
    network: { additionalIps: [], ip: one.isHostNetwork ? '' : one.ip },
    runtimeHandler: '',
    state: 'SANDBOX_READY',
  },
});
function* inspectPod(context: ToolContext): Sys<number> {
  const [id] = context.flags.args;
  if (id === undefined) return yield* fatal(context, 'ID cannot be empty');
  const one = context.node.sandboxes().find((sandbox) => sandbox.id.startsWith(id));
  if (!one) return yield* fatal(context, `getting the pod sandbox status of ${JSON.stringify(id)}: ${missing('sandbox', id)}`);
  return yield* shown(context, sandboxData(one));
}

function* exec(context: ToolContext): Sys<number> {
  const { flags, p, node } = context;
  const [id, ...command] = flags.args;
  if (id === undefined) return yield* fatal(context, 'ID cannot be empty');
  const one = containerOf(context, id);
  if (!one) return yield* fatal(context, `execing command in container: ${missing('container', id)}`);
  if (command.length === 0) return yield* fatal(context, 'execing command in container: cmd must not be empty');
  const request = { container: one.name, command, stdin: flags.bool('interactive'), tty: flags.bool('tty') && p.isTerminal(0) };
  const done = yield* node.api.exec(p, one.sandbox.namespace, one.sandbox.name, request);
  if (!done.ok) return yield* fatal(context, `execing command in container: ${done.error.message}`);
  if (done.value !== 0) return yield* fatal(context, `execing command in container: command terminated with exit code ${done.value}`);
  return 0;
}

function* logs(context: ToolContext): Sys<number> {
  const { flags, p, node } = context;
  const [id] = flags.args;
  if (id === undefined) return yield* fatal(context, 'container ID cannot be empty');
  const one = containerOf(context, id);
  if (!one) return yield* fatal(context, missing('container', id));
  const tail = flags.int('tail');
  const log = node.api.logs(one.sandbox.namespace, one.sandbox.name, {
    container: one.name,
    previous:
      one.state === 'Exited' && node.containers().some((other) => other.sandbox === one.sandbox && other.name === one.name && other.state === 'Running'),
    timestamps: flags.bool('timestamps'),
    ...(tail === undefined || tail < 0 ? {} : { tailLines: tail }),
  });
  if (!log.ok) return yield* fatal(context, log.error.message);
  for (;;) {
    for (let data = log.value.read(); data !== ''; data = log.value.read()) yield* p.print(data);
    yield* p.flush();
    if (!flags.bool('follow') || log.value.isOver) return 0;
    yield* p.block(log.value.changed);
  }
}

function* info(context: ToolContext): Sys<number> {
  const { node } = context;
  const ready = node.isNetworkReady;
  return yield* shown(context, {
    config: { containerd: { defaultRuntimeName: 'runc', snapshotter: 'overlayfs' }, cni: { binDir: '/opt/cni/bin', confDir: '/etc/cni/net.d', maxConfNum: 1 } },
    lastCNILoadStatus: ready
      ? 'OK'
      : 'cni config load failed: no network config found in /etc/cni/net.d: cni plugin not initialized: failed to load cni config',
    status: {
      conditions: [
        { message: '', reason: '', status: true, type: 'RuntimeReady' },
        {
          message: ready ? '' : 'Network plugin returns error: cni plugin not initialized',
          reason: ready ? '' : 'NetworkPluginNotReady',
          status: ready,
          type: 'NetworkReady',
        },
      ],
    },
  });
}
function* version({ p }: ToolContext): Sys<number> {
  yield* p.print('Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v1.7.24\nRuntimeApiVersion:  v1\n');
  return 0;
}

const ID_FLAGS = [bool('quiet', 'q', 'Do not show verbose information'), ...OUTPUT];
export const CRICTL: Tool = {
  path: '/usr/bin/crictl',
  origin: 'cri-tools 1.32',
  summary: 'client for CRI',
  flags: [
    text('runtime-endpoint', 'r', 'Endpoint of CRI container runtime service'),
    text('image-endpoint', undefined, 'Endpoint of CRI image manager service'),
    text('timeout', undefined, 'Timeout of connecting to the server in seconds'),
    bool('debug', 'D', 'Enable debug mode'),
  ],
  usageError: (message) => `Incorrect Usage: ${message}\n`,
  missing: ['containers that are made, started and removed by hand'],
  commands: [
    { name: 'ps', help: 'List containers', flags: PS_FLAGS, run: asking(ps) },
    {
      name: 'pods',
      help: 'List pods',
      flags: [
        bool('quiet', 'q', 'Only show pod IDs'),
        bool('no-trunc', undefined, 'Show output without truncating the ID'),
        text('name', undefined, 'Filter by pod name regular expression pattern'),
        text('namespace', undefined, 'Filter by pod namespace regular expression pattern'),
      ],
      run: asking(pods),
    },
    {
      name: 'images',
      aliases: ['image', 'img'],
      help: 'List images',
      flags: [bool('quiet', 'q', 'Only show image IDs'), bool('no-trunc', undefined, 'Show output without truncating the ID')],
      run: asking(images),
    },
    { name: 'inspect', help: 'Display the status of one or more containers', flags: ID_FLAGS, run: asking(inspect) },
    { name: 'inspectp', help: 'Display the status of one or more pods', flags: ID_FLAGS, run: asking(inspectPod) },
    {
      name: 'exec',
      help: 'Run a command in a running container',
      flags: [bool('interactive', 'i', 'Keep STDIN open'), bool('tty', 't', 'Allocate a pseudo-TTY'), bool('sync', 's', 'Run the command synchronously')],
      stopsAtOperand: true,
      run: asking(exec),
    },
    {
      name: 'logs',
      help: 'Fetch the logs of a container',
      flags: [
        bool('follow', 'f', 'Follow log output'),
        { name: 'tail', kind: 'int', usage: 'Number of lines to show from the end of the logs' },
        bool('timestamps', 't', 'Show timestamps'),
      ],
      run: asking(logs),
    },
    { name: 'info', help: 'Display information of the container runtime', flags: OUTPUT, run: asking(info) },
    { name: 'version', help: 'Display runtime version information', flags: [], run: asking(version) },
  ],
};
