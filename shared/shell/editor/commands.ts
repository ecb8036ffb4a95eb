/** What readline's emacs keys do to a line (readline(3), Default Key Bindings). */
import type { EditBuffer } from './buffer.ts';

/** Keys that kill: what they take away follows on from the kill before. */
export const KILLS: ReadonlySet<string> = new Set(['C-k', 'C-u', 'C-w', 'M-d', 'M-Backspace', 'C-Delete', 'C-x Backspace']);

const OPPOSITE: readonly (readonly [string, string])[] = [
  ...([
    ['C-f', 'C-b'],
    ['M-f', 'M-b'],
    ['Right', 'Left'],
    ['M-d', 'M-Backspace'],
    ['C-d', 'Backspace'],
    ['C-k', 'C-u'],
    ['C-n', 'C-p'],
    ['Down', 'Up'],
  ] as const),
];
/** What a key does with a count below zero. */
export const backwards = (name: string): string => OPPOSITE.flatMap(([a, b]) => (a === name ? [b] : b === name ? [a] : []))[0] ?? name;

/** Where a key moves the cursor; undefined when it does not. */
export function motionOf(name: string, buffer: EditBuffer): number | undefined {
  switch (name) {
    case 'C-a':
    case 'Home':
      return 0;
    case 'C-e':
    case 'End':
      return buffer.chars.length;
    case 'C-b':
    case 'Left':
      return buffer.cursor - 1;
    case 'C-f':
    case 'Right':
      return buffer.cursor + 1;
    case 'M-b':
    case 'C-Left':
    case 'M-Left':
      return buffer.wordStart();
    case 'M-f':
    case 'C-Right':
    case 'M-Right':
      return buffer.wordEnd();
    default:
      return undefined;
  }
}

/** What a key changes; undefined when it does not. `last` is the key before. */
export function changeOf(name: string, buffer: EditBuffer, last: string): (() => void) | undefined {
  switch (name) {
    case 'Backspace':
    case 'C-h':
      return () => buffer.delete(Math.max(0, buffer.cursor - 1), buffer.cursor);
    case 'Delete':
      return () => buffer.delete(buffer.cursor, Math.min(buffer.chars.length, buffer.cursor + 1));
    case 'C-k':
      return () => buffer.kill(buffer.cursor, buffer.chars.length);
    case 'C-u':
    case 'C-x Backspace':
      return () => buffer.kill(0, buffer.cursor);
    case 'C-w':
      return () => buffer.kill(buffer.blankStart(), buffer.cursor);
    case 'M-d':
    case 'C-Delete':
      return () => buffer.kill(buffer.cursor, buffer.wordEnd());
    case 'M-Backspace':
      return () => buffer.kill(buffer.wordStart(), buffer.cursor);
    case 'M-\\':
      return () => {
        let [from, to] = [buffer.cursor, buffer.cursor];
        while (buffer.chars[from - 1] === ' ') from--;
        while (buffer.chars[to] === ' ') to++;
        buffer.delete(from, to);
      };
    case 'C-y':
      return () => buffer.insert(buffer.yanked);
    case 'M-y':
      return () => {
        const old = [...buffer.yanked].length;
        if (last === 'C-y' || last === 'M-y') buffer.replace(buffer.cursor - old, buffer.cursor, buffer.rotate());
      };
    case 'C-t':
      return () => buffer.transpose();
    case 'M-u':
      return () => buffer.changeWord((word) => word.toUpperCase());
    case 'M-l':
      return () => buffer.changeWord((word) => word.toLowerCase());
    case 'M-c':
      return () => buffer.changeWord((word) => word.toLowerCase().replace(/\p{L}/u, (char) => char.toUpperCase()));
    case 'M-t':
      return () => buffer.transposeWords();
    case 'M-r':
      return () => buffer.revert();
    default:
      return undefined;
  }
}
