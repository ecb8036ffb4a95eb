/** kubectl rollout: status, history, undo, restart, pause, resume. */
import type { Sys } from '../../shell/index.ts';
import {
  DRY_RUN,
  dryRunNote,
  dryRunOf,
  fail,
  FILENAME,
  findResource,
  GLOBAL_FLAGS,
  objectsOf,
  OUTPUT,
  refuse,
  SELECTOR,
  type Command,
  type Context,
  type Found,
} from './context.ts';
import { chosen } from './change.ts';
import { template } from './describe-apps.ts';
import { show } from './make.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from './objects-apps.ts';
import { kindName } from './print.ts';
import { alignTabs, DESCRIBE_TABS } from './tabwriter.ts';
import { formatTime } from './time.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';
const FLAGS = [...GLOBAL_FLAGS, FILENAME, SELECTOR];

export const ROLLOUT_STATUS: Command = {
  name: 'rollout status',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  summary: 'Show the status of the rollout',
  flags: [
    ...FLAGS,
    { name: 'timeout', kind: 'duration', usage: 'The length of time to wait before ending watch, zero means never.' },
    { name: 'watch', short: 'w', kind: 'bool', usage: "Watch the status of the rollout until it's done." },
    { name: 'revision', kind: 'int', usage: 'Pin to a specific revision for showing its status.' },
  ],
  *run(context) {
    const { p, api, flags } = context;
    if (flags.args.length === 0 && !flags.has('filename')) return yield* fail(context, 'required resource not specified');
    const objects = yield* chosen(context, flags.args);
    if (typeof objects === 'number') return objects;
    const untilUs = p.nowUs + (flags.seconds('timeout') ?? 86_400) * 1_000_000;
    for (const { resource, namespace, object } of objects.found) {
      if (!['deployments', 'daemonsets', 'statefulsets'].includes(resource.name))
        return yield* fail(context, `no status viewer has been implemented for ${resource.kind}`);
      let said = '';
      for (;;) {
        const found = api.get(resource, namespace, object.metadata.name);
        if (!found.ok) return yield* refuse(context, found.error);
        const { words, isDone } =
          resource.name === 'daemonsets'
            ? daemonProgress(found.value as DaemonSet)
            : resource.name === 'statefulsets'
              ? statefulProgress(found.value as StatefulSet)
              : progressOf(found.value as Deployment);
        if (words !== said) yield* p.print(words);
        said = words;
        if (isDone) break;
        if (flags.has('watch') && !flags.bool('watch')) break;
        if (p.nowUs >= untilUs) return yield* fail(context, 'timed out waiting for the condition');
        yield* p.flush();
        yield* p.sleep(100_000);
      }
    }
    return objects.status;
  },
};

