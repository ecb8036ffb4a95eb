/** cd, pwd, pushd, popd, dirs. */
import { strerror, type Bytes } from '../../../base/index.ts';
import type { Builtin, Shell } from '../shell.ts';
import { readOptions, usage } from './usage.ts';

/** An absolute path without `.`, `..` and doubled slashes, by its text alone. */
export function normalizePath(path: Bytes): Bytes {
  const out: Bytes[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') out.pop();
    else out.push(name);
  }
  return `${/^\/\/(?!\/)/.test(path) ? '//' : '/'}${out.join('/')}`;
}

/** Goes there, by the name it was given (-L) or the one it really has (-P); an errno's words when it cannot. */
function go(shell: Shell, path: Bytes, isPhysical: boolean): Bytes | undefined {
  const { fs } = shell.process;
  const logical = normalizePath(path.startsWith('/') ? path : `${shell.workingDirectory}/${path}`);
  const moved = fs.chdir(isPhysical ? path : logical);
  if (!moved.ok) {
    const again = isPhysical ? moved : fs.chdir(path);
    if (!again.ok) return strerror(moved.error);
  }
  const previous = shell.getVariable('PWD') ?? shell.workingDirectory;
  shell.workingDirectory = isPhysical || !moved.ok ? fs.getcwd() : logical;
  shell.variables.put('OLDPWD', previous, { exported: true });
  shell.variables.put('PWD', shell.workingDirectory, { exported: true });
  return undefined;
}

const cd: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'LPe@');
  if (typeof parsed === 'number') return parsed;
  if (parsed.rest.length > 1) return shell.fail('too many arguments');
  const isPhysical =
    parsed.options.findLast(({ letter }) => letter === 'P' || letter === 'L')?.letter === 'P' || (shell.options.isSet('physical') && !parsed.has('L'));
  let [target] = parsed.rest;
  let isShown = false;
  if (target === undefined) {
    target = shell.getVariable('HOME');
    if (target === undefined) return shell.fail('HOME not set');
  } else if (target === '-') {
    target = shell.getVariable('OLDPWD');
    if (target === undefined) return shell.fail('OLDPWD not set');
    isShown = true;
  }
  if (target === '') {
    if (isShown) shell.put('\n');
    return 0;
  }
  if (!/^\.{0,2}\//.test(target) && target !== '.' && target !== '..') {
    for (const dir of (shell.getVariable('CDPATH') ?? '').split(':')) {
      if (dir === '' || !shell.getVariable('CDPATH')) continue;
      if (go(shell, `${dir}/${target}`, isPhysical) === undefined) {
        shell.put(`${shell.workingDirectory}\n`);
        return 0;
      }
    }
  }
  const failure = go(shell, target, isPhysical);
  if (failure !== undefined) return shell.fail(`${target}: ${failure}`);
  if (isShown) shell.put(`${shell.workingDirectory}\n`);
  return 0;
};

const pwd: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'LP');
  if (typeof parsed === 'number') return parsed;
  const isPhysical = parsed.options.at(-1)?.letter === 'P' || (parsed.options.length === 0 && shell.options.isSet('physical'));
  shell.put(`${isPhysical ? shell.process.fs.getcwd() : shell.workingDirectory}\n`);
  return 0;
};

const stackOf = (shell: Shell): Bytes[] => [shell.workingDirectory, ...shell.directories];
const tilde = (shell: Shell, path: Bytes): Bytes => {
  const home = shell.getVariable('HOME');
  if (!home || home === '/' || !(path === home || path.startsWith(`${home}/`))) return path;
  return `~${path.slice(home.length)}`;
};

function show(shell: Shell, isLong: boolean): void {
  shell.put(
    `${stackOf(shell)
      .map((path) => (isLong ? path : tilde(shell, path)))
      .join(' ')}\n`,
  );
}

/** `+N` from the left, `-N` from the right; undefined when it is no such thing, -1 when out of range. */
function indexOf(text: Bytes, length: number): number | undefined {
  if (!/^[+-]\d+$/.test(text)) return undefined;
  const number = Number(text.slice(1));
  const index = text.startsWith('+') ? number : length - 1 - number;
  return index >= 0 && index < length ? index : -1;
}

