/**
 * Redirections (bash(1), REDIRECTION) in two steps: their words are expanded in the shell, then they are performed in the process that runs the
 * command: the shell itself, which undoes them afterwards, or a child on its way to another program.
 */
import { err, ok, strerror, type Bytes, type Errno, type Result } from '../../../base/index.ts';
import { OpenFile, type OpenFlags } from '../../files/inode.ts';
import type { Process } from '../../process/process.ts';
import type { Sys } from '../../process/wait.ts';
import { expandText, expandWords } from '../expand/expand.ts';
import { readElement } from '../expand/lookup.ts';
import { ShellFailure } from '../failure.ts';
import type { Shell } from '../shell.ts';
import type { Redirect } from '../syntax/tree.ts';

/** One redirection with its words expanded. */
export interface Action {
  readonly redirect: Redirect;
  readonly text: Bytes;
}

/** What was redirected: to be put back as it was, or to stay. */
export interface Redirected {
  undo(): void;
  /** `exec` with redirections: what was there before is let go. */
  keep(): void;
}

export function* expandRedirects(shell: Shell, redirects: readonly Redirect[]): Sys<Action[]> {
  const actions: Action[] = [];
  for (const redirect of redirects) {
    shell.line = redirect.line;
    const { operator, target } = redirect;
    if (operator === '<<<' || operator === '<<' || operator === '<<-') {
      const text = expandText(shell, target);
      const body = typeof text === 'string' ? text : yield* text;
      actions.push({ redirect, text: operator === '<<<' ? `${body}\n` : body });
      continue;
    }
    const expanded = expandWords(shell, [target]);
    const words = Array.isArray(expanded) ? expanded : yield* expanded;
    if (words.length !== 1) throw new ShellFailure(`${target.text}: ambiguous redirect`, 'command');
    actions.push({ redirect, text: words[0] ?? '' });
  }
  return actions;
}

/** Performs them one by one; undefined when one failed, which has been said then, and those before it are undone. */
export function* perform(shell: Shell, process: Process, actions: readonly Action[]): Sys<Redirected | undefined> {
  const saved: { readonly fd: number; readonly file: OpenFile | undefined; readonly cloexec: boolean }[] = [];
  const undo = (): void => {
    for (const { fd, file, cloexec } of saved.reverse()) {
      if (file) {
        process.fds.put(fd, file, cloexec);
        file.references--;
      } else process.fds.close(fd);
    }
  };
  const release = (): void => {
    for (const { file } of saved) if (file && --file.references === 0) file.released();
  };
  const keep = (fd: number): void => {
    const file = process.fds.get(fd);
    if (file) file.references++;
    saved.push({ fd, file, cloexec: process.fds.isCloexec(fd) });
  };
  for (const action of actions) {
    const failure = yield* performOne(shell, process, action, keep);
    if (failure === undefined) continue;
    undo();
    shell.complain(shell.dialect === 'bash' ? failure : plainFailure(shell, action, failure), process);
    return undefined;
  }
  return { undo, keep: release };
}

/** How dash and ash say that a file cannot be opened. */
function plainFailure(shell: Shell, { redirect: { operator } }: Action, failure: Bytes): Bytes {
  const [, path, reason] = /^(.*): (.*)$/s.exec(failure) ?? [];
  if (path === undefined || reason === undefined || operator.endsWith('&')) return failure;
  const isDash = shell.dialect === 'dash';
  const creates = operator !== '<' && operator !== '<>';
  const verb = isDash ? `cannot ${creates ? 'create' : 'open'}` : `can't ${creates ? 'create' : 'open'}`;
  if (reason !== strerror('ENOENT')) return `${verb} ${path}: ${reason}`;
  return `${verb} ${path}: ${creates ? (isDash ? 'Directory nonexistent' : 'nonexistent directory') : isDash ? 'No such file' : 'no such file'}`;
}

const FLAGS: Readonly<Record<'<' | '>' | '>>' | '<>' | '>|', OpenFlags>> = {
  '<': { read: true },
  '>': { write: true, create: true, truncate: true },
  '>|': { write: true, create: true, truncate: true },
  '>>': { write: true, create: true, append: true },
  '<>': { read: true, write: true, create: true },
};

/** The failure's words. */
function* performOne(shell: Shell, process: Process, { redirect, text }: Action, keep: (fd: number) => void): Sys<Bytes | undefined> {
  const { operator } = redirect;
  switch (operator) {
    case '<<':
    case '<<-':
    case '<<<':
      return place(shell, process, redirect, 0, new HereText(text, process.os.takeInode()), keep);
    case '&>':
    case '&>>':
      return yield* both(shell, process, text, operator === '&>>', keep);
    case '<&':
    case '>&':
      return yield* duplicate(shell, process, redirect, text, keep);
    default: {
      if (operator === '>' && shell.options.noclobber) {
        const inode = process.fs.stat(text);
        if (inode.ok && inode.value.kind === 'file') return `${text}: cannot overwrite existing file`;
      }
      const file = yield* openTarget(shell, process, text, FLAGS[operator]);
      return file.ok ? place(shell, process, redirect, operator === '<' || operator === '<>' ? 0 : 1, file.value, keep) : file.error;
    }
  }
}

