/**
 * Building small networks for the kernel's tests, in words close to `ip`'s. Every step must be granted; what is expected to be refused is
 * asked of the kernel directly.
 */
import { Simulation } from '../base/index.ts';
import { TraceRecorder } from '../trace/index.ts';
import type { Trace } from '../trace/index.ts';
import { formatIpv4, IcmpType, IpProtocol, parseIpv4, parseIpv4Prefix, parseMac } from '../wire/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import { devicesInOrder } from './device.ts';
import type { KernelResult } from './error.ts';
import { makeHost, makeNetns, makeWorld, nameNetns } from './host.ts';
import { prefixText } from './ipv4/fib.ts';
import { routesInOrder } from './ipv4/fib-edit.ts';
import { addAddress } from './ipv4/inetdev.ts';
import { protocolName, scopeName } from './ipv4/route-text.ts';
import type { Device, Host, Netns, World } from './model.ts';
import { Iff } from './numbers.ts';
import { addLink, setLink } from './rtnl/link.ts';
import { addRoute } from './rtnl/routes.ts';
import type { LinkInfo, RouteRequest } from './requests.ts';
import { RawSocket } from './sockets/raw.ts';

export const ip = (text: string): Ipv4 => {
  const address = parseIpv4(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
};
export const mac = (text: string): number => {
  const address = parseMac(text);
  if (address === undefined) throw new Error(`not a MAC: ${text}`);
  return address;
};
export function granted<T>(result: KernelResult<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
/** `EEXIST`, `EINVAL: Nexthop has invalid gateway`, or `ok`. */
export const refusal = (result: KernelResult<unknown>): string =>
  result.ok ? 'ok' : result.error.extack === undefined ? result.error.errno : `${result.error.errno}: ${result.error.extack}`;

export class TestLab {
  readonly world: World;
  readonly host: Host;
  readonly root: Netns;
  private readonly simulation: Simulation;
  constructor(seed = 1) {
    this.simulation = new Simulation(1_700_000_000_000);
    this.world = makeWorld(seed, 1_700_000_000_000, this.simulation);
    this.host = makeHost(this.world, 'node-1');
    this.root = this.host.initNetns;
  }
  get nowUs(): number {
    return this.simulation.nowUs;
  }
  sleep(seconds: number): void {
    this.simulation.runUntil(this.simulation.nowUs + seconds * 1e6);
  }
  /** A namespace without IPv6, its lo up. */
  netns(name: string): Netns {
    const netns = makeNetns(this.host);
    granted(nameNetns(netns, name));
    netns.ipv6Default.disable_ipv6 = 1;
    this.up(netns, 'lo');
    return netns;
  }
  device(netns: Netns, name: string): Device {
    const device = netns.device(name);
    if (device === undefined) throw new Error(`no device ${name}`);
    return device;
  }
  veth(a: Netns, nameA: string, b: Netns, nameB: string): void {
    granted(addLink(a, { name: nameA, info: { kind: 'veth', peer: { name: nameB, netns: b } } }));
  }
  add(netns: Netns, name: string, info: LinkInfo): Device {
    return granted(addLink(netns, { name, info }));
  }
  up(netns: Netns, ...names: string[]): void {
    for (const name of names) granted(setLink(netns, name, { flagsMask: Iff.UP, flags: Iff.UP }));
  }
  down(netns: Netns, name: string): void {
    granted(setLink(netns, name, { flagsMask: Iff.UP, flags: 0 }));
  }
  master(netns: Netns, name: string, master: string | null): void {
    granted(setLink(netns, name, { master: master === null ? 0 : this.device(netns, master).index }));
  }
  address(netns: Netns, name: string, prefix: string): void {
    const parsed = parseIpv4Prefix(prefix);
    if (parsed === undefined) throw new Error(`not a prefix: ${prefix}`);
    const { address, length } = parsed;
    granted(addAddress(netns, { device: this.device(netns, name).index, local: address, prefixLength: length, create: true, exclusive: true }));
  }
  /** A wire: veth, addresses, both ends up. */
  wire(a: Netns, nameA: string, prefixA: string, b: Netns, nameB: string, prefixB: string): void {
    this.veth(a, nameA, b, nameB);
    this.address(a, nameA, prefixA);
    this.address(b, nameB, prefixB);
    this.up(a, nameA);
    this.up(b, nameB);
  }
  forwarding(netns: Netns, on = true): void {
    netns.ipv4All.forwarding = netns.ipv4Default.forwarding = on ? 1 : 0;
    for (const device of netns.devices.values()) if (device.ipv4 !== null) device.ipv4.conf.forwarding = on ? 1 : 0;
  }
  /** `ip route add`: `10.0.0.0/24 via 10.1.0.1 dev eth0 src 10.0.0.1 metric 5 table 100 scope 253 onlink`, `blackhole …`. */
  route(netns: Netns, text: string): KernelResult {
    return addRoute(netns, { ...this.routeRequest(netns, text), create: true, exclusive: true });
  }
  routeRequest(netns: Netns, text: string): RouteRequest {
    const words = text.split(' ');
    const request: Record<string, unknown> = {};
    if (['blackhole', 'unreachable', 'prohibit', 'throw', 'local', 'broadcast'].includes(words[0]!)) request['type'] = words.shift();
    const prefix = words.shift()!;
    const parsed = prefix === 'default' ? { address: 0, length: 0 } : parseIpv4Prefix(prefix)!;
    request['destination'] = parsed.address;
    request['length'] = parsed.length;
    for (let i = 0; i < words.length; i += 2) {
      const [name, value] = [words[i]!, words[i + 1]!];
      if (name === 'via') request['gateway'] = ip(value);
      else if (name === 'dev') request['device'] = netns.device(value)?.index ?? 99;
      else if (name === 'src') request['preferredSource'] = ip(value);
      else if (name === 'metric') request['priority'] = Number(value);
      else if (name === 'onlink') request[name] = Boolean(i--) || true;
      else request[name] = Number(value);
    }
    // A device without gateway is link scope, as ip chooses.
    if (request['scope'] === undefined && request['gateway'] === undefined && request['device'] !== undefined) request['scope'] = 253;
    return request as unknown as RouteRequest;
  }
  /** Routes of a table, a line each: what `ip route` shows. */
  routes(netns: Netns, table = 254): string[] {
    const found = netns.tables.get(table);
    return found === undefined
      ? []
      : routesInOrder(found).map((route) => {
          const hop = route.nexthops[0];
          const words = [route.type === 'unicast' ? '' : `${route.type} `, prefixText(route.prefix, route.length)];
          if (hop !== undefined && hop.gateway !== 0) words.push(` via ${formatIpv4(hop.gateway)}`);
          if (hop?.device) words.push(` dev ${hop.device.name}`);
          if (route.protocol !== 3) words.push(` proto ${protocolName(route.protocol)}`);
          if (route.scope !== 0) words.push(` scope ${scopeName(route.scope)}`);
          if (route.preferredSource !== 0) words.push(` src ${formatIpv4(route.preferredSource)}`);
          if (route.priority !== 0) words.push(` metric ${route.priority}`);
          if (hop?.linkdown === true) words.push(' linkdown');
          return words.join('');
        });
  }

  /**
   * One echo request, then up to `waitS` for what comes back: `reply ttl=63`, `Time to live exceeded from 10.0.1.1`, an errno, `nothing`.
   */
  ping(netns: Netns, to: string, options: { waitS?: number; recorded?: boolean; ttl?: number; size?: number; df?: boolean; broadcast?: boolean } = {}): string {
    return this.trace(netns, to, options).answer;
  }
  trace(
    netns: Netns,
    to: string,
    options: { waitS?: number; ttl?: number; size?: number; df?: boolean; broadcast?: boolean; settleS?: number; recorded?: boolean } = {},
  ): { answer: string; trace: Trace } {
    const socket = new RawSocket(netns, IpProtocol.ICMP);
    const recorder = new TraceRecorder(this.world.nextTraceId++, this.nowUs);
    const id = this.world.rng.below(65536);
    // Echo requests are what the other end of a loopback hears.
    socket.icmpFilter = 1 << IcmpType.ECHO_REQUEST;
    if (options.ttl !== undefined) socket.ttl = options.ttl;
    if (options.df === true) socket.pmtuDiscover = 'do';
    socket.broadcast = options.broadcast === true;
    const sent = socket.sendIcmp(IcmpType.ECHO_REQUEST, 0, id, 1, 'x'.repeat(options.size ?? 56), {
      to: ip(to),
      ...(options.recorded === false ? {} : { recorder }),
    });
    let answer = 'nothing';
    if (!sent.ok) answer = sent.error.errno;
    else {
      let late = false as boolean;
      const timer = this.simulation.after((options.waitS ?? 1) * 1e6, () => {
        late = true;
      });
      while (answer === 'nothing' && !late) {
        this.simulation.runFree(() => !late && !socket.readable);
        const packet = socket.receive()?.packet;
        if (packet === undefined || packet.icmp === null) continue;
        const { type, code } = packet.icmp;
        answer = type === IcmpType.ECHO_REPLY ? `reply ttl=${packet.ip!.ttl}` : `icmp ${type}/${code} from ${formatIpv4(packet.ip!.src)}`;
      }
      timer.cancel();
    }
    socket.close();
    if (options.settleS !== undefined) this.sleep(options.settleS);
    return { answer, trace: recorder.trace() };
  }

  /** `ip -br link`: a line per device, `name state flags`. */
  links(netns: Netns): string[] {
    return devicesInOrder(netns).map((device) => `${device.index} ${device.name} ${device.isUp ? device.operState : 'DOWN'}`);
  }
}
