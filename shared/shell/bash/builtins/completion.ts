/** complete, compgen, compopt: what programmable completion of bash(1) stores, and the lists that scripts ask compgen for. */
import type { Bytes } from '../../../base/index.ts';
import { globPaths } from '../expand/glob.ts';
import { compilePattern } from '../expand/pattern.ts';
import type { Sys } from '../../process/wait.ts';
import { IndexedArray } from '../arrays.ts';
import type { Builtin, Shell } from '../shell.ts';
import { signalTable } from './control.ts';
import { KEYWORDS } from './names.ts';
import { readOptions } from './usage.ts';

const SPEC = 'abcdefgjksuvo:A:G:W:F:C:X:P:S:V:';
const ACTIONS: Readonly<Record<string, string>> = {
  a: 'alias',
  b: 'builtin',
  c: 'command',
  d: 'directory',
  e: 'export',
  f: 'file',
  g: 'group',
  j: 'job',
  k: 'keyword',
  s: 'service',
  u: 'user',
  v: 'variable',
};

/** Files and directories that begin as `word`, as paths written like it. */
export function fileNames(shell: Shell, word: Bytes, onlyDirectories: boolean): Bytes[] {
  const slash = word.lastIndexOf('/');
  const dir = slash < 0 ? '.' : word.slice(0, slash + 1);
  const stem = word.slice(slash + 1);
  const entries = shell.process.fs.readdir(dir === '' ? '/' : dir);
  if (!entries.ok) return [];
  return entries.value
    .filter(({ name }) => name.startsWith(stem))
    .filter(({ name }) => {
      if (!onlyDirectories) return true;
      const inode = shell.process.fs.stat(`${slash < 0 ? '' : word.slice(0, slash + 1)}${name}`);
      return inode.ok && inode.value.kind === 'dir';
    })
    .map(({ name }) => `${slash < 0 ? '' : word.slice(0, slash + 1)}${name}`)
    .sort();
}

/** Commands that begin as `word`: of every kind, each once. */
export function commandNames(shell: Shell, word: Bytes): Bytes[] {
  const names = new Set<Bytes>([...shell.aliases.keys(), ...KEYWORDS, ...shell.functions.keys(), ...shell.runner.builtins.keys()]);
  for (const dir of (shell.getVariable('PATH') ?? '').split(':')) {
    const entries = shell.process.fs.readdir(dir === '' ? '.' : dir);
    if (!entries.ok) continue;
    for (const { name } of entries.value) {
      if (!name.startsWith(word) || names.has(name)) continue;
      const path = `${dir}/${name}`;
      const inode = shell.process.fs.stat(path);
      if (inode.ok && inode.value.kind === 'file' && shell.process.fs.access(path, 'execute').ok) names.add(name);
    }
  }
  return [...names].filter((name) => name.startsWith(word)).sort();
}

function listAction(shell: Shell, action: string, word: Bytes): Bytes[] {
  const users = (): Bytes[] => {
    const passwd = shell.process.fs.readFile('/etc/passwd');
    return passwd.ok ? passwd.value.split('\n').flatMap((line) => line.split(':')[0] || []) : [];
  };
  switch (action) {
    case 'alias':
      return [...shell.aliases.keys()];
    case 'builtin':
      return [...shell.runner.builtins.keys()].sort();
    case 'command':
      return commandNames(shell, word);
    case 'directory':
      return fileNames(shell, word, true);
    case 'file':
      return fileNames(shell, word, false);
    case 'export':
      return shell.variables.list().flatMap((variable) => (variable.exported ? [variable.name] : []));
    case 'function':
      return [...shell.functions.keys()].sort();
    case 'job':
      return shell.jobs.list.map((job) => job.command);
    case 'keyword':
      return [...KEYWORDS];
    case 'signal':
      return [...signalTable().matchAll(/SIG[A-Z0-9+-]+/g)].map((match) => match[0]);
    case 'user':
      return users();
    case 'variable':
      return shell.variables.list().map((variable) => variable.name);
    case 'hostname':
      return [];
    default:
      return [];
  }
}

