// Goal: terminals behave as terminals. Method: real keys in a browser; what is expected is what Linux would show.
import { existsSync } from 'node:fs';
import { type } from 'node:os';
import { join } from 'node:path';
import { expect, root, test } from './web-host.ts';
import { LabWindow } from './lab-window.ts';

test('Ctrl-C, several on one node, find, copy, a new size', async ({ page, host, context }) => {
  test.setTimeout(180_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(host.address).origin });
  const window = new LabWindow(page, 'terminals');
  /** Columns that the window told the core, in order. */
  const sizes: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const columns = /"terminals\.resize".*"columns":(\d+)/.exec(String(payload))?.[1];
      if (columns !== undefined) sizes.push(Number(columns));
    }),
  );
  await page.goto(host.address);
  await window.startLesson();

  await test.step('ping prints as replies come, and Ctrl-C ends it', async () => {
    await window.type('ping 192.168.56.11');
    await expect(window.terminal).toContainText(/icmp_seq=1 /);
    await expect(window.terminal).toContainText(/icmp_seq=2 /);
    await page.keyboard.press('Control+c');
    await expect(window.terminal).toContainText('ping statistics');
  });
  await test.step('a second one on the same node is another shell', async () => {
    await window.type('echo first-$((40+2))');
    await expect(window.terminal).toContainText('first-42');
    await window.openTerminal('controlplane');
    await expect(window.terminal).not.toContainText('first-42');
    await page.getByRole('tab').filter({ hasText: 'controlplane 1' }).click();
    await expect(window.terminal).toContainText('first-42');
  });
  await test.step('tcpdump on a node shows what ping on another sends, as it is sent', async () => {
    await window.openTerminal('node-1');
    await window.type('tcpdump -ni cni0 icmp');
    await expect(window.terminal).toContainText('listening on cni0');
    await window.openTerminal('node-2');
    await window.type('ping 10.244.1.2');
    await expect(window.terminal).toContainText(/seq=2 ttl=63/);
    await page.getByRole('tab').filter({ hasText: 'node-1' }).click();
    await expect(window.terminal).toContainText(/IP 192\.168\.56\.12 > 10\.244\.1\.2: ICMP echo request, id \d+, seq 2, length 64/);
    await page.locator('[data-testid="terminal"]:visible').click();
    await page.keyboard.press('Control+c');
    await expect(window.terminal).toContainText(/\d+ packets captured/);
    await window.openTerminal('hello-1');
    await window.type('hostname');
    await expect(window.terminal).toContainText(/# hostname\s*hello-1/);
    await page.getByRole('tab').filter({ hasText: 'controlplane 1' }).click();
  });
  await test.step('find counts and goes on', async () => {
    await page.locator('[data-testid="terminal"]:visible').click();
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('icmp_seq=');
    await expect(page.locator('.find .count')).toContainText(/\d+ of \d+/);
    await window.shot('find');
    await page.keyboard.press('Escape');
  });
  await test.step('what was selected is copied', async () => {
    await window.type('clear; echo to-be-copied');
    await expect(window.terminal).toContainText('to-be-copied');
    await page
      .locator('[data-testid="terminal"]:visible .xterm-rows > div')
      .filter({ hasText: /^to-be-copied/ })
      .dblclick({ position: { x: 20, y: 8 }, force: true });
    await page.keyboard.press('Control+Shift+C');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('copied');
  });
  await test.step('what is on the clipboard is pasted, and runs when Enter says so', async () => {
    await page.evaluate(() => navigator.clipboard.writeText('echo pasted-$((6*7))'));
    await page.locator('[data-testid="terminal"]:visible').click();
    await page.keyboard.press('Control+Shift+V');
    await expect(window.terminal).toContainText('echo pasted-$((6*7))');
    await expect(window.terminal).not.toContainText('pasted-42');
    await page.keyboard.press('Enter');
    await expect(window.terminal).toContainText('pasted-42');
  });
  await test.step('what has scrolled away is still there', async () => {
    await window.type('clear; seq 200; echo bottom-$((40+2))');
    await expect(window.terminal).toContainText('bottom-42');
    await page.locator('[data-testid="terminal"]:visible').hover();
    await page.mouse.wheel(0, -100_000);
    await expect(window.terminal).not.toContainText('bottom-42');
    await window.type('');
    await expect(window.terminal).toContainText('bottom-42');
  });
  await test.step('a shell of this computer is beside those of the lab', async () => {
    await page.getByTestId('terminal-add').click();
    await page.getByRole('menuitem', { name: /^This computer / }).click();
    // Where node-pty could not be built, the window says what to do instead.
    const shell = page.getByRole('tab').filter({ hasText: 'This computer' });
    const advice = page.getByText(/They need node-pty/);
    await expect(shell.or(advice)).toBeVisible();
    const isThere = (await shell.count()) > 0;
    expect(isThere).toBe(existsSync(join(root, 'node_modules/node-pty/build/Release/pty.node')) || process.platform !== 'linux');
    if (!isThere) return;
    await window.type('echo "$((6*7)) of $(uname -s)"');
    await expect(window.terminal).toContainText(`42 of ${type()}`);
    await page.getByRole('tab').filter({ hasText: 'controlplane 1' }).click();
  });
  await test.step('a smaller window tells its terminal so', async () => {
    const before = sizes.at(-1) ?? 0;
    expect(before).toBeGreaterThan(20);
    await page.setViewportSize({ width: 1100, height: 800 });
    await expect.poll(() => sizes.at(-1)).toBeLessThan(before);
  });
});

test('a flood neither freezes the window nor hides what comes after it', async ({ page, host }) => {
  test.setTimeout(180_000);
  const window = new LabWindow(page, 'flood');
  await page.goto(host.address);
  await window.startLesson();
  await window.type('seq 1 1000000000');
  // while it flows, frames are drawn: the screen changes and changes again, and the window's own animation goes on between
  for (let change = 0; change < 5; change++) {
    const before = await window.terminal.textContent();
    await page.evaluate(async () => {
      for (let frame = 0; frame < 10; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    await expect(window.terminal).not.toHaveText(before ?? '');
  }
  await page.keyboard.press('Control+c');
  await window.type('clear; echo still-$((2*21))');
  await expect(window.terminal).toContainText('still-42', { timeout: 20_000 });
});
