/** What pods send to the outside keeps their own address, to which nobody can answer. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis } from '../finding.ts';

export const MASQUERADE_MISSING: Diagnosis = {
  code: 'masquerade-missing',
  words: {
    en: {
      title: "Packets of {node}'s pods leave the cluster with their own addresses",
      cause: 'Nobody outside knows a way to {cidr}: {node} must put its own address in their place (MASQUERADE), and no rule does.',
    },
    zh: {
      title: '{node} 的 Pod 发出集群的包仍带着自己的地址',
      cause: '外面没有谁知道怎样到达 {cidr}：{node} 必须用自己的地址替换（MASQUERADE），而没有规则这样做。',
    },
  },
  find(situation) {
    const stray = situation.deaths.filter(
      (death) => death.cell.to === 'outside' && death.direction === 'request' && death.end.kind === 'left' && situation.place(death.cell.from)?.kind === 'pod',
    );
    const nodes = [...new Set(stray.map(({ cell }) => situation.place(cell.from)!.node))];
    return nodes.flatMap((node) => {
      const mine = stray.filter(
        ({ cell }) =>
          situation.place(cell.from)!.node === node &&
          !cell.trace.hops.some(({ steps }) => steps.some(({ step }) => step.kind === 'nat' && step.manip === 'SNAT')),
      );
      if (mine.length === 0) return [];
      const cluster = situation.snapshot.kubernetes?.podCIDR ?? '';
      const own = situation.nodes.find((one) => one.node.name === node)?.node.podCIDRs[0] ?? cluster;
      const chain = situation
        .root(node)
        ?.iptables.find(({ table, family }) => table === 'nat' && family === 'inet')
        ?.chains.find(({ name }) => name === 'FLANNEL-POSTRTG');
      const jump =
        chain && chain.rules.length > 0 ? [[{ node, command: 'iptables -t nat -A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG' }]] : [];
      return [
        {
          where: { node },
          evidence: [
            {
              source: 'iptables -t nat -S POSTROUTING',
              text:
                situation
                  .root(node)
                  ?.iptables.find(({ table }) => table === 'nat')
                  ?.chains.find(({ name }) => name === 'POSTROUTING')
                  ?.rules.map(({ text }) => text)
                  .join('; ') ?? '—',
            },
          ],
          see: { node, command: 'iptables -t nat -S POSTROUTING' },
          values: { cidr: own },
          pairs: mine.map(({ cell }) => cellKey(cell)),
          fixes: [...jump, [{ node, command: `iptables -t nat -A POSTROUTING -s ${own} ! -d ${cluster} -j MASQUERADE` }]],
        },
      ];
    });
  },
};
