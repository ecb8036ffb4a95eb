import { defineConfig } from 'vitest/config';

/** What is held against the real Vagrant of this machine, with guests of qemu: apart from the unit tests, since machines boot. */
export default defineConfig({
  test: { include: ['test/vagrant/*.test.ts'], allowOnly: false, testTimeout: 900_000, hookTimeout: 300_000, fileParallelism: false },
});
