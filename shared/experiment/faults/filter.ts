/** Faults of packet filters, address translation and services. */
import { covers, natOf, overlayOf } from '../../diagnose/index.ts';
import type { Fault, FaultPlan } from '../faults.ts';
import type { Ground } from '../ground.ts';

const at = (node: string, command: string) => ({ node, command });
/** A rule put in front, and taken out again. */
const inserted = (node: string, chain: string, rule: string, table = ''): FaultPlan => ({
  commands: [at(node, `iptables ${table}-I ${chain} ${rule}`)],
  undo: [at(node, `iptables ${table}-D ${chain} ${rule}`)],
});

/** The rule of POSTROUTING by which pods speak to the outside. */
function masqueradeOf(ground: Ground) {
  for (const { name, root } of ground.nodes) {
    const rules = natOf(root)?.chains.find((chain) => chain.name === 'POSTROUTING')?.rules ?? [];
    const rule = rules.find(({ text }) => /-j (?:FLANNEL-POSTRTG|MASQUERADE|cali-POSTROUTING)/.test(text));
    if (rule) return { name, text: rule.text.replace(/^-A /, ''), isLast: rules.at(-1) === rule, place: rules.indexOf(rule) + 1 };
  }
  return undefined;
}

export const FILTER_FAULTS: readonly Fault[] = [
  {
    code: 'forward-drop',
    plan: ({ nodes: [victim, other] }) => (victim && other ? inserted(victim.name, 'FORWARD', `-s ${other.cidr} -j DROP`) : undefined),
  },
  {
    code: 'input-drop',
    plan: ({ nodes: [victim, other] }) => (victim && other ? inserted(victim.name, 'INPUT', `-s ${other.cidr} -j DROP`) : undefined),
  },
  {
    code: 'tcp-blocked-icmp-ok',
    plan: ({ nodes: [victim, other] }) => (victim && other ? inserted(victim.name, 'FORWARD', `-p tcp -s ${other.cidr} -j DROP`) : undefined),
  },
  {
    code: 'network-policy',
    plan({ nodes: [victim] }) {
      const address = victim?.pods[0]?.pod.addresses[0];
      if (!victim || address === undefined) return undefined;
      const chain = 'KUBE-POD-FW-PODWALK';
      const jump = `FORWARD -d ${address}/32 -m comment --comment "rule to jump traffic destined to POD to chain" -j ${chain}`;
      const run = (words: string) => at(victim.name, `iptables ${words}`);
      return {
        commands: [run(`-N ${chain}`), run(`-A ${chain} -m comment --comment "default rule to REJECT traffic destined for POD" -j REJECT`), run(`-I ${jump}`)],
        undo: [run(`-D ${jump}`), run(`-F ${chain}`), run(`-X ${chain}`)],
      };
    },
  },
  {
    code: 'dns-broken',
    plan(ground) {
      const host = ground.nodes.find(({ pods }) => pods.some(({ pod }) => pod.labels['k8s-app'] === 'kube-dns'));
      return host && inserted(host.name, 'FORWARD', '-p udp -m udp --dport 53 -j DROP');
    },
  },
  {
    code: 'bridge-nf-surprise',
    plan(ground) {
      const pair = ground.siblings;
      const node = pair?.[0].pod.node;
      if (!pair || node === undefined || ground.situation.hostEnd(pair[0])?.master === undefined) return undefined;
      if (ground.situation.root(node)?.sysctls['net.bridge.bridge-nf-call-iptables'] !== '1') return undefined;
      return inserted(node, 'FORWARD', '-m physdev --physdev-is-bridged -j DROP');
    },
  },
  {
    code: 'overlay-port-blocked',
    plan({ nodes: [victim] }) {
      const port = victim && overlayOf(victim.root)?.vxlan?.port;
      return victim && port !== undefined ? inserted(victim.name, 'INPUT', `-p udp -m udp --dport ${port} -j DROP`) : undefined;
    },
  },
  {
    code: 'ipip-blocked',
    plan({ nodes: [victim] }) {
      const isUsed = victim?.root.routes.some((route) =>
        victim.root.links.some((link) => link.kind === 'ipip' && link.name === route.device && route.via !== undefined),
      );
      return victim && isUsed ? inserted(victim.name, 'INPUT', '-p 4 -j DROP') : undefined;
    },
  },
  {
    code: 'masquerade-missing',
    plan(ground) {
      const rule = masqueradeOf(ground);
      // where a router beyond the nodes translates for them, nothing would be missed
      const isElsewhere = ground.situation.machines.some(
        ([name, root]) => !ground.situation.nodes.some(({ node }) => node.name === name) && natOf(root) !== undefined,
      );
      if (!rule || isElsewhere) return undefined;
      const { name, text, place } = rule;
      const put = text.replace('POSTROUTING ', `POSTROUTING ${place} `);
      return ground.without('flanneld', [name], [at(name, `iptables -t nat -D ${text}`)], [at(name, `iptables -t nat -I ${put}`)]);
    },
  },
  {
    code: 'masquerade-pod-to-pod',
    plan(ground) {
      const [victim] = ground.nodes;
      const { podCIDR } = ground.snapshot.kubernetes ?? {};
      if (!victim || podCIDR === undefined || ground.nodes.length < 2 || !covers(podCIDR, victim.pods[0]?.pod.addresses[0] ?? '')) return undefined;
      return inserted(victim.name, 'POSTROUTING', `-s ${victim.cidr} -j MASQUERADE`, '-t nat ');
    },
  },
  {
    code: 'kube-proxy-chains-missing',
    plan(ground) {
      for (const { name, root } of ground.nodes) {
        const rule = natOf(root)
          ?.chains.find((chain) => chain.name === 'PREROUTING')
          ?.rules.find(({ text }) => text.endsWith('-j KUBE-SERVICES'));
        if (!rule) continue;
        const words = rule.text.replace(/^-A /, '');
        return ground.without('kube-proxy', [name], [at(name, `iptables -t nat -D ${words}`)], [at(name, `iptables -t nat -I ${words}`)]);
      }
      return undefined;
    },
  },
  {
    code: 'service-no-endpoints',
    needsLab: true,
    plan(ground) {
      const server = ground.snapshot.kubernetes?.nodes.find(({ controlPlane }) => controlPlane)?.name;
      if (server === undefined) return undefined;
      return {
        commands: [at(server, 'kubectl create service clusterip nobody --tcp=80:80')],
        undo: [at(server, 'kubectl delete service nobody')],
      };
    },
  },
];
