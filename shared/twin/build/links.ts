/**
 * The devices of a snapshot, made again under their numbers and names: first what stands by itself, then what stands on another, then masters.
 * A card that is on a segment of the snapshot is plugged into it, whatever it was made of there (in a lab of namespaces it is a veth).
 */
import {
  addLink,
  Bridge,
  Card,
  CENTISECOND_US,
  Device,
  Iff,
  loadTunnels,
  NatCard,
  registerDevice,
  setLink,
  type Host,
  type LinkInfo,
  type MacvlanOptions,
  type Netns,
  type Skb,
  type Switch,
} from '../../kernel/index.ts';
import type { LinkFact, NetnsSnapshot } from '../../snapshot/index.ts';
import { parseIpv4, parseMac, type Ipv4, type Mac } from '../../wire/index.ts';
import type { Report } from './problem.ts';

export interface LinkContext {
  readonly host: Host;
  /** By id. */
  readonly netnses: ReadonlyMap<number, Netns>;
  /** Where a card is plugged in. */
  readonly segmentOf: (netnsId: number, ifindex: number) => Switch | undefined;
  /** A namespace that holds the far ends of pairs whose other end nobody saw. */
  readonly elsewhere: () => Netns;
}

const FALLBACKS: Readonly<Record<string, 'ipip' | 'sit' | 'gre'>> = { tunl0: 'ipip', sit0: 'sit', gre0: 'gre', gretap0: 'gre', erspan0: 'gre' };
const mac = (text: string): Mac => parseMac(text) ?? 0;
const ipv4 = (text: string | undefined): { readonly value: Ipv4 } | undefined => {
  const value = text === undefined ? undefined : parseIpv4(text);
  return value === undefined ? undefined : { value };
};

/** All devices of all namespaces of a node. */
export function makeLinks(context: LinkContext, namespaces: readonly NetnsSnapshot[], report: (netns: NetnsSnapshot) => Report): void {
  const all = namespaces.flatMap((netns) => netns.links.map((link) => ({ netns, link })));
  let waiting = all.filter(({ link }) => !FALLBACKS[link.name]);
  for (;;) {
    const left = waiting.filter(({ netns, link }) => !makeLink(context, netns, link, namespaces, report(netns)));
    if (left.length === 0) break;
    if (left.length === waiting.length) {
      for (const { netns, link } of left) {
        report(netns)(`${link.ifindex}: ${link.name}`, 'the interface that it stands on is not there');
        plug(new Foreign(context.netnses.get(netns.id)!, mac(link.mac), link.kind), link);
      }
      break;
    }
    waiting = left;
  }
  // those that come with a module come last: they take whatever number is free, until they get their own
  const fallbacks = all.filter(({ link }) => FALLBACKS[link.name]);
  for (const { link } of fallbacks) loadTunnels(context.host, FALLBACKS[link.name]!);
  for (const { netns, link } of fallbacks) makeLink(context, netns, link, namespaces, report(netns));
  for (const netns of context.netnses.values()) inOrder(netns);
}

/** False: what it stands on is not there yet. */
function makeLink(context: LinkContext, seen: NetnsSnapshot, link: LinkFact, namespaces: readonly NetnsSnapshot[], report: Report): boolean {
  const netns = context.netnses.get(seen.id)!;
  const known = netns.device(link.name);
  if (known) {
    known.index = link.ifindex; // lo, a tunnel's fallback device, the second end of a pair
    if (known.hardwareType === 1) known.address = mac(link.mac);
    known.mtu = link.mtu;
    return true;
  }
  const segment = context.segmentOf(seen.id, link.ifindex);
  const address = mac(link.mac);
  if (segment) return plug(new Card(netns, address, segment, link.kind === '' ? null : link.kind), link);
  if (link.kind === '' || link.card?.kind === 'nat') return plug(new NatCard(netns, address, link.card ? undefined : seenThere(seen, link)), link);
  if (link.kind === 'veth') return makePair(context, netns, seen, link, namespaces);
  const lower = lowerOf(seen, link);
  const below = lower === undefined ? undefined : netns.device(lower);
  if (lower !== undefined && !below) return false;
  const info = infoOf(link, below);
  if (!info) {
    report(`${link.ifindex}: ${link.name}`, `interfaces of type ${link.kind} are not modelled`);
    return plug(new Foreign(netns, address, link.kind), link);
  }
  const lowerNetns = link.link?.netnsId === undefined ? netns : context.netnses.get(link.link.netnsId);
  const on = link.kind !== 'vxlan' && info.kind !== 'ipip' && info.kind !== 'sit' && info.kind !== 'gre' && link.link ? { link: link.link.ifindex } : {};
  const made = addLink(netns, {
    name: link.name,
    index: link.ifindex,
    info,
    ...on,
    ...(lowerNetns && lowerNetns !== netns ? { linkNetns: lowerNetns } : {}),
    ...(address === 0 || info.kind === 'ipip' || info.kind === 'sit' || info.kind === 'gre' || hasPortsMac(seen, link) ? {} : { address }),
  });
  if (!made.ok && (made.error.errno === 'ENODEV' || made.error.errno === 'EINVAL') && link.link && !lowerNetns?.devices.has(link.link.ifindex)) return false;
  if (!made.ok) {
    report(`${link.ifindex}: ${link.name}`, made.error.extack ?? made.error.errno);
    return plug(new Foreign(netns, address, link.kind), link);
  }
  made.value.mtu = link.mtu;
  return true;
}

