/** The lesson that is being done: its text in the reader's language and how far it has come. Steps tick in the core; here it is shown. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch as watchRef } from 'vue';
import { WireFailure, type Lesson, type Progress, type StepText } from '../../shared/ipc/index.ts';
import { follow, useCore } from '../core.ts';
import { usePreferences } from './preferences.ts';
import { useTerminals } from './terminals.ts';
import { useToasts } from './toasts.ts';

export const useLesson = defineStore('lesson', () => {
  const preferences = usePreferences();
  const lesson = shallowRef<Lesson>();
  const progress = shallowRef<Progress>();
  const attempt = ref<string>();
  /** Steps whose quiz was answered wrongly, with the choice. */
  const wrong = ref<Readonly<Record<string, number>>>({});
  let watching: AbortController | undefined;

  const steps = computed<readonly StepText[]>(() => lesson.value?.chapters.flatMap((chapter) => chapter.steps) ?? []);
  const done = computed(() => steps.value.filter((step) => progress.value?.steps[step.id]?.kind === 'done').length);
  const isFinished = computed(() => steps.value.length > 0 && done.value === steps.value.length);

  /** Starts the lesson's lab afresh and an attempt in it. */
  async function start(id: string): Promise<Progress> {
    const fresh = await useCore().call('lessons.start', { lesson: id });
    await attend(fresh.attempt, fresh);
    return fresh;
  }
  /** Shows an attempt that is under way. */
  async function attend(id: string, known?: Progress): Promise<void> {
    leave();
    attempt.value = id;
    progress.value = known;
    lesson.value = await useCore().call('lessons.text', { attempt: id, locale: preferences.locale });
    watch();
  }
  function watch(): void {
    const id = attempt.value;
    if (id === undefined) return;
    watching?.abort();
    const controller = (watching = new AbortController());
    follow(
      'lessons.watch',
      () => ({ attempt: id, locale: preferences.locale }),
      (next) => void (progress.value = next),
      controller.signal,
    ).catch((error: unknown) => {
      if (error instanceof WireFailure && error.code === 'not-found') leave();
      else useToasts().fail(error);
    });
  }
  function leave(): void {
    watching?.abort();
    watching = undefined;
    attempt.value = undefined;
    lesson.value = undefined;
    progress.value = undefined;
    wrong.value = {};
  }

  watchRef(
    () => preferences.locale,
    async (locale) => {
      const id = attempt.value;
      if (id === undefined) return;
      const text = await useToasts().attempt(() => useCore().call('lessons.text', { attempt: id, locale }));
      if (text && attempt.value === id) {
        lesson.value = text;
        watch();
      }
    },
  );

  async function confirm(step: string, choice?: number): Promise<void> {
    const id = attempt.value;
    if (id === undefined) return;
    const next = await useCore().call('lessons.confirm', { attempt: id, step, locale: preferences.locale, ...(choice === undefined ? {} : { choice }) });
    progress.value = next;
    if (choice !== undefined && next.steps[step]?.kind !== 'done') wrong.value = { ...wrong.value, [step]: choice };
  }
  /** Has the core type the step's solution, and shows the terminal it types into. */
  async function showMe(step: string): Promise<void> {
    const id = attempt.value;
    if (id === undefined) return;
    const terminal = await useCore().call('lessons.showMe', { attempt: id, step });
    await useTerminals().adopt(terminal, { activate: true });
  }
  return { lesson, progress, attempt, wrong, steps, done, isFinished, start, attend, leave, confirm, showMe };
});
