/** The browser tests: the built web host, and Debian's Chromium (or $CHROMIUM). `npm test -- browser` builds first. */
import { defineConfig } from '@playwright/test';

const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/browser', // emptied at each start: nothing else may be in it
  workers: 1, // each test drives a whole lab, and measures nothing less than what a user sees
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    video: 'off',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
      args: [...(asRoot ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--font-render-hinting=none', '--force-color-profile=srgb'],
    },
  },
});
