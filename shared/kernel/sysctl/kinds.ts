/**
 * What may be written to a sysctl, and what comes of it (kernel/sysctl.c: proc_dointvec_minmax, proc_dou8vec_minmax, proc_dointvec_jiffies…).
 * Found by writing to each file of a Linux 6.18 with 250 ticks a second. What stands in no table is any 32-bit number.
 */
import { err, ok, type Errno, type Result } from '../../base/index.ts';

const INT: Range = [-2_147_483_648, 2_147_483_647];
type Range = readonly [low: number, high: number];
const TICKS_A_SECOND = 250;
const MS_A_TICK = 1000 / TICKS_A_SECOND;
/** USER_HZ. */
const CLOCK_TICKS_A_SECOND = 100;

/** `low..high: names`, with `*` for a device. */
const RANGES = `
0..1: core/tstamp_allow_data core/txrehash ipv4/fib_multipath_use_neigh ipv4/icmp_echo_enable_probe ipv4/icmp_echo_ignore_all
  ipv4/icmp_echo_ignore_broadcasts ipv4/icmp_errors_use_inbound_ifaddr ipv4/icmp_ignore_bogus_error_responses ipv4/ip_autobind_reuse
  ipv4/ip_forward_update_priority ipv4/nexthop_compat_mode ipv4/raw_l3mdev_accept ipv4/tcp_autocorking ipv4/tcp_backlog_ack_defer ipv4/tcp_ecn_fallback
  ipv4/tcp_l3mdev_accept ipv4/tcp_migrate_req ipv4/tcp_no_ssthresh_metrics_save ipv4/tcp_plb_enabled ipv4/tcp_reflect_tos ipv4/tcp_shrink_window
  ipv4/udp_l3mdev_accept ipv6/conf/*/force_forwarding ipv6/conf/*/ioam6_enabled ipv6/conf/*/ndisc_evict_nocarrier ipv6/conf/*/ra_honor_pio_life
  ipv6/conf/*/ra_honor_pio_pflag ipv6/conf/*/rpl_seg_enabled ipv6/icmp/error_anycast_as_unicast mptcp/allow_join_initial_addr_port
  mptcp/checksum_enabled mptcp/enabled mptcp/pm_type netfilter/nf_conntrack_acct netfilter/nf_conntrack_checksum
  netfilter/nf_conntrack_tcp_be_liberal netfilter/nf_conntrack_tcp_ignore_invalid_rst netfilter/nf_conntrack_tcp_loose
  netfilter/nf_conntrack_timestamp
0..2: ipv4/fib_notify_on_flag_change ipv4/tcp_ecn ipv4/tcp_ecn_option ipv4/tcp_tw_reuse ipv6/conf/*/accept_untracked_na ipv6/fib_notify_on_flag_change
  netfilter/nf_conntrack_events
0..3: ipv4/fib_multipath_hash_policy ipv4/tcp_ecn_option_beacon ipv6/auto_flowlabels ipv6/fib_multipath_hash_policy
0..4: ipv4/tcp_early_retrans
0..7: ipv6/flowlabel_reflect
0..31: ipv4/tcp_app_win ipv4/tcp_plb_idle_rehash_rounds ipv4/tcp_plb_rehash_rounds
-31..31: ipv4/tcp_adv_win_scale
0..127: ipv4/tcp_syn_linear_timeouts
1..127: ipv4/tcp_syn_retries
0..255: ipv4/fwmark_reflect ipv4/igmp_link_local_mcast_reports ipv4/ip_dynaddr ipv4/ip_early_demux ipv4/ip_forward_use_pmtu ipv4/ip_no_pmtu_disc
  ipv4/ip_nonlocal_bind ipv4/tcp_abort_on_overflow ipv4/tcp_comp_sack_nr ipv4/tcp_dsack ipv4/tcp_early_demux ipv4/tcp_fack ipv4/tcp_frto
  ipv4/tcp_fwmark_accept ipv4/tcp_keepalive_probes ipv4/tcp_moderate_rcvbuf ipv4/tcp_mtu_probing ipv4/tcp_no_metrics_save ipv4/tcp_orphan_retries
  ipv4/tcp_plb_suspend_rto_sec ipv4/tcp_recovery ipv4/tcp_retrans_collapse ipv4/tcp_retries1 ipv4/tcp_retries2 ipv4/tcp_rfc1337 ipv4/tcp_sack
  ipv4/tcp_slow_start_after_idle ipv4/tcp_stdurg ipv4/tcp_synack_retries ipv4/tcp_syncookies ipv4/tcp_thin_linear_timeouts ipv4/tcp_timestamps
  ipv4/tcp_tso_rtt_log ipv4/tcp_tso_win_divisor ipv4/tcp_window_scaling ipv4/tcp_workaround_signed_windows ipv4/udp_early_demux
  ipv6/anycast_src_echo_reply ipv6/bindv6only ipv6/conf/*/ndisc_tclass ipv6/flowlabel_consistency ipv6/flowlabel_state_ranges ipv6/fwmark_reflect
  ipv6/icmp/echo_ignore_all ipv6/icmp/echo_ignore_anycast ipv6/icmp/echo_ignore_multicast ipv6/ip_nonlocal_bind
  mptcp/syn_retrans_before_tcp_fallback netfilter/nf_conntrack_log_invalid netfilter/nf_conntrack_tcp_max_retrans
1..255: ipv4/ip_default_ttl ipv4/tcp_min_tso_segs ipv4/tcp_pingpong_thresh ipv6/conf/*/hop_limit
0..256: ipv4/tcp_plb_cong_thresh
1..300: ipv4/tcp_reordering
0..1000: ipv4/tcp_pacing_ca_ratio ipv4/tcp_pacing_ss_ratio
1..4095: ipv4/fib_multipath_hash_fields ipv6/fib_multipath_hash_fields
1..60000: ipv4/tcp_tw_reuse_delay
0..65535: ipv4/ip_unprivileged_port_start ipv6/conf/*/ioam6_id
48..65535: ipv4/tcp_min_snd_mss ipv4/tcp_mtu_probe_floor
0..65536: ipv4/udp_child_hash_entries
0..86400: ipv4/tcp_min_rtt_wlen
1000..120000: ipv4/tcp_rto_max_ms
0..1864135: ipv4/neigh/*/unres_qlen ipv6/neigh/*/unres_qlen
0..16777215: ipv6/ioam6_id
0..16777216: ipv4/tcp_child_ehash_entries
0..17179869: ipv4/tcp_probe_interval
0..2147483647: core/optmem_max core/somaxconn ipv4/icmp_msgs_burst ipv4/icmp_msgs_per_sec ipv4/ipfrag_max_dist ipv4/neigh/*/app_solicit
  ipv4/neigh/*/mcast_resolicit ipv4/neigh/*/mcast_solicit ipv4/neigh/*/proxy_qlen ipv4/neigh/*/ucast_solicit ipv4/neigh/*/unres_qlen_bytes
  ipv6/neigh/*/app_solicit ipv6/neigh/*/mcast_resolicit ipv6/neigh/*/mcast_solicit ipv6/neigh/*/proxy_qlen ipv6/neigh/*/ucast_solicit
  ipv6/neigh/*/unres_qlen_bytes ipv4/tcp_fastopen_blackhole_timeout_sec mptcp/blackhole_timeout netfilter/nf_conntrack_max
  netfilter/nf_conntrack_expect_max
1..2147483647: ipv4/igmp_qrv ipv4/tcp_max_reordering ipv4/tcp_rto_min_us ipv4/udp_rmem_min ipv4/udp_wmem_min ipv4/tcp_rmem ipv4/tcp_wmem
68..2147483647: ipv4/route/min_pmtu
2304..2147483647: core/rmem_default core/rmem_max
4608..2147483647: core/wmem_default core/wmem_max
0..4294967295: ipv4/fib_multipath_hash_seed ipv4/tcp_notsent_lowat ipv6/conf/*/ioam6_id_wide mptcp/stale_loss_cnt
1..4294967295: ipv6/conf/*/ra_defrtr_metric
0..9007199254740991: ipv4/tcp_comp_sack_delay_ns ipv4/tcp_comp_sack_slack_ns ipv6/ioam6_id_wide ipv4/ipfrag_low_thresh ipv4/ipfrag_high_thresh
  ipv6/ip6frag_low_thresh ipv6/ip6frag_high_thresh netfilter/nf_conntrack_frag6_low_thresh netfilter/nf_conntrack_frag6_high_thresh
1..1: netfilter/nf_hooks_lwtunnel
1280..2147483647: ipv6/conf/*/mtu
`;
/** Kept in ticks: whole seconds, milliseconds, hundredths of a second. */
const SECONDS = `
ipv4/ipfrag_time ipv4/neigh/*/base_reachable_time ipv4/neigh/*/delay_first_probe_time ipv4/neigh/*/gc_stale_time ipv6/neigh/*/base_reachable_time
ipv6/neigh/*/delay_first_probe_time ipv6/neigh/*/gc_stale_time ipv4/route/mtu_expires ipv4/tcp_fin_timeout ipv4/tcp_keepalive_intvl
ipv4/tcp_keepalive_time ipv6/conf/*/router_probe_interval ipv6/conf/*/router_solicitation_delay ipv6/conf/*/router_solicitation_interval
ipv6/conf/*/router_solicitation_max_interval ipv6/idgen_delay ipv6/ip6frag_time mptcp/add_addr_timeout mptcp/close_timeout`;
const MILLISECONDS = `
ipv4/icmp_ratelimit ipv4/neigh/*/base_reachable_time_ms ipv4/neigh/*/retrans_time_ms ipv4/neigh/*/interval_probe_time_ms
ipv6/neigh/*/base_reachable_time_ms ipv6/neigh/*/retrans_time_ms ipv6/neigh/*/interval_probe_time_ms ipv4/tcp_invalid_ratelimit
ipv6/conf/*/mldv1_unsolicited_report_interval ipv6/conf/*/mldv2_unsolicited_report_interval ipv6/icmp/ratelimit`;
const CLOCK_TICKS = `
ipv4/neigh/*/anycast_delay ipv4/neigh/*/locktime ipv4/neigh/*/proxy_delay ipv4/neigh/*/retrans_time ipv6/neigh/*/anycast_delay
ipv6/neigh/*/locktime ipv6/neigh/*/proxy_delay`;

