/** The bridge that a node's pods are plugged into is down. */
import type { Diagnosis } from '../finding.ts';
import { isUp, ip } from '../situation.ts';

export const BRIDGE_DOWN: Diagnosis = {
  code: 'bridge-down',
  words: {
    en: {
      title: '{device} on {node} is down',
      cause: "{device} is the switch of {node}'s pods and their gateway. Down, it forwards no frame, and the route to the pods is gone with it.",
    },
    zh: {
      title: '{node} 上的 {device} 已停用',
      cause: '{device} 是 {node} 上各 Pod 的交换机，也是它们的网关。停用之后不再转发任何帧，通往这些 Pod 的路由也一并消失。',
    },
  },
  find(situation) {
    return situation.nodes.flatMap(({ node, root }) =>
      root.links
        .filter((link) => link.kind === 'bridge' && !isUp(link) && root.links.some(({ master }) => master === link.ifindex))
        .map((link) => ({
          where: { node: node.name, device: link.name },
          evidence: [{ source: `ip link show ${link.name}`, text: `${link.ifindex}: ${link.name}: <${link.flags.join(',')}> state ${link.operstate}` }],
          see: ip(node.name, root, `link show ${link.name}`),
          values: {},
          pairs: situation.failingAt((place) => place.node === node.name && place.kind === 'pod'),
          fixes: [[ip(node.name, root, `link set ${link.name} up`)]],
        })),
    );
  },
};
