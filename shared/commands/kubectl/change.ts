/** kubectl patch, scale, set image, set env, set resources, set selector: changes of what there is. */
import { parse } from 'yaml';
import { utf8Decode } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import {
  ALL,
  DRY_RUN,
  dryRunNote,
  dryRunOf,
  fail,
  FILENAME,
  GLOBAL_FLAGS,
  objectsOf,
  OUTPUT,
  refuse,
  SELECTOR,
  type Command,
  type Context,
  type Found,
} from './context.ts';
import { show } from './make.ts';
import { readManifests } from './manifest.ts';
import type { Deployment, PodTemplate } from './objects-apps.ts';
import type { Container, KubeObject, Pod } from './objects.ts';
import { kindName } from './print.ts';
import type { PatchKind } from './rest-client.ts';
import type { Data } from './yaml-text.ts';

const CHANGE_FLAGS = [...GLOBAL_FLAGS, OUTPUT, DRY_RUN, SELECTOR, ALL, FILENAME];

/** What words, selectors or files choose. */
export function* chosen(context: Context, words: readonly string[]): Sys<{ readonly found: readonly Found[]; readonly status: number } | number> {
  if (!context.flags.has('filename')) return yield* objectsOf(context, words);
  const manifests = yield* readManifests(context, context.flags.all('filename'));
  if (typeof manifests === 'string') return yield* fail(context, manifests);
  const found: Found[] = [];
  let status = 0;
  for (const { resource, name, namespace } of manifests) {
    const place = resource.isNamespaced ? (namespace ?? context.flags.string('namespace') ?? context.defaultNamespace) : undefined;
    const got = context.api.get(resource, place, name);
    if (got.ok) found.push({ resource, namespace: place, object: got.value });
    else status = yield* refuse(context, got.error);
  }
  return { found, status };
}

// --- patch ---

export const PATCH: Command = {
  name: 'patch',
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]',
  summary: 'Update fields of a resource',
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT,
    DRY_RUN,
    FILENAME,
    { name: 'patch', short: 'p', kind: 'string', usage: 'The patch to be applied to the resource JSON file.' },
    { name: 'patch-file', kind: 'string', usage: 'A file containing a patch to be applied to the resource.' },
    { name: 'type', kind: 'string', usage: 'The type of patch being provided; one of [json merge strategic]' },
    {
      name: 'subresource',
      kind: 'string',
      usage: 'If specified, patch will operate on the subresource of the requested object. Must be one of [status scale].',
    },
  ],
  *run(context) {
    const { flags, api, p } = context;
    const kind = flags.string('type') ?? 'strategic';
    if (!['json', 'merge', 'strategic'].includes(kind)) return yield* fail(context, `--type must be one of [json merge strategic], not "${kind}"`);
    const file = flags.string('patch-file');
    if (!flags.has('patch') && file === undefined) return yield* fail(context, 'must specify --patch or --patch-file containing the contents of the patch');
    if (flags.has('patch') && file !== undefined) return yield* fail(context, 'cannot specify --patch and --patch-file together');
    const read = file === undefined ? undefined : p.fs.readFile(file);
    if (read?.ok === false) return yield* fail(context, `unable to read patch file: open ${file}: no such file or directory`);
    const text = utf8Decode(read?.ok ? read.value : (flags.string('patch') ?? ''));
    const patch = readPatch(text);
    if (typeof patch === 'string') return yield* fail(context, `unable to parse ${JSON.stringify(text)}: ${patch}`);
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    const objects = yield* chosen(context, flags.args);
    if (typeof objects === 'number') return objects;
    let { status } = objects;
    for (const { resource, namespace, object } of objects.found) {
      const subresource = flags.string('subresource');
      const options = { dryRun: how.value !== 'none', ...(subresource === undefined ? {} : { subresource }) };
      const changed = api.patch(resource, namespace, object.metadata.name, kind as PatchKind, patch.value, options);
      if (!changed.ok) {
        status = yield* refuse(context, changed.error);
        continue;
      }
      const isSame = JSON.stringify(withoutVersion(changed.value)) === JSON.stringify(withoutVersion(object));
      const note = how.value === 'server' ? ' (server dry run)' : '';
      status = (yield* show(context, changed.value, resource, `patched${isSame ? ' (no change)' : ''}${note}`)) || status;
    }
    return status;
  },
};
const withoutVersion = ({ metadata, ...rest }: KubeObject): unknown => ({ ...rest, metadata: { ...metadata, resourceVersion: '', managedFields: [] } });

