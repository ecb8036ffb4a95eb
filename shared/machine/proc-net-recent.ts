/**
 * /proc/net/xt_recent: the lists of `-m recent` in the reader's namespace, a file for each that a rule names (xt_recent.c: recent_seq_show,
 * recent_mt_proc_write). Writing `+ADDRESS`, `-ADDRESS` or `/` adds, takes away, empties. Lines are in the order of the last sight.
 */
import { done, err, ok, type Bytes, type Errno, type Result } from '../base/index.ts';
import { existingNetfilter, type Netns, type RecentEntry } from '../kernel/index.ts';
import type { DynamicDir } from '../shell/index.ts';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6, type Ipv4, type Ipv6 } from '../wire/index.ts';
import { netnsOf } from './net-namespace.ts';

/** A machine's jiffies, 250 a second, begin five minutes before they overflow 32 bits. */
const INITIAL_JIFFIES = 2 ** 32 - 300 * 250;
const JIFFY_US = 4000;

function namesOf(netns: Netns): readonly string[] {
  const netfilter = existingNetfilter(netns);
  if (netfilter === null) return [];
  const names = new Set<string>();
  for (const family of ['ip', 'ip6'] as const) {
    for (const table of netfilter.ruleset(family).tables.values()) {
      for (const chain of table.chains.values()) {
        for (const { spec } of chain.rules) for (const match of spec.matches) if (match.kind === 'recent') names.add(match.name);
      }
    }
  }
  return [...names];
}
const jiffiesOf = (us: number): number => INITIAL_JIFFIES + Math.floor(us / JIFFY_US);

function lineOf([address, entry]: readonly [Ipv4 | Ipv6, RecentEntry]): Bytes {
  const stamps = entry.seenUs.map(jiffiesOf);
  const shown = typeof address === 'number' ? formatIpv4(address) : formatIpv6(address);
  return `src=${shown} ttl: ${entry.ttl} last_seen: ${stamps.at(-1)} oldest_pkt: ${stamps.length} ${stamps.join(', ')}\n`;
}
function read(netns: Netns, name: string): Bytes {
  return [...(existingNetfilter(netns)?.recent.lists.get(name) ?? [])].map(lineOf).join('');
}
function write(netns: Netns, name: string, data: Bytes): Result<void, Errno> {
  const recent = existingNetfilter(netns)?.recent;
  const text = data.trim();
  const verb = text[0];
  if (recent === undefined || (verb !== '+' && verb !== '-' && verb !== '/')) return err('EINVAL');
  if (verb === '/') {
    recent.empty(name);
    return done;
  }
  const address = parseIpv4(text.slice(1)) ?? parseIpv6(text.slice(1));
  if (address === undefined) return err('EINVAL');
  if (verb === '+') recent.see(name, address, netns.simulation.nowUs);
  else recent.forget(name, address);
  return done;
}

/** Empty while no rule names a list. */
export const RECENT_DIR: DynamicDir = {
  kind: 'dir',
  list: (caller) => namesOf(netnsOf(caller)),
  lookup: (name, caller) => {
    if (!namesOf(netnsOf(caller)).includes(name)) return undefined;
    return {
      kind: 'file',
      mode: 0o644,
      read: (reader) => ok(read(netnsOf(reader), name)),
      write: (data, writer) => write(netnsOf(writer), name, data),
    };
  },
};
