/** `podwalk` alone opens the app: Electron where its binary is there and can show a window, else the web host, saying which and why. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findRoot } from '../places.ts';
import { serve } from './serve.ts';

export async function open(): Promise<number> {
  const root = findRoot(import.meta.dirname);
  const why = whyNoWindow();
  const binary = why === undefined ? findElectron(join(root, 'node_modules/electron')) : undefined;
  if (binary === undefined) {
    process.stderr.write(`podwalk: in the browser, because ${why ?? 'Electron is not installed (npx install-electron)'}\n`);
    return serve({ options: {}, operands: [] });
  }
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const child = spawn(binary, [root], { stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(status ?? (signal ? 1 : 0)));
  });
}

function whyNoWindow(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display';
  return process.getuid?.() === 0 ? 'Electron does not run as root' : undefined;
}

/** By its package's files; importing the package would download it. */
function findElectron(folder: string): string | undefined {
  const chosen = process.env['ELECTRON_EXEC_PATH'];
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const listed = join(folder, 'path.txt');
  if (!existsSync(listed)) return undefined;
  const binary = join(dirname(listed), 'dist', readFileSync(listed, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}
