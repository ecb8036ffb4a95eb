/**
 * The Vagrantfiles that Podwalk knows: its own, and those the user opened, kept as a list of paths in a file of the user's data. What Vagrant keeps
 * of our own machines is kept there too, since our files may lie where nobody may write.
 */
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { refuse } from '../../../shared/ipc/index.ts';
import type { Places } from '../../places.ts';
import type { VagrantPlace } from './process.ts';
import { VagrantProject } from './project.ts';

/** Our own. */
export const OWN_PROJECT = 'kubernetes';
const MOST_PROJECTS = 50;

const listSchema = z.array(z.object({ id: z.string(), file: z.string(), provider: z.string().optional() })).max(MOST_PROJECTS);
type Listed = z.infer<typeof listSchema>[number];

const shared = new Map<string, VagrantProjects>();
/** One for all who work on the same machines, so that they wait for each other. */
export function vagrantProjects(places: Pick<Places, 'home' | 'resources'>): VagrantProjects {
  const present = shared.get(places.home) ?? new VagrantProjects(places);
  shared.set(places.home, present);
  return present;
}

class VagrantProjects {
  private readonly open = new Map<string, VagrantProject>();
  private readonly listFile: string;

  constructor(private readonly places: Pick<Places, 'home' | 'resources'>) {
    this.listFile = join(places.home, 'vagrant', 'opened.json');
  }

  /** The id of each with its Vagrantfile; ours first. */
  async list(): Promise<readonly { readonly id: string; readonly file: string }[]> {
    return [{ id: OWN_PROJECT, file: join(this.places.resources, 'vagrant', 'Vagrantfile') }, ...(await this.opened()).map(({ id, file }) => ({ id, file }))];
  }
  /** By its id, or by the path of a Vagrantfile or its folder. */
  async get(name: string): Promise<VagrantProject> {
    const id = name === OWN_PROJECT || (await this.opened()).some((one) => one.id === name) ? name : undefined;
    const key = id ?? vagrantfileAt(name);
    const present = this.open.get(key);
    if (present) return present;
    const project = new VagrantProject({ place: id === undefined ? placeOf(key) : await this.placeNamed(id) });
    this.open.set(key, project);
    return project;
  }
  /** Takes a Vagrantfile into the list; its id there. */
  async add(path: string): Promise<string> {
    const file = vagrantfileAt(path);
    const opened = await this.opened();
    const present = opened.find((one) => one.file === file);
    if (present) return present.id;
    if (opened.length >= MOST_PROJECTS) return refuse('too-many', `${MOST_PROJECTS} Vagrantfiles are open; close one of them first.`, { limit: 'projects' });
    const wanted = basename(dirname(file)).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || 'machines';
    const taken = new Set([OWN_PROJECT, ...opened.map(({ id }) => id)]);
    const id = [wanted, ...Array.from({ length: MOST_PROJECTS }, (_, n) => `${wanted}-${n + 2}`)].find((one) => !taken.has(one))!;
    await this.write([...opened, { id, file }]);
    return id;
  }
  /** Takes it off the list; its machines stay as they are. */
  async remove(id: string): Promise<void> {
    this.open.delete(id);
    await this.write((await this.opened()).filter((one) => one.id !== id));
  }

  private async placeNamed(id: string): Promise<VagrantPlace> {
    if (id === OWN_PROJECT) {
      const state = join(this.places.home, 'vagrant', 'own');
      await mkdir(state, { recursive: true, mode: 0o700 });
      return { folder: join(this.places.resources, 'vagrant'), state, ...providerFromEnvironment() };
    }
    return placeOf((await this.opened()).find((one) => one.id === id)!.file);
  }
  private async opened(): Promise<readonly Listed[]> {
    const text = await readFile(this.listFile, 'utf8').catch(() => '[]');
    try {
      return listSchema.parse(JSON.parse(text));
    } catch {
      return refuse('damaged', `${this.listFile} is damaged: repair it, or remove it.`);
    }
  }
  private async write(list: readonly Listed[]): Promise<void> {
    await mkdir(dirname(this.listFile), { recursive: true, mode: 0o700 });
    await writeFile(`${this.listFile}.new`, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o600 });
    await rename(`${this.listFile}.new`, this.listFile);
  }
}

const placeOf = (file: string): VagrantPlace => ({
  folder: dirname(file),
  ...(basename(file) !== 'Vagrantfile' && { file: basename(file) }),
  ...providerFromEnvironment(),
});
/** The user's own choice among Vagrant's providers. */
const providerFromEnvironment = (): Pick<VagrantPlace, 'provider'> => {
  const provider = process.env['VAGRANT_DEFAULT_PROVIDER'];
  return provider !== undefined && /^[a-z0-9_]+$/.test(provider) ? { provider } : {};
};

function vagrantfileAt(path: string): string {
  const full = resolve(path);
  const file = existsSync(full) && statSync(full).isDirectory() ? join(full, 'Vagrantfile') : full;
  return existsSync(file) && statSync(file).isFile()
    ? file
    : refuse('not-found', `There is no Vagrantfile at ${path}, and none of that name is known.`, { path });
}
