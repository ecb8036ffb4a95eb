/** kubectl label, cordon, uncordon: small changes of an object. */
import type { Sys } from '../../shell/index.ts';
import { utf8Decode } from '../../base/index.ts';
import { chosen } from './change.ts';
import {
  ALL,
  ALL_NAMESPACES,
  DRY_RUN,
  dryRunNote,
  dryRunOf,
  fail,
  FIELD_SELECTOR,
  FILENAME,
  GLOBAL_FLAGS,
  objectsOf,
  OUTPUT,
  refuse,
  SELECTOR,
  type Command,
  type Context,
} from './context.ts';
import type { Flag } from './flags.ts';
import { show } from './make.ts';
import type { Node } from './objects.ts';

/** Labels and annotations are changed alike; `word` is what kubectl calls it. */
const marking = (field: 'labels' | 'annotations', word: 'label' | 'annotation', past: 'labeled' | 'annotated') =>
  function* (context: Context): Sys<number> {
    return yield* mark(context, field, word, past);
  };

const markFlags = (word: string): readonly Flag[] => [
  ...GLOBAL_FLAGS,
  OUTPUT,
  DRY_RUN,
  SELECTOR,
  FIELD_SELECTOR,
  ALL,
  ALL_NAMESPACES,
  FILENAME,
  { name: 'overwrite', kind: 'bool', usage: `If true, allow ${word}s to be overwritten, otherwise reject ${word} updates that overwrite existing ${word}s.` },
  { name: 'list', kind: 'bool', usage: `If true, display the ${word}s for a given resource.` },
  {
    name: 'resource-version',
    kind: 'string',
    usage: `If non-empty, the ${word} update will only succeed if this is the current resource-version for the object.`,
  },
];
export const LABEL: Command = {
  name: 'label',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  summary: 'Update the labels on a resource',
  flags: markFlags('label'),
  run: marking('labels', 'label', 'labeled'),
};
export const ANNOTATE: Command = {
  name: 'annotate',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  summary: 'Update the annotations on a resource',
  flags: markFlags('annotation'),
  run: marking('annotations', 'annotation', 'annotated'),
};
export const CORDON: Command = {
  name: 'cordon',
  usage: 'NODE [options]',
  summary: 'Mark node as unschedulable',
  flags: [...GLOBAL_FLAGS, SELECTOR, DRY_RUN],
  run: (context) => setSchedulable(context, 'cordon'),
};
export const UNCORDON: Command = {
  name: 'uncordon',
  usage: 'NODE [options]',
  summary: 'Mark node as schedulable',
  flags: [...GLOBAL_FLAGS, SELECTOR, DRY_RUN],
  run: (context) => setSchedulable(context, 'uncordon'),
};

/** k8s.io/apimachinery/pkg/util/validation, IsValidLabelValue: checked before anything is asked of the server. */
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

function* mark(context: Context, field: 'labels' | 'annotations', word: 'label' | 'annotation', past: 'labeled' | 'annotated'): Sys<number> {
  const { flags, api, p } = context;
  const isChange = (arg: string): boolean => arg.includes('=') || (arg.endsWith('-') && arg.length > 1);
  const words = flags.args.filter((arg) => !isChange(arg));
  const changes = flags.args.filter(isChange);
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  if (flags.bool('list') && flags.has('output')) return yield* fail(context, '--list and --output may not be specified together');
  if (words.length === 0 && !flags.has('filename'))
    return yield* fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.length === 0 && !flags.bool('list')) return yield* fail(context, `at least one ${word} update is required`);
  const objects = yield* chosen(context, words);
  if (typeof objects === 'number') return objects;
  let { status } = objects;
  for (const { resource, namespace, object } of objects.found) {
    const labels: Record<string, string> = { ...object.metadata[field] };
    let verb = `not ${past}`;
    for (const change of changes) {
      const equals = change.indexOf('=');
      const key = equals < 0 ? change.slice(0, -1) : change.slice(0, equals);
      const value = equals < 0 ? undefined : utf8Decode(change.slice(equals + 1));
      const old = labels[key];
      if (value === undefined) {
        if (old === undefined) yield* p.print(`${word} "${key}" not found.\n`);
        else verb = word === 'label' ? 'unlabeled' : past;
        delete labels[key];
        continue;
      }
      if (word === 'label' && !LABEL_VALUE.test(value)) return yield* fail(context, `invalid label value: "${change}": ${LABEL_RULE}`);
      if (old !== undefined && old !== value && !flags.bool('overwrite')) {
        yield* p.flush();
        const had = `'${key}' already has a value (${old})`;
        return yield* fail(
          context,
          word === 'label' ? `${had}, and --overwrite is false` : `--overwrite is false but found the following declared annotation(s): ${had}`,
        );
      }
      if (old !== value) verb = past;
      labels[key] = value;
    }
    if (flags.bool('list') && changes.length === 0) {
      if (objects.found.length > 1) yield* p.print(`Listing ${word}s for ${resource.kind}.${resource.version}/${object.metadata.name}:\n`);
      for (const [key, value] of Object.entries(labels).sort()) yield* p.print(`${objects.found.length > 1 ? ' ' : ''}${key}=${value}\n`);
      continue;
    }
    const changed = { ...object, metadata: { ...object.metadata, [field]: labels } };
    const updated =
      how.value === 'client' ? { ok: true as const, value: changed } : api.update(resource, namespace, changed, { dryRun: how.value === 'server' });
    if (!updated.ok) status = yield* refuse(context, updated.error);
    else status = (yield* show(context, updated.value, resource, `${verb}${dryRunNote(how.value)}`)) || status;
  }
  return status;
}

export function* setSchedulable(context: Context, verb: 'cordon' | 'uncordon'): Sys<number> {
  const { flags, api, p } = context;
  if (flags.args.length === 0 && !flags.has('selector')) return yield* fail(context, `USAGE: ${verb} NODE [flags]`, 'usage');
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  const objects = yield* objectsOf(context, ['nodes', ...flags.args]);
  if (typeof objects === 'number') return objects;
  let { status } = objects;
  for (const { resource, object } of objects.found) {
    const { name } = object.metadata;
    if (((object as Node).spec.unschedulable ?? false) === (verb === 'cordon')) {
      yield* p.print(`node/${name} already ${verb}ed${dryRunNote(how.value)}\n`);
      continue;
    }
    const patch = { spec: { unschedulable: verb === 'cordon' ? true : null } };
    const updated =
      how.value === 'client' ? { ok: true as const } : api.patch(resource, undefined, name, 'strategic', patch, { dryRun: how.value === 'server' });
    if (!updated.ok) status = yield* refuse(context, updated.error);
    else yield* p.print(`node/${name} ${verb}ed${dryRunNote(how.value)}\n`);
  }
  return status;
}