export const compgen: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, SPEC);
  if (typeof parsed === 'number') return parsed;
  const [word = ''] = parsed.rest;
  const found = generated(shell, parsed, word);
  shell.put(found.map((name) => `${name}\n`).join(''));
  return found.length > 0 ? 0 : 1;
};
type Parsed = Exclude<ReturnType<typeof readOptions>, number>;
/** What a specification makes without running anything. */
function generated(shell: Shell, parsed: Parsed, word: Bytes): Bytes[] {
  let found: Bytes[] = [];
  for (const { letter, value } of parsed.options) {
    const action = letter === 'A' ? value : ACTIONS[letter];
    if (action !== undefined) found.push(...listAction(shell, action, word).filter((name) => name.startsWith(word)));
    if (letter === 'W') found.push(...value.split(/[ \t\n]+/).filter((name) => name !== '' && name.startsWith(word)));
    if (letter === 'G') found.push(...globPaths(shell.process.fs, value, { dotglob: false, nocaseglob: false, globstar: false, extglob: false }));
    if (letter === 'X') {
      const isKept = value.startsWith('!');
      const pattern = compilePattern(isKept ? value.slice(1) : value);
      found = found.filter((name) => pattern.matches(name) === isKept);
    }
  }
  const prefix = parsed.value('P') ?? '';
  const suffix = parsed.value('S') ?? '';
  return found.map((name) => `${prefix}${name}${suffix}`);
}

/**
 * What `complete` has set for a command: its words, or those that its function leaves in COMPREPLY. `usesDefault`: without any, files are offered
 * (-o default, -o bashdefault).
 */
export function* programmed(
  shell: Shell,
  spec: Bytes,
  before: readonly Bytes[],
  word: Bytes,
  line: Bytes,
  cursor: number,
): Sys<{ readonly list: readonly Bytes[]; readonly suffix: '' | ' '; readonly usesDefault: boolean }> {
  const words = spec.match(/'[^']*'|\S+/g)?.map((each) => each.replace(/^'(.*)'$/s, '$1')) ?? [];
  const parsed = readOptions(shell, ['complete', ...words], SPEC);
  if (typeof parsed === 'number') return { list: [], suffix: ' ', usesDefault: true };
  const how = parsed.options.flatMap(({ letter, value }) => (letter === 'o' ? [value] : []));
  const list = generated(shell, parsed, word);
  const name = parsed.value('F');
  if (name !== undefined && shell.functions.has(name)) {
    const { variables, status } = shell;
    variables.put('COMP_LINE', line);
    variables.put('COMP_POINT', String(cursor));
    variables.put('COMP_CWORD', String(before.length));
    const quoted = (text: Bytes): Bytes => `'${text.replaceAll("'", "'\\''")}'`;
    const call = [name, before[0] ?? '', word, before.at(-1) ?? ''].map(quoted).join(' ');
    yield* shell.runner.evaluate(shell, `COMPREPLY=(); COMP_WORDS=(${[...before, word].map(quoted).join(' ')}); ${call}`, { isFlat: true, name: 'COMPREPLY' });
    shell.status = status;
    const reply = variables.find('COMPREPLY')?.current;
    if (reply instanceof IndexedArray) list.push(...reply.values());
    for (const each of ['COMP_LINE', 'COMP_POINT', 'COMP_CWORD', 'COMP_WORDS', 'COMPREPLY']) variables.unset(each);
  }
  return { list, suffix: how.includes('nospace') ? '' : ' ', usesDefault: how.includes('default') || how.includes('bashdefault') };
}

export const complete: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, `${SPEC}prDEI`);
  if (typeof parsed === 'number') return parsed;
  const { completions } = shell;
  if (parsed.has('r')) {
    if (parsed.rest.length === 0) completions.clear();
    for (const name of parsed.rest) completions.delete(name);
    return 0;
  }
  if (parsed.has('p') || args.length === 1) {
    const names = parsed.rest.length > 0 ? parsed.rest : [...completions.keys()];
    let status = 0;
    for (const name of names) {
      const spec = completions.get(name);
      if (spec === undefined) status = shell.fail(`${name}: no completion specification`);
      else shell.put(`complete ${spec}${name}\n`);
    }
    return status;
  }
  const spec = parsed.options
    .map(({ letter, value }) => (value === '' ? `-${letter} ` : `-${letter} ${/[^\w./-]/.test(value) ? `'${value}'` : value} `))
    .join('');
  for (const name of parsed.rest) completions.set(name, spec);
  return 0;
};

export const compopt: Builtin = (shell) => shell.fail('not currently executing completion function');
