/** Nothing leads packets for service addresses into kube-proxy's chains. */
import { natOf } from '../expectation.ts';
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis } from '../finding.ts';

export const KUBE_PROXY_CHAINS_MISSING: Diagnosis = {
  code: 'kube-proxy-chains-missing',
  words: {
    en: {
      title: '{node} does not translate service addresses',
      cause:
        "{chain} of {node}'s nat table does not lead to KUBE-SERVICES: packets for a service leave the node with the service's address, which no machine has.",
    },
    zh: {
      title: '{node} 不转换服务地址',
      cause: '{node} 的 nat 表中 {chain} 没有跳转到 KUBE-SERVICES：发往服务的包带着服务地址离开节点，而这个地址哪台机器也没有。',
    },
  },
  find(situation) {
    const isUsed = situation.nodes.some(({ root }) => natOf(root)?.chains.some(({ name, rules }) => name === 'KUBE-SERVICES' && rules.length > 0));
    if (!isUsed) return [];
    return situation.nodes.flatMap(({ node, root }) => {
      const nat = natOf(root);
      const has = nat?.chains.some(({ name, rules }) => name === 'KUBE-SERVICES' && rules.length > 0) === true;
      return ['PREROUTING', 'OUTPUT'].flatMap((chain) => {
        const rules = nat?.chains.find(({ name }) => name === chain)?.rules ?? [];
        if (has && rules.some(({ text }) => text.includes('-j KUBE-SERVICES'))) return [];
        if (!has && chain === 'OUTPUT') return [];
        return [
          {
            where: { node: node.name, device: chain },
            evidence: [{ source: `iptables -t nat -S ${chain}`, text: rules.map(({ text }) => text).join('; ') || '—' }],
            see: { node: node.name, command: `iptables -t nat -S ${chain}` },
            values: { chain },
            pairs:
              chain === 'OUTPUT'
                ? []
                : situation.failing.filter(({ from, to }) => to.startsWith('service ') && situation.place(from)?.node === node.name).map(cellKey),
            fixes: has
              ? [[{ node: node.name, command: `iptables -t nat -I ${chain} -m comment --comment "kubernetes service portals" -j KUBE-SERVICES` }]]
              : [],
            ...(has ? {} : { noFix: 'needs-kubernetes' as const }),
          },
        ];
      });
    });
  },
};
