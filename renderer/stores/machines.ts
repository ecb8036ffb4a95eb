/** The virtual machines of one Vagrantfile, as long as they are looked at; and the list of Vagrantfiles. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Input, MachinesInfo, MachinesView } from '../../shared/ipc/index.ts';
import { follow, useCore } from '../core.ts';
import { usePreferences } from './preferences.ts';
import { useToasts } from './toasts.ts';

export type MachineAction = Input<'machines.perform'>['action'];

export const useMachines = defineStore('machines', () => {
  const projects = shallowRef<readonly MachinesInfo[]>([]);
  const project = shallowRef<string>();
  const view = shallowRef<MachinesView>();
  const watching = shallowRef<AbortController>();

  async function refreshList(): Promise<void> {
    projects.value = await useCore().call('machines.list', {});
  }
  function look(id: string): void {
    leave();
    project.value = id;
    const controller = (watching.value = new AbortController());
    const { locale } = usePreferences();
    follow(
      'machines.watch',
      () => ({ project: id, locale }),
      (next) => void (view.value = next),
      controller.signal,
    ).catch((error: unknown) => useToasts().fail(error));
  }
  function leave(): void {
    watching.value?.abort();
    watching.value = undefined;
    project.value = undefined;
    view.value = undefined;
  }
  /** Takes a Vagrantfile into the list, and looks at it. */
  async function open(path: string): Promise<void> {
    const info = await useCore().call('machines.open', { path });
    await refreshList();
    look(info.project);
  }
  async function close(id: string): Promise<void> {
    if (project.value === id) leave();
    await useCore().call('machines.close', { project: id });
    await refreshList();
  }
  async function onProject<T>(use: (id: string) => Promise<T>): Promise<T | undefined> {
    return project.value === undefined ? undefined : useToasts().attempt(() => use(project.value!));
  }
  const perform = (action: MachineAction): Promise<unknown> => onProject((id) => useCore().call('machines.perform', { project: id, action }));
  const cancel = (): Promise<unknown> => onProject((id) => useCore().call('machines.cancel', { project: id }));
  const refresh = (): Promise<unknown> => onProject((id) => useCore().call('machines.refresh', { project: id }));
  const askDestroy = (): Promise<{ readonly confirmation: string; readonly machines: readonly string[] } | undefined> =>
    onProject((id) => useCore().call('machines.askDestroy', { project: id }));

  return { projects, project, view, refreshList, look, leave, open, close, perform, cancel, refresh, askDestroy };
});