interface Progress {
  readonly words: string;
  readonly isDone: boolean;
}
const waiting = (kind: string, name: string, what: string): Progress => ({
  words: `Waiting for ${kind} "${name}" rollout to finish: ${what}...\n`,
  isDone: false,
});
function progressOf({ metadata: { name, generation = 1 }, spec, status }: Deployment): Progress {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  if (generation > (status.observedGeneration ?? 0)) return { words: 'Waiting for deployment spec update to be observed...\n', isDone: false };
  if (updatedReplicas < spec.replicas) return waiting('deployment', name, `${updatedReplicas} out of ${spec.replicas} new replicas have been updated`);
  if (replicas > updatedReplicas) return waiting('deployment', name, `${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas) return waiting('deployment', name, `${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  return { words: `deployment "${name}" successfully rolled out\n`, isDone: true };
}
function daemonProgress({ metadata: { name, generation = 1 }, status }: DaemonSet): Progress {
  if (generation > (status.observedGeneration ?? 0)) return { words: 'Waiting for daemon set spec update to be observed...\n', isDone: false };
  const { updatedNumberScheduled: updated, desiredNumberScheduled: wanted, numberAvailable: available } = status;
  if (updated < wanted) return waiting('daemon set', name, `${updated} out of ${wanted} new pods have been updated`);
  if (available < wanted) return waiting('daemon set', name, `${available} of ${wanted} updated pods are available`);
  return { words: `daemon set "${name}" successfully rolled out\n`, isDone: true };
}

function statefulProgress({ metadata: { generation = 1 }, spec, status }: StatefulSet): Progress {
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0 } = status;
  const wait = (words: string): Progress => ({ words: `${words}...\n`, isDone: false });
  if (spec.updateStrategy.type !== 'RollingUpdate') return wait('rollout status is only available for RollingUpdate strategy type');
  if (generation > (status.observedGeneration ?? 0)) return wait('Waiting for statefulset spec update to be observed');
  if (ready < spec.replicas) return wait(`Waiting for ${spec.replicas - ready} pods to be ready`);
  // a partition of 0 is one too
  if (updated < spec.replicas) return wait(`Waiting for partitioned roll out to finish: ${updated} out of ${spec.replicas} new pods have been updated`);
  return { words: `partitioned roll out complete: ${updated} new pods have been updated...\n`, isDone: true };
}

/** The objects that a rollout command is about; without words it says so in its own way. */
function* rolled(context: Context): Sys<{ readonly found: readonly Found[]; readonly status: number } | number> {
  const { flags } = context;
  if (flags.args.length === 0 && !flags.has('filename')) return yield* fail(context, 'required resource not specified');
  return flags.has('filename') ? yield* chosen(context, flags.args) : yield* objectsOf(context);
}

/** A deployment's replica sets by their revision. */
function revisionsOf(context: Context, deployment: Deployment): ReadonlyMap<number, ReplicaSet> {
  const all = context.api.list(findResource(context.api, 'replicasets')!, deployment.metadata.namespace, {});
  const own = (all.ok ? (all.value as readonly ReplicaSet[]) : []).filter((set) =>
    set.metadata.ownerReferences?.some((one) => one.uid === deployment.metadata.uid),
  );
  return new Map(own.map((set) => [Number(set.metadata.annotations?.[REVISION] ?? 0), set] as const).sort(([a], [b]) => a - b));
}
const templateText = (set: ReplicaSet): string => template(set.spec.template);

export const ROLLOUT_HISTORY: Command = {
  name: 'rollout history',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  summary: 'View rollout history',
  flags: [...FLAGS, OUTPUT, { name: 'revision', kind: 'int', usage: 'See the details, including podTemplate of the revision specified' }],
  *run(context) {
    const { p, flags } = context;
    const objects = yield* rolled(context);
    if (typeof objects === 'number') return objects;
    for (const { resource, object } of objects.found) {
      const { name } = object.metadata;
      if (resource.name === 'daemonsets')
        return yield* fail(
          context,
          `unable to find history controlled by DaemonSet ${name}: the server could not find the requested resource (get controllerrevisions.apps)`,
        );
      if (resource.name !== 'deployments') return yield* fail(context, `no history viewer has been implemented for {"${resource.group}" "${resource.kind}"}`);
      const revisions = revisionsOf(context, object as Deployment);
      const title = `${kindName(resource, object)}/${name}`;
      const wanted = flags.int('revision') ?? 0;
      if (wanted > 0) {
        const set = revisions.get(wanted);
        if (!set) return yield* fail(context, 'unable to find the specified revision');
        yield* p.print(`${title} with revision #${wanted}\n${templateText(set)}\n`);
        continue;
      }
      const rows = [...revisions].map(([revision, set]) => `${revision}\t${set.metadata.annotations?.[CAUSE] ?? '<none>'}\n`);
      yield* p.print(`${title} \n${alignTabs(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`, DESCRIBE_TABS)}\n`);
    }
    return objects.status;
  },
};

export const ROLLOUT_UNDO: Command = {
  name: 'rollout undo',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  summary: 'Undo a previous rollout',
  flags: [...FLAGS, OUTPUT, DRY_RUN, { name: 'to-revision', kind: 'int', usage: 'The revision to rollback to. Default to 0 (last revision).' }],
  *run(context) {
    const { p, api, flags } = context;
    const how = dryRunOf(flags);
    if (!how.ok) return yield* fail(context, how.error);
    const objects = yield* rolled(context);
    if (typeof objects === 'number') return objects;
    for (const { resource, namespace, object } of objects.found) {
      if (resource.name !== 'deployments') return yield* fail(context, `no rollbacker has been implemented for "${resource.kind}"`);
      const deployment = object as Deployment;
      const revisions = [...revisionsOf(context, deployment)];
      const wanted = flags.int('to-revision') ?? 0;
      const [, set] = (wanted === 0 ? revisions.at(-2) : revisions.find(([revision]) => revision === wanted)) ?? [];
      if (!set)
        return yield* fail(
          context,
          wanted === 0 ? `no rollout history found for deployment "${object.metadata.name}"` : `unable to find specified revision ${wanted} in history`,
        );
      if ((deployment.spec as { readonly paused?: boolean }).paused)
        return yield* fail(context, `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`);
      const title = `${kindName(resource, object)}/${object.metadata.name}`;
      if (how.value === 'client') {
        yield* p.print(`${title} ${templateText(set)} (dry run)\n`);
        continue;
      }
      const { 'pod-template-hash': _, ...labels } = set.spec.template.metadata.labels ?? {};
      const old = { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels } };
      if (wanted !== 0 && JSON.stringify(old.spec) === JSON.stringify(deployment.spec.template.spec)) {
        yield* p.print(`${title} skipped rollback (current template already matches revision ${wanted})\n`);
        continue;
      }
      const cause = set.metadata.annotations?.[CAUSE];
      const annotations = { ...deployment.metadata.annotations, ...(cause === undefined ? {} : { [CAUSE]: cause }) };
      const patch = [
        { op: 'replace', path: '/spec/template', value: old },
        { op: 'replace', path: '/metadata/annotations', value: annotations },
      ];
      const changed = api.patch(resource, namespace, object.metadata.name, 'json', patch, { dryRun: how.value === 'server' });
      if (!changed.ok) return yield* refuse(context, changed.error);
      yield* p.print(`${title} rolled back${dryRunNote(how.value)}\n`);
    }
    return objects.status;
  },
};

export const ROLLOUT_RESTART: Command = {
  name: 'rollout restart',
  usage: 'RESOURCE [options]',
  summary: 'Restart a resource',
  flags: [...FLAGS, OUTPUT],
  *run(context) {
    const { api, p } = context;
    const objects = yield* rolled(context);
    if (typeof objects === 'number') return objects;
    for (const { resource, namespace, object } of objects.found) {
      const { name } = object.metadata;
      if (resource.name !== 'deployments')
        return yield* fail(context, `${resource.name}${resource.group === '' ? '' : `.${resource.group}`} "${name}" restarting is not supported`);
      if (isPaused(object as Deployment)) return yield* fail(context, `deployments.apps "${name}" can't restart paused deployment (run rollout resume first)`);
      const annotations = { 'kubectl.kubernetes.io/restartedAt': formatTime(p.unixUs) };
      const changed = api.patch(resource, namespace, name, 'strategic', { spec: { template: { metadata: { annotations } } } });
      if (!changed.ok) return yield* refuse(context, changed.error);
      const status = yield* show(context, changed.value, resource, 'restarted');
      if (status !== 0) return status;
    }
    return objects.status;
  },
};
const isPaused = (deployment: Deployment): boolean => (deployment.spec as { readonly paused?: boolean }).paused ?? false;

