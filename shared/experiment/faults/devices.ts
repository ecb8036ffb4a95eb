/** Faults of interfaces, bridges, addresses and settings. */
import { covers, gatewayIn, inet, inNetns, ip, lengthOf } from '../../diagnose/index.ts';
import type { Fault } from '../faults.ts';

const at = (node: string, command: string) => ({ node, command });

export const DEVICE_FAULTS: readonly Fault[] = [
  {
    code: 'underlay-down',
    plan(ground) {
      const [victim] = ground.nodes;
      if (!victim) return undefined;
      const { name, root, uplink } = victim;
      const routes = root.routes.filter(
        (route) => route.table === 'main' && route.device === uplink.name && route.protocol !== 'kernel' && route.family === 'inet',
      );
      const restored = routes.map((route) => ip(name, root, `route replace ${route.text}`));
      return ground.without('flanneld', [name], [ip(name, root, `link set ${uplink.name} down`)], [ip(name, root, `link set ${uplink.name} up`), ...restored]);
    },
  },
  {
    code: 'bridge-down',
    plan(ground) {
      for (const { name, root } of ground.nodes) {
        const bridge = root.links.find((link) => link.kind === 'bridge' && root.links.some(({ master }) => master === link.ifindex));
        if (bridge) return { commands: [ip(name, root, `link set ${bridge.name} down`)], undo: [ip(name, root, `link set ${bridge.name} up`)] };
      }
      return undefined;
    },
  },
  {
    code: 'port-not-in-bridge',
    plan(ground) {
      for (const { name, root, pods } of ground.nodes) {
        const port = pods.map((seen) => ground.situation.hostEnd(seen)).find((link) => link?.master !== undefined);
        const bridge = port && root.links.find(({ ifindex }) => ifindex === port.master);
        if (!port || !bridge) continue;
        const hairpin = port.port?.hairpin ? ' type bridge_slave hairpin on' : '';
        return {
          commands: [ip(name, root, `link set ${port.name} nomaster`)],
          undo: [ip(name, root, `link set ${port.name} master ${bridge.name}${hairpin}`)],
        };
      }
      return undefined;
    },
  },
  {
    code: 'veth-peer-missing',
    plan(ground) {
      for (const { name, root, pods } of ground.nodes) {
        for (const seen of pods) {
          const port = ground.situation.hostEnd(seen);
          const bridge = port && root.links.find(({ ifindex }) => ifindex === port.master);
          const inside = seen.netns.links.find(({ kind }) => kind === 'veth');
          const address = inside && inet(inside)[0];
          const gateway = gatewayIn(seen.netns);
          if (!port || !bridge || !inside || !address || gateway === undefined || seen.netns.name === '') continue;
          const pair = `link add ${port.name} index ${port.ifindex} address ${port.mac} mtu ${port.mtu} type veth peer name ${inside.name} index ${inside.ifindex} address ${inside.mac} mtu ${inside.mtu} netns ${seen.netns.name}`;
          const hairpin = port.port?.hairpin ? ' type bridge_slave hairpin on' : '';
          return {
            commands: [ip(name, root, `link del ${port.name}`)],
            undo: [
              ip(name, root, pair),
              ip(name, root, `link set ${port.name} up`),
              ip(name, root, `link set ${port.name} master ${bridge.name}${hairpin}`),
              ip(name, seen.netns, `link set ${inside.name} up`),
              ip(name, seen.netns, `addr add ${address.local}/${address.prefixLength} brd + dev ${inside.name}`),
              ip(name, seen.netns, `route add default via ${gateway}`),
            ],
          };
        }
      }
      return undefined;
    },
  },
  {
    code: 'pod-link-down',
    plan(ground) {
      const seen = ground.nodes[0]?.pods[0];
      const link = seen?.netns.links.find(({ kind }) => kind === 'veth');
      if (!seen || !link) return undefined;
      const { netns, pod } = seen;
      const routes = netns.routes.filter(({ family, table, protocol }) => family === 'inet' && table === 'main' && protocol !== 'kernel');
      const restored = [...routes]
        .sort((a, b) => Number(a.via !== undefined) - Number(b.via !== undefined))
        .map((route) => ip(pod.node, netns, `route replace ${route.text}`));
      return { commands: [ip(pod.node, netns, `link set ${link.name} down`)], undo: [ip(pod.node, netns, `link set ${link.name} up`), ...restored] };
    },
  },
  {
    code: 'pod-default-route-missing',
    plan(ground) {
      const seen = ground.nodes.flatMap(({ pods }) => pods).find(({ netns }) => gatewayIn(netns) !== undefined);
      const route = seen?.netns.routes.find(({ family, destination }) => family === 'inet' && destination === 'default');
      if (!seen || !route) return undefined;
      return { commands: [ip(seen.pod.node, seen.netns, 'route del default')], undo: [ip(seen.pod.node, seen.netns, `route add ${route.text}`)] };
    },
  },
  {
    code: 'cni0-stale-address',
    plan(ground) {
      for (const { name, root, cidr, pods } of ground.nodes) {
        const bridge = root.links.find((link) => link.kind === 'bridge' && inet(link).some(({ local }) => covers(cidr, local)));
        const address = bridge && inet(bridge).find(({ local }) => covers(cidr, local));
        if (!bridge || !address || !pods.some(({ netns }) => gatewayIn(netns) === address.local)) continue;
        const stale = `10.244.199.1/${address.prefixLength}`;
        const own = `${address.local}/${address.prefixLength}`;
        const swap = (from: string, to: string) => [
          ip(name, root, `addr del ${from} dev ${bridge.name}`),
          ip(name, root, `addr add ${to} brd + dev ${bridge.name}`),
        ];
        return { commands: swap(own, stale), undo: swap(stale, own) };
      }
      return undefined;
    },
  },
  {
    code: 'pod-outside-podcidr',
    plan(ground) {
      for (const { name, cidr, root, pods } of ground.nodes) {
        for (const { netns } of pods) {
          const link = netns.links.find(({ kind }) => kind === 'veth');
          const address = link && inet(link).find(({ local }) => covers(cidr, local));
          const gateway = gatewayIn(netns);
          if (
            !link ||
            !address ||
            gateway === undefined ||
            !root.links.some((one) => one.kind === 'bridge' && inet(one).some(({ local }) => local === gateway))
          )
            continue;
          const [own, other] = [`${address.local}/${address.prefixLength}`, `10.199.0.9/${address.prefixLength}`];
          const inside = (words: string) => ip(name, netns, words);
          return {
            commands: [
              inside(`addr del ${own} dev ${link.name}`),
              inside(`addr add ${other} brd + dev ${link.name}`),
              inside(`route add default via ${gateway} dev ${link.name} onlink`),
            ],
            undo: [
              inside(`route del default via ${gateway} dev ${link.name}`),
              inside(`addr del ${other} dev ${link.name}`),
              inside(`addr add ${own} brd + dev ${link.name}`),
              ...netns.routes
                .filter((route) => route.family === 'inet' && route.table === 'main' && route.protocol !== 'kernel')
                .map((route) => inside(`route replace ${route.text}`)),
            ],
          };
        }
      }
      return undefined;
    },
  },
  {
    code: 'duplicate-ip',
    plan(ground) {
      const [first, second] = ground.nodes;
      const [owner, thief] = [first?.pods[0], second?.pods[0]];
      const address = owner?.pod.addresses[0];
      const link = thief?.netns.links.find(({ kind }) => kind === 'veth');
      if (!thief || !link || address === undefined) return undefined;
      const change = (verb: string) => ip(thief.pod.node, thief.netns, `addr ${verb} ${address}/32 dev ${link.name}`);
      return { commands: [change('add')], undo: [change('del')] };
    },
  },
  {
    code: 'duplicate-mac',
    plan(ground) {
      const pair = ground.siblings;
      const [mine, theirs] = (pair ?? []).map(({ netns }) => netns.links.find(({ kind }) => kind === 'veth'));
      const [first] = pair ?? [];
      if (!pair || !first || !mine || !theirs || ground.situation.hostEnd(first)?.master === undefined) return undefined;
      const set = (mac: string) => ip(pair[1].pod.node, pair[1].netns, `link set ${theirs.name} address ${mac}`);
      return { commands: [set(mine.mac)], undo: [set(theirs.mac)] };
    },
  },
  {
    code: 'podcidr-overlap',
    plan(ground) {
      const [victim, other] = ground.nodes;
      const target = other?.pods[0]?.pod.addresses[0];
      if (!victim || !other || target === undefined || lengthOf(other.cidr) > 24) return undefined;
      const base = target.replace(/\.\d+$/, Number(target.split('.')[3]) < 128 ? '.120' : '.250');
      const { name, root } = victim;
      return {
        commands: [ip(name, root, 'link add office0 type dummy'), ip(name, root, 'link set office0 up'), ip(name, root, `addr add ${base}/25 dev office0`)],
        undo: [ip(name, root, 'link del office0')],
      };
    },
  },
  {
    code: 'ip-forward-off',
    plan(ground) {
      const [victim] = ground.nodes;
      return victim && { commands: [at(victim.name, 'sysctl -w net.ipv4.ip_forward=0')], undo: [at(victim.name, 'sysctl -w net.ipv4.ip_forward=1')] };
    },
  },
  {
    code: 'arp-unanswered',
    plan(ground) {
      const [victim] = ground.nodes;
      if (!victim) return undefined;
      const { name, root, uplink } = victim;
      const set = (value: string) => ip(name, root, `link set ${uplink.name} arp ${value}`);
      const near = ground.situation.machines.filter(([node]) => node !== name);
      const forget = near.flatMap(([node, other]) => {
        const link = other.links.find((one) =>
          inet(one).some(({ local, prefixLength }) => inet(uplink).some((mine) => covers(`${local}/${prefixLength}`, mine.local))),
        );
        return link ? [ip(node, other, `neigh flush dev ${link.name}`)] : [];
      });
      return forget.length === 0 ? undefined : { commands: [set('off'), ...forget], undo: [set('on')] };
    },
  },
  {
    code: 'proxy-arp-off',
    plan(ground) {
      for (const { name, root, pods } of ground.nodes) {
        const link = pods.map((seen) => ground.situation.hostEnd(seen)).find((one) => one && root.sysctls[`net.ipv4.conf.${one.name}.proxy_arp`] === '1');
        const seen = pods.find((one) => ground.situation.hostEnd(one) === link);
        if (!link || !seen) continue;
        const set = (value: number) => at(name, `sysctl -w net.ipv4.conf.${link.name}.proxy_arp=${value}`);
        return { commands: [set(0), ip(name, seen.netns, 'neigh flush all')], undo: [set(1)] };
      }
      return undefined;
    },
  },
  {
    code: 'conntrack-full',
    plan(ground) {
      for (const { name, root } of ground.nodes) {
        const limit = root.sysctls['net.netfilter.nf_conntrack_max'];
        if (limit === undefined || root.conntrack.length === 0) continue;
        const set = (value: string) => at(name, `sysctl -w net.netfilter.nf_conntrack_max=${value}`);
        return { commands: [set('1')], undo: [set(limit)] };
      }
      return undefined;
    },
  },
  {
    code: 'hairpin-off',
    plan(ground) {
      for (const { name, pods } of ground.nodes) {
        const port = pods.map((seen) => ground.situation.hostEnd(seen)).find((link) => link?.port?.hairpin === true);
        if (!port) continue;
        const set = (value: string) => at(name, `bridge link set dev ${port.name} hairpin ${value}`);
        return { commands: [set('off')], undo: [set('on')] };
      }
      return undefined;
    },
  },
  {
    code: 'mtu-too-large',
    plan(ground) {
      for (const { name, root, uplink, pods } of ground.nodes) {
        if (ground.nodes.length < 2) return undefined;
        const overlay = root.links.find(({ kind }) => kind === 'vxlan');
        const inside = pods[0]?.netns.links.find(({ kind }) => kind === 'veth');
        if (overlay && inside && pods[0]) {
          const set = (value: number) => ip(name, pods[0]!.netns, `link set ${inside.name} mtu ${value}`);
          return { commands: [set(uplink.mtu)], undo: [set(inside.mtu)] };
        }
        const set = (value: number) => ip(name, root, `link set ${uplink.name} mtu ${value}`);
        return { commands: [set(uplink.mtu - 100)], undo: [set(uplink.mtu)] };
      }
      return undefined;
    },
  },
  {
    code: 'ipam-exhausted',
    needsLab: true,
    plan(ground) {
      const [victim] = ground.nodes;
      if (!victim || lengthOf(victim.cidr) !== 24) return undefined;
      const base = victim.cidr.replace(/\d+\/24$/, '');
      const dir = 'd=$(ls -d /var/lib/cni/networks/*/ | head -1)';
      return {
        commands: [at(victim.name, `${dir}; for i in $(seq 2 254); do [ -e \${d}${base}$i ] || echo exhausted > \${d}${base}$i; done`)],
        undo: [at(victim.name, `${dir}; for f in $d*; do [ "$(cat $f)" != exhausted ] || rm $f; done`)],
      };
    },
  },
  {
    code: 'rp-filter-drop',
    plan(ground) {
      const [victim, other] = ground.nodes;
      if (!victim || !other) return undefined;
      const { name, root, uplink, cidr } = victim;
      const bridge = root.links.find(({ kind }) => kind === 'bridge');
      if (!bridge || root.links.some(({ kind }) => kind === 'vxlan')) return undefined;
      const before = root.sysctls[`net.ipv4.conf.${uplink.name}.rp_filter`] ?? root.sysctls['net.ipv4.conf.default.rp_filter'] ?? '0';
      const set = (value: string) => inNetns(name, root, `sysctl -w net.ipv4.conf.${uplink.name}.rp_filter=${value}`);
      // the way out is chosen by a mark, which the check of the way back does not see
      const mark = `PREROUTING -s ${cidr} -j MARK --set-mark 0x7`;
      const run = (verb: string) => at(name, `iptables -t mangle -${verb} ${mark}`);
      const rule = (verb: string) =>
        [`from ${cidr} to ${other.cidr} fwmark 0x7 lookup main pref 100`, `from ${cidr} to ${other.cidr} lookup 199 pref 101`].map((words) =>
          ip(name, root, `rule ${verb} ${words}`),
        );
      return {
        commands: [set('1'), run('I'), ...rule('add'), ip(name, root, `route add ${other.cidr} dev ${bridge.name} table 199`)],
        undo: [ip(name, root, 'route flush table 199'), ...rule('del'), run('D'), set(before)],
      };
    },
  },
];
