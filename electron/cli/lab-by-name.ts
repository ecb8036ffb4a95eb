/** A simulated lab of a command's own: by name, from a lab file, or as it was saved. */
import { createLab, type Lab } from '../../shared/lab/index.ts';
import { openContent, type Content } from '../content.ts';
import { findPlaces } from '../places.ts';

/** The same each time, but for its calendar. */
export const SEED = 1;

export const content = (): Content => openContent(findPlaces());
export async function labByName(name: string): Promise<Lab> {
  const saved = await (await import('./saved.ts')).savedLab(name);
  return saved ?? createLab(await content().lab(name), { seed: SEED, epochMs: Date.now() });
}
