/** kubectl apply: what was applied last, what is and what is wanted now, made into a patch; or the server's own apply. */
import { utf8Encode } from '../../base/index.ts';
import type { ApiResult, TypeSchema } from './api.ts';
import {
  DRY_RUN,
  dryRunNote,
  dryRunOf,
  fail,
  FILENAME,
  GLOBAL_FLAGS,
  NAMESPACE_FLAGS,
  objectsOf,
  OUTPUT,
  SELECTOR,
  type Command,
  type Context,
} from './context.ts';
import { eachManifest, VALIDATE, validationOf } from './create.ts';
import type { Manifest } from './manifest.ts';
import type { KubeObject } from './objects.ts';
import { fieldOf, referred, typeOf, type Types } from './types.ts';
import { sorted, toYaml, type Data } from './yaml-text.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
type Record_ = { readonly [key: string]: Data };
const isRecord = (data: Data): data is Record_ => typeof data === 'object' && data !== null && !Array.isArray(data);

export const APPLY: Command = {
  name: 'apply',
  usage: '(-f FILENAME | -k DIRECTORY) [options]',
  summary: 'Apply a configuration to a resource by file name or stdin',
  flags: [
    ...GLOBAL_FLAGS,
    FILENAME,
    OUTPUT,
    DRY_RUN,
    VALIDATE,
    { name: 'server-side', kind: 'bool', usage: 'If true, apply runs in the server instead of the client.' },
    { name: 'force-conflicts', kind: 'bool', usage: 'If true, server-side apply will force the changes against conflicts.' },
    { name: 'field-manager', kind: 'string', usage: 'Name of the manager used to track field ownership.' },
    { name: 'recursive', short: 'R', kind: 'bool', usage: 'Process the directory used in -f, --filename recursively.' },
  ],
  *run(context) {
    const { flags } = context;
    if (flags.args.length > 0) return yield* fail(context, `Unexpected args: [${flags.args.join(' ')}]`, 'usage');
    if (!flags.has('filename')) return yield* fail(context, 'must specify one of -f and -k');
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    const isServerSide = flags.bool('server-side');
    if (isServerSide && how.value === 'client')
      return yield* fail(context, "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
    return yield* eachManifest(context, 'apply', (manifest, namespace) =>
      isServerSide ? applyThere(context, manifest, namespace) : applyHere(context, manifest, namespace),
    );
  },
};

type Applied = ApiResult<{ readonly object: KubeObject; readonly verb: string; readonly doing?: string }>;

function applyThere(context: Context, { resource, name, object }: Manifest, namespace: string | undefined): Applied | string {
  const { api, flags } = context;
  const dryRun = flags.string('dry-run') === 'server';
  const options = { dryRun, manager: flags.string('field-manager') ?? 'kubectl', force: flags.bool('force-conflicts'), validation: validationOf(flags) };
  const done = api.patch(resource, namespace, name, 'apply', object, options);
  if (done.ok) return { ok: true, value: { object: done.value, verb: `serverside-applied${dryRun ? ' (server dry run)' : ''}` } };
  return done.error.reason === 'Conflict' && done.error.causes ? `${done.error.message}\n${RESOLVE}` : done;
}
const RESOLVE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

function applyHere(context: Context, manifest: Manifest, namespace: string | undefined): Applied {
  const { api, flags } = context;
  const { resource, name } = manifest;
  const how = dryRunOf(flags);
  const dryRun = how.ok ? how.value : 'none';
  const note = dryRunNote(dryRun);
  const wanted = annotated(manifest.object, namespace);
  const options = { dryRun: dryRun !== 'none', validation: validationOf(flags) };
  const present = api.get(resource, namespace, name);
  if (!present.ok) {
    if (present.error.reason !== 'NotFound') return present;
    if (dryRun === 'client') return { ok: true, value: { object: wanted as unknown as KubeObject, verb: `created${note}` } };
    const made = api.create(resource, namespace, wanted, options);
    return made.ok ? { ok: true, value: { object: made.value, verb: `created${note}` } } : { ok: false, error: { ...made.error, message: made.error.message } };
  }
  const patch = patchFor(context, manifest, present.value, wanted);
  const changed = api.patch(resource, namespace, name, 'strategic', patch, options);
  if (!changed.ok) return { ok: false, error: changed.error };
  const isSame = JSON.stringify(bare(changed.value)) === JSON.stringify(bare(present.value));
  return { ok: true, value: { object: changed.value, verb: `${isSame ? 'unchanged' : 'configured'}${note}`, doing: 'patching' } };
}
/** From what is there to what is wanted, without what was applied last and is wanted no more. */
export function patchFor({ api }: Context, { resource }: Manifest, present: KubeObject, wanted: Record_): Data {
  const text = present.metadata.annotations?.[LAST_APPLIED];
  return text === undefined ? wanted : withDeletions(JSON.parse(text) as Data, wanted, typeOf(api.types, resource), api.types);
}
const bare = ({ metadata, ...rest }: KubeObject): Data =>
  sorted({ ...rest, metadata: { ...metadata, resourceVersion: '', managedFields: [] } } as unknown as Data);

/** With what is applied written down in an annotation, as kubectl does. */
function annotated(object: Record_, namespace: string | undefined): Record_ {
  const metadata = (object['metadata'] ?? {}) as Record_;
  const { [LAST_APPLIED]: _, ...annotations } = (metadata['annotations'] ?? {}) as Record_;
  const place = namespace === undefined ? {} : { namespace };
  const plain = sorted({ ...object, metadata: { ...metadata, ...place, annotations } });
  return { ...object, metadata: { ...metadata, ...place, annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(plain)}\n` } } };
}

/** What is wanted, and the deletion of what was applied last and is wanted no more. */
function withDeletions(last: Data, wanted: Data, schema: TypeSchema | undefined, types: Types): Data {
  if (isRecord(last) && isRecord(wanted)) {
    const patch: Record<string, Data> = { ...wanted };
    for (const [key, value] of Object.entries(last)) {
      if (wanted[key] === undefined) patch[key] = null;
      else patch[key] = withDeletions(value, wanted[key], fieldOf(types, schema, key), types);
    }
    // a merge would keep what the last one had written down
    return patch;
  }
  const key = schema?.['x-kubernetes-patch-merge-key'];
  if (!Array.isArray(last) || !Array.isArray(wanted) || key === undefined) return wanted;
  const of = (list: readonly Data[], item: Data): Data => list.find((one) => isRecord(one) && isRecord(item) && one[key] === item[key]);
  const kept = (wanted as readonly Data[]).map((item) => {
    const old = of(last as readonly Data[], item);
    return old === undefined ? item : withDeletions(old, item, referred(types, schema)?.items, types);
  });
  const gone = (last as readonly Data[]).filter((item) => of(wanted as readonly Data[], item) === undefined && isRecord(item));
  return [...kept, ...gone.map((item) => ({ $patch: 'delete', [key]: (item as Record_)[key] }))];
}

export const VIEW_LAST_APPLIED: Command = {
  name: 'apply view-last-applied',
  usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]',
  summary: 'View the latest last-applied-configuration annotations of a resource/object',
  flags: [
    ...NAMESPACE_FLAGS,
    ...GLOBAL_FLAGS.slice(1),
    OUTPUT,
    SELECTOR,
    { name: 'all', kind: 'bool', usage: 'Select all resources in the namespace of the specified resource types' },
  ],
  *run(context) {
    const objects = yield* objectsOf(context);
    if (typeof objects === 'number') return objects;
    for (const { object } of objects.found) {
      const text = object.metadata.annotations?.[LAST_APPLIED];
      if (text === undefined) return yield* fail(context, `no last-applied-configuration annotation found on resource: ${object.metadata.name}`);
      const data = JSON.parse(text) as Data;
      if (context.flags.string('output') === 'json') yield* context.p.print(utf8Encode(`${JSON.stringify(sorted(data), null, 2)}\n`));
      else yield* context.p.print(utf8Encode(toYaml(data)));
    }
    return objects.status;
  },
};
