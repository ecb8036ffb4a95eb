/** The places of a lab where a program can run or a packet can start, and what they are called. */
import type { Cluster, DockerEngine, PodInfo } from '../cluster/index.ts';
import type { Host, Netns } from '../kernel/index.ts';
import { NetNamespace, type Machine } from '../machine/index.ts';
import { netnsBoxId } from '../topology/index.ts';
import { formatIpv4, parseIpv4 } from '../wire/index.ts';
import type { Endpoint, LabError, LabResult } from './lab.ts';

export const refuse = (code: LabError['code'], message: string, details?: LabError['details']): { readonly ok: false; readonly error: LabError } => ({
  ok: false,
  error: { code, message, ...(details ? { details } : {}) },
});
export const give = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** A place in the lab where a program can run or a packet can start. */
export type Target =
  | { readonly kind: 'node'; readonly node: string; readonly machine: Machine; readonly netns: Netns }
  | { readonly kind: 'pod'; readonly node: string; readonly machine: Machine; readonly netns: Netns; readonly info: PodInfo }
  | { readonly kind: 'netns'; readonly node: string; readonly machine: Machine; readonly netns: Netns };

export class Places {
  constructor(
    private readonly machines: ReadonlyMap<string, Machine>,
    private readonly cluster: Cluster | undefined,
    /** Over which nodes reach each other. */
    private readonly interface_: string,
    private readonly dockers: readonly DockerEngine[],
  ) {}

  /** Pods that have a network of their own. */
  ownPods(): readonly PodInfo[] {
    return this.cluster?.pods().filter((info) => info.netnsInode !== undefined) ?? [];
  }
  netnsOfPod(info: PodInfo): Netns | undefined {
    const net = this.cluster?.workerOf(info.pod)?.sandbox?.net;
    return net instanceof NetNamespace ? net.netns : undefined;
  }
  endpoints(): readonly Endpoint[] {
    const nodes = [...this.machines].map(([name, machine]): Endpoint => {
      const address = this.addressOf(machine);
      const node = this.cluster?.nodes().find((one) => one.metadata.name === name);
      const ready = node?.status.conditions.find((one) => one.type === 'Ready')?.status;
      return {
        id: name,
        kind: 'node',
        node: name,
        label: name,
        ...(address === undefined ? {} : { address: formatIpv4(address) }),
        box: name,
        status: ready === undefined || ready === 'True' ? 'Ready' : 'NotReady',
      };
    });
    const pods = this.ownPods().flatMap((info): readonly Endpoint[] => {
      const netns = this.netnsOfPod(info);
      if (!netns) return [];
      const { name } = info.pod.metadata;
      const node = netns.host.name;
      const address = info.pod.status.podIP;
      return [
        {
          id: endpointId(info),
          kind: 'pod',
          node,
          label: name,
          ...(address === undefined ? {} : { address }),
          box: netnsBoxId(node, netns),
          status: info.status,
        },
      ];
    });
    return [...nodes, ...pods, ...this.namespaces()];
  }
  /** What `ip netns` names and no pod has, and Docker's containers. */
  private namespaces(): readonly Endpoint[] {
    const taken = new Set(this.ownPods().map((info) => this.netnsOfPod(info)));
    return [...this.machines].flatMap(([node, { host }]) => {
      const named = [...host.namedNetns].filter(([, netns]) => !taken.has(netns) && netns !== host.initNetns);
      return [...named, ...this.containersOf(host)].map(([name, netns]): Endpoint => {
        const address = firstAddress(netns);
        const shown = address === undefined ? {} : { address: formatIpv4(address) };
        return { id: `${node}/${name}`, kind: 'netns', node, label: name, ...shown, box: netnsBoxId(node, netns), status: 'Ready' };
      });
    });
  }
  private containersOf(host: Host): readonly (readonly [string, Netns])[] {
    return this.dockers.flatMap((engine) => (engine.machine.host === host ? engine.namespaces().map(({ name, netns }) => [name, netns] as const) : []));
  }
  private addressOf(machine: Machine): number | undefined {
    const named = machine.netns.device(this.interface_);
    return named ? named.ipv4?.addresses[0]?.local : firstAddress(machine.netns);
  }

  /** `node-1`, `httpd` or `pod/httpd`, `node-1/httpd`, `node-1/kube-system/coredns-x`, `node-1/NAME` of an `ip netns`. */
  find(target: string): LabResult<Target> {
    const [first = '', ...rest] = target.split('/');
    const machine = this.machines.get(first);
    if (machine && rest.length === 0) return give({ kind: 'node', node: first, machine, netns: machine.netns });
    if (!machine && first !== 'pod' && rest.length > 0)
      return refuse('not-found', `There is no node ${first}; there are: ${[...this.machines.keys()].join(', ')}.`, { target });
    const [namespace, name] = rest.length > 1 ? [rest[0]!, rest.slice(1).join('/')] : ['default', rest[0] ?? first];
    const pod = this.cluster?.pod(namespace, name);
    if (this.cluster && pod && (!machine || pod.spec.nodeName === first)) {
      const info = this.cluster.infoOf(pod);
      const netns = this.netnsOfPod(info);
      if (!netns) return refuse('not-possible', `The pod ${name} is ${info.status}: it has no network now.`, { target });
      return give({ kind: 'pod', node: netns.host.name, machine: this.machines.get(netns.host.name)!, netns, info });
    }
    const named = machine && (machine.host.namedNetns.get(name) ?? this.containersOf(machine.host).find(([own]) => own === name)?.[1]);
    if (machine && named) return give({ kind: 'netns', node: first, machine, netns: named });
    const pods = this.endpoints().filter((endpoint) => endpoint.kind === 'pod');
    const nodes = machine ? '' : `nodes: ${[...this.machines.keys()].join(', ')}; `;
    return refuse('not-found', `There is no ${target}; ${nodes}pods that run: ${pods.map((pod) => pod.id).join(', ') || 'none'}.`, { target });
  }
  /** Where a namespace is, as `find` would name it. */
  nameOf(netns: Netns): string {
    const node = netns.host.name;
    if (netns === netns.host.initNetns) return node;
    const info = this.ownPods().find((one) => this.netnsOfPod(one) === netns);
    if (info) return endpointId(info);
    return `${node}/${this.containersOf(netns.host).find(([, own]) => own === netns)?.[0] ?? netns.name}`;
  }
  /** An endpoint's address, or an address itself. */
  addressFor(to: string): LabResult<number> {
    const literal = parseIpv4(to);
    if (literal !== undefined) return give(literal);
    const target = this.find(to);
    if (!target.ok) return target;
    const { value } = target;
    const address = value.kind === 'node' ? this.addressOf(value.machine) : firstAddress(value.netns);
    return address === undefined ? refuse('not-possible', `${to} has no IPv4 address now.`) : give(address);
  }
}

const firstAddress = (netns: Netns): number | undefined =>
  [...netns.devices.values()].filter((device) => !device.isLoopback).flatMap((device) => device.ipv4?.addresses ?? [])[0]?.local;

export const endpointId = (info: PodInfo): string => {
  const { name, namespace = 'default' } = info.pod.metadata;
  return `${info.pod.spec.nodeName}/${namespace === 'default' ? '' : `${namespace}/`}${name}`;
};
