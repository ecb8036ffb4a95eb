/** A node with pods does not forward. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis } from '../finding.ts';

export const IP_FORWARD_OFF: Diagnosis = {
  code: 'ip-forward-off',
  words: {
    en: {
      title: '{node} does not forward packets',
      cause: 'A node is the router of its pods. net.ipv4.ip_forward is 0 on {node}, so it drops every packet that is not for itself.',
    },
    zh: { title: '{node} 不转发数据包', cause: '节点是其 Pod 的路由器。{node} 上 net.ipv4.ip_forward 为 0，凡不是发给它自己的包都被丢弃。' },
  },
  find(situation) {
    return situation.machines.flatMap(([node, root]) => {
      const isRouter =
        situation.pods.some(({ pod }) => pod.node === node) || situation.deaths.some((death) => death.node === node && death.reason === 'FORWARDING_DISABLED');
      if (!isRouter || root.sysctls['net.ipv4.ip_forward'] !== '0') return [];
      return [
        {
          where: { node },
          evidence: [{ source: 'sysctl net.ipv4.ip_forward', text: 'net.ipv4.ip_forward = 0' }],
          see: { node, command: 'sysctl net.ipv4.ip_forward' },
          values: {},
          pairs: situation.deaths.filter((death) => death.node === node && death.netnsId === 0).map(({ cell }) => cellKey(cell)),
          fixes: [[{ node, command: 'sysctl -w net.ipv4.ip_forward=1' }]],
        },
      ];
    });
  },
};
