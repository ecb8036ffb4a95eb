/** An interface lets through larger packets than what carries them further. */
import { majority } from '../expectation.ts';
import type { NodeCommand } from '../../twin/index.ts';
import type { Diagnosis, Draft } from '../finding.ts';
import { isUp, linkNamed, ip } from '../situation.ts';

const draft = (node: string, device: string, values: Draft['values'], fix: readonly NodeCommand[], text: string): Draft => ({
  where: { node, device },
  evidence: [{ source: `ip link show ${device}`, text }],
  see: { node, command: 'ip link' },
  values: { ...values, key: values['where'] ?? '' },
  pairs: [],
  fixes: [fix],
});

export const MTU_TOO_LARGE: Diagnosis = {
  code: 'mtu-too-large',
  words: {
    en: {
      title: '{device} of {where} has MTU {mtu}, more than the {limit} that its way carries',
      cause: 'Packets up to {mtu} bytes are made, and over {lower} only {limit} fit{overhead}. Small packets arrive, large ones are cut up or lost.',
    },
    zh: {
      title: '{whereZh}的 {device} 的 MTU 是 {mtu}，大于路径所能承载的 {limit}',
      cause: '这里会产生最大 {mtu} 字节的包，而经 {lower} 只能通过 {limit} 字节{overheadZh}。小包能到，大包会被分片或丢失。',
    },
  },
  find(situation) {
    const found: Draft[] = [];
    const overheads: Readonly<Record<string, number>> = { vxlan: 50, ipip: 20 };
    for (const [node, root] of situation.machines) {
      const uplink = situation.uplinkOf(node);
      const others = majority(situation.nodes.flatMap(({ node: other }) => (other.name === node ? [] : [String(situation.uplinkOf(other.name)?.mtu ?? 0)])));
      if (uplink && others !== undefined && uplink.mtu < Number(others)) {
        found.push(
          draft(
            node,
            uplink.name,
            {
              device: uplink.name,
              where: 'the other nodes',
              whereZh: '其他节点',
              mtu: others,
              limit: String(uplink.mtu),
              lower: `${uplink.name} (${node})`,
              overhead: '',
              overheadZh: '',
            },
            [ip(node, root, `link set ${uplink.name} mtu ${others}`)],
            `${uplink.ifindex}: ${uplink.name}: mtu ${uplink.mtu}`,
          ),
        );
        continue;
      }
      for (const link of root.links) {
        const overhead = overheads[link.kind];
        const lower = overhead === undefined ? undefined : (linkNamed(root, link.vxlan?.device) ?? uplink);
        if (overhead === undefined || !lower || !isUp(link) || link.mtu <= lower.mtu - overhead) continue;
        const limit = lower.mtu - overhead;
        found.push(
          draft(
            node,
            link.name,
            {
              device: link.name,
              where: node,
              whereZh: `${node} 上`,
              mtu: String(link.mtu),
              limit: String(limit),
              lower: lower.name,
              overhead: ` (${overhead} go to the tunnel's headers)`,
              overheadZh: `（隧道首部占 ${overhead}）`,
            },
            [ip(node, root, `link set ${link.name} mtu ${limit}`)],
            `${link.ifindex}: ${link.name}: mtu ${link.mtu}`,
          ),
        );
      }
      const way = root.links.find((link) => overheads[link.kind] !== undefined && isUp(link)) ?? uplink;
      for (const { pod, netns, place } of situation.pods) {
        const link = netns.links.find((one) => one.kind === 'veth');
        if (pod.node !== node || !link || !way || link.mtu <= way.mtu || found.some((one) => one.where.node === node)) continue;
        const one = draft(
          node,
          link.name,
          {
            device: link.name,
            where: place,
            whereZh: `${place} `,
            mtu: String(link.mtu),
            limit: String(way.mtu),
            lower: way.name,
            overhead: '',
            overheadZh: '',
          },
          [ip(node, netns, `link set ${link.name} mtu ${way.mtu}`)],
          `${link.ifindex}: ${link.name}: mtu ${link.mtu}`,
        );
        found.push({ ...one, where: { ...one.where, place } });
      }
    }
    return found;
  },
};
