/** The bridge has an address that is not of the node's podCIDR: left over from an earlier one. */
import { firstOf, gatewayIn } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { inet, covers, lengthOf, ip } from '../situation.ts';

export const CNI0_STALE_ADDRESS: Diagnosis = {
  code: 'cni0-stale-address',
  words: {
    en: {
      title: '{device} on {node} has {address}, which is not in {cidr}',
      cause:
        'The pods of {node} get addresses of {cidr}, and their gateway is the first of them. {device} still has {address}, of an earlier range, so the pods have no gateway.',
    },
    zh: {
      title: '{node} 上 {device} 的地址 {address} 不在 {cidr} 之内',
      cause: '{node} 的 Pod 使用 {cidr} 中的地址，网关是其中第一个。{device} 却还带着先前网段的 {address}，于是这些 Pod 没有网关。',
    },
  },
  find(situation) {
    return situation.nodes.flatMap(({ node, root }) => {
      const [cidr] = node.podCIDRs;
      if (cidr === undefined) return [];
      return root.links
        .filter((link) => link.kind === 'bridge' && root.links.some((port) => port.master === link.ifindex && port.link?.netnsId !== undefined))
        .flatMap((link) => {
          const addresses = inet(link);
          const stale = addresses.find(({ local }) => !covers(cidr, local));
          if (!stale || addresses.some(({ local }) => covers(cidr, local))) return [];
          const gateway =
            situation.pods.map((seen) => (seen.pod.node === node.name ? gatewayIn(seen.netns) : undefined)).find((one) => one !== undefined) ?? firstOf(cidr);
          const remove = ip(node.name, root, `addr del ${stale.local}/${stale.prefixLength} dev ${link.name}`);
          const add = ip(node.name, root, `addr add ${gateway}/${lengthOf(cidr)} brd + dev ${link.name}`);
          return [
            {
              where: { node: node.name, device: link.name },
              evidence: [
                { source: `ip addr show ${link.name}`, text: `inet ${stale.local}/${stale.prefixLength}` },
                { source: `kubectl get node ${node.name}`, text: `podCIDR: ${cidr}` },
              ],
              see: ip(node.name, root, `addr show ${link.name}`),
              values: { address: `${stale.local}/${stale.prefixLength}`, cidr },
              pairs: situation.failingAt((place) => place.node === node.name && place.kind === 'pod'),
              fixes: [[remove, add]],
            },
          ];
        });
    });
  },
};
