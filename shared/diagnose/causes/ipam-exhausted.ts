/** All addresses of a node are given out: no pod can start there any more. */
import { reservedOn } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { inet, covers, lengthOf } from '../situation.ts';

export const IPAM_EXHAUSTED: Diagnosis = {
  code: 'ipam-exhausted',
  words: {
    en: {
      title: '{node} has no free pod address',
      cause: '{cidr} has {size} addresses for pods, and {count} are taken. The next pod stays in ContainerCreating.',
    },
    zh: { title: '{node} 没有空闲的 Pod 地址', cause: '{cidr} 中可供 Pod 使用的地址有 {size} 个，已用 {count} 个。再来的 Pod 会停在 ContainerCreating。' },
  },
  find(situation) {
    return situation.nodes.flatMap(({ node, root }) => {
      const [cidr] = node.podCIDRs;
      if (cidr === undefined) return [];
      const size = 2 ** (32 - lengthOf(cidr)) - 3;
      const used = new Set(
        (situation.snapshot.nodes.find(({ name }) => name === node.name)?.namespaces ?? [])
          .filter(({ id }) => id !== root.id)
          .flatMap(({ links }) => links.flatMap((link) => inet(link).map(({ local }) => local)))
          .concat(reservedOn(situation, node.name))
          .filter((address) => covers(cidr, address)),
      );
      if (used.size < size) return [];
      return [
        {
          where: { node: node.name },
          evidence: [{ source: 'ls /var/lib/cni/networks/*', text: `${used.size} / ${size}` }],
          see: { node: node.name, command: 'ls /var/lib/cni/networks/*' },
          values: { cidr, size: String(size), count: String(used.size) },
          pairs: [],
          fixes: [],
          noFix: 'needs-kubernetes' as const,
        },
      ];
    });
  },
};
