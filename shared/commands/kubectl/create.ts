/** kubectl create -f, and what create, apply and replace share: each object of the files in turn. */
import type { Sys } from '../../shell/index.ts';
import type { ApiResult } from './api.ts';
import { DRY_RUN, dryRunNote, dryRunOf, fail, FILENAME, GLOBAL_FLAGS, namespaceOf, OUTPUT, statusText, type Command, type Context } from './context.ts';
import type { Flag, Flags } from './flags.ts';
import { show } from './make.ts';
import { readManifests, type Manifest } from './manifest.ts';
import type { KubeObject } from './objects.ts';

export const VALIDATE: Flag = { name: 'validate', kind: 'string', without: 'strict', usage: 'Must be one of: strict (or true), warn, ignore (or false).' };
/** `fieldValidation` of the request. */
export const validationOf = (flags: Flags): string => {
  const text = flags.string('validate') ?? 'strict';
  return text === 'ignore' || text === 'false' ? 'Ignore' : text === 'warn' ? 'Warn' : 'Strict';
};

export const CREATE: Command = {
  name: 'create',
  usage: '-f FILENAME [options]',
  summary: 'Create a resource from a file or from stdin',
  flags: [
    ...GLOBAL_FLAGS,
    FILENAME,
    OUTPUT,
    DRY_RUN,
    VALIDATE,
    { name: 'save-config', kind: 'bool', usage: 'If true, the configuration of current object will be saved in its annotation.' },
  ],
  *run(context) {
    const { flags, api } = context;
    if (flags.args.length > 0) return yield* fail(context, `Unexpected args: [${flags.args.join(' ')}]`, 'usage');
    if (!flags.has('filename')) return yield* fail(context, 'must specify one of -f and -k');
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    return yield* eachManifest(context, 'create', (manifest, namespace) => {
      const verb = `created${dryRunNote(how.value)}`;
      if (how.value === 'client') return { ok: true, value: { object: placed(manifest, namespace), verb } };
      const made = api.create(manifest.resource, namespace, manifest.object, { dryRun: how.value === 'server', validation: validationOf(flags) });
      return made.ok ? { ok: true, value: { object: made.value, verb } } : made;
    });
  },
};
/** As it stands in the file, with the namespace that it would be in. */
const placed = ({ object }: Manifest, namespace: string | undefined): KubeObject =>
  ({ ...object, metadata: { ...(object['metadata'] as object), ...(namespace === undefined ? {} : { namespace }) } }) as unknown as KubeObject;

type Done = ApiResult<{ readonly object: KubeObject; readonly verb: string }>;
const DOING = { create: 'creating', apply: 'applying', replace: 'replacing' } as const;

/** A text instead of a result is an error of kubectl's own words. */
export function* eachManifest(
  context: Context,
  what: keyof typeof DOING,
  act: (manifest: Manifest, namespace: string | undefined) => Done | string,
): Sys<number> {
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
    if (typeof result === 'string') {
      status = yield* fail(context, result);
      continue;
    }
    if (!result.ok) {
      yield* context.p.flush();
      // apply says what it was about to do: to make the object, or to change it
      const isThere = what === 'apply' && context.api.get(manifest.resource, namespace, manifest.name).ok;
      const doing = what === 'apply' ? (isThere ? 'applying patch' : 'creating') : DOING[what];
      yield* context.p.error(`${statusText(result.error, `error when ${doing} "${manifest.source}"`)}\n`);
      status = 1;
      continue;
    }
    status = (yield* show(context, result.value.object, manifest.resource, result.value.verb)) || status;
  }
  return status;
}