const pausing = (verb: 'pause' | 'resume', past: string): Command => ({
  name: `rollout ${verb}`,
  usage: 'RESOURCE [options]',
  summary: verb === 'pause' ? 'Mark the provided resource as paused' : 'Resume a paused resource',
  flags: [...FLAGS, OUTPUT],
  *run(context) {
    const { api } = context;
    const objects = yield* rolled(context);
    if (typeof objects === 'number') return objects;
    for (const { resource, namespace, object } of objects.found) {
      const { name } = object.metadata;
      const title = `${resource.name}${resource.group === '' ? '' : `.${resource.group}`} "${name}"`;
      if (resource.name !== 'deployments') return yield* fail(context, `${title} ${verb === 'pause' ? 'pausing' : 'resuming'} is not supported`);
      if (isPaused(object as Deployment) === (verb === 'pause'))
        return yield* fail(context, verb === 'pause' ? `${title} is already paused` : `${title} is not paused`);
      const changed = api.patch(resource, namespace, name, 'strategic', { spec: { paused: verb === 'pause' ? true : null } });
      if (!changed.ok) return yield* refuse(context, changed.error);
      const status = yield* show(context, changed.value, resource, past);
      if (status !== 0) return status;
    }
    return objects.status;
  },
});
export const ROLLOUT_PAUSE = pausing('pause', 'paused');
export const ROLLOUT_RESUME = pausing('resume', 'resumed');
