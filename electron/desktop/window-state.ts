/** Where the window was, in window.json of the data folder. A place that is on no screen any more, or a damaged file, is as if there were none. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../file.ts';
import type { Rectangle } from './api.ts';

const schema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400).max(20_000),
  height: z.number().int().min(300).max(20_000),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof schema>;

const DEFAULT_SIZE = { width: 1440, height: 900 };
/** So much of the window must be on a screen for its title to be caught. */
const VISIBLE = 80;

const stateFile = (home: string): string => join(home, 'window.json');

export async function loadWindowState(home: string, displays: readonly Rectangle[]): Promise<Partial<Rectangle> & { readonly isMaximized: boolean }> {
  try {
    const state = schema.parse(JSON.parse(await readFile(stateFile(home), 'utf8')));
    if (displays.some((display) => overlaps(state, display))) return state;
    return { width: state.width, height: state.height, isMaximized: state.isMaximized };
  } catch {
    return { ...DEFAULT_SIZE, isMaximized: false };
  }
}
export const saveWindowState = (home: string, state: WindowState): Promise<void> => replaceFile(stateFile(home), `${JSON.stringify(state)}\n`);

function overlaps(window: Rectangle, display: Rectangle): boolean {
  const width = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  const isTitleOnIt = window.y >= display.y - 1 && window.y < display.y + display.height - VISIBLE / 2;
  return width >= VISIBLE && isTitleOnIt;
}
