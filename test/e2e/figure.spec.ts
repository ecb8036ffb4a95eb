// Goal: the figure understands what a hand means. Method: clicks at the places where the boxes are.
import { expect, test } from './web-host.ts';
import { LabWindow } from './lab-window.ts';

test('a double click on one box inspects it, two quick clicks on two boxes choose two ends', async ({ page, host }) => {
  const window = new LabWindow(page, 'figure');
  await page.goto(host.address);
  await window.startLesson();
  const pod = await window.pointOf(await window.podBox('hello-2'));
  await page.mouse.dblclick(pod.x, pod.y);
  await expect(page.getByTestId('facts')).toContainText('10.244.2.1');
  await page.getByTestId('open-trace').click();
  const [first, second] = [await window.pointOf(await window.podBox('hello-2')), await window.pointOf(await window.podBox('hello-1'))];
  await page.mouse.click(first.x, first.y);
  await page.mouse.click(second.x, second.y);
  await expect(page.getByTestId('trace-outcome')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'From' })).toContainText('hello-2');
  await expect(page.getByRole('combobox', { name: 'To' })).toContainText('hello-1');
});
