/** Short messages at the edge of the window. An error says what happened and what to do; it stays until it is read. */
import { defineStore } from 'pinia';
import { ref } from 'vue';
import { WireFailure } from '../../shared/ipc/index.ts';
import { translate } from '../locales/index.ts';

export interface Toast {
  readonly id: number;
  readonly kind: 'error' | 'done' | 'note';
  readonly title: string;
  readonly text?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const SHORT_MS = 5_000;
const LONG_MS = 20_000;
const MOST = 4;

export const useToasts = defineStore('toasts', () => {
  const list = ref<Toast[]>([]);
  let next = 1;

  function show(toast: Omit<Toast, 'id'>): void {
    const same = list.value.find((one) => one.title === toast.title && one.text === toast.text);
    if (same) dismiss(same.id);
    const id = next++;
    list.value = [...list.value.slice(-(MOST - 1)), { ...toast, id }];
    setTimeout(() => dismiss(id), toast.kind === 'error' ? LONG_MS : SHORT_MS);
  }
  function dismiss(id: number): void {
    list.value = list.value.filter((toast) => toast.id !== id);
  }
  /** Words an error in the reader's language; the core's own sentence, in English, comes below it when it says more. */
  function fail(error: unknown): void {
    if (error instanceof WireFailure) {
      const known =
        error.code === 'not-possible' || error.code === 'damaged' || error.code === 'invalid-request' || error.code === 'internal' || error.code === 'too-many';
      show({ kind: 'error', title: translate(`error.${error.code}`), text: known ? error.message : translate(`advice.${error.code}`) });
    } else {
      console.error(error);
      show({ kind: 'error', title: translate('error.internal'), text: error instanceof Error ? error.message : String(error) });
    }
  }
  /** Runs something and tells of its failure. Answers undefined then. */
  async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      fail(error);
      return undefined;
    }
  }
  return { list, show, dismiss, fail, attempt };
});
