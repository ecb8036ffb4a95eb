/** `podwalk` alone opens the app: Electron where its binary is there and can show a window, else the web host, saying which and why. */
import { join } from 'node:path';
import { findElectron, runElectron, thisSystem, whyNoWindow } from '../../scripts/electron.mjs';
import { findRoot } from '../places.ts';
import { serve } from './serve.ts';

export async function open(): Promise<number> {
  const root = findRoot(import.meta.dirname);
  let why = whyNoWindow(thisSystem);
  if (why === undefined) {
    const binary = findElectron(thisSystem, join(root, 'node_modules/electron'));
    const result = binary === undefined ? 'Electron is not installed (npx install-electron)' : await runElectron(binary, root);
    if (typeof result === 'number') return result;
    why = result;
  }
  process.stderr.write(`podwalk: in the browser, because ${why}\n`);
  return serve({ options: {}, operands: [] });
}
