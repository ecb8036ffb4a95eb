/**
 * What a pod network brings to a cluster: the objects of its manifest, images, pods on every node, programs on the nodes. A network that nobody
 * installs (a plugin of the user's own) brings nothing.
 */
import type { InstalledProgram, Machine } from '../machine/index.ts';
import type { Template } from './controllers.ts';
import type { Image } from './image.ts';

/** As a lab asks for it. */
export type PodNetworkPlan =
  | { readonly plugin: 'flannel'; readonly backend: 'host-gw' | 'vxlan' | 'ipip'; readonly bridge: string }
  | {
      readonly plugin: 'calico';
      readonly encapsulation: 'ipip' | 'vxlan' | 'none';
      readonly blocks: Readonly<Record<string, { readonly block: string; readonly tunnel?: string | undefined }>>;
    }
  | { readonly plugin: 'own' };

export interface PodNetwork {
  readonly namespaces: readonly string[];
  readonly configMaps: readonly { readonly namespace: string; readonly name: string; readonly data: Readonly<Record<string, string>> }[];
  readonly templates: readonly Template[];
  images(programs: readonly InstalledProgram[]): readonly Image[];
  /** Why a node's network is said to be available; undefined where nobody says so. */
  readonly available: { readonly reason: string; readonly message: string } | undefined;
  /** Before the kubelet starts. */
  prepare(name: string, machine: Machine): void;
}

export const OWN_NETWORK: PodNetwork = {
  namespaces: [],
  configMaps: [],
  templates: [],
  images: () => [],
  available: undefined,
  prepare: () => undefined,
};
