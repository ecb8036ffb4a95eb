// Goal: the figure understands what a hand means. Method: clicks at the places where the boxes are.
import { readFileSync } from 'node:fs';
import { expect, test } from './web-host.ts';
import { LabWindow } from './lab-window.ts';

test('a double click on one box inspects it, two quick clicks on two boxes choose two ends', async ({ page, host }) => {
  const window = new LabWindow(page, 'figure');
  await page.goto(host.address);
  await window.startLesson();
  const pod = await window.pointOf(await window.podBox('hello-2'));
  await page.mouse.dblclick(pod.x, pod.y);
  await expect(page.getByTestId('facts')).toContainText('10.244.2.1');
  await page.getByTestId('save-figure').click();
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /^SVG/ }).click()]);
  expect(saved.suggestedFilename()).toBe('topology.svg');
  const drawn = readFileSync(await saved.path(), 'utf8');
  expect(drawn).toMatch(/^<svg .*<\/svg>\n$/s);
  for (const word of ['node-1', 'cni0', 'hello-2', '10.244.2.1/24']) expect(drawn).toContain(`>${word}<`);
  await page.getByTestId('open-trace').click();
  const [first, second] = [await window.pointOf(await window.podBox('hello-2')), await window.pointOf(await window.podBox('hello-1'))];
  await page.mouse.click(first.x, first.y);
  await page.mouse.click(second.x, second.y);
  await expect(page.getByTestId('trace-outcome')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'From' })).toContainText('hello-2');
  await expect(page.getByRole('combobox', { name: 'To' })).toContainText('hello-1');
});

test('a fault is diagnosed with its evidence, mended on a click, and its pair followed from the matrix', async ({ page, host }) => {
  test.slow();
  const window = new LabWindow(page, 'diagnosis');
  await page.goto(host.address);
  await window.startLesson();
  await page.getByTestId('open-diagnosis').click();
  await page.getByRole('button', { name: 'Diagnose all the same' }).click(); // a lesson does not tell by itself
  await expect(page.getByTestId('diagnosis-summary')).toContainText('Nothing wrong was found');
  await window.type('iptables -I FORWARD -d 10.244.2.0/24 -j DROP');
  await page.getByTestId('diagnose').click();
  const finding = page.getByTestId('finding-forward-drop');
  await expect(finding).toContainText('iptables -D FORWARD -d 10.244.2.0/24 -j DROP');
  await window.shot('found');
  await window.expectAccessible();
  await finding.getByTestId('fix').click();
  await expect(page.getByTestId('mended')).toContainText(/Real packets: (\d+) of \1 pairs answer/);
  await expect(page.getByTestId('diagnosis-summary')).toContainText('Nothing wrong was found');
  await page.getByRole('button', { name: /^hello-1 → hello-2: / }).click();
  await expect(page.getByTestId('trace-outcome')).toContainText('delivered');
  expect(window.complaints).toEqual([]);
});
