/** From what a user sent to a workload, which has a template of pods, the API stores: defaults and validation (pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation). */
import { z } from 'zod';
import { ok, type Rng } from '../base/index.ts';
import type { ApiResult, Deployment, KubeObject, PodSpec } from '../commands/index.ts';
import { checkLabels, checkSubdomain, randomUid } from './names.ts';
import { admitPod, fillTemplate } from './pod-admission.ts';
import { badRequest, invalid, invalidObject, required, type FieldError } from './status.ts';

const strings = z.record(z.string(), z.string());
const workload = z.looseObject({
  metadata: z.looseObject({ name: z.string().default(''), labels: strings.optional(), annotations: strings.optional() }),
  spec: z.looseObject({
    replicas: z.int().optional(),
    selector: z.looseObject({ matchLabels: strings.optional() }).optional(),
    template: z.looseObject({ metadata: z.looseObject({ labels: strings.optional() }).default({}), spec: z.looseObject({}).default({}) }).optional(),
    strategy: z.looseObject({ type: z.string().optional() }).optional(),
  }),
});
export type SentWorkload = z.infer<typeof workload>;

/** How a kind differs from the others that have a template of pods. */
export interface WorkloadRules {
  readonly kind: string;
  readonly apiVersion: string;
  /** Before it is checked: a job's own labels and selector. */
  readonly prepare?: (sent: SentWorkload, uid: string) => SentWorkload;
  readonly check?: (spec: SentWorkload['spec']) => readonly FieldError[];
  /** What is not modelled of it. */
  readonly lacks?: (spec: SentWorkload['spec']) => string | undefined;
  /** Fields with their defaults, beside selector and template. */
  readonly fill: (spec: SentWorkload['spec']) => object;
  readonly status: object;
}

export function admitWorkload(rules: WorkloadRules, object: unknown, namespace: string, now: string, rng: Rng): ApiResult<KubeObject> {
  const { kind, apiVersion } = rules;
  const decoded = workload.safeParse(object);
  if (!decoded.success)
    return badRequest(
      `${kind} in version "v1" cannot be handled as a ${kind}: json: ${decoded.error.issues[0]?.path.join('.')}: ${decoded.error.issues[0]?.message}`,
    );
  const earlyUid = rules.prepare ? randomUid(rng) : undefined;
  const sent = earlyUid === undefined ? decoded.data : rules.prepare!(decoded.data, earlyUid);
  const { metadata, spec } = sent;
  const { name } = metadata;
  const lack = rules.lacks?.(spec);
  if (lack !== undefined) return badRequest(`not modelled: ${lack}`);
  const errors: FieldError[] = [...checkSubdomain('metadata.name', name), ...checkLabels('metadata.labels', metadata.labels ?? {})];
  const selector = spec.selector?.matchLabels ?? {};
  const labels = spec.template?.metadata.labels ?? {};
  if (spec.replicas !== undefined && spec.replicas < 0) errors.push(invalid('spec.replicas', spec.replicas, 'must be greater than or equal to 0'));
  if (spec.selector === undefined) errors.push(required('spec.selector'));
  else if (Object.keys(selector).length === 0) errors.push(invalid('spec.selector', {}, `empty selector is invalid for ${kind.toLowerCase()}`));
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value))
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  errors.push(...(rules.check?.(spec) ?? []));
  const pod = admitPod({ metadata: { name: 'x', labels }, spec: spec.template?.spec ?? {} }, namespace, now, rng);
  if (!pod.ok) {
    if (!pod.error.invalid) return pod;
    errors.push(
      ...pod.error.invalid.causes.map((cause): FieldError => {
        const at = cause.indexOf(': ');
        return { field: `spec.template.${cause.slice(0, at)}`, text: cause.slice(at + 2) };
      }),
    );
  }
  if (errors.length > 0) return invalidObject(kind, name, errors);
  return ok({
    apiVersion,
    kind,
    metadata: { ...metadata, name, namespace, uid: earlyUid ?? randomUid(rng), resourceVersion: '', creationTimestamp: now, generation: 1 },
    spec: {
      ...(spec as object),
      ...rules.fill(spec),
      selector: { matchLabels: selector },
      template: { metadata: { ...spec.template?.metadata, labels }, spec: fillTemplate((spec.template?.spec ?? { containers: [] }) as unknown as PodSpec) },
    },
    status: rules.status,
  } as unknown as KubeObject);
}

const DEPLOYMENT: WorkloadRules = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  fill: ({ replicas = 1, strategy }) => ({
    progressDeadlineSeconds: 600,
    replicas,
    revisionHistoryLimit: 10,
    strategy: strategy?.type === 'Recreate' ? { type: 'Recreate' } : { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' }, type: 'RollingUpdate' },
  }),
  status: {},
};
export const admitDeployment = (sent: unknown, namespace: string, now: string, rng: Rng): ApiResult<Deployment> =>
  admitWorkload(DEPLOYMENT, sent, namespace, now, rng) as ApiResult<Deployment>;
