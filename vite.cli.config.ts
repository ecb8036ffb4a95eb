/**
 * The `podwalk` command, web host included: out/cli/podwalk.js, started by a plain Node. What one command needs and another does
 * not is imported dynamically by electron/cli.ts and lands in out/cli/chunks, so that `podwalk sh` starts without it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const { dependencies, optionalDependencies } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'package.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;

/** V8 reads one-byte sources faster: what is not ASCII becomes an escape. It stands in strings, patterns and templates alone, where that means the same. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** The package is of ES modules, this folder is not. */
const folderType: Plugin = {
  name: 'folder-type',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
  },
};

export default defineConfig({
  plugins: [ascii, folderType],
  publicDir: false,
  ssr: { noExternal: true, external: [...Object.keys({ ...dependencies, ...optionalDependencies }), 'electron'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: resolve(import.meta.dirname, 'out/cli'),
    chunkSizeWarningLimit: 10_000,
    minify: false, // but see output.minify
    rolldownOptions: {
      input: { podwalk: resolve(import.meta.dirname, 'electron/cli.ts') },
      output: {
        // Half of a start is parsing: without blanks and comments the source is a fifth shorter. Names stay, for traces.
        minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
        format: 'cjs', // whose compiled code can be kept on every Node (electron/cli/code-cache.ts)
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name].js',
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
