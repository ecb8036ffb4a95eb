/**
 * What the line editor shows: the prompt's last line and the text after it, wrapped at the width of the terminal.
 * Invariant: what is on the screen from the prompt's last line on is redrawn as a whole; nothing above it is touched.
 */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';
import type { EditBuffer } from './buffer.ts';
import { charWidth, textWidth } from './width.ts';

const TAB = 8;

export class Screen {
  private readonly promptLines: readonly string[];
  private readonly promptWidth: number;
  /** Row of the cursor below the prompt's last line, as drawn, and of the end of the text. */
  private row = 0;
  private lastRow = 0;

  constructor(
    private readonly p: Process,
    prompt: Bytes,
  ) {
    const lines = utf8Decode(prompt).split('\n');
    this.promptWidth = textWidth(visible(lines.at(-1) ?? ''));
    this.promptLines = lines.map((line) => line.replace(/[\x01\x02]/g, ''));
  }

  get columns(): number {
    const size = this.p.fds.get(0)?.control({ kind: 'tty.get-size' }, this.p);
    const columns = size?.ok ? (size.value as { readonly columns?: number }).columns : undefined;
    return columns !== undefined && columns > 1 ? columns : 80;
  }
  *write(text: string): Sys {
    yield* this.p.write(2, utf8Encode(text));
  }
  *begin(): Sys {
    yield* this.write(this.promptLines.join('\n'));
  }
  /** Below something that was listed, or on a cleared screen. */
  *again(buffer: EditBuffer): Sys {
    this.row = 0;
    yield* this.write(
      this.promptLines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    );
    yield* this.draw(buffer);
  }
  *draw(buffer: EditBuffer): Sys {
    const { columns, promptWidth } = this;
    const text = shown(buffer.chars, promptWidth);
    const end = place(promptWidth, text, columns);
    const at = place(promptWidth, shown(buffer.chars.slice(0, buffer.cursor), promptWidth), columns);
    const wrap = end.column === 0 && end.row > 0 && !text.endsWith('\n') ? ' \b' : '';
    const up = end.row - at.row;
    const move = `${up > 0 ? `\x1b[${up}A` : ''}\r${at.column > 0 ? `\x1b[${at.column}C` : ''}`;
    yield* this.write(`${this.toStart()}${this.promptLines.at(-1) ?? ''}${text}${wrap}\x1b[J${move}`);
    this.row = at.row;
    this.lastRow = end.row;
  }
  /** Text at the end of the line needs no redrawing while it does not wrap. */
  *append(text: string, buffer: EditBuffer): Sys {
    const isAtEnd = buffer.cursor === buffer.chars.length;
    const isPlain = !/[\x00-\x1f\x7f]/.test(buffer.text);
    if (isAtEnd && isPlain && this.promptWidth + textWidth(buffer.text) < this.columns) yield* this.write(text);
    else yield* this.draw(buffer);
  }
  /** A text in the place of prompt and line, the cursor `cursor` characters into it. */
  *replace(text: string, cursor: number): Sys {
    const { columns } = this;
    const end = place(0, text, columns);
    const at = place(0, [...text].slice(0, cursor).join(''), columns);
    const up = end.row - at.row;
    yield* this.write(`${this.toStart()}\x1b[J${text}${up > 0 ? `\x1b[${up}A` : ''}\r${at.column > 0 ? `\x1b[${at.column}C` : ''}`);
    this.row = at.row;
    this.lastRow = end.row;
  }
  /** The text fills its last row: the cursor is below it already. */
  endsAtMargin(buffer: EditBuffer): boolean {
    const text = shown(buffer.chars, this.promptWidth);
    const { row, column } = place(this.promptWidth, text, this.columns);
    return row > 0 && column === 0 && !text.endsWith('\n');
  }
  /** To the beginning of the text's last row, which stays as it stands. */
  toLastRow(): string {
    const down = this.lastRow - this.row;
    this.row = this.lastRow;
    return down > 0 ? `\x1b[${down}B` : '';
  }
  private toStart(): string {
    return `\r${this.row > 0 ? `\x1b[${this.row}A` : ''}`;
  }
}

/** Where the cursor is after `text` that begins at column `start` of row 0. */
function place(start: number, text: string, columns: number): { readonly row: number; readonly column: number } {
  let row = Math.floor(start / columns);
  let column = start % columns;
  for (const char of text) {
    if (char === '\n') {
      row++;
      column = 0;
      continue;
    }
    const width = charWidth(char);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
    if (column === columns) {
      row++;
      column = 0;
    }
  }
  return { row, column };
}
/** Control characters show as ^X, tabs as spaces up to the next stop. */
function shown(chars: readonly string[], start: number): string {
  let text = '';
  let column = start;
  for (const char of chars) {
    const code = char.charCodeAt(0);
    const one = char === '\t' ? ' '.repeat(TAB - (column % TAB)) : char === '\n' || (code >= 32 && code !== 127) ? char : `^${String.fromCharCode(code ^ 64)}`;
    text += one;
    column = char === '\n' ? 0 : column + textWidth(one);
  }
  return text;
}
/** A prompt without what does not show. */
const visible = (prompt: string): string =>
  prompt
    .replace(/\x01[^\x02]*\x02/g, '')
    .replace(/\x1b\[[\d;]*[A-Za-z]/g, '')
    .replace(/[\x01\x02]/g, '');
