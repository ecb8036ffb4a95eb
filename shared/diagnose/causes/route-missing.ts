/** A machine on the way has no route to the pods of a node. */
import { cellKey } from '../../twin/index.ts';
import { directWay, isNeighbour, wayTo } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { covers, lengthOf, overlap, mainRoutes, routeTo, ip, networkKind } from '../situation.ts';

export const ROUTE_MISSING: Diagnosis = {
  code: 'route-missing',
  words: {
    en: { title: '{node} has no route to {cidr}, the pods of {other}', cause: 'Packets for them leave {node} by {instead}, where nobody knows pods.' },
    zh: { title: '{node} 没有到 {cidr}（{other} 的 Pod）的路由', cause: '发往它们的包从 {instead} 离开了 {node}，而那里没有谁认识 Pod。' },
  },
  find(situation) {
    const kind = networkKind(situation);
    const onTheWay = new Set(
      situation.deaths
        .filter(({ netnsId }) => netnsId === 0)
        .flatMap((death) => (situation.ownerOf(death.destination) ? [`${death.node} ${situation.ownerOf(death.destination)!.name}`] : [])),
    );
    return situation.machines.flatMap(([node, root]) =>
      situation.nodes.flatMap((other) => {
        if (other.node.name === node || other.address === undefined) return [];
        const isMember = situation.nodes.some((one) => one.node.name === node);
        return other.node.podCIDRs.flatMap((cidr) => {
          if (mainRoutes(root).some(({ destination }) => lengthOf(destination) > 0 && overlap(destination, cidr))) return [];
          // where a router knows the way, nodes need not
          if ((!isMember || kind === 'routed' || kind === 'ipip') && !onTheWay.has(`${node} ${other.node.name}`)) return [];
          if ((kind === 'routed' || kind === 'ipip') && isMember && !isNeighbour(root, other.address!)) return [];
          const right = isMember ? wayTo(situation, node, other.node.name) : directWay(root, other.address!);
          const down = isMember && situation.uplinkOf(node)?.flags.includes('UP') !== true;
          if (!right || down) return [];
          const instead = routeTo(root, cidr.split('/')[0]!);
          return [
            {
              where: { node },
              evidence: [{ source: `ip route get ${cidr.split('/')[0]}`, text: instead?.text ?? 'Network is unreachable' }],
              see: { node, command: `ip route show ${cidr}` },
              values: { cidr, other: other.node.name, instead: instead?.device ?? '—', key: cidr },
              pairs: situation.failing.filter((cell) => covers(cidr, cell.address) || covers(cidr, situation.place(cell.from)?.address ?? '')).map(cellKey),
              fixes: [[ip(node, root, `route add ${cidr} ${right.words}`)]],
            },
          ];
        });
      }),
    );
  },
};
