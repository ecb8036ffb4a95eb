/** umask, ulimit, times, and the completion builtins as far as scripts set them. */
import type { Bytes } from '../../../base/index.ts';
import type { Builtin, Shell } from '../shell.ts';
import { complete, compgen, compopt } from './completion.ts';
import { readOptions } from './usage.ts';

const WHO = ['u', 'g', 'o'] as const;

const symbolic = (mask: number): Bytes =>
  WHO.map((who, i) => {
    const bits = (~mask >> (6 - 3 * i)) & 7;
    return `${who}=${(bits & 4) !== 0 ? 'r' : ''}${(bits & 2) !== 0 ? 'w' : ''}${(bits & 1) !== 0 ? 'x' : ''}`;
  }).join(',');

const umask: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'Sp');
  if (typeof parsed === 'number') return parsed;
  const { process } = shell;
  const [mode] = parsed.rest;
  if (mode === undefined) {
    const shown = parsed.has('S') ? symbolic(process.umask) : process.umask.toString(8).padStart(4, '0');
    shell.put(`${parsed.has('p') ? `umask ${parsed.has('S') ? '-S ' : ''}` : ''}${shown}\n`);
    return 0;
  }
  if (/^\d/.test(mode)) {
    if (!/^[0-7]{1,4}$/.test(mode) || Number.parseInt(mode, 8) > 0o777) return shell.fail(`${mode}: octal number out of range`);
    process.umask = Number.parseInt(mode, 8);
  } else {
    const mask = parseSymbolic(shell, mode, process.umask);
    if (mask === undefined) return 1;
    process.umask = mask;
  }
  if (parsed.has('S')) shell.put(`${symbolic(process.umask)}\n`);
  return 0;
};

function parseSymbolic(shell: Shell, text: Bytes, before: number): number | undefined {
  let allowed = ~before & 0o777;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!match) {
      const bad = /[^ugoa]/.exec(clause)?.[0] ?? '';
      shell.fail(
        /^[ugoa]*[-+=]/.test(clause)
          ? `\`${/[-+=][rwx]*(.)/.exec(clause)?.[1] ?? ''}': invalid symbolic mode character`
          : `\`${bad}': invalid symbolic mode operator`,
      );
      return undefined;
    }
    const [, who = '', operator, letters = ''] = match;
    const bits = (letters.includes('r') ? 4 : 0) | (letters.includes('w') ? 2 : 0) | (letters.includes('x') ? 1 : 0);
    for (const [i, each] of WHO.entries()) {
      if (who !== '' && !who.includes('a') && !who.includes(each)) continue;
      const shift = 6 - 3 * i;
      if (operator === '+') allowed |= bits << shift;
      else if (operator === '-') allowed &= ~(bits << shift);
      else allowed = (allowed & ~(7 << shift)) | (bits << shift);
    }
  }
  return ~allowed & 0o777;
}

const LIMITS: readonly { readonly letter: string; readonly words: string; readonly unit: string; read(shell: Shell): number | 'unlimited' }[] = [
  { letter: 'R', words: 'real-time non-blocking time', unit: 'microseconds, -R', read: () => 'unlimited' },
  { letter: 'c', words: 'core file size', unit: 'blocks, -c', read: () => 0 },
  { letter: 'd', words: 'data seg size', unit: 'kbytes, -d', read: () => 'unlimited' },
  { letter: 'e', words: 'scheduling priority', unit: '-e', read: () => 0 },
  { letter: 'f', words: 'file size', unit: 'blocks, -f', read: () => 'unlimited' },
  { letter: 'i', words: 'pending signals', unit: '-i', read: (shell) => shell.process.os.limits.processes },
  { letter: 'l', words: 'max locked memory', unit: 'kbytes, -l', read: () => 8192 },
  { letter: 'm', words: 'max memory size', unit: 'kbytes, -m', read: () => 'unlimited' },
  { letter: 'n', words: 'open files', unit: '-n', read: (shell) => shell.process.fds.limit },
  { letter: 'p', words: 'pipe size', unit: '512 bytes, -p', read: () => 8 },
  { letter: 'q', words: 'POSIX message queues', unit: 'bytes, -q', read: () => 819200 },
  { letter: 'r', words: 'real-time priority', unit: '-r', read: () => 0 },
  { letter: 's', words: 'stack size', unit: 'kbytes, -s', read: () => 8192 },
  { letter: 't', words: 'cpu time', unit: 'seconds, -t', read: () => 'unlimited' },
  { letter: 'u', words: 'max user processes', unit: '-u', read: (shell) => shell.process.os.limits.processes },
  { letter: 'v', words: 'virtual memory', unit: 'kbytes, -v', read: () => 'unlimited' },
  { letter: 'x', words: 'file locks', unit: '-x', read: () => 'unlimited' },
];

/** Deviation: only the number of open files can be set; setting another limit is accepted and changes nothing. */
const ulimit: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'SHabcdefiklmnpqrstuvxPRT');
  if (typeof parsed === 'number') return parsed;
  const show = (row: (typeof LIMITS)[number]): void => shell.put(`${row.words.padEnd(20)}${`(${row.unit})`.padStart(20)} ${row.read(shell)}\n`);
  if (parsed.has('a')) {
    for (const row of LIMITS) show(row);
    return 0;
  }
  const letters = parsed.options.map(({ letter }) => letter).filter((letter) => letter !== 'S' && letter !== 'H');
  const rows = (letters.length > 0 ? letters : ['f']).map((letter) => LIMITS.find((row) => row.letter === letter)).filter((row) => row !== undefined);
  const [value] = parsed.rest;
  if (value === undefined) {
    for (const row of rows) {
      if (rows.length > 1) show(row);
      else shell.put(`${row.read(shell)}\n`);
    }
    return 0;
  }
  if (!/^(\d+|unlimited|hard|soft)$/.test(value)) return shell.fail(`${value}: invalid number`);
  for (const row of rows) {
    if (row.letter !== 'n' || !/^\d+$/.test(value)) continue;
    if (Number(value) > 1048576) return shell.fail('open files: cannot modify limit: Operation not permitted');
    shell.process.fds.limit = Number(value);
  }
  return 0;
};

const seconds = (us: number): Bytes => `${Math.floor(us / 60e6)}m${((us % 60e6) / 1e6).toFixed(3)}s`;
const times: Builtin = (shell) => {
  shell.put(`${seconds(shell.process.cpuUs)} ${seconds(0)}\n${seconds(0)} ${seconds(0)}\n`);
  return 0;
};

export const SYSTEM: readonly (readonly [string, Builtin])[] = [
  ['umask', umask],
  ['ulimit', ulimit],
  ['times', times],
  ['complete', complete],
  ['compgen', compgen],
  ['compopt', compopt],
];
