/** kubectl create -f, apply -f, create namespace. */
import type { Sys } from '../../shell/index.ts';
import type { ApiResult } from './api.ts';
import { DRY_RUN, fail, FILENAME, findResource, GLOBAL_FLAGS, namespaceOf, OUTPUT, refuse, statusText, type Command, type Context } from './context.ts';
import { readManifests, type Manifest } from './manifest.ts';
import type { KubeObject } from './objects.ts';
import { kindName, parseOutput } from './print.ts';
import { mergePatch } from './run.ts';
import { sorted, type Data } from './yaml-text.ts';

const FLAGS = [
  ...GLOBAL_FLAGS,
  FILENAME,
  OUTPUT,
  DRY_RUN,
  { name: 'validate', kind: 'string' as const, without: 'strict', usage: 'Must be one of: strict (or true), warn, ignore (or false).' },
  { name: 'kustomize', short: 'k', kind: 'string' as const, usage: 'Process the kustomization directory.' },
];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export const CREATE: Command = {
  name: 'create',
  usage: '-f FILENAME [options]',
  summary: 'Create a resource from a file or from stdin',
  flags: FLAGS,
  run: create,
};
export const APPLY: Command = {
  name: 'apply',
  usage: '(-f FILENAME | -k DIRECTORY) [options]',
  summary: 'Apply a configuration to a resource by file name or stdin',
  flags: FLAGS,
  run: apply,
};

function* create(context: Context): Sys<number> {
  const { flags } = context;
  if (flags.args[0] === 'namespace' || flags.args[0] === 'ns') return yield* createNamespace(context);
  if (!flags.has('filename')) return yield* fail(context, 'must specify one of -f and -k');
  return yield* eachManifest(context, 'creating', (manifest, namespace) => {
    const made = context.api.create(manifest.resource, namespace, manifest.object, { dryRun: isDryRun(context) });
    return made.ok ? { ok: true, value: { object: made.value, verb: 'created' } } : made;
  });
}

function* createNamespace(context: Context): Sys<number> {
  const names = context.flags.args.slice(1);
  if (names.length !== 1) return yield* fail(context, `exactly one NAME is required, got ${names.length}`, 'usage');
  const resource = findResource(context.api, 'namespaces')!;
  const made = context.api.create(resource, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: names[0] } }, { dryRun: isDryRun(context) });
  if (!made.ok) return yield* refuse(context, made.error);
  return yield* show(context, resource.singular, made.value, 'created');
}

function* apply(context: Context): Sys<number> {
  if (!context.flags.has('filename')) return yield* fail(context, 'must specify one of -f and -k');
  return yield* eachManifest(context, 'applying', (manifest, namespace) => applyOne(context, manifest, namespace));
}

type Applied = ApiResult<{ readonly object: KubeObject; readonly verb: string }>;
type Record_ = { readonly [key: string]: Data };

/** Three ways: what was applied last, what is, what is wanted now. */
function applyOne(context: Context, manifest: Manifest, namespace: string | undefined): Applied {
  const { api } = context;
  const wanted = annotate(manifest.object, namespace);
  const present = api.get(manifest.resource, namespace, manifest.name);
  if (!present.ok) {
    if (present.error.reason !== 'NotFound') return present;
    const made = api.create(manifest.resource, namespace, wanted, { dryRun: isDryRun(context) });
    return made.ok ? { ok: true, value: { object: made.value, verb: 'created' } } : made;
  }
  const last = present.value.metadata.annotations?.[LAST_APPLIED];
  const removed = last === undefined ? {} : removals(JSON.parse(last) as Data, wanted);
  const merged = mergePatch(mergePatch(present.value as unknown as Data, removed), keepLists(wanted, present.value as unknown as Data));
  if (JSON.stringify(sorted(merged)) === JSON.stringify(sorted(present.value as unknown as Data)))
    return { ok: true, value: { object: present.value, verb: 'unchanged' } };
  if (isDryRun(context)) return { ok: true, value: { object: merged as unknown as KubeObject, verb: 'configured' } };
  const updated = api.update(manifest.resource, namespace, merged);
  return updated.ok ? { ok: true, value: { object: updated.value, verb: 'configured' } } : updated;
}

