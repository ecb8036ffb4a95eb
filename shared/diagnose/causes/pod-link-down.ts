/** One end of a pod's veth pair is down. */
import { gatewayOf } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { isUp, ip } from '../situation.ts';

export const POD_LINK_DOWN: Diagnosis = {
  code: 'pod-link-down',
  words: {
    en: { title: 'The link of {place} is down', cause: '{device} of {where} is down, so nothing that {place} sends arrives, and nothing comes to it.' },
    zh: { title: '{place} 的链路未启用', cause: '{whereZh}的 {device} 处于停用状态，{place} 发不出、也收不到任何东西。' },
  },
  find(situation) {
    return situation.pods.flatMap((seen) => {
      const { pod, netns, place } = seen;
      const host = situation.hostEnd(seen);
      const root = situation.root(pod.node)!;
      const inside = netns.links.filter((link) => link.kind === 'veth' && !isUp(link));
      const outside = host && !isUp(host) ? [host] : [];
      const own = inside.map((link) => {
        const gateway = gatewayOf(situation, seen);
        const up = ip(pod.node, netns, `link set ${link.name} up`);
        const route = gateway === undefined ? [] : [ip(pod.node, netns, `route add default via ${gateway}`)];
        return { link, at: netns, where: 'the pod', whereZh: 'Pod ', fixes: [[up], [up, ...route]] };
      });
      const other = outside.map((link) => ({
        link,
        at: root,
        where: pod.node,
        whereZh: `${pod.node} 上`,
        fixes: [[ip(pod.node, root, `link set ${link.name} up`)]],
      }));
      return [...own, ...other].map(({ link, at, where, whereZh, fixes }) => ({
        where: { node: pod.node, place, device: link.name },
        evidence: [
          {
            source: ip(pod.node, at, `link show ${link.name}`).command,
            text: `${link.ifindex}: ${link.name}: <${link.flags.join(',')}> state ${link.operstate}`,
          },
        ],
        see: ip(pod.node, at, `link show ${link.name}`),
        values: { where, whereZh },
        pairs: situation.failingAt((one) => one.id === place),
        fixes,
      }));
    });
  },
};
