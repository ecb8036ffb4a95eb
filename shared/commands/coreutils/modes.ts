/** chmod, chown and chgrp (GNU coreutils 9.1), and modes as they are written there. */
import type { Bytes } from '../../base/index.ts';
import { type Inode, type Process, type Program, type Sys } from '../../shell/index.ts';
import { owners } from './ls.ts';
import { usageError, type GnuUsage, type Parsed } from './options.ts';
import { missing, join, program, quoted, said } from './program.ts';
import { modeText } from './stat-text.ts';

/** What a mode becomes. */
type ModeChange = (mode: number, kind: Inode['kind']) => number;

const SHIFTS = { u: 6, g: 3, o: 0 } as const;
/** `755`, `u+x,go-w`, `g=u`: undefined when it is none. A clause without u, g, o or a spares what the umask has. */
export function parseMode(text: Bytes, umask: number): ModeChange | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return () => Number.parseInt(text, 8);
  if (/^[-+=][0-7]{1,4}$/.test(text)) {
    const bits = Number.parseInt(text.slice(1), 8);
    return (mode) => (text[0] === '+' ? mode | bits : text[0] === '-' ? mode & ~bits : bits);
  }
  const steps: ModeChange[] = [];
  for (const clause of text.split(',')) {
    const [, who = '', actions] = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause) ?? [];
    if (actions === undefined) return undefined;
    const classes = who === '' || who.includes('a') ? 'ugo' : who;
    const spared = who === '' ? umask : 0;
    for (const [, operator = '', letters = ''] of actions.matchAll(/([-+=])([ugo]|[rwxXst]*)/g))
      steps.push((mode, kind) => oneStep(mode, kind, classes, operator, letters, spared));
  }
  return (mode, kind) => steps.reduce((now, step) => step(now, kind), mode);
}
function oneStep(mode: number, kind: Inode['kind'], classes: string, operator: string, letters: string, spared: number): number {
  const copied = /^[ugo]$/.test(letters) ? (mode >> SHIFTS[letters as 'u']) & 7 : undefined;
  const has = (letter: string): boolean => copied === undefined && letters.includes(letter);
  const canRun = has('x') || (has('X') && (kind === 'dir' || (mode & 0o111) !== 0));
  const bits = copied ?? (has('r') ? 4 : 0) | (has('w') ? 2 : 0) | (canRun ? 1 : 0);
  let mask = 0;
  let scope = 0;
  for (const letter of ['u', 'g', 'o'] as const) {
    if (!classes.includes(letter)) continue;
    mask |= bits << SHIFTS[letter];
    scope |= 7 << SHIFTS[letter];
  }
  mask &= ~spared;
  if (has('s')) mask |= (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
  if (has('t') && classes.includes('o')) mask |= 0o1000;
  if (operator === '+') return mode | mask;
  if (operator === '-') return mode & ~mask;
  const special = kind === 'dir' ? 0 : (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
  return (mode & ~((scope & ~spared) | special)) | mask;
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
/** `0644 (rw-r--r--)`. */
const shown = (mode: number): string => `${octal(mode)} (${modeText(mode & 0o7777).slice(1)})`;

const CHMOD: GnuUsage = {
  usage: '[OPTION]... MODE[,MODE]... FILE...',
  summary: 'Change the mode of each FILE to MODE.',
  options: [
    { short: 'c', long: 'changes', help: 'like verbose but report only when a change is made' },
    { short: 'f', long: 'silent', help: 'suppress most error messages' },
    { long: 'quiet', help: 'as --silent' },
    { short: 'v', long: 'verbose', help: 'output a diagnostic for every file processed' },
    { long: 'no-preserve-root', help: "do not treat '/' specially (the default)" },
    { long: 'preserve-root', help: "fail to operate recursively on '/'" },
    { long: 'reference', argument: 'required', help: "use RFILE's mode instead of specifying MODE values" },
    { short: 'R', long: 'recursive', help: 'change files and directories recursively' },
  ],
  // `-w`, `-x+r`: a mode, not options.
  rewrite: (words) => {
    const at = words.findIndex((word) => /^-[rwxXstugo]*[rwxXstugo][-+=,rwxXstugoa]*$/.test(word) && !/^-R?[cfvR]+$/.test(word));
    return at < 0 || words.slice(0, at).includes('--') ? words : [...words.slice(0, at), '--', ...words.slice(at)];
  },
};
export const chmod = program(CHMOD, function* (p, parsed, usage) {
  const reference = parsed.options.get('reference');
  const operands = [...parsed.operands];
  const text = reference === undefined ? operands.shift() : undefined;
  if (reference === undefined && text === undefined) return yield* missing(p, usage);
  if (operands.length === 0) return yield* usageError(p, `missing operand after ${quoted(reference ?? text ?? '')}`, usage);
  const model = reference === undefined ? undefined : p.fs.stat(reference);
  if (model && !model.ok) return yield* p.failErrno(`failed to get attributes of ${quoted(reference ?? '')}`, model.error);
  const change = model ? () => model.value.mode : parseMode(text ?? '', p.umask);
  if (!change) return yield* usageError(p, `invalid mode: ${quoted(text ?? '')}`, usage);
  const isQuiet = parsed.has('silent') || parsed.has('quiet');
  const isLoud = parsed.has('verbose');
  const apply = function* (path: Bytes): Sys<number> {
    const inode = p.fs.stat(path);
    if (!inode.ok) {
      const isDangling = inode.error === 'ENOENT' && p.fs.lstat(path).ok;
      if (!isQuiet)
        yield* isDangling ? p.fail(`cannot operate on dangling symlink ${quoted(path)}`) : p.failErrno(`cannot access ${quoted(path)}`, inode.error);
      if (isLoud) yield* p.print(`${quoted(path)} could not be accessed\n`);
      return 1;
    }
    const { mode, kind } = inode.value;
    const wanted = change(mode, kind);
    let status = yield* said(p, p.fs.chmod(path, wanted), `changing permissions of ${quoted(path)}`);
    if ((mode & 0o7777) !== wanted && (isLoud || parsed.has('changes')))
      yield* p.print(`mode of ${quoted(path)} changed from ${shown(mode)} to ${shown(wanted)}\n`);
    else if (isLoud) yield* p.print(`mode of ${quoted(path)} retained as ${shown(mode)}\n`);
    // `chmod -w` does less than it says where the umask spares bits.
    const full = text?.startsWith('-') ? parseMode(text, 0)?.(mode, kind) : undefined;
    if (full !== undefined && full !== wanted)
      status = yield* p.fail(`${path}: new permissions are ${modeText(wanted).slice(1)}, not ${modeText(full).slice(1)}`);
    const entries = parsed.has('recursive') && kind === 'dir' ? p.fs.readdir(path) : undefined;
    for (const { name, inode: child } of entries?.ok ? entries.value : []) if (child.kind !== 'symlink') status |= yield* apply(join(path, name));
    yield* p.tick();
    return status;
  };
  let status = 0;
  for (const path of operands) status |= yield* apply(path);
  return status;
});

/** By name or number; -1 where nothing was said, undefined when it is nobody. */
export function idOf(p: Process, name: Bytes, path: '/etc/passwd' | '/etc/group'): number | undefined {
  if (name === '') return -1;
  const file = p.fs.readFile(path);
  const row = (file.ok ? file.value : '').split('\n').find((line) => line.startsWith(`${name}:`));
  if (row !== undefined) return Number(row.split(':')[2]);
  return /^\+?\d+$/.test(name) ? Number(name) : undefined;
}

const ownerUsage = (kind: 'owner' | 'group'): GnuUsage => ({
  usage: kind === 'owner' ? '[OPTION]... [OWNER][:[GROUP]] FILE...' : '[OPTION]... GROUP FILE...',
  summary: kind === 'owner' ? 'Change the owner and/or group of each FILE to OWNER and/or GROUP.' : 'Change the group of each FILE to GROUP.',
  options: [
    { short: 'c', long: 'changes', help: 'like verbose but report only when a change is made' },
    { short: 'f', long: 'silent', help: 'suppress most error messages' },
    { long: 'quiet', help: 'as --silent' },
    { short: 'v', long: 'verbose', help: 'output a diagnostic for every file processed' },
    { long: 'dereference', help: 'affect the referent of each symbolic link (this is the default)' },
    { short: 'h', long: 'no-dereference', help: 'affect symbolic links instead of any referenced file' },
    { long: 'from', argument: 'required', help: 'change only if the current owner and/or group match', isMissing: true },
    { long: 'reference', argument: 'required', help: "use RFILE's owner and group rather than specifying values" },
    { short: 'R', long: 'recursive', help: 'operate on files and directories recursively' },
  ],
});
const ownerProgram = (kind: 'owner' | 'group'): Program =>
  program(ownerUsage(kind), function* (p, parsed, usage) {
    const operands = [...parsed.operands];
    const reference = parsed.options.get('reference');
    const text = reference === undefined ? operands.shift() : undefined;
    if (reference === undefined && text === undefined) return yield* missing(p, usage);
    if (operands.length === 0) return yield* usageError(p, `missing operand after ${quoted(reference ?? text ?? '')}`, usage);
    const model = reference === undefined ? undefined : p.fs.stat(reference);
    if (model && !model.ok) return yield* p.failErrno(`failed to get attributes of ${quoted(reference ?? '')}`, model.error);
    let [user, group] = ['', text ?? ''];
    let hasColon = false;
    if (kind === 'owner') {
      const isDotted = !(text ?? '').includes(':') && /^[^.]+\.[^.]*$/.test(text ?? '') && idOf(p, text ?? '', '/etc/passwd') === undefined;
      if (isDotted) yield* p.fail(`warning: '.' should be ':': ${quoted(text ?? '')}`);
      hasColon = isDotted || (text ?? '').includes(':');
      [user = '', group = ''] = (text ?? '').split(isDotted ? '.' : ':');
    }
    const uid = model?.value.uid ?? idOf(p, user, '/etc/passwd');
    const gid = model?.value.gid ?? (hasColon && group === '' && user !== '' ? uid : idOf(p, group, '/etc/group'));
    if (uid === undefined) return yield* p.fail(`invalid user: ${quoted(text ?? '')}`);
    if (gid === undefined) return yield* p.fail(`invalid group: ${quoted(text ?? '')}`);
    return yield* changeOwners(p, parsed, operands, uid, gid, kind);
  });

function* changeOwners(p: Process, parsed: Parsed, paths: readonly Bytes[], uid: number, gid: number, kind: 'owner' | 'group'): Sys<number> {
  const names = owners(p);
  const isLoud = parsed.has('verbose');
  const follow = !parsed.has('no-dereference');
  const what = kind === 'owner' ? 'ownership' : 'group';
  const named = (user: number, group: number): string =>
    what === 'group' ? names.group(group) : `${user < 0 ? '' : names.user(user)}${gid >= 0 ? `:${names.group(group)}` : ''}`;
  const apply = function* (path: Bytes): Sys<number> {
    const inode = follow ? p.fs.stat(path) : p.fs.lstat(path);
    if (!inode.ok) {
      if (!parsed.has('silent') && !parsed.has('quiet')) yield* p.failErrno(`cannot access ${quoted(path)}`, inode.error);
      return 1;
    }
    let status = 0;
    const { uid: oldUser, gid: oldGroup } = inode.value;
    const entries = parsed.has('recursive') && inode.value.kind === 'dir' ? p.fs.readdir(path) : undefined;
    for (const { name } of entries?.ok ? entries.value : []) status |= yield* apply(join(path, name));
    status |= yield* said(p, p.fs.chown(path, uid, gid, { follow }), `changing ${what} of ${quoted(path)}`);
    const isChanged = (uid >= 0 && uid !== oldUser) || (gid >= 0 && gid !== oldGroup);
    const group = gid < 0 ? oldGroup : gid;
    if (isChanged && (isLoud || parsed.has('changes')))
      yield* p.print(`changed ${what} of ${quoted(path)} from ${named(oldUser, oldGroup)} to ${named(uid, group)}\n`);
    else if (isLoud) yield* p.print(`${what} of ${quoted(path)} retained${uid < 0 && gid < 0 ? '' : ` as ${named(oldUser, oldGroup)}`}\n`);
    return status;
  };
  let status = 0;
  for (const path of paths) status |= yield* apply(path);
  return status;
}
export const chown = ownerProgram('owner');
export const chgrp = ownerProgram('group');
