// Goal: a lost core is said clearly, and nothing on the screen is lost with it. Method: the web host of this test alone is stopped under the window.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addressIn } from '../../scripts/start.mjs';
import { expect, test } from './web-host.ts';
import { LabWindow } from './lab-window.ts';

const CLI = join(dirname(dirname(import.meta.dirname)), 'out/cli/podwalk.js');

test('the core ends: the window says so, and keeps what it shows', async ({ page }) => {
  test.setTimeout(120_000);
  const home = mkdtempSync(join(tmpdir(), 'podwalk-e2e-'));
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0'], { env: { ...process.env, PODWALK_HOME: home }, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await expect.poll(() => addressIn(said)).toBeTruthy();
    const window = new LabWindow(page, 'connection');
    await page.goto(addressIn(said) ?? '');
    await window.startLesson();
    await window.type('echo kept-$((40+2))');
    await expect(window.terminal).toContainText('kept-42');
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    await expect(page.getByTestId('connection')).toBeVisible();
    await expect(window.terminal).toContainText('kept-42');
    await expect(window.step('nodes')).toBeVisible();
    await window.shot('lost');
  } finally {
    child.kill();
    rmSync(home, { recursive: true, force: true });
  }
});
