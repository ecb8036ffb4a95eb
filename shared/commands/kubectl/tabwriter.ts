/**
 * Columns as Go's text/tabwriter aligns them: a cell is text ended by a tab; a column is a run of consecutive lines that have that cell.
 * The text after a line's last tab belongs to no column.
 */
export interface TabOptions {
  readonly minWidth: number;
  readonly padding: number;
}

/** kubectl's tables, and `describe`. */
export const TABLE_TABS: TabOptions = { minWidth: 6, padding: 3 };
export const DESCRIBE_TABS: TabOptions = { minWidth: 0, padding: 2 };

/** `widths`: what columns had before, for tables that go on (RememberWidths); it is written too. */
export function alignTabs(text: string, options: TabOptions, widths?: number[]): string {
  const endsWithNewline = text.endsWith('\n');
  const lines = (endsWithNewline ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'));
  const padded = lines.map((cells) => cells.map((cell) => cell));
  alignBlock(lines, padded, 0, lines.length, 0, options, widths);
  return padded.map((cells) => cells.join('')).join('\n') + (endsWithNewline ? '\n' : '');
}

function alignBlock(
  lines: readonly string[][],
  padded: string[][],
  first: number,
  end: number,
  column: number,
  options: TabOptions,
  widths: number[] | undefined,
): void {
  for (let from = first; from < end;) {
    if (column >= lines[from]!.length - 1) {
      from++;
      continue;
    }
    let to = from;
    let width = Math.max(options.minWidth, widths?.[column] ?? 0);
    let isEmpty = true;
    while (to < end && column < lines[to]!.length - 1) {
      const cell = lines[to]![column]!.length;
      width = Math.max(width, cell + options.padding);
      if (cell > 0) isEmpty = false;
      to++;
    }
    if (isEmpty && options.minWidth === 0) width = options.padding === 0 ? 0 : width;
    if (widths) widths[column] = width;
    for (let line = from; line < to; line++) padded[line]![column] = lines[line]![column]!.padEnd(width);
    alignBlock(lines, padded, from, to, column + 1, options, widths);
    from = to;
  }
}
