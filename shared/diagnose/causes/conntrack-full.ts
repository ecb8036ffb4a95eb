/** The table of connections is full: what is new is dropped. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis } from '../finding.ts';

export const CONNTRACK_FULL: Diagnosis = {
  code: 'conntrack-full',
  words: {
    en: {
      title: 'The connection table of {node} is full',
      cause: '{node} tracks {count} connections and may track {limit}. The first packet of every further one is dropped.',
    },
    zh: { title: '{node} 的连接跟踪表已满', cause: '{node} 正跟踪 {count} 条连接，上限是 {limit}。此后每条新连接的第一个包都会被丢弃。' },
  },
  find(situation) {
    return situation.machines.flatMap(([node, root]) => {
      const limit = Number(root.sysctls['net.netfilter.nf_conntrack_max'] ?? 0);
      const count = root.conntrack.length;
      if (limit === 0 || count < limit) return [];
      return [
        {
          where: { node },
          evidence: [
            {
              source: 'sysctl net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_count',
              text: `nf_conntrack_max = ${limit}, nf_conntrack_count = ${count}`,
            },
          ],
          see: { node, command: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max' },
          values: { count: String(count), limit: String(limit) },
          pairs: situation.deaths.filter((death) => death.node === node && death.reason === 'NETFILTER_DROP').map(({ cell }) => cellKey(cell)),
          fixes: [[{ node, command: `sysctl -w net.netfilter.nf_conntrack_max=${Math.max(131072, limit * 2)}` }]],
        },
      ];
    });
  },
};
