/** A filter drops the datagrams that carry pod packets between nodes. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const OVERLAY_PORT_BLOCKED: Diagnosis = {
  code: 'overlay-port-blocked',
  words: {
    en: {
      title: "{node} blocks the overlay's datagrams",
      cause: 'Pod packets travel between nodes in VXLAN datagrams. In {hook}, “{rule}” of {node} drops them, and pods hear nothing.',
    },
    zh: { title: '{node} 拦下了叠加网络的报文', cause: 'Pod 的包在节点之间装在 VXLAN 报文里。{node} 在 {hook} 处的“{rule}”把它们丢弃，Pod 毫不知情。' },
  },
  find(situation) {
    return filterFindings(situation, 'overlay-port-blocked');
  },
};
