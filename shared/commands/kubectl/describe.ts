/** kubectl describe (k8s.io/kubectl/pkg/describe): an object and its events, told. */
import { utf8Encode } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { ALL_NAMESPACES, fail, findResource, GLOBAL_FLAGS, namespaceOf, parseTargets, refuse, SELECTOR, type Command, type Context } from './context.ts';
import { describeDeployment, describeService } from './describe-apps.ts';
import { describeNode } from './describe-node.ts';
import { describePod } from './describe-pod.ts';
import { eventLines, labelLines } from './describe-parts.ts';
import {
  describeAny,
  describeConfigMap,
  describeDaemonSet,
  describeEndpoints,
  describeEndpointSlice,
  describeReplicaSet,
  describeSecret,
  describeServiceAccount,
} from './describe-data.ts';
import type { DaemonSet, Deployment, EndpointSlice, ReplicaSet, Service } from './objects-apps.ts';
import type { KubeEvent, KubeObject, Lease, Namespace, Node, Pod } from './objects.ts';
import { alignTabs, DESCRIBE_TABS } from './tabwriter.ts';

export const DESCRIBE: Command = {
  name: 'describe',
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]',
  summary: 'Show details of a specific resource or group of resources',
  flags: [...GLOBAL_FLAGS, ALL_NAMESPACES, SELECTOR, { name: 'show-events', kind: 'bool', usage: 'If true, display events related to the described object.' }],
  run: describe,
};

function* describe(context: Context): Sys<number> {
  const { flags, api, p } = context;
  if (flags.args.length === 0)
    return yield* fail(context, 'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.');
  const targets = parseTargets(api, flags.args);
  if (!targets.ok) return yield* fail(context, targets.error);
  const texts: string[] = [];
  let status = 0;
  for (const target of targets.value) {
    const namespace = target.resource.isNamespaced && !flags.bool('all-namespaces') ? namespaceOf(context) : undefined;
    const selector = flags.string('selector');
    const all = api.list(target.resource, namespace, selector === undefined ? {} : { labelSelector: selector });
    if (!all.ok) return yield* refuse(context, all.error);
    // a name is taken whole, and else as the beginning of names
    const exact = target.kind === 'object' ? all.value.filter((object) => object.metadata.name === target.name) : all.value;
    const found = exact.length > 0 || target.kind === 'list' ? exact : all.value.filter((object) => object.metadata.name.startsWith(target.name));
    if (found.length === 0 && target.kind === 'object') {
      const missing = api.get(target.resource, namespace, target.name);
      if (!missing.ok) status = yield* refuse(context, missing.error);
    }
    texts.push(...found.map((object) => describeObject(context, object)));
  }
  if (texts.length === 0 && status === 0) {
    yield* p.error(
      flags.bool('all-namespaces') || !targets.value.some((target) => target.resource.isNamespaced)
        ? 'No resources found\n'
        : `No resources found in ${namespaceOf(context)} namespace.\n`,
    );
  }
  yield* p.print(utf8Encode(texts.join('\n\n')));
  return status;
}

function describeObject(context: Context, object: KubeObject): string {
  const nowUs = context.p.unixUs;
  const events = eventsOf(context, object);
  const pods = (): readonly Pod[] => {
    const all = context.api.list(findResource(context.api, 'pods')!, undefined, { fieldSelector: `spec.nodeName=${object.metadata.name}` });
    return all.ok ? (all.value as readonly Pod[]).filter((pod) => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed') : [];
  };
  switch (object.kind) {
    case 'Pod':
      return alignTabs(describePod(object as Pod, nowUs) + eventLines(events, nowUs), DESCRIBE_TABS);
    case 'Node':
      return alignTabs(describeNode(object as Node, pods(), leaseOf(context, object), nowUs) + eventLines(events, nowUs), DESCRIBE_TABS);
    case 'Service': {
      const selector = { labelSelector: `kubernetes.io/service-name=${object.metadata.name}` };
      const slices = context.api.list(findResource(context.api, 'endpointslices')!, object.metadata.namespace, selector);
      return alignTabs(
        describeService(object as Service, slices.ok ? (slices.value as readonly EndpointSlice[]) : []) + eventLines(events, nowUs),
        DESCRIBE_TABS,
      );
    }
    case 'Deployment': {
      const all = context.api.list(findResource(context.api, 'replicasets')!, object.metadata.namespace, {});
      const sets = all.ok ? all.value.filter((set) => set.metadata.ownerReferences?.some((one) => one.uid === object.metadata.uid)) : [];
      return alignTabs(describeDeployment(object as Deployment, sets as unknown as readonly ReplicaSet[]) + eventLines(events, nowUs), DESCRIBE_TABS);
    }
    case 'ReplicaSet': {
      const all = context.api.list(findResource(context.api, 'pods')!, object.metadata.namespace, {});
      const own = all.ok ? (all.value as readonly Pod[]).filter((pod) => pod.metadata.ownerReferences?.some((one) => one.uid === object.metadata.uid)) : [];
      return alignTabs(describeReplicaSet(object as ReplicaSet, own) + eventLines(events, nowUs), DESCRIBE_TABS);
    }
    case 'ConfigMap':
      return alignTabs(describeConfigMap(object) + eventLines(events, nowUs), DESCRIBE_TABS);
    case 'Endpoints':
      return alignTabs(describeEndpoints(object) + eventLines(events, nowUs), DESCRIBE_TABS);
    case 'EndpointSlice':
      return alignTabs(describeEndpointSlice(object as EndpointSlice) + eventLines(events, nowUs), DESCRIBE_TABS);
    case 'Namespace':
      return alignTabs(describeNamespace(object as Namespace), DESCRIBE_TABS);
    case 'DaemonSet': {
      const all = context.api.list(findResource(context.api, 'pods')!, object.metadata.namespace, {});
      const own = all.ok ? (all.value as readonly Pod[]).filter((pod) => pod.metadata.ownerReferences?.some((one) => one.uid === object.metadata.uid)) : [];
      return alignTabs(describeDaemonSet(object as DaemonSet, own) + eventLines(events, nowUs), DESCRIBE_TABS);
    }
    case 'Secret':
      return alignTabs(describeSecret(object), DESCRIBE_TABS);
    case 'ServiceAccount':
      return alignTabs(describeServiceAccount(object) + eventLines(events, nowUs), DESCRIBE_TABS);
    default:
      return alignTabs(describeAny(object) + eventLines(events, nowUs), DESCRIBE_TABS);
  }
}

function leaseOf(context: Context, { metadata }: KubeObject): Lease | undefined {
  const resource = findResource(context.api, 'leases');
  const found = resource && context.api.get(resource, 'kube-node-lease', metadata.name);
  return found?.ok ? (found.value as Lease) : undefined;
}

function eventsOf(context: Context, object: KubeObject): readonly KubeEvent[] {
  const resource = findResource(context.api, 'events');
  if (!resource) return [];
  const { uid, name, namespace } = object.metadata;
  const all = context.api.list(resource, namespace, {
    fieldSelector: object.kind === 'Node' ? `involvedObject.kind=Node,involvedObject.name=${name}` : `involvedObject.uid=${uid}`,
  });
  return all.ok ? (all.value as readonly KubeEvent[]) : [];
}

function describeNamespace(namespace: Namespace): string {
  return `Name:\t${namespace.metadata.name}\n${labelLines('Labels', namespace.metadata.labels)}${labelLines('Annotations', namespace.metadata.annotations, ': ')}Status:\t${namespace.status.phase}\n`;
}
