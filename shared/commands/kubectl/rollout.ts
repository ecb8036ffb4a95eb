/** kubectl rollout status and restart, wait: until something has become so. */
import type { Sys } from '../../shell/index.ts';
import { fail, GLOBAL_FLAGS, namespaceOf, parseTargets, refuse, type Command, type Context } from './context.ts';
import { onlyTarget } from './create-kinds.ts';
import type { Deployment } from './objects-apps.ts';
import type { Condition, KubeObject } from './objects.ts';
import type { ApiResource } from './api.ts';
import { kindName } from './print.ts';
import { formatTime } from './time.ts';

export const ROLLOUT_STATUS: Command = {
  name: 'rollout status',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  summary: 'Show the status of the rollout',
  flags: [...GLOBAL_FLAGS, { name: 'timeout', kind: 'duration', usage: 'The length of time to wait before ending watch, zero means never.' }],
  *run(context) {
    const { api, p, flags } = context;
    const target = yield* onlyTarget(context);
    if (typeof target === 'number') return target;
    if (target.resource.name !== 'deployments') return yield* fail(context, `no status viewer has been implemented for ${target.resource.kind}`);
    const untilUs = p.nowUs + (flags.seconds('timeout') ?? 86_400) * 1_000_000;
    let said = '';
    for (;;) {
      const found = api.get(target.resource, namespaceOf(context), target.name);
      if (!found.ok) return yield* refuse(context, found.error);
      const { words, isDone } = progressOf(found.value as Deployment);
      if (words !== said) yield* p.print(words);
      said = words;
      if (isDone) return 0;
      if (p.nowUs >= untilUs) return yield* fail(context, 'timed out waiting for the condition');
      yield* p.flush();
      yield* p.sleep(100_000);
    }
  },
};

function progressOf({ metadata: { name, generation = 1 }, spec, status }: Deployment): { readonly words: string; readonly isDone: boolean } {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  const waiting = (what: string): { readonly words: string; readonly isDone: boolean } => ({
    words: `Waiting for deployment "${name}" rollout to finish: ${what}...\n`,
    isDone: false,
  });
  if (generation > (status.observedGeneration ?? 0)) return { words: 'Waiting for deployment spec update to be observed...\n', isDone: false };
  if (updatedReplicas < spec.replicas) return waiting(`${updatedReplicas} out of ${spec.replicas} new replicas have been updated`);
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas) return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  return { words: `deployment "${name}" successfully rolled out\n`, isDone: true };
}

export const ROLLOUT_RESTART: Command = {
  name: 'rollout restart',
  usage: 'RESOURCE [options]',
  summary: 'Restart a resource',
  flags: GLOBAL_FLAGS,
  *run(context) {
    const { api, p } = context;
    const target = yield* onlyTarget(context);
    if (typeof target === 'number') return target;
    const found = api.get(target.resource, namespaceOf(context), target.name);
    if (!found.ok) return yield* refuse(context, found.error);
    if (target.resource.name !== 'deployments') return yield* fail(context, `${target.resource.name} "${target.name}" restarting is not supported`);
    const object = found.value as Deployment;
    const { template } = object.spec;
    const annotations = { ...template.metadata.annotations, 'kubectl.kubernetes.io/restartedAt': formatTime(p.unixUs) };
    const spec = { ...object.spec, template: { ...template, metadata: { ...template.metadata, annotations } } };
    const updated = api.update(target.resource, namespaceOf(context), { ...object, spec });
    if (!updated.ok) return yield* refuse(context, updated.error);
    yield* p.print(`${kindName(target.resource, object)}/${target.name} restarted\n`);
    return 0;
  },
};

export const WAIT: Command = {
  name: 'wait',
  usage: '([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available] [options]',
  summary: 'Experimental: Wait for a specific condition on one or many resources',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'for', kind: 'string', usage: 'The condition to wait on: [create|delete|condition=condition-name[=condition-value]].' },
    { name: 'timeout', kind: 'duration', usage: 'The length of time to wait before giving up.' },
    { name: 'selector', short: 'l', kind: 'string', usage: 'Selector (label query) to filter on.' },
    { name: 'all', kind: 'bool', usage: 'Select all resources in the namespace of the specified resource types' },
  ],
  run: wait,
};

function* wait(context: Context): Sys<number> {
  const { api, flags, p } = context;
  const what = flags.string('for') ?? '';
  const match = /^condition=([^=]+)(?:=(.*))?$/i.exec(what);
  if (what !== 'delete' && what !== 'create' && !match) return yield* fail(context, `unrecognized condition: "${what}"`);
  const objects = yield* objectsOf(context);
  if (typeof objects === 'number') return objects;
  const untilUs = p.nowUs + (flags.seconds('timeout') ?? 30) * 1_000_000;
  for (const { resource, name } of objects) {
    const kind = resource.group === '' ? resource.singular : `${resource.singular}.${resource.group}`;
    const isMet = (object: KubeObject | undefined): boolean => {
      if (what === 'delete') return object === undefined;
      if (what === 'create') return object !== undefined;
      const conditions = (object as { readonly status?: { readonly conditions?: readonly Condition[] } } | undefined)?.status?.conditions ?? [];
      const wanted = (match?.[2] ?? 'true').toLowerCase();
      return conditions.some((one) => one.type.toLowerCase() === match?.[1]?.toLowerCase() && one.status.toLowerCase() === wanted);
    };
    for (;;) {
      const found = api.get(resource, resource.isNamespaced ? namespaceOf(context) : undefined, name);
      if (isMet(found.ok ? found.value : undefined)) break;
      if (!found.ok && what !== 'create') return yield* refuse(context, found.error);
      if (p.nowUs >= untilUs) return yield* fail(context, `timed out waiting for the condition on ${resource.name}/${name}`);
      yield* p.sleep(50_000);
    }
    yield* p.print(`${kind}/${name} condition met\n`);
    yield* p.flush();
  }
  return 0;
}

function* objectsOf(context: Context): Sys<readonly { readonly resource: ApiResource; readonly name: string }[] | number> {
  const { api, flags } = context;
  if (flags.args.length === 0) return yield* fail(context, 'arguments in resource/name form must have a single resource and name');
  const targets = parseTargets(api, flags.args);
  if (!targets.ok) return yield* fail(context, targets.error);
  const objects: { readonly resource: ApiResource; readonly name: string }[] = [];
  for (const target of targets.value) {
    if (target.kind === 'object') {
      objects.push(target);
      continue;
    }
    const selector = flags.string('selector');
    if (selector === undefined && !flags.bool('all')) return yield* fail(context, 'resource(s) were provided, but no name was specified');
    const all = api.list(target.resource, namespaceOf(context), selector === undefined ? {} : { labelSelector: selector });
    if (!all.ok) return yield* refuse(context, all.error);
    objects.push(...all.value.map((object) => ({ resource: target.resource, name: object.metadata.name })));
  }
  if (objects.length === 0) return yield* fail(context, 'no matching resources found');
  return objects;
}
