/** Goal: what may be written, and what is read back. Method: values that Linux 6.18 was given, with what its files said afterwards. */
import { describe, expect, it } from 'vitest';
import { addAddress } from '../ipv4/inetdev.ts';
import { ip, TestLab } from '../test-lab.ts';
import { readSysctl, sysctlKind, writeSysctl } from './sysctl.ts';

/** `PATH=VALUE → what is read, or the error and what is read`. */
const WRITTEN = `
ipv4/tcp_sack=3 → 3
ipv4/tcp_sack=256 → EINVAL 1
ipv4/tcp_sack=-1 → EINVAL 1
ipv4/tcp_tw_reuse=3 → EINVAL 2
ipv4/nexthop_compat_mode=2 → EINVAL 1
ipv4/icmp_ratelimit=1 → 4
ipv4/icmp_ratelimit=1001 → 1004
ipv4/tcp_fin_timeout=8589935 → EINVAL 60
ipv4/tcp_fin_timeout=8589934 → 8589934
ipv4/route/min_pmtu=67 → EINVAL 552
ipv4/tcp_rmem=0 0 0 → EINVAL 4096	131072	33554432
ipv4/tcp_rmem=1 2 → 1	2	33554432
ipv4/ip_local_reserved_ports=8080,80-82,83 → 80-83,8080
ipv4/ip_local_reserved_ports=70000 → EINVAL 
ipv4/tcp_congestion_control=vegas → ENOENT bbr
ipv4/conf/v0/rp_filter=9 → 9
ipv4/conf/v0/mc_forwarding=1 → EACCES 0
ipv4/neigh/v0/base_reachable_time_ms=2 → 4
ipv4/neigh/v0/locktime=7 → 6
ipv4/neigh/v0/mcast_solicit=-1 → EINVAL 3
ipv6/conf/v0/addr_gen_mode=2 → EINVAL 0
ipv6/conf/v0/addr_gen_mode=3 → 3
ipv6/conf/v0/hop_limit=0 → EINVAL 64
ipv6/conf/v0/mtu=1279 → EINVAL 1500
ipv6/conf/v0/mtu=1501 → EINVAL 1500
ipv6/conf/v0/mtu=1400 → 1400
core/somaxconn=-1 → EINVAL 4096
core/rmem_default=9999 → EACCES 212992
bridge/bridge-nf-call-iptables=7 → 1
netfilter/nf_conntrack_acct=2 → EINVAL 0
netfilter/nf_conntrack_max=5 → EACCES 262144
netfilter/nf_conntrack_udp_timeout=-1 → -1
`;

describe('a sysctl of a namespace that is not the first', () => {
  for (const row of WRITTEN.split('\n').filter((line) => line !== '')) {
    const [, path = '', value = '', expected = ''] = /^(\S+?)=(.*) → (.*)$/.exec(row) ?? [];
    it(`${path} given ${value}`, () => {
      const lab = new TestLab();
      const netns = lab.netns('n');
      lab.veth(netns, 'v0', netns, 'v1');
      const written = writeSysctl(netns, path, `${value}\n`);
      const read = readSysctl(netns, path);
      const text = read.ok ? read.value.slice(0, -1) : read.error;
      expect(written.ok ? text : `${written.error} ${text}`).toBe(expected);
    });
  }

  it('lets the first change what belongs to the machine', () => {
    const { root } = new TestLab();
    expect(sysctlKind(root, 'netfilter/nf_conntrack_max')).toEqual({ kind: 'file', mode: 0o644 });
    expect(writeSysctl(root, 'netfilter/nf_conntrack_max', '5').ok).toBe(true);
  });

  it('of conf/default reaches devices that never had an address and were not set alone', () => {
    const lab = new TestLab();
    const netns = lab.netns('n');
    lab.veth(netns, 'v0', netns, 'v1');
    lab.veth(netns, 'v2', netns, 'v3');
    writeSysctl(netns, 'ipv4/conf/v1/rp_filter', '2');
    addAddress(netns, { device: lab.device(netns, 'v2').index, local: ip('10.0.0.1'), prefixLength: 24, create: true, exclusive: true });
    writeSysctl(netns, 'ipv4/conf/default/rp_filter', '1');
    const of = (name: string): number => lab.device(netns, name).ipv4!.conf.rp_filter;
    expect(['lo', 'v0', 'v1', 'v2', 'v3'].map(of)).toEqual([0, 1, 2, 0, 1]);
  });
});
