/** kubectl create deployment, create service, expose: objects of the applications' kinds made by flags. */
import type { Sys } from '../../shell/index.ts';
import { DRY_RUN, fail, GLOBAL_FLAGS, namespaceOf, onlyTarget, OUTPUT, refuse, type Command, type Context } from './context.ts';
import type { Deployment, Service } from './objects-apps.ts';
import type { KubeObject, Pod } from './objects.ts';
import { make, type Sent } from './make.ts';

const CREATE_FLAGS = [...GLOBAL_FLAGS, OUTPUT, DRY_RUN];

export const CREATE_DEPLOYMENT: Command = {
  name: 'create deployment',
  aliases: ['create deploy'],
  usage: 'NAME --image=image -- [COMMAND] [args...] [options]',
  summary: 'Create a deployment with the specified name',
  flags: [
    ...CREATE_FLAGS,
    { name: 'image', kind: 'list', usage: 'Image names to run.' },
    { name: 'replicas', short: 'r', kind: 'int', usage: 'Number of replicas to create. Default is 1.' },
    { name: 'port', kind: 'int', usage: 'The containerPort that this deployment exposes.' },
  ],
  *run(context) {
    const { flags } = context;
    const [name, ...command] = flags.args;
    if (!flags.has('image')) return yield* fail(context, 'required flag(s) "image" not set');
    if (name === undefined || (command.length > 0 && flags.argsBeforeDash !== 1))
      return yield* fail(context, `exactly one NAME is required, got ${flags.args.length}`, 'usage');
    const port = flags.int('port');
    const labels = { app: name };
    const containers = flags.all('image').map((image): Sent => ({
      image,
      name: containerName(image),
      resources: {},
      ...(command.length > 0 ? { command } : {}),
      ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    }));
    return yield* make(context, 'deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { creationTimestamp: null, labels, name },
      spec: {
        replicas: flags.int('replicas') ?? 1,
        selector: { matchLabels: labels },
        strategy: {},
        template: { metadata: { creationTimestamp: null, labels }, spec: { containers } },
      },
      status: {},
    });
  },
};

const SERVICE_TYPES = { clusterip: 'ClusterIP', nodeport: 'NodePort', loadbalancer: 'LoadBalancer' } as const;

