/**
 * The form of the cases: `#### TITLE`, then a line for each burst of keys, `^X` and JSON's escapes in it, after which all is waited for; `@wait MS`
 * waits longer, `@size COLUMNS ROWS` makes the window another size.
 */
export const SIZE = { columns: 60, rows: 20 };

/** @param {string} text @returns {{ title: string, lines: string[] }[]} */
export const casesOf = (text) =>
  text
    .split(/^#### /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.trimEnd().split('\n');
      return { title, lines };
    });

/** @param {string} line @returns {{ keys: string, waitMs?: number, size?: { columns: number, rows: number } }} */
export function keysOf(line) {
  const wait = /^@wait (\d+)$/.exec(line);
  if (wait) return { keys: '', waitMs: Number(wait[1]) };
  const size = /^@size (\d+) (\d+)$/.exec(line);
  if (size) return { keys: '', size: { columns: Number(size[1]), rows: Number(size[2]) } };
  const controls = line.replace(/"/g, '\\"').replace(/\^([A-Z_@[\]\\])/g, (_, /** @type {string} */ key) => {
    return `\\u${(key.charCodeAt(0) & 31).toString(16).padStart(4, '0')}`;
  });
  return { keys: /** @type {string} */ (JSON.parse(`"${controls}"`)) };
}

/** Its text with what has scrolled away, and where the cursor is. @param {import('@xterm/headless').Terminal} terminal */
export function screenOf(terminal) {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n[cursor ${active.cursorX},${active.cursorY + active.baseY}]`;
}

/** Process ids are chance. @param {string} screen */
export const withoutPids = (screen) => screen.replace(/^(\[\d+\] )\d+$/gm, '$1PID');
