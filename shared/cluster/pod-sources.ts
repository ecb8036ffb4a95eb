/**
 * What config maps, secrets and the pod itself give to its containers: environment variables (pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables) and
 * the files of volumes (pkg/volume/configmap, /secret, /downwardapi, /projected). What is missing is said as the kubelet says it.
 * Deviation: files of a volume are those of the container's start; the kubelet renews them within a minute or so.
 */
import { err, ok, utf8Encode, type Bytes, type Result } from '../base/index.ts';
import { decodeBase64, type ConfigMap, type Container, type Pod, type Secret } from '../commands/index.ts';
import { CONFIGMAPS, SECRETS } from './resources.ts';
import type { ObjectStore } from './store.ts';

interface Key {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly configMapKeyRef?: Key;
    readonly secretKeyRef?: Key;
    readonly fieldRef?: { readonly fieldPath?: string };
    readonly resourceFieldRef?: { readonly resource?: string };
  };
}
interface Source {
  readonly prefix?: string;
  readonly configMapRef?: Key;
  readonly secretRef?: Key;
}
interface Item {
  readonly key?: string;
  readonly path?: string;
  readonly mode?: number;
  readonly fieldRef?: { readonly fieldPath?: string };
}
interface Projection {
  readonly configMap?: Key & { readonly items?: readonly Item[] };
  readonly secret?: Key & { readonly items?: readonly Item[] };
  readonly downwardAPI?: { readonly items?: readonly Item[] };
  readonly serviceAccountToken?: { readonly path?: string };
}
type Volume = NonNullable<Pod['spec']['volumes']>[number];
export type Files = Readonly<Record<string, Bytes>>;

export interface PodFacts {
  readonly store: ObjectStore;
  readonly pod: Pod;
  readonly nodeName: string;
  readonly hostIp: string;
  readonly podIp: string;
}

/** In the order in which they are set. A text refers to those before it. */
export function environmentOf(facts: PodFacts, container: Container): Result<readonly (readonly [string, Bytes])[], string> {
  const { env = [], envFrom = [] } = container as { readonly env?: readonly Variable[]; readonly envFrom?: readonly Source[] };
  const found: (readonly [string, Bytes])[] = [];
  for (const { prefix = '', configMapRef, secretRef } of envFrom) {
    const data: Result<Files, string> = configMapRef ? mapData(facts, configMapRef) : secretRef ? secretData(facts, secretRef) : ok({});
    if (!data.ok) return data;
    for (const [key, value] of Object.entries(data.value)) found.push([`${prefix}${key}`, value]);
  }
  for (const { name, value = '', valueFrom } of env) {
    if (!valueFrom) {
      found.push([name, utf8Encode(value)]);
      continue;
    }
    const got = valueOf(facts, container, valueFrom);
    if (!got.ok) return got;
    if (got.value !== undefined) found.push([name, got.value]);
  }
  return ok(found);
}
function valueOf(facts: PodFacts, container: Container, from: NonNullable<Variable['valueFrom']>): Result<Bytes | undefined, string> {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (fieldRef) return fieldOf(facts, fieldRef.fieldPath ?? '');
  if (resourceFieldRef) {
    const [kind = '', resource = ''] = (resourceFieldRef.resource ?? '').split('.');
    const amounts = container.resources?.[kind as 'limits' | 'requests'];
    return ok(utf8Encode(amounts?.[resource] ?? '0'));
  }
  const key = configMapKeyRef ?? secretKeyRef ?? {};
  const data = configMapKeyRef ? mapData(facts, configMapKeyRef) : secretData(facts, key);
  if (!data.ok) return data;
  const value = data.value[key.key ?? ''];
  if (value !== undefined || key.optional) return ok(value);
  const kind = configMapKeyRef ? 'ConfigMap' : 'Secret';
  return err(`couldn't find key ${key.key ?? ''} in ${kind} ${facts.pod.metadata.namespace ?? 'default'}/${key.name ?? ''}`);
}

