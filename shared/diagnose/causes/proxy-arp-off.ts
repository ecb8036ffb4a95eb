/** The node's end of a pod's pair does not answer ARP for the gateway that the pod asks for. */
import { gatewayIn } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { inet, ip } from '../situation.ts';

export const PROXY_ARP_OFF: Diagnosis = {
  code: 'proxy-arp-off',
  words: {
    en: {
      title: '{device} on {node} does not answer for the gateway of {place}',
      cause:
        "{place} asks by ARP for its gateway {gateway}, an address that nobody has: the node's end of the pair is to answer for it. proxy_arp is off there.",
    },
    zh: {
      title: '{node} 上的 {device} 不替 {place} 的网关应答',
      cause: '{place} 用 ARP 询问网关 {gateway}，这个地址谁也没有，本应由 veth 在节点上的一端代答。但那里的 proxy_arp 没有打开。',
    },
  },
  find(situation) {
    return situation.pods.flatMap((seen) => {
      const { pod, netns, place } = seen;
      const gateway = gatewayIn(netns);
      const link = situation.hostEnd(seen);
      const root = situation.root(pod.node)!;
      if (gateway === undefined || !link || link.master !== undefined || root.links.some((one) => inet(one).some(({ local }) => local === gateway))) return [];
      if (root.sysctls[`net.ipv4.conf.${link.name}.proxy_arp`] === '1' || root.sysctls['net.ipv4.conf.all.proxy_arp'] === '1') return [];
      return [
        {
          where: { node: pod.node, place, device: link.name },
          evidence: [
            {
              source: ip(pod.node, netns, 'route').command,
              text: netns.routes.find(({ destination, table }) => destination === 'default' && table === 'main')?.text ?? '',
            },
            { source: `sysctl net.ipv4.conf.${link.name}.proxy_arp`, text: `net.ipv4.conf.${link.name}.proxy_arp = 0` },
          ],
          see: { node: pod.node, command: `sysctl net.ipv4.conf.${link.name}.proxy_arp` },
          values: { gateway },
          pairs: situation.failingAt((one) => one.id === place),
          fixes: [[{ node: pod.node, command: `sysctl -w net.ipv4.conf.${link.name}.proxy_arp=1` }]],
        },
      ];
    });
  },
};
