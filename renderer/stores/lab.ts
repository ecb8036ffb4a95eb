/** The lab that is open: its view as the core sends it, what is selected in it, and what can be done to it as a whole. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { WireFailure, type Box, type Endpoint, type LabInfo, type LabView, type ProviderKind, type SavedInfo } from '../../shared/ipc/index.ts';
import { follow, useCore } from '../core.ts';
import { useToasts } from './toasts.ts';

const RESTART_MS = 200;

export const useLab = defineStore('lab', () => {
  const view = shallowRef<LabView>();
  const info = shallowRef<LabInfo>();
  const selected = ref<string>();
  /** The core no longer has it: it was stopped elsewhere, or the core was started anew. */
  const isGone = ref(false);
  const watching = shallowRef<AbortController>();
  const isWatched = computed(() => watching.value !== undefined);

  const topology = computed(() => view.value?.topology);
  const endpoints = computed<readonly Endpoint[]>(() => view.value?.endpoints ?? []);
  const boxes = computed<ReadonlyMap<string, Box>>(() => new Map(view.value?.topology.boxes.map((box) => [box.id, box])));
  const selectedBox = computed(() => (selected.value === undefined ? undefined : boxes.value.get(selected.value)));
  const nodes = computed(() => endpoints.value.filter((endpoint) => endpoint.kind === 'node'));
  const pods = computed(() => endpoints.value.filter((endpoint) => endpoint.kind === 'pod'));
  const namespaces = computed(() => endpoints.value.filter((endpoint) => endpoint.kind === 'netns'));

  /** Begins to show a lab that is up or will be started. Answers when its first view is there. */
  async function enter(lab: string, title?: LabInfo, provider?: ProviderKind): Promise<void> {
    if (view.value?.lab !== lab) leave();
    unwatch();
    isGone.value = false;
    view.value = await useCore().call('labs.start', { lab, ...(provider && { provider }) });
    if (title) info.value = title;
    watch(lab);
  }
  /** A lab that was restarted elsewhere ends the stream and is there again at once. */
  async function keepWatching(lab: string, signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        await follow(
          'labs.watch',
          () => ({ lab }),
          (next) => void (view.value = next),
          signal,
        );
        await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      }
    } catch (error) {
      if (error instanceof WireFailure && (error.code === 'not-running' || error.code === 'not-found')) isGone.value = true;
      else useToasts().fail(error);
    }
  }
  function watch(lab: string): void {
    unwatch();
    const controller = (watching.value = new AbortController());
    void keepWatching(lab, controller.signal);
  }
  /** What is shown stays; whoever restarts the lab watches it again. */
  function unwatch(): void {
    watching.value?.abort();
    watching.value = undefined;
  }
  function leave(): void {
    unwatch();
    view.value = undefined;
    info.value = undefined;
    selected.value = undefined;
    isGone.value = false;
  }
  async function restart(): Promise<void> {
    const lab = view.value?.lab;
    if (lab === undefined) return;
    unwatch();
    selected.value = undefined;
    view.value = await useCore().call('labs.restart', { lab });
    isGone.value = false;
    watch(lab);
  }
  async function setPaused(isPaused: boolean): Promise<void> {
    const lab = view.value?.lab;
    if (lab === undefined) return;
    await useCore().call('labs.pause', { lab, isPaused });
    if (view.value) view.value = { ...view.value, isPaused };
  }
  /** Keeps it as it stands; it goes on. */
  async function save(title: string): Promise<SavedInfo | undefined> {
    const lab = view.value?.lab;
    return lab === undefined ? undefined : useCore().call('labs.save', { lab, title });
  }
  /** A second one, from here on. */
  async function fork(title: string): Promise<SavedInfo | undefined> {
    const lab = view.value?.lab;
    return lab === undefined ? undefined : useCore().call('labs.fork', { lab, title });
  }
  const endpointOfBox = (box: string): Endpoint | undefined => endpoints.value.find((endpoint) => endpoint.box === box);
  const endpoint = (id: string): Endpoint | undefined => endpoints.value.find((one) => one.id === id);

  return {
    view,
    info,
    selected,
    isGone,
    isWatched,
    topology,
    endpoints,
    boxes,
    selectedBox,
    nodes,
    pods,
    namespaces,
    enter,
    unwatch,
    leave,
    restart,
    setPaused,
    save,
    fork,
    endpointOfBox,
    endpoint,
  };
});
