/** What Tab offers in a line of ip, bridge or tc: objects, their verbs, keywords, and names of interfaces and namespaces where those stand. */
import type { Bytes } from '../../base/index.ts';
import { netnsOf, NETNS_DIR } from '../../machine/index.ts';
import type { Process } from '../../shell/index.ts';
import type { Declaration } from '../declaration.ts';
import { KINDS } from '../ip/kinds/index.ts';

/** Words that an interface follows. */
const BEFORE_DEVICE = new Set(['dev', 'iif', 'oif', 'master', 'brport', 'vrf', 'link', 'peer']);
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  'ip link': [
    ...['add', 'address', 'allmulticast', 'alias', 'arp', 'dev', 'down', 'group', 'link', 'master', 'mtu', 'multicast', 'name', 'netns', 'nomaster', 'peer'],
    ...['promisc', 'type', 'txqueuelen', 'up'],
  ],
  'ip address': ['anycast', 'broadcast', 'brd', 'dev', 'label', 'peer', 'preferred_lft', 'scope', 'to', 'up', 'valid_lft'],
  'ip route': ['advmss', 'blackhole', 'cache', 'default', 'dev', 'from', 'initcwnd', 'local', 'metric', 'mtu', 'nexthop', 'oif', 'onlink', 'prohibit', 'proto', 'root', 'scope', 'src', 'table', 'to', 'tos', 'type', 'unreachable', 'via', 'weight'],
  'ip rule': ['blackhole', 'dport', 'from', 'fwmark', 'goto', 'iif', 'ipproto', 'lookup', 'nop', 'not', 'oif', 'prio', 'priority', 'prohibit', 'sport', 'suppress_prefixlength', 'table', 'to', 'tos', 'type', 'unreachable'],
  'ip neighbour': ['dev', 'lladdr', 'nud', 'permanent', 'proxy', 'reachable', 'stale', 'to', 'unused'],
  'ip neighbor': ['dev', 'lladdr', 'nud', 'permanent', 'proxy', 'reachable', 'stale', 'to', 'unused'],
  'ip tunnel': ['dev', 'local', 'mode', 'name', 'remote', 'ttl', 'tos'],
  'ip tuntap': ['dev', 'group', 'mode', 'name', 'user'],
  'bridge fdb': ['br', 'brport', 'dev', 'dst', 'dynamic', 'extern_learn', 'local', 'master', 'permanent', 'port', 'self', 'state', 'static', 'via', 'vlan', 'vni'],
  'bridge link': ['cost', 'dev', 'fastleave', 'flood', 'guard', 'hairpin', 'isolated', 'learning', 'mcast_flood', 'neigh_suppress', 'priority', 'root_block', 'state'],
  'bridge vlan': ['dev', 'master', 'pvid', 'self', 'tunnel_info', 'untagged', 'vid'],
  'bridge mdb': ['dev', 'grp', 'permanent', 'port', 'temp', 'vid'],
  'tc qdisc': ['dev', 'handle', 'ingress', 'parent', 'root'],
}; // prettier-ignore
const DISCIPLINES = ['netem', 'tbf', 'fq_codel', 'pfifo', 'bfifo', 'pfifo_fast', 'noqueue'];
const NETEM = ['corrupt', 'delay', 'duplicate', 'limit', 'loss', 'rate', 'reorder'];

export function completeIproute(program: string, declares: Declaration, before: readonly Bytes[], word: Bytes, p: Process): readonly Bytes[] | undefined {
  const devices = (): readonly Bytes[] => [...netnsOf(p).devices.values()].map((device) => device.name);
  const namespaces = (): readonly Bytes[] => {
    const entries = p.fs.readdir(NETNS_DIR);
    return entries.ok ? entries.value.map(({ name }) => name) : [];
  };
  const commands = declares.commands ?? [];
  const last = before.at(-1) ?? '';
  const isOption = (text: Bytes, wanted: string): boolean => text.length > 1 && text.startsWith('-') && wanted.startsWith(text.replace(/^--/, '-'));
  // In front of the object stand options, some with an argument.
  let at = 1;
  for (; before[at]?.startsWith('-'); at++) if (takesArgument(before[at]!, declares)) at++;
  if (at > before.length) {
    if (isOption(last, '-netns')) return namespaces();
    return isOption(last, '-family') ? ['inet', 'inet6', 'bridge', 'link', 'mpls'] : undefined;
  }
  const [given, verb, ...rest] = before.slice(at);
  if (given === undefined) return word.startsWith('-') ? declares.options.flatMap(({ names }) => names) : commands.map(({ name }) => name);
  const object = commands.find(({ name }) => name.startsWith(given));
  if (!object) return [];
  if (verb === undefined) return [...(object.verbs ?? []), 'help'];
  if (object.name === 'netns') return rest.length === 0 && !'add'.startsWith(verb) && !'list'.startsWith(verb) ? namespaces() : undefined;
  if (last === 'netns') return namespaces();
  if (BEFORE_DEVICE.has(last) && !(last === 'peer' && object.name === 'link') && rest.length > 0) return devices();
  if (last === 'dev' || (BEFORE_DEVICE.has(last) && last !== 'link' && last !== 'peer')) return devices();
  if (last === 'type')
    return object.name === 'link'
      ? KINDS.flatMap(({ names }) => names).filter((name) => !name.endsWith('_slave'))
      : ['unicast', 'local', 'blackhole', 'unreachable', 'prohibit', 'throw'];
  if (last === 'table' || last === 'lookup') return ['main', 'local', 'default', 'all'];
  if (last === 'scope') return ['global', 'host', 'link', 'site'];
  if (last === 'proto') return ['kernel', 'boot', 'static', 'dhcp', 'bird'];
  if (last === 'nud' || last === 'state') return ['permanent', 'noarp', 'reachable', 'stale', 'none', 'incomplete', 'delay', 'probe', 'failed'];
  const keywords = KEYWORDS[`${program} ${object.name}`] ?? [];
  if (program === 'tc') return [...keywords, ...DISCIPLINES, ...(rest.includes('netem') ? NETEM : [])];
  // `ip link set eth0`, `ip link show eth0`: `dev` may be left out.
  const isFirst = rest.length === 0 && object.name === 'link' && program === 'ip' && !'add'.startsWith(verb);
  return isFirst ? [...devices(), ...keywords] : keywords;
}

const takesArgument = (word: Bytes, { options }: Declaration): boolean => {
  const option = options.find(({ names }) => names.some((name) => name.startsWith(word.replace(/^--/, '-'))));
  return option?.value !== undefined && option.isOptional !== true;
};
