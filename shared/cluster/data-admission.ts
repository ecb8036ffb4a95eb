/** Config maps, secrets, service accounts, roles and their bindings as the server takes them: names checked, data as the type wants it, defaults filled in. */
import { ok, type Rng } from '../base/index.ts';
import { decodeBase64, encodeBase64, type ApiResource, type ApiResult, type KubeObject } from '../commands/index.ts';
import { utf8Encode } from '../base/index.ts';
import { checkLabels, checkSubdomain, randomUid } from './names.ts';
import { badRequest, invalidObject, type FieldError } from './status.ts';
import { CONFIGMAPS, SECRETS } from './resources.ts';

type Texts = Readonly<Record<string, string>>;
interface Sent {
  readonly metadata?: { readonly name?: unknown; readonly labels?: Texts; readonly annotations?: Texts };
  readonly data?: Readonly<Record<string, unknown>>;
  readonly stringData?: Texts;
  readonly type?: string;
  readonly [field: string]: unknown;
}

/** `present`: what it takes the place of. */
export function admitData(
  resource: ApiResource,
  object: unknown,
  namespace: string | undefined,
  now: string,
  rng: Rng,
  present?: KubeObject,
): ApiResult<KubeObject> {
  const { metadata, data, stringData, ...rest } = (object ?? {}) as Sent;
  const name = typeof metadata?.name === 'string' ? metadata.name : '';
  const errors: FieldError[] = [...checkSubdomain('metadata.name', name), ...checkLabels('metadata.labels', metadata?.labels ?? {})];
  if (errors.length > 0) return invalidObject(resource.kind, name, errors);
  const bad = Object.values(data ?? {}).find((value) => typeof value !== 'string');
  if (bad !== undefined) {
    const type = resource === SECRETS ? '[]uint8' : 'string';
    const given = typeof bad === 'boolean' ? 'bool' : typeof bad;
    return badRequest(
      `${resource.kind} in version "v1" cannot be handled as a ${resource.kind}: json: cannot unmarshal ${given} into Go struct field ${resource.kind}.data of type ${type}`,
    );
  }
  const texts = (data ?? {}) as Texts;
  if (resource === SECRETS) {
    const undecodable = Object.values(texts).find((value) => decodeBase64(value) === undefined);
    if (undecodable !== undefined) return badRequest('Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0');
  }
  const own = present?.metadata ?? {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: randomUid(rng),
    resourceVersion: '',
    creationTimestamp: now,
  };
  const marks = { ...(metadata?.labels ? { labels: metadata.labels } : {}), ...(metadata?.annotations ? { annotations: metadata.annotations } : {}) };
  const all = { ...texts, ...Object.fromEntries(Object.entries(stringData ?? {}).map(([key, value]) => [key, encodeBase64(utf8Encode(value))])) };
  return ok({
    ...rest,
    apiVersion: resource.group === '' ? 'v1' : `${resource.group}/v1`,
    kind: resource.kind,
    metadata: present ? { ...own, ...metadata, uid: own.uid, creationTimestamp: own.creationTimestamp } : { ...own, ...marks },
    ...(resource === CONFIGMAPS || resource === SECRETS ? (Object.keys(all).length > 0 || data ? { data: all } : {}) : {}),
    ...(resource === SECRETS ? { type: rest.type ?? 'Opaque' } : {}),
  } as KubeObject);
}
