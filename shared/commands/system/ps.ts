/** ps of procps-ng 4.0.2: which processes of the reader's pid namespace an invocation chooses, and how it lists them. */
import { type Process, type Program, type Sys } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { COLUMNS, FORMATS, ttyOf, type Column, type Row } from './ps-columns.ts';
import { ADVICE, PS_OPTIONS } from './ps-help.ts';
import { CommandLine, isTerminalless, PsError, type Settings, type Test } from './ps-options.ts';

function chosen(p: Process, { lists, all, flags }: Settings): Test {
  const isMine: Test = ({ process }) => process.credentials.euid === p.credentials.euid;
  let test: Test;
  if (all || (flags.has('a') && flags.has('x')) || flags.has('-d')) test = (row) => !flags.has('-d') || all || row.pid !== row.process.sid;
  else if (lists.length > 0) test = (row) => lists.some((list) => list(row));
  else if (flags.has('a')) test = (row) => !isTerminalless(row);
  else if (flags.has('-a')) test = (row) => !isTerminalless(row) && row.pid !== row.process.sid;
  else if (flags.has('x')) test = isMine;
  else if (flags.has('bsd')) test = (row) => isMine(row) && !isTerminalless(row);
  else test = (row) => isMine(row) && ttyOf(row) === ttyOf({ process: p });
  const running: Test = (row) => !flags.has('r') || row.process.state === 'running';
  return (row) => (flags.has('negate') ? !test(row) : test(row)) && running(row);
}

/** Parents in front of their children, each with the lines of the tree that lead to it. */
function forest(rows: readonly Row[], kind: 'forest' | 'indent'): readonly Row[] {
  const known = new Set(rows.map(({ pid }) => pid));
  const shown: Row[] = [];
  const walk = (row: Row, before: string, depth: number, isLast: boolean): void => {
    const branch = depth === 0 ? '' : kind === 'indent' ? '  '.repeat(depth) : `${before} \\_ `;
    shown.push({ ...row, branch });
    const children = rows.filter(({ pid, process }) => process.ppid === row.pid && pid !== row.pid);
    const deeper = depth === 0 ? '' : `${before}${isLast ? '    ' : ' |  '}`;
    // The children of process 1 begin trees of their own.
    const below = kind === 'forest' && row.pid === 1 ? 0 : depth + 1;
    children.forEach((child, i) => walk(child, deeper, below, i === children.length - 1));
  };
  for (const row of rows) if (!known.has(row.process.ppid) || row.process.ppid === row.pid) walk(row, '', 0, true);
  return shown;
}

/** Cells under their titles; what is too wide for its column takes from the blanks in front of the next one. */
function lineOf(cells: readonly string[], columns: readonly Column[]): string {
  let line = '';
  let excess = 0;
  cells.forEach((cell, i) => {
    const { width, isLeft } = columns[i]!;
    const isLast = i === cells.length - 1;
    const text = isLast || !isLeft ? cell : cell.slice(0, Math.max(width, columns[i]!.title === cell ? cell.length : 0));
    const room = Math.max(0, width - excess);
    const padded = isLeft ? (isLast ? text : text.padEnd(room)) : text.padStart(room);
    line += (i > 0 ? ' ' : '') + padded;
    excess = Math.max(0, excess + padded.length - width);
  });
  return line;
}

const withColumns = (format: readonly Column[], { flags }: Settings, isFull: boolean): readonly Column[] => {
  const columns = [...format];
  const after = (title: string, ...added: string[]): void =>
    void columns.splice(columns.findIndex((each) => each.title === title) + 1, 0, ...added.map((name) => COLUMNS[name]!));
  if (flags.has('-L')) {
    after(isFull ? 'PPID' : 'PID', 'lwp');
    if (isFull) after('C', 'nlwp');
  }
  if (flags.has('-T')) after('PID', 'spid');
  if (flags.has('-P')) after(isFull ? 'C' : 'PID', 'psr');
  if (flags.has('Z')) columns.unshift(COLUMNS['label']!);
  return columns;
};

function* show(p: Process, settings: Settings): Sys<number> {
  const { flags, sort, format } = settings;
  const all: readonly Row[] = p.namespaces.pid.list().map(({ pid, process }) => ({ pid, process, branch: '' }));
  let rows: readonly Row[] = all.filter(chosen(p, settings));
  for (const { column, isDown } of [...sort].reverse()) {
    const { key } = column;
    const order = key
      ? (a: Row, b: Row) => key(a, p) - key(b, p)
      : (a: Row, b: Row) => (column.show(a, p) < column.show(b, p) ? -1 : column.show(a, p) > column.show(b, p) ? 1 : 0);
    rows = rows.toSorted((a, b) => (isDown ? order(b, a) : order(a, b)));
  }
  if (flags.has('forest')) rows = forest(rows, 'forest');
  else if (flags.has('indent')) rows = forest(rows, 'indent');
  let columns = typeof format === 'string' ? withColumns(FORMATS[format], settings, format === 'f' || format === 'F') : format;
  if (flags.has('names')) columns = columns.map((each) => (each.title === 'COMMAND' ? { ...COLUMNS['comm']!, title: each.title } : each));
  const size = p.fds.get(1)?.control({ kind: 'tty.get-size' }, p);
  const width = settings.columns ?? (size?.ok && !flags.has('wide') ? (size.value as { readonly columns: number }).columns : undefined);
  const cut = (line: string): string => (width === undefined ? line : line.slice(0, width));
  if (!flags.has('no-headers') && columns.some(({ title }) => title !== ''))
    yield* p.print(
      `${cut(
        lineOf(
          columns.map(({ title }) => title),
          columns,
        ),
      )}\n`,
    );
  for (const row of rows) {
    yield* p.print(
      `${cut(
        lineOf(
          columns.map((column) => column.show(row, p)),
          columns,
        ),
      )}\n`,
    );
    yield* p.tick();
  }
  return rows.length > 0 ? 0 : 1;
}

const PS: Declaration = { synopsis: '[options]', options: PS_OPTIONS, missing: ['threads', 'the formats s, v and X', 'memory that grows'] };
export const ps: Program = declared(PS, function* (p) {
  let settings: Settings;
  try {
    settings = new CommandLine(p, p.argv, false).parse();
  } catch (first) {
    if (!(first instanceof PsError)) throw first;
    try {
      // What SysV refuses may be BSD's with a hyphen in front: `ps -aux`.
      settings = new CommandLine(p, p.argv, true).parse();
    } catch (second) {
      if (!(second instanceof PsError)) throw second;
      const words = second.message.startsWith('unsupported') ? first.message.replace('unsupported SysV option', second.message) : first.message;
      if (words.startsWith('not modelled')) return (yield* p.error(`${words}\n`), 1);
      return (yield* p.error(`error: ${words}\n${ADVICE}`), 1);
    }
  }
  if (settings.answer !== undefined) return (yield* p.print(settings.answer), 0);
  return yield* show(p, settings);
});