/** The downward API. */
function fieldOf({ pod, nodeName, hostIp, podIp }: PodFacts, path: string): Result<Bytes, string> {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (keyed) return ok(utf8Encode(metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? ''));
  const all = (map: Readonly<Record<string, string>> = {}): string =>
    Object.entries(map)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join('\n');
  const known: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace ?? 'default',
    'metadata.uid': metadata.uid,
    'metadata.labels': all(metadata.labels),
    'metadata.annotations': all(metadata.annotations),
    'spec.nodeName': nodeName,
    'spec.serviceAccountName': spec.serviceAccountName ?? 'default',
    'status.hostIP': hostIp,
    'status.hostIPs': hostIp,
    'status.podIP': podIp,
    'status.podIPs': podIp,
  };
  const value = known[path];
  return value === undefined ? err(`unsupported fieldPath: ${path}`) : ok(utf8Encode(value));
}

function mapData({ store, pod }: PodFacts, { name = '', optional }: Key): Result<Files, string> {
  const map = store.get(CONFIGMAPS, pod.metadata.namespace, name) as (ConfigMap & { readonly binaryData?: Readonly<Record<string, string>> }) | undefined;
  if (!map) return optional ? ok({}) : err(`configmap "${name}" not found`);
  const texts = Object.entries(map.data ?? {}).map(([key, text]) => [key, utf8Encode(text)]);
  return ok(Object.fromEntries([...texts, ...Object.entries(map.binaryData ?? {}).map(([key, text]) => [key, decodeBase64(text) ?? ''])]) as Files);
}
function secretData({ store, pod }: PodFacts, { name = '', optional }: Key): Result<Files, string> {
  const secret = store.get(SECRETS, pod.metadata.namespace, name) as Secret | undefined;
  if (!secret) return optional ? ok({}) : err(`secret "${name}" not found`);
  return ok(Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, text]) => [key, decodeBase64(text) ?? ''])));
}

/** Undefined: the volume is not of files like these. */
export function volumeFiles(facts: PodFacts, volume: Volume): Result<Files, string> | undefined {
  const { configMap, secret, downwardAPI, projected } = volume as unknown as Projection & {
    readonly secret?: { readonly secretName?: string };
    readonly projected?: { readonly sources?: readonly Projection[] };
  };
  if (projected) {
    const all: Record<string, Bytes> = {};
    for (const source of projected.sources ?? []) {
      const files = projection(facts, source);
      if (!files.ok) return files;
      Object.assign(all, files.value);
    }
    return ok(all);
  }
  if (!configMap && !secret && !downwardAPI) return undefined;
  const name = secret?.secretName;
  return projection(facts, {
    ...(configMap ? { configMap } : {}),
    ...(downwardAPI ? { downwardAPI } : {}),
    ...(secret ? { secret: { ...secret, ...(name === undefined ? {} : { name }) } } : {}),
  });
}
function projection(facts: PodFacts, { configMap, secret, downwardAPI, serviceAccountToken }: Projection): Result<Files, string> {
  if (serviceAccountToken) return ok({ [serviceAccountToken.path ?? 'token']: facts.pod.metadata.uid });
  if (downwardAPI) {
    const files: Record<string, Bytes> = {};
    for (const { path = '', fieldRef } of downwardAPI.items ?? []) {
      const value = fieldOf(facts, fieldRef?.fieldPath ?? '');
      if (!value.ok) return value;
      files[path] = value.value;
    }
    return ok(files);
  }
  const reference = configMap ?? secret ?? {};
  // the authority's certificate is published a moment after a namespace was made
  const data = configMap
    ? mapData(facts, { ...configMap, optional: configMap.optional ?? configMap.name === 'kube-root-ca.crt' })
    : secretData(facts, reference);
  const { items } = (configMap ?? secret) as { readonly items?: readonly Item[] };
  if (!data.ok || !items) return data;
  const missing = items.find(({ key = '' }) => !(key in data.value));
  if (missing && !reference.optional) return err(`references non-existent ${configMap ? 'config' : 'secret'} key: ${missing.key ?? ''}`);
  return ok(Object.fromEntries(items.flatMap(({ key = '', path = key }) => (key in data.value ? [[path, data.value[key]!]] : []))));
}

/** Why a volume of a container cannot be mounted, as the kubelet's event says it. */
export function mountProblem(facts: PodFacts, container: Container): string | undefined {
  for (const { name } of container.volumeMounts ?? []) {
    const volume = facts.pod.spec.volumes?.find((one) => one.name === name);
    const files = volume && volumeFiles(facts, volume);
    if (files && !files.ok) return `MountVolume.SetUp failed for volume "${name}" : ${files.error}`;
  }
  return undefined;
}
