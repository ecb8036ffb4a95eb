/**
 * IPv4 tunnels (net/ipv4/ip_tunnel.c, ipip.c, ip_gre.c, net/ipv6/sit.c): a device whose packets travel inside IPv4 packets to another host.
 *
 *     ipip     IPv4 in IPv4; with mode any or mplsip nothing else is modelled
 *     sit      IPv6 in IPv4, and IPv4 too with mode any
 *     gre      IPv4 or IPv6 behind a GRE header, with key, checksum, sequence numbers
 *     gretap   whole Ethernet frames behind a GRE header
 *     erspan   only the fallback device that comes with the module
 *
 * Invariant: outer packets belong to `home`, the namespace in which the tunnel was made, wherever the device is now.
 * Absent: foo-over-UDP, metadata (`external` tunnels send nothing), ISATAP.
 */
import type { Errno } from '../../../base/index.ts';
import type { Ipv4, Mac } from '../../../wire/index.ts';
import { isIpv4Multicast } from '../../../wire/index.ts';
import { fail } from '../../error.ts';
import type { KernelResult } from '../../error.ts';
import { outputRequest, routeOutput } from '../../ipv4/route.ts';
import { Device } from '../../model.ts';
import type { Netns, Skb } from '../../model.ts';
import { ArpHardware, Iff } from '../../numbers.ts';
import type { TunnelOptions } from '../../requests.ts';
import { MINIMUM_MTU4, MINIMUM_MTU6, TunnelFlag } from './flags.ts';
import { joinTunnels, leaveTunnels } from './receive.ts';
import { sendThrough } from './transmit.ts';

export type TunnelKind = 'ipip' | 'sit' | 'gre' | 'gretap' | 'erspan';

const HARDWARE = { ipip: ArpHardware.TUNNEL, sit: ArpHardware.SIT, gre: ArpHardware.IPGRE, gretap: ArpHardware.ETHER, erspan: ArpHardware.ETHER } as const;
const OUTER_HEADER = 20;
const ETHERNET_HEADER = 14;
const ERSPAN_HEADERS = 16;
const DEFAULT_MTU = 1500;
const MAXIMUM = 65535;

export class IpTunnel extends Device {
  readonly home: Netns;
  /** Sequence numbers: the next to send, the least to take. */
  nextSequence = 0;
  expectedSequence = 0;
  /** ICMP errors about its packets that nobody has been told of, and when the last came. */
  errorCount = 0;
  errorUs = 0;

  constructor(
    netns: Netns,
    home: Netns,
    readonly kind: TunnelKind,
    public options: TunnelOptions,
    mac: Mac,
    /** The module's own device, which takes what no other tunnel wants. */
    readonly isFallback = false,
  ) {
    super(netns);
    this.home = home;
    this.hardwareType = kind === 'gre' && options.external === true ? ArpHardware.NONE : HARDWARE[kind];
    if (this.isEthernet) {
      this.flags = Iff.BROADCAST | Iff.MULTICAST;
      this.address = mac;
      this.addressAssignType = isFallback ? 0 : 1;
      this.minMtu = MINIMUM_MTU4;
    } else {
      this.flags = Iff.NOARP;
      this.minMtu = kind === 'sit' ? MINIMUM_MTU6 : 0;
      this.setEnds();
      if (kind === 'gre' && isIpv4Multicast(this.remote)) this.flags = Iff.BROADCAST;
      if (this.remote !== 0) this.flags |= Iff.POINTOPOINT;
    }
    this.maxMtu = kind === 'sit' ? 65575 - OUTER_HEADER : 0;
    this.mtu = this.bound();
  }
  get local(): Ipv4 {
    return this.options.local ?? 0;
  }
  get remote(): Ipv4 {
    return this.options.remote ?? 0;
  }
  /** Bytes between the outer IP header and what is carried. */
  get headerLength(): number {
    if (this.kind === 'ipip' || this.kind === 'sit') return 0;
    if (this.kind === 'erspan') return ERSPAN_HEADERS;
    const flags = this.options.oflags ?? 0;
    return 4 + (flags & TunnelFlag.CSUM ? 4 : 0) + (flags & TunnelFlag.KEY ? 4 : 0) + (flags & TunnelFlag.SEQ ? 4 : 0);
  }
  /** All that is added to a packet. */
  get overhead(): number {
    return OUTER_HEADER + this.headerLength + (this.isEthernet ? ETHERNET_HEADER : 0);
  }
  override get link(): Device | null {
    return this.options.link === undefined ? null : (this.home.devices.get(this.options.link) ?? null);
  }
  override get linkIndex(): number {
    return this.options.link ?? 0;
  }
  override get linkNetns(): Netns | null {
    return this.home === this.netns ? null : this.home;
  }
  override get isNetnsLocal(): boolean {
    return this.isFallback;
  }
  override get defaultQdisc(): string {
    return this.isEthernet ? 'fq_codel' : 'noqueue';
  }
  /** ip_tunnel_change_mtu. */
  override checkMtu(mtu: number): KernelResult<never> | null {
    if (this.kind === 'sit') return null;
    return mtu < MINIMUM_MTU4 || mtu > MAXIMUM - this.overhead ? fail('EINVAL') : null;
  }
  override open(): Errno | null {
    joinTunnels(this);
    return null;
  }
  override stop(): void {
    leaveTunnels(this);
  }
  transmit(skb: Skb): void {
    sendThrough(this, skb);
  }
  /** Bits of iflags and oflags. */
  hasFlag(side: 'in' | 'out', flag: number): boolean {
    return (((side === 'in' ? this.options.iflags : this.options.oflags) ?? 0) & flag) !== 0;
  }

