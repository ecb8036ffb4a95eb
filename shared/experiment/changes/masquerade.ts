/**
 * Whose address what pods send carries beyond the cluster: nobody's translation, the pods' network left out by a chain of its own, or left out by the
 * way it goes (`! -o`): two forms that are often taken for the same.
 */
import { inet, natOf } from '../../diagnose/index.ts';
import type { NetnsSnapshot } from '../../snapshot/index.ts';
import { OUTSIDE, type NodeCommand } from '../../twin/index.ts';
import { at, type DraftPlan, type Experiment, type Measure } from '../definition.ts';
import type { Ground, NodeGround } from '../ground.ts';

const CHAIN = 'BASH_CNI_MASQUERADE';

interface RuleAt {
  readonly text: string;
  readonly place: number;
}
/** Rules of POSTROUTING by which pods speak to the outside. */
function rulesOf(root: NetnsSnapshot): readonly RuleAt[] {
  const rules = natOf(root)?.chains.find((chain) => chain.name === 'POSTROUTING')?.rules ?? [];
  return rules.flatMap(({ text }, index) =>
    /-j (?:FLANNEL-POSTRTG|MASQUERADE|BASH_CNI_MASQUERADE)/.test(text) ? [{ text: text.replace(/^-A POSTROUTING /, ''), place: index + 1 }] : [],
  );
}
const nat = (node: string, words: string): NodeCommand => at(node, `iptables -t nat ${words}`);

/** Somebody else translates for the nodes, so nothing would be missed; or the plugin's own daemon has its own ways. */
const isOurs = (ground: Ground): boolean =>
  ground.situation.machines.every(([name, root]) => ground.nodes.some((node) => node.name === name) || rulesOf(root).length === 0) &&
  !ground.nodes.some(({ root }) => natOf(root)?.chains.some(({ name }) => name.startsWith('cali-')));

function masquerade(
  ground: Ground,
  words: Pick<DraftPlan, 'title' | 'explanation'>,
  node: NodeGround,
  put: readonly NodeCommand[],
  away: readonly NodeCommand[],
): DraftPlan {
  const there = rulesOf(node.root);
  const removed = [...there].reverse().map(({ text }) => nat(node.name, `-D POSTROUTING ${text}`));
  const restored = there.map(({ text, place }) => nat(node.name, `-I POSTROUTING ${place} ${text}`));
  return {
    ...words,
    ...ground.without('flanneld', [node.name], [...removed, ...put], [...away, ...restored]),
    measures: senders(ground, node),
  };
}

/** By the connections that the node tracks: to whom an answer goes is who is seen as the sender. */
function senders(ground: Ground, node: NodeGround): readonly Measure[] {
  const [from] = node.pods;
  const far = ground.workers.find((one) => one !== node)?.pods[0];
  const source = from?.netns.links.flatMap(inet).find(({ scope }) => scope !== 'host')?.local;
  if (!from || source === undefined || from.netns.name === '') return [];
  const seenBy = (to: string): string =>
    `conntrack -D -p icmp -s ${source} -d ${to} >/dev/null 2>&1; ip netns exec ${from.netns.name} ping -c 1 -W 1 ${to} >/dev/null; conntrack -L -p icmp -s ${source} -d ${to} 2>/dev/null | grep -o 'dst=[0-9.]*' | tail -n 1`;
  const { name } = from.pod;
  const farAddress = far?.pod.addresses[0];
  return [
    ...(far && farAddress !== undefined
      ? [{ ...at(node.name, seenBy(farAddress)), title: { en: `Sender that ${far.pod.name} sees`, zh: `${far.pod.name} 看到的发送者` } }]
      : []),
    { ...at(node.name, seenBy(OUTSIDE)), title: { en: `Sender that the outside sees of ${name}`, zh: `外部看到的 ${name} 的地址` } },
  ];
}

