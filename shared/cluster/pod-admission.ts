/**
 * From what a user sent to a pod the API stores: decoding, defaults, validation (pkg/apis/core/v1/defaults.go, pkg/apis/core/validation), and
 * what the admission plugins ServiceAccount, DefaultTolerationSeconds and Priority add.
 */
import { z } from 'zod';
import { ok, type Rng } from '../base/index.ts';
import type { ApiResult, Container, Pod, PodSpec, Toleration } from '../commands/index.ts';
import { checkLabel, checkLabels, checkSubdomain, randomSuffix, randomUid } from './names.ts';
import { badRequest, duplicate, invalid, invalidObject, required, unsupported, type FieldError } from './status.ts';

const strings = z.record(z.string(), z.string());
const container = z.looseObject({
  name: z.string().default(''),
  image: z.string().default(''),
  imagePullPolicy: z.string().optional(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  workingDir: z.string().optional(),
  env: z.array(z.looseObject({ name: z.string().default(''), value: z.string().optional() })).optional(),
  ports: z
    .array(z.looseObject({ name: z.string().optional(), containerPort: z.int().default(0), hostPort: z.int().optional(), protocol: z.string().optional() }))
    .optional(),
  resources: z.looseObject({}).optional(),
  volumeMounts: z.array(z.looseObject({ name: z.string().default(''), mountPath: z.string().default(''), readOnly: z.boolean().optional() })).optional(),
  stdin: z.boolean().optional(),
  stdinOnce: z.boolean().optional(),
  tty: z.boolean().optional(),
});
const podSchema = z.looseObject({
  metadata: z
    .looseObject({
      name: z.string().optional(),
      generateName: z.string().optional(),
      namespace: z.string().optional(),
      labels: strings.optional(),
      annotations: strings.optional(),
    })
    .default({}),
  spec: z
    .looseObject({
      containers: z.array(container).default([]),
      initContainers: z.array(container).optional(),
      nodeName: z.string().optional(),
      nodeSelector: strings.optional(),
      hostNetwork: z.boolean().optional(),
      hostname: z.string().optional(),
      restartPolicy: z.string().optional(),
      terminationGracePeriodSeconds: z.int().optional(),
      tolerations: z.array(z.looseObject({})).optional(),
    })
    .default({ containers: [] }),
});

/** Go's names of the structs that hold a field, and of what a list holds, for the decoder's message. */
const STRUCTS: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  spec: 'PodSpec',
  containers: 'Container',
  initContainers: 'Container',
  env: 'EnvVar',
  ports: 'ContainerPort',
  volumeMounts: 'VolumeMount',
  tolerations: 'Toleration',
};
const GO_TYPES: Readonly<Record<string, string>> = { string: 'string', int: 'int32', number: 'int32', boolean: 'bool', record: 'map[string]string' };

const DEFAULT_TOLERATIONS: readonly Toleration[] = [
  { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 },
  { effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', operator: 'Exists', tolerationSeconds: 300 },
];

/** What was sent, if its fields have the types of a pod's. */
export function decodePod(sent: unknown): ApiResult<z.infer<typeof podSchema>> {
  const decoded = podSchema.safeParse(sent, { reportInput: true });
  return decoded.success ? ok(decoded.data) : badRequest(`Pod in version "v1" cannot be handled as a Pod: json: ${goDecodingError(decoded.error)}`);
}

/** A pod with everything the API server fills in, or the error it answers. */
export function admitPod(sent: unknown, namespace: string, nowText: string, rng: Rng): ApiResult<Pod> {
  const decoded = decodePod(sent);
  if (!decoded.ok) return decoded;
  const { metadata, spec } = decoded.value;
  const name = metadata.name ?? (metadata.generateName === undefined ? '' : metadata.generateName + randomSuffix(rng, 5));
  const errors = [...checkMetadata(name, metadata.labels), ...checkSpec(spec)];
  if (errors.length > 0) return invalidObject('Pod', name, errors);
  const filled = fillSpec(decoded.value.spec as unknown as PodSpec, rng);
  return ok({
    ...decoded.value,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name, namespace, uid: randomUid(rng), resourceVersion: '', creationTimestamp: nowText } as Pod['metadata'],
    spec: filled,
    status: { phase: 'Pending', qosClass: qosOf(filled) },
  });
}

function checkMetadata(name: string, labels: Readonly<Record<string, string>> = {}): readonly FieldError[] {
  return [...checkSubdomain('metadata.name', name), ...checkLabels('metadata.labels', labels)];
}

