/**
 * Labs as they stood: saved to files in the data folder, and forks, which are held in memory while the app runs. To the rest of the app they are
 * labs as any: they are in the list, come up where they stood, and "afresh" means that moment again.
 *
 * Invariant: a file is there whole or not at all; a saved lab is never written over.
 */
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { refuse, WireFailure, type SavedInfo } from '../../shared/ipc/index.ts';
import { formatSavedLab, parseSavedLab, type SavedLab } from '../../shared/lab/index.ts';
import type { Places } from '../places.ts';
import { openSavedLab } from './opening.ts';
import type { LabDescription, LabProvider, RunningLab } from './provider.ts';
import { SimulatedLab } from './simulated.ts';

const EXTENSION = '.podwalk-lab';
const ID = /^[a-z0-9][-a-z0-9.]*\.(saved|fork)-\d+$/;

export const savedFolder = ({ home }: Pick<Places, 'home'>): string => join(home, 'saved');

export class SavedLabs implements LabProvider {
  readonly kind = 'simulated';
  private readonly forks = new Map<string, SavedLab>();
  private readonly folder: string;
  /** What is known of the files: their heads are at the beginning of much. */
  private readonly known = new Map<string, LabDescription>();

  constructor(
    private readonly places: Pick<Places, 'home' | 'resources' | 'version'>,
    private readonly onBug: (error: unknown) => void,
  ) {
    this.folder = savedFolder(places);
  }

  async list(): Promise<readonly LabDescription[]> {
    const files = await Promise.all((await this.ids()).map((id) => this.describe(id)));
    return [...files, ...[...this.forks].map(([id, saved]) => description(id, saved, 'fork'))];
  }
  async start(id: string): Promise<RunningLab> {
    const saved = this.forks.get(id) ?? (await this.read(id));
    const opened = await openSavedLab(saved, this.places.resources);
    return new SimulatedLab(opened.lab, saved.title, { version: this.places.version, onBug: this.onBug, id, opened });
  }

  /** `lab`: of which it is. */
  async keep(lab: string, saved: SavedLab): Promise<SavedInfo> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const id = freeId(lab, 'saved', new Set(await this.ids()));
    const path = this.path(id);
    await writeFile(`${path}.part`, formatSavedLab(saved), { mode: 0o600 });
    await rename(`${path}.part`, path);
    return { lab: id, title: saved.title, path };
  }
  hold(lab: string, saved: SavedLab): SavedInfo {
    const id = freeId(lab, 'fork', this.forks);
    this.forks.set(id, saved);
    return { lab: id, title: saved.title };
  }
  /** Whether it is one of these at all: nothing else is ever removed. */
  check(id: string): void {
    if (!ID.test(id)) refuse('not-possible', `${id} is no saved lab.`, { lab: id });
  }
  async remove(id: string): Promise<void> {
    this.check(id);
    this.known.delete(id);
    if (!this.forks.delete(id)) await rm(this.path(id), { force: true });
  }

  private path(id: string): string {
    return join(this.folder, `${id}${EXTENSION}`);
  }
  private async ids(): Promise<readonly string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names
      .filter((name) => name.endsWith(EXTENSION))
      .map((name) => basename(name, EXTENSION))
      .filter((id) => ID.test(id))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  }
  private async read(id: string): Promise<SavedLab> {
    const text = ID.test(id) ? await readFile(this.path(id), 'utf8').catch(() => undefined) : undefined;
    if (text === undefined) return refuse('not-found', `There is no saved lab ${id}.`, { lab: id });
    const parsed = parseSavedLab(text);
    if (parsed.ok) return parsed.value;
    throw new WireFailure(parsed.error);
  }
  private async describe(id: string): Promise<LabDescription> {
    const known = this.known.get(id);
    if (known) return known;
    try {
      const made = description(id, await this.read(id), 'file');
      this.known.set(id, made);
      return made;
    } catch (error) {
      return { id, title: id, summary: '', nodes: [], problem: error instanceof Error ? error.message : String(error), saved: { kind: 'file', savedMs: 0 } };
    }
  }
}

const description = (id: string, { title, origin, savedMs }: SavedLab, kind: 'file' | 'fork'): LabDescription => ({
  id,
  title,
  summary: '',
  nodes: origin.kind === 'file' ? Object.keys(origin.file.nodes) : [origin.hostname],
  saved: { kind, savedMs },
});

/** `flannel-host-gw.saved-1`, then `-2`; of one that was saved itself, its own lab's next. */
function freeId(lab: string, word: 'saved' | 'fork', taken: { has(id: string): boolean }): string {
  const base = lab.replace(/\.(saved|fork)-\d+$/, '');
  for (let count = 1; ; count++) {
    const id = `${base}.${word}-${count}`;
    if (!taken.has(id)) return id;
  }
}
