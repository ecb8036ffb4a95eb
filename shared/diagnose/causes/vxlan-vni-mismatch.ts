/** The VXLAN devices of the nodes do not have one number. */
import { cellKey } from '../../twin/index.ts';
import { majority, remadeOverlay } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { ip } from '../situation.ts';

export const VXLAN_VNI_MISMATCH: Diagnosis = {
  code: 'vxlan-vni-mismatch',
  words: {
    en: {
      title: '{device} on {node} has VNI {vni}, on the others it is {theirs}',
      cause: "A VXLAN datagram carries its network's number. {node} sends {vni} and takes only {vni}; the others use {theirs}, so nothing gets through.",
    },
    zh: {
      title: '{node} 上 {device} 的 VNI 是 {vni}，其他节点上是 {theirs}',
      cause: 'VXLAN 报文带有网络编号。{node} 只收发 {vni}，其他节点用的是 {theirs}，于是谁也收不到谁的包。',
    },
  },
  find(situation) {
    const all = situation.machines.flatMap(([node, root]) => root.links.flatMap((link) => (link.vxlan ? [{ node, root, link, vxlan: link.vxlan }] : [])));
    return all.flatMap(({ node, root, link, vxlan }) => {
      const others = all.filter((one) => one.node !== node && one.link.name === link.name);
      const theirs = majority(others.map((one) => String(one.vxlan.vni)));
      if (theirs === undefined || Number(theirs) === vxlan.vni || (others.length === 1 && vxlan.vni < Number(theirs))) return [];
      return [
        {
          where: { node, device: link.name },
          evidence: [{ node, vxlan }, ...others.map((one) => ({ node: one.node, vxlan: one.vxlan }))].map((one) => ({
            source: `ip -d link show ${link.name}`,
            text: `${one.node}: vxlan id ${one.vxlan.vni}`,
          })),
          see: ip(node, root, `-d link show ${link.name}`),
          values: { vni: String(vxlan.vni), theirs },
          pairs: situation.failing.map(cellKey),
          fixes: remadeOverlay(situation, node, Number(theirs)),
        },
      ];
    });
  },
};
