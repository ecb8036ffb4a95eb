/** The route to another node's pods leads to the wrong next hop. */
import { cellKey } from '../../twin/index.ts';
import { wayTo } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { linkNamed, covers, mainRoutes, ip, networkKind } from '../situation.ts';

export const ROUTE_WRONG_VIA: Diagnosis = {
  code: 'route-wrong-via',
  words: {
    en: {
      title: '{node} sends {cidr} to the wrong next hop',
      cause: '{cidr} are the pods of {other}, which is at {address}. The route of {node} sends them to {via}.',
    },
    zh: { title: '{node} 把 {cidr} 送往错误的下一跳', cause: '{cidr} 是 {other} 的 Pod 网段，{other} 的地址是 {address}，而 {node} 的路由把它送往 {via}。' },
  },
  find(situation) {
    const kind = networkKind(situation);
    return situation.nodes.flatMap(({ node, root }) =>
      situation.nodes.flatMap((other) => {
        if (other.node.name === node.name || other.address === undefined || kind === 'routed') return [];
        return other.node.podCIDRs.flatMap((cidr) => {
          const route = mainRoutes(root).find(({ destination }) => destination === cidr);
          if (!route || linkNamed(root, route.device)?.flags.includes('UP') !== true) return [];
          const right = wayTo(situation, node.name, other.node.name);
          if (!right || (route.via === right.via && (route.device === right.device || kind === 'host-gw'))) return [];
          return [
            {
              where: { node: node.name, device: route.device ?? '' },
              evidence: [
                { source: `ip route show ${cidr}`, text: route.text },
                { source: `kubectl get node ${other.node.name} -o wide`, text: `${other.node.name} ${other.address} podCIDR ${cidr}` },
              ],
              see: { node: node.name, command: `ip route show ${cidr}` },
              values: { cidr, other: other.node.name, address: right.via, via: route.via ?? route.device ?? '', key: cidr },
              pairs: situation.failing.filter((cell) => covers(cidr, cell.address) || covers(cidr, situation.place(cell.from)?.address ?? '')).map(cellKey),
              fixes: [[ip(node.name, root, `route replace ${cidr} ${right.words}`)]],
            },
          ];
        });
      }),
    );
  },
};
