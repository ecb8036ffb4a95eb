/** ps of procps-ng 4.0: what it reads, it reads from the process table of its own pid namespace. */
import type { Process, Program, Sys } from '../../shell/index.ts';
import { declared, type Declaration } from '../declaration.ts';
import { owners, shortClock } from '../coreutils/index.ts';

interface Row {
  readonly pid: number;
  readonly process: Process;
}
const rowsOf = (p: Process): readonly Row[] => p.namespaces.pid.list();
const LETTER = { running: 'R', sleeping: 'S', stopped: 'T', zombie: 'Z' } as const;
const commandOf = ({ process }: Row): string =>
  process.argv.length > 0 && process.state !== 'zombie'
    ? process.argv.join(' ').replaceAll('\n', ' ')
    : `[${process.comm}]${process.state === 'zombie' ? ' <defunct>' : ''}`;
const ttyOf = ({ process }: Row): string => {
  const name = process.fds.get(0)?.control({ kind: 'tty.name' }, process);
  return name?.ok && process.group.session.terminal ? String(name.value).replace('/dev/', '') : '?';
};
const cpuOf = (row: Row): string => {
  const seconds = Math.floor(row.process.cpuUs / 1e6);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

interface Column {
  readonly title: string;
  readonly width: number;
  readonly left: boolean;
  readonly show: (row: Row, p: Process) => string;
}
const right = (title: string, width: number, show: Column['show']): Column => ({ title, width, left: false, show });
const left = (title: string, width: number, show: Column['show']): Column => ({ title, width, left: true, show });
const parentOf = (row: Row): string => String(row.process.ppid);
const user = (row: Row, p: Process): string => owners(p).user(row.process.uid);
const COLUMNS: Readonly<Record<string, Column>> = {
  pid: right('PID', 7, (row) => String(row.pid)),
  ppid: right('PPID', 7, parentOf),
  pgid: right('PGID', 7, (row) => String(row.process.pgid)),
  sid: right('SID', 7, (row) => String(row.process.sid)),
  user: left('USER', 8, user),
  uid: left('UID', 8, user),
  tty: left('TTY', 8, ttyOf),
  tt: left('TT', 8, ttyOf),
  time: right('TIME', 8, cpuOf),
  comm: left('COMMAND', 15, (row) => row.process.comm + (row.process.state === 'zombie' ? ' <defunct>' : '')),
  cmd: left('CMD', 27, commandOf),
  args: left('COMMAND', 27, commandOf),
  command: left('COMMAND', 27, commandOf),
  stat: left('STAT', 4, (row) => LETTER[row.process.state]),
  s: left('S', 1, (row) => LETTER[row.process.state]),
  netns: right('NETNS', 10, (row) => String(row.process.namespace('net').ino)),
};

function* table(p: Process, columns: readonly Column[], rows: readonly Row[]): Sys {
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        i === cells.length - 1 && columns[i]?.left ? cell : columns[i]?.left ? cell.padEnd(columns[i].width) : cell.padStart(columns[i]?.width ?? 0),
      )
      .join(' ');
  if (columns.some((column) => column.title !== '')) yield* p.print(`${line(columns.map((column) => column.title))}\n`);
  for (const row of rows) yield* p.print(`${line(columns.map((column) => column.show(row, p)))}\n`);
}
const column = (name: string, title?: string): Column => {
  const found = COLUMNS[name] ?? left(name.toUpperCase(), 8, () => '-');
  return title === undefined ? found : { ...found, title };
};

const PS: Declaration = {
  synopsis: '[options]',
  options: [
    { names: ['-e', '-A'], help: 'all processes' },
    { names: ['a', 'x'], help: 'all processes, BSD style' },
    { names: ['u'], help: 'user-oriented format, BSD style' },
    { names: ['-f'], help: 'full-format listing' },
    { names: ['-o', '--format'], value: '<format>', help: 'user-defined format' },
    { names: ['-p', '--pid'], value: '<PID>', help: 'process id' },
  ],
};
const ps: Program = function* (p) {
  let everything = false;
  let format: 'short' | 'full' | 'bsd' | readonly Column[] = 'short';
  const pids = new Set<number>();
  const argv = p.argv.slice(1);
  for (let word = argv.shift(); word !== undefined; word = argv.shift()) {
    const letters = word.replace(/^-/, '');
    const own = /^-?[A-Za-z]*o(.*)$/.exec(word);
    if (/^-?-?(format|o)/.test(word) || (own && word.startsWith('-'))) {
      if (/[eA]/.test(letters.replace(/o.*/, ''))) everything = true;
      const list = (own?.[1] === '' ? argv.shift() : own?.[1]?.replace(/^rmat=?/, '')) ?? '';
      format = list
        .split(/[ ,]+(?![^=]*$)|,/)
        .filter((each) => each !== '')
        .map((each) => {
          const [name = '', title] = each.split(/=(.*)/s);
          return column(name.trim(), title);
        });
      continue;
    }
    if (letters === 'p' || word === '--pid') {
      for (const pid of (argv.shift() ?? '').split(',')) pids.add(Number(pid));
      continue;
    }
    if (/^\d+$/.test(word)) {
      pids.add(Number(word));
      continue;
    }
    if (/^-?[A-Za-z]+$/.test(word)) {
      if (word.startsWith('-') ? /[eA]/.test(letters) : /[ax]/.test(letters)) everything = true;
      if (word.startsWith('-') ? letters.includes('f') : false) format = 'full';
      if (!word.startsWith('-') && letters.includes('u')) format = 'bsd';
      continue;
    }
    yield* p.error('error: unsupported option (BSD syntax)\n');
    return 1;
  }
  const terminal = p.group.session.terminal;
  const rows = rowsOf(p).filter((row) =>
    pids.size > 0 ? pids.has(row.pid) : everything || (row.process.group.session.terminal === terminal && row.process.uid === p.uid),
  );
  const clock = (row: Row): string => shortClock(p.unixUs - (p.nowUs - row.process.startedUs));
  if (typeof format !== 'string') yield* table(p, format, rows);
  else if (format === 'full') {
    const start = left('STIME', 5, clock);
    yield* table(
      p,
      [column('uid'), column('pid'), column('ppid'), right('C', 2, () => '0'), start, column('tty'), right('TIME', 8, cpuOf), column('cmd')],
      rows,
    );
  } else if (format === 'bsd') {
    yield* table(
      p,
      [
        column('user'),
        right('PID', 7, (row) => String(row.pid)),
        right('%CPU', 4, () => '0.0'),
        right('%MEM', 4, () => '0.0'),
        right('VSZ', 6, () => '3940'),
        right('RSS', 5, () => '2976'),
        column('tty'),
        column('stat'),
        left('START', 7, clock),
        right('TIME', 6, (row) => cpuOf(row).slice(3).replace(/^0/, '')),
        column('command'),
      ],
      rows,
    );
  } else yield* table(p, [column('pid'), column('tty'), right('TIME', 8, cpuOf), left('CMD', 15, (row) => row.process.comm)], rows);
  return rows.length > 0 ? 0 : 1;
};

export const PROCESS_TOOLS: Readonly<Record<string, Program>> = { ps: declared(PS, ps) };
