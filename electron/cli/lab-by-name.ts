/** A simulated lab of a command's own: by name, from a lab file, or as it was saved. */
import { createLab, type Lab } from '../../shared/lab/index.ts';
import { content, SEED } from './own-content.ts';
import { savedLab } from './saved.ts';

export async function labByName(name: string): Promise<Lab> {
  return (await savedLab(name)) ?? createLab(await content().lab(name), { seed: SEED, epochMs: Date.now(), types: content().types });
}
