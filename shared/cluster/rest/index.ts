/** The Kubernetes API over HTTP, without HTTP: a request is answered as data. The object layer below is the one that the lab's own kubectl uses. */
import type { Simulation } from '../../base/index.ts';
import type { ApiResource } from '../../commands/index.ts';
import type { ApiServer } from '../api-server.ts';
import { methodNotAllowed } from '../status.ts';
import type { ObjectStore } from '../store.ts';
import { flag, plain, Refused, type RestAnswer, type RestRequest } from './answer.ts';
import { Discovery, REVIEWS } from './discovery.ts';
import { Objects, type Place } from './objects.ts';
import { OpenApi } from './openapi.ts';
import { review } from './reviews.ts';
import { Schemas, type Definitions } from './schema.ts';
import { notFoundPath, refusal } from './status.ts';
import { Subresources } from './subresources.ts';

export type { RestAnswer, RestRequest, RestStreams } from './answer.ts';
export { statusObject } from './status.ts';
export type { Definitions } from './schema.ts';

/** An address below /api or /apis. */
interface Address extends Place {
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export class RestApi {
  private readonly discovery: Discovery;
  private readonly openApi: OpenApi;
  private readonly objects: Objects;
  private readonly subresources: Subresources;

  /** `definitions`: the types of the API, as its OpenAPI document has them. */
  constructor(
    private readonly api: ApiServer,
    store: ObjectStore,
    simulation: Simulation,
    definitions: Definitions,
  ) {
    const schemas = new Schemas(definitions);
    this.discovery = new Discovery(api.resources, api.version, api.server);
    this.openApi = new OpenApi(schemas, api.resources, api.version);
    this.objects = new Objects(api, store, simulation, schemas);
    this.subresources = new Subresources(api, store, this.objects, schemas, () => simulation.unixUs);
  }

  answer(request: RestRequest): RestAnswer {
    const { path } = request;
    if (['/healthz', '/livez', '/readyz'].includes(path)) return plain('ok');
    const known = this.discovery.answer(request) ?? (path.startsWith('/openapi/') ? this.openApi.answer(request) : undefined);
    if (known) return request.method === 'GET' ? known : refusal(methodNotAllowed().error);
    if (path === '/') return { kind: 'text', status: 200, contentType: 'application/json', body: `${JSON.stringify({ paths: this.paths() }, null, 2)}\n` };
    const question = REVIEWS.find((one) => path === `/apis/${one.group}/v1/${one.name}`);
    const address = question ? undefined : this.addressOf(path);
    if (!question && !address) return plain('404 page not found\n', 404);
    try {
      if (question) return request.method === 'POST' ? review(request, question.name) : refusal(methodNotAllowed().error);
      return this.at(request, address!);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const name = address?.name;
      return refusal(error.status, address && { resource: address.resource, ...(name === undefined ? {} : { name }) });
    }
  }

  private paths(): readonly string[] {
    const groups = this.discovery.groups.flatMap((group) => [`/apis/${group}`, `/apis/${group}/v1`]);
    return ['/api', '/api/v1', '/apis', ...groups, '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];
  }

  private addressOf(path: string): Address | undefined {
    const [, prefix, ...parts] = path.split('/');
    const [group, version, ...rest] = prefix === 'api' ? ['', ...parts] : prefix === 'apis' ? parts : [];
    if (group === undefined || version === undefined) return undefined;
    const find = (name: string | undefined): ApiResource | undefined =>
      this.api.resources.find((one) => one.group === group && one.version === version && one.name === name);
    const [first, namespace, inner, name, subresource, ...more] = rest;
    const isInside = first === 'namespaces' && inner !== undefined && !['status', 'finalize'].includes(inner);
    const [kind, place, object, sub] = isInside ? [inner, namespace, name, subresource] : [first, undefined, namespace, inner];
    const resource = find(kind);
    if (!resource || more.length > 0 || (isInside && !resource.isNamespaced)) return undefined;
    return { resource, namespace: place, name: object === '' ? undefined : object, subresource: sub };
  }

  private at(request: RestRequest, address: Address): RestAnswer {
    const { name, subresource } = address;
    if (name === undefined) return this.collection(request, address);
    if (subresource !== undefined) return this.subresources.answer(request, address, name, subresource) ?? refusal(notFoundPath());
    switch (request.method) {
      case 'GET':
        return this.objects.get(request, address, name);
      case 'PUT':
        return this.objects.update(request, address, name);
      case 'PATCH':
        return this.objects.patch(request, address, name);
      case 'DELETE':
        return this.objects.delete(request, address, name);
      default:
        return refusal(methodNotAllowed().error);
    }
  }
  private collection(request: RestRequest, place: Place): RestAnswer {
    switch (request.method) {
      case 'GET':
        return flag(request, 'watch') ? this.objects.watch(request, place) : this.objects.list(request, place);
      case 'POST':
        return this.objects.create(request, place);
      case 'DELETE':
        return place.resource.verbs.includes('deletecollection') ? this.objects.deleteAll(request, place) : refusal(methodNotAllowed().error);
      default:
        return refusal(methodNotAllowed().error);
    }
  }
}
