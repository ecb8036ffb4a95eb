/** A next hop that exists does not answer ARP. */
import { cellKey } from '../../twin/index.ts';
import type { Diagnosis, Draft } from '../finding.ts';
import { isUp, inet, ip, inNetns } from '../situation.ts';

export const ARP_UNANSWERED: Diagnosis = {
  code: 'arp-unanswered',
  words: {
    en: { title: '{other} does not answer ARP for {address}', cause: '{node} asks on {device} who has {address}. {other} has it and is up, and keeps silent.' },
    zh: { title: '{other} 不应答对 {address} 的 ARP 询问', cause: '{node} 在 {device} 上询问谁拥有 {address}。{other} 拥有它且已启用，却不作声。' },
  },
  find(situation) {
    const found = new Map<string, Draft>();
    for (const death of situation.deaths) {
      if (death.reason !== 'NEIGH_FAILED' || !death.route) continue;
      const address = death.route.nextHop ?? death.destination;
      const owner = situation.snapshot.nodes
        .flatMap((node) => node.namespaces.flatMap((netns) => netns.links.map((link) => ({ node: node.name, netns, link }))))
        .find(({ link }) => isUp(link) && inet(link).some(({ local }) => local === address));
      if (!owner) continue;
      const other = situation.placeOf(owner.node, owner.netns.id);
      const before = found.get(address);
      const { name } = owner.link;
      const set = (device: string) => inNetns(owner.node, owner.netns, `sysctl -w net.ipv4.conf.${device.replaceAll('.', '/')}.arp_ignore=0`);
      const told = Object.entries(owner.netns.sysctls).filter(([key]) => key.endsWith('.arp_ignore') && (key.includes('.all.') || key.includes(`.${name}.`)));
      found.set(address, {
        where: { node: death.node, device: death.route.route.device ?? '' },
        evidence: [
          { source: 'ip neigh', text: `${address} dev ${death.route.route.device ?? ''} FAILED` },
          ...(owner.link.flags.includes('NOARP') ? [{ source: `ip link show ${name}`, text: `${other}: ${name}: <${owner.link.flags.join(',')}>` }] : []),
          ...told.map(([key, value]) => ({ source: `sysctl ${key}`, text: `${key} = ${value}` })),
        ],
        see: { node: death.node, command: `arping -c 1 -I ${death.route.route.device ?? ''} ${address}` },
        values: { address, other, key: address },
        pairs: [...(before?.pairs ?? []), cellKey(death.cell)],
        fixes: [...(owner.link.flags.includes('NOARP') ? [[ip(owner.node, owner.netns, `link set ${name} arp on`)]] : []), [set(name)], [set('all')]],
      });
    }
    // one silent machine is one finding, whoever asks
    return [...new Map([...found.values()].map((draft) => [draft.values['address'], draft])).values()];
  },
};
