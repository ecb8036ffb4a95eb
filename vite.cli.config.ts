/**
 * The `podwalk` command, web host included: out/cli/podwalk.js, started by a plain Node. What one command needs and another does
 * not is imported dynamically by electron/cli.ts and lands in out/cli/chunks, so that `podwalk sh` starts without it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const { dependencies, optionalDependencies } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'package.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;

export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true, external: [...Object.keys({ ...dependencies, ...optionalDependencies }), 'electron'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: resolve(import.meta.dirname, 'out/cli'),
    chunkSizeWarningLimit: 10_000,
    minify: false, // no gain that can be measured, and readable traces
    rolldownOptions: {
      input: { podwalk: resolve(import.meta.dirname, 'electron/cli.ts') },
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name].js',
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
