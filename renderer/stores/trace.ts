/**
 * The trace view's state: which pair and protocol, the trace that came, and how far its walk has been shown. `progress` runs from the stop
 * before the present one (0) to the present one (1), while the packet moves.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { ProbeProtocol, Trace } from '../../shared/ipc/index.ts';
import { useCore } from '../core.ts';
import { lengthOf } from '../topology/geometry.ts';
import { headersAt, isTelling, walkOf, type Stop, type Walk } from '../trace/walk.ts';
import { useLab } from './lab.ts';
import { usePlace } from './place.ts';
import { useToasts } from './toasts.ts';

/** How long the packet stands at a stop, and how fast it goes, in scene units a second. */
const STAY_MS = 480;
const SPEED = 460;
const LEAST_MOVE_MS = 180;

export const useTrace = defineStore('trace', () => {
  const lab = useLab();
  const from = ref<string>();
  const to = ref<string>();
  const kind = ref<ProbeProtocol['kind']>('icmp');
  const port = ref(80);
  const trace = shallowRef<Trace>();
  const isRunning = ref(false);
  /** Which end the next click on a box chooses. */
  const picking = ref<'from' | 'to'>();
  const at = ref(0);
  const progress = ref(1);
  const isPlaying = ref(false);

  // The figure of the moment the trace was made: later changes do not bend the way.
  const figure = shallowRef(lab.topology);
  const walk = computed<Walk | undefined>(() => (trace.value && figure.value ? walkOf(trace.value, figure.value) : undefined));
  const stop = computed<Stop | undefined>(() => walk.value?.stops[at.value]);
  const headers = computed(() => (walk.value ? headersAt(walk.value, at.value) : undefined));
  const canRun = computed(() => from.value !== undefined && to.value !== undefined && from.value !== to.value);

  watch(
    () => lab.endpoints,
    (endpoints) => {
      const ids = new Set(endpoints.map((endpoint) => endpoint.id));
      if (from.value !== undefined && !ids.has(from.value)) from.value = undefined;
      if (to.value !== undefined && !ids.has(to.value)) to.value = undefined;
    },
  );
  watch(
    () => lab.view?.lab,
    () => reset(),
  );

  async function run(): Promise<void> {
    const view = lab.view;
    if (!view || !canRun.value || isRunning.value) return;
    isRunning.value = true;
    picking.value = undefined;
    try {
      const protocol: ProbeProtocol = kind.value === 'icmp' ? { kind: 'icmp' } : { kind: kind.value, port: port.value };
      const next = await useCore().call('trace.run', { lab: view.lab, from: from.value!, to: to.value!, protocol });
      show(next);
      isPlaying.value = true;
    } catch (error) {
      useToasts().fail(error);
    } finally {
      isRunning.value = false;
    }
  }
  function show(next: Trace): void {
    figure.value = lab.topology;
    trace.value = next;
    at.value = 0;
    progress.value = 1;
  }
  function reset(): void {
    from.value = undefined;
    to.value = undefined;
    clear();
  }
  function clear(): void {
    trace.value = undefined;
    isPlaying.value = false;
    picking.value = undefined;
    at.value = 0;
    progress.value = 1;
  }

  /** Opens the panel and lets the reader choose on the figure. */
  function begin(start?: string): void {
    usePlace().setPanels({ drawer: 'trace' });
    clear();
    from.value = start;
    if (start !== undefined) to.value = undefined;
    picking.value = start === undefined ? 'from' : 'to';
  }
  function pick(endpoint: string): void {
    if (picking.value === 'from') {
      from.value = endpoint;
      if (to.value === endpoint) to.value = undefined;
      picking.value = to.value === undefined ? 'to' : undefined;
    } else if (picking.value === 'to' && endpoint !== from.value) {
      to.value = endpoint;
      picking.value = from.value === undefined ? 'from' : undefined;
    }
    if (picking.value === undefined && canRun.value) void run();
  }
  function swap(): void {
    [from.value, to.value] = [to.value, from.value];
    clear();
  }

  function goTo(index: number): void {
    const last = (walk.value?.stops.length ?? 1) - 1;
    at.value = Math.max(0, Math.min(last, index));
    progress.value = 1;
    isPlaying.value = false;
  }
  function stepBy(direction: 1 | -1): void {
    const stops = walk.value?.stops ?? [];
    let index = at.value + direction;
    while (stops[index] && !isTelling(stops[index]!.step)) index += direction;
    if (stops[index]) {
      goTo(index);
      if (direction === 1 && stops[index]!.way.length > 0) {
        progress.value = 0;
        isMoving = true;
      }
    }
  }
  /** One move is shown although the whole is not playing. */
  let isMoving = false;
  let stayedMs = 0;
  /** Time goes on. Answers whether anything is still to be moved. */
  function advance(elapsedMs: number): boolean {
    const stops = walk.value?.stops ?? [];
    const present = stops[at.value];
    if (!present) return false;
    if (progress.value < 1) {
      const moveMs = Math.max(LEAST_MOVE_MS, (lengthOf(present.way) / SPEED) * 1000);
      progress.value = Math.min(1, progress.value + elapsedMs / moveMs);
      stayedMs = 0;
      if (progress.value === 1) isMoving = false;
      return isPlaying.value || isMoving;
    }
    isMoving = false;
    if (!isPlaying.value) return false;
    stayedMs += elapsedMs;
    if (stayedMs < STAY_MS) return true;
    stayedMs = 0;
    let index = at.value + 1;
    while (stops[index] && !isTelling(stops[index]!.step)) index++;
    if (!stops[index]) {
      isPlaying.value = false;
      return false;
    }
    at.value = index;
    progress.value = stops[index]!.way.length > 0 ? 0 : 1;
    return true;
  }
  function togglePlay(): void {
    const last = (walk.value?.stops.length ?? 0) - 1;
    if (!isPlaying.value && at.value >= last) at.value = 0;
    stayedMs = STAY_MS;
    isPlaying.value = !isPlaying.value;
  }

  return {
    from,
    to,
    kind,
    port,
    trace,
    isRunning,
    picking,
    at,
    progress,
    isPlaying,
    walk,
    stop,
    headers,
    canRun,
    run,
    show,
    clear,
    begin,
    pick,
    swap,
    goTo,
    stepBy,
    advance,
    togglePlay,
  };
});
