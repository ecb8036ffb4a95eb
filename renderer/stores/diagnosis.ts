/** What is wrong in the lab that is open: the latest diagnosis, and what became of the fixes that were carried out since. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { DiagnosisView, FindingView, FixRun } from '../../shared/ipc/index.ts';
import { useCore } from '../core.ts';
import { useLab } from './lab.ts';
import { usePreferences } from './preferences.ts';
import { useToasts } from './toasts.ts';

export interface Mended {
  readonly finding: FindingView;
  readonly run: Omit<FixRun, 'diagnosis'>;
}

export const useDiagnosis = defineStore('diagnosis', () => {
  const lab = useLab();
  const preferences = usePreferences();
  const view = shallowRef<DiagnosisView>();
  /** Fixes of this lab, the latest first. */
  const mended = shallowRef<readonly Mended[]>([]);
  const isRunning = ref(false);
  /** The finding whose fix is under way. */
  const fixing = ref<string>();
  /** Of the lab when it was looked at; a later one may be different. */
  const revision = ref<number>();
  const isStale = computed(() => view.value !== undefined && revision.value !== lab.view?.revision);

  watch(
    () => lab.view?.lab,
    () => {
      view.value = undefined;
      mended.value = [];
    },
  );
  watch(
    () => preferences.locale,
    async (locale) => {
      const id = lab.view?.lab;
      if (id === undefined || view.value === undefined) return;
      try {
        const latest = await useCore().call('diagnose.latest', { lab: id, locale });
        if (latest && lab.view?.lab === id) view.value = latest;
      } catch {
        return; // the next diagnosis is in the new language
      }
    },
  );

  async function run(): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined || isRunning.value) return;
    isRunning.value = true;
    try {
      const before = lab.view?.revision;
      const next = await useCore().call('diagnose.run', { lab: id, locale: preferences.locale });
      if (lab.view?.lab === id) [view.value, revision.value] = [next, before];
    } catch (error) {
      useToasts().fail(error);
    } finally {
      isRunning.value = false;
    }
  }
  async function fix(finding: FindingView): Promise<void> {
    const id = lab.view?.lab;
    if (id === undefined || fixing.value !== undefined) return;
    fixing.value = finding.id;
    try {
      const { diagnosis, ...done } = await useCore().call('diagnose.fix', { lab: id, finding: finding.id, locale: preferences.locale });
      if (lab.view?.lab !== id) return;
      [view.value, revision.value] = [diagnosis, lab.view.revision];
      mended.value = [{ finding, run: done }, ...mended.value];
    } catch (error) {
      useToasts().fail(error);
    } finally {
      fixing.value = undefined;
    }
  }
  return { view, mended, isRunning, fixing, isStale, run, fix };
});
