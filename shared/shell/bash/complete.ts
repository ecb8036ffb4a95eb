/** What Tab offers at a place of a line: commands, variables, files, and whatever the machine knows of a command's arguments. */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import type { Candidate, Candidates } from '../editor/index.ts';
import { NEXT_TURN, type Sys } from '../process/wait.ts';
import { commandNames, fileNames, programmed } from './builtins/completion.ts';
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

/** What another command follows, with how many words of its own between. */
const PREFIXES: ReadonlyMap<string, number> = new Map([
  ...[
    'sudo',
    'exec',
    'command',
    'builtin',
    'time',
    'nohup',
    'watch',
    'env',
    'nice',
    'setsid',
    'strace',
    'xargs',
    'then',
    'do',
    'else',
    'elif',
    'if',
    'while',
    'until',
    '!',
    '{',
  ].map((name) => [name, 0] as const),
  ['timeout', 1],
]);

/** The words of the command that is being typed, without what runs it: `sudo`, `VAR=x`, `ip netns exec NS`, `timeout 5`. */
function innermost(words: readonly Bytes[]): readonly Bytes[] {
  let before = words;
  for (;;) {
    const [first = '', second] = before;
    const own = PREFIXES.get(first);
    const exec = before.indexOf('exec');
    if (/^[A-Za-z_]\w*\+?=/.test(first)) before = before.slice(1);
    else if (own !== undefined) {
      // Its own options go with it.
      let at = 1;
      while (before[at]?.startsWith('-')) at++;
      if (own > 0 && before.length <= at) return before;
      before = before.slice(at + own);
    } else if (first === 'ip' && exec > 1 && before[exec - 1]?.startsWith('net') && before.length >= exec + 2) before = before.slice(exec + 2);
    else return second === undefined && first === '' ? [] : before;
  }
}

export function* completeLine(shell: Shell, line: string, cursor: number): Sys<Candidates> {
  yield NEXT_TURN;
  const { words, from, quote } = placeOf(line, cursor);
  const word = words.at(-1) ?? '';
  const bytes = words.map(utf8Encode);
  const before = innermost(bytes.slice(0, -1));
  const list = (texts: readonly Bytes[], suffix = ' '): Candidate[] =>
    texts.map((text) => ({ text: quoted(utf8Decode(text), quote), display: utf8Decode(text), suffix: quote + suffix }));
  const isDir = (path: Bytes): boolean => {
    const inode = shell.process.fs.stat(path);
    return inode.ok && inode.value.kind === 'dir';
  };
  const variable = /^([^']*)\$(\{?)(\w*)$/.exec(word);
  if (variable && quote !== "'") {
    const [, head = '', brace = '', stem = ''] = variable;
    const names = shell.variables.list().map(({ name }) => name);
    return {
      from,
      list: names
        .filter((name) => name.startsWith(stem))
        .map((name) => ({
          text: `${quote}${head}$${brace}${name}${brace === '' ? '' : '}'}`,
          display: brace === '' ? `$${name}` : `\${${name}}`,
          suffix: quote !== '' ? '' : isDir(shell.getVariable(name) ?? '') ? '/' : ' ',
        })),
    };
  }
  if (/^~[^/]*$/.test(word) && quote === '') {
    const users = userNames(shell).filter((name) => name.startsWith(word.slice(1)));
    if (users.length > 0) return { from, list: users.map((name) => ({ text: `~${name}`, display: `~${name}`, suffix: '/' })) };
  }
  const asked = shell.completions.get(before[0] ?? '');
  if (asked !== undefined) {
    const answer = yield* programmed(shell, asked, before, utf8Encode(word), utf8Encode(line), cursor);
    if (answer.list.length > 0 || !answer.usesDefault) return { from, list: list(answer.list, answer.suffix) };
  }
  const assignment = /^(?:[A-Za-z_]\w*\+?=)(.*)$/s.exec(word);
  if (assignment && before.length === 0) return yield* completeTail(shell, line, cursor, word.length - assignment[1]!.length, from, quote);
  if (before.length === 0 && !word.includes('/')) return { from, list: list(commandNames(shell, utf8Encode(word))) };
  const known =
    before.length === 0 ? undefined : shell.hooks.complete?.({ words: [...before, utf8Encode(word)], word: utf8Encode(word), process: shell.process });
  if (known !== undefined && known.length > 0)
    return { from, list: known.map(({ text, suffix }) => ({ text: quoted(utf8Decode(text), quote), display: utf8Decode(text), suffix })) };
  const behind = Math.max(word.lastIndexOf('='), word.lastIndexOf(':'));
  if (behind >= 0 && quote === '' && known === undefined) return yield* completeTail(shell, line, cursor, behind + 1, from, quote);
  return filesFor(shell, word, from, quote, before[0] === 'cd' || before[0] === 'rmdir' || before[0] === 'pushd');
}

/** What stands behind `=` or `:` is completed as a file of its own (COMP_WORDBREAKS). */
function* completeTail(shell: Shell, line: string, cursor: number, skip: number, from: number, quote: string): Sys<Candidates> {
  yield NEXT_TURN;
  const typed = [...line].slice(from + skip, cursor).join('');
  return filesFor(shell, typed.replace(/\\(.)/g, '$1'), from + skip, quote, false);
}

function filesFor(shell: Shell, word: string, from: number, quote: string, onlyDirectories: boolean): Candidates {
  const isDir = (path: Bytes): boolean => {
    const inode = shell.process.fs.stat(path);
    return inode.ok && inode.value.kind === 'dir';
  };
  const expanded = word.startsWith('~/') ? `${shell.getVariable('HOME') ?? ''}${word.slice(1)}` : word;
  const files = fileNames(shell, utf8Encode(expanded), onlyDirectories);
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

/** Names of /etc/passwd. */
function userNames(shell: Shell): readonly string[] {
  const file = shell.process.fs.readFile('/etc/passwd');
  return (file.ok ? file.value : '').split('\n').flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':'))] : []));
}

/** As it has to be typed. */
const quoted = (text: string, quote: string): string => (quote === '' ? text.replace(/[ \t\\'"$`&|;()<>*?[\]{}!#]/g, '\\$&') : quote + text);
