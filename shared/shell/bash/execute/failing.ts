/** What follows from failures: of an expansion, of a command under `set -e` or with an ERR trap. */
import type { Sys } from '../../process/wait.ts';
import type { ShellFailure } from '../failure.ts';
import type { MaybeSys, Shell } from '../shell.ts';
import type { Command } from '../syntax/tree.ts';

/** Says what went wrong and decides how much is given up; the status of the command. */
export function fail(shell: Shell, failure: ShellFailure): number {
  if (failure.words !== undefined) shell.complain(failure.words);
  shell.takeOutput();
  if (failure.reach === 'command') return failure.status;
  if (shell.dialect !== 'bash' && !shell.isInteractive) {
    shell.leaving = { kind: 'exit' };
    return (shell.status = 2);
  }
  const ends = failure.reach === 'exit' && !shell.isInteractive;
  // Only `bash -c` itself ends with 127.
  const status = failure.status === 127 && !(shell.isCommandString && !shell.isSubshell) ? 1 : failure.status;
  shell.leaving = { kind: ends || shell.isSubshell ? 'exit' : 'discard' };
  shell.status = status;
  return status;
}

/** After a command that `set -e` and ERR care about; without one BASH_COMMAND stays what it is. */
export function checkStatus(shell: Shell, status: number, command?: Command): MaybeSys<number> {
  if (status === 0 || shell.conditions > 0 || shell.leaving) return status;
  const wantsTrap = shell.traps.get('ERR') !== undefined;
  if (!wantsTrap && !shell.options.errexit) return status;
  const culprit = command?.kind === 'pipeline' ? command.commands.findLast((each) => each.kind === 'simple' || each.kind === 'subshell') : command;
  if (wantsTrap && culprit && command?.kind !== 'simple') {
    shell.current = culprit;
    shell.line = culprit.line;
  }
  // A subshell at the end of a pipeline counts once for itself and once for the pipeline.
  const isTwice = wantsTrap && command?.kind === 'pipeline' && command.commands.length > 1 && command.commands.at(-1)?.kind === 'subshell';
  return failed(shell, status, wantsTrap, isTwice ? 2 : 1);
}
function* failed(shell: Shell, status: number, wantsTrap: boolean, times: number): Sys<number> {
  for (let i = 0; i < times && !shell.leaving; i++) {
    shell.status = status;
    if (wantsTrap) yield* shell.runner.trap(shell, 'ERR');
  }
  if (shell.options.errexit && shell.inversions === 0 && !shell.leaving) shell.leaving = { kind: 'exit', isInside: true };
  return status;
}
