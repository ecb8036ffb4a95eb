/** kubectl get: tables and objects, once or as they change. */
import { err, ok, utf8Encode, type Result } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import type { ApiResource } from './api.ts';
import {
  ALL_NAMESPACES,
  fail,
  FIELD_SELECTOR,
  FILENAME,
  findResource,
  GLOBAL_FLAGS,
  namespaceOf,
  OUTPUT,
  parseTargets,
  refuse,
  SELECTOR,
  statusText,
  type Command,
  type Context,
  type Target,
} from './context.ts';
import { readManifests } from './manifest.ts';
import { parseJsonPath } from './jsonpath.ts';
import { printOptions } from './make.ts';
import type { KubeObject } from './objects.ts';
import { statusOf } from './rest-client.ts';
import type { Data } from './yaml-text.ts';
import { parseOutput, tableText, type Printer, type TableOptions } from './print.ts';

export const GET: Command = {
  name: 'get',
  usage: '(-f FILENAME | TYPE [NAME | -l label] | TYPE/NAME ...) [flags]',
  summary: 'Display one or many resources',
  flags: [
    ...GLOBAL_FLAGS,
    ALL_NAMESPACES,
    OUTPUT,
    SELECTOR,
    FIELD_SELECTOR,
    FILENAME,
    { name: 'watch', short: 'w', kind: 'bool', usage: 'After listing/getting the requested object, watch for changes.' },
    { name: 'watch-only', kind: 'bool', usage: 'Watch for changes to the requested object(s), without listing/getting first.' },
    { name: 'show-labels', kind: 'bool', usage: 'When printing, show all labels as the last column' },
    { name: 'label-columns', short: 'L', kind: 'list', usage: 'Labels that are going to be presented as columns.' },
    { name: 'no-headers', kind: 'bool', usage: "don't print headers." },
    { name: 'ignore-not-found', kind: 'bool', usage: 'If the requested object does not exist the command will return exit code 0.' },
    { name: 'show-kind', kind: 'bool', usage: 'If present, list the resource type for the requested object(s).' },
    { name: 'template', kind: 'string', usage: 'Template string or path to template file to use when -o=go-template, -o=go-template-file.' },
    { name: 'raw', kind: 'string', usage: 'Raw URI to request from the server.  Uses the transport specified by the kubeconfig file.' },
    { name: 'chunk-size', kind: 'int', usage: 'Return large lists in chunks rather than all at once.' },
    { name: 'show-managed-fields', kind: 'bool', usage: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
    { name: 'allow-missing-template-keys', kind: 'bool', usage: 'If true, ignore any errors in templates when a field or map key is missing in the template.' },
    { name: 'output-watch-events', kind: 'bool', usage: 'Output watch event objects when --watch or --watch-only is used.' },
    { name: 'sort-by', kind: 'string', usage: 'If non-empty, sort list types using this field specification.' },
  ],
  run: get,
};

interface Group {
  readonly resource: ApiResource;
  readonly objects: KubeObject[];
  readonly isList: boolean;
}

function* get(context: Context): Sys<number> {
  const { flags, p } = context;
  if (flags.has('raw')) return yield* raw(context, flags.string('raw')!);
  const printer = parseOutput(flags.string('output'), printOptions(context));
  if (!printer.ok) return yield* fail(context, printer.error);
  const targets = yield* targetsOf(context);
  if (typeof targets === 'number') return targets;
  if (flags.bool('watch') || flags.bool('watch-only')) return yield* watch(context, targets, printer.value);

  const groups: Group[] = [];
  let status = 0;
  for (const target of targets) {
    const found = fetch(context, target);
    if (!found.ok) {
      if (flags.bool('ignore-not-found') && found.error.reason === 'NotFound') continue;
      if (groups.length > 0) yield* printGroups(context, groups.splice(0), printer.value, targets);
      yield* p.flush();
      yield* p.error(`${statusText(found.error)}\n`);
      status = 1;
      continue;
    }
    const last = groups.find((group) => group.resource === target.resource && !group.isList);
    if (last && target.kind === 'object') last.objects.push(...found.value);
    else groups.push({ resource: target.resource, objects: [...found.value], isList: target.kind === 'list' });
  }
  if (groups.length > 0) status = (yield* printGroups(context, groups, printer.value, targets)) || status;
  return status;
}

/** A path of the API, asked as it stands. */
function* raw(context: Context, path: string): Sys<number> {
  const { p, api, flags } = context;
  if (flags.args.length > 0) return yield* fail(context, 'arguments may not be passed when --raw is specified', 'usage');
  const reply = api.fetch(path);
  if (reply.status < 400) {
    yield* p.print(utf8Encode(reply.body));
    return 0;
  }
  if (reply.body.startsWith('{')) return yield* refuse(context, statusOf(JSON.parse(reply.body) as Parameters<typeof statusOf>[0]));
  return yield* refuse(context, { code: reply.status, reason: 'NotFound', message: 'the server could not find the requested resource' });
}

function* targetsOf(context: Context): Sys<readonly (Target & { readonly namespace?: string })[] | number> {
  const { flags, api, p } = context;
  if (flags.has('filename')) {
    const manifests = yield* readManifests(context, flags.all('filename'));
    if (typeof manifests === 'string') return yield* fail(context, manifests);
    return manifests.map(({ resource, name, namespace }) => ({ kind: 'object', resource, name, ...(namespace === undefined ? {} : { namespace }) }));
  }
  if (flags.args.length === 0) {
    yield* p.error('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n');
    return yield* fail(
      context,
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
      'usage',
    );
  }
  const words = flags.args[0] === 'all' ? ['pods,services,daemonsets,deployments,replicasets,statefulsets,jobs'] : flags.args;
  const targets = parseTargets(api, words);
  if (!targets.ok) return yield* fail(context, targets.error);
  if (flags.bool('all-namespaces') && targets.value.some((target) => target.kind === 'object'))
    return yield* fail(context, 'a resource cannot be retrieved by name across all namespaces');
  if (flags.has('selector') && targets.value.some((target) => target.kind === 'object'))
    return yield* fail(context, 'name cannot be provided when a selector is specified');
  return targets.value;
}

const scope = (context: Context, target: Target & { readonly namespace?: string }): string | undefined =>
  !target.resource.isNamespaced || (context.flags.bool('all-namespaces') && target.kind === 'list') ? undefined : (target.namespace ?? namespaceOf(context));

function selectors(context: Context): { readonly labelSelector?: string; readonly fieldSelector?: string } {
  const label = context.flags.string('selector');
  const field = context.flags.string('field-selector');
  return { ...(label === undefined ? {} : { labelSelector: label }), ...(field === undefined ? {} : { fieldSelector: field }) };
}

function fetch(context: Context, target: Target & { readonly namespace?: string }) {
  const namespace = scope(context, target);
  if (target.kind === 'list') return context.api.list(target.resource, namespace, selectors(context));
  const found = context.api.get(target.resource, namespace, target.name);
  // in a namespace that is not there nothing is found
  const places = findResource(context.api, 'namespaces');
  if (!found.ok && places && namespace !== undefined) {
    const place = context.api.get(places, undefined, namespace);
    if (!place.ok) return place;
  }
  return found.ok ? { ok: true as const, value: [found.value] } : found;
}

function* printGroups(context: Context, groups: readonly Group[], printer: Printer, targets: readonly Target[]): Sys<number> {
  const { p, api, flags } = context;
  const total = groups.reduce((sum, group) => sum + group.objects.length, 0);
  const by = flags.string('sort-by') ?? '';
  if (printer.kind === 'objects') {
    const isList = groups.some((group) => group.isList) || total !== 1;
    const all = groups.flatMap((group) => group.objects);
    const sorted = by === '' ? ok(all) : sortObjects(all, by);
    if (!sorted.ok) return yield* fail(context, sorted.error);
    const text = printer.print(sorted.value, isList, api);
    if (!text.ok) return yield* fail(context, text.error);
    yield* p.print(utf8Encode(text.value));
    return 0;
  }
  if (total === 0) {
    const isNamespaced = groups.some((group) => group.resource.isNamespaced);
    if (!flags.bool('ignore-not-found'))
      yield* p.error(isNamespaced && !flags.bool('all-namespaces') ? `No resources found in ${namespaceOf(context)} namespace.\n` : 'No resources found\n');
    return 0;
  }
  const kinds = new Set(targets.map((target) => target.resource)).size;
  const shown = groups.filter((group) => group.objects.length > 0);
  if (by !== '' && shown.every((group) => !sortObjects(group.objects, by).ok)) {
    yield* p.error('No resources found\n');
    return 0;
  }
  for (const [index, group] of shown.entries()) {
    if (index > 0) yield* p.print('\n');
    const sorted = by === '' ? ok(group.objects) : sortObjects(group.objects, by);
    yield* p.print(
      tableText(
        api.table(group.resource, sorted.ok ? sorted.value : group.objects),
        group.resource,
        tableOptions(context, printer, group.resource, kinds > 1),
        true,
      ),
    );
  }
  return 0;
}

function tableOptions(context: Context, printer: Extract<Printer, { kind: 'table' }>, resource: ApiResource, withKind: boolean): TableOptions {
  const { flags } = context;
  return {
    wide: printer.wide,
    withNamespace: flags.bool('all-namespaces') && resource.isNamespaced,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.all('label-columns'),
    noHeaders: flags.bool('no-headers'),
    withKind: withKind || flags.bool('show-kind'),
  };
}

/** `--sort-by=.metadata.name`: by what a path finds; the error is that it finds nothing in any. */
function sortObjects(objects: readonly KubeObject[], by: string): Result<readonly KubeObject[], string> {
  const shown = by.startsWith('{') ? by : `{${by.startsWith('.') ? by : `.${by}`}}`;
  const path = parseJsonPath(shown);
  if (!path.ok) return err(path.error);
  const keys = new Map<KubeObject, Data>();
  for (const object of objects) {
    const found = path.value.values(object as unknown as Data);
    if (found.ok && found.value.length > 0) keys.set(object, found.value[0]);
  }
  if (keys.size === 0 && objects.length > 0) return err(`couldn't find any field with path "${shown}" in the list of objects`);
  const rank = (object: KubeObject): string | number => {
    const value = keys.get(object);
    return value === undefined || value === null ? '' : typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
  };
  return ok([...objects].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0)));
}

