/** A pod's veth end on the node that should be a port of the bridge and is not. */
import { bridgeOf, isHairpinExpected } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { inet, ip } from '../situation.ts';

export const PORT_NOT_IN_BRIDGE: Diagnosis = {
  code: 'port-not-in-bridge',
  words: {
    en: {
      title: '{device} of {place} is not plugged into {bridge}',
      cause: "The node's end of the veth pair of {place} is up but belongs to no bridge: what the pod sends arrives at {device}, and nobody passes it on.",
    },
    zh: {
      title: '{place} 的 {device} 没有插入 {bridge}',
      cause: '{place} 的 veth 对在节点上的一端虽然已启用，却不属于任何网桥：Pod 发出的东西到了 {device}，没有谁继续转发。',
    },
  },
  find(situation) {
    return situation.pods.flatMap((seen) => {
      const { pod, netns, place } = seen;
      const root = situation.root(pod.node)!;
      const link = situation.hostEnd(seen);
      const bridge = bridgeOf(situation, seen);
      if (!link || !bridge || link.master !== undefined || inet(link).length > 0) return [];
      const hairpin = root.links.some((one) => one.master === bridge.ifindex && one.port?.hairpin === true) || isHairpinExpected(situation);
      const join = ip(pod.node, root, `link set ${link.name} master ${bridge.name}`);
      return [
        {
          where: { node: pod.node, place, device: link.name },
          evidence: [
            { source: `ip link show ${link.name}`, text: `${link.ifindex}: ${link.name}: no master` },
            {
              source: ip(pod.node, netns, 'addr').command,
              text: netns.links.flatMap((one) => inet(one).map(({ local, prefixLength }) => `inet ${local}/${prefixLength}`)).join(' '),
            },
          ],
          see: { node: pod.node, command: 'bridge link' },
          values: { bridge: bridge.name },
          pairs: situation.failingAt((one) => one.id === place),
          fixes: [hairpin ? [{ node: pod.node, command: `${join.command} type bridge_slave hairpin on` }] : [join]],
        },
      ];
    });
  },
};
