/** What a machine's packet filter says of packets that pass through: a rule that drops, rules that accept, the policy, a port that is blocked. */
import type { NetnsSnapshot } from '../../snapshot/index.ts';
import { at, type Experiment } from '../definition.ts';

const chainOf = (root: NetnsSnapshot, name: string) =>
  root.iptables.find(({ table, family }) => table === 'filter' && family === 'inet')?.chains.find((chain) => chain.name === name);
const hasRule = (root: NetnsSnapshot, rule: string): boolean => chainOf(root, 'FORWARD')?.rules.some(({ text }) => text === `-A ${rule}`) === true;
const THERE = { en: 'The rule is there already.', zh: '这条规则已经存在。' };

export const FORWARD_DROP: Experiment = {
  id: 'forward-drop',
  plan(ground) {
    const [node] = ground.workers;
    const other = ground.workers.at(-1);
    if (!node || !other || node === other) return undefined;
    const rule = `FORWARD -s ${other.cidr} -j DROP`;
    return {
      title: { en: `Drop what ${other.name}'s pods send to ${node.name}`, zh: `丢弃 ${other.name} 的 Pod 发往 ${node.name} 的包` },
      explanation: {
        en: `Everything a node passes on goes through the FORWARD chain of its packet filter. One rule at its head drops packets from ${other.cidr}: they arrive at ${node.name} and go no further, and nobody is told.`,
        zh: `节点转发的一切都要经过包过滤器的 FORWARD 链。在链首加一条规则，丢弃来自 ${other.cidr} 的包：它们到达 ${node.name}，却不再往前走，也没有谁会得到通知。`,
      },
      commands: [at(node.name, `iptables -I ${rule}`)],
      undo: [at(node.name, `iptables -D ${rule}`)],
      ...(hasRule(node.root, rule) ? { notNow: THERE } : {}),
    };
  },
};

export const FORWARD_POLICY: Experiment = {
  id: 'forward-policy',
  plan(ground) {
    const [node] = ground.snapshot.kubernetes ? ground.workers : ground.stations;
    if (!node) return undefined;
    const now = chainOf(node.root, 'FORWARD')?.policy === 'DROP' ? 'DROP' : 'ACCEPT';
    const next = now === 'DROP' ? 'ACCEPT' : 'DROP';
    return {
      title: { en: `Set the policy of FORWARD on ${node.name} to ${next}`, zh: `把 ${node.name} 上 FORWARD 链的默认策略改为 ${next}` },
      explanation: {
        en: `A chain's policy decides about packets that no rule has decided about. Docker sets FORWARD to DROP; network plugins add rules of their own that accept pods, and where those stand, the policy is never asked.`,
        zh: `没有任何规则作出决定的包，由链的默认策略来决定。Docker 会把 FORWARD 设为 DROP；网络插件则会加上放行 Pod 的规则，只要这些规则还在，就轮不到默认策略。`,
      },
      commands: [at(node.name, `iptables -P FORWARD ${next}`)],
      undo: [at(node.name, `iptables -P FORWARD ${now}`)],
    };
  },
};

export const FORWARD_ACCEPT: Experiment = {
  id: 'forward-accept',
  plan(ground) {
    const [node] = ground.workers;
    const podCIDR = ground.snapshot.kubernetes?.podCIDR;
    if (!node || podCIDR === undefined) return undefined;
    const rules = [`FORWARD -s ${podCIDR} -j ACCEPT`, `FORWARD -d ${podCIDR} -j ACCEPT`];
    return {
      title: { en: `Accept all that pods send and receive on ${node.name}`, zh: `在 ${node.name} 上放行 Pod 收发的一切` },
      explanation: {
        en: `Two rules at the head of FORWARD: from ${podCIDR}, and to ${podCIDR}. Whatever stands behind them, a rule that drops or a policy, is not asked any more about pods.`,
        zh: `在 FORWARD 链首放两条规则：来自 ${podCIDR} 的，去往 ${podCIDR} 的，一律放行。排在后面的丢弃规则也好，默认策略也好，都不会再被问到 Pod 的包。`,
      },
      commands: rules.map((rule) => at(node.name, `iptables -I ${rule}`)),
      undo: rules.map((rule) => at(node.name, `iptables -D ${rule}`)),
      ...(rules.every((rule) => hasRule(node.root, rule)) ? { notNow: THERE } : {}),
    };
  },
};

export const BLOCK_PORT: Experiment = {
  id: 'block-port',
  plan(ground) {
    const [node] = ground.workers;
    if (!node || ground.workers.length < 2) return undefined;
    const rule = `FORWARD -p tcp -m tcp --dport 80 -d ${node.cidr} -j DROP`;
    return {
      title: { en: `Block port 80 of ${node.name}'s pods`, zh: `封住 ${node.name} 上 Pod 的 80 端口` },
      explanation: {
        en: `One rule drops TCP to port 80 on its way to ${node.cidr}. Echo requests still come back: who only pings finds nothing wrong.`,
        zh: `一条规则丢弃去往 ${node.cidr} 的 80 端口的 TCP 包。ping 仍然有应答：只会 ping 的人什么毛病也查不出来。`,
      },
      commands: [at(node.name, `iptables -I ${rule}`)],
      undo: [at(node.name, `iptables -D ${rule}`)],
      ...(hasRule(node.root, `FORWARD -d ${node.cidr} -p tcp -m tcp --dport 80 -j DROP`) ? { notNow: THERE } : {}),
    };
  },
};