function plug(device: Device, link: LinkFact): true {
  registerDevice(device, link.name, link.ifindex);
  device.mtu = link.mtu;
  return true;
}

/** Who answers beyond a card that leads out of what was seen: neighbours whose MAC is known. */
function seenThere(seen: NetnsSnapshot, link: LinkFact): ReadonlyMap<Ipv4, Mac> {
  return new Map(
    seen.neighbours.flatMap(({ address, device, mac: theirs, proxy }) => {
      const who = device === link.name && theirs !== undefined && !proxy ? parseIpv4(address) : undefined;
      return who === undefined ? [] : [[who, mac(theirs!)] as const];
    }),
  );
}

/** The name of the device in the same namespace that it stands on. */
function lowerOf(seen: NetnsSnapshot, link: LinkFact): string | undefined {
  if (link.vxlan) return link.vxlan.device;
  if (link.vlan && link.link?.netnsId === undefined) return link.vlan.device;
  if (link.kind !== 'macvlan' && link.kind !== 'ipvlan') return undefined;
  return link.link && link.link.netnsId === undefined ? seen.links.find((one) => one.ifindex === link.link!.ifindex)?.name : undefined;
}

function infoOf(link: LinkFact, below: Device | undefined): LinkInfo | undefined {
  switch (link.kind) {
    case 'bridge': {
      const { bridge } = link;
      return {
        kind: 'bridge',
        options: bridge
          ? { stpState: bridge.stp ? 1 : 0, vlanFiltering: bridge.vlanFiltering ? 1 : 0, ageingTime: Math.round((bridge.ageingTimeS * 1e6) / CENTISECOND_US) }
          : {},
      };
    }
    case 'dummy':
    case 'ifb':
    case 'team':
      return { kind: link.kind };
    case 'bond':
      return { kind: 'bond', options: {} };
    case 'vrf':
      return link.vrfTable === undefined ? undefined : { kind: 'vrf', table: link.vrfTable };
    case 'vxlan': {
      if (!link.vxlan) return undefined;
      const { vni, port, learning } = link.vxlan;
      const local = ipv4(link.vxlan.local);
      const remote = ipv4(link.vxlan.remote ?? link.vxlan.group);
      return {
        kind: 'vxlan',
        options: {
          id: vni,
          port,
          learning,
          ...(local && { local: local.value }),
          ...(remote && { remote: remote.value }),
          ...(below && { link: below.index }),
        },
      };
    }
    case 'ipip':
    case 'sit':
    case 'gre':
    case 'gretap': {
      const local = ipv4(link.tunnel?.local);
      const remote = ipv4(link.tunnel?.remote);
      return {
        kind: link.kind,
        options: { ttl: link.tunnel?.ttl ?? 0, ...(local && { local: local.value }), ...(remote && { remote: remote.value }) },
      };
    }
    case 'vlan':
      return link.vlan ? { kind: 'vlan', options: { id: link.vlan.id } } : undefined;
    case 'macvlan':
    case 'macvtap':
      return { kind: link.kind, options: { mode: (link.mode ?? 'vepa') as NonNullable<MacvlanOptions['mode']> } };
    case 'ipvlan':
      return { kind: 'ipvlan', options: { mode: (link.mode ?? 'l3') as 'l2' | 'l3' | 'l3s' } };
    case 'tun':
      return { kind: 'tun', mode: link.flags.includes('POINTOPOINT') ? 'tun' : 'tap' };
    default:
      return undefined;
  }
}

