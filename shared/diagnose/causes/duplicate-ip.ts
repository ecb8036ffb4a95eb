/** Two namespaces have one address. */
import type { Diagnosis } from '../finding.ts';
import { inet, ip } from '../situation.ts';

export const DUPLICATE_IP: Diagnosis = {
  code: 'duplicate-ip',
  words: {
    en: {
      title: '{address} is in two places: {place} and {other}',
      cause:
        '{address} is that of {other}, and {place} has it too. Whose ARP answer comes first gets the packets, and {place} reaches itself instead of {other}.',
    },
    zh: {
      title: '地址 {address} 出现在两处：{place} 与 {other}',
      cause: '{address} 属于 {other}，而 {place} 也配置了它。谁的 ARP 应答先到，包就给谁；{place} 想访问 {other} 时只会访问到自己。',
    },
  },
  find(situation) {
    const owners = new Map<string, string>();
    for (const place of situation.matrix.places) if (place.expected !== undefined) owners.set(place.expected, place.id);
    return situation.snapshot.nodes.flatMap((node) =>
      node.namespaces.flatMap((netns) => {
        const place = situation.placeOf(node.name, netns.id);
        return netns.links.flatMap((link) =>
          inet(link).flatMap(({ local, prefixLength }) => {
            const owner = owners.get(local);
            if (owner === undefined || owner === place || link.flags.includes('LOOPBACK') || link.kind === 'dummy') return [];
            const remove = ip(node.name, netns, `addr del ${local}/${prefixLength} dev ${link.name}`);
            return [
              {
                where: { node: node.name, place, device: link.name },
                evidence: [
                  { source: ip(node.name, netns, `addr show ${link.name}`).command, text: `inet ${local}/${prefixLength} dev ${link.name}` },
                  { source: 'kubectl get pods,nodes -o wide', text: `${owner} ${local}` },
                ],
                see: ip(node.name, netns, `addr show ${link.name}`),
                values: { address: local, other: owner, key: local },
                pairs: situation.failingAt((one) => one.id === place || one.id === owner),
                fixes: [[remove]],
              },
            ];
          }),
        );
      }),
    );
  },
};