function* watch(context: Context, targets: readonly (Target & { readonly namespace?: string })[], printer: Printer): Sys<number> {
  const { api, p, flags } = context;
  const target = targets[0];
  if (targets.length !== 1 || !target) return yield* fail(context, 'you may only specify a single resource type');
  const first = fetch(context, target);
  if (!first.ok) return yield* refuse(context, first.error);
  const options = target.kind === 'object' ? { fieldSelector: `metadata.name=${target.name}` } : selectors(context);
  const stream = api.watch(target.resource, scope(context, target), options);
  const widths: number[] = [];
  let skip = flags.bool('watch-only') ? first.value.length : 0;
  let isFirst = true;
  try {
    for (;;) {
      const objects: KubeObject[] = [];
      for (let event; (event = stream.next());)
        if (skip === 0) objects.push(event.object);
        else skip--;
      if (objects.length === 0) {
        yield* p.flush();
        yield* p.block(stream.changed);
        continue;
      }
      if (printer.kind === 'table') {
        yield* p.print(
          tableText(api.table(target.resource, objects), target.resource, tableOptions(context, printer, target.resource, false), isFirst, widths),
        );
      } else {
        for (const object of objects) {
          const text = printer.print([object], false, api);
          if (!text.ok) return yield* fail(context, text.error);
          yield* p.print(utf8Encode(!isFirst && flags.string('output') === 'yaml' ? `---\n${text.value}` : text.value));
          isFirst = false;
        }
      }
      isFirst = false;
    }
  } finally {
    stream.stop();
  }
}
