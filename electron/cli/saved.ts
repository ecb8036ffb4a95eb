/** Saved labs on the command line: `--save FILE` keeps a lab as a command left it, and LAB may be such a file, or one that the app saved. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JournaledLab, formatSavedLab, looksSaved, parseSavedLab, saveLab } from '../../shared/lab/index.ts';
import { openSavedLab } from '../labs/opening.ts';
import { savedFolder } from '../labs/saved.ts';
import { findPlaces } from '../places.ts';
import { content, SEED } from './own-content.ts';
import { Failure } from './usage.ts';
import { whyNot } from './why-not.ts';

/** A lab that can be saved: from a saved one, a name, a lab file; undefined: a blank host. */
export async function journaledLab(name: string | undefined): Promise<JournaledLab> {
  const options = { seed: SEED, epochMs: Date.now() };
  if (name === undefined) return new JournaledLab({ kind: 'blank', hostname: 'node-1', hasPlugins: false }, options);
  return (await savedLab(name)) ?? new JournaledLab({ kind: 'file', file: await content().lab(name) }, options);
}

/** Undefined: it is not a saved one. */
export async function savedLab(name: string): Promise<JournaledLab | undefined> {
  const places = findPlaces();
  const text = [join(savedFolder(places), `${name}.podwalk-lab`), name].map(readIfThere).find((one) => one !== undefined && looksSaved(one));
  if (text === undefined) return undefined;
  const parsed = parseSavedLab(text);
  if (!parsed.ok) throw new Failure(`${name}: ${parsed.error.message}`);
  const { lab, ended } = await openSavedLab(parsed.value, places.resources);
  for (const what of ended) process.stderr.write(`podwalk: ${name}: ended, because nobody is there for it: ${what}\n`);
  return lab;
}

/** Nothing is done for a file that could not be written in the end. */
export function checkFree(path: string): void {
  if (existsSync(path)) throw new Failure(`${path} is there already: choose another name`);
}

/** Never in the place of something else. */
export function keepLab(lab: JournaledLab, path: string): void {
  const { version } = findPlaces();
  const saved = saveLab(lab, { title: lab.id, version, savedMs: Date.now() });
  if (!saved.ok) throw new Failure(saved.error.message);
  try {
    writeFileSync(path, formatSavedLab(saved.value), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Failure(
      (error as NodeJS.ErrnoException).code === 'EEXIST' ? `${path} is there already: choose another name` : `${path} cannot be written: ${whyNot(error)}`,
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
