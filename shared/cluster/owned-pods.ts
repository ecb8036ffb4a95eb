/** Pods of those who keep pods: whose they are, how far they are, how they are ended. */
import type { Simulation } from '../base/index.ts';
import { formatTime, type KubeObject, type OwnerReference, type Pod } from '../commands/index.ts';
import { PODS } from './resources.ts';
import type { ObjectStore } from './store.ts';

export const owner = (apiVersion: string, kind: string, name: string, uid: string): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});
export const isOwned = (object: KubeObject, by: KubeObject): boolean => object.metadata.ownerReferences?.some((one) => one.uid === by.metadata.uid) ?? false;
export const isActive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed';
/** Not placed, not ready, ready. */
export const rank = (pod: Pod): number =>
  pod.spec.nodeName === undefined ? 0 : pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ? 2 : 1;

/** As a client would delete it; one that is nowhere yet goes at once. */
export function endPod(store: ObjectStore, simulation: Simulation, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  if (pod.spec.nodeName === undefined) {
    store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
    return;
  }
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  const deletionTimestamp = formatTime(simulation.unixUs + grace * 1_000_000);
  store.put(PODS, { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } });
}
