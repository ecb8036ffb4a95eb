/** `coproc NAME command`: a background command with a pipe to and a pipe from the shell. */
import { IndexedArray } from '../arrays.ts';
import { makePipe } from '../../files/pipe.ts';
import type { Shell } from '../shell.ts';
import { printCommand } from '../syntax/print.ts';
import type { Coproc } from '../syntax/tree.ts';
import { runAlone } from './pipeline.ts';
import { startSubshell } from './start.ts';

export function runCoproc(shell: Shell, command: Coproc): number {
  const toChild = makePipe(shell.process.os.takeInode());
  const fromChild = makePipe(shell.process.os.takeInode());
  const member = startSubshell(shell, (sub) => runAlone(sub, command.body), {
    isBackground: true,
    prepare: (child) => {
      child.fds.put(0, toChild.reader);
      child.fds.put(1, fromChild.writer);
    },
  });
  if (!member) return 254;
  const read = shell.process.fds.add(fromChild.reader, true, 10);
  const write = shell.process.fds.add(toChild.writer, true, 10);
  const variable = shell.variables.declareGlobal(command.name);
  variable.value = new IndexedArray([String(read.ok ? read.value : -1), String(write.ok ? write.value : -1)]);
  shell.variables.put(`${command.name}_PID`, String(member.pid));
  shell.lastBackground = member.pid;
  shell.jobs.add([member], () => printCommand(command), undefined, false);
  return 0;
}
