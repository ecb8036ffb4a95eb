/** The VXLAN device of a node does not know at which address another node's VTEP is. */
import { cellKey } from '../../twin/index.ts';
import { concerns, vtepPairs } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';

export const VXLAN_FDB_MISSING: Diagnosis = {
  code: 'vxlan-fdb-missing',
  words: {
    en: {
      title: '{node} does not know where the VTEP {mac} of {other} is',
      cause: 'The forwarding database of {device} has no entry for {mac}: {node} has a frame for {other} and no address to send it to.',
    },
    zh: {
      title: '{node} 不知道 {other} 的 VTEP {mac} 在哪里',
      cause: '{device} 的转发表中没有 {mac} 的表项：{node} 有要发给 {other} 的帧，却不知道该发往哪个地址。',
    },
  },
  find(situation) {
    return vtepPairs(situation).flatMap(({ node, root, link, other, theirs, address }) => {
      if (link.vxlan?.learning !== false || root.fdb.some((entry) => entry.device === link.name && entry.mac === theirs.mac && entry.dst === address))
        return [];
      if (root.fdb.some((entry) => entry.device === link.name && entry.mac === '00:00:00:00:00:00')) return [];
      const wrong = root.fdb.find((entry) => entry.device === link.name && entry.mac === theirs.mac);
      return [
        {
          where: { node, device: link.name },
          evidence: [{ source: `bridge fdb show dev ${link.name}`, text: wrong ? `${wrong.mac} dst ${wrong.dst}` : `— (${theirs.mac})` }],
          see: { node, command: `bridge fdb show dev ${link.name}` },
          values: { mac: theirs.mac, other, key: theirs.mac },
          pairs: situation.failing.filter((cell) => concerns(situation, cell, node, other)).map(cellKey),
          fixes: [[{ node, command: `bridge fdb ${wrong ? 'replace' : 'append'} ${theirs.mac} dev ${link.name} dst ${address} self permanent` }]],
        },
      ];
    });
  },
};
