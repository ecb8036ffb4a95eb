/** Making an object that flags describe, and showing what became of an object: `-o`, `--dry-run`, or a line. */
import { utf8Decode, utf8Encode } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import type { ApiResource } from './api.ts';
import { dryRunNote, dryRunOf, fail, findResource, namespaceOf, refuse, type Context } from './context.ts';
import type { KubeObject } from './objects.ts';
import { kindName, parseOutput, type PrintOptions } from './print.ts';
import type { Data } from './yaml-text.ts';

export type Sent = { readonly [key: string]: Data };

export const printOptions = ({ flags, p }: Context): PrintOptions => ({
  noHeaders: flags.bool('no-headers'),
  showManagedFields: flags.bool('show-managed-fields'),
  template: flags.string('template'),
  readFile: (path) => {
    const read = p.fs.readFile(path);
    return read.ok ? utf8Decode(read.value) : undefined;
  },
});

/** As `-o` asks, or `pod/x created`. */
export function* show(context: Context, object: KubeObject, resource: ApiResource | undefined, verb: string, options: PrintOptions = {}): Sys<number> {
  const printer = parseOutput(context.flags.string('output'), { ...printOptions(context), ...options });
  if (!printer.ok) return yield* fail(context, printer.error);
  if (printer.value.kind === 'objects') {
    const text = printer.value.print([object], false, context.api);
    if (!text.ok) return yield* fail(context, text.error);
    yield* context.p.print(utf8Encode(text.value));
    return 0;
  }
  yield* context.p.print(utf8Encode(`${kindName(resource, object)}/${object.metadata.name} ${verb}\n`));
  return 0;
}

/** Creates it, or with `--dry-run` says what would be. */
export function* make(context: Context, resourceName: string, object: Sent, verb = 'created'): Sys<number> {
  const { api, flags } = context;
  const resource = findResource(api, resourceName);
  const dryRun = dryRunOf(flags);
  if (!dryRun.ok) return yield* fail(context, dryRun.error);
  const printer = parseOutput(flags.string('output'), printOptions(context));
  if (!printer.ok) return yield* fail(context, printer.error);
  let made = object as unknown as KubeObject;
  if (dryRun.value !== 'client') {
    if (!resource) return yield* fail(context, `failed to create ${resourceName}: not modelled: objects of kind ${made.kind}`);
    const created = api.create(resource, resource.isNamespaced ? namespaceOf(context) : undefined, clean(object), { dryRun: dryRun.value === 'server' });
    if (!created.ok && verb === 'created' && !created.error.invalid && resource.name !== 'namespaces')
      return yield* fail(context, `failed to create ${resource.singular}: ${created.error.message}`);
    if (!created.ok) return yield* refuse(context, created.error);
    made = created.value;
  } else if (resource?.isNamespaced && flags.has('namespace')) {
    made = { ...made, metadata: { ...made.metadata, namespace: namespaceOf(context) } };
  }
  return yield* show(context, made, resource, `${verb}${dryRunNote(dryRun.value)}`, { isTyped: dryRun.value === 'client' });
}

/** `creationTimestamp: null` is shown and not sent. */
export function clean(data: Sent): Sent {
  const cleaned = (value: Data): Data =>
    Array.isArray(value)
      ? (value as readonly Data[]).map(cleaned)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, cleaned(inner)]])))
        : value;
  return cleaned(data) as Sent;
}
