/** Turns a machine from a router into a host: it no longer passes on what is not for itself. */
import { at, type Experiment } from '../definition.ts';

export const IP_FORWARD_OFF: Experiment = {
  id: 'ip-forward-off',
  plan(ground) {
    const [node] = ground.snapshot.kubernetes ? ground.workers : ground.stations;
    if (!node) return undefined;
    const isOn = node.root.sysctls['net.ipv4.ip_forward'] === '1';
    return {
      title: { en: `Turn off forwarding on ${node.name}`, zh: `关闭 ${node.name} 的转发` },
      explanation: {
        en: `A node is a router for its pods: packets come in by one interface and leave by another. net.ipv4.ip_forward allows that. Off, pods on ${node.name} that share a bridge still reach each other, but nobody else.`,
        zh: `节点是其 Pod 的路由器：包从一个接口进来，从另一个接口出去。net.ipv4.ip_forward 允许这样做。关闭之后，${node.name} 上同一网桥的 Pod 仍能互通，但到不了别处。`,
      },
      commands: [at(node.name, 'sysctl -w net.ipv4.ip_forward=0')],
      undo: [at(node.name, 'sysctl -w net.ipv4.ip_forward=1')],
      ...(isOn ? {} : { notNow: { en: `Forwarding is off on ${node.name} already.`, zh: `${node.name} 的转发已经关闭。` } }),
    };
  },
};
