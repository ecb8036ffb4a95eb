/** Opens a saved lab without keeping the program from answering meanwhile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { WireFailure } from '../../shared/ipc/index.ts';
import { Opening, type Definitions, type OpenedLab, type SavedLab } from '../../shared/lab/index.ts';

const SLICE_MS = 20;

/** `resources`: where the types of the Kubernetes API are. Refuses with `damaged`. */
export async function openSavedLab(saved: SavedLab, resources: string): Promise<OpenedLab> {
  let types: Definitions | undefined;
  const opening = new Opening(saved, () => (types ??= JSON.parse(readFileSync(join(resources, 'kubernetes/openapi.json'), 'utf8')) as Definitions));
  for (;;) {
    const startMs = performance.now();
    const opened = opening.run(() => performance.now() - startMs < SLICE_MS);
    if (opened?.ok) return opened.value;
    if (opened) throw new WireFailure(opened.error);
    await turn();
  }
}
