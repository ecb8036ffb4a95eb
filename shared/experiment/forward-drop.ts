/** A rule in the FORWARD chain of a worker that drops what comes from another worker's pods. */
import { rootOf, type Experiment } from './definition.ts';

export const FORWARD_DROP: Experiment = {
  id: 'forward-drop',
  plan(facts) {
    const [node] = facts.workers;
    const other = facts.workers.at(-1);
    if (!node || !other || node === other) return undefined;
    const rule = `FORWARD -s ${other.podCIDR} -j DROP`;
    const isThere = rootOf(facts, node.name)?.iptables.some(
      (table) => table.table === 'filter' && table.chains.some((chain) => chain.rules.some((one) => one.text === `-A ${rule}`)),
    );
    return {
      title: { en: `Drop what ${other.name}'s pods send to ${node.name}`, zh: `丢弃 ${other.name} 的 Pod 发往 ${node.name} 的包` },
      explanation: {
        en: `Everything a node passes on goes through the FORWARD chain of its packet filter. One rule at its head drops packets from ${other.podCIDR}: they arrive at ${node.name} and go no further, and nobody is told.`,
        zh: `节点转发的一切都要经过包过滤器的 FORWARD 链。在链首加一条规则，丢弃来自 ${other.podCIDR} 的包：它们到达 ${node.name}，却不再往前走，也没有谁会得到通知。`,
      },
      commands: [{ node: node.name, command: `iptables -I ${rule}` }],
      undo: [{ node: node.name, command: `iptables -D ${rule}` }],
      ...(isThere ? { notNow: { en: 'The rule is there already.', zh: '这条规则已经存在。' } } : {}),
    };
  },
};
