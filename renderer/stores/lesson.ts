/** The lesson that is being done: its text in the reader's language and how far it has come. Steps tick in the core; here it is shown. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch as watchRef } from 'vue';
import { WireFailure, type Lesson, type Progress, type Reply, type StepText } from '../../shared/ipc/index.ts';
import { watchDebounced } from '@vueuse/core';
import { follow, useCore } from '../core.ts';
import { useLab } from './lab.ts';
import { usePreferences } from './preferences.ts';
import { useTerminals } from './terminals.ts';
import { useToasts } from './toasts.ts';

export const useLesson = defineStore('lesson', () => {
  const preferences = usePreferences();
  const lab = useLab();
  const lesson = shallowRef<Lesson>();
  const progress = shallowRef<Progress>();
  const attempt = ref<string>();
  /** Steps whose quiz was answered wrongly: what was chosen, and what to say to it. */
  const wrong = ref<Readonly<Record<string, { readonly reply: string; readonly message: string }>>>({});
  let watching: AbortController | undefined;

  const steps = computed<readonly StepText[]>(() => lesson.value?.chapters.flatMap((chapter) => chapter.steps) ?? []);
  const done = computed(() => steps.value.filter((step) => progress.value?.steps[step.id]?.kind === 'done').length);
  const isFinished = computed(() => steps.value.length > 0 && done.value === steps.value.length);

  /** Starts the lesson's lab afresh and an attempt in it; `at`: where to go on. */
  async function start(id: string, at?: 'kept' | { readonly step: string }): Promise<Progress> {
    // The lab is made anew: what is shown of the old one ends.
    useLab().unwatch();
    useTerminals().leave();
    const fresh = await useCore().call('lessons.start', { lesson: id, ...(at === undefined ? {} : { at }) });
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

  /** The text names addresses that are known only once a pod runs. */
  const told = computed(() => `${preferences.locale} ${progress.value?.current ?? ''} ${lab.pods.map((pod) => `${pod.id} ${pod.address ?? ''}`).join(' ')}`);
  watchDebounced(
    told,
    async () => {
      const id = attempt.value;
      if (id === undefined) return;
      const text = await useCore()
        .call('lessons.text', { attempt: id, locale: preferences.locale })
        .catch(() => undefined); // the watched progress tells when the attempt is gone
      if (text && attempt.value === id) lesson.value = text;
    },
    { debounce: 80 },
  );
  watchRef(
    () => preferences.locale,
    () => watch(),
  );

  async function confirm(step: string, reply: Reply = {}): Promise<void> {
    const id = attempt.value;
    if (id === undefined) return;
    const { choice, text, choices } = reply;
    const given = {
      ...(choice === undefined ? {} : { choice }),
      ...(text === undefined ? {} : { text }),
      ...(choices === undefined ? {} : { choices: [...choices] }),
    };
    try {
      progress.value = await useCore().call('lessons.confirm', { attempt: id, step, locale: preferences.locale, ...given });
    } catch (error) {
      // A wrong answer is refused with what to look at, in the reader's language.
      if (Object.keys(given).length === 0 || !(error instanceof WireFailure) || error.code !== 'not-possible') throw error;
      wrong.value = { ...wrong.value, [step]: { reply: JSON.stringify(given), message: error.message } };
    }
  }
  /** Has the core type the step's solution, and shows the terminal it types into. */
  async function showMe(step: string): Promise<void> {
    const id = attempt.value;
    if (id === undefined) return;
    const terminal = await useCore().call('lessons.showMe', { attempt: id, step });
    await useTerminals().adoptAll(); // a solution may type on more than one node
    useTerminals().activate(terminal.terminal);
  }
  return { lesson, progress, attempt, wrong, steps, done, isFinished, start, attend, leave, confirm, showMe };
});
