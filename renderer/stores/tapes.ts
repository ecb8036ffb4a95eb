/** The list of recordings, and reading one of them. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { TapeInfo } from '../../shared/ipc/index.ts';
import { parseTape, type TapeReading } from '../../shared/recording/index.ts';
import { useCore } from '../core.ts';

export const useTapes = defineStore('tapes', () => {
  const list = shallowRef<readonly TapeInfo[]>([]);
  const isLoaded = ref(false);

  async function refresh(): Promise<void> {
    const tapes = await useCore().call('tapes.list', {});
    list.value = [...tapes].sort((a, b) => b.startedMs - a.startedMs);
    isLoaded.value = true;
  }
  /** The whole file, as far as it was written. */
  async function read(tape: string): Promise<{ readonly reading: TapeReading; readonly bytes: Blob }> {
    const decoder = new TextDecoder();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let text = '';
    for await (const chunk of useCore().open('tapes.read', { tape })) {
      pieces.push(chunk as Uint8Array<ArrayBuffer>);
      text += decoder.decode(chunk, { stream: true });
    }
    return { reading: parseTape(text + decoder.decode()), bytes: new Blob(pieces) };
  }
  async function rename(tape: string, title: string): Promise<void> {
    const next = await useCore().call('tapes.rename', { tape, title });
    list.value = list.value.map((one) => (one.tape === tape ? next : one));
  }
  async function remove(tape: string): Promise<void> {
    await useCore().call('tapes.remove', { tape });
    list.value = list.value.filter((one) => one.tape !== tape);
  }
  async function take(file: File): Promise<TapeInfo> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let binary = '';
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    const info = await useCore().call('tapes.import', { name: file.name, base64: btoa(binary) });
    await refresh();
    return info;
  }
  return { list, isLoaded, refresh, read, rename, remove, take };
});