const dirs: Builtin = (shell, args) => {
  const flags = args
    .slice(1)
    .filter((arg) => /^-[clpv]+$/.test(arg))
    .join('');
  const places = args.slice(1).filter((arg) => /^[+-]\d+$/.test(arg));
  const wrong = args.slice(1).find((arg) => !/^-[clpv]+$/.test(arg) && !/^[+-]\d+$/.test(arg) && arg !== '--');
  if (wrong !== undefined) {
    if (wrong.startsWith('-')) {
      shell.fail(`${wrong}: invalid number`);
      return usage(shell);
    }
    return shell.fail(`${wrong}: invalid argument`);
  }
  if (flags.includes('c')) {
    shell.directories = [];
    return 0;
  }
  const stack = stackOf(shell).map((path) => (flags.includes('l') ? path : tilde(shell, path)));
  const [place] = places;
  if (place !== undefined) {
    const index = indexOf(place, stack.length) ?? -1;
    if (index < 0) return shell.fail(shell.directories.length === 0 ? 'directory stack empty' : `${place.slice(1)}: directory stack index out of range`);
    shell.put(flags.includes('v') ? `${String(index).padStart(2)}  ${stack[index] ?? ''}\n` : `${stack[index] ?? ''}\n`);
  } else if (flags.includes('v')) stack.forEach((path, i) => shell.put(`${String(i).padStart(2)}  ${path}\n`));
  else if (flags.includes('p')) shell.put(`${stack.join('\n')}\n`);
  else shell.put(`${stack.join(' ')}\n`);
  return 0;
};

const pushd: Builtin = (shell, args) => {
  const staysHere = args[1] === '-n';
  const [target] = args.slice(staysHere ? 2 : 1).filter((arg) => arg !== '--');
  const stack = stackOf(shell);
  if (target === undefined) {
    const [next] = shell.directories;
    if (next === undefined) return shell.fail('no other directory');
    const here = shell.workingDirectory;
    const failure = go(shell, next, false);
    if (failure !== undefined) return shell.fail(`${next}: ${failure}`);
    shell.directories = [here, ...shell.directories.slice(1)];
    show(shell, false);
    return 0;
  }
  const index = indexOf(target, stack.length);
  if (index !== undefined) {
    if (index < 0) return shell.fail(shell.directories.length === 0 ? 'directory stack empty' : `${target}: directory stack index out of range`);
    const rotated = [...stack.slice(index), ...stack.slice(0, index)];
    if (!staysHere) {
      const failure = go(shell, rotated[0] ?? '/', false);
      if (failure !== undefined) return shell.fail(`${rotated[0] ?? ''}: ${failure}`);
    }
    shell.directories = rotated.slice(1);
    show(shell, false);
    return 0;
  }
  if (/^-./.test(target)) {
    shell.fail(`${target}: invalid number`);
    return usage(shell);
  }
  if (staysHere) shell.directories = [target, ...shell.directories];
  else {
    const here = shell.workingDirectory;
    const failure = go(shell, target, false);
    if (failure !== undefined) return shell.fail(`${target}: ${failure}`);
    shell.directories = [here, ...shell.directories];
  }
  show(shell, false);
  return 0;
};

const popd: Builtin = (shell, args) => {
  const staysHere = args[1] === '-n';
  const [target = '+0'] = args.slice(staysHere ? 2 : 1);
  const stack = stackOf(shell);
  const index = indexOf(target, stack.length);
  if (index === undefined) {
    shell.fail(`${target}: ${target.startsWith('-') ? 'invalid number' : 'invalid argument'}`);
    return usage(shell);
  }
  if (shell.directories.length === 0) return shell.fail('directory stack empty');
  if (index < 0) return shell.fail(`${target}: directory stack index out of range`);
  if (index === 0 && !staysHere) {
    const [next = '/'] = shell.directories;
    const failure = go(shell, next, false);
    if (failure !== undefined) return shell.fail(`${next}: ${failure}`);
    shell.directories = shell.directories.slice(1);
  } else shell.directories = shell.directories.filter((_path, i) => i !== Math.max(0, index - 1));
  show(shell, false);
  return 0;
};

export const DIRECTORIES: readonly (readonly [string, Builtin])[] = [
  ['cd', cd],
  ['pwd', pwd],
  ['pushd', pushd],
  ['popd', popd],
  ['dirs', dirs],
];
