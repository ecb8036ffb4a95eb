/**
 * cni: the Container Network Interface. `addNetwork` and its kin call plugins as a container runtime does, `onNode` runs them
 * on a simulated node; `CNI_PLUGINS` are the executables themselves, faithful to containernetworking/plugins 1.1 and flannel's cni-plugin 1.1.
 */
export { TIMEOUT_US } from './child.ts';
export { flannelDelegate, flannelSubnetFile } from './meta/flannel.ts';
export { isNetworkFile, parseNetwork } from './network-list.ts';
export { onNode } from './node-driver.ts';
export type { PluginCall } from './node-driver.ts';
export { calico, vethName } from './calico/calico.ts';
export { calicoIpam } from './calico/calico-ipam.ts';
export type { CalicoDatastore, WorkloadEndpoint } from './calico/datastore.ts';
export { CNI_PLUGINS } from './plugins.ts';
export { addNetwork, checkNetwork, collectGarbage, deleteNetwork, loadNetwork, networkStatus } from './runner.ts';
export type { Answers, Ask, Asking, NetworkError, PluginOutput, PluginRun, RuntimeConfig } from './runner.ts';
export { pluginProgram } from './skel.ts';
export { encodeResult } from './spec.ts';
export type { CniResult, Json, JsonObject, NetworkList } from './spec.ts';
