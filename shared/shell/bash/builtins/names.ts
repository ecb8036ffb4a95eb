/** What a name means as a command: type, command, builtin, hash, alias, enable, help, caller. */
import type { Bytes } from '../../../base/index.ts';
import { searchPath } from '../../process/image.ts';
import { findCommand } from '../execute/start.ts';
import { singleQuote } from '../expand/quote.ts';
import type { Builtin, Shell } from '../shell.ts';
import { printFunction } from '../syntax/print.ts';
import { isAliasName } from '../syntax/alias.ts';
import { readOptions, usage } from './usage.ts';

export const KEYWORDS = [
  ...[
    'if',
    'then',
    'else',
    'elif',
    'fi',
    'case',
    'esac',
    'for',
    'select',
    'while',
    'until',
    'do',
    'done',
    'in',
    'function',
    'time',
    '{',
    '}',
    '!',
    '[[',
    ']]',
    'coproc',
  ],
] as const;

const STANDARD_PATH = '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin';

interface Meaning {
  readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file';
  readonly text: Bytes;
  readonly isHashed?: boolean;
}

function meanings(shell: Shell, name: Bytes, isAll: boolean, skipsFunctions: boolean, path?: Bytes): Meaning[] {
  const found: Meaning[] = [];
  const alias = shell.aliases.get(name);
  if (alias !== undefined && shell.options.has('expand_aliases')) found.push({ kind: 'alias', text: alias });
  if ((KEYWORDS as readonly string[]).includes(name)) found.push({ kind: 'keyword', text: name });
  const definition = shell.functions.get(name);
  if (definition && !skipsFunctions) found.push({ kind: 'function', text: printFunction(name, definition.body) });
  if (shell.runner.builtins.has(name) && !shell.disabled.has(name)) found.push({ kind: 'builtin', text: name });
  if (name.includes('/')) {
    if (shell.process.fs.access(name, 'execute').ok && !isDirectory(shell, name)) found.push({ kind: 'file', text: name });
    return found;
  }
  const hashed = shell.hashed.get(name);
  if (hashed && !isAll) hashed.hits++;
  if (hashed && !isAll) found.push({ kind: 'file', text: hashed.path, isHashed: true });
  else found.push(...filesNamed(shell, name, path ?? shell.getVariable('PATH') ?? '').map((text) => ({ kind: 'file', text }) as const));
  return found;
}
const isDirectory = (shell: Shell, path: Bytes): boolean => {
  const inode = shell.process.fs.stat(path);
  return inode.ok && inode.value.kind === 'dir';
};
function filesNamed(shell: Shell, name: Bytes, path: Bytes): Bytes[] {
  return path.split(':').flatMap((dir) => {
    const found = searchPath(shell.process, name, dir === '' ? '.' : dir);
    return found.ok && name !== '' ? [found.value] : [];
  });
}

function describe(name: Bytes, meaning: Meaning): Bytes {
  switch (meaning.kind) {
    case 'alias':
      return `${name} is aliased to \`${meaning.text}'`;
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return `${name} is a function\n${meaning.text}`;
    case 'builtin':
      return `${name} is a shell builtin`;
    case 'file':
      return meaning.isHashed ? `${name} is hashed (${meaning.text})` : `${name} is ${meaning.text}`;
  }
}

const type: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'afptP');
  if (typeof parsed === 'number') return parsed;
  let status = 0;
  for (const name of parsed.rest) {
    const all = parsed.has('P')
      ? filesNamed(shell, name, shell.getVariable('PATH') ?? '').map((text) => ({ kind: 'file', text }) as const)
      : meanings(shell, name, parsed.has('a'), parsed.has('f'));
    const shown = parsed.has('a') ? all : all.slice(0, 1);
    if (shown.length === 0) {
      if (!parsed.has('t') && !parsed.has('p') && !parsed.has('P')) shell.fail(`${name}: not found`);
      status = 1;
    }
    for (const meaning of shown) {
      if (parsed.has('t')) shell.put(`${meaning.kind}\n`);
      else if (parsed.has('p') || parsed.has('P')) {
        if (meaning.kind === 'file') shell.put(`${meaning.text}\n`);
      } else shell.put(`${describe(name, meaning)}\n`);
    }
  }
  return status;
};

const command: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'pvV');
  if (typeof parsed === 'number') return parsed;
  const { rest } = parsed;
  if (rest.length === 0) return 0;
  const path = parsed.has('p') ? STANDARD_PATH : undefined;
  if (!parsed.has('v') && !parsed.has('V')) return shell.runner.invoke(shell, rest, { functions: false, ...(path !== undefined && { path }) });
  let status = 1;
  for (const name of rest) {
    const [meaning] = meanings(shell, name, false, false, path);
    if (!meaning) {
      if (parsed.has('V')) shell.fail(`${name}: not found`);
      continue;
    }
    status = 0;
    if (parsed.has('V')) shell.put(`${describe(name, meaning)}\n`);
    else shell.put(`${meaning.kind === 'alias' ? `alias ${name}=${singleQuote(meaning.text)}` : meaning.kind === 'file' ? meaning.text : name}\n`);
  }
  return status;
};

const builtin: Builtin = (shell, args) => {
  const words = args[1] === '--' ? args.slice(2) : args.slice(1);
  const [name] = words;
  if (name === undefined) return 0;
  if (!shell.runner.builtins.has(name)) return shell.fail(`${name}: not a shell builtin`);
  return shell.runner.callBuiltin(shell, name, words);
};

