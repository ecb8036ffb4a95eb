/** The VXLAN device of a node does not know the MAC of the next hop on another node. */
import { cellKey } from '../../twin/index.ts';
import { concerns, vtepPairs } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { inet, ip } from '../situation.ts';

export const VXLAN_NEIGHBOUR_MISSING: Diagnosis = {
  code: 'vxlan-neighbour-missing',
  words: {
    en: {
      title: '{node} has no neighbour entry for {vtep}, the VTEP of {other}',
      cause: "The route to {other}'s pods leads to {vtep} on {device}. Nobody answers ARP there: the plugin writes the entry, and it is not there.",
    },
    zh: {
      title: '{node} 上没有 {other} 的 VTEP {vtep} 的邻居表项',
      cause: '到 {other} 的 Pod 的路由经 {device} 指向 {vtep}。那里没有谁会应答 ARP，表项应由插件写入，而它不在。',
    },
  },
  find(situation) {
    return vtepPairs(situation).flatMap(({ node, root, link, other, theirs }) => {
      const vtep = inet(theirs)[0]?.local;
      if (
        vtep === undefined ||
        link.vxlan?.learning !== false ||
        root.neighbours.some((one) => one.device === link.name && one.address === vtep && one.mac === theirs.mac)
      )
        return [];
      const seen = root.neighbours.find((one) => one.device === link.name && one.address === vtep);
      return [
        {
          where: { node, device: link.name },
          evidence: [{ source: `ip neigh show dev ${link.name}`, text: seen ? `${vtep} ${seen.mac ?? ''} ${seen.state}` : `— (${vtep})` }],
          see: ip(node, root, `neigh show dev ${link.name}`),
          values: { vtep, other, key: vtep },
          pairs: situation.failing.filter((cell) => concerns(situation, cell, node, other)).map(cellKey),
          fixes: [[ip(node, root, `neigh replace ${vtep} lladdr ${theirs.mac} dev ${link.name} nud permanent`)]],
        },
      ];
    });
  },
};
