/** Lists of `-m recent` (xt_recent.c): addresses with the times they were seen, by name. */
import type { HookContext } from './context.ts';
import type { Address, RecentInfo } from './match.ts';

export interface RecentEntry {
  ttl: number;
  /** The last ones, oldest first. */
  seenUs: number[];
}
/** ip_list_tot. */
const LIST_LIMIT = 100;

export class RecentLists {
  readonly lists = new Map<string, Map<Address, RecentEntry>>();

  test(info: RecentInfo, c: HookContext): boolean {
    let list = this.lists.get(info.name);
    if (!list) this.lists.set(info.name, (list = new Map<Address, RecentEntry>()));
    const address = masked(info.side === 'source' ? c.src : c.dst, info.mask);
    const now = c.netns.simulation.nowUs;
    const ttl = c.skb.ip?.ttl ?? c.skb.ip6?.hopLimit ?? 0;
    const entry = list.get(address);
    if (entry === undefined || (info.matchTtl && entry.ttl !== ttl)) {
      if (info.operation !== 'set') return false;
      if (entry === undefined) this.add(list, address, ttl, now);
      return true;
    }
    if (info.operation === 'set') {
      touch(list, address, entry, now);
      return true;
    }
    if (info.operation === 'remove') {
      list.delete(address);
      return true;
    }
    const since = info.seconds === 0 ? -Infinity : now - info.seconds * 1e6;
    const hits = entry.seenUs.filter((each) => each >= since).length;
    const matches = info.hitCount === 0 ? hits > 0 : hits >= info.hitCount;
    if (info.reap && entry.seenUs[0]! < since) entry.seenUs = entry.seenUs.filter((each) => each >= since);
    if (matches && info.operation === 'update') touch(list, address, entry, now);
    return matches;
  }
  /** What a user writes into the list's file (recent_mt_proc_write). */
  see(name: string, address: Address, now: number): void {
    const list = this.lists.get(name) ?? new Map<Address, RecentEntry>();
    this.lists.set(name, list);
    const entry = list.get(address);
    if (entry === undefined) this.add(list, address, 0, now);
    else touch(list, address, entry, now);
  }
  forget(name: string, address: Address): void {
    this.lists.get(name)?.delete(address);
  }
  empty(name: string): void {
    this.lists.get(name)?.clear();
  }
  private add(list: Map<Address, RecentEntry>, address: Address, ttl: number, now: number): void {
    if (list.size >= LIST_LIMIT) list.delete(list.keys().next().value!);
    list.set(address, { ttl, seenUs: [now] });
  }
}
/** ip_pkt_list_tot: so many times are kept. */
const STAMPS = 256;
function touch(list: Map<Address, RecentEntry>, address: Address, entry: RecentEntry, now: number): void {
  entry.seenUs.push(now);
  if (entry.seenUs.length > STAMPS) entry.seenUs.shift();
  list.delete(address);
  list.set(address, entry);
}
function masked(address: Address, mask: Address): Address {
  if (typeof address === 'number') return address & (mask as number);
  return [...address].map((digit, i) => (parseInt(digit, 16) & parseInt((mask as string)[i]!, 16)).toString(16)).join('');
}
