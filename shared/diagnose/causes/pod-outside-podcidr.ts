/** A pod has an address that is not of its node's podCIDR: nobody sends packets for it there. */
import type { Diagnosis } from '../finding.ts';
import { inet, covers, lengthOf, ip, networkKind } from '../situation.ts';

export const POD_OUTSIDE_PODCIDR: Diagnosis = {
  code: 'pod-outside-podcidr',
  words: {
    en: {
      title: '{place} has {address}, which is not in {cidr}',
      cause:
        'The other nodes send {cidr} to {node}. {address} is none of it, so no packet for it is sent here; Kubernetes believes that the pod has {expected}.',
    },
    zh: {
      title: '{place} 的地址 {address} 不在 {cidr} 之内',
      cause: '其他节点只把 {cidr} 发往 {node}。{address} 不在其中，所以发给它的包不会到这里；Kubernetes 认为该 Pod 的地址是 {expected}。',
    },
  },
  find(situation) {
    return situation.pods.flatMap(({ pod, netns, place }) => {
      const cidr = situation.nodes.find(({ node }) => node.name === pod.node)?.node.podCIDRs[0];
      const link = netns.links.find((one) => !one.flags.includes('LOOPBACK') && inet(one).length > 0);
      const address = link && inet(link)[0];
      const [expected = ''] = pod.addresses;
      if (cidr === undefined || !link || !address || covers(cidr, address.local) || !situation.ownerOf(expected) || networkKind(situation) === 'ipip')
        return [];
      const root = situation.root(pod.node)!;
      const inside = (words: string) => ip(pod.node, netns, words);
      const gateway = root.links.flatMap((one) => (one.kind === 'bridge' ? inet(one) : [])).find((one) => covers(cidr, one.local));
      const route = gateway ? [inside(`route replace default via ${gateway.local}`)] : [];
      const add = covers(cidr, expected)
        ? [
            [
              inside(`addr del ${address.local}/${address.prefixLength} dev ${link.name}`),
              inside(`addr add ${expected}/${lengthOf(cidr)} dev ${link.name}`),
              ...route,
            ],
          ]
        : [];
      return [
        {
          where: { node: pod.node, place, device: link.name },
          evidence: [
            { source: inside(`addr show ${link.name}`).command, text: `inet ${address.local}/${address.prefixLength}` },
            { source: `kubectl get node ${pod.node}`, text: `podCIDR: ${cidr}` },
          ],
          see: inside(`addr show ${link.name}`),
          values: { address: address.local, cidr, expected },
          pairs: situation.failingAt((one) => one.id === place),
          fixes: add,
        },
      ];
    });
  },
};
