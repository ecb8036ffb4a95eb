/** How completions are told: what they have in common, and their list in columns. */
import { textWidth } from './width.ts';

export function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? '';
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
/** As many columns as fit, filled downwards. */
export function inColumns(cells: readonly string[], width: number): string {
  const cell = Math.max(...cells.map(textWidth)) + 2;
  const fitting = Math.max(1, Math.floor(width / cell));
  const count = fitting > 1 && fitting * cell === width ? fitting - 1 : fitting;
  const rows = Math.ceil(cells.length / count);
  let out = '';
  for (let row = 0; row < rows; row++) {
    const line = cells.filter((_, i) => i % rows === row);
    out += `${line.map((text, i) => (i < count - 1 ? text + ' '.repeat(cell - textWidth(text)) : text)).join('')}\n`;
  }
  return out;
}