function readPatch(text: string): { readonly value: Data } | string {
  try {
    return { value: parse(text) as Data };
  } catch (error) {
    const { linePos } = error as { readonly linePos?: readonly { readonly line: number }[] };
    return `yaml: line ${linePos?.[0]?.line ?? 1}: did not find expected node content`;
  }
}

// --- scale ---

export const SCALE: Command = {
  name: 'scale',
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  flags: [
    ...CHANGE_FLAGS,
    { name: 'replicas', kind: 'int', usage: 'The new desired number of replicas. Required.' },
    { name: 'current-replicas', kind: 'int', usage: 'Precondition for current size.' },
    { name: 'resource-version', kind: 'string', usage: 'Precondition for resource version.' },
    { name: 'timeout', kind: 'duration', usage: "The length of time to wait before giving up on a scale operation, zero means don't wait." },
  ],
  *run(context) {
    const { flags, api } = context;
    const replicas = flags.int('replicas');
    if (replicas === undefined) return yield* fail(context, 'required flag(s) "replicas" not set');
    if (replicas < 0) return yield* fail(context, 'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    const objects = yield* scalable(context);
    if (typeof objects === 'number') return objects;
    for (const { resource, namespace, object } of objects) {
      if (!['deployments', 'replicasets', 'statefulsets'].includes(resource.name))
        return yield* refuse(context, { code: 404, reason: 'NotFound', message: 'the server could not find the requested resource' });
      const { spec } = object as Deployment;
      const current = flags.int('current-replicas');
      if (current !== undefined && current >= 0 && current !== spec.replicas)
        return yield* fail(context, `Expected replicas to be ${current}, was ${spec.replicas}`);
      const updated = api.patch(
        resource,
        namespace,
        object.metadata.name,
        'merge',
        { spec: { replicas } },
        { subresource: 'scale', dryRun: how.value !== 'none' },
      );
      if (!updated.ok) return yield* refuse(context, updated.error);
      const status = yield* show(context, object, resource, `scaled${dryRunNote(how.value)}`);
      if (status !== 0) return status;
    }
    return 0;
  },
};
function* scalable(context: Context): Sys<readonly Found[] | number> {
  const objects = yield* quietly(context);
  if (typeof objects === 'number') return objects;
  return objects.length === 0 ? yield* fail(context, 'no objects passed to scale') : objects;
}
/** A missing object ends the command with its own sentence. */
function* quietly(context: Context): Sys<readonly Found[] | number> {
  const { flags, api } = context;
  const [kind = '', name] = flags.args.length === 1 && flags.args[0]!.includes('/') ? flags.args[0]!.split('/') : flags.args;
  const resource = api.resources.find((one) =>
    [one.name, one.singular, ...one.shortNames, `${one.name}.${one.group}`, `${one.singular}.${one.group}`].includes(kind),
  );
  if (resource && name !== undefined && flags.args.length <= 2) {
    const got = api.get(resource, resource.isNamespaced ? (flags.string('namespace') ?? context.defaultNamespace) : undefined, name);
    if (!got.ok) return yield* fail(context, `no objects passed to scale ${got.error.message}`);
  }
  const objects = yield* chosen(context, flags.args);
  return typeof objects === 'number' ? objects : objects.found;
}

// --- set ---

interface Templated {
  readonly containers: readonly Container[];
  readonly isPod: boolean;
}
/** Where an object has its containers. */
function templateOf(object: KubeObject): Templated | undefined {
  if (object.kind === 'Pod') return { containers: (object as Pod).spec.containers, isPod: true };
  const containers = (object as { readonly spec?: { readonly template?: PodTemplate } }).spec?.template?.spec.containers;
  return containers && { containers, isPod: false };
}
const inTemplate = (isPod: boolean, containers: readonly unknown[]): unknown =>
  isPod ? { spec: { containers } } : { spec: { template: { spec: { containers } } } };

interface Patched {
  readonly name: string;
  readonly [field: string]: unknown;
}
/** What the object would be, as far as its containers are changed; the server is not asked. */
function mergedHere(object: KubeObject, { isPod, containers }: Templated, patch: readonly Patched[]): KubeObject {
  const all = containers.map((one) => ({ ...one, ...patch.find(({ name }) => name === one.name) }));
  if (isPod) return { ...object, spec: { ...(object as Pod).spec, containers: all } } as KubeObject;
  const { spec } = object as Deployment;
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers: all } } } } as KubeObject;
}

