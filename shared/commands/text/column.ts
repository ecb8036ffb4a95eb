/** column(1) of util-linux 2.38: fills columns, or with -t makes a table. */
import type { Bytes, Errno } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import type { Sys } from '../../shell/index.ts';
import { eachInput, type GnuUsage, program } from '../coreutils/index.ts';

const COLUMN: GnuUsage = {
  usage: '[options] [<file>...]',
  summary: 'Columnate lists.',
  options: [
    { short: 't', long: 'table', help: 'create a table' },
    { short: 's', long: 'separator', argument: 'required', help: 'possible table delimiters' },
    { short: 'o', long: 'output-separator', argument: 'required', help: 'columns separator for table output (default is two spaces)' },
    { short: 'N', long: 'table-columns', argument: 'required', help: 'comma separated columns names' },
    { short: 'R', long: 'table-right', argument: 'required', help: 'right align text in these columns' },
    { short: 'c', long: 'output-width', argument: 'required', help: 'width of output in number of characters' },
    { short: 'x', long: 'fillrows', help: 'fill rows before columns' },
    { short: 'L', long: 'keep-empty-lines', help: "don't ignore empty lines" },
    { short: 'n' },
  ],
};
const TAB = 8;

function table(lines: readonly Bytes[], separators: Bytes | undefined, glue: Bytes, names: readonly Bytes[], isRight: (column: number) => boolean): Bytes {
  const rows = lines.map((line) => {
    if (separators === undefined) return line.trim() === '' ? [] : line.trim().split(/[ \t]+/);
    const cells: Bytes[] = [''];
    for (const char of line) {
      if (separators.includes(char)) cells.push('');
      else cells[cells.length - 1] += char;
    }
    return cells;
  });
  if (names.length > 0) rows.unshift([...names]);
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map((row) => {
      const cells = widths.map((width, i) => {
        const cell = row[i] ?? '';
        if (isRight(i)) return cell.padStart(width);
        return i === count - 1 ? cell : cell.padEnd(width);
      });
      return `${cells.join(glue)}\n`;
    })
    .join('');
}

/** Lists are filled with tabs, as wide as the longest name needs. */
function fill(lines: readonly Bytes[], width: number, byRows: boolean): Bytes {
  const longest = Math.max(...lines.map((line) => line.length));
  const cell = (Math.floor(longest / TAB) + 1) * TAB;
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(lines.length / columns);
  let out = '';
  for (let row = 0; row < rows; row++) {
    const cells = byRows ? lines.slice(row * columns, (row + 1) * columns) : lines.filter((_, i) => i % rows === row);
    out += cells.map((text, i) => (i === cells.length - 1 ? text : text + '\t'.repeat(Math.ceil((cell - text.length) / TAB)))).join('');
    out += '\n';
  }
  return out;
}

const column = program(COLUMN, function* (p, parsed) {
  let text = '';
  const status = yield* eachInput(p, parsed.operands, function* (fd): Sys<Errno | undefined> {
    const all = yield* p.readAll(fd);
    if (!all.ok) return all.error;
    text += all.value;
    return undefined;
  });
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const lines = parsed.has('keep-empty-lines') ? all : all.filter((line) => line.trim() !== '');
  if (lines.length === 0) return status;
  const right = parsed.options.get('table-right')?.split(',') ?? [];
  const names = parsed.options.get('table-columns')?.split(',') ?? [];
  const isRight = (i: number): boolean => right.includes(String(i + 1)) || (names[i] !== undefined && right.includes(names[i]));
  const size = p.fds.get(1)?.control({ kind: 'tty.get-size' }, p);
  const columns = size?.ok ? (size.value as { readonly columns: number }).columns : Number(p.getenv('COLUMNS') ?? 80);
  const width = Number(parsed.options.get('output-width') ?? columns);
  const isTable = parsed.has('table') || names.length > 0;
  yield* p.print(
    isTable
      ? table(lines, parsed.options.get('separator'), parsed.options.get('output-separator') ?? '  ', names, isRight)
      : fill(lines, width, parsed.has('fillrows')),
  );
  return status;
});

export const COLUMN_PROGRAMS: readonly InstalledProgram[] = [{ path: '/usr/bin/column', main: column, origin: 'bsdextrautils 2.38.1' }];
