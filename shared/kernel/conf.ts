/**
 * Settings that sysctls change, as plain fields that the data plane reads: per namespace, per device, per neighbour table.
 * Defaults are Linux's (Documentation/networking/ip-sysctl.rst); `ipv4.conf.all` is combined with a device's own value as IN_DEV_ANDCONF,
 * IN_DEV_ORCONF and IN_DEV_MAXCONF do (linux/inetdevice.h), at the reader.
 */

/** net.ipv4.conf.<dev>.*: also `all` and `default`. Numbers, as in /proc. */
export class Ipv4Conf {
  forwarding = 0;
  mc_forwarding = 0;
  bc_forwarding = 0;
  accept_redirects = 1;
  secure_redirects = 1;
  shared_media = 1;
  rp_filter = 0;
  send_redirects = 1;
  accept_source_route = 1;
  accept_local = 0;
  src_valid_mark = 0;
  proxy_arp = 0;
  proxy_arp_pvlan = 0;
  medium_id = 0;
  bootp_relay = 0;
  log_martians = 0;
  tag = 0;
  arp_filter = 0;
  arp_announce = 0;
  arp_ignore = 0;
  arp_accept = 0;
  arp_notify = 0;
  arp_evict_nocarrier = 1;
  force_igmp_version = 0;
  igmpv2_unsolicited_report_interval = 10000;
  igmpv3_unsolicited_report_interval = 1000;
  ignore_routes_with_linkdown = 0;
  disable_xfrm = 0;
  disable_policy = 0;
  promote_secondaries = 0;
  route_localnet = 0;
  drop_gratuitous_arp = 0;
  drop_unicast_in_l2_multicast = 0;
  clone(): Ipv4Conf {
    return Object.assign(new Ipv4Conf(), this);
  }
}

/** net.ipv6.conf.<dev>.*: those that change something here, and those that hosts print. */
export class Ipv6Conf {
  disable_ipv6 = 0;
  forwarding = 0;
  accept_ra = 1;
  accept_redirects = 1;
  accept_dad = 1;
  dad_transmits = 1;
  autoconf = 1;
  addr_gen_mode = 0;
  hop_limit = 64;
  mtu = 1280;
  proxy_ndp = 0;
  router_solicitations = -1;
  router_solicitation_delay = 1;
  router_solicitation_interval = 4;
  use_tempaddr = 0;
  keep_addr_on_down = 0;
  ndisc_notify = 0;
  optimistic_dad = 0;
  enhanced_dad = 1;
  force_tllao = 0;
  seg6_enabled = 0;
  ignore_routes_with_linkdown = 0;
  clone(): Ipv6Conf {
    return Object.assign(new Ipv6Conf(), this);
  }
}

/** net.ipv4.neigh.<dev>.* and net.ipv6.neigh.<dev>.*; times in milliseconds (neigh_parms, arp_tbl, nd_tbl). */
export class NeighbourParms {
  app_solicit = 0;
  ucast_solicit = 3;
  mcast_solicit = 3;
  mcast_resolicit = 0;
  retransTimeMs = 1000;
  baseReachableTimeMs = 30_000;
  delayFirstProbeTimeMs = 5_000;
  gcStaleTimeMs = 60_000;
  /** Bytes of packets that wait for one neighbour. */
  unresQlenBytes = 212_992;
  proxy_qlen = 64;
  anycastDelayMs = 1_000;
  proxyDelayMs = 800;
  locktimeMs = 1_000;
  /** Uniform in [0.5, 1.5] of the base, drawn anew every five minutes. */
  reachableTimeMs = 30_000;
  clone(): NeighbourParms {
    return Object.assign(new NeighbourParms(), this);
  }
}

/** net.ipv4.*: of one namespace. */
export class Ipv4Settings {
  ip_default_ttl = 64;
  ip_no_pmtu_disc = 0;
  ip_forward_use_pmtu = 0;
  ip_forward_update_priority = 1;
  fwmark_reflect = 0;
  ip_nonlocal_bind = 0;
  ip_early_demux = 1;
  ip_autobind_reuse = 0;
  ip_dynaddr = 0;
  ip_unprivileged_port_start = 1024;
  localPortLow = 32768;
  localPortHigh = 60999;
  /** Group range that may open ping sockets; 1 0 is nobody. */
  pingGroupLow = 1;
  pingGroupHigh = 0;
  icmp_echo_ignore_all = 0;
  icmp_echo_enable_probe = 0;
  icmp_echo_ignore_broadcasts = 1;
  icmp_ignore_bogus_error_responses = 1;
  icmp_errors_use_inbound_ifaddr = 0;
  /** Milliseconds between two errors to one destination; 0: no limit. */
  icmp_ratelimit = 1000;
  /** Types that are limited: unreachable, source quench, time exceeded, parameter problem. */
  icmp_ratemask = 6168;
  icmp_msgs_per_sec = 1000;
  icmp_msgs_burst = 50;
  fib_multipath_use_neigh = 0;
  fib_multipath_hash_policy = 0;
  routeMtuExpiresS = 600;
  routeMinPmtu = 552;
  ipfragHighThreshold = 4_194_304;
  ipfragTimeS = 30;
  tcp_syn_retries = 6;
  tcp_synack_retries = 5;
  tcp_retries1 = 3;
  tcp_retries2 = 15;
  tcp_fin_timeout = 60;
  tcp_keepalive_time = 7200;
  tcp_keepalive_probes = 9;
  tcp_keepalive_intvl = 75;
  tcp_timestamps = 1;
  tcp_window_scaling = 1;
  tcp_sack = 1;
  tcp_ecn = 2;
  tcp_syncookies = 1;
  tcp_tw_reuse = 2;
  tcp_max_syn_backlog = 2048;
  tcp_l3mdev_accept = 0;
  udp_l3mdev_accept = 0;
  raw_l3mdev_accept = 1;
}

/** net.ipv6.*: of one namespace. */
export class Ipv6Settings {
  bindv6only = 0;
  ipv6_ip_nonlocal_bind = 0;
  ipv6_auto_flowlabels = 1;
  ipv6_flowlabel_consistency = 1;
  icmp_echo_ignore_all = 0;
  icmp_ratelimit = 100;
  ip6frag_time = 60;
}

/** net.bridge.bridge-nf-*: of one namespace (they exist once br_netfilter is there). */
export class BridgeNfSettings {
  callArptables = 1;
  callIptables = 1;
  callIp6tables = 1;
  filterVlanTagged = 0;
  filterPppoeTagged = 0;
  passVlanInputDev = 0;
}

/** net.core.* that hosts read or change. */
export class CoreSettings {
  somaxconn = 4096;
}
