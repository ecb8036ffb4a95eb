/** The plugin executables of a node, as Debian's containernetworking-plugins and flannel install them. */
import type { InstalledProgram } from '../machine/index.ts';
import { HOST_LOCAL } from './ipam/host-local.ts';
import { BRIDGE } from './main/bridge.ts';
import { LOOPBACK } from './main/loopback.ts';
import { FLANNEL } from './meta/flannel.ts';
import { PORTMAP } from './meta/portmap.ts';
import { pluginProgram } from './skel.ts';

export const CNI_PLUGINS: readonly InstalledProgram[] = [BRIDGE, FLANNEL, HOST_LOCAL, LOOPBACK, PORTMAP].map((plugin) => ({
  path: `/opt/cni/bin/${plugin.name}`,
  main: pluginProgram(plugin),
  origin: plugin === FLANNEL ? 'flannel cni-plugin 1.1.2' : 'containernetworking-plugins 1.1.1',
}));
