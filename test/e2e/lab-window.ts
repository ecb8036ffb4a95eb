/** The window as a user handles it: words, clicks and keys. Positions of boxes are asked from the figure itself; everything else is what anybody sees. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect } from './web-host.ts';

export type Locale = 'en' | 'zh';
const SCREENSHOTS = join(dirname(dirname(import.meta.dirname)), 'test-results/screenshots');
/** One second less a moment would be a flicker, three times as much a wait. */
const TYPED_SLOWLY_MS = 8;

export class LabWindow {
  /** What the browser complained about. */
  readonly complaints: string[] = [];

  constructor(
    readonly page: Page,
    readonly name: string,
  ) {
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => void this.complaints.push(error.message));
  }

  /** From the welcome screen into the first lesson. Answers how long it took until the figure was there. */
  async startLesson(): Promise<number> {
    const start = this.page.getByTestId('start-lesson');
    await start.waitFor();
    const began = Date.now();
    await start.click();
    await this.box('node-1').waitFor({ state: 'attached' });
    const took = Date.now() - began;
    await expect(this.terminal).toContainText('#');
    return took;
  }

  get terminal(): Locator {
    return this.page.locator('[data-testid="terminal"]:visible .xterm-rows');
  }
  /** A box of the figure, as the words beside it have it. */
  box(id: string): Locator {
    return this.page.locator(`[data-testid="outline"] [data-box="${id}"]`);
  }
  step(id: string): Locator {
    return this.page.locator(`[data-step="${id}"]`);
  }
  async expectDone(id: string): Promise<void> {
    await expect(this.step(id), `step ${id}`).toHaveAttribute('data-state', 'done', { timeout: 20_000 });
  }
  /** Types a command line into the terminal that is in front. */
  async type(command: string): Promise<void> {
    await this.page.locator('[data-testid="terminal"]:visible').click({ timeout: 10_000 });
    await this.page.keyboard.type(`${command}\n`, { delay: TYPED_SLOWLY_MS });
  }
  /** The button below a block of code of a step. */
  async runFromLesson(step: string, which = 0): Promise<void> {
    await this.step(step).getByTestId('run').nth(which).click();
  }
  async openTerminal(name: string): Promise<void> {
    await this.page.getByTestId('terminal-add').click();
    await this.page.getByRole('menuitem', { name: new RegExp(`^${name} `) }).click();
    await expect(this.terminal).toContainText(/[#$]/);
  }

  /** Where a box is on the page. */
  async pointOf(box: string): Promise<{ readonly x: number; readonly y: number }> {
    return this.page.getByTestId('topology').evaluate((canvas, id) => {
      type Figure = { readonly cy: { getElementById(id: string): { renderedBoundingBox(): { x1: number; y2: number; w: number } } } };
      const { left, top } = canvas.getBoundingClientRect();
      const area = (canvas as unknown as { readonly _cyreg: Figure })._cyreg.cy.getElementById(id).renderedBoundingBox();
      return { x: left + area.x1 + area.w / 2, y: top + area.y2 - 10 };
    }, box);
  }
  /** The id of the box of a pod. */
  async podBox(name: string): Promise<string> {
    const box = this.page.locator('[data-testid="outline"] [data-box*="/ns:"]').filter({ hasText: new RegExp(`^Pod ${name} `) });
    return (await box.getAttribute('data-box')) ?? '';
  }
  async clickPod(name: string): Promise<void> {
    const { x, y } = await this.pointOf(await this.podBox(name));
    await this.page.mouse.click(x, y);
  }

  async shot(what: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${this.name}-${what}.png`) });
  }
  async expectAccessible(): Promise<void> {
    // Menus and lists that are open stand at the end of the page, outside its landmarks, and hide the rest meanwhile.
    const { violations } = await new AxeBuilder({ page: this.page }).exclude('[data-reka-popper-content-wrapper]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)).toEqual([]);
  }
}
