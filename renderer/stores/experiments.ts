/** The lab's experiments as they would run now, and those that ran. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { watchDebounced } from '@vueuse/core';
import type { ExperimentPlan, ExperimentRun } from '../../shared/ipc/index.ts';
import { useCore } from '../core.ts';
import { useLab } from './lab.ts';
import { usePreferences } from './preferences.ts';
import { useToasts } from './toasts.ts';

/** A lab that was just entered has better things to do. */
const QUIET_MS = 1_500;

export const useExperiments = defineStore('experiments', () => {
  const lab = useLab();
  const preferences = usePreferences();
  const plans = shallowRef<readonly ExperimentPlan[]>([]);
  const runs = shallowRef<readonly ExperimentRun[]>([]);
  const isWanted = ref(false);
  /** The experiment or run that is under way. */
  const busy = ref<string>();
  const inForce = computed(() => runs.value.filter((run) => run.state === 'applied'));

  async function refresh(): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined) return;
    const input = { lab: id, locale: preferences.locale };
    const core = useCore();
    const [nextPlans, nextRuns] = await Promise.all([core.call('experiments.list', input), core.call('experiments.runs', input)]);
    if (lab.view?.lab !== id) return;
    plans.value = nextPlans;
    runs.value = nextRuns;
  }
  const refreshQuietly = (): void => void refresh().catch(() => undefined); // the next change tries again
  /** While they are looked at, plans follow the lab. */
  watchDebounced(
    () => [lab.view?.revision, preferences.locale, isWanted.value] as const,
    () => {
      if (isWanted.value) refreshQuietly();
    },
    { debounce: 250, maxWait: 1_000 },
  );
  watch(
    () => lab.view?.lab,
    () => {
      plans.value = [];
      runs.value = [];
      setTimeout(() => void refreshRuns().catch(() => undefined), QUIET_MS); // predictions are made only for who looks at them
    },
  );

  async function refreshRuns(): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined) return;
    const next = await useCore().call('experiments.runs', { lab: id, locale: preferences.locale });
    if (lab.view?.lab === id) runs.value = next;
  }

  const runOf = (plan: string): ExperimentRun | undefined => runs.value.findLast((run) => run.experiment === plan);

  async function apply(experiment: string): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined) return;
    await during(experiment, () => useCore().call('experiments.apply', { lab: id, experiment, locale: preferences.locale }));
  }
  async function undo(run: ExperimentRun): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined) return;
    await during(run.experiment, () => useCore().call('experiments.undo', { lab: id, run: run.run, locale: preferences.locale }));
  }
  async function keep(run: ExperimentRun): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined) return;
    await during(run.experiment, () => useCore().call('experiments.keep', { lab: id, run: run.run, locale: preferences.locale }));
  }
  async function during(experiment: string, action: () => Promise<ExperimentRun>): Promise<void> {
    busy.value = experiment;
    try {
      const run = await action();
      runs.value = [...runs.value.filter((one) => one.run !== run.run), run];
      await refresh();
    } catch (error) {
      useToasts().fail(error);
    } finally {
      busy.value = undefined;
    }
  }
  return { plans, runs, isWanted, busy, inForce, runOf, refresh, apply, undo, keep };
});
