/** kubectl drain (k8s.io/kubectl/pkg/drain): cordons a node and moves away what can be moved. */
import type { Sys } from '../../shell/index.ts';
import { DRY_RUN, dryRunNote, dryRunOf, fail, findResource, GLOBAL_FLAGS, refuse, SELECTOR, type Command, type Context } from './context.ts';
import { setSchedulable } from './node-verbs.ts';
import type { Pod } from './objects.ts';

export const DRAIN: Command = {
  name: 'drain',
  usage: 'NODE [options]',
  summary: 'Drain node in preparation for maintenance',
  flags: [
    ...GLOBAL_FLAGS,
    DRY_RUN,
    SELECTOR,
    { name: 'ignore-daemonsets', kind: 'bool', usage: 'Ignore DaemonSet-managed pods.' },
    { name: 'force', kind: 'bool', usage: 'Continue even if there are pods that do not declare a controller.' },
    { name: 'delete-emptydir-data', kind: 'bool', usage: 'Continue even if there are pods using emptyDir.' },
    { name: 'grace-period', kind: 'int', usage: 'Period of time in seconds given to each pod to terminate gracefully.' },
    { name: 'timeout', kind: 'duration', usage: 'The length of time to wait before giving up, zero means infinite' },
  ],
  run: drain,
};

function* drain(context: Context): Sys<number> {
  const { flags, api, p } = context;
  if (flags.args.length === 0) return yield* fail(context, `USAGE: drain NODE [flags]`, 'usage');
  const how = dryRunOf(flags);
  if (!how.ok) return yield* fail(context, how.error);
  const cordoned = yield* setSchedulable(context, 'cordon');
  if (cordoned !== 0) return cordoned;
  const resource = findResource(api, 'pods')!;
  for (const node of flags.args) {
    const all = api.list(resource, undefined, { fieldSelector: `spec.nodeName=${node}` });
    if (!all.ok) return yield* refuse(context, all.error);
    const ownerOf = (pod: Pod): string | undefined => pod.metadata.ownerReferences?.find((one) => one.controller)?.kind;
    const names = (pods: readonly Pod[]): string => pods.map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`).join(', ');
    // the pods of static files are mirrors: they are left alone
    const pods = (all.value as readonly Pod[]).filter((pod) => ownerOf(pod) !== 'Node');
    const daemons = pods.filter((pod) => ownerOf(pod) === 'DaemonSet');
    const single = pods.filter((pod) => ownerOf(pod) === undefined && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
    // in the order in which the pods are met, each reason once
    const reasonOf = (pod: Pod): string | undefined =>
      daemons.includes(pod) && !flags.bool('ignore-daemonsets')
        ? 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)'
        : single.includes(pod) && !flags.bool('force')
          ? 'cannot delete cannot delete Pods that declare no controller (use --force to override)'
          : undefined;
    const reasons = new Map<string, Pod[]>();
    for (const pod of pods) {
      const reason = reasonOf(pod);
      if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), pod]);
    }
    const problems = [...reasons].map(([reason, held]) => `${reason}: ${names(held)}`);
    yield* p.flush();
    if (problems.length > 0) {
      const text = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
      yield* p.error(`error: unable to drain node "${node}" due to error: ${text}, continuing command...\n`);
      yield* p.error(`There are pending nodes to be drained:\n ${node}\n${problems.join('\n')}\n`);
      return 1;
    }
    const warnings = [
      ...(daemons.length > 0 ? [`ignoring DaemonSet-managed Pods: ${names(daemons)}`] : []),
      ...(single.length > 0 ? [`deleting Pods that declare no controller: ${names(single)}`] : []),
    ];
    if (warnings.length > 0) yield* p.error(`Warning: ${warnings.join('; ')}\n`);
    const leaving = pods.filter((pod) => !daemons.includes(pod));
    if (how.value === 'none') yield* evict(context, leaving);
    else for (const { metadata } of leaving) yield* p.print(`evicting pod ${metadata.namespace}/${metadata.name}${dryRunNote(how.value)}\n`);
    yield* p.print(`node/${node} drained${dryRunNote(how.value)}\n`);
  }
  return 0;
}

function* evict(context: Context, pods: readonly Pod[]): Sys {
  const { api, p, flags } = context;
  const resource = findResource(api, 'pods')!;
  const grace = flags.int('grace-period');
  for (const { metadata } of pods) {
    yield* p.print(`evicting pod ${metadata.namespace}/${metadata.name}\n`);
    api.delete(resource, metadata.namespace, metadata.name, grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace });
  }
  yield* p.flush();
  for (const { metadata } of pods) {
    const isThere = (): boolean => {
      const found = api.get(resource, metadata.namespace, metadata.name);
      return found.ok && found.value.metadata.uid === metadata.uid;
    };
    while (isThere()) yield* p.sleep(50_000);
    yield* p.print(`pod/${metadata.name} evicted\n`);
    yield* p.flush();
  }
}
