/** Command and process substitution (bash(1)): a subshell at the end of a pipe. */
import type { Bytes } from '../../../base/index.ts';
import { makePipe } from '../../files/pipe.ts';
import { exitStatusOf } from '../../process/signals.ts';
import type { Sys } from '../../process/wait.ts';
import { checkSize } from '../failure.ts';
import type { Shell } from '../shell.ts';
import type { List } from '../syntax/tree.ts';
import { expandRedirects, perform } from './redirect.ts';
import { startSubshell } from './start.ts';

/** The output of commands, without newlines at its end. */
export function* substitute(shell: Shell, list: List): Sys<Bytes> {
  const [only] = list;
  if (list.length === 1 && only && !only.isBackground && only.command.kind === 'simple') {
    const { words, assignments, redirects } = only.command;
    // $(< file) is the content of the file.
    if (words.length === 0 && assignments.length === 0 && redirects.length === 1 && redirects[0]?.operator === '<') return yield* content(shell, list);
  }
  const pipe = makePipe(shell.process.os.takeInode());
  const member = startSubshell(shell, (sub) => inSubstitution(sub, list), {
    prepare: (child) => {
      child.fds.put(1, pipe.writer);
    },
  });
  if (!member) {
    pipe.writer.released();
    pipe.reader.released();
    shell.substitutionStatus = shell.status = 254;
    return '';
  }
  const fd = shell.process.fds.add(pipe.reader, true, 10);
  let output = '';
  while (fd.ok) {
    const piece = yield* shell.process.read(fd.value);
    if (piece.ok && piece.value === '') break;
    if (piece.ok) output = checkSize(output + piece.value);
    else if (piece.error !== 'EINTR' || shell.isInterrupted) break;
  }
  if (fd.ok) shell.process.fds.close(fd.value);
  else pipe.reader.released();
  const wasWaiting = shell.isWaiting;
  shell.isWaiting = true;
  const status = yield* shell.process.waitExit(member.process);
  shell.isWaiting = wasWaiting;
  shell.substitutionStatus = shell.status = exitStatusOf(status);
  if (output.includes('\0')) {
    shell.complain('warning: command substitution: ignored null byte in input');
    output = output.replaceAll('\0', '');
  }
  let end = output.length;
  while (end > 0 && output.charCodeAt(end - 1) === 10) end--;
  return output.slice(0, end);
}

function* inSubstitution(sub: Shell, list: List): Sys<number> {
  sub.substitutions++;
  sub.isSubstitution = true;
  if (!sub.options.has('inherit_errexit')) sub.options.set('errexit', false);
  return yield* sub.runner.runLastList(sub, list);
}

function* content(shell: Shell, list: List): Sys<Bytes> {
  const command = list[0]?.command;
  if (command?.kind !== 'simple') return '';
  const actions = yield* expandRedirects(shell, command.redirects);
  const redirected = yield* perform(shell, shell.process, actions);
  if (!redirected) {
    shell.substitutionStatus = shell.status = 1;
    return '';
  }
  const all = yield* shell.process.readAll(0);
  redirected.undo();
  shell.substitutionStatus = shell.status = all.ok ? 0 : 1;
  return (all.ok ? all.value : '').replaceAll('\0', '').replace(/\n+$/, '');
}

/** `/dev/fd/N`: the end of a pipe that the commands read or write. */
export function* substituteProcess(shell: Shell, list: List, direction: '<' | '>'): Sys<Bytes> {
  const pipe = makePipe(shell.process.os.takeInode());
  const [own, theirs] = direction === '<' ? [pipe.reader, pipe.writer] : [pipe.writer, pipe.reader];
  const member = startSubshell(shell, (sub) => sub.runner.runLastList(sub, list), {
    isBackground: false,
    prepare: (child) => {
      child.fds.put(direction === '<' ? 1 : 0, theirs);
    },
  });
  if (!member) {
    theirs.released();
    own.released();
    return '/dev/null';
  }
  shell.lastBackground = member.pid;
  shell.jobs.keep(member);
  let number = 63;
  while (shell.process.fds.get(number)) number--;
  shell.process.fds.put(number, own);
  shell.substitutionFds.push(number);
  return `/dev/fd/${number}`;
}
