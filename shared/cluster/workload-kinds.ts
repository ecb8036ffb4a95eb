/** Daemon sets, stateful sets and jobs as the API takes them (pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go and their validation). */
import type { Rng } from '../base/index.ts';
import type { ApiResource, ApiResult, KubeObject } from '../commands/index.ts';
import { DAEMONSETS, DEPLOYMENTS, JOBS, STATEFULSETS } from './resources.ts';
import { invalid, required, unsupported, type FieldError } from './status.ts';
import { admitDeployment, admitWorkload, type SentWorkload, type WorkloadRules } from './workload-admission.ts';

type Spec = SentWorkload['spec'];
const number = (spec: Spec, field: string): number | undefined => {
  const value = spec[field];
  return typeof value === 'number' ? value : undefined;
};
const notNegative = (spec: Spec, ...fields: readonly string[]): readonly FieldError[] =>
  fields.flatMap((field) => {
    const value = number(spec, field);
    return value !== undefined && value < 0 ? [invalid(`spec.${field}`, value, 'must be greater than or equal to 0')] : [];
  });
const restartPolicyOf = (spec: Spec): string => {
  const given = spec.template?.spec['restartPolicy'];
  return typeof given === 'string' ? given : 'Always';
};
const onlyAlways = (spec: Spec): readonly FieldError[] =>
  restartPolicyOf(spec) === 'Always' ? [] : [unsupported('spec.template.spec.restartPolicy', restartPolicyOf(spec), ['Always'])];

const DAEMON_SET: WorkloadRules = {
  kind: 'DaemonSet',
  apiVersion: 'apps/v1',
  check: onlyAlways,
  fill: (spec) => ({
    revisionHistoryLimit: number(spec, 'revisionHistoryLimit') ?? 10,
    updateStrategy:
      (spec['updateStrategy'] as { readonly type?: string } | undefined)?.type === 'OnDelete'
        ? { type: 'OnDelete' }
        : { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' },
  }),
  status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
};

const STATEFUL_SET: WorkloadRules = {
  kind: 'StatefulSet',
  apiVersion: 'apps/v1',
  check: onlyAlways,
  lacks: (spec) =>
    Array.isArray(spec['volumeClaimTemplates']) && spec['volumeClaimTemplates'].length > 0
      ? 'volumes that outlive pods (volumeClaimTemplates); an emptyDir in the template is'
      : undefined,
  fill: (spec) => ({
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    podManagementPolicy: spec['podManagementPolicy'] ?? 'OrderedReady',
    replicas: spec.replicas ?? 1,
    revisionHistoryLimit: number(spec, 'revisionHistoryLimit') ?? 10,
    serviceName: spec['serviceName'] ?? '',
    updateStrategy: spec['updateStrategy'] ?? { rollingUpdate: { partition: 0 }, type: 'RollingUpdate' },
  }),
  status: { availableReplicas: 0, replicas: 0 },
};

const UNIQUE = 'batch.kubernetes.io/controller-uid';
/** Its pods are found by its identity; it sets that itself. */
function withOwnLabels(sent: SentWorkload, uid: string): SentWorkload {
  const { metadata, spec } = sent;
  if (spec['manualSelector'] === true) return sent;
  const own = { [UNIQUE]: uid, 'batch.kubernetes.io/job-name': metadata.name, 'controller-uid': uid, 'job-name': metadata.name };
  const template = spec.template ?? { metadata: {}, spec: {} };
  const labels = { ...template.metadata.labels, ...own };
  return { ...sent, spec: { ...spec, selector: { matchLabels: { [UNIQUE]: uid } }, template: { ...template, metadata: { ...template.metadata, labels } } } };
}
const JOB: WorkloadRules = {
  kind: 'Job',
  apiVersion: 'batch/v1',
  prepare: withOwnLabels,
  check: (spec) => [
    ...notNegative(spec, 'parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'),
    ...(spec.template === undefined ? [required('spec.template')] : []),
    ...(['OnFailure', 'Never'].includes(restartPolicyOf(spec))
      ? []
      : [unsupported('spec.template.spec.restartPolicy', restartPolicyOf(spec), ['OnFailure', 'Never'])]),
  ],
  lacks: (spec) =>
    spec['completionMode'] === 'Indexed' ? 'jobs whose pods are numbered (completionMode: Indexed)' : spec['podFailurePolicy'] ? 'podFailurePolicy' : undefined,
  fill: (spec) => ({
    backoffLimit: number(spec, 'backoffLimit') ?? 6,
    completionMode: 'NonIndexed',
    // without either it is one pod
    ...(number(spec, 'completions') === undefined && number(spec, 'parallelism') === undefined ? { completions: 1 } : {}),
    manualSelector: spec['manualSelector'] ?? false,
    parallelism: number(spec, 'parallelism') ?? 1,
    podReplacementPolicy: 'TerminatingOrFailed',
    suspend: spec['suspend'] ?? false,
  }),
  status: {},
};

type Admit = (sent: unknown, namespace: string, now: string, rng: Rng) => ApiResult<KubeObject>;
const admitted =
  (rules: WorkloadRules): Admit =>
  (...given) =>
    admitWorkload(rules, ...given);
/** How each kind is taken. */
export const WORKLOADS: ReadonlyMap<ApiResource, Admit> = new Map([
  [DEPLOYMENTS, admitDeployment],
  [DAEMONSETS, admitted(DAEMON_SET)],
  [STATEFULSETS, admitted(STATEFUL_SET)],
  [JOBS, admitted(JOB)],
]);
