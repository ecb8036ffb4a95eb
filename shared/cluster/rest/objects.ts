/** The verbs on objects: get, list, watch, create, update, patch, delete, deletecollection (kubernetes.io/docs/reference/using-api/api-concepts). */
import type { Simulation } from '../../base/index.ts';
import { formatTime, type ApiResource, type Json, type KubeObject, type KubernetesApi } from '../../commands/index.ts';
import type { ApiServer } from '../api-server.ts';
import { notFound } from '../status.ts';
import type { ObjectStore } from '../store.ts';
import { flag, json, param, Refused, type RestAnswer, type RestRequest } from './answer.ts';
import { apiVersionOf, checkFields, checkKind, managerOf, readBody, readObject, refusedBad, valueOf } from './body.ts';
import { applyConfiguration, noteUpdate } from './managed-fields.ts';
import { jsonPatch, mergePatch, strategicPatch } from './patching.ts';
import { isObject, type JsonObject, type Schema, type Schemas } from './schema.ts';
import { deleted, unsupportedMedia } from './status.ts';
import { formOf, partialObject, tableObject } from './table.ts';
import { ObjectWatch } from './watching.ts';

export interface Place {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
}

/** Kinds whose deletion answers with the object itself. */
const RETURNED = new Set(['pods', 'services', 'namespaces']);

export class Objects {
  constructor(
    private readonly api: ApiServer,
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly schemas: Schemas,
  ) {}
  private schemaOf({ group, version, kind }: ApiResource): Schema | undefined {
    return this.schemas.ofKind(group, version, kind);
  }
  private get now(): string {
    return formatTime(this.simulation.unixUs);
  }
  live({ resource, namespace }: Place, name: string): KubeObject {
    return valueOf(this.api.get(resource, namespace, name));
  }

  // --- reading ---

  get(request: RestRequest, place: Place, name: string): RestAnswer {
    return this.show(request, place.resource, this.live(place, name), 200);
  }
  show(request: RestRequest, resource: ApiResource, object: KubeObject, status: number, warnings: readonly string[] = []): RestAnswer {
    const form = formOf(request.accept);
    const answer =
      form === 'table'
        ? json(
            tableObject(this.api, resource, [object], {
              include: param(request, 'includeObject') ?? 'Metadata',
              withColumns: true,
              metadata: { resourceVersion: object.metadata.resourceVersion },
            }),
            status,
          )
        : json(form === 'metadata' ? partialObject(object) : object, status);
    return answer.kind === 'text' && warnings.length > 0 ? { ...answer, warnings } : answer;
  }

