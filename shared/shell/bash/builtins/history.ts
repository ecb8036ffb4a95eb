/** history, fc and bind: the lines that were typed, and the keys they are typed with. */
import { utf8Decode, utf8Encode, type Bytes } from '../../../base/index.ts';
import { expandHistory } from '../history-expansion.ts';
import { History } from '../history.ts';
import type { Builtin, Shell } from '../shell.ts';
import { strftime } from './strftime.ts';
import { readOptions, type Parsed } from './usage.ts';

const linesOf = (shell: Shell): History => (shell.history ??= new History());

const history: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'acd:npsrw');
  if (typeof parsed === 'number') return parsed;
  const lines = linesOf(shell);
  if (parsed.options.filter(({ letter }) => 'anrw'.includes(letter)).length > 1) return shell.fail('cannot use more than one of -anrw');
  if (parsed.has('c')) {
    lines.clear();
    if (parsed.rest.length === 0) return 0;
  }
  if (parsed.has('s')) {
    if (parsed.rest.length > 0) lines.keep(parsed.rest.join(' '), shell);
    return 0;
  }
  if (parsed.has('p')) return show(shell, lines, parsed.rest);
  const place = parsed.value('d');
  if (place !== undefined) return remove(shell, lines, place);
  if (parsed.rest.length > 0 && !/[anrw]/.test(parsed.options.map(({ letter }) => letter).join(''))) {
    if (!/^[+-]?\d+$/.test(parsed.rest[0] ?? '')) return shell.fail(`${parsed.rest[0] ?? ''}: numeric argument required`);
    if (parsed.rest.length > 1) return shell.fail('too many arguments');
  }
  const action = parsed.options.find(({ letter }) => 'anrw'.includes(letter))?.letter;
  return action === undefined ? list(shell, lines, parsed.rest[0]) : transfer(shell, lines, action, parsed);
};

function list(shell: Shell, lines: History, count: Bytes | undefined): number {
  const from = count === undefined ? 0 : Math.max(0, lines.list.length - Math.abs(Number(count)));
  const format = shell.getVariable('HISTTIMEFORMAT');
  lines.list.forEach((line, i) => {
    const time = format === undefined || format === '' ? '' : utf8Encode(strftime(utf8Decode(format), lines.stampOf(i)));
    if (i >= from) shell.put(`${String(lines.base + i).padStart(5)}  ${time}${line}\n`);
  });
  return 0;
}

/** `-p`: words with their `!` replaced; the line that asks is no part of the history. */
function show(shell: Shell, lines: History, words: readonly Bytes[]): number {
  if (words.length > 0 && shell.options.isSet('history')) lines.delete(lines.length);
  for (const word of words) {
    const expansion = expandHistory(word, lines.list, { from: '', to: '' });
    if (expansion.kind === 'failed') return shell.fail(`${word}: history expansion failed`);
    shell.put(`${expansion.kind === 'changed' ? expansion.line : word}\n`);
  }
  return 0;
}

/** `-d`: an entry by number, from the end below zero, or from one to another. */
function remove(shell: Shell, lines: History, place: Bytes): number {
  const number = (text: Bytes): number => (text.startsWith('-') ? lines.length + 1 + Number(text) : Number(text));
  const fail = (): number => shell.fail(`${place}: history position out of range`);
  const range = /^(-?\d+)-(-?\d+)$/.exec(place);
  if (range) {
    const [from, to] = [number(range[1] ?? ''), number(range[2] ?? '')];
    if (lines.get(from) === undefined || lines.get(to) === undefined) return fail();
    for (let at = to; at >= from; at--) lines.delete(at);
    return 0;
  }
  if (!/^-?\d+$/.test(place)) return fail();
  return lines.delete(number(place)) ? 0 : fail();
}

/** Between the history and a file: `-a` what is new, `-w` all, `-r` and `-n` from it. */
function transfer(shell: Shell, lines: History, action: string, parsed: Parsed): number {
  const [path = shell.getVariable('HISTFILE') ?? ''] = parsed.rest;
  if (path === '') return parsed.rest.length > 0 ? 1 : 0;
  const { fs } = shell.process;
  const stamps = shell.getVariable('HISTTIMEFORMAT') !== undefined;
  if (action === 'a' || action === 'w') {
    const before = action === 'a' ? fs.readFile(path) : undefined;
    const text = action === 'a' ? lines.takeNew(stamps) : lines.text(0, stamps);
    const written = fs.writeFile(path, `${before?.ok ? before.value : ''}${text}`, { mode: 0o600 });
    return written.ok ? 0 : shell.failErrno(path, written.error);
  }
  const text = fs.readFile(path);
  if (!text.ok) return shell.failErrno(path, text.error);
  lines.take(text.value, shell);
  return 0;
}

const fc: Builtin = (shell, args) => {
  // `-1` is a place, no option
  const place = args.findIndex((word, i) => i > 0 && /^-\d/.test(word));
  const parsed = readOptions(shell, place < 0 ? args : [...args.slice(0, place), '--', ...args.slice(place)], 'e:lnrs');
  if (typeof parsed === 'number') return parsed;
  const lines = linesOf(shell);
  // the entry of fc itself does not count
  const entries = shell.options.isSet('history') ? lines.list.slice(0, -1) : lines.list;
  if (entries.length === 0) return parsed.has('l') || (lines.list.length === 0 && !parsed.has('s')) ? 0 : shell.fail('no command found');
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

/**
 * What keys do, and which ones do it, is not modelled: keys are those of readline's emacs mode and stay so. Start-up files bind some, for which
 * this must be no failure that ends them.
 */
const bind: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'lpsvPSVXm:f:q:u:r:x:');
  if (typeof parsed === 'number') return parsed;
  if (!shell.isInteractive) shell.say(`${shell.prefix}bind: warning: line editing not enabled\n`);
  if (args.length === 1) return 0;
  return shell.fail('not modelled: the keys are those of the emacs mode, and cannot be listed or changed');
};

export const HISTORY: readonly (readonly [string, Builtin])[] = [
  ['history', history],
  ['fc', fc],
  ['bind', bind],
];