/** With what is applied written down in an annotation, as kubectl does. */
function annotate(object: Record_, namespace: string | undefined): Record_ {
  const metadata = (object['metadata'] ?? {}) as Record_;
  const annotations = (metadata['annotations'] ?? {}) as Record_;
  const place = namespace === undefined ? {} : { namespace };
  const bare = sorted({
    ...object,
    metadata: { ...metadata, ...place, annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED)) },
  });
  return { ...object, metadata: { ...metadata, ...place, annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(bare)}\n` } } };
}

/** A patch that takes out what was applied last time and is wanted no more. */
function removals(last: Data, wanted: Data): Data {
  const isRecord = (data: Data): data is Record_ => typeof data === 'object' && data !== null && !Array.isArray(data);
  if (!isRecord(last) || !isRecord(wanted)) return {};
  const patch: { [key: string]: Data } = {};
  for (const [key, value] of Object.entries(last)) {
    if (wanted[key] === undefined) patch[key] = null;
    else if (isRecord(value)) patch[key] = removals(value, wanted[key]);
  }
  return patch;
}

/** Lists of named things (containers, ports) are merged by name, so that what the server filled in stays. */
function keepLists(wanted: Data, present: Data): Data {
  if (Array.isArray(wanted)) {
    const there = Array.isArray(present) ? (present as readonly Record_[]) : [];
    return (wanted as readonly Data[]).map((item) => {
      const name = typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as Record_)['name'] : undefined;
      const same = name === undefined ? undefined : there.find((one) => one['name'] === name);
      return same ? mergePatch(same, keepLists(item, same)) : item;
    });
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted;
  const record = present as Record_ | undefined;
  return Object.fromEntries(Object.entries(wanted as Record_).map(([key, value]) => [key, keepLists(value, record?.[key])]));
}

const isDryRun = (context: Context): boolean => ['client', 'server', 'unchanged'].includes(context.flags.string('dry-run') ?? 'none');

function* eachManifest(context: Context, doing: string, act: (manifest: Manifest, namespace: string | undefined) => Applied): Sys<number> {
  const manifests = yield* readManifests(context, context.flags.all('filename'));
  if (typeof manifests === 'string') return yield* fail(context, manifests);
  let status = 0;
  for (const manifest of manifests) {
    const asked = context.flags.string('namespace');
    if (asked !== undefined && manifest.namespace !== undefined && asked !== manifest.namespace) {
      const text = `the namespace from the provided object "${manifest.namespace}" does not match the namespace "${asked}". You must pass '--namespace=${manifest.namespace}' to perform this operation.`;
      status = yield* fail(context, text);
      continue;
    }
    const namespace = manifest.resource.isNamespaced ? (manifest.namespace ?? namespaceOf(context)) : undefined;
    const result = act(manifest, namespace);
    if (!result.ok) {
      yield* context.p.flush();
      yield* context.p.error(`${statusText(result.error, `error when ${doing} "${manifest.source}"`)}\n`);
      status = 1;
      continue;
    }
    status = (yield* show(context, kindName(manifest.resource, result.value.object), result.value.object, result.value.verb)) || status;
  }
  return status;
}

function* show(context: Context, kind: string, object: KubeObject, verb: string): Sys<number> {
  const printer = parseOutput(context.flags.string('output'));
  if (!printer.ok) return yield* fail(context, printer.error);
  if (printer.value.kind === 'objects') {
    const text = printer.value.print([object], false, context.api);
    if (!text.ok) return yield* fail(context, text.error);
    yield* context.p.print(text.value);
    return 0;
  }
  const dryRun = context.flags.string('dry-run');
  const note = dryRun === 'server' ? ' (server dry run)' : isDryRun(context) ? ' (dry run)' : '';
  yield* context.p.print(`${kind}/${object.metadata.name} ${verb}${note}\n`);
  return 0;
}
