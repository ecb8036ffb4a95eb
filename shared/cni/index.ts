/**
 * cni: the Container Network Interface. `addNetwork` and its kin run plugin executables of a machine as a container runtime does;
 * `CNI_PLUGINS` are the executables themselves, faithful to containernetworking/plugins 1.1 and flannel's cni-plugin 1.1.
 */
export type { PluginCall, RuntimeConfig } from './invoke.ts';
export { CNI_PLUGINS } from './plugins.ts';
export { addNetwork, deleteNetwork, loadNetwork } from './runtime.ts';
export type { NetworkList } from './spec.ts';
