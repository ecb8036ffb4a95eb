/** kubectl delete: asks for the end of objects and waits for it. */
import type { Sys } from '../../shell/index.ts';
import type { ApiResource } from './api.ts';
import {
  ALL_NAMESPACES,
  DRY_RUN,
  dryRunNote,
  dryRunOf,
  fail,
  FIELD_SELECTOR,
  FILENAME,
  GLOBAL_FLAGS,
  namespaceOf,
  parseTargets,
  SELECTOR,
  statusText,
  type Command,
  type Context,
} from './context.ts';
import { readManifests } from './manifest.ts';

export const DELETE: Command = {
  name: 'delete',
  usage: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  flags: [
    ...GLOBAL_FLAGS,
    ALL_NAMESPACES,
    SELECTOR,
    FIELD_SELECTOR,
    FILENAME,
    DRY_RUN,
    { name: 'all', kind: 'bool', usage: 'Delete all resources, in the namespace of the specified resource types.' },
    { name: 'force', kind: 'bool', usage: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    { name: 'now', kind: 'bool', usage: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).' },
    { name: 'grace-period', kind: 'int', usage: 'Period of time in seconds given to the resource to terminate gracefully.' },
    { name: 'wait', kind: 'bool', usage: 'If true, wait for resources to be gone before returning.' },
    { name: 'ignore-not-found', kind: 'bool', usage: 'Treat "resource not found" as a successful delete.' },
    {
      name: 'timeout',
      kind: 'duration',
      usage: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
  ],
  run: remove,
};

interface Doomed {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
}

function* remove(context: Context): Sys<number> {
  const { flags, api, p } = context;
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  const doomed = yield* doomedOf(context);
  if (typeof doomed === 'number') return doomed;
  if (flags.bool('now') && flags.has('grace-period')) return yield* fail(context, '--now and --grace-period cannot be specified together');
  const grace = flags.int('grace-period') ?? (flags.bool('now') ? 1 : flags.bool('force') ? 0 : undefined);
  if (flags.bool('force') && (grace ?? 0) > 0) return yield* fail(context, '--force and --grace-period greater than 0 cannot be specified together');
  if (flags.bool('force')) {
    yield* p.error(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  }
  let status = 0;
  const waited: (Doomed & { readonly uid: string })[] = [];
  for (const one of doomed) {
    // without --force a grace period of 0 is asked as 1, so that the kubelet confirms
    const seconds = grace === 0 && !flags.bool('force') ? 1 : grace;
    const gone =
      how.value !== 'none'
        ? api.get(one.resource, one.namespace, one.name)
        : api.delete(one.resource, one.namespace, one.name, seconds === undefined || seconds < 0 ? {} : { gracePeriodSeconds: seconds });
    if (!gone.ok) {
      if (gone.error.reason === 'NotFound' && flags.bool('ignore-not-found')) continue;
      yield* p.flush();
      yield* p.error(`${statusText(gone.error)}\n`);
      status = 1;
      continue;
    }
    yield* p.print(
      `${one.resource.singular}${one.resource.group === '' ? '' : `.${one.resource.group}`} "${one.name}" ${flags.bool('force') && seconds === 0 ? 'force deleted' : 'deleted'}${dryRunNote(how.value)}\n`,
    );
    if (how.value === 'none') waited.push({ ...one, uid: gone.value.metadata.uid });
  }
  yield* p.flush();
  if (!flags.has('wait') || flags.bool('wait')) for (const one of waited) yield* waitForEnd(context, one);
  return status;
}

/** One that was made anew under its name is another. */
function* waitForEnd(context: Context, one: Doomed & { readonly uid: string }): Sys {
  const isThere = (): boolean => {
    const found = context.api.get(one.resource, one.namespace, one.name);
    return found.ok && found.value.metadata.uid === one.uid;
  };
  const watch = context.api.watch(one.resource, one.namespace, { fieldSelector: `metadata.name=${one.name}` });
  const timeout = context.flags.seconds('timeout');
  const untilUs = timeout === undefined ? Infinity : context.p.nowUs + timeout * 1_000_000;
  try {
    while (isThere() && context.p.nowUs < untilUs) {
      while (watch.next());
      yield* context.p.waitFor(() => false, watch.changed, 1_000_000);
    }
  } finally {
    watch.stop();
  }
}

function* doomedOf(context: Context): Sys<readonly Doomed[] | number> {
  const { flags, api, p } = context;
  const namespace = namespaceOf(context);
  if (flags.has('filename')) {
    const manifests = yield* readManifests(context, flags.all('filename'));
    if (typeof manifests === 'string') return yield* fail(context, manifests);
    return manifests.map((one) => ({
      resource: one.resource,
      namespace: one.resource.isNamespaced ? (one.namespace ?? namespace) : undefined,
      name: one.name,
    }));
  }
  if (flags.args.length === 0) {
    return yield* fail(
      context,
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  }
  const targets = parseTargets(api, flags.args);
  if (!targets.ok) return yield* fail(context, targets.error);
  if (flags.bool('all') && flags.has('selector')) return yield* fail(context, "setting 'all' parameter but found a non empty selector. ");
  const doomed: Doomed[] = [];
  for (const target of targets.value) {
    const where = target.resource.isNamespaced ? (flags.bool('all-namespaces') ? undefined : namespace) : undefined;
    if (target.kind === 'object') {
      doomed.push({ resource: target.resource, namespace: where, name: target.name });
      continue;
    }
    if (!flags.bool('all') && !flags.has('selector') && !flags.has('field-selector'))
      return yield* fail(context, 'resource(s) were provided, but no name was specified');
    const label = flags.string('selector');
    const field = flags.string('field-selector');
    const all = api.list(target.resource, where, {
      ...(label === undefined ? {} : { labelSelector: label }),
      ...(field === undefined ? {} : { fieldSelector: field }),
    });
    if (!all.ok) return yield* fail(context, statusText(all.error));
    for (const object of all.value) doomed.push({ resource: target.resource, namespace: object.metadata.namespace, name: object.metadata.name });
  }
  if (doomed.length === 0) yield* p.print('No resources found\n');
  return doomed;
}
