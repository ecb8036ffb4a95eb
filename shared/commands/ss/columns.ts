/**
 * ss's table: columns as wide as what is in them, at a terminal stretched over its width (render_calc_width of ss.c). The last cell of the last row
 * is not measured: it was not complete when widths were taken.
 */
import type { Bytes } from '../../base/index.ts';

const COLUMNS = [
  { header: 'Netid', before: '', align: 'left' },
  { header: 'State', before: ' ', align: 'left' },
  { header: 'Recv-Q', before: ' ', align: 'left' },
  { header: 'Send-Q', before: ' ', align: 'left' },
  { header: 'Local Address:', before: ' ', align: 'right' },
  { header: 'Port', before: '', align: 'left' },
  { header: 'Peer Address:', before: ' ', align: 'right' },
  { header: 'Port', before: '', align: 'left' },
  { header: 'Process', before: '', align: 'left' },
] as const;
export const COLUMN_COUNT = COLUMNS.length;

export interface TableOptions {
  readonly showsNetid: boolean;
  readonly showsState: boolean;
  readonly showsHeader: boolean;
  /** Undefined: not a terminal. */
  readonly width: number | undefined;
}

export function renderTable(rows: readonly (readonly Bytes[])[], options: TableOptions): Bytes {
  const shown = COLUMNS.map((_, i) => (i === 0 ? options.showsNetid : i === 1 ? options.showsState : true));
  const lines = options.showsHeader ? [COLUMNS.map(({ header }) => header as Bytes), ...rows] : rows;
  if (lines.length === 0) return '';
  const widths = widthsOf(lines, shown, rows.length > 0);
  if (options.width !== undefined) stretch(widths, options.width);
  return lines.map((cells) => line(cells, shown, widths)).join('');
}

function widthsOf(lines: readonly (readonly Bytes[])[], shown: readonly boolean[], lastIsOpen: boolean): number[] {
  let isFirst = true;
  return COLUMNS.map(({ before }, i) => {
    if (!shown[i]) return 0;
    const isLast = i === COLUMN_COUNT - 1;
    const measured = isLast && lastIsOpen ? lines.slice(0, -1) : lines;
    const longest = Math.max(0, ...measured.map((cells) => cells[i]!.length));
    const width = !isFirst && longest > 0 ? longest + before.length : longest;
    if (width > 0) isFirst = false;
    return width;
  });
}
/** What is left of the screen goes to the columns in equal parts; what does not fit goes to the next line. */
function stretch(widths: number[], screen: number): void {
  let length = 0;
  let count = 0;
  let from = 0;
  const share = (to: number): void => {
    const room = screen - length;
    if (room > 0 && count > 0) {
      const each = Math.floor(room / count);
      let rest = room % count;
      for (let i = to; i >= from; i--) {
        if (widths[i] === 0) continue;
        widths[i]! += each;
        if (rest > 0) {
          widths[i]!++;
          rest--;
        }
      }
    }
    from = to + 1;
    length = count = 0;
  };
  for (let i = 0; i < widths.length; i++) {
    widths[i] = Math.min(widths[i]!, screen);
    if (widths[i] === 0) continue;
    if (length + widths[i]! > screen && count > 0) share(i - 1);
    length += widths[i]!;
    count++;
    if (widths.slice(i + 1).every((width) => width === 0)) share(i);
  }
}
function line(cells: readonly Bytes[], shown: readonly boolean[], widths: readonly number[]): Bytes {
  let text = '';
  let isFirst = true;
  for (const [i, cell] of cells.entries()) {
    if (!shown[i]) continue;
    const { before, align } = COLUMNS[i]!;
    const delimiter = isFirst ? '' : before;
    const padding = ' '.repeat(Math.max(0, widths[i]! - delimiter.length - cell.length));
    text += delimiter + (align === 'right' ? padding + cell : cell + padding);
    isFirst = false;
  }
  return `${text}\n`;
}