export const MASQUERADE_OFF: Experiment = {
  id: 'masquerade-off',
  plan(ground) {
    const [node] = ground.workers;
    if (!node || !isOurs(ground)) return undefined;
    const isThere = rulesOf(node.root).length > 0;
    return {
      ...masquerade(
        ground,
        {
          title: { en: `Turn off MASQUERADE on ${node.name}`, zh: `关闭 ${node.name} 的 MASQUERADE` },
          explanation: {
            en: `Pod addresses mean nothing outside of the cluster. What a pod of ${node.name} sends there takes the node's address on its way out. Without that it leaves with its own, and no answer finds its way back. Pods still reach each other.`,
            zh: `Pod 的地址在集群之外毫无意义。${node.name} 上的 Pod 往外发的包，出门时会换上节点的地址。不换，它就带着自己的地址出去，应答再也找不到回来的路。Pod 之间照样互通。`,
          },
        },
        node,
        [],
        [],
      ),
      ...(isThere ? {} : { notNow: { en: `${node.name} has no such rule at present.`, zh: `${node.name} 上现在没有这样的规则。` } }),
    };
  },
};

export const MASQUERADE_CHAIN: Experiment = {
  id: 'masquerade-chain',
  plan(ground) {
    const [node] = ground.workers;
    const podCIDR = ground.snapshot.kubernetes?.podCIDR;
    const own = node && inet(node.uplink)[0];
    if (!node || podCIDR === undefined || !own || !isOurs(ground)) return undefined;
    const network = `${own.local.replace(/\d+$/, '0')}/${own.prefixLength}`;
    const jump = `-s ${podCIDR} -j ${CHAIN}`;
    const isThere = natOf(node.root)?.chains.some(({ name }) => name === CHAIN) === true;
    return {
      ...masquerade(
        ground,
        {
          title: { en: `MASQUERADE by a chain of exceptions on ${node.name}`, zh: `在 ${node.name} 上用一条例外链做 MASQUERADE` },
          explanation: {
            en: `What pods send goes through a chain of its own: to other pods (${podCIDR}) and to the nodes' network (${network}) it returns unchanged, all else takes the node's address. Other pods see who really speaks to them.`,
            zh: `Pod 发出的包进入一条专门的链：去往其他 Pod（${podCIDR}）和节点网络（${network}）的原样返回，其余的换上节点地址。别的 Pod 看得到到底是谁在跟它说话。`,
          },
        },
        node,
        [
          nat(node.name, `-N ${CHAIN}`),
          nat(node.name, `-A ${CHAIN} -d ${podCIDR} -j RETURN`),
          nat(node.name, `-A ${CHAIN} -d ${network} -j RETURN`),
          nat(node.name, `-A ${CHAIN} -j MASQUERADE`),
          nat(node.name, `-A POSTROUTING ${jump}`),
        ],
        [nat(node.name, `-D POSTROUTING ${jump}`), nat(node.name, `-F ${CHAIN}`), nat(node.name, `-X ${CHAIN}`)],
      ),
      ...(isThere ? { notNow: { en: 'The chain is there already.', zh: '这条链已经存在。' } } : {}),
    };
  },
};

export const MASQUERADE_BY_WAY: Experiment = {
  id: 'masquerade-by-way',
  plan(ground) {
    const [node] = ground.workers;
    const podCIDR = ground.snapshot.kubernetes?.podCIDR;
    const bridge = ground.stations.find(({ name }) => name === node?.name)?.bridge;
    if (!node || !bridge || podCIDR === undefined || !isOurs(ground)) return undefined;
    const rule = `POSTROUTING -s ${podCIDR} ! -o ${bridge.name} -j MASQUERADE`;
    const isThere = rulesOf(node.root).some(({ text }) => `POSTROUTING ${text}` === rule);
    return {
      ...masquerade(
        ground,
        {
          title: {
            en: `MASQUERADE all that does not stay on ${bridge.name} of ${node.name}`,
            zh: `在 ${node.name} 上对一切不留在 ${bridge.name} 的包做 MASQUERADE`,
          },
          explanation: {
            en: `One short rule: whatever comes from a pod and does not leave by ${bridge.name} takes the node's address. It works, and it does more than it should: what goes to pods of other nodes leaves by another interface too, so they see the node as the sender. Whoever looks at addresses there, a log or a network policy, sees the wrong one.`,
            zh: `一条短规则：凡是 Pod 发出、又不从 ${bridge.name} 出去的包，都换上节点地址。它管用，但管得太宽：去往其他节点上 Pod 的包也从别的接口出去，于是对方看到的发送者是节点。那边凡是看地址的，日志也好，网络策略也好，看到的都不对。`,
          },
        },
        node,
        [nat(node.name, `-A ${rule}`)],
        [nat(node.name, `-D ${rule}`)],
      ),
      ...(isThere ? { notNow: { en: 'The rule is there already.', zh: '这条规则已经存在。' } } : {}),
    };
  },
};
