/**
 * `kubectl get pods|nodes`, as a table (`-o wide` has the addresses) and with `-o json`. Kubernetes' words stay as they are.
 */
import type { Draft, Facts, KubernetesNodeFacts, PodFacts } from './facts.ts';
import type { Input } from './input.ts';
import { flagIn, jsonObjects, objectIn, objectsIn, textIn, textsIn, type JsonObject } from './json.ts';

const isNodes = (input: Input): boolean => input.command.words.some((word) => /^(?:nodes?|no)$/.test(word));

export function parseKubectlTable(input: Input): Facts {
  const pods: PodFacts[] = [];
  const nodes: KubernetesNodeFacts[] = [];
  let titles: readonly string[] = [];
  for (const line of input.lines()) {
    const cells = line.text.trim().split(/\s{2,}|\t/);
    if (cells[0] === 'NAME' || cells[0] === 'NAMESPACE') {
      titles = cells;
      continue;
    }
    const cell = (title: string): string | undefined => {
      const text = titles.includes(title) ? cells[titles.indexOf(title)] : undefined;
      return text === '<none>' || text === '' ? undefined : text;
    };
    const [name, status] = [cell('NAME'), cell('STATUS')];
    if (name === undefined || status === undefined) {
      input.problem(line, titles.length === 0 ? 'columns without titles' : 'name or status is missing');
      continue;
    }
    if (isNodes(input)) {
      const [version, address] = [cell('VERSION'), cell('INTERNAL-IP')];
      nodes.push({ name, status, addresses: address === undefined ? [] : [address], ...(version !== undefined && { version }) });
    } else {
      const [namespace, address, node] = [cell('NAMESPACE'), cell('IP'), cell('NODE')];
      pods.push({
        ...(namespace !== undefined && { namespace }),
        name,
        phase: status,
        ...(node !== undefined && { node }),
        addresses: address === undefined ? [] : [address],
      });
    }
  }
  return isNodes(input) ? { nodes } : { pods };
}

/** A list, or one object. */
export function parseKubectlJson(input: Input): Facts {
  const pods: PodFacts[] = [];
  const nodes: KubernetesNodeFacts[] = [];
  for (const { value, line } of jsonObjects(input, 'items')) {
    const kind = textIn(value, 'kind') ?? (isNodes(input) ? 'Node' : 'Pod');
    const name = textIn(objectIn(value, 'metadata'), 'name');
    if (name === undefined || (kind !== 'Pod' && kind !== 'Node')) {
      if (kind !== 'List') input.problem(line, name === undefined ? 'an object without name' : `${kind} is neither Pod nor Node`);
    } else if (kind === 'Pod') pods.push(podOf(name, value));
    else nodes.push(nodeOf(name, value));
  }
  return isNodes(input) ? { nodes } : nodes.length > 0 ? { pods, nodes } : { pods };
}

function podOf(name: string, value: JsonObject): PodFacts {
  const [metadata, spec, status] = [objectIn(value, 'metadata'), objectIn(value, 'spec'), objectIn(value, 'status')];
  const addresses = objectsIn(status, 'podIPs').flatMap((one) => textIn(one, 'ip') ?? []);
  const [namespace, node, single] = [textIn(metadata, 'namespace'), textIn(spec, 'nodeName'), textIn(status, 'podIP')];
  const labels = Object.entries(objectIn(metadata, 'labels')).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const pod: Draft<PodFacts> = {
    name,
    phase: textIn(status, 'phase') ?? 'Unknown',
    addresses: addresses.length > 0 || single === undefined ? addresses : [single],
  };
  if (namespace !== undefined) pod.namespace = namespace;
  if (node !== undefined) pod.node = node;
  if (flagIn(spec, 'hostNetwork')) pod.hostNetwork = true;
  if (labels.length > 0) pod.labels = Object.fromEntries(labels);
  return pod;
}

function nodeOf(name: string, value: JsonObject): KubernetesNodeFacts {
  const [spec, status] = [objectIn(value, 'spec'), objectIn(value, 'status')];
  const ready = objectsIn(status, 'conditions').find((one) => one['type'] === 'Ready');
  const one = textIn(spec, 'podCIDR');
  const podCIDRs = textsIn(spec, 'podCIDRs');
  const version = textIn(objectIn(status, 'nodeInfo'), 'kubeletVersion');
  return {
    name,
    status: `${ready?.['status'] === 'True' ? 'Ready' : 'NotReady'}${spec['unschedulable'] === true ? ',SchedulingDisabled' : ''}`,
    addresses: objectsIn(status, 'addresses').flatMap((address) => (address['type'] === 'InternalIP' ? (textIn(address, 'address') ?? []) : [])),
    ...((podCIDRs.length > 0 || one !== undefined) && { podCIDRs: podCIDRs.length > 0 ? podCIDRs : [one!] }),
    ...(version !== undefined && { version }),
  };
}
