/** A network that a node is in itself overlaps the podCIDR of another node, or two podCIDRs overlap. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis } from '../finding.ts';
import { inet, covers, overlap, ip } from '../situation.ts';

export const PODCIDR_OVERLAP: Diagnosis = {
  code: 'podcidr-overlap',
  words: {
    en: {
      title: '{network} on {node} overlaps {cidr}, the pods of {other}',
      cause: '{node} is itself in {network} by {device}, so it looks for these pods on that link instead of sending their packets to {other}.',
    },
    zh: {
      title: '{node} 上的 {network} 与 {other} 的 Pod 网段 {cidr} 重叠',
      cause: '{node} 自己就经 {device} 处在 {network} 中，因此会在那条链路上寻找这些 Pod，而不是把包交给 {other}。',
    },
  },
  find(situation) {
    const between = situation.nodes.flatMap(({ node, root }, i) =>
      situation.nodes.slice(i + 1).flatMap((other) => {
        const pair = node.podCIDRs.flatMap((cidr) => other.node.podCIDRs.filter((theirs) => overlap(cidr, theirs)).map((theirs) => [cidr, theirs] as const))[0];
        if (!pair) return [];
        return [
          {
            where: { node: node.name, device: 'podCIDR' },
            evidence: [{ source: 'kubectl get nodes', text: `${node.name} ${pair[0]}, ${other.node.name} ${pair[1]}` }],
            see: { node: node.name, command: 'kubectl get nodes -o custom-columns=NAME:.metadata.name,CIDR:.spec.podCIDR' },
            values: { network: pair[0], cidr: pair[1], other: other.node.name, key: `${root.id}` },
            pairs: [],
            fixes: [],
            noFix: 'needs-kubernetes' as const,
          },
        ];
      }),
    );
    const own = situation.nodes.flatMap(({ node, root }) =>
      root.links.flatMap((link) =>
        inet(link).flatMap(({ local, prefixLength }) => {
          const other = situation.nodes.find(
            (one) => one.node.name !== node.name && one.node.podCIDRs.some((cidr) => overlap(cidr, `${local}/${prefixLength}`)),
          );
          const isOwn = node.podCIDRs.some((cidr) => covers(cidr, local));
          if (
            !other ||
            isOwn ||
            prefixLength === 32 ||
            link.kind === 'vxlan' ||
            link.kind === 'ipip' ||
            root.links.some(({ master }) => master === link.ifindex)
          )
            return [];
          const cidr = other.node.podCIDRs[0]!;
          const gone = link.kind === 'dummy' || link.kind === 'bridge' ? [[ip(node.name, root, `link del ${link.name}`)]] : [];
          return [
            {
              where: { node: node.name, device: link.name },
              evidence: [
                { source: `ip addr show ${link.name}`, text: `inet ${local}/${prefixLength}` },
                { source: `kubectl get node ${other.node.name}`, text: `podCIDR: ${cidr}` },
              ],
              see: ip(node.name, root, `addr show ${link.name}`),
              values: { network: `${local}/${prefixLength}`, cidr, other: other.node.name, key: local },
              pairs: situation.deaths.filter((death) => covers(cidr, death.cell.address) || death.node === node.name).map(({ cell }) => cellKey(cell)),
              fixes: [[ip(node.name, root, `addr del ${local}/${prefixLength} dev ${link.name}`)], ...gone],
            },
          ];
        }),
      ),
    );
    return [...between, ...own];
  },
};
