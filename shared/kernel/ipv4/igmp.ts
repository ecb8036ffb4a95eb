/**
 * IGMPv3 of a host (net/ipv4/igmp.c): what a device begins or ends to listen to is told to 224.0.0.22, twice, the second time up to a second
 * later. No querier is modelled: nobody asks again.
 */
import { EtherType, foldChecksum, Ipv4Header } from '../../wire/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import type { Device } from '../model.ts';
import { localOutput } from './output.ts';
import { outputRequest, routeOutput } from './route.ts';

const ALL_IGMPV3_ROUTERS: Ipv4 = 0xe0000016 | 0;
const IGMP = 2;
/** sysctl igmp_qrv. */
const ROBUSTNESS = 2;
const JIFFY_US = 4000;
const ROUTER_ALERT = '\x94\x04\0\0';
/** IGMPV3_CHANGE_TO_INCLUDE (of nobody: left), IGMPV3_CHANGE_TO_EXCLUDE (nobody: joined). */
const RECORD = { left: 3, joined: 4 } as const;

/** Changes of one device that are still to be told. */
export class GroupReports {
  private readonly pending = new Map<Ipv4, { type: number; times: number }>();
  private timer: { cancel(): void } | null = null;
  constructor(private readonly device: Device) {}

  /** igmp_group_added, igmp_group_dropped. */
  tell(group: Ipv4, change: keyof typeof RECORD): void {
    this.pending.delete(group);
    this.pending.set(group, { type: RECORD[change], times: ROBUSTNESS });
    this.start(0);
  }
  /** ip_mc_down. */
  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.pending.clear();
  }
  /** igmp_ifc_start_timer. */
  private start(delayUs: number): void {
    this.timer?.cancel();
    this.timer = this.device.netns.simulation.housekeeping(delayUs + 2 * JIFFY_US, () => this.expire());
  }
  private expire(): void {
    this.timer = null;
    if (this.device.unregistered || !this.device.isUp) return;
    this.send();
    for (const [group, entry] of this.pending) if (--entry.times === 0) this.pending.delete(group);
    if (this.pending.size > 0) this.start(this.spread());
  }
  /** Some part of unsolicited_report_interval, another for each device. */
  private spread(): number {
    const intervalMs = this.device.ipv4?.conf.igmpv3_unsolicited_report_interval ?? 1000;
    return ((Math.imul(this.device.address % 2 ** 31, 0x9e3779b1) >>> 0) / 2 ** 32) * intervalMs * 1000;
  }
  /** igmpv3_send_cr: one report with a record for each group. */
  private send(): void {
    const { device } = this;
    const { netns } = device;
    const request = outputRequest(ALL_IGMPV3_ROUTERS, 0);
    request.outIndex = device.index;
    request.protocol = IGMP;
    const skb = new Skb();
    const way = routeOutput(netns, request, skb);
    if (typeof way === 'string') return;
    // igmpv3_get_srcaddr: an address of the device itself, or none.
    const source = device.ipv4?.addresses.some(({ local }) => local === way.source) === true ? way.source : 0;
    skb.etherType = EtherType.IPV4;
    skb.ip = new Ipv4Header(source, ALL_IGMPV3_ROUTERS, IGMP, 1);
    skb.ip.tos = 0xc0;
    skb.ip.dontFragment = true;
    skb.ip.options = ROUTER_ALERT;
    skb.payload = this.report();
    skb.dst = way;
    localOutput(skb, netns);
  }
  private report(): string {
    const words = [0x2200, 0, 0, this.pending.size];
    for (const [group, { type }] of this.pending) words.push(type << 8, 0, (group >>> 16) & 0xffff, group & 0xffff);
    words[1] = foldChecksum(words.reduce((sum, word) => sum + word, 0));
    return String.fromCharCode(...words.flatMap((word) => [word >>> 8, word & 0xff]));
  }
}
