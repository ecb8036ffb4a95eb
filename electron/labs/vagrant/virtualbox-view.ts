/** VirtualBox's own view of machines that Vagrant made with it: by the id that Vagrant noted, told by VBoxManage where that is there. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VagrantProject } from './project.ts';
import { parseShowVmInfo, type VirtualMachine } from './virtualbox.ts';

const ANSWER_MS = 20_000;

export async function virtualBoxView(project: VagrantProject): Promise<ReadonlyMap<string, VirtualMachine>> {
  const { folder, state = join(folder, '.vagrant') } = project.place;
  const ours = project.machines.filter(({ provider, state: is }) => provider === 'virtualbox' && is !== 'not_created');
  const views = await Promise.all(
    ours.map(async ({ name }) => {
      const id = await readFile(join(state, 'machines', name, 'virtualbox', 'id'), 'utf8').catch(() => '');
      return [name, /^[0-9a-f-]{36}$/.test(id.trim()) ? await ask(id.trim()) : undefined] as const;
    }),
  );
  return new Map(views.flatMap(([name, view]) => (view ? [[name, view] as const] : [])));
}

function ask(id: string): Promise<VirtualMachine | undefined> {
  return new Promise((resolve) => {
    execFile('VBoxManage', ['showvminfo', id, '--machinereadable'], { timeout: ANSWER_MS }, (error, stdout) =>
      resolve(error ? undefined : parseShowVmInfo(stdout).machine),
    );
  });
}
