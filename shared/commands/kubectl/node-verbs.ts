/** kubectl label, cordon, uncordon: small changes of an object. */
import type { Sys } from '../../shell/index.ts';
import { fail, findResource, GLOBAL_FLAGS, namespaceOf, parseTargets, refuse, type Command, type Context } from './context.ts';
import type { Node } from './objects.ts';
import { kindName } from './print.ts';

/** Labels and annotations are changed alike; `word` is what kubectl calls it. */
const marking = (field: 'labels' | 'annotations', word: 'label' | 'annotation', past: 'labeled' | 'annotated') =>
  function* (context: Context): Sys<number> {
    return yield* mark(context, field, word, past);
  };

export const LABEL: Command = {
  name: 'label',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  summary: 'Update the labels on a resource',
  flags: [...GLOBAL_FLAGS, { name: 'overwrite', kind: 'bool', usage: 'If true, allow labels to be overwritten.' }],
  run: marking('labels', 'label', 'labeled'),
};
export const ANNOTATE: Command = {
  name: 'annotate',
  usage: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]',
  summary: 'Update the annotations on a resource',
  flags: [...GLOBAL_FLAGS, { name: 'overwrite', kind: 'bool', usage: 'If true, allow annotations to be overwritten.' }],
  run: marking('annotations', 'annotation', 'annotated'),
};
export const CORDON: Command = {
  name: 'cordon',
  usage: 'NODE [options]',
  summary: 'Mark node as unschedulable',
  flags: GLOBAL_FLAGS,
  run: (context) => setSchedulable(context, 'cordon'),
};
export const UNCORDON: Command = {
  name: 'uncordon',
  usage: 'NODE [options]',
  summary: 'Mark node as schedulable',
  flags: GLOBAL_FLAGS,
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
  if (words.length === 0) return yield* fail(context, 'one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.length === 0) return yield* fail(context, `at least one ${word} update is required`);
  const targets = parseTargets(api, words);
  if (!targets.ok) return yield* fail(context, targets.error);
  let status = 0;
  for (const target of targets.value) {
    if (target.kind === 'list') return yield* fail(context, 'resource(s) were provided, but no name was specified');
    const namespace = target.resource.isNamespaced ? namespaceOf(context) : undefined;
    const found = api.get(target.resource, namespace, target.name);
    if (!found.ok) {
      status = yield* refuse(context, found.error);
      continue;
    }
    const labels: Record<string, string> = { ...found.value.metadata[field] };
    let verb = `not ${past}`;
    for (const change of changes) {
      const equals = change.indexOf('=');
      const key = equals < 0 ? change.slice(0, -1) : change.slice(0, equals);
      const value = equals < 0 ? undefined : change.slice(equals + 1);
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
        return yield* fail(context, `'${key}' already has a value (${old}), and --overwrite is false`);
      }
      if (old !== value) verb = past;
      labels[key] = value;
    }
    const updated = api.update(target.resource, namespace, { ...found.value, metadata: { ...found.value.metadata, [field]: labels } });
    if (!updated.ok) status = yield* refuse(context, updated.error);
    else yield* p.print(`${kindName(target.resource, found.value)}/${target.name} ${verb}\n`);
  }
  return status;
}

export function* setSchedulable(context: Context, verb: 'cordon' | 'uncordon'): Sys<number> {
  const { flags, api, p } = context;
  if (flags.args.length === 0) return yield* fail(context, `USAGE: ${verb} NODE [flags]`, 'usage');
  const resource = findResource(api, 'nodes')!;
  let status = 0;
  for (const name of flags.args) {
    const found = api.get(resource, undefined, name);
    if (!found.ok) {
      status = yield* refuse(context, found.error);
      continue;
    }
    const node = found.value as Node;
    if ((node.spec.unschedulable ?? false) === (verb === 'cordon')) {
      yield* p.print(`node/${name} already ${verb}ed\n`);
      continue;
    }
    const { unschedulable: _, ...spec } = node.spec;
    const updated = api.update(resource, undefined, { ...node, spec: verb === 'cordon' ? { ...spec, unschedulable: true } : spec });
    if (!updated.ok) status = yield* refuse(context, updated.error);
    else yield* p.print(`node/${name} ${verb}ed\n`);
  }
  return status;
}
