/** kubectl wait: until something has become so. */
import type { Sys } from '../../shell/index.ts';
import type { ApiResource } from './api.ts';
import {
  ALL,
  ALL_NAMESPACES,
  fail,
  FIELD_SELECTOR,
  FILENAME,
  GLOBAL_FLAGS,
  namespaceOf,
  NO_RESOURCES,
  OUTPUT,
  parseTargets,
  refuse,
  SELECTOR,
  type Command,
  type Context,
} from './context.ts';
import { parseJsonPath } from './jsonpath.ts';
import { show } from './make.ts';
import { readManifests } from './manifest.ts';
import type { Condition, KubeObject } from './objects.ts';
import type { Data } from './yaml-text.ts';

export const WAIT: Command = {
  name: 'wait',
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  summary: 'Experimental: Wait for a specific condition on one or many resources',
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT,
    ALL_NAMESPACES,
    FIELD_SELECTOR,
    FILENAME,
    {
      name: 'for',
      kind: 'array',
      usage: "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]].",
    },
    { name: 'timeout', kind: 'duration', usage: 'The length of time to wait before giving up.' },
    SELECTOR,
    ALL,
  ],
  run: wait,
};

type Test = (object: KubeObject | undefined) => boolean;

function testOf(what: string): Test | string {
  if (what === 'delete') return (object) => object === undefined;
  if (what === 'create') return (object) => object !== undefined;
  const condition = /^condition=([^=]+)(?:=(.*))?$/i.exec(what);
  if (condition) {
    const wanted = (condition[2] ?? 'true').toLowerCase();
    return (object) => {
      const { conditions = [] } = (object as { readonly status?: { readonly conditions?: readonly Condition[] } } | undefined)?.status ?? {};
      return conditions.some((one) => one.type.toLowerCase() === condition[1]?.toLowerCase() && one.status.toLowerCase() === wanted);
    };
  }
  const path = /^jsonpath=(.*?\})(?:=(.*))?$/s.exec(what) ?? /^jsonpath=([^=]+)(?:=(.*))?$/s.exec(what);
  if (!path) return `unrecognized condition: ${JSON.stringify(what)}`;
  const compiled = parseJsonPath(path[1]!.replaceAll(/^'|'$/g, ''));
  if (!compiled.ok) return compiled.error;
  const value = path[2]?.replaceAll(/^["']|["']$/g, '');
  return (object) => {
    if (!object) return false;
    const found = compiled.value.values(object as unknown as Data);
    return (
      found.ok &&
      found.value.length > 0 &&
      (value === undefined || found.value.every((one) => (typeof one === 'object' ? JSON.stringify(one) : `${one}`) === value))
    );
  };
}

interface Awaited {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
}

function* wait(context: Context): Sys<number> {
  const { api, flags, p } = context;
  const what = flags.string('for') ?? '';
  const isMet = testOf(what);
  if (typeof isMet === 'string') return yield* fail(context, isMet);
  const objects = yield* awaited(context);
  if (typeof objects === 'number') return objects;
  const untilUs = p.nowUs + Math.max(0, flags.seconds('timeout') ?? 30) * 1_000_000;
  for (const { resource, namespace, name } of objects) {
    let last: KubeObject | undefined;
    for (let isFirst = true; ; isFirst = false) {
      const found = api.get(resource, namespace, name);
      if (found.ok) last = found.value;
      // nothing is said of what was gone before it was waited for
      if (isFirst && !found.ok && what === 'delete') break;
      if (isMet(found.ok ? found.value : undefined)) {
        if (last) yield* show(context, last, resource, 'condition met');
        break;
      }
      if (!found.ok && what !== 'create') return yield* refuse(context, found.error);
      if (p.nowUs >= untilUs) return yield* fail(context, `timed out waiting for the condition on ${resource.name}/${name}`);
      yield* p.sleep(50_000);
    }
    yield* p.flush();
  }
  return 0;
}

function* awaited(context: Context): Sys<readonly Awaited[] | number> {
  const { api, flags } = context;
  if (flags.has('filename')) {
    const manifests = yield* readManifests(context, flags.all('filename'));
    if (typeof manifests === 'string') return yield* fail(context, manifests);
    return manifests.map((one) => ({
      resource: one.resource,
      namespace: one.resource.isNamespaced ? (one.namespace ?? namespaceOf(context)) : undefined,
      name: one.name,
    }));
  }
  if (flags.args.length === 0) return yield* fail(context, NO_RESOURCES);
  const targets = parseTargets(api, flags.args);
  if (!targets.ok) return yield* fail(context, targets.error);
  const objects: Awaited[] = [];
  for (const target of targets.value) {
    const { resource } = target;
    const namespace = resource.isNamespaced ? namespaceOf(context) : undefined;
    if (target.kind === 'object') {
      objects.push({ resource, namespace, name: target.name });
      continue;
    }
    const [label, field] = [flags.string('selector'), flags.string('field-selector')];
    if (label === undefined && field === undefined && !flags.bool('all')) return yield* fail(context, 'resource(s) were provided, but no name was specified');
    const wanted = { ...(label === undefined ? {} : { labelSelector: label }), ...(field === undefined ? {} : { fieldSelector: field }) };
    const all = api.list(resource, flags.bool('all-namespaces') ? undefined : namespace, wanted);
    if (!all.ok) return yield* refuse(context, all.error);
    objects.push(...all.value.map(({ metadata }) => ({ resource, namespace: metadata.namespace, name: metadata.name })));
  }
  if (objects.length === 0) return yield* fail(context, 'no matching resources found');
  return objects;
}
