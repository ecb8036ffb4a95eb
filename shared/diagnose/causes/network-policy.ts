/** What enforces network policies drops it, as it was told to. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const NETWORK_POLICY: Diagnosis = {
  code: 'network-policy',
  words: {
    en: {
      title: 'A network policy stops it on {node}',
      cause: '“{rule}” of {node} was made for a policy. Packets that no policy allows are dropped: that is what was asked for, or the policy forgets somebody.',
    },
    zh: {
      title: '{node} 上的网络策略阻止了它',
      cause: '{node} 的“{rule}”是为某条策略生成的。没有策略允许的包都会被丢弃：这或许正是所要求的，或许策略漏掉了谁。',
    },
  },
  find(situation) {
    return filterFindings(situation, 'network-policy');
  },
};
