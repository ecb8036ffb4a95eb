/** The pod network uses the card behind the hypervisor's NAT, where every machine is alone with the same address. */
import { cellKey } from '../../twin/index.ts';
import { remadeOverlay } from '../expectation.ts';
import type { Diagnosis } from '../finding.ts';
import { linkNamed, inet, mainRoutes, ip, overlayOf } from '../situation.ts';

export const CNI_ON_NAT_INTERFACE: Diagnosis = {
  code: 'cni-on-nat-interface',
  words: {
    en: {
      title: '{node} sends pod traffic out of {device}, the NAT card',
      cause:
        'Every machine has {address} on {device}, each behind a NAT of its own: nodes cannot reach each other there. The network plugin must be told to use {uplink}.',
    },
    zh: {
      title: '{node} 把 Pod 流量发到了 NAT 网卡 {device}',
      cause: '每台机器的 {device} 都是 {address}，各自在自己的 NAT 之后，节点之间在那里互不可达。需要让网络插件使用 {uplink}。',
    },
  },
  find(situation) {
    return situation.nodes.flatMap(({ node, root }) => {
      const uplink = situation.uplinkOf(node.name);
      const isNat = (name: string | undefined): boolean => {
        const link = linkNamed(root, name);
        const address = link && inet(link)[0]?.local;
        return (
          link !== undefined &&
          link !== uplink &&
          (link.card?.kind === 'nat' ||
            situation.nodes.some((other) => other.node !== node && other.root.links.some((one) => inet(one).some(({ local }) => local === address))))
        );
      };
      const wrong = mainRoutes(root).filter(
        (route) =>
          route.destination !== 'default' &&
          route.protocol !== 'kernel' &&
          isNat(route.device) &&
          situation.nodes.some((other) => other.node !== node && other.node.podCIDRs.includes(route.destination)),
      );
      const overlay = overlayOf(root);
      const carrier = overlay?.vxlan && root.links.find((link) => inet(link).some(({ local }) => local === overlay.vxlan!.local));
      const byOverlay = overlay && carrier && isNat(carrier.name);
      const [route] = wrong;
      const device = route?.device ?? (byOverlay ? carrier.name : undefined);
      if (device === undefined || !uplink) return [];
      const address = inet(linkNamed(root, device)!)[0]?.local ?? '';
      const viaUplink = wrong.flatMap((one) => {
        const owner = situation.nodes.find((other) => other.node.podCIDRs.includes(one.destination));
        return owner?.address === undefined ? [] : [ip(node.name, root, `route replace ${one.destination} via ${owner.address} dev ${uplink.name}`)];
      });
      return [
        {
          where: { node: node.name, device },
          evidence: route
            ? wrong.map((one) => ({ source: 'ip route', text: one.text }))
            : [{ source: `ip -d link show ${overlay!.name}`, text: `vxlan id ${overlay!.vxlan!.vni} local ${overlay!.vxlan!.local}` }],
          see: { node: node.name, command: route ? 'ip route' : `ip -d link show ${overlay!.name}` },
          values: { address, uplink: uplink.name },
          pairs: situation.deaths.filter((death) => death.node === node.name).map(({ cell }) => cellKey(cell)),
          fixes: route ? [viaUplink] : remadeOverlay(situation, node.name),
        },
      ];
    });
  },
};
