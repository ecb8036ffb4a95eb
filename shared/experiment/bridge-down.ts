/** Takes a worker's cni0 down: its pods are cut off from it and from each other. */
import { rootOf, type Experiment } from './definition.ts';

export const BRIDGE_DOWN: Experiment = {
  id: 'bridge-down',
  plan(facts) {
    const [node] = facts.workers;
    const bridge = node && rootOf(facts, node.name)?.links.find((link) => link.kind === 'bridge');
    if (!node || !bridge) return undefined;
    const isUp = bridge.flags.includes('UP');
    return {
      title: { en: `Take ${bridge.name} on ${node.name} down`, zh: `停用 ${node.name} 上的 ${bridge.name}` },
      explanation: {
        en: `${bridge.name} is the switch that all pods of ${node.name} are plugged into, and their gateway. Down, it forwards no frames, and the route to the pods goes away with it.`,
        zh: `${bridge.name} 是 ${node.name} 上所有 Pod 插入的交换机，也是它们的网关。停用之后它不再转发帧，通往这些 Pod 的路由也随之消失。`,
      },
      commands: [{ node: node.name, command: `ip link set ${bridge.name} down` }],
      undo: [{ node: node.name, command: `ip link set ${bridge.name} up` }],
      ...(isUp ? {} : { notNow: { en: `${bridge.name} is down already.`, zh: `${bridge.name} 已经停用。` } }),
    };
  },
};
