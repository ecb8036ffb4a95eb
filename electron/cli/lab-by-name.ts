/** A simulated lab of a command's own: by name, or from a lab file. */
import { createLab, type Lab } from '../../shared/lab/index.ts';
import { openContent, type Content } from '../content.ts';
import { findPlaces } from '../places.ts';

/** The same each time, but for its calendar. */
const SEED = 1;

export const content = (): Content => openContent(findPlaces());
export const labByName = async (name: string): Promise<Lab> => createLab(await content().lab(name), { seed: SEED, epochMs: Date.now() });
