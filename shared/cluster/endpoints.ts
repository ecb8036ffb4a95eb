/**
 * The endpoint slice controller: for each service with a selector a slice of the pods behind it, and the older Endpoints object beside it
 * (pkg/controller/endpointslice). A pod that is not ready is there and marked; one that ends is taken out of use.
 */
import type { Rng, Simulation } from '../base/index.ts';
import { formatTime, type Endpoint, type Endpoints, type EndpointSlice, type KubeObject, type Pod, type Service, type ServicePort } from '../commands/index.ts';
import { parseIpv4 } from '../wire/index.ts';
import { randomSuffix, randomUid } from './names.ts';
import { ENDPOINTS, ENDPOINTSLICES, PODS, SERVICES } from './resources.ts';
import type { ObjectStore } from './store.ts';

const REACT_US = 30_000;
const SERVICE_NAME = 'kubernetes.io/service-name';

export class EndpointController {
  /** Services to be looked at, as `namespace/name`. */
  private readonly queue = new Set<string>();
  constructor(
    private readonly store: ObjectStore,
    private readonly simulation: Simulation,
    private readonly rng: Rng,
  ) {
    store.listen(
      (resource, { object }, before) => {
        if (resource === SERVICES) this.enqueue(object as Service);
        else {
          for (const service of store.list(SERVICES, object.metadata.namespace) as readonly Service[])
            if (isSelected(object, service) || (before && isSelected(before, service))) this.enqueue(service);
        }
      },
      PODS,
      SERVICES,
    );
  }
  private enqueue({ metadata: { namespace = 'default', name } }: Service): void {
    if (this.queue.size === 0) this.simulation.after(REACT_US, () => this.sync());
    this.queue.add(`${namespace}/${name}`);
  }

  private sync(): void {
    const keys = [...this.queue].sort();
    this.queue.clear();
    for (const key of keys) {
      const [namespace, name = ''] = key.split('/');
      const service = this.store.get(SERVICES, namespace, name) as Service | undefined;
      if (!service) this.forget(namespace!, name);
      else if (hasSelector(service))
        this.write(
          service,
          (this.store.list(PODS, namespace) as readonly Pod[]).filter((pod) => isBehind(pod, service)),
        );
    }
  }
  private forget(namespace: string, name: string): void {
    for (const resource of [ENDPOINTSLICES, ENDPOINTS]) {
      for (const { metadata } of this.store.list(resource, namespace))
        if ((metadata.labels?.[SERVICE_NAME] ?? metadata.name) === name) this.store.remove(resource, namespace, metadata.name);
    }
  }

  private write(service: Service, pods: readonly Pod[]): void {
    const { name, namespace = 'default', uid, labels = {} } = service.metadata;
    const now = formatTime(this.simulation.unixUs);
    const endpoints = pods.map((pod) => endpointOf(pod, name));
    const ports = (service.spec.ports ?? []).flatMap((port) => {
      const number = targetPort(port, pods[0]);
      return number === undefined ? [] : [{ name: port.name ?? '', port: number, protocol: port.protocol }];
    });
    const slice = (this.store.list(ENDPOINTSLICES, namespace) as readonly EndpointSlice[]).find((one) => one.metadata.labels?.[SERVICE_NAME] === name);
    const wanted = { endpoints, ports };
    if (!slice || JSON.stringify({ endpoints: slice.endpoints, ports: slice.ports }) !== JSON.stringify(wanted)) {
      const metadata = slice?.metadata ?? {
        name: `${name}-${randomSuffix(this.rng, 5)}`,
        generateName: `${name}-`,
        namespace,
        uid: randomUid(this.rng),
        resourceVersion: '',
        creationTimestamp: now,
        labels: { ...labels, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io', [SERVICE_NAME]: name },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
      };
      this.store.put(ENDPOINTSLICES, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', ...wanted });
    }
    const old = this.store.get(ENDPOINTS, namespace, name) as Endpoints | undefined;
    const subsets = subsetsOf(endpoints, ports);
    if (old && JSON.stringify(old.subsets ?? []) === JSON.stringify(subsets)) return;
    const metadata = old?.metadata ?? { name, namespace, uid: randomUid(this.rng), resourceVersion: '', creationTimestamp: now, labels };
    this.store.put(ENDPOINTS, { apiVersion: 'v1', kind: 'Endpoints', metadata, ...(subsets.length > 0 ? { subsets } : {}) });
  }
}

const hasSelector = ({ spec: { selector } }: Service): boolean => selector !== undefined && Object.keys(selector).length > 0;
const isSelected = (pod: KubeObject, service: Service): boolean =>
  hasSelector(service) &&
  pod.metadata.namespace === service.metadata.namespace &&
  Object.entries(service.spec.selector ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value);
const isBehind = (pod: Pod, service: Service): boolean =>
  pod.status.podIP !== undefined && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && isSelected(pod, service);

const isReady = (pod: Pod): boolean => pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;

function endpointOf(pod: Pod, service: string): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isReady(pod);
  return {
    addresses: [pod.status.podIP!],
    conditions: { ready: serving && !terminating, serving, terminating },
    ...(pod.spec.hostname !== undefined && pod.spec.subdomain === service ? { hostname: pod.spec.hostname } : {}),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace ?? 'default', uid: pod.metadata.uid },
  };
}

/** A name stands for the container's port of that name. */
function targetPort(port: ServicePort, pod: Pod | undefined): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  return pod?.spec.containers.flatMap((one) => one.ports ?? []).find((one) => one.name === port.targetPort && (one.protocol ?? 'TCP') === port.protocol)
    ?.containerPort;
}

function subsetsOf(endpoints: readonly Endpoint[], ports: EndpointSlice['ports']): NonNullable<Endpoints['subsets']> {
  const address = ({ addresses, nodeName, targetRef }: Endpoint) => ({
    ip: addresses[0]!,
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef ? { targetRef } : {}),
  });
  const sorted = [...endpoints].sort((a, b) => (parseIpv4(a.addresses[0]!)! >>> 0) - (parseIpv4(b.addresses[0]!)! >>> 0));
  const ready = sorted.filter((one) => one.conditions.ready).map(address);
  const notReady = sorted.filter((one) => !one.conditions.ready && !one.conditions.terminating).map(address);
  if (ready.length + notReady.length === 0) return [];
  return [
    {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ports: ports.map(({ name, port, protocol }) => ({ ...(name === '' ? {} : { name }), port, protocol })),
    },
  ];
}
