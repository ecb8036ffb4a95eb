/**
 * The desktop build: Electron's main process, its preload and the renderer (which the web host serves too). The `podwalk` command
 * and the web host are built by vite.cli.config.ts. `dependencies` of package.json stay in node_modules, everything else is bundled.
 */
import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

// Entries are absolute: a relative `electron/…` is taken for the package of that name.
const at = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      externalizeDeps: { include: ['node-pty'] }, // an optional dependency, so not seen by itself
      rolldownOptions: { input: { main: at('electron/main.ts') } },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      externalizeDeps: false, // a sandboxed preload can require nothing but Electron
      // CommonJS, so that the sandbox stays on.
      rolldownOptions: { input: { preload: at('electron/preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: at('renderer'),
    base: './', // one build for app://, http://127.0.0.1 and a path below it
    plugins: [vue()],
    define: { __VUE_I18N_LEGACY_API__: 'false', __VUE_I18N_FULL_INSTALL__: 'true', __INTLIFY_PROD_DEVTOOLS__: 'false' },
    build: { outDir: at('out/renderer'), minify: true, chunkSizeWarningLimit: 1000, rolldownOptions: { input: { index: at('renderer/index.html') } } },
  },
});