function checkSpec(spec: z.infer<typeof podSchema>['spec']): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (spec.containers.length === 0) errors.push(required('spec.containers'));
  const seen = new Set<string>();
  for (const [index, one] of spec.containers.entries()) {
    const at = `spec.containers[${index}]`;
    errors.push(...checkLabel(`${at}.name`, one.name));
    if (seen.has(one.name)) errors.push(duplicate(`${at}.name`, one.name));
    seen.add(one.name);
    if (one.image === '') errors.push(required(`${at}.image`));
    else if (one.image !== one.image.trim()) errors.push(invalid(`${at}.image`, one.image, 'must not have leading or trailing whitespace'));
    if (one.imagePullPolicy !== undefined && !['Always', 'IfNotPresent', 'Never'].includes(one.imagePullPolicy))
      errors.push(unsupported(`${at}.imagePullPolicy`, one.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']));
    for (const [portIndex, port] of (one.ports ?? []).entries()) {
      const field = `${at}.ports[${portIndex}].containerPort`;
      if (port.containerPort === 0) errors.push(required(field));
      else if (port.containerPort < 1 || port.containerPort > 65535) errors.push(invalid(field, port.containerPort, 'must be between 1 and 65535, inclusive'));
    }
    for (const [envIndex, variable] of (one.env ?? []).entries()) if (variable.name === '') errors.push(required(`${at}.env[${envIndex}].name`));
  }
  if (spec.restartPolicy !== undefined && !['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy))
    errors.push(unsupported('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']));
  if (spec.nodeSelector) errors.push(...checkLabels('spec.nodeSelector', spec.nodeSelector));
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0)
    errors.push(invalid('spec.terminationGracePeriodSeconds', spec.terminationGracePeriodSeconds, 'must be greater than or equal to 0'));
  if (spec.hostname !== undefined) errors.push(...checkLabel('spec.hostname', spec.hostname));
  return errors;
}

/** What the server fills in where a pod is only described: the defaults of its fields, without what admission adds. */
export function fillTemplate(spec: PodSpec): PodSpec {
  const fill = (one: Container): Container => {
    const { volumeMounts } = one;
    return { ...fillContainer(one), ...(volumeMounts ? { volumeMounts } : {}) };
  };
  return {
    ...spec,
    containers: spec.containers.map(fill),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(fill) } : {}),
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    restartPolicy: spec.restartPolicy ?? 'Always',
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    ...{ securityContext: (spec as { readonly securityContext?: object }).securityContext ?? {} },
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    ...(spec.serviceAccountName === undefined ? {} : { serviceAccount: spec.serviceAccountName }),
  };
}
const fillContainer = (one: Container): Container => ({
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  ...one,
  imagePullPolicy: one.imagePullPolicy ?? (isLatest(one.image) ? 'Always' : 'IfNotPresent'),
  resources: one.resources ?? {},
  ...(one.ports ? { ports: one.ports.map((port) => ({ protocol: 'TCP', ...port })) } : {}),
});

function fillSpec(spec: PodSpec, rng: Rng): PodSpec {
  const token = `kube-api-access-${randomSuffix(rng, 5)}`;
  const mount = { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: token, readOnly: true };
  const fill = (one: Container): Container => ({ ...fillContainer(one), volumeMounts: [...(one.volumeMounts ?? []), mount] });
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    serviceAccountName: 'default',
    ...{ serviceAccount: 'default', enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority', securityContext: {} },
    priority: 0,
    ...spec,
    containers: spec.containers.map(fill),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(fill) } : {}),
    tolerations: [
      ...(spec.tolerations ?? []),
      ...DEFAULT_TOLERATIONS.filter(
        (one) => !spec.tolerations?.some((given) => given.operator === 'Exists' && (given.key === undefined || given.key === one.key)),
      ),
    ],
    volumes: [...(spec.volumes ?? []), { name: token, projected: { defaultMode: 420, sources: tokenSources() } }],
  };
}
const tokenSources = () => [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
  { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
];

/** Without a tag, or with the tag `latest`. */
export function isLatest(image: string): boolean {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return !last.includes('@') && (!last.includes(':') || last.endsWith(':latest'));
}

function qosOf(spec: PodSpec): string {
  const withAny = spec.containers.some((one) => Object.keys(one.resources?.requests ?? {}).length > 0 || Object.keys(one.resources?.limits ?? {}).length > 0);
  const guaranteed = spec.containers.every((one) =>
    ['cpu', 'memory'].every(
      (kind) => one.resources?.limits?.[kind] !== undefined && (one.resources.requests?.[kind] ?? one.resources.limits[kind]) === one.resources.limits[kind],
    ),
  );
  return guaranteed ? 'Guaranteed' : withAny ? 'Burstable' : 'BestEffort';
}

/** As Go's encoding/json words a type that does not fit. */
function goDecodingError(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).map(String);
  const names = path.filter((part) => !/^\d+$/.test(part));
  const struct = STRUCTS[names.at(-2) ?? ''] ?? 'Pod';
  const last = names.at(-1) ?? '';
  const received = issue && 'input' in issue ? typeOf(issue.input) : 'value';
  const expected = issue?.code === 'invalid_type' ? issue.expected : 'string';
  const goType = /^\d+$/.test(path.at(-1) ?? '')
    ? (GO_TYPES[expected] ?? `v1.${STRUCTS[last] ?? 'Object'}`)
    : expected === 'array'
      ? `[]${STRUCTS[last] ? `v1.${STRUCTS[last]}` : 'string'}`
      : (GO_TYPES[expected] ?? `v1.${STRUCTS[last] ?? 'Object'}`);
  return `cannot unmarshal ${received} into Go struct field ${struct}.${names.join('.')} of type ${goType}`;
}
const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value);
