/**
 * `ip netns list` and `list-id`, as text and with -j.
 *
 *     pod1 (id: 0)
 *     nsid 0 (iproute2 netns name: pod1)
 */
import type { Facts, NamespaceFacts } from './facts.ts';
import type { Input } from './input.ts';
import { jsonObjects, numberIn, textIn } from './json.ts';

export function parseIpNetns(input: Input): Facts {
  const namespaces: NamespaceFacts[] = [];
  for (const line of input.lines()) {
    const [, netnsid, named] = /^nsid (\d+)(?: current-nsid -?\d+)? *(?:\(iproute2 netns name: (\S+)\))?\s*$/.exec(line.text) ?? [];
    const [, name, id] = /^(\S+)(?: \(id: (\d+)\))?\s*$/.exec(line.text) ?? [];
    if (netnsid !== undefined) namespaces.push({ ...(named !== undefined && { name: named }), netnsid: Number(netnsid) });
    else if (name !== undefined) namespaces.push({ name, ...(id !== undefined && { netnsid: Number(id) }) });
    else input.problem(line, 'no namespace');
  }
  return { namespaces };
}

export function parseIpNetnsJson(input: Input): Facts {
  const namespaces: NamespaceFacts[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const [name, netnsid] = [textIn(value, 'name'), numberIn(value, 'id') ?? numberIn(value, 'nsid')];
    if (name === undefined && netnsid === undefined) input.problem(line, 'no namespace: neither name nor id');
    else namespaces.push({ ...(name !== undefined && { name }), ...(netnsid !== undefined && { netnsid }) });
  }
  return { namespaces };
}
