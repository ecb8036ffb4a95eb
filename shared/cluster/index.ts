/**
 * cluster: Kubernetes on simulated machines. `new Cluster(…)` leaves what kubeadm and flannel's manifest leave; everything then happens as the
 * simulation runs: kubelets start pods in sandboxes that CNI plugins wire, flanneld keeps routes, the scheduler binds.
 *
 *     kubectl ──KubernetesApi── ApiServer ── ObjectStore ──┬── Scheduler
 *                                                          ├── Keeper (daemon sets, replicas, static pods)
 *                                                          └── Kubelet (a process of each node) ── PodWorker (a shim for each pod)
 *                                                                                                   ├── sandbox: pause, network by cni/
 *                                                                                                   └── containers: their own root, processes, log
 * Invariant: the network of pods is made by plugin programs on the nodes, by nothing else.
 */
export { Cluster, type PodInfo } from './cluster.ts';
export { RestApi, statusObject, type Definitions, type RestAnswer, type RestRequest, type RestStreams } from './rest/index.ts';
export type { DockerEngine } from './docker/engine.ts';
export { startDocker } from './docker/start.ts';
