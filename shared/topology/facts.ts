/** What the inspector shows of a box: Linux's words and values as its programs print them. */
import type { LinkFact, NetnsSnapshot } from '../snapshot/index.ts';
import { fdbOrigin, linkOrigin, neighbourOrigin, routeOrigin, ruleOrigin, type Around } from './origin.ts';
import type { Fact } from './topology.ts';

export function linkFacts(around: Around, link: LinkFact, peer: string | undefined): readonly Fact[] {
  const { netns } = around;
  const origin = linkOrigin(link, around);
  const master = link.master === undefined ? undefined : netns.links.find((one) => one.ifindex === link.master)?.name;
  const facts: (Fact | undefined)[] = [
    { key: 'link', value: `${link.ifindex}: ${link.name} <${link.flags.join(',')}>`, ...(origin && { origin }) },
    link.kind === '' ? undefined : { key: 'kind', value: link.kind },
    { key: 'state', value: link.operstate },
    { key: 'mac', value: link.mac },
    { key: 'mtu', value: String(link.mtu) },
    ...link.addresses.map((address) => ({
      key: address.family,
      value: `${address.local}${address.peer === undefined ? '' : ` peer ${address.peer}`}/${address.prefixLength} scope ${address.scope}`,
    })),
    master === undefined ? undefined : { key: 'master', value: master },
    peer === undefined ? undefined : { key: 'peer', value: peer },
    link.vxlan && {
      key: 'vxlan',
      value: `id ${link.vxlan.vni}${link.vxlan.local === undefined ? '' : ` local ${link.vxlan.local}`}${link.vxlan.device === undefined ? '' : ` dev ${link.vxlan.device}`} dstport ${link.vxlan.port}${link.vxlan.learning ? '' : ' nolearning'}`,
    },
    link.tunnel && {
      key: 'tunnel',
      value: `${link.kind} remote ${link.tunnel.remote ?? 'any'} local ${link.tunnel.local ?? 'any'} ttl ${link.tunnel.ttl === 0 ? 'inherit' : link.tunnel.ttl}`,
    },
    link.vlan && { key: 'vlan', value: `id ${link.vlan.id} on ${link.vlan.device}` },
    link.card?.kind === 'nat' ? { key: 'card', value: "plugged into a virtual machine's NAT" } : undefined,
    link.alias === undefined ? undefined : { key: 'alias', value: link.alias },
    { key: 'rx', value: `${link.statistics.rxPackets} packets, ${link.statistics.rxBytes} bytes, ${link.statistics.rxDropped} dropped` },
    { key: 'tx', value: `${link.statistics.txPackets} packets, ${link.statistics.txBytes} bytes, ${link.statistics.txDropped} dropped` },
  ];
  return facts.filter((fact) => fact !== undefined);
}

export function bridgeFacts(netns: NetnsSnapshot, bridge: LinkFact): readonly Fact[] {
  const ports = netns.links.filter((link) => link.master === bridge.ifindex);
  return [
    { key: 'ports', value: ports.map((port) => port.name).join(' ') },
    ...netns.fdb
      .filter((entry) => entry.master === bridge.name)
      .map((entry) => ({ key: 'fdb', value: `${entry.mac} dev ${entry.device}${entry.state === '' ? '' : ` ${entry.state}`}`, origin: fdbOrigin(entry) })),
  ];
}

/** Routes, policy rules, neighbours, packet filter and settings of a namespace. */
export function netnsFacts(around: Around): readonly Fact[] {
  const { netns } = around;
  return [
    { key: 'netns', value: `net:[${netns.inode}]${netns.name === '' ? '' : ` ${netns.name}`}` },
    ...netns.routes
      .filter((route) => route.table !== 'local' && route.family === 'inet')
      .map((route) => ({ key: route.table === 'main' ? 'route' : `route table ${route.table}`, value: route.text, origin: routeOrigin(route, around) })),
    ...netns.rules
      .filter((rule) => rule.family === 'inet' && ![0, 32766, 32767].includes(rule.priority))
      .map((rule) => ({ key: 'rule', value: `${rule.priority}: ${rule.text}` })),
    ...netns.neighbours
      .filter((one) => !one.address.includes(':'))
      .map((one) => ({
        key: 'neighbour',
        value: `${one.address} dev ${one.device}${one.mac === undefined ? '' : ` lladdr ${one.mac}`} ${one.state}`,
        origin: neighbourOrigin(one),
      })),
    ...netns.iptables
      .filter((table) => table.family === 'inet')
      .flatMap((table) =>
        table.chains.flatMap((chain) => [
          ...(chain.policy === null || chain.policy === 'ACCEPT' ? [] : [{ key: `iptables ${table.table}`, value: `-P ${chain.name} ${chain.policy}` }]),
          ...chain.rules.map((rule) => ({ key: `iptables ${table.table}`, value: rule.text, origin: ruleOrigin(rule.text) })),
        ]),
      ),
    ...Object.entries(netns.sysctls).map(([key, value]) => ({ key: 'sysctl', value: `${key} = ${value}` })),
    ...netns.sockets
      .filter((socket) => socket.state === 'LISTEN' || socket.state === 'UNCONN')
      .map((socket) => ({
        key: 'socket',
        value: `${socket.protocol} ${socket.state} ${socket.local}:${socket.localPort}${socket.owner === undefined ? '' : ` ${socket.owner}`}`,
      })),
  ];
}
