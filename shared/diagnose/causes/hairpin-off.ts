/** A port of the bridge does not send a frame back to where it came from, so a pod cannot reach itself by a service. */
import { isHairpinExpected } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';

export const HAIRPIN_OFF: Diagnosis = {
  code: 'hairpin-off',
  words: {
    en: {
      title: '{place} cannot reach itself by a service: hairpin is off on {device}',
      cause:
        'When the service chooses the pod that asked, the frame must go back by the port that it came from. {device} does not allow that; the plugin sets it.',
    },
    zh: {
      title: '{place} 无法通过服务访问自己：{device} 的 hairpin 未打开',
      cause: '当服务选中的正是发问的 Pod 时，帧必须从来时的端口回去，而 {device} 不允许；这本应由插件打开。',
    },
  },
  find(situation) {
    return situation.pods.flatMap((seen) => {
      const link = situation.hostEnd(seen);
      if (!link?.port || link.port.hairpin || !isHairpinExpected(situation)) return [];
      const { pod, place } = seen;
      return [
        {
          where: { node: pod.node, place, device: link.name },
          evidence: [{ source: `bridge -d link show dev ${link.name}`, text: 'hairpin off' }],
          see: { node: pod.node, command: `bridge -d link show dev ${link.name}` },
          values: {},
          pairs: [],
          fixes: [[{ node: pod.node, command: `bridge link set dev ${link.name} hairpin on` }]],
        },
      ];
    });
  },
};
