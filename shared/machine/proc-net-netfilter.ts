/** What netfilter shows below /proc/net: tracked connections, their statistics. */
import type { Bytes } from '../base/index.ts';
import { existingNetfilter, type Netns } from '../kernel/index.ts';
import { dirOf, fileOf, type DynamicNode } from '../shell/index.ts';
import { flowText } from './flow-text.ts';
import { netnsOf } from './net-namespace.ts';
import { PROC_NET_STAT } from './proc-net-tables.ts';

const ROOT_ONLY = 0o440;
const FORMAT = { extended: true, id: false, what: 'proc', use: 2 } as const;

function connections(netns: Netns): Bytes {
  const nowUs = netns.simulation.nowUs;
  return [...(existingNetfilter(netns)?.conntrack.all() ?? [])].map((connection) => `${flowText(connection, nowUs, FORMAT)}\n`).join('');
}

/** ct_cpu_seq_show: one line a processor; what is not counted any more stays zero. */
function statistics(netns: Netns): Bytes {
  const table = existingNetfilter(netns)?.conntrack;
  const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
  const row = (counts: readonly number[]): string => {
    const cells = [table?.count ?? 0, ...counts].map(hex);
    return `${cells[0]}  ${cells.slice(1, 13).join(' ')}  ${cells.slice(13).join(' ')}\n`;
  };
  const { clashResolve = 0, found = 0, invalid = 0, insertFailed = 0, dropped = 0, earlyDrop = 0, error = 0 } = table ?? {};
  return (
    'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n' +
    row([clashResolve, found, 0, invalid, 0, 0, 0, 0, insertFailed, dropped, earlyDrop, error, 0, 0, 0, 0]) +
    row(new Array<number>(16).fill(0))
  );
}

export const PROC_NET_NETFILTER: Readonly<Record<string, DynamicNode>> = {
  nf_conntrack: fileOf((caller) => connections(netnsOf(caller)), ROOT_ONLY),
  nf_conntrack_expect: fileOf(() => '', ROOT_ONLY),
  stat: dirOf({ ...PROC_NET_STAT, nf_conntrack: fileOf((caller) => statistics(netnsOf(caller))) }),
};
