/** The reverse path check drops packets: their source would be reached by another interface. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis, Draft } from '../finding.ts';

export const RP_FILTER_DROP: Diagnosis = {
  code: 'rp-filter-drop',
  words: {
    en: {
      title: '{node} drops packets by its reverse path check (rp_filter)',
      cause: 'Packets from {source} come in by {device}, but {node} itself would send to {source} by another way. With rp_filter 1 it takes them for forged.',
    },
    zh: {
      title: '{node} 的反向路径检查（rp_filter）丢弃了数据包',
      cause: '来自 {source} 的包从 {device} 进来，而 {node} 自己会走另一条路发往 {source}。rp_filter 为 1 时，它们被当作伪造的包。',
    },
  },
  find(situation) {
    const found = new Map<string, Draft>();
    for (const death of situation.deaths) {
      if (death.reason !== 'IP_RPFILTER') continue;
      const netns = situation.netns(death.node, death.netnsId);
      const device = death.hop.device ?? '';
      const key = `${death.node} ${device}`;
      const before = found.get(key);
      const source = death.direction === 'request' ? (situation.place(death.cell.from)?.address ?? '') : death.cell.address;
      const set = (name: string, value: string) => ({ node: death.node, command: `sysctl -w net.ipv4.conf.${name.replaceAll('.', '/')}.rp_filter=${value}` });
      found.set(key, {
        where: { node: death.node, device },
        evidence: [
          {
            source: 'sysctl -a | grep rp_filter',
            text: `net.ipv4.conf.all.rp_filter = ${netns?.sysctls['net.ipv4.conf.all.rp_filter'] ?? '?'}, net.ipv4.conf.${device}.rp_filter = ${netns?.sysctls[`net.ipv4.conf.${device}.rp_filter`] ?? netns?.sysctls['net.ipv4.conf.default.rp_filter'] ?? '?'}`,
          },
        ],
        see: { node: death.node, command: 'nstat -az TcpExtIPReversePathFilter' },
        values: { source },
        pairs: [...(before?.pairs ?? []), cellKey(death.cell)],
        fixes: [[set(device, '2')], [set('all', '2')], [set('all', '0'), set(device, '0')]],
      });
    }
    return [...found.values()];
  },
};
