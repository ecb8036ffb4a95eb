/** What a user waits: from `npm start`, with everything installed and built, to the welcome screen and to a lesson with its lab and a prompt, in Chromium. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';
import { addressIn } from '../start.mjs';
import { findChromium } from '../system.mjs';
import { root } from './lib/bundle.mjs';
import { median, ms, ratio, report } from './lib/report.mjs';

const RUNS = 5;
const executablePath = findChromium();
const TITLE = 'From npm start to a lesson in a window';

if (executablePath === undefined) report(TITLE, 'not measured: there is no Chromium', [['npm start', '—']]);
else await measure(executablePath);

/** @param {string} executablePath */
async function measure(executablePath) {
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  /** @type {Record<'node' | 'address' | 'welcome' | 'lesson', number[]>} */
  const times = { node: [], address: [], welcome: [], lesson: [] };
  for (let i = 0; i < RUNS; i++) {
    const bare = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    times.node.push(performance.now() - bare);

    const home = mkdtempSync(join(tmpdir(), 'podwalk-bench-home-'));
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    const started = performance.now();
    const child = spawn('npm', ['start', '--', '--port', '0'], {
      cwd: root,
      env: { ...env, PODWALK_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const address = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => addressIn(line) && resolve(addressIn(line)));
      child.on('exit', (status) => reject(new Error(`npm start ended with status ${status}`)));
    });
    times.address.push(performance.now() - started);
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByTestId('start-lesson').waitFor();
    times.welcome.push(performance.now() - started);
    await page.getByTestId('start-lesson').click();
    await page.locator('[data-testid="outline"] [data-box="node-1"]').waitFor({ state: 'attached' });
    await page.locator('[data-testid="terminal"]:visible .xterm-rows').filter({ hasText: '#' }).waitFor();
    times.lesson.push(performance.now() - started);
    await page.close();
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    if (child.pid !== undefined) process.kill(-child.pid);
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
  await browser.close();
  report(TITLE, `median of ${RUNS} runs; everything installed and built, Chromium already open, the lesson clicked as soon as it is there`, [
    ['node -e 0', ms(median(times.node))],
    ['the address is printed', ms(median(times.address))],
    ['the welcome screen is there', ms(median(times.welcome))],
    ['the lesson is there, with its lab and a prompt', ms(median(times.lesson))],
    ['… in starts of a bare Node', ratio(median(times.lesson) / median(times.node))],
  ]);
}
