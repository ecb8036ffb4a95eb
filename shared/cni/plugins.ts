/** The plugin executables of a node, as Debian's containernetworking-plugins and flannel install them. */
import type { InstalledProgram } from '../machine/index.ts';
import { HOST_LOCAL } from './ipam/host-local.ts';
import { STATIC } from './ipam/static.ts';
import { BRIDGE } from './main/bridge.ts';
import { HOST_DEVICE } from './main/host-device.ts';
import { IPVLAN } from './main/ipvlan.ts';
import { LOOPBACK } from './main/loopback.ts';
import { MACVLAN } from './main/macvlan.ts';
import { PTP } from './main/ptp.ts';
import { VLAN } from './main/vlan.ts';
import { FIREWALL } from './meta/firewall.ts';
import { FLANNEL } from './meta/flannel.ts';
import { PORTMAP } from './meta/portmap.ts';
import { SBR } from './meta/sbr.ts';
import { TUNING } from './meta/tuning.ts';
import { pluginProgram } from './skel.ts';

export const CNI_PLUGINS: readonly InstalledProgram[] = [
  BRIDGE,
  FIREWALL,
  FLANNEL,
  HOST_DEVICE,
  HOST_LOCAL,
  IPVLAN,
  LOOPBACK,
  MACVLAN,
  PORTMAP,
  PTP,
  SBR,
  STATIC,
  TUNING,
  VLAN,
].map((plugin) => ({
  path: `/opt/cni/bin/${plugin.name}`,
  main: pluginProgram(plugin),
  origin: plugin === FLANNEL ? 'flannel cni-plugin 1.1.2' : 'containernetworking-plugins 1.1.1',
}));
