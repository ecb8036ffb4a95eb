/** Variables whose value bash makes when they are read (bash(1), Shell Variables). */
import type { Bytes } from '../../base/index.ts';
import { IndexedArray } from './arrays.ts';
import { ShellFailure } from './failure.ts';
import type { Shell } from './shell.ts';
import { TableArray } from './table-array.ts';
import { isAliasName } from './syntax/alias.ts';
import type { Value, Variable } from './variables.ts';

export const BASH_VERSION = '5.2.15(1)-release';
const VERSION_INFO = ['5', '2', '15', '1', 'release', 'x86_64-pc-linux-gnu'];

export function installSpecial(shell: Shell): void {
  if (shell.dialect !== 'bash' && shell.isSubshell) return;
  const { variables } = shell;
  const define = (name: Bytes, compute: () => Value, assigned: (value: Bytes) => void = () => undefined): Variable => {
    const variable = variables.declareGlobal(name);
    variable.compute = compute;
    variable.assigned = assigned;
    return variable;
  };
  const seconds = (): number => Math.floor((shell.process.nowUs - shell.startedUs) / 1e6);
  let random = (shell.process.os.rng.uint32() % 0x7fffffff) + 1;
  define(
    'RANDOM',
    () => {
      // Park and Miller's minimal standard generator, folded to 15 bits, as bash's brand().
      random = (16807 * (random % 127773) - 2836 * Math.floor(random / 127773)) | 0;
      if (random < 0) random += 0x7fffffff;
      return String(((random >>> 16) ^ (random & 65535)) & 32767);
    },
    (value) => (random = Number.parseInt(value, 10) >>> 0 || 123459876),
  ).integer = true;
  define('SRANDOM', () => String(shell.process.os.rng.uint32())).integer = true;
  define(
    'SECONDS',
    () => String(seconds() + shell.secondsOffset),
    (value) => (shell.secondsOffset = (Number.parseInt(value, 10) || 0) - seconds()),
  ).integer = true;
  define(
    'LINENO',
    () => String(shell.line),
    (value) => (shell.line = Number.parseInt(value, 10) || 0),
  ).integer = true;
  define('EPOCHSECONDS', () => String(Math.floor(shell.process.unixUs / 1e6)));
  define('EPOCHREALTIME', () => {
    const us = Math.floor(shell.process.unixUs);
    return `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;
  });
  define('BASHPID', () => String(shell.process.pid)).integer = true;
  define('PIPESTATUS', () => new IndexedArray(typeof shell.pipeStatus === 'number' ? [String(shell.pipeStatus)] : shell.pipeStatus.map(String)));
  define('BASH_SUBSHELL', () => String(shell.subshells));
  define('BASH_COMMAND', () => shell.describeCurrent());
  define('HISTCMD', () => String((shell.history?.length ?? 0) + 1)).integer = true;
  define('DIRSTACK', () => new IndexedArray([shell.workingDirectory, ...shell.directories]));
  define('GROUPS', () => new IndexedArray(shell.process.credentials.groups.map(String)));
  define('FUNCNAME', () => (shell.frames.some((frame) => frame.kind === 'function') ? new IndexedArray(names(shell)) : undefined));
  define('BASH_SOURCE', () => new IndexedArray([...shell.frames].reverse().map((frame) => frame.source)));
  define('BASH_LINENO', () => new IndexedArray([...shell.frames].reverse().map((frame) => String(frame.line))));
  // The arguments of the calls that are running, the last one's first; without `shopt -s extdebug` those of the script.
  const called = (): (readonly Bytes[])[] => {
    if (shell.options.has('extdebug') || !shell.frames.some(({ kind }) => kind === 'function')) shell.knowsArguments = true;
    return shell.knowsArguments ? [...[...shell.frames].reverse().flatMap(({ args }) => (args ? [args] : [])), shell.initial] : [];
  };
  define('BASH_ARGC', () => new IndexedArray(called().map(({ length }) => String(length))));
  define('BASH_ARGV', () => new IndexedArray(called().flatMap((args) => [...args].reverse())));
  define(
    '_',
    () => shell.lastArgument,
    (value) => (shell.lastArgument = value),
  );
  define(
    'BASH_ARGV0',
    () => shell.name,
    (value) => (shell.name = value),
  );
  for (const [name, compute] of [
    ['SHELLOPTS', () => shell.options.names],
    ['BASHOPTS', () => shell.options.shoptNames],
  ] as const) {
    define(name, compute).readonly = true;
  }
  variables.watch('BASH_XTRACEFD', () => chooseTrace(shell));
  installTables(shell);
  if (shell.isSubshell) return;
  variables.put('IFS', ' \t\n');
  variables.put('OPTIND', '1', { integer: true });
  variables.put('OPTERR', '1');
  variables.put('PS4', '+ ');
  variables.put('BASH_VERSION', BASH_VERSION);
  variables.put('BASH_LOADABLES_PATH', '/usr/local/lib/bash:/usr/lib/bash:/opt/local/lib/bash:/usr/pkg/lib/bash:/opt/pkg/lib/bash:.');
  variables.declareGlobal('BASH_VERSINFO').value = new IndexedArray(VERSION_INFO);
  variables.declareGlobal('BASH_VERSINFO').readonly = true;
  variables.put('HOSTTYPE', 'x86_64');
  variables.put('MACHTYPE', 'x86_64-pc-linux-gnu');
  variables.put('OSTYPE', 'linux-gnu');
  const { credentials, ppid } = shell.process;
  variables.put('UID', String(credentials.uid), { integer: true, readonly: true });
  variables.put('EUID', String(credentials.euid), { integer: true, readonly: true });
  variables.put('PPID', String(ppid), { integer: true, readonly: true });
}

const names = (shell: Shell): Bytes[] => [...shell.frames].reverse().map((frame) => frame.name);

/** Where `set -x` writes; unset, that descriptor is closed. */
function chooseTrace(shell: Shell): void {
  const value = shell.getVariable('BASH_XTRACEFD');
  if (value === undefined || value === '') {
    if (shell.traceFd !== undefined) shell.process.fds.close(shell.traceFd);
    shell.traceFd = undefined;
    return;
  }
  const fd = /^\d+$/.test(value) ? Number(value) : -1;
  if (shell.process.fds.get(fd)) shell.traceFd = fd;
  else shell.complain(`BASH_XTRACEFD: ${value}: invalid value for trace file descriptor`);
}

function installTables(shell: Shell): void {
  const { variables, aliases, hashed } = shell;
  variables.declareGlobal('BASH_ALIASES').value = new TableArray({
    keys: () => aliases.keys(),
    get: (name) => aliases.get(name),
    set: (name, value) => {
      if (!isAliasName(name)) throw new ShellFailure(`\`${name}': invalid alias name`, 'command');
      aliases.set(name, value);
    },
  });
  variables.declareGlobal('BASH_CMDS').value = new TableArray({
    keys: () => hashed.keys(),
    get: (name) => hashed.get(name)?.path,
    set: (name, path) => void hashed.set(name, { path, hits: 0 }),
  });
}
