/** What has an address below an object: a pod's log, exec, attach, port-forward and eviction; scale and status. */
import type { Deployment, Json, KubeObject, Pod, ReplicaSet } from '../../commands/index.ts';
import { parseTime } from '../../commands/index.ts';
import { utf8Encode } from '../../base/index.ts';
import type { ApiServer } from '../api-server.ts';
import type { ObjectStore } from '../store.ts';
import { flag, json, param, Refused, type RestAnswer, type RestRequest } from './answer.ts';
import { readBody, readObject, refusedBad, valueOf } from './body.ts';
import { isDry, type Objects, type Place } from './objects.ts';
import { isObject, type Schemas } from './schema.ts';

export class Subresources {
  constructor(
    private readonly api: ApiServer,
    private readonly store: ObjectStore,
    private readonly objects: Objects,
    private readonly schemas: Schemas,
    private readonly unixUs: () => number,
  ) {}

  answer(request: RestRequest, place: Place, name: string, subresource: string): RestAnswer | undefined {
    const key = `${place.resource.name}/${subresource}`;
    switch (key) {
      case 'pods/log':
        return request.method === 'GET' ? this.log(request, place, name) : undefined;
      case 'pods/exec':
      case 'pods/attach':
        return this.streams(request, place, name, subresource === 'exec' ? 'exec' : 'attach');
      case 'pods/portforward': {
        const pod = this.objects.live(place, name);
        return { kind: 'streams', streams: { verb: 'portforward', namespace: place.namespace ?? 'default', pod: name, uid: pod.metadata.uid } };
      }
      case 'pods/eviction':
        return request.method === 'POST' ? this.evict(request, place, name) : undefined;
      case 'deployments/scale':
      case 'replicasets/scale':
      case 'statefulsets/scale':
        return this.scale(request, place, name);
      default:
        return subresource === 'status' ? this.status(request, place, name) : undefined;
    }
  }

  // --- what is read from pods and done in them ---

  /** The container that is meant; a pod of several wants a name. */
  private containerOf(pod: Pod, wanted: string | undefined): string {
    const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((one) => one.name);
    const [only, ...others] = pod.spec.containers;
    const { name } = pod.metadata;
    if (wanted !== undefined && wanted !== '') {
      if (all.includes(wanted)) return wanted;
      throw refusedBad(`container ${wanted} is not valid for pod ${name}`);
    }
    if (others.length > 0 || !only) throw refusedBad(`a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`);
    return only.name;
  }

  private log(request: RestRequest, place: Place, name: string): RestAnswer {
    const pod = this.objects.live(place, name) as Pod;
    const [tail, seconds, time, limit] = ['tailLines', 'sinceSeconds', 'sinceTime', 'limitBytes'].map((one) => param(request, one));
    const since = time === undefined ? seconds : String(Math.max(1, Math.ceil((this.unixUs() - (parseTime(time) ?? 0)) / 1e6)));
    const log = valueOf(
      this.api.logs(place.namespace ?? 'default', name, {
        container: this.containerOf(pod, param(request, 'container')),
        previous: flag(request, 'previous'),
        timestamps: flag(request, 'timestamps'),
        ...(tail === undefined ? {} : { tailLines: Number(tail) }),
        ...(since === undefined ? {} : { sinceSeconds: Number(since) }),
      }),
    );
    return { kind: 'log', log, follow: flag(request, 'follow'), limitBytes: limit === undefined ? undefined : Number(limit) };
  }

  private streams(request: RestRequest, place: Place, name: string, verb: 'exec' | 'attach'): RestAnswer {
    const pod = this.objects.live(place, name) as Pod;
    const { namespace = 'default' } = place;
    const container = this.containerOf(pod, param(request, 'container'));
    const wants = ['stdin', 'stdout', 'stderr'].filter((stream) => flag(request, stream));
    const tty = flag(request, 'tty');
    const command = request.query.get('command') ?? [];
    if (wants.length === 0) throw refusedBad(`you must specify at least 1 of stdin, stdout, stderr`);
    if (verb === 'exec' && command.length === 0) throw refusedBad('you must specify at least 1 command for container');
    if (pod.spec.nodeName === undefined) throw refusedBad(`pod ${name} does not have a host assigned`);
    valueOf(this.api.runningIn(namespace, name, container));
    const sent = { container, command: command.map(utf8Encode), stdin: wants.includes('stdin'), tty };
    return { kind: 'streams', streams: { verb, namespace, pod: name, request: sent, wants } };
  }

  private evict(request: RestRequest, place: Place, name: string): RestAnswer {
    this.objects.live(place, name);
    const body = readBody(request);
    const options = isObject(body) && isObject(body['deleteOptions']) ? body['deleteOptions'] : {};
    const grace = options['gracePeriodSeconds'];
    if (!isDry(request)) valueOf(this.api.delete(place.resource, place.namespace, name, typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}));
    return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
  }

  // --- parts of objects ---

  private scale(request: RestRequest, place: Place, name: string): RestAnswer {
    const live = this.objects.live(place, name) as Deployment | ReplicaSet;
    if (request.method === 'GET') return json(scaleOf(live));
    if (request.method !== 'PUT' && request.method !== 'PATCH')
      throw refused(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
    const scale = scaleOf(live);
    const wanted =
      request.method === 'PUT' ? readObject(request) : this.objects.patched(request, this.schemas.ofKind('autoscaling', 'v1', 'Scale'), scale as Json);
    const spec = isObject(wanted['spec']) ? wanted['spec'] : {};
    const metadata = isObject(wanted['metadata']) ? wanted['metadata'] : {};
    const replicas = spec['replicas'] ?? 0;
    if (typeof replicas !== 'number' || !Number.isInteger(replicas))
      throw refusedBad(
        'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
      );
    if (replicas < 0) {
      const cause = `spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`;
      throw new Refused({
        code: 422,
        reason: 'Invalid',
        message: `Scale "${name}" is invalid: ${cause}`,
        invalid: { object: `Scale "${name}"`, causes: [cause] },
      });
    }
    const version = metadata['resourceVersion'] ?? live.metadata.resourceVersion;
    const sent = { ...live, metadata: { ...live.metadata, resourceVersion: version }, spec: { ...live.spec, replicas } };
    return json(scaleOf(this.objects.replace(request, place, live, sent as unknown as Parameters<Objects['replace']>[3]) as Deployment | ReplicaSet));
  }

  private status(request: RestRequest, place: Place, name: string): RestAnswer {
    const live = this.objects.live(place, name) as KubeObject & { readonly status?: unknown };
    if (request.method === 'GET') return this.objects.show(request, place.resource, live, 200);
    if (request.method !== 'PUT' && request.method !== 'PATCH')
      throw refused(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
    const { group, version, kind } = place.resource;
    const sent =
      request.method === 'PUT' ? readObject(request) : this.objects.patched(request, this.schemas.ofKind(group, version, kind), live as unknown as Json);
    const next = { ...live, status: sent['status'] ?? live.status };
    return this.objects.show(request, place.resource, isDry(request) ? next : this.store.put(place.resource, next), 200);
  }
}

const refused = (code: number, reason: 'MethodNotAllowed', message: string): Refused => new Refused({ code, reason, message });

function scaleOf({ metadata, spec, status }: Deployment | ReplicaSet): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = Object.entries(spec.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, selector },
  };
}
