/**
 * kernel: the simulated Linux network stack. Machines with namespaces, devices, addresses, routes, neighbours, bridges, tunnels and sockets;
 * packets that travel through them by Linux's own rules; every decision told to whoever traces the packet.
 *
 *     const world = makeWorld(1, Date0);                       // seed; what the calendar says
 *     const host = makeHost(world, 'node-1');                  // host.initNetns has lo, down
 *     const pod = makeNetns(host); nameNetns(pod, 'pod-a');    // ip netns add pod-a
 *
 *     // ip link add veth0 type veth peer name eth0 netns pod-a; ip link set veth0 up
 *     addLink(host.initNetns, { name: 'veth0', info: { kind: 'veth', peer: { name: 'eth0', netns: pod } } });
 *     setLink(host.initNetns, 'veth0', { flagsMask: Iff.UP, flags: Iff.UP });
 *     // ip -n pod-a addr add 10.0.0.2/24 dev eth0
 *     addAddress(pod, { device: pod.device('eth0')!.index, local: ipv4(10, 0, 0, 2), prefixLength: 24, create: true, exclusive: true });
 *
 *     // a ping that is traced
 *     const socket = new RawSocket(pod, IpProtocol.ICMP);
 *     const recorder = new TraceRecorder(world.nextTraceId++, world.simulation.nowUs);
 *     socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, id, 1, data, { to, recorder });
 *     world.simulation.runFree(() => !socket.readable);        // or let the lab's driver run; socket.watchers tells when
 *     socket.receive()?.packet.icmp                            // the echo reply
 *     recorder.trace()                                         // hops → steps → dispositions
 *
 * Requests answer a Result: an errno, and the kernel's own words where it has some (error.ts). Changes are told by `netns.monitors`
 * (rtnetlink's messages, at once) and `host.changed` (once per burst). Where things stand:
 *
 *     model.ts       all objects and how they hang together; conf.ts: what sysctls set; numbers.ts: uapi numbers; requests.ts: what can be asked
 *     host.ts        worlds, machines, namespaces          device.ts, linkwatch.ts   the life of a device, carrier and operstate
 *     stack.ts       where frames come in                  transmit.ts   where they go out
 *     ipv4/, ipv6/   input, routing, output, ICMP          neighbour.ts, arp.ts   who has which MAC
 *     devices/       one file per kind                     sockets/   raw, ping, UDP, packet
 *     netfilter/     hooks' tables, conntrack, NAT         tcp/       TCP
 *     rtnl/          links, routes, rules, neighbours, fdb as rtnetlink asks for them
 *     sysctl/        the same settings as text under /proc/sys
 *
 * Invariant: no clock, no chance but the world's: the same calls give the same run.
 * Invariant: a packet without recorder costs no story; the data plane makes no closures per packet.
 */
