/** What rules look at: a packet at a hook, with what is asked often worked out once. One object for each depth of nested hooks. */
import { networkLength } from '../../wire/index.ts';
import { Skb } from '../model.ts';
import type { Device, Netns } from '../model.ts';
import { Hook } from '../numbers.ts';
import type { ConntrackTable } from './conntrack/table.ts';
import type { Address, RecentInfo, SetInfo } from './match.ts';
import type { SetTarget } from './target.ts';

/** What matches and targets use of their namespace's netfilter. */
export interface NetfilterServices {
  readonly netns: Netns;
  readonly conntrack: ConntrackTable;
  readonly sets: { test(info: SetInfo, context: HookContext): boolean; change(target: SetTarget, context: HookContext): void };
  readonly recent: { test(info: RecentInfo, context: HookContext): boolean };
  sendUnreachable6(skb: Skb, netns: Netns, code: number): void;
  source6(out: Device): Address | null;
  redirect6(context: HookContext): Address | null;
  text(address: Address): string;
  log(level: number, text: string): void;
}

export class HookContext {
  skb = new Skb();
  hook: Hook = Hook.PREROUTING;
  netns: Netns;
  inDevice: Device | null = null;
  outDevice: Device | null = null;
  inName = '';
  outName = '';
  src: Address = 0;
  dst: Address = 0;
  protocol = 0;
  isFragment = false;
  /** From the network header on. */
  length = 0;
  constructor(readonly netfilter: NetfilterServices) {
    this.netns = netfilter.netns;
  }
  set(skb: Skb, hook: Hook, inDevice: Device | null, outDevice: Device | null): void {
    this.skb = skb;
    this.hook = hook;
    this.inDevice = inDevice;
    this.outDevice = outDevice;
    this.inName = inDevice === null ? '' : inDevice.name;
    this.outName = outDevice === null ? '' : outDevice.name;
    this.readAddresses();
    this.length = networkLength(skb);
  }
  /** Again after a translation. */
  readAddresses(): void {
    const { ip, ip6 } = this.skb;
    if (ip !== null) {
      this.src = ip.src;
      this.dst = ip.dst;
      this.protocol = ip.protocol;
      this.isFragment = ip.fragmentOffset !== 0;
    } else if (ip6 !== null) {
      this.src = ip6.src;
      this.dst = ip6.dst;
      this.protocol = ip6.nextHeader;
      this.isFragment = false;
    }
  }
}
