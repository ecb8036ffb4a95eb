// Goal: every screen can be used by those who do not see it, and read by those who see little. Method: axe on each screen, in both themes.
import { expect, test } from './web-host.ts';
import { LabWindow } from './lab-window.ts';

for (const theme of ['light', 'dark'] as const) {
  test(`screens in the ${theme} theme`, async ({ page, host }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const window = new LabWindow(page, `accessibility-${theme}`);
    await page.goto(host.address);
    await page.getByTestId('start-lesson').waitFor();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await window.expectAccessible();
    await window.startLesson();
    await window.expectAccessible();
    await window.shot('lab');
    await page.getByTestId('open-trace').click();
    await window.expectAccessible();
    for (const pod of ['hello-2', 'hello-1']) await window.clickPod(pod);
    await page.getByTestId('trace-outcome').waitFor();
    await window.expectAccessible();
    await window.shot('trace');
    await page.getByTestId('open-experiments').click();
    await page.getByTestId('experiment-remove-route').waitFor();
    await window.expectAccessible();
    await page.getByTestId('topology').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('facts')).toContainText('route');
    await window.expectAccessible();
    await window.shot('inspect');
    await page.getByTestId('recording').click();
    await page.getByTestId('scrubber').waitFor();
    await window.expectAccessible();
    await window.shot('replay');
  });
}