  /** What an interface with other ends, keys and so on becomes (ip_tunnel_update). */
  change(options: TunnelOptions): KernelResult {
    if (this.isFallback) return fail('EINVAL');
    if (!this.isEthernet) {
      const remote = options.remote ?? 0;
      const wanted = isIpv4Multicast(remote) ? Iff.BROADCAST : remote !== 0 ? Iff.POINTOPOINT : 0;
      if (((this.flags ^ wanted) & (Iff.POINTOPOINT | Iff.BROADCAST)) !== 0) return fail('EINVAL');
    }
    const rebind = (options.link ?? 0) !== (this.options.link ?? 0) || (options.fwmark ?? 0) !== (this.options.fwmark ?? 0);
    this.options = { ...options };
    if (!this.isEthernet) this.setEnds();
    if (rebind) this.mtu = this.bound();
    return { ok: true, value: undefined };
  }
  private setEnds(): void {
    this.address = this.local >>> 0;
    this.broadcast = this.remote >>> 0;
  }
  /** ip_tunnel_bind_dev: an MTU that fits the way to the other end as it is now. */
  private bound(): number {
    let out: Device | null = null;
    if (this.remote !== 0) {
      const request = outputRequest(this.remote, this.local);
      request.outIndex = this.options.link ?? 0;
      const way = routeOutput(this.home, request, null);
      if (typeof way !== 'string') out = way.device;
    }
    out ??= this.link;
    const mtu = Math.min(out?.mtu ?? DEFAULT_MTU, MAXIMUM) - this.overhead;
    return Math.max(mtu, this.kind === 'sit' ? MINIMUM_MTU6 : MINIMUM_MTU4);
  }
}

/** ip_tunnel_find: another one of that kind with the same ends and key. */
export function findTunnel(home: Netns, kind: TunnelKind, options: TunnelOptions): IpTunnel | undefined {
  const key = (o: TunnelOptions): number => ((o.iflags ?? 0) & TunnelFlag.KEY ? (o.ikey ?? 0) : -1);
  const isLike = (device: Device): device is IpTunnel =>
    device instanceof IpTunnel &&
    device.home === home &&
    device.kind === kind &&
    !device.isFallback &&
    device.remote === (options.remote ?? 0) &&
    device.local === (options.local ?? 0) &&
    (device.options.link ?? 0) === (options.link ?? 0) &&
    key(device.options) === key(options);
  for (const netns of home.host.netnses) for (const device of netns.devices.values()) if (isLike(device)) return device;
  return undefined;
}