/** Changes the containers of each chosen object by a strategic patch, and says so. */
function* changeContainers(
  context: Context,
  words: readonly string[],
  verb: string,
  change: (containers: readonly Container[], object: KubeObject) => readonly unknown[] | string,
): Sys<number> {
  const { flags, api } = context;
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  const objects = yield* chosen(context, words);
  if (typeof objects === 'number') return objects;
  let { status } = objects;
  for (const { resource, namespace, object } of objects.found) {
    const template = templateOf(object);
    if (!template) {
      status = yield* fail(
        context,
        `${kindName(resource, object)}/${object.metadata.name} the object is not a pod or does not have a pod template: ${object.kind}`,
      );
      continue;
    }
    const patch = change(template.containers, object);
    if (typeof patch === 'string') return patch === '' ? status : yield* fail(context, patch);
    const changed =
      how.value === 'client'
        ? { ok: true as const, value: mergedHere(object, template, patch as readonly Patched[]) }
        : api.patch(resource, namespace, object.metadata.name, 'strategic', inTemplate(template.isPod, patch), { dryRun: how.value === 'server' });
    if (!changed.ok) {
      status = yield* refuse(context, changed.error);
      continue;
    }
    if (how.value === 'none' && changed.value.metadata.resourceVersion === object.metadata.resourceVersion) continue;
    status = (yield* show(context, changed.value, resource, `${verb}${dryRunNote(how.value)}`)) || status;
  }
  return status;
}
const pairsIn = (words: readonly string[]): { readonly pairs: readonly string[]; readonly rest: readonly string[] } => ({
  pairs: words.filter((word) => word.includes('=')),
  rest: words.filter((word) => !word.includes('=')),
});

export const SET_IMAGE: Command = {
  name: 'set image',
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]',
  summary: 'Update the image of a pod template',
  flags: CHANGE_FLAGS,
  *run(context) {
    const { pairs, rest } = pairsIn(context.flags.args);
    if (rest.length > 0 && pairs.length === 0) return yield* fail(context, 'at least one image update is required');
    return yield* changeContainers(context, rest, 'image updated', (containers) => {
      const changes: { readonly name: string; readonly image: string }[] = [];
      for (const pair of pairs) {
        const [name = '', image = ''] = pair.split('=');
        const meant = name === '*' ? containers.map((one) => one.name) : containers.filter((one) => one.name === name).map((one) => one.name);
        if (meant.length === 0) return `unable to find container named "${name}"`;
        changes.push(...meant.map((one) => ({ name: one, image })));
      }
      return changes;
    });
  },
};

