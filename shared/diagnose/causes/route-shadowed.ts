/** A more specific route catches packets for pods of another node. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis, Draft } from '../finding.ts';
import { covers, lengthOf, mainRoutes, routeTo, ip } from '../situation.ts';

export const ROUTE_SHADOWED: Diagnosis = {
  code: 'route-shadowed',
  words: {
    en: {
      title: 'A route of {node} shadows {cidr}',
      cause: '“{route}” is more specific than “{wide}”, so {node} sends packets for {address} there and not to {other}.',
    },
    zh: { title: '{node} 的一条路由遮住了 {cidr}', cause: '“{route}”比“{wide}”更具体，于是 {node} 把发往 {address} 的包送到那里，而不是送往 {other}。' },
  },
  find(situation) {
    return situation.machines.flatMap(([node, root]) => {
      const drafts = new Map<string, Draft>();
      for (const { pod } of situation.pods) {
        const [address = ''] = pod.addresses;
        if (pod.node === node) continue;
        const wide = mainRoutes(root).find(
          (route) => route.via !== undefined && lengthOf(route.destination) > 0 && situation.ownerOf(address)?.podCIDRs.includes(route.destination),
        );
        const route = routeTo(root, address);
        if (!wide || !route || route.type !== 'unicast' || lengthOf(route.destination) <= lengthOf(wide.destination)) continue;
        if (route.via === wide.via && route.device === wide.device) continue;
        drafts.set(route.text, {
          where: { node },
          evidence: [
            { source: `ip route get ${address}`, text: route.text },
            { source: 'ip route', text: wide.text },
          ],
          see: { node, command: `ip route get ${address}` },
          values: { cidr: wide.destination, route: route.text, wide: wide.text, address, other: pod.node, key: route.text },
          pairs: situation.failing
            .filter((cell) => covers(route.destination, cell.address) || covers(route.destination, situation.place(cell.from)?.address ?? ''))
            .map(cellKey),
          fixes: [[ip(node, root, `route del ${route.text}`)]],
        });
      }
      return [...drafts.values()];
    });
  },
};
