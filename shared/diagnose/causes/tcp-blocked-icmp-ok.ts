/** ping works, TCP does not: a rule drops only that. */
import { filterFindings } from '../verdicts.ts';
import type { Diagnosis } from '../finding.ts';

export const TCP_BLOCKED_ICMP_OK: Diagnosis = {
  code: 'tcp-blocked-icmp-ok',
  words: {
    en: { title: '{node} drops TCP where ping gets through', cause: '“{rule}” of {node} drops only TCP. Who tests with ping finds nothing wrong.' },
    zh: { title: '{node} 丢弃 TCP，而 ping 却能通', cause: '{node} 的“{rule}”只丢弃 TCP。只用 ping 测试的人看不出任何问题。' },
  },
  find(situation) {
    return filterFindings(situation, 'tcp-blocked-icmp-ok');
  },
};
