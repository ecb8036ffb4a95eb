/** From what a user sent to a deployment the API stores: defaults and validation (pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation). */
import { z } from 'zod';
import { ok, type Rng } from '../base/index.ts';
import type { ApiResult, Deployment, PodSpec } from '../commands/index.ts';
import { checkLabels, checkSubdomain, randomUid } from './names.ts';
import { admitPod, fillTemplate } from './pod-admission.ts';
import { badRequest, invalid, invalidObject, required, type FieldError } from './status.ts';

const strings = z.record(z.string(), z.string());
const sentDeployment = z.looseObject({
  metadata: z.looseObject({ name: z.string().default(''), labels: strings.optional(), annotations: strings.optional() }),
  spec: z.looseObject({
    replicas: z.int().optional(),
    selector: z.looseObject({ matchLabels: strings.optional() }).optional(),
    template: z.looseObject({ metadata: z.looseObject({ labels: strings.optional() }).default({}), spec: z.looseObject({}).default({}) }).optional(),
    strategy: z.looseObject({ type: z.string().optional() }).optional(),
  }),
});

export function admitDeployment(sent: unknown, namespace: string, now: string, rng: Rng): ApiResult<Deployment> {
  const decoded = sentDeployment.safeParse(sent);
  if (!decoded.success)
    return badRequest(
      `Deployment in version "v1" cannot be handled as a Deployment: json: ${decoded.error.issues[0]?.path.join('.')}: ${decoded.error.issues[0]?.message}`,
    );
  const { metadata, spec } = decoded.data;
  const { name } = metadata;
  const errors: FieldError[] = [...checkSubdomain('metadata.name', name), ...checkLabels('metadata.labels', metadata.labels ?? {})];
  const selector = spec.selector?.matchLabels ?? {};
  const labels = spec.template?.metadata.labels ?? {};
  if (spec.replicas !== undefined && spec.replicas < 0) errors.push(invalid('spec.replicas', spec.replicas, 'must be greater than or equal to 0'));
  if (spec.selector === undefined) errors.push(required('spec.selector'));
  else if (Object.keys(selector).length === 0) errors.push(invalid('spec.selector', {}, 'empty selector is invalid for deployment'));
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value))
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
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
  if (errors.length > 0) return invalidObject('Deployment', name, errors);
  const isRecreate = spec.strategy?.type === 'Recreate';
  return ok({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, name, namespace, uid: randomUid(rng), resourceVersion: '', creationTimestamp: now, generation: 1 },
    spec: {
      ...(spec as object),
      progressDeadlineSeconds: 600,
      replicas: spec.replicas ?? 1,
      revisionHistoryLimit: 10,
      selector: { matchLabels: selector },
      strategy: isRecreate ? { type: 'Recreate' } : { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' }, type: 'RollingUpdate' },
      template: { metadata: { ...spec.template?.metadata, labels }, spec: fillTemplate((spec.template?.spec ?? { containers: [] }) as unknown as PodSpec) },
    },
    status: {},
  } as Deployment);
}