const words = (text: string): string[] => text.trim().split(/\s+/);
const ranges = new Map<string, Range>();
for (const [, low = '', high = '', names = ''] of RANGES.matchAll(/(-?\d+)\.\.(\d+):((?:\s+[a-z][\w/*-]*)+)/g)) {
  for (const name of words(names)) ranges.set(name, [Number(low), Number(high)]);
}
const seconds = new Set(words(SECONDS));
const milliseconds = new Set(words(MILLISECONDS));
const clockTicks = new Set(words(CLOCK_TICKS));

/** The number that a file holds after `value` was written to it, or why not. `name` has `*` for a device. */
export function accepted(name: string, value: number): Result<number, Errno> {
  if (name.startsWith('bridge/')) return ok(value === 0 ? 0 : 1);
  if (milliseconds.has(name)) return value < 0 ? err('EINVAL') : ok(Math.ceil((value % 2 ** 32) / MS_A_TICK) * MS_A_TICK);
  if (clockTicks.has(name)) return ok(inClockTicks(value));
  const isTimeout = seconds.has(name) || /^netfilter\/nf_conntrack_.*timeout/.test(name);
  const [low, high] = isTimeout ? [INT[0], Math.floor(INT[1] / TICKS_A_SECOND)] : (ranges.get(name) ?? INT);
  if (value < low || value > high) return err('EINVAL');
  if (/^ipv6\/conf\/.*\/addr_gen_mode$/.test(name) && value !== 0 && value !== 1 && value !== 3) return err('EINVAL');
  return ok(value);
}
/** clock_t_to_jiffies and back: hundredths of a second that are no whole ticks get lost. */
function inClockTicks(value: number): number {
  const ticks = Math.trunc((value * TICKS_A_SECOND) / CLOCK_TICKS_A_SECOND);
  return Math.trunc((ticks * CLOCK_TICKS_A_SECOND) / TICKS_A_SECOND);
}

/** proc_do_large_bitmap: `80,1000-1010` below `size`; undefined when it is none. */
export function parseBitmap(text: string, size: number): string | undefined {
  const bits = new Set<number>();
  for (const part of text.trim().split(',')) {
    if (part.trim() === '') continue;
    const [, first = '', last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === '' || Number(last) >= size || Number(last) < Number(first)) return undefined;
    for (let bit = Number(first); bit <= Number(last); bit++) bits.add(bit);
  }
  const sorted = [...bits].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    runs.push(end === at ? `${sorted[at]}` : `${sorted[at]}-${sorted[end]}`);
    at = end + 1;
  }
  return runs.join(',');
}
/** Files that hold such sets of numbers: how large the numbers may be. */
export const BITMAPS: Readonly<Record<string, number>> = { 'ipv4/ip_local_reserved_ports': 65_536, 'ipv6/icmp/ratemask': 256 };
