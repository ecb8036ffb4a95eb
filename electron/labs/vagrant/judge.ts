/** The host judged for one Vagrantfile, before its machines are started. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkHost, type Check } from './checks.ts';
import { readHost } from './host.ts';
import type { VagrantProject } from './project.ts';
import { readVagrantfile } from './vagrantfile.ts';

export async function judgeHost(project: VagrantProject): Promise<readonly Check[]> {
  const { folder, file = 'Vagrantfile', provider } = project.place;
  const [host, text] = await Promise.all([readHost(project.place), readFile(join(folder, file), 'utf8')]);
  const known = project.machines.map((machine) => machine.provider).find((name) => name !== 'unknown');
  const missing = project.machines.length === 0 ? 1 : project.machines.filter(({ state }) => state === 'not_created').length;
  return checkHost(host, readVagrantfile(text), known ?? provider ?? 'virtualbox', missing);
}
