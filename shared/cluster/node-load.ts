/**
 * What the pods of a node have asked for, kept up to date pod by pod (pkg/scheduler/framework NodeInfo), so that placing a pod does not depend on how
 * many there are. CPU in thousandths, memory in bytes: whole numbers, which add and subtract exactly.
 */
import { parseQuantity, type Node, type Pod } from '../commands/index.ts';

/** GetNonzeroRequests: what a container without requests counts as. */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

export interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

export const hostPorts = (pod: Pod): readonly number[] =>
  pod.spec.containers.flatMap((container) => container.ports ?? []).flatMap((port) => (port.hostPort === undefined ? [] : [port.hostPort]));

/** What a pod asks for; `otherwise` for each container that asks for nothing. */
function requests(pod: Pod, otherwise: Amount): Amount {
  let [cpu, memory] = [0, 0];
  for (const { resources } of pod.spec.containers) {
    const asked = resources?.requests;
    cpu += asked?.['cpu'] === undefined ? otherwise.cpu : Math.round((parseQuantity(asked['cpu']) ?? 0) * 1000);
    memory += asked?.['memory'] === undefined ? otherwise.memory : (parseQuantity(asked['memory']) ?? 0);
  }
  return { cpu, memory };
}
export const requested = (pod: Pod): Amount => requests(pod, { cpu: 0, memory: 0 });
export const assumed = (pod: Pod): Amount => requests(pod, { cpu: DEFAULT_MILLI_CPU, memory: DEFAULT_MEMORY });
export const allocatable = ({ status }: Node): Amount => ({
  cpu: Math.round((parseQuantity(status.allocatable['cpu'] ?? '0') ?? 0) * 1000),
  memory: parseQuantity(status.allocatable['memory'] ?? '0') ?? 0,
});

export class NodeLoad {
  pods = 0;
  requested: Amount = { cpu: 0, memory: 0 };
  /** With what is assumed of containers that ask for nothing. */
  assumed: Amount = { cpu: 0, memory: 0 };
  /** Host ports, and how many pods have each. */
  readonly ports = new Map<number, number>();

  count(pod: Pod, sign: 1 | -1): void {
    this.pods += sign;
    this.requested = plus(this.requested, requested(pod), sign);
    this.assumed = plus(this.assumed, assumed(pod), sign);
    for (const port of hostPorts(pod)) {
      const users = (this.ports.get(port) ?? 0) + sign;
      if (users > 0) this.ports.set(port, users);
      else this.ports.delete(port);
    }
  }
}
export const plus = (a: Amount, b: Amount, sign: 1 | -1 = 1): Amount => ({ cpu: a.cpu + sign * b.cpu, memory: a.memory + sign * b.memory });