function* both(shell: Shell, process: Process, text: Bytes, isAppend: boolean, keep: (fd: number) => void): Sys<Bytes | undefined> {
  const file = yield* openTarget(shell, process, text, FLAGS[isAppend ? '>>' : '>']);
  if (!file.ok) return file.error;
  keep(1);
  keep(2);
  process.fds.put(1, file.value);
  process.fds.put(2, file.value);
  return undefined;
}

/** `n<&m`, `n>&m`, `n>&-`, `n>&m-`; `>&file` is `&>file`. */
function* duplicate(shell: Shell, process: Process, redirect: Redirect, text: Bytes, keep: (fd: number) => void): Sys<Bytes | undefined> {
  const usual = redirect.operator === '<&' ? 0 : 1;
  if (text === '-') {
    const fd = redirect.variable === undefined ? (redirect.fd ?? usual) : Number(valueOf(shell, redirect.variable) ?? -1);
    keep(fd);
    process.fds.close(fd);
    return undefined;
  }
  const match = /^(\d+)(-?)$/.exec(text);
  if (!match) {
    if (redirect.operator === '>&' && (redirect.fd === undefined || redirect.fd === 1) && redirect.variable === undefined)
      return yield* both(shell, process, text, false, keep);
    return `${redirect.target.text}: ambiguous redirect`;
  }
  const from = Number(match[1]);
  const file = process.fds.get(from);
  if (!file) return `${match[1] ?? ''}: ${strerror('EBADF')}`;
  const failure = place(shell, process, redirect, usual, file, keep);
  if (failure === undefined && match[2] === '-' && from !== (redirect.fd ?? usual)) {
    keep(from);
    process.fds.close(from);
  }
  return failure;
}

/** `{name}` and `{name[index]}` of a redirection that closes or moves. */
function valueOf(shell: Shell, variable: Bytes): Bytes | undefined {
  const [, name = '', index] = /^([^[]*)(?:\[(.*)\])?$/s.exec(variable) ?? [];
  return index === undefined ? shell.getVariable(name) : readElement(shell, name, index);
}

/** Gives a file its number; `{name}` gets a free one from 10 on, which stays after the command. */
function place(shell: Shell, process: Process, redirect: Redirect, usual: number, file: OpenFile, keep: (fd: number) => void): Bytes | undefined {
  if (redirect.variable !== undefined) {
    const fd = process.fds.add(file, false, 10);
    if (!fd.ok) return `${redirect.variable}: ${strerror(fd.error)}`;
    const [, name = '', index] = /^([^[]*)(?:\[(.*)\])?$/s.exec(redirect.variable) ?? [];
    if (index === undefined) shell.assign(name, String(fd.value));
    else shell.runner.assignElement(shell, name, index, String(fd.value));
    return undefined;
  }
  const fd = redirect.fd ?? usual;
  // The same file may be in both places.
  file.references++;
  keep(fd);
  const put = process.fds.put(fd, file);
  file.references--;
  return put.ok ? undefined : `${fd}: ${strerror('EBADF')}`;
}

function* openTarget(shell: Shell, process: Process, path: Bytes, flags: OpenFlags): Sys<Result<OpenFile, Bytes>> {
  const fd = /^\/dev\/(?:fd\/(\d+)|(stdin)|(stdout)|(stderr))$/.exec(path);
  if (fd) {
    const number = fd[1] === undefined ? (fd[2] ? 0 : fd[3] ? 1 : 2) : Number(fd[1]);
    const file = process.fds.get(number);
    if (!file) return err(`${path}: ${strerror('ENOENT')}`);
    const again = file.reopen(flags, process);
    return again.ok ? again : err(`${path}: ${strerror(again.error)}`);
  }
  const network = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(path);
  if (network && shell.hooks.connect) {
    const [, protocol, host = '', port = ''] = network;
    const socket = yield* shell.hooks.connect(process, protocol as 'tcp' | 'udp', host, port);
    if (socket.ok) return socket;
    if (typeof socket.error === 'string') {
      // sys_error() of bash names the script, but no line.
      shell.say(`${shell.prefix.replace(/line \d+: $/, '')}connect: ${strerror(socket.error)}\n`, process);
      return err(`${path}: ${strerror(socket.error)}`);
    }
    shell.complain(socket.error.words, process);
    return err(`${path}: ${strerror('EINVAL')}`);
  }
  const opened = yield* process.open(path, flags);
  if (!opened.ok) return err(`${path}: ${strerror(opened.error)}`);
  const file = process.fds.get(opened.value);
  if (!file) return err(`${path}: ${strerror('EBADF')}`);
  // Off its first number without closing it: it gets the one that was asked for.
  file.references++;
  process.fds.close(opened.value);
  file.references--;
  return ok(file);
}

/** What a here-document is read from. */
class HereText extends OpenFile {
  private offset = 0;
  constructor(
    private readonly text: Bytes,
    private readonly ino: number,
  ) {
    super();
    this.flags = { read: true };
  }
  override read(max: number): Result<Bytes, Errno> {
    const data = this.text.slice(this.offset, this.offset + max);
    this.offset += data.length;
    return ok(data);
  }
  override describe(): Bytes {
    return `pipe:[${this.ino}]`;
  }
}
