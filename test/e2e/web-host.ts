/** A web host of its own for each test, with nothing kept yet: started on a free port, found by the address that it prints, ended with the test. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base } from '@playwright/test';
import { addressIn } from '../../scripts/start.mjs';

export const root = dirname(dirname(import.meta.dirname));
const READY_LIMIT_MS = 20_000;

export interface WebHost {
  /** With its token: what a user opens. */
  readonly address: string;
  /** Where the host keeps what users make. */
  readonly home: string;
}

export const test = base.extend<{ host: WebHost }>({
  host: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs from this pattern
    async ({}, use) => {
      const home = mkdtempSync(join(tmpdir(), 'podwalk-e2e-'));
      const env = { ...process.env, PODWALK_HOME: home };
      const child = spawn(process.execPath, [join(root, 'out/cli/podwalk.js'), 'serve', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      const address = await new Promise<string>((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`the web host printed no address:\n${said}`)), READY_LIMIT_MS);
        const hear = (line: string): void => {
          said += `${line}\n`;
          const found = addressIn(line);
          if (!found) return;
          clearTimeout(limit);
          resolve(found);
        };
        createInterface({ input: child.stdout }).on('line', hear);
        createInterface({ input: child.stderr }).on('line', hear);
        child.on('exit', (status) => reject(new Error(`the web host ended with status ${status}:\n${said}`)));
      });
      await use({ address, home });
      child.kill();
      rmSync(home, { recursive: true, force: true });
    },
    { scope: 'test' },
  ],
});
export { expect } from '@playwright/test';
