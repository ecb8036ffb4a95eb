/** A module of ours, bundled as the build does it, so that a benchmark measures what users run. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** @param {string} entry from the root of the repository @returns {Promise<Record<string, any>>} */
export async function loadModule(entry) {
  // within the package, so that it finds its resources
  mkdirSync(join(root, 'out'), { recursive: true });
  const outDir = mkdtempSync(join(root, 'out/bench-'));
  try {
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: true,
        target: 'node20',
        outDir,
        minify: false,
        rolldownOptions: { input: { entry: join(root, entry) }, output: { format: 'es', entryFileNames: 'entry.mjs' } },
      },
    });
    return /** @type {Record<string, any>} */ (await import(pathToFileURL(join(outDir, 'entry.mjs')).href));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
