// Goal: what a new user sees first, in both languages, without a fault. Method: a browser on the built web host; axe for accessibility.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './web-host.ts';

const FIRST_LESSON = { en: 'Start the lesson', zh: '开始' };

test('the welcome screen offers the first lesson, in English and Chinese', async ({ page, host }) => {
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('response', (response) => void (response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`)));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(host.address);
  await expect(page.getByTestId('start-lesson')).toContainText(FIRST_LESSON.en);
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  await page.getByText('中文').click();
  await expect(page.getByTestId('start-lesson')).toContainText(FIRST_LESSON.zh);
  expect(await page.locator('html').getAttribute('lang')).toMatch(/^zh/);
  expect(complaints).toEqual([]);
});

test('without its token the host answers nothing but how to get in', async ({ request, host }) => {
  const { origin } = new URL(host.address);
  const refused = await request.get(`${origin}/`);
  expect(refused.status()).toBe(403);
  expect(await refused.text()).not.toContain('<div id="app">');
  const elsewhere = await request.get(host.address, { headers: { host: 'podwalk.example' } });
  expect(elsewhere.status()).toBe(421);
});