const hash: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'rlp:dt');
  if (typeof parsed === 'number') return parsed;
  if (parsed.has('r')) shell.hashed.clear();
  const { rest } = parsed;
  const path = parsed.value('p');
  if (rest.length === 0) {
    if (parsed.has('r')) return 0;
    if (shell.hashed.size === 0) {
      shell.put(`hash: hash table empty\n`);
      return 0;
    }
    if (!parsed.has('l')) shell.put('hits\tcommand\n');
    for (const [name, entry] of shell.hashed)
      shell.put(parsed.has('l') ? `builtin hash -p ${entry.path} ${name}\n` : `${String(entry.hits).padStart(4)}\t${entry.path}\n`);
    return 0;
  }
  let status = 0;
  for (const name of rest) {
    const known = shell.hashed.get(name);
    if (path !== undefined) shell.hashed.set(name, { path, hits: 0 });
    else if (parsed.has('d')) {
      if (!shell.hashed.delete(name)) status = shell.fail(`${name}: not found`);
    } else if (parsed.has('t')) {
      if (!known) status = shell.fail(`${name}: not found`);
      else {
        known.hits++;
        shell.put(rest.length > 1 ? `${name}\t${known.path}\n` : `${known.path}\n`);
      }
    } else if (!name.includes('/') && !shell.runner.builtins.has(name) && !shell.functions.has(name)) {
      shell.hashed.delete(name);
      if (findCommand(shell, name) === undefined) status = shell.fail(`${name}: not found`);
      else {
        const entry = shell.hashed.get(name);
        if (entry) entry.hits = 0;
      }
    }
  }
  return status;
};

const alias: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'p');
  if (typeof parsed === 'number') return parsed;
  const show = (name: Bytes, value: Bytes): void => shell.put(`alias ${name}=${singleQuote(value)}\n`);
  if (parsed.rest.length === 0 || parsed.has('p')) for (const [name, value] of [...shell.aliases].sort((a, b) => (a[0] < b[0] ? -1 : 1))) show(name, value);
  let status = 0;
  for (const word of parsed.rest) {
    const at = word.indexOf('=');
    if (at > 0) {
      const name = word.slice(0, at);
      if (!isAliasName(name)) status = shell.fail(`\`${name}': invalid alias name`);
      else shell.aliases.set(name, word.slice(at + 1));
      continue;
    }
    const value = shell.aliases.get(word);
    if (value === undefined) status = shell.fail(`${word}: not found`);
    else show(word, value);
  }
  return status;
};

const unalias: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'a');
  if (typeof parsed === 'number') return parsed;
  if (parsed.has('a')) {
    shell.aliases.clear();
    return 0;
  }
  if (parsed.rest.length === 0) return usage(shell);
  let status = 0;
  for (const name of parsed.rest) if (!shell.aliases.delete(name)) status = shell.fail(`${name}: not found`);
  return status;
};

/** The special builtins of POSIX, which `enable -s` lists. */
const SPECIAL = new Set([
  '.',
  ':',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'source',
  'times',
  'trap',
  'unset',
]);

const enable: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'adnpsf:');
  if (typeof parsed === 'number') return parsed;
  if (parsed.rest.length === 0 || (parsed.has('p') && !parsed.has('n') && !parsed.has('f') && !parsed.has('d'))) {
    for (const name of [...shell.runner.builtins.keys()].sort()) {
      const isOff = shell.disabled.has(name);
      if (parsed.has('s') && !SPECIAL.has(name)) continue;
      if (parsed.has('a') || isOff === parsed.has('n')) shell.put(`enable ${isOff ? '-n ' : ''}${name}\n`);
    }
    return 0;
  }
  const object = parsed.value('f');
  if (object !== undefined) return shell.fail(`cannot open shared object ${object}: ${object}: cannot open shared object file: No such file or directory`);
  let status = 0;
  for (const name of parsed.rest) {
    if (!shell.runner.builtins.has(name)) status = shell.fail(`${name}: not a shell builtin`);
    else if (parsed.has('d')) status = shell.fail(`${name}: not dynamically loaded`);
    else if (parsed.has('n')) shell.disabled.add(name);
    else shell.disabled.delete(name);
  }
  return status;
};

const caller: Builtin = (shell, args) => {
  const [, text] = args;
  const frames = [...shell.frames].reverse();
  if (frames.length === 0 || frames[0]?.kind === 'main') return 1;
  if (text === undefined) {
    shell.put(`${frames[0]?.line ?? 0} ${frames[1]?.source ?? 'NULL'}\n`);
    return 0;
  }
  if (!/^\d+$/.test(text)) {
    shell.fail(`${text}: invalid number`);
    return usage(shell);
  }
  const frame = frames[Number(text)];
  const above = frames[Number(text) + 1];
  if (!frame || !above) return 1;
  shell.put(`${frame.line} ${above.name} ${above.source}\n`);
  return 0;
};

export const NAMES: readonly (readonly [string, Builtin])[] = [
  ['type', type],
  ['command', command],
  ['builtin', builtin],
  ['hash', hash],
  ['alias', alias],
  ['unalias', unalias],
  ['enable', enable],
  ['caller', caller],
];
