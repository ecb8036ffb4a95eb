import { defineConfig } from 'vitest/config';

/** Labs of real machines: namespaces of this kernel, and hosts that are reached over SSH. They run one after another: each measures. */
export default defineConfig({
  test: { include: ['test/labs/**/*.test.ts'], pool: 'forks', fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
