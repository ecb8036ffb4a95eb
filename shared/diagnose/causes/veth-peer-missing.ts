/** A pod that has no interface but lo: its veth pair is gone. */
import type { Diagnosis } from '../finding.ts';
import { inet, covers, ip } from '../situation.ts';

export const VETH_PEER_MISSING: Diagnosis = {
  code: 'veth-peer-missing',
  words: {
    en: {
      title: '{place} has no network interface',
      cause: 'Of {place} only lo is left: the veth pair between it and {node} does not exist any more. Whoever deletes one end deletes both.',
    },
    zh: { title: '{place} 没有网络接口', cause: '{place} 里只剩下 lo：它与 {node} 之间的 veth 对已不存在。删除任何一端，两端都会消失。' },
  },
  find(situation) {
    return situation.pods
      .filter(({ netns }) => netns.links.every((link) => link.flags.includes('LOOPBACK') || link.kind !== 'veth') && netns.links.length < 2)
      .map((seen) => {
        const { pod, netns, place } = seen;
        const root = situation.root(pod.node)!;
        const [address = ''] = pod.addresses;
        const bridge = root.links.find((link) => link.kind === 'bridge' && inet(link).some((one) => covers(`${one.local}/${one.prefixLength}`, address)));
        const gateway = bridge && inet(bridge).find((one) => covers(`${one.local}/${one.prefixLength}`, address));
        const at = (words: string) => ip(pod.node, root, words);
        const inside = (words: string) => ip(pod.node, netns, words);
        const name = `veth${netns.inode.toString(16)}`;
        return {
          where: { node: pod.node, place },
          evidence: [{ source: inside('-br link').command, text: netns.links.map((link) => link.name).join(' ') }],
          see: inside('link'),
          values: {},
          pairs: situation.failingAt((one) => one.id === place),
          fixes:
            bridge && gateway && netns.name !== ''
              ? [
                  [
                    at(`link add ${name} mtu ${bridge.mtu} type veth peer name eth0 mtu ${bridge.mtu} netns ${netns.name}`),
                    at(`link set ${name} master ${bridge.name} up`),
                    { node: pod.node, command: `bridge link set dev ${name} hairpin on` },
                    inside('link set eth0 up'),
                    inside(`addr add ${address}/${gateway.prefixLength} dev eth0`),
                    inside(`route add default via ${gateway.local}`),
                  ],
                ]
              : [],
        };
      });
  },
};