export const SET_ENV: Command = {
  name: 'set env',
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]',
  summary: 'Update environment variables on a pod template',
  flags: [
    ...CHANGE_FLAGS,
    { name: 'list', kind: 'bool', usage: 'If true, display the environment and any changes in the standard format.' },
    { name: 'containers', short: 'c', kind: 'string', usage: 'The names of containers in the selected pod templates to change - may use wildcards' },
    { name: 'env', short: 'e', kind: 'array', usage: 'Specify a key-value pair for an environment variable to set into each container.' },
    { name: 'overwrite', kind: 'bool', usage: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.' },
  ],
  *run(context) {
    const { flags, p } = context;
    const given = flags.args.filter((word) => !word.includes('=') && !/^[A-Za-z_][\w]*-$/.test(word));
    const removed = flags.args.filter((word) => /^[A-Za-z_][\w]*-$/.test(word)).map((word) => word.slice(0, -1));
    const pairs = [...flags.args.filter((word) => word.includes('=')), ...flags.all('env')].map(
      (pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
    );
    const isWanted = (name: string): boolean => matches(flags.string('containers') ?? '*', name);
    if (flags.bool('list')) {
      const objects = yield* chosen(context, given);
      if (typeof objects === 'number') return objects;
      for (const { object, resource } of objects.found) {
        for (const container of (templateOf(object)?.containers ?? []).filter((one) => isWanted(one.name))) {
          yield* p.print(`# ${resource.kind} ${object.metadata.name}, container ${container.name}\n`);
          for (const { name, value = '' } of container.env ?? []) yield* p.print(`${name}=${value}\n`);
        }
      }
      return objects.status;
    }
    if (given.length > 0 && pairs.length === 0 && removed.length === 0) return 0;
    return yield* changeContainers(context, given, 'env updated', (containers) => {
      const meant = containers.filter((one) => isWanted(one.name));
      return meant.map(({ name }) => ({
        name,
        env: [...pairs.map(([key, value]) => ({ name: key, value })), ...removed.map((key) => ({ name: key, $patch: 'delete' }))],
      }));
    });
  },
};
const matches = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(name);

export const SET_RESOURCES: Command = {
  name: 'set resources',
  usage: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]',
  summary: 'Update resource requests/limits on objects with pod templates',
  flags: [
    ...CHANGE_FLAGS,
    { name: 'limits', kind: 'string', usage: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'." },
    { name: 'requests', kind: 'string', usage: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'." },
    {
      name: 'containers',
      short: 'c',
      kind: 'string',
      usage: 'The names of containers in the selected pod templates to change, all containers are selected by default - may use wildcards',
    },
  ],
  *run(context) {
    const { flags } = context;
    if (!flags.has('limits') && !flags.has('requests'))
      return yield* fail(context, 'you must specify an update to requests or limits (in the form of --requests/--limits)');
    const read = (name: string): Readonly<Record<string, string>> | undefined =>
      flags.has(name)
        ? Object.fromEntries(
            flags
              .string(name)!
              .split(',')
              .map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']),
          )
        : undefined;
    const [limits, requests] = [read('limits'), read('requests')];
    return yield* changeContainers(context, flags.args, 'resource requirements updated', (containers) =>
      containers
        .filter((one) => matches(flags.string('containers') ?? '*', one.name))
        .map(({ name }) => ({ name, resources: { ...(limits && { limits }), ...(requests && { requests }) } })),
    );
  },
};

export const SET_SELECTOR: Command = {
  name: 'set selector',
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]',
  summary: 'Set the selector on a resource',
  flags: CHANGE_FLAGS,
  *run(context) {
    const { flags, api } = context;
    const { pairs, rest } = pairsIn(flags.args);
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    if (pairs.length === 0) return yield* fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const objects = yield* chosen(context, rest);
    if (typeof objects === 'number') return objects;
    let { status } = objects;
    const selector = Object.fromEntries(pairs.flatMap((pair) => pair.split(',')).map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']));
    for (const { resource, namespace, object } of objects.found) {
      if (resource.name !== 'services') return yield* fail(context, 'setting a selector is only supported for Services');
      const patch = [{ op: 'add', path: '/spec/selector', value: selector }];
      const changed = api.patch(resource, namespace, object.metadata.name, 'json', patch, { dryRun: how.value !== 'none' });
      if (!changed.ok) status = yield* refuse(context, changed.error);
      else status = (yield* show(context, changed.value, resource, `selector updated${dryRunNote(how.value)}`)) || status;
    }
    return status;
  },
};
