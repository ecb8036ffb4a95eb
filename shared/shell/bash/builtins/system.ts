/** umask, ulimit, times, history and fc; bind and the completion builtins as far as scripts set them. */
import type { Bytes } from '../../../base/index.ts';
import { expandHistory } from '../history-expansion.ts';
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

const history: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'cd:anrwps');
  if (typeof parsed === 'number') return parsed;
  const { history: lines } = shell;
  if (!lines) return 0;
  if (parsed.has('c')) {
    lines.clear();
    return 0;
  }
  const place = parsed.value('d');
  if (place !== undefined) return lines.delete(Number(place)) ? 0 : shell.fail(`${place}: history position out of range`);
  if (parsed.has('s')) {
    lines.replaceLast(parsed.rest.join(' '));
    return 0;
  }
  if (parsed.has('p')) {
    lines.delete(lines.length); // the line that asks is no part of it
    for (const word of parsed.rest) {
      const expansion = expandHistory(word, lines.list, { from: '', to: '' });
      if (expansion.kind === 'failed') return shell.fail(`${word}: history expansion failed`);
      shell.put(`${expansion.kind === 'changed' ? expansion.line : word}\n`);
    }
    return 0;
  }
  if (parsed.has('w') || parsed.has('a')) {
    const written = shell.process.fs.writeFile(parsed.rest[0] ?? shell.getVariable('HISTFILE') ?? '', lines.list.map((line) => `${line}\n`).join(''));
    return written.ok ? 0 : shell.failErrno(parsed.rest[0] ?? '', written.error);
  }
  if (parsed.has('r') || parsed.has('n')) {
    const text = shell.process.fs.readFile(parsed.rest[0] ?? shell.getVariable('HISTFILE') ?? '');
    if (!text.ok) return shell.failErrno(parsed.rest[0] ?? '', text.error);
    for (const line of text.value.split('\n')) lines.add(line);
    return 0;
  }
  const [count] = parsed.rest;
  if (count !== undefined && !/^\d+$/.test(count)) return shell.fail(`${count}: numeric argument required`);
  const from = count === undefined ? 0 : Math.max(0, lines.list.length - Number(count));
  lines.list.forEach((line, i) => {
    if (i >= from) shell.put(`${String(lines.base + i).padStart(5)}  ${line}\n`);
  });
  return 0;
};

const fc: Builtin = (shell, args) => {
  // `-1` is a place, no option
  const place = args.findIndex((word, i) => i > 0 && /^-\d/.test(word));
  const parsed = readOptions(shell, place < 0 ? args : [...args.slice(0, place), '--', ...args.slice(place)], 'e:lnrs');
  if (typeof parsed === 'number') return parsed;
  const { history: lines } = shell;
  // the entry of fc itself does not count
  const entries = lines?.list.slice(0, -1) ?? [];
  if (!lines || entries.length === 0) return parsed.has('l') ? 0 : shell.fail('no command found');
  const find = (word: Bytes): number => {
    if (/^-?\d+$/.test(word))
      return Math.max(0, Math.min(entries.length - 1, word.startsWith('-') ? entries.length + Number(word) : Number(word) - lines.base));
    return entries.findLastIndex((entry) => entry.startsWith(word));
  };
  if (parsed.has('l')) {
    const [first, last] = parsed.rest;
    // a number beyond the last means the oldest
    const isBeyond = first !== undefined && /^\d+$/.test(first) && Number(first) - lines.base > entries.length;
    let from = isBeyond ? 0 : first === undefined ? Math.max(0, entries.length - 16) : find(first);
    let to = last === undefined ? entries.length - 1 : find(last);
    if (from < 0 || to < 0) return shell.fail('no command found');
    const isReverse = parsed.has('r') !== from > to;
    if (from > to) [from, to] = [to, from];
    const shown = entries.slice(from, to + 1).map((line, i) => (parsed.has('n') ? `\t ${line}\n` : `${lines.base + from + i}\t ${line}\n`));
    shell.put((isReverse ? shown.reverse() : shown).join(''));
    return 0;
  }
  const wanted = parsed.rest.find((word) => !/.=/.test(word));
  const line = entries[wanted === undefined ? entries.length - 1 : find(wanted)];
  if (line === undefined) return shell.fail('no command found');
  let text = line;
  for (const word of parsed.rest) {
    const at = word.indexOf('=');
    if (at > 0) text = text.replaceAll(word.slice(0, at), word.slice(at + 1));
  }
  shell.say(`${text}\n`);
  lines.replaceLast(text);
  return shell.runner.evaluate(shell, text, { line: shell.line, isFlat: true });
};

/** Keys are bound by the line editor alone. */
const bind: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'lpsvPSVXm:f:q:u:r:x:');
  if (typeof parsed === 'number') return parsed;
  if (!shell.isInteractive) shell.say(`${shell.prefix}bind: warning: line editing not enabled\n`);
  return 0;
};

export const SYSTEM: readonly (readonly [string, Builtin])[] = [
  ['umask', umask],
  ['ulimit', ulimit],
  ['times', times],
  ['history', history],
  ['fc', fc],
  ['bind', bind],
  ['complete', complete],
  ['compgen', compgen],
  ['compopt', compopt],
];
