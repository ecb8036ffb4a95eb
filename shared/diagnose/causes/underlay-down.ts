/** The card over which a node reaches the others is down or has no cable: nothing of it arrives anywhere. */
import { gatewayBeyond } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { isUp, ip, networkKind, overlayOf } from '../situation.ts';

export const UNDERLAY_DOWN: Diagnosis = {
  code: 'underlay-down',
  words: {
    en: {
      title: '{node} cannot reach the other nodes: {device} is down',
      cause: "{device} carries {node}'s address among the nodes. It is {state}, so no packet enters or leaves the node there, and the routes by it are gone.",
    },
    zh: {
      title: '{node} 到不了其他节点：{device} 未启用',
      cause: '{device} 带着 {node} 在节点之间的地址。它现在{stateZh}，包在那里既进不来也出不去，经过它的路由也都消失了。',
    },
  },
  find(situation) {
    return situation.nodes.flatMap(({ node, root }) => {
      const link = situation.uplinkOf(node.name);
      if (!link || (isUp(link) && link.operstate !== 'DOWN' && !link.flags.includes('NO-CARRIER'))) return [];
      const up = ip(node.name, root, `link set ${link.name} up`);
      const routes = situation.nodes.flatMap((other) =>
        other.node.name === node.name || other.address === undefined || overlayOf(root) !== undefined || networkKind(situation) === 'routed'
          ? []
          : other.node.podCIDRs.map((cidr) => ip(node.name, root, `route replace ${cidr} via ${other.address} dev ${link.name}`)),
      );
      const gateway = gatewayBeyond(situation, node.name, link);
      const byDefault = gateway === undefined ? [] : [ip(node.name, root, `route replace default via ${gateway} dev ${link.name}`)];
      const down = isUp(link) ? ['without carrier', '没有载波'] : ['down', '处于停用状态'];
      return [
        {
          where: { node: node.name, device: link.name },
          evidence: [{ source: `ip link show ${link.name}`, text: `${link.ifindex}: ${link.name}: <${link.flags.join(',')}> state ${link.operstate}` }],
          see: ip(node.name, root, `link show ${link.name}`),
          values: { state: down[0]!, stateZh: down[1]! },
          pairs: situation.failingAt((place) => place.node === node.name),
          fixes: isUp(link) ? [] : [[up], [up, ...routes], [up, ...byDefault], [up, ...routes, ...byDefault]],
        },
      ];
    });
  },
};