export * from './conf.ts';
export * from './describe.ts';
export { devicesInOrder, registerDevice, shownFlags } from './device.ts';
export { Bond, bondSlaveOf } from './devices/bond/bond.ts';
export type { BondSlave } from './devices/bond/bond.ts';
export { BOND_MODES } from './devices/bond/options.ts';
export type { BondOptions } from './devices/bond/options.ts';
export { Bridge } from './devices/bridge/bridge.ts';
export { fdbInOrder, isExpired } from './devices/bridge/bridge-fdb.ts';
export { changeMdb, MdbEntry, mdbInOrder } from './devices/bridge/bridge-mdb.ts';
export type { MulticastGroup } from './devices/bridge/bridge-mdb.ts';
export { BridgePort, bridgePortOf, CENTISECOND_US, FdbEntry, PORT_STATE_NAMES } from './devices/bridge/bridge-state.ts';
export type { BridgeId } from './devices/bridge/bridge-state.ts';
export { VlanGlobals } from './devices/bridge/vlan-group.ts';
export type { BridgeVlan, VlanGroup } from './devices/bridge/vlan-group.ts';
export { Card, NatCard, Switch } from './devices/card.ts';
export { Router } from './devices/router.ts';
export { Macvlan } from './devices/macvlan.ts';
export { Tun } from './devices/tun.ts';
export { hasTunnels, loadTunnels } from './devices/tunnel/module.ts';
export { TunnelFlag } from './devices/tunnel/flags.ts';
export { findTunnel, IpTunnel } from './devices/tunnel/tunnel.ts';
export type { TunnelKind } from './devices/tunnel/tunnel.ts';
export { Veth } from './devices/veth.ts';
export { Ipvlan } from './devices/ipvlan.ts';
export { Vlan, VlanFlag } from './devices/vlan.ts';
export { Vxlan, VxlanFdbEntry } from './devices/vxlan.ts';
export type { VxlanRemote } from './devices/vxlan.ts';
export * from './error.ts';
export { holdNetns, makeHost, makeNetns, makeWorld, nameNetns, netnsIdOf, releaseNetns, setNetnsId, unnameNetns } from './host.ts';
export { isLocalAddress } from './ipv4/addresses.ts';
export { prefixText, tableName } from './ipv4/fib.ts';
export { flushRouteExceptions, routesInOrder, tablesInOrder } from './ipv4/fib-edit.ts';
export { addAddress, removeAddress } from './ipv4/inetdev.ts';
export { protocolName, ruleFact, scopeName } from './ipv4/route-text.ts';
export { addAddress6, removeAddress6 } from './ipv6/addrconf.ts';
export { areSiblings, insertRoute6, lookup6, removeRoute6, routes6InOrder, sourceBy } from './ipv6/routes.ts';
export { selectSource6 } from './ipv6/source.ts';
export { exceptionOf } from './ipv6/way.ts';
export type { Lookup6 } from './ipv6/routes.ts';
export { syncLink } from './linkwatch.ts';
export type { IcmpMib, TypeCounts } from './mib.ts';
export * from './model.ts';
export * from './netfilter/index.ts';
export { neighbourAddressText, stateName } from './neighbour.ts';
export * from './numbers.ts';
export * from './requests.ts';
export { setBridgeOptions, setPortOptions } from './rtnl/bridge-options.ts';
export { changeBridgeVlans, setBridgeVlanOptions } from './rtnl/bridge-vlan.ts';
export { addFdb, deleteFdb, flushFdb } from './rtnl/fdb.ts';
export { addLink, deleteLink, findDevice, setLink } from './rtnl/link.ts';
export { addNeighbour, deleteNeighbour, neighboursInOrder } from './rtnl/neighbours.ts';
export type { Discipline, QdiscStatistics } from './qdisc/discipline.ts';
export { Fifo, type FifoOptions } from './qdisc/fifo.ts';
export { FqCodel, Sfq, type FqCodelOptions, type SfqOptions } from './qdisc/fair.ts';
export { Htb, type HtbClass, type HtbClassOptions, type HtbOptions } from './qdisc/htb.ts';
export { Prio, type PrioOptions } from './qdisc/prio.ts';
export { Netem, type Chance, type NetemOptions } from './qdisc/netem.ts';
export { Tbf, type TbfOptions } from './qdisc/tbf.ts';
export { actionsOf, type Action, type ActionKind, type ActionOptions, type Control } from './tc/action.ts';
export { ETH_P_ALL, type Classifier, type Filter, type FlowerKeys, type Matching } from './tc/filter.ts';
export type { U32Key } from './tc/u32.ts';
export { changeClass, classful, deleteClass, type ClassRequest } from './rtnl/classes.ts';
export { changeFilter, deleteFilter, filterBlock, type FilterRequest } from './rtnl/filters.ts';
export { changeQdisc, deleteQdisc, lacksQdisc, leafQdiscs, rootQdisc } from './rtnl/qdisc.ts';
export type { QdiscOptions, QdiscRequest } from './rtnl/qdisc.ts';
export { addNexthop, addRoute6ByNexthop, deleteNexthop, nexthopsInOrder } from './rtnl/nexthops.ts';
export { addRoute, deleteRoute, getRoute } from './rtnl/routes.ts';
export type { RouteAnswer } from './rtnl/routes.ts';
export { addRule, deleteRule } from './rtnl/rules.ts';
export { arrivedBy6, IpSocket, senderOf } from './sockets/ip-socket.ts';
export type { Received, SocketError } from './sockets/ip-socket.ts';
export { ALL_PROTOCOLS, PacketSocket } from './sockets/packet.ts';
export type { CapturedFrame } from './sockets/packet.ts';
export { openPing, PingSocket } from './sockets/ping.ts';
export { RawSocket } from './sockets/raw.ts';
export { Raw6Socket } from './sockets/raw6.ts';
export { UdpSocket } from './sockets/udp.ts';
export * from './sysctl/sysctl.ts';
export * from './tcp/index.ts';
