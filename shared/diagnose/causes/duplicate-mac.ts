/** Two interfaces on one bridge or wire have one MAC address: the switch sends frames to whoever spoke last. */
import { freshMac, switchMembers } from '../expectation.ts';
import type { Diagnosis, Draft } from '../finding.ts';
import { ip } from '../situation.ts';

export const DUPLICATE_MAC: Diagnosis = {
  code: 'duplicate-mac',
  words: {
    en: {
      title: '{place} and {other} have the same MAC address {mac}',
      cause: 'Both are on one switch, which can remember only one port for {mac}: frames for one go to the other, whoever spoke last.',
    },
    zh: {
      title: '{place} 与 {other} 的 MAC 地址相同：{mac}',
      cause: '二者在同一台交换机上，而交换机对 {mac} 只能记住一个端口：发给一方的帧会到另一方，看谁最后说过话。',
    },
  },
  find(situation) {
    const found: Draft[] = [];
    for (const members of switchMembers(situation)) {
      const seen = new Map<string, (typeof members)[number]>();
      for (const member of members) {
        const first = seen.get(member.link.mac);
        if (!first || member.link.mac === '00:00:00:00:00:00') {
          seen.set(member.link.mac, member);
          continue;
        }
        const { node, netns, link, place } = member;
        const used = new Set(members.map((one) => one.link.mac));
        const fresh = freshMac(link.addresses.find(({ family }) => family === 'inet')?.local ?? '10.0.0.1', used);
        found.push({
          where: { node, place, device: link.name },
          evidence: [first, member].map((one) => ({
            source: ip(one.node, one.netns, `link show ${one.link.name}`).command,
            text: `${one.place}: ${one.link.name} link/ether ${one.link.mac}`,
          })),
          see: ip(node, netns, `link show ${link.name}`),
          values: { mac: link.mac, other: first.place, key: link.mac },
          pairs: situation.failingAt((one) => one.id === place || one.id === first.place),
          fixes: [[ip(node, netns, `link set ${link.name} address ${fresh}`)]],
        });
      }
    }
    return found;
  },
};
