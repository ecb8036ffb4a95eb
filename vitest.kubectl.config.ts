import { defineConfig } from 'vitest/config';

/** What is held against the real kubectl of this machine, apart from the unit tests: it waits for real time. */
export default defineConfig({
  test: { include: ['test/kubectl/*.test.ts'], allowOnly: false, testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false },
});
