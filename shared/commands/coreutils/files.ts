/** cp, mv, rm, mkdir, rmdir, ln, touch, chmod, chown, readlink, realpath, basename, dirname, mktemp, stat (GNU coreutils 9.1). */
import { strerror, type Bytes } from '../../base/index.ts';
import type { InstalledProgram } from '../../machine/index.ts';
import { type Process, type Program, type Sys } from '../../shell/index.ts';
import { ls } from './ls.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { basename, dirname, mktemp, readlink, realpath, stat } from './paths.ts';
import { baseName, isDir, join, missing, program, said } from './program.ts';

const mkdir = program(
  {
    usage: '[OPTION]... DIRECTORY...',
    summary: 'Create the DIRECTORY(ies), if they do not already exist.',
    options: [
      { short: 'm', long: 'mode', argument: 'required' },
      { short: 'p', long: 'parents' },
      { short: 'v', long: 'verbose' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    let status = 0;
    for (const path of parsed.operands) {
      const made = parsed.has('parents') ? p.fs.mkdirs(path) : p.fs.mkdir(path);
      const mode = parsed.options.get('mode');
      if (made.ok && mode !== undefined) p.fs.chmod(path, changedMode(0o777, mode, true) ?? 0o777);
      if (made.ok && parsed.has('verbose')) yield* p.print(`mkdir: created directory '${path}'\n`);
      status |= yield* said(p, made, `cannot create directory '${path}'`);
    }
    return status;
  },
);
const rmdir = program(
  {
    usage: '[OPTION]... DIRECTORY...',
    summary: 'Remove the DIRECTORY(ies), if they are empty.',
    options: [{ short: 'p', long: 'parents' }, { short: 'v', long: 'verbose' }, { long: 'ignore-fail-on-non-empty' }],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* missing(p, usage);
    let status = 0;
    for (const operand of parsed.operands) {
      for (let path = operand; path !== '' && path !== '.' && path !== '/'; path = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '') {
        const removed = p.fs.rmdir(path);
        if (!removed.ok && parsed.has('ignore-fail-on-non-empty') && removed.error === 'ENOTEMPTY') break;
        status |= yield* said(p, removed, `failed to remove '${path}'`);
        if (!removed.ok || !parsed.has('parents')) break;
      }
    }
    return status;
  },
);
const rm = program(
  {
    usage: '[OPTION]... [FILE]...',
    summary: 'Remove (unlink) the FILE(s).',
    options: [
      { short: 'f', long: 'force' },
      { short: 'i' },
      { short: 'r', long: 'recursive' },
      { short: 'R' },
      { short: 'd', long: 'dir' },
      { short: 'v', long: 'verbose' },
    ],
  },
  function* (p, parsed, usage) {
    const force = parsed.has('force');
    if (parsed.operands.length === 0) return force ? 0 : yield* missing(p, usage);
    const remove = function* (path: Bytes): Sys<number> {
      const inode = p.fs.lstat(path);
      if (!inode.ok) return force && (inode.error === 'ENOENT' || inode.error === 'ENOTDIR') ? 0 : yield* p.failErrno(`cannot remove '${path}'`, inode.error);
      let status = 0;
      if (inode.value.kind === 'dir') {
        if (!parsed.has('recursive') && !parsed.has('R') && !parsed.has('dir')) return yield* p.failErrno(`cannot remove '${path}'`, 'EISDIR');
        if (!parsed.has('dir'))
          for (const { name } of (p.fs.readdir(path) as { value?: readonly { name: Bytes }[] }).value ?? []) status |= yield* remove(join(path, name));
        yield* p.tick();
        return status | (yield* said(p, p.fs.rmdir(path), `cannot remove '${path}'`));
      }
      const removed = p.fs.unlink(path);
      if (removed.ok && parsed.has('verbose')) yield* p.print(`removed '${path}'\n`);
      return yield* said(p, removed, `cannot remove '${path}'`);
    };
    let status = 0;
    for (const path of parsed.operands) {
      if (/(^|\/)\.\.?\/*$/.test(path)) status = yield* p.fail(`refusing to remove '.' or '..' directory: skipping '${path}'`);
      else status |= yield* remove(path);
    }
    return status;
  },
);
const ln = program(
  {
    usage: '[OPTION]... TARGET... LINK_NAME',
    summary: 'Create links between files.',
    options: [
      { short: 's', long: 'symbolic' },
      { short: 'f', long: 'force' },
      { short: 'n', long: 'no-dereference' },
      { short: 'T', long: 'no-target-directory' },
      { short: 'r', long: 'relative' },
      { short: 'v', long: 'verbose' },
    ],
  },
  function* (p, parsed, usage) {
    const { operands } = parsed;
    if (operands.length === 0) return yield* usageError(p, 'missing file operand', usage);
    const last = operands.at(-1) ?? '';
    const own = p.fs.lstat(last);
    const treatAsDir =
      operands.length > 1 && !parsed.has('no-target-directory') && isDir(p, last) && !(parsed.has('no-dereference') && own.ok && own.value.kind === 'symlink');
    if (operands.length > 2 && !treatAsDir) return yield* p.fail(`target '${last}': ${strerror('ENOTDIR')}`);
    let status = 0;
    for (const target of operands.length === 1 ? operands : operands.slice(0, -1)) {
      const name = operands.length === 1 ? baseName(target) : treatAsDir ? join(last, baseName(target)) : last;
      if (parsed.has('force') && p.fs.lstat(name).ok) p.fs.unlink(name);
      const made = parsed.has('symbolic') ? p.fs.symlink(target, name) : p.fs.link(target, name);
      const arrow = parsed.has('symbolic') || (!made.ok && made.error === 'EEXIST') ? '' : ` => '${target}'`;
      status |= yield* said(p, made, `failed to create ${parsed.has('symbolic') ? 'symbolic' : 'hard'} link '${name}'${arrow}`);
    }
    return status;
  },
);
const touch = program(
  {
    usage: '[OPTION]... FILE...',
    summary: 'Update the access and modification times of each FILE to the current time.',
    options: [
      { short: 'a' },
      { short: 'c', long: 'no-create' },
      { short: 'd', long: 'date', argument: 'required' },
      { short: 'm' },
      { short: 'r', long: 'reference', argument: 'required' },
      { short: 't', argument: 'required' },
    ],
  },
  function* (p, parsed, usage) {
    if (parsed.operands.length === 0) return yield* usageError(p, 'missing file operand', usage);
    let status = 0;
    for (const path of parsed.operands) {
      if (!p.fs.exists(path) && parsed.has('no-create')) continue;
      const made = p.fs.exists(path) ? undefined : p.fs.writeFile(path, '', { append: true });
      status |= yield* said(p, made?.ok === false ? made : p.fs.utimes(path, p.unixUs, p.unixUs), `cannot touch '${path}'`);
    }
    return status;
  },
);

/** `755`, `u+x,go-w`: the new mode; undefined when it is none. */
export function changedMode(mode: number, change: Bytes, directory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(change)) return parseInt(change, 8);
  let now = mode;
  for (const clause of change.split(',')) {
    const [, who = '', operator, permissions = ''] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
    if (operator === undefined) return undefined;
    const classes = who === '' || who.includes('a') ? 'ugo' : who;
    let bits = 0;
    for (const [letter, bit] of [
      ['r', 4],
      ['w', 2],
      ['x', 1],
    ] as const)
      if (permissions.includes(letter) || (letter === 'x' && permissions.includes('X') && (directory || (now & 0o111) !== 0))) bits |= bit;
    let mask = 0;
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const)
      if (classes.includes(letter)) mask |= bits << shift;
    if (permissions.includes('s')) mask |= (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
    if (permissions.includes('t')) mask |= 0o1000;
    const scope = [
      ['u', 0o700],
      ['g', 0o070],
      ['o', 0o007],
    ].reduce((sum, [letter, all]) => sum | (classes.includes(String(letter)) ? Number(all) : 0), 0);
    now = operator === '+' ? now | mask : operator === '-' ? now & ~mask : (now & ~scope) | mask;
  }
  return now;
}
const chmod = program(
  {
    usage: '[OPTION]... MODE[,MODE]... FILE...',
    summary: 'Change the mode of each FILE to MODE.',
    options: [
      { short: 'R', long: 'recursive' },
      { short: 'v', long: 'verbose' },
      { short: 'f', long: 'silent' },
    ],
    stopAtOperand: true,
  },
  function* (p, parsed, usage) {
    const [mode, ...paths] = parsed.operands;
    if (mode === undefined) return yield* missing(p, usage);
    if (paths.length === 0) return yield* usageError(p, `missing operand after '${mode}'`, usage);
    if (changedMode(0, mode, false) === undefined) return yield* usageError(p, `invalid mode: '${mode}'`, usage);
    const apply = function* (path: Bytes): Sys<number> {
      const inode = p.fs.stat(path);
      if (!inode.ok) return yield* p.failErrno(`cannot access '${path}'`, inode.error);
      let status = yield* said(
        p,
        p.fs.chmod(path, changedMode(inode.value.mode, mode, inode.value.kind === 'dir') ?? inode.value.mode),
        `changing permissions of '${path}'`,
      );
      if (parsed.has('recursive') && inode.value.kind === 'dir')
        for (const { name } of (p.fs.readdir(path) as { value?: readonly { name: Bytes }[] }).value ?? []) status |= yield* apply(join(path, name));
      return status;
    };
    let status = 0;
    for (const path of paths) status |= yield* apply(path);
    return status;
  },
);
const chown = program(
  {
    usage: '[OPTION]... [OWNER][:[GROUP]] FILE...',
    summary: 'Change the owner and/or group of each FILE.',
    options: [
      { short: 'R', long: 'recursive' },
      { short: 'h', long: 'no-dereference' },
    ],
  },
  function* (p, parsed, usage) {
    const [owner, ...paths] = parsed.operands;
    if (owner === undefined || paths.length === 0)
      return yield* owner === undefined ? missing(p, usage) : usageError(p, `missing operand after '${owner}'`, usage);
    const [user = '', group = ''] = owner.split(/[:.]/);
    const id = (name: Bytes, path: string): number | undefined => {
      if (name === '') return -1;
      if (/^\d+$/.test(name)) return Number(name);
      const file = p.fs.readFile(path);
      const row = (file.ok ? file.value : '').split('\n').find((line) => line.startsWith(`${name}:`));
      return row === undefined ? undefined : Number(row.split(':')[2]);
    };
    const uid = id(user, '/etc/passwd');
    const gid = id(group, '/etc/group');
    if (uid === undefined) return yield* p.fail(`invalid user: '${owner}'`);
    if (gid === undefined) return yield* p.fail(`invalid group: '${owner}'`);
    let status = 0;
    for (const path of paths) status |= yield* said(p, p.fs.chown(path, uid, gid), `changing ownership of '${path}'`);
    return status;
  },
);

const COPY: GnuUsage['options'] = [
  { short: 'a', long: 'archive' },
  { short: 'f', long: 'force' },
  { short: 'i', long: 'interactive' },
  { short: 'n', long: 'no-clobber' },
  { short: 'p' },
  { short: 'P', long: 'no-dereference' },
  { short: 'r', long: 'recursive' },
  { short: 'R' },
  { short: 'T', long: 'no-target-directory' },
  { short: 't', long: 'target-directory', argument: 'required' },
  { short: 'u', long: 'update' },
  { short: 'v', long: 'verbose' },
  { short: 'd' },
];
function* copy(p: Process, from: Bytes, to: Bytes, isRecursive: boolean, keepLinks: boolean): Sys<number> {
  const inode = keepLinks ? p.fs.lstat(from) : p.fs.stat(from);
  if (!inode.ok) return yield* p.failErrno(`cannot stat '${from}'`, inode.error);
  if (inode.value.kind === 'dir') {
    if (!isRecursive) return yield* p.fail(`-r not specified; omitting directory '${from}'`);
    if (!isDir(p, to)) {
      const made = p.fs.mkdir(to, inode.value.mode);
      if (!made.ok) return yield* p.failErrno(`cannot create directory '${to}'`, made.error);
    }
    let status = 0;
    const entries = p.fs.readdir(from);
    for (const { name } of entries.ok ? entries.value : []) status |= yield* copy(p, join(from, name), join(to, name), true, keepLinks);
    return status;
  }
  if (inode.value.kind === 'symlink') {
    const target = p.fs.readlink(from);
    if (p.fs.lstat(to).ok) p.fs.unlink(to);
    return target.ok ? yield* said(p, p.fs.symlink(target.value, to), `cannot create symbolic link '${to}'`) : 1;
  }
  const content = p.fs.readFile(from);
  if (!content.ok) return yield* p.failErrno(`cannot open '${from}' for reading`, content.error);
  return yield* said(p, p.fs.writeFile(to, content.value, { mode: inode.value.mode }), `cannot create regular file '${to}'`);
}
/** What cp and mv share: where each source goes. */
function* eachTarget(p: Process, parsed: Parsed, usage: GnuUsage, body: (from: Bytes, to: Bytes) => Sys<number>): Sys<number> {
  const given = parsed.options.get('target-directory');
  const sources = given === undefined ? parsed.operands.slice(0, -1) : parsed.operands;
  const target = given ?? parsed.operands.at(-1);
  if (target === undefined) return yield* usageError(p, 'missing file operand', usage);
  if (sources.length === 0) return yield* usageError(p, `missing destination file operand after '${target}'`, usage);
  const into = given !== undefined || (isDir(p, target) && !parsed.has('no-target-directory'));
  if (sources.length > 1 && !into) return yield* p.fail(`target '${target}': ${strerror(p.fs.exists(target) ? 'ENOTDIR' : 'ENOENT')}`);
  let status = 0;
  for (const from of sources) status |= yield* body(from, into ? join(target, baseName(from)) : target);
  return status;
}
const same = (p: Process, a: Bytes, b: Bytes): boolean => {
  const x = p.fs.stat(a);
  const y = p.fs.stat(b);
  return x.ok && y.ok && x.value === y.value;
};
const cp = program(
  { usage: '[OPTION]... SOURCE... DEST', summary: 'Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.', options: COPY },
  function* (p, parsed, usage) {
    const isRecursive = parsed.has('recursive') || parsed.has('R') || parsed.has('archive');
    return yield* eachTarget(p, parsed, usage, function* (from, to) {
      if (same(p, from, to)) return yield* p.fail(`'${from}' and '${to}' are the same file`);
      if (parsed.has('no-clobber') && p.fs.exists(to)) return 0;
      return yield* copy(p, from, to, isRecursive, isRecursive || parsed.has('no-dereference') || parsed.has('d'));
    });
  },
);
const mv = program(
  {
    usage: '[OPTION]... SOURCE... DEST',
    summary: 'Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.',
    options: COPY.filter((option) => 'finTtuv'.includes(option.short ?? '')),
  },
  function* (p, parsed, usage) {
    return yield* eachTarget(p, parsed, usage, function* (from, to) {
      if (!p.fs.lstat(from).ok) return yield* p.failErrno(`cannot stat '${from}'`, 'ENOENT');
      if (same(p, from, to)) return yield* p.fail(`'${from}' and '${to}' are the same file`);
      if (parsed.has('no-clobber') && p.fs.exists(to)) return 0;
      const moved = p.fs.rename(from, to);
      if (moved.ok || moved.error !== 'EXDEV') return yield* said(p, moved, `cannot move '${from}' to '${to}'`);
      const status = yield* copy(p, from, to, true, true);
      return status !== 0 ? status : yield* said(p, p.fs.unlink(from), `cannot remove '${from}'`);
    });
  },
);
const at = (name: string, main: Program): InstalledProgram => ({ path: `/usr/bin/${name}`, main, origin: 'coreutils 9.1' });
export const FILE_PROGRAMS: readonly InstalledProgram[] = [
  ...[at('ls', ls), at('mkdir', mkdir), at('rmdir', rmdir), at('rm', rm), at('ln', ln), at('touch', touch), at('chmod', chmod), at('chown', chown)],
  ...[
    at('cp', cp),
    at('mv', mv),
    at('readlink', readlink),
    at('realpath', realpath),
    at('basename', basename),
    at('dirname', dirname),
    at('mktemp', mktemp),
    at('stat', stat),
  ],
];
