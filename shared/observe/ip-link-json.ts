/** `ip -j link`, `ip -j addr`, with -d and -s. */
import type { AddressFact } from '../snapshot/index.ts';
import type { Facts } from './facts.ts';
import type { Input } from './input.ts';
import { tunnelOf } from './ip-link-details.ts';

import { LinkList, type LinkDraft } from './link-list.ts';
import { flagIn, jsonObjects, numberIn, objectIn, objectsIn, textIn, textsIn, type JsonObject } from './json.ts';

export function parseIpLinkJson(input: Input): Facts {
  const list = new LinkList();
  for (const { value, line } of jsonObjects(input)) {
    if (Object.keys(value).length === 0) continue; // what did not match the filter of the command
    const name = textIn(value, 'ifname');
    if (name === undefined) input.problem(line, 'no interface: ifname is missing');
    else list.links.push(linkOf(list, name, value));
  }
  return { links: list.finish() };
}

function linkOf(list: LinkList, name: string, value: JsonObject): LinkDraft {
  const link: LinkDraft = { name };
  const set = <K extends keyof LinkDraft>(key: K, what: LinkDraft[K] | undefined): void => {
    if (what !== undefined) link[key] = what;
  };
  set('ifindex', numberIn(value, 'ifindex'));
  if (Array.isArray(value['flags'])) set('flags', textsIn(value, 'flags'));
  set('mtu', numberIn(value, 'mtu'));
  set('qdisc', textIn(value, 'qdisc'));
  set('operstate', textIn(value, 'operstate'));
  set('group', textIn(value, 'group'));
  set('queueLength', numberIn(value, 'txqlen'));
  set('mac', textIn(value, 'address'));
  set('alias', textIn(value, 'ifalias'));
  const master = textIn(value, 'master');
  if (master !== undefined) list.masterOf(link, master);
  if (Array.isArray(value['altnames'])) set('altnames', textsIn(value, 'altnames'));
  const [ifindex, peer, netnsid, netns] = [numberIn(value, 'link_index'), textIn(value, 'link'), numberIn(value, 'link_netnsid'), textIn(value, 'link_netns')];
  if (ifindex !== undefined && ifindex !== 0) (link.link ??= {}).ifindex = ifindex;
  if (netnsid !== undefined) (link.link ??= {}).netnsid = netnsid;
  if (netns !== undefined) (link.link ??= {}).netns = netns;
  if (peer !== undefined) list.peerOf(link, peer);
  readDetails(link, value);
  if (Array.isArray(value['addr_info'])) link.addresses = objectsIn(value, 'addr_info').flatMap(addressOf);
  const stats = 'stats64' in value ? objectIn(value, 'stats64') : 'stats' in value ? objectIn(value, 'stats') : undefined;
  if (stats) link.statistics = statisticsOf(objectIn(stats, 'rx'), objectIn(stats, 'tx'));
  return link;
}

function readDetails(link: LinkDraft, value: JsonObject): void {
  if ('promiscuity' in value) link.kind = '';
  const info = objectIn(value, 'linkinfo');
  const kind = textIn(info, 'info_kind');
  if (kind !== undefined) link.kind = kind;
  const data = objectIn(info, 'info_data');
  const text = (key: string): string | undefined => textIn(data, key);
  const optional = (key: string, name: string): Record<string, string> => (text(name) === undefined ? {} : { [key]: text(name)! });
  if (kind === 'bridge' && 'ageing_time' in data)
    link.bridge = { stp: flagIn(data, 'stp_state'), vlanFiltering: flagIn(data, 'vlan_filtering'), ageingTimeS: (numberIn(data, 'ageing_time') ?? 0) / 100 };
  else if (kind === 'vxlan')
    link.vxlan = {
      vni: numberIn(data, 'id') ?? 0,
      port: numberIn(data, 'port') ?? 0,
      learning: flagIn(data, 'learning'),
      ...optional('local', 'local'),
      ...optional('local', 'local6'),
      ...optional('remote', 'remote'),
      ...optional('remote', 'remote6'),
      ...optional('group', 'group'),
      ...optional('group', 'group6'),
      ...optional('device', 'link'),
    };
  else if (kind === 'vlan') link.vlan = { id: numberIn(data, 'id') ?? 0, device: '' };
  else if (text('remote') !== undefined) link.tunnel = tunnelOf(text('local'), text('remote'), text('ttl'));
  const port = objectIn(info, 'info_slave_data');
  if (textIn(info, 'info_slave_kind') === 'bridge' && textIn(port, 'state') !== undefined)
    link.port = {
      state: textIn(port, 'state')!,
      hairpin: flagIn(port, 'hairpin'),
      isolated: flagIn(port, 'isolated'),
      learning: port['learning'] !== false,
      flood: port['flood'] !== false,
    };
}

const ADDRESS_FLAGS = ['secondary', 'temporary', 'tentative', 'deprecated', 'dadfailed', 'home', 'nodad', 'optimistic', 'mngtmpaddr', 'noprefixroute'];

function addressOf(value: JsonObject): readonly AddressFact[] {
  const [family, local, prefixLength] = [textIn(value, 'family'), textIn(value, 'local'), numberIn(value, 'prefixlen')];
  if ((family !== 'inet' && family !== 'inet6') || local === undefined || prefixLength === undefined) return [];
  const [peer, broadcast, label] = [textIn(value, 'address'), textIn(value, 'broadcast'), textIn(value, 'label')];
  return [
    {
      family,
      local,
      prefixLength,
      ...(peer !== undefined && peer !== local && { peer }),
      ...(broadcast !== undefined && { broadcast }),
      scope: textIn(value, 'scope') ?? 'global',
      ...(label !== undefined && { label }),
      flags: [...ADDRESS_FLAGS, 'dynamic'].filter((flag) => flagIn(value, flag)),
    },
  ];
}

function statisticsOf(rx: JsonObject, tx: JsonObject): NonNullable<LinkDraft['statistics']> {
  const counters: NonNullable<LinkDraft['statistics']> = {};
  const set = (name: keyof typeof counters, count: number | undefined): void => {
    if (count !== undefined) counters[name] = count;
  };
  set('rxPackets', numberIn(rx, 'packets'));
  set('rxBytes', numberIn(rx, 'bytes'));
  set('rxDropped', numberIn(rx, 'dropped'));
  set('txPackets', numberIn(tx, 'packets'));
  set('txBytes', numberIn(tx, 'bytes'));
  set('txDropped', numberIn(tx, 'dropped'));
  return counters;
}