/** Both ends of a veth pair; the far one in a place of its own where nobody saw it. */
function makePair(context: LinkContext, netns: Netns, seen: NetnsSnapshot, link: LinkFact, namespaces: readonly NetnsSnapshot[]): true {
  const there = link.link?.netnsId ?? seen.id;
  const peerSeen = link.link && namespaces.find(({ id }) => id === there)?.links.find(({ ifindex, kind }) => ifindex === link.link!.ifindex && kind === 'veth');
  const far = peerSeen ? context.netnses.get(there)! : context.elsewhere();
  const peer = peerSeen ? { name: peerSeen.name, index: peerSeen.ifindex, address: mac(peerSeen.mac), mtu: peerSeen.mtu } : { name: `far${far.devices.size}` };
  addLink(netns, {
    name: link.name,
    index: link.ifindex,
    address: mac(link.mac),
    mtu: link.mtu,
    info: { kind: 'veth', peer: { ...peer, netns: far } },
  });
  return true;
}

/** A bridge that was given no address has the lowest of its ports', and another one as they come and go. */
function hasPortsMac({ links }: NetnsSnapshot, bridge: LinkFact): boolean {
  const ports = links.flatMap((link) => (link.master === bridge.ifindex ? [mac(link.mac)] : []));
  return bridge.kind === 'bridge' && ports.length > 0 && Math.min(...ports) === mac(bridge.mac);
}

/** Masters, and what a bridge says of its ports. Ports come in the order of their numbers, as their places in the bridge are not told. */
export function enslaveLinks(netns: Netns, seen: NetnsSnapshot, report: Report): void {
  for (const link of seen.links) {
    if (link.master === undefined) continue;
    const done = setLink(netns, link.ifindex, { master: link.master });
    if (!done.ok) report(`${link.name} master ${link.master}`, done.error.extack ?? done.error.errno);
  }
}
export function settlePorts(netns: Netns, seen: NetnsSnapshot): void {
  for (const { ifindex, port } of seen.links) {
    if (!port) continue;
    const { hairpin, isolated, learning, flood } = port;
    setLink(netns, ifindex, { port: { hairpin, isolated, learning, flood } });
  }
}

/** Up or down, as they were; and what a bridge's address was. */
export function raiseLinks(netns: Netns, seen: NetnsSnapshot): void {
  const settable = { PROMISC: Iff.PROMISC, ALLMULTI: Iff.ALLMULTI, NOARP: Iff.NOARP, MULTICAST: Iff.MULTICAST };
  for (const link of seen.links) {
    const device = netns.devices.get(link.ifindex);
    if (!device) continue;
    let flags = link.flags.includes('UP') ? Iff.UP : 0;
    let flagsMask: number = Iff.UP;
    // a bridge port is promiscuous without the flag that `ip` shows
    for (const [name, bit] of Object.entries(settable)) {
      const has = link.flags.includes(name);
      if (has === ((device.flags & bit) !== 0)) continue;
      flagsMask |= bit;
      if (has) flags |= bit;
    }
    if (device instanceof Bridge && mac(link.mac) !== device.address) setLink(netns, link.ifindex, { address: mac(link.mac) });
    setLink(netns, link.ifindex, { flags, flagsMask, ...(link.alias === undefined ? {} : { alias: link.alias }) });
    if (device.mtu !== link.mtu) device.mtu = link.mtu;
  }
}

/** Indexes were changed: the table is by index, in order of index. */
function inOrder(netns: Netns): void {
  const devices = [...netns.devices.values()].sort((a, b) => a.index - b.index);
  netns.devices.clear();
  for (const device of devices) netns.devices.set(device.index, device);
  netns.nextIndex = Math.max(netns.nextIndex, (devices.at(-1)?.index ?? 0) + 1);
}

/** An interface that the simulated kernel has no driver for: what is sent there is not modelled. */
class Foreign extends Device {
  constructor(
    netns: Netns,
    address: Mac,
    readonly kind: string,
  ) {
    super(netns);
    this.address = address;
    this.flags = Iff.BROADCAST | Iff.MULTICAST;
  }
  transmit(skb: Skb): void {
    const what = `what an interface of type ${this.kind} does (${this.name})`;
    if (skb.recorder !== null) skb.step({ kind: 'not-modelled', what }, this.netns);
    skb.end({ kind: 'not-modelled', what });
  }
}
