/** Turns a worker from a router into a host: it no longer passes on what is not for itself. */
import { rootOf, type Experiment } from './definition.ts';

export const IP_FORWARD_OFF: Experiment = {
  id: 'ip-forward-off',
  plan(facts) {
    const [node] = facts.workers;
    if (!node) return undefined;
    const isOn = rootOf(facts, node.name)?.sysctls['net.ipv4.ip_forward'] === '1';
    return {
      title: { en: `Turn off forwarding on ${node.name}`, zh: `关闭 ${node.name} 的转发` },
      explanation: {
        en: `A node is a router for its pods: packets come in by one interface and leave by another. net.ipv4.ip_forward allows that. Off, pods on ${node.name} reach each other over the bridge but nobody else.`,
        zh: `节点是其 Pod 的路由器：包从一个接口进来，从另一个接口出去。net.ipv4.ip_forward 允许这样做。关闭之后，${node.name} 上的 Pod 经网桥仍能互通，但到不了别处。`,
      },
      commands: [{ node: node.name, command: 'sysctl -w net.ipv4.ip_forward=0' }],
      undo: [{ node: node.name, command: 'sysctl -w net.ipv4.ip_forward=1' }],
      ...(isOn ? {} : { notNow: { en: `Forwarding is off on ${node.name} already.`, zh: `${node.name} 的转发已经关闭。` } }),
    };
  },
};
