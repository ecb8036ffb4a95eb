/**
 * The modules of tunnels (ipip, sit, ip_gre): loading one makes its fallback devices in every namespace, and in those made later
 * (net.core.fb_tunnels_only_for_init_net is 0), in the order in which the modules came.
 */
import type { Host, Netns, TunnelModule } from '../../model.ts';
import { registerDevice } from '../../device.ts';
import type { TunnelOptions } from '../../requests.ts';
import { tunnelProtocolOf, tunnelProtocols } from './receive.ts';
import { IpTunnel } from './tunnel.ts';
import type { TunnelKind } from './tunnel.ts';

const MODULE_OF: Readonly<Record<TunnelKind, TunnelModule>> = { ipip: 'ipip', sit: 'sit', gre: 'ip_gre', gretap: 'ip_gre', erspan: 'ip_gre' };
const FALLBACKS: Readonly<Record<TunnelModule, readonly (readonly [string, TunnelKind, TunnelOptions])[]>> = {
  ipip: [['tunl0', 'ipip', { pmtudisc: false }]],
  sit: [['sit0', 'sit', { pmtudisc: false, ttl: 64, protocol: 41 }]],
  ip_gre: [
    ['gre0', 'gre', { pmtudisc: false }],
    ['gretap0', 'gretap', { pmtudisc: false }],
    ['erspan0', 'erspan', { pmtudisc: false, oflags: 0x2000 }],
  ],
};

/** request_module, by a user who may. */
export function loadTunnels(host: Host, kind: TunnelKind): void {
  const module = MODULE_OF[kind];
  if (host.tunnelModules.includes(module)) return;
  host.tunnelModules.push(module);
  for (const netns of host.netnses) addFallbacks(netns, module);
}
export const hasTunnels = (host: Host, kind: TunnelKind): boolean => host.tunnelModules.includes(MODULE_OF[kind]);

/** What a new namespace has from the beginning. */
export function addFallbackTunnels(netns: Netns): void {
  for (const module of netns.host.tunnelModules) addFallbacks(netns, module);
}
function addFallbacks(netns: Netns, module: TunnelModule): void {
  for (const [name, kind, options] of FALLBACKS[module]) {
    for (const protocol of tunnelProtocols(kind)) tunnelProtocolOf(netns, protocol);
    const device = new IpTunnel(netns, netns, kind, options, 0, true);
    const { mtu } = device;
    // IPIP and GRE have no MTU yet when they are registered, and so no IPv6 until they come up.
    if (kind === 'ipip' || kind === 'gre') device.mtu = 0;
    registerDevice(device, name);
    device.mtu = mtu;
  }
}
