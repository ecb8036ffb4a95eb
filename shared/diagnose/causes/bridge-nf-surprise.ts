/** A bridge hands frames between its own ports to iptables, and a rule drops them there. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const BRIDGE_NF_SURPRISE: Diagnosis = {
  code: 'bridge-nf-surprise',
  words: {
    en: {
      title: 'iptables on {node} drops what its bridge forwards',
      cause: 'The frame stays on one bridge, but bridge-nf-call-iptables is 1: iptables is asked all the same, and “{rule}” drops it.',
    },
    zh: {
      title: '{node} 的 iptables 丢弃了网桥转发的帧',
      cause: '帧本来只在同一网桥内转发，但 bridge-nf-call-iptables 为 1，仍要经过 iptables，而“{rule}”把它丢弃了。',
    },
  },
  find(situation) {
    return filterFindings(situation, 'bridge-nf-surprise');
  },
};
