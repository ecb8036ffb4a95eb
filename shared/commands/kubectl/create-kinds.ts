/** kubectl create deployment, create service, expose, scale, set image: objects of the applications' kinds made and changed by flags. */
import type { Sys } from '../../shell/index.ts';
import type { ApiResource } from './api.ts';
import { DRY_RUN, fail, findResource, GLOBAL_FLAGS, namespaceOf, OUTPUT, parseTargets, refuse, type Command, type Context } from './context.ts';
import type { Deployment, Service } from './objects-apps.ts';
import type { KubeObject, Pod } from './objects.ts';
import { kindName, parseOutput } from './print.ts';
import type { Data } from './yaml-text.ts';

type Sent = { readonly [key: string]: Data };

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

export const CREATE_SERVICE: Command = {
  name: 'create service',
  aliases: ['create svc'],
  usage: '(clusterip | nodeport | loadbalancer) NAME --tcp=port:targetPort [options]',
  summary: 'Create a service using a specified subcommand',
  flags: [
    ...CREATE_FLAGS,
    { name: 'tcp', kind: 'list', usage: "Port pairs can be specified as '<port>:<targetPort>'." },
    { name: 'clusterip', kind: 'string', usage: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)." },
    { name: 'node-port', kind: 'int', usage: 'Port used to expose the service on each node in a cluster.' },
  ],
  *run(context) {
    const { flags } = context;
    const [kind = '', name, ...more] = flags.args;
    const type = ({ clusterip: 'ClusterIP', nodeport: 'NodePort', loadbalancer: 'LoadBalancer' } as Readonly<Record<string, string>>)[kind];
    if (type === undefined) return yield* fail(context, `unknown command "${kind}" for "kubectl create service"`);
    if (name === undefined || more.length > 0) return yield* fail(context, `exactly one NAME is required, got ${flags.args.length - 1}`, 'usage');
    const isHeadless = flags.string('clusterip') === 'None';
    if (!flags.has('tcp') && !isHeadless) return yield* fail(context, 'at least one tcp port specifier must be provided');
    const nodePort = flags.int('node-port');
    const ports = flags.all('tcp').map((pair): Sent => {
      const [port = '', target = port] = pair.split(':');
      return {
        name: pair.replace(':', '-'),
        port: Number(port),
        protocol: 'TCP',
        targetPort: numberOr(target),
        ...(nodePort === undefined ? {} : { nodePort }),
      };
    });
    const clusterIP = flags.string('clusterip');
    return yield* make(context, 'services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { creationTimestamp: null, labels: { app: name }, name },
      spec: { ...(clusterIP === undefined ? {} : { clusterIP }), ...(ports.length > 0 ? { ports } : {}), selector: { app: name }, type },
      status: { loadBalancer: {} },
    });
  },
};

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
  const given = flags.has('port') ? flags.string('port')!.split(',').map(Number) : known.map((one) => one.port);
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

export const SCALE: Command = {
  name: 'scale',
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'replicas', kind: 'int', usage: 'The new desired number of replicas. Required.' },
    { name: 'current-replicas', kind: 'int', usage: 'Precondition for current size.' },
  ],
  *run(context) {
    const { flags, api, p } = context;
    const replicas = flags.int('replicas');
    if (replicas === undefined) return yield* fail(context, 'required flag(s) "replicas" not set');
    if (replicas < 0) return yield* fail(context, 'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const target = yield* onlyTarget(context);
    if (typeof target === 'number') return target;
    const found = api.get(target.resource, namespaceOf(context), target.name);
    if (!found.ok) return yield* fail(context, `no objects passed to scale ${found.error.message}`);
    const object = found.value as Deployment;
    if (!['deployments', 'replicasets'].includes(target.resource.name)) return yield* fail(context, `the server could not find the requested resource`);
    const current = flags.int('current-replicas');
    if (current !== undefined && current >= 0 && current !== object.spec.replicas)
      return yield* fail(context, `Expected replicas to be ${current}, was ${object.spec.replicas}`);
    const updated = api.update(target.resource, namespaceOf(context), { ...object, spec: { ...object.spec, replicas } });
    if (!updated.ok) return yield* refuse(context, updated.error);
    yield* p.print(`${kindName(target.resource, object)}/${target.name} scaled\n`);
    return 0;
  },
};

export const SET_IMAGE: Command = {
  name: 'set image',
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]',
  summary: 'Update the image of a pod template',
  flags: GLOBAL_FLAGS,
  *run(context) {
    const { flags, api, p } = context;
    const words = flags.args.filter((arg) => !arg.includes('='));
    const changes = flags.args.filter((arg) => arg.includes('='));
    if (words.length === 0) return yield* fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (changes.length === 0) return yield* fail(context, 'at least one image update is required');
    const targets = parseTargets(api, words);
    if (!targets.ok) return yield* fail(context, targets.error);
    for (const target of targets.value) {
      if (target.kind === 'list') return yield* fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
      const found = api.get(target.resource, namespaceOf(context), target.name);
      if (!found.ok) return yield* refuse(context, found.error);
      const object = found.value as Deployment;
      const { template } = object.spec;
      let { containers } = template.spec;
      for (const change of changes) {
        const [name = '', image = ''] = change.split('=');
        if (name !== '*' && !containers.some((one) => one.name === name)) return yield* fail(context, `unable to find container named "${name}"`);
        containers = containers.map((one) => (name === '*' || one.name === name ? { ...one, image } : one));
      }
      if (JSON.stringify(containers) === JSON.stringify(template.spec.containers)) continue;
      const spec = { ...object.spec, template: { ...template, spec: { ...template.spec, containers } } };
      const updated = api.update(target.resource, namespaceOf(context), { ...object, spec });
      if (!updated.ok) return yield* refuse(context, updated.error);
      yield* p.print(`${kindName(target.resource, object)}/${target.name} image updated\n`);
    }
    return 0;
  },
};

/** The one object that a command line names; the exit status when it names none or many. */
export function* onlyTarget(context: Context): Sys<{ readonly resource: ApiResource; readonly name: string } | number> {
  const targets = parseTargets(context.api, context.flags.args);
  if (context.flags.args.length === 0) return yield* fail(context, 'resource(s) were provided, but no name was specified');
  if (!targets.ok) return yield* fail(context, targets.error);
  const [target] = targets.value;
  if (target?.kind !== 'object') return yield* fail(context, 'resource(s) were provided, but no name was specified');
  return { resource: target.resource, name: target.name };
}

function* make(context: Context, resourceName: string, object: Sent, verb = 'created'): Sys<number> {
  const { api, flags, p } = context;
  const resource = findResource(api, resourceName)!;
  const dryRun = flags.string('dry-run') ?? 'none';
  const printer = parseOutput(flags.string('output'));
  if (!printer.ok) return yield* fail(context, printer.error);
  let made = object as unknown as KubeObject;
  if (dryRun !== 'client') {
    const created = api.create(resource, namespaceOf(context), object, { dryRun: dryRun === 'server' });
    if (!created.ok && verb === 'created' && !created.error.invalid)
      return yield* fail(context, `failed to create ${resource.singular}: ${created.error.message}`);
    if (!created.ok) return yield* refuse(context, created.error);
    made = created.value;
  }
  if (printer.value.kind === 'objects') {
    const text = printer.value.print([made], false, api);
    if (!text.ok) return yield* fail(context, text.error);
    yield* p.print(text.value);
    return 0;
  }
  const note = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  yield* p.print(`${kindName(resource, made)}/${made.metadata.name} ${verb}${note}\n`);
  return 0;
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
