import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['shared/**/*.test.ts', 'electron/**/*.test.ts', 'renderer/**/*.test.ts', 'test/unit/**/*.test.ts', 'test/checks/*.test.ts'],
    pool: 'threads',
    isolate: true,
    allowOnly: false,
    testTimeout: 30_000, // a slow machine is no failure; no test waits for real time
  },
});
