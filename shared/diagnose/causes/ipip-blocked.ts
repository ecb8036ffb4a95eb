/** A filter drops the IPIP packets that carry pod packets between nodes. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const IPIP_BLOCKED: Diagnosis = {
  code: 'ipip-blocked',
  words: {
    en: {
      title: '{node} blocks IPIP, protocol 4',
      cause: 'Pod packets travel between nodes inside of IP packets of protocol 4. In {hook}, “{rule}” of {node} drops them.',
    },
    zh: { title: '{node} 拦下了 IPIP（协议号 4）', cause: 'Pod 的包在节点之间装在协议号为 4 的 IP 包里。{node} 在 {hook} 处的“{rule}”把它们丢弃。' },
  },
  find(situation) {
    return filterFindings(situation, 'ipip-blocked');
  },
};