export const CREATE_SERVICES: readonly Command[] = (Object.keys(SERVICE_TYPES) as (keyof typeof SERVICE_TYPES)[]).map((kind) => ({
  name: `create service ${kind}`,
  aliases: [`create svc ${kind}`],
  usage: 'NAME --tcp=<port>:<targetPort> [--dry-run=server|client|none] [options]',
  summary: `Create a ${SERVICE_TYPES[kind]} service with the specified name`,
  flags: [
    ...CREATE_FLAGS,
    { name: 'tcp', kind: 'list', usage: "Port pairs can be specified as '<port>:<targetPort>'." },
    ...(kind === 'clusterip'
      ? [{ name: 'clusterip', kind: 'string' as const, usage: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)." }]
      : []),
    ...(kind === 'nodeport' ? [{ name: 'node-port', kind: 'int' as const, usage: 'Port used to expose the service on each node in a cluster.' }] : []),
  ],
  run: (context) => createService(context, SERVICE_TYPES[kind]),
}));

function* createService(context: Context, type: string): Sys<number> {
  const { flags } = context;
  const name = yield* onlyName(context);
  if (typeof name === 'number') return name;
  const clusterIP = flags.string('clusterip');
  if (!flags.has('tcp') && clusterIP !== 'None') return yield* fail(context, 'at least one tcp port specifier must be provided');
  const nodePort = flags.int('node-port');
  const ports: Sent[] = [];
  for (const pair of flags.all('tcp')) {
    const [port = '', target = port] = pair.split(':');
    if (!/^\d+$/.test(port)) return yield* fail(context, `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
    const named = { name: pair.replace(':', '-'), port: Number(port), protocol: 'TCP', targetPort: numberOr(target) };
    ports.push({ ...named, ...(nodePort === undefined ? {} : { nodePort }) });
  }
  return yield* make(context, 'services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { creationTimestamp: null, labels: { app: name }, name },
    spec: { ...(clusterIP === undefined ? {} : { clusterIP }), ...(ports.length > 0 ? { ports } : {}), selector: { app: name }, type },
    status: { loadBalancer: {} },
  });
}

/** The only operand; the exit status when there is none or more. */
export function* onlyName(context: Context): Sys<string | number> {
  const { args } = context.flags;
  if (args.length !== 1) return yield* fail(context, `exactly one NAME is required, got ${args.length}`, 'usage');
  return args[0]!;
}

export const EXPOSE: Command = {
  name: 'expose',
  usage: '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--type=type] [options]',
  summary: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  flags: [
    ...CREATE_FLAGS,
    { name: 'port', kind: 'string', usage: 'The port that the service should serve on.' },
    { name: 'target-port', kind: 'string', usage: 'Name or number for the port on the container that the service should direct traffic to.' },
    { name: 'protocol', kind: 'string', usage: 'The network protocol for the service to be created.' },
    { name: 'name', kind: 'string', usage: 'The name for the newly created object.' },
    { name: 'type', kind: 'string', usage: 'Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName.' },
    { name: 'cluster-ip', kind: 'string', usage: "ClusterIP to be assigned to the service. Set to 'None' to create a headless service." },
    { name: 'selector', kind: 'string', usage: 'A label selector to use for this service.' },
    { name: 'labels', short: 'l', kind: 'string', usage: 'Labels to apply to the service created by this call.' },
  ],
  run: expose,
};

function* expose(context: Context): Sys<number> {
  const { flags, api } = context;
  const target = yield* onlyTarget(context);
  if (typeof target === 'number') return target;
  const found = api.get(target.resource, namespaceOf(context), target.name);
  if (!found.ok) return yield* refuse(context, found.error);
  const object = found.value;
  const cannot = `cannot expose a ${object.kind}`;
  if (!['Pod', 'Deployment', 'ReplicaSet', 'Service'].includes(object.kind)) return yield* fail(context, cannot);
  const selector = flags.has('selector') ? pairsOf(flags.string('selector')!) : selectorOf(object);
  if (!selector || Object.keys(selector).length === 0)
    return yield* fail(
      context,
      `couldn't retrieve selectors via --selector flag or introspection: the ${object.kind === 'Pod' ? 'pod has no labels and cannot be exposed' : `${object.kind.toLowerCase()} has no pod selector set`}`,
    );
  const known = portsOf(object);
  const asked = flags.string('port')?.split(',') ?? [];
  const bad = asked.find((text) => !/^\d+$/.test(text));
  if (bad !== undefined) return yield* fail(context, `strconv.Atoi: parsing ${JSON.stringify(bad)}: invalid syntax`);
  const given = flags.has('port') ? asked.map(Number) : known.map((one) => one.port);
  const clusterIP = flags.string('cluster-ip');
  if (given.length === 0 && clusterIP !== 'None') return yield* fail(context, "couldn't find port via --port flag or introspection");
  const wanted = flags.string('target-port');
  const ports = given.map((port, index): Sent => ({
    ...(given.length > 1 ? { name: `port-${index + 1}` } : {}),
    port,
    protocol: flags.string('protocol')?.toUpperCase() ?? known.find((one) => one.port === port)?.protocol ?? 'TCP',
    targetPort: wanted === undefined ? port : numberOr(wanted),
  }));
  const labels = flags.has('labels') ? pairsOf(flags.string('labels')!) : object.metadata.labels;
  const service: Sent = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { creationTimestamp: null, ...(labels ? { labels } : {}), name: flags.string('name') ?? target.name },
    spec: {
      ...(clusterIP === undefined ? {} : { clusterIP }),
      ...(ports.length > 0 ? { ports } : {}),
      selector,
      ...(flags.has('type') ? { type: flags.string('type') } : {}),
    },
    status: { loadBalancer: {} },
  };
  return yield* make(context, 'services', service, 'exposed');
}

/** `docker.io/library/nginx:1.27` → `nginx`. */
const containerName = (image: string): string =>
  image
    .slice(image.lastIndexOf('/') + 1)
    .split(/[:@]/)[0]!
    .replace(/[^a-z0-9]+/g, '-');
const numberOr = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
const pairsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));

function selectorOf(object: KubeObject): Readonly<Record<string, string>> | undefined {
  if (object.kind === 'Pod') return object.metadata.labels;
  if (object.kind === 'Service') return (object as Service).spec.selector;
  return (object as Deployment).spec.selector.matchLabels;
}
function portsOf(object: KubeObject): readonly { readonly port: number; readonly protocol: string }[] {
  if (object.kind === 'Service') return ((object as Service).spec.ports ?? []).map(({ port, protocol }) => ({ port, protocol }));
  const { containers } = object.kind === 'Pod' ? (object as Pod).spec : (object as Deployment).spec.template.spec;
  return containers.flatMap((one) => (one.ports ?? []).map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol })));
}
