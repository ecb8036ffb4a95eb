/** What Tab offers at a place of a line: commands, variables, files, and whatever the machine knows of a command's arguments. */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import type { Candidate, Candidates } from '../editor/index.ts';
import { NEXT_TURN, type Sys } from '../process/wait.ts';
import { commandNames, fileNames } from './builtins/completion.ts';
import type { Shell } from './shell.ts';

/** Words of the command that the cursor is in, and where the last one begins. */
interface Place {
  readonly words: readonly string[];
  readonly from: number;
  readonly quote: string;
}

function placeOf(line: string, cursor: number): Place {
  const chars = [...line].slice(0, cursor);
  let words: string[] = [];
  let word = '';
  let from = 0;
  let quote = '';
  let isOpen = false;
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else word += char;
      continue;
    }
    if (char === '"' || char === "'") {
      if (!isOpen) from = i;
      quote = char;
      isOpen = true;
    } else if (char === '\\') {
      if (!isOpen) from = i;
      word += chars[++i] ?? '';
      isOpen = true;
    } else if (/\s/.test(char)) {
      if (isOpen) words.push(word);
      word = '';
      isOpen = false;
    } else if (/[;|&(`]/.test(char) || char === '<' || char === '>') {
      if (isOpen) words.push(word);
      if (/[;|&(`]/.test(char)) words = [];
      word = '';
      isOpen = false;
    } else {
      if (!isOpen) from = i;
      word += char;
      isOpen = true;
    }
  }
  return { words: [...words, word], from: isOpen ? from : chars.length, quote };
}

const PREFIXES = new Set(['sudo', 'exec', 'command', 'time', 'nohup', 'watch', 'env', 'then', 'do', 'else', '!']);

export function* completeLine(shell: Shell, line: string, cursor: number): Sys<Candidates> {
  yield NEXT_TURN;
  const { words, from, quote } = placeOf(line, cursor);
  const word = words.at(-1) ?? '';
  const bytes = words.map(utf8Encode);
  let before = bytes.slice(0, -1);
  while (before[0] !== undefined && PREFIXES.has(before[0])) before = before.slice(1);
  // what runs in a namespace is a command of its own
  const exec = before.indexOf('exec');
  if (before[0] === 'ip' && before[1]?.startsWith('net') && exec >= 0 && before.length > exec + 2) before = before.slice(exec + 2);
  else if (before[0] === 'ip' && exec >= 0 && before.length === exec + 2) before = [];
  const list = (texts: readonly Bytes[], suffix = ' '): Candidate[] =>
    texts.map((text) => ({ text: quoted(utf8Decode(text), quote), display: utf8Decode(text), suffix: quote + suffix }));
  const isDir = (path: Bytes): boolean => {
    const inode = shell.process.fs.stat(path);
    return inode.ok && inode.value.kind === 'dir';
  };
  if (/^\$\w*$/.test(word)) {
    const names = shell.variables.list().map(({ name }) => name);
    return {
      from,
      list: names
        .filter((name) => name.startsWith(word.slice(1)))
        .map((name) => ({ text: `$${name}`, display: name, suffix: isDir(shell.getVariable(name) ?? '') ? '/' : ' ' })),
    };
  }
  if (before.length === 0 && !word.includes('/')) return { from, list: list(commandNames(shell, utf8Encode(word))) };
  const known =
    before.length === 0 ? undefined : shell.hooks.complete?.({ words: [...before, utf8Encode(word)], word: utf8Encode(word), process: shell.process });
  if (known !== undefined && known.length > 0)
    return { from, list: known.map(({ text, suffix }) => ({ text: quoted(utf8Decode(text), quote), display: utf8Decode(text), suffix })) };
  const expanded = word.startsWith('~/') ? `${shell.getVariable('HOME') ?? ''}${word.slice(1)}` : word;
  const files = fileNames(shell, utf8Encode(expanded), before[0] === 'cd' || before[0] === 'rmdir');
  return {
    from,
    list: files.map((path) => {
      const shown = utf8Decode(path);
      const text = word.startsWith('~/') ? `~${shown.slice((shell.getVariable('HOME') ?? '').length)}` : shown;
      return {
        text: quoted(text, quote),
        display: shown.slice(shown.lastIndexOf('/') + 1) + (isDir(path) ? '/' : ''),
        suffix: isDir(path) ? '/' : `${quote} `,
      };
    }),
  };
}

/** As it has to be typed. */
const quoted = (text: string, quote: string): string => (quote === '' ? text.replace(/[ \t\\'"$`&|;()<>*?[\]{}!#]/g, '\\$&') : quote + text);