  list(request: RestRequest, place: Place): RestAnswer {
    const { resource, namespace } = place;
    const isWanted = valueOf(this.api.matcher(resource, selectors(request)));
    const all = this.store.list(resource, namespace).filter(isWanted);
    const from = startOf(param(request, 'continue'));
    const after = from === undefined ? all : all.filter((object) => keyOf(object) > from);
    const limit = Number(param(request, 'limit') ?? 0);
    const page = limit > 0 ? after.slice(0, limit) : after;
    const last = page.at(-1);
    const left = after.length - page.length;
    const metadata = {
      resourceVersion: this.store.resourceVersion,
      ...(left > 0 && last ? { continue: tokenOf(keyOf(last)), remainingItemCount: left } : {}),
    };
    return json(this.listObject(request, resource, page, metadata));
  }
  private listObject(request: RestRequest, resource: ApiResource, objects: readonly KubeObject[], metadata: Record<string, unknown>): unknown {
    const form = formOf(request.accept);
    if (form === 'table')
      return tableObject(this.api, resource, objects, { include: param(request, 'includeObject') ?? 'Metadata', withColumns: true, metadata });
    if (form === 'metadata')
      return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map((object) => partialObject(object)) };
    // the items of a list do not say again of what kind they are
    const items = objects.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
    return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items };
  }

  watch(request: RestRequest, { resource, namespace }: Place): RestAnswer {
    const form = formOf(request.accept);
    const include = param(request, 'includeObject') ?? 'Metadata';
    const version = param(request, 'resourceVersion') ?? '';
    if (version !== '' && !/^\d+$/.test(version))
      throw refusedBad(`resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`);
    const marksInitial = flag(request, 'sendInitialEvents');
    const seconds = Number(param(request, 'timeoutSeconds') ?? NaN);
    const watch = new ObjectWatch(this.store, {
      resource,
      namespace,
      isWanted: valueOf(this.api.matcher(resource, selectors(request))),
      since: version === '' || version === '0' || marksInitial ? undefined : Number(version),
      bookmarks: flag(request, 'allowWatchBookmarks'),
      marksInitial,
      show: (object, isFirst) =>
        form === 'table'
          ? tableObject(this.api, resource, [object], { include, withColumns: isFirst, metadata: { resourceVersion: object.metadata.resourceVersion } })
          : form === 'metadata'
            ? partialObject(object)
            : object,
    });
    return { kind: 'watch', contentType: 'application/json', watch, timeoutSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined };
  }

  // --- writing ---

  create(request: RestRequest, place: Place): RestAnswer {
    const { resource, namespace } = place;
    const sent = readObject(request);
    checkKind(resource, sent);
    const { object, warnings } = checkFields(this.schemas, this.schemaOf(resource), resource, sent, request);
    if (isObject(object['metadata']) && (object['metadata']['resourceVersion'] ?? '') !== '')
      throw refusedBad('resourceVersion should not be set on objects to be created');
    const finish = (made: KubeObject): KubeObject => this.noted(request, resource, undefined, made);
    const made = valueOf(this.api.create(resource, namespace, cleaned(object), { dryRun: isDry(request), finish }));
    return this.show(request, resource, made, 201, warnings);
  }
  private noted(request: RestRequest, resource: ApiResource, before: KubeObject | undefined, after: KubeObject): KubeObject {
    const by = { manager: managerOf(request), now: this.now, apiVersion: apiVersionOf(resource) };
    const managedFields = noteUpdate(this.schemas, this.schemaOf(resource), before, after, by);
    return { ...after, metadata: { ...after.metadata, managedFields } };
  }

  update(request: RestRequest, place: Place, name: string): RestAnswer {
    const { resource } = place;
    const sent = readObject(request);
    checkKind(resource, sent);
    const { object, warnings } = checkFields(this.schemas, this.schemaOf(resource), resource, sent, request);
    const metadata = isObject(object['metadata']) ? object['metadata'] : {};
    if (metadata['name'] !== name) throw refusedBad(`the name of the object (${nameText(metadata['name'])}) does not match the name on the URL (${name})`);
    return this.show(request, resource, this.replace(request, place, this.live(place, name), object), 200, warnings);
  }
  /** Stores it in the place of `before`, unless it is the same. */
  replace(request: RestRequest, { resource, namespace }: Place, before: KubeObject, object: JsonObject): KubeObject {
    const finish = (made: KubeObject): KubeObject => this.noted(request, resource, before, made);
    return valueOf(this.api.update(resource, namespace, object, { dryRun: isDry(request), finish }));
  }

  patch(request: RestRequest, place: Place, name: string): RestAnswer {
    if (/apply-patch/.test(request.contentType)) return this.apply(request, place, name);
    const { resource } = place;
    const before = this.live(place, name);
    const patched = this.patched(request, this.schemaOf(resource), before as unknown as Json);
    const { object, warnings } = checkFields(this.schemas, this.schemaOf(resource), resource, patched, request);
    return this.show(request, resource, this.replace(request, place, before, object), 200, warnings);
  }
  /** An object with the patch of the request in it. */
  patched(request: RestRequest, schema: Schema | undefined, before: Json): JsonObject {
    const patch = readBody(request);
    if (patch === undefined) throw refusedBad('unexpected end of JSON input');
    const after = this.patchedBy(request.contentType, schema, before, patch);
    if (!isObject(after)) throw refusedBad('the patch leaves no object');
    return after;
  }
  private patchedBy(contentType: string, schema: Schema | undefined, before: Json, patch: Json): Json {
    if (/json-patch\+json/.test(contentType)) {
      const changed = jsonPatch(before, patch);
      if (changed.ok) return changed.value;
      throw new Refused({ code: 422, reason: 'Invalid', message: `the server rejected our request due to an error in our request: ${changed.error}` });
    }
    if (/strategic-merge-patch\+json/.test(contentType)) return strategicPatch(this.schemas, schema, before, patch);
    if (/merge-patch\+json/.test(contentType)) return mergePatch(before, patch);
    throw new Refused(unsupportedMedia(contentType));
  }

  private apply(request: RestRequest, place: Place, name: string): RestAnswer {
    const { resource, namespace } = place;
    const sent = readObject(request);
    const manager = param(request, 'fieldManager');
    if (manager === undefined || manager === '')
      throw new Refused({
        code: 422,
        reason: 'Invalid',
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      });
    checkKind(resource, sent);
    const schema = this.schemaOf(resource);
    const { object, warnings } = checkFields(this.schemas, schema, resource, sent, request);
    const live = this.store.get(resource, namespace, name);
    const metadata = { ...(isObject(object['metadata']) ? object['metadata'] : {}), name, ...(namespace === undefined ? {} : { namespace }) };
    const applied = { ...object, metadata };
    const merged = valueOf(
      applyConfiguration(this.schemas, schema, live, applied, { manager, force: flag(request, 'force'), now: this.now, apiVersion: apiVersionOf(resource) }),
    );
    const { managedFields = [] } = merged.metadata;
    const finish = (made: KubeObject): KubeObject => ({ ...made, metadata: { ...made.metadata, managedFields } });
    const options = { dryRun: isDry(request), finish };
    const made = valueOf(live ? this.api.update(resource, namespace, merged, options) : this.api.create(resource, namespace, merged, options));
    return this.show(request, resource, made, live ? 200 : 201, warnings);
  }

  // --- deleting ---

  delete(request: RestRequest, place: Place, name: string): RestAnswer {
    const { resource } = place;
    const object = this.live(place, name);
    const options = deleteOptions(request);
    const wanted = options.preconditions;
    if (wanted?.uid !== undefined && wanted.uid !== object.metadata.uid)
      throw new Refused({
        code: 409,
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on ${resource.name} "${name}": Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${object.metadata.uid}`,
      });
    const gone = this.remove(request, place, object, options);
    return RETURNED.has(resource.name) ? json(gone) : deleted(resource, name, object.metadata.uid);
  }
  deleteAll(request: RestRequest, place: Place): RestAnswer {
    const { resource, namespace } = place;
    const options = deleteOptions(request);
    const isWanted = valueOf(this.api.matcher(resource, selectors(request)));
    const gone = this.store
      .list(resource, namespace)
      .filter(isWanted)
      .map((object) => this.remove(request, { resource, namespace: object.metadata.namespace }, object, options));
    return json(this.listObject(request, resource, gone, { resourceVersion: this.store.resourceVersion }));
  }
  private remove(request: RestRequest, { resource, namespace }: Place, object: KubeObject, options: DeleteOptions): KubeObject {
    if (isDry(request)) return object;
    const { gracePeriodSeconds, propagationPolicy } = options;
    return valueOf(
      this.api.delete(resource, namespace, object.metadata.name, {
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        orphans: propagationPolicy === 'Orphan',
      }),
    );
  }
  missing(place: Place, name: string): never {
    const answer = notFound(place.resource, name);
    throw new Refused(answer.error);
  }
}

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string };
}

function deleteOptions(request: RestRequest): DeleteOptions {
  const body = readBody(request);
  const sent = (isObject(body) ? body : {}) as DeleteOptions;
  const grace = param(request, 'gracePeriodSeconds');
  const policy = param(request, 'propagationPolicy');
  return {
    ...sent,
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
  };
}

export const isDry = (request: RestRequest): boolean => param(request, 'dryRun') === 'All';

export function selectors(request: RestRequest): Parameters<KubernetesApi['list']>[2] {
  const [label, field] = [param(request, 'labelSelector'), param(request, 'fieldSelector')];
  return { ...(label === undefined ? {} : { labelSelector: label }), ...(field === undefined ? {} : { fieldSelector: field }) };
}

/** Without what only the server writes. */
function cleaned(object: JsonObject): JsonObject {
  if (!isObject(object['metadata'])) return object;
  const { uid: _uid, creationTimestamp: _time, managedFields: _fields, generation: _generation, ...metadata } = object['metadata'];
  return { ...object, metadata };
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
const tokenOf = (key: string): string => [...key].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
const startOf = (token: string | undefined): string | undefined =>
  token === undefined || token === '' ? undefined : token.replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));

const nameText = (name: Json | undefined): string => (typeof name === 'string' ? name : '');
