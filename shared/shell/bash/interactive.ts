/**
 * A conversation at a terminal: prompts, the line editor, lines that go on, history, jobs that report themselves, ^C and ^D (bash(1), INTERACTIVE
 * SHELLS). Without a terminal, or with `plain`, lines are read as they come.
 */
import type { Bytes } from '../../base/index.ts';
import { editLine, type EditedLine } from '../editor/index.ts';
import { ProcessGroup } from '../process/session.ts';
import type { Sys } from '../process/wait.ts';
import { complainOf, runUnit } from './execute/call.ts';
import { completeLine } from './complete.ts';
import { expandHistory } from './history-expansion.ts';
import { History } from './history.ts';
import { decodePrompt } from './prompt.ts';
import { readLine } from './read-line.ts';
import type { Shell } from './shell.ts';
import { isUnfinished, parseScript } from './syntax/parse.ts';

const PS1 = '\\s-\\v\\$ ';
const PS2 = '> ';
/** Until somebody sets another limit. */
const HISTORY_LINES = 500;

export function* interact(shell: Shell, plain: boolean): Sys<number> {
  const { process } = shell;
  const history = (shell.history ??= new History(Number(shell.getVariable('HISTSIZE') ?? HISTORY_LINES)));
  const hasTerminal = process.isTerminal(0) && process.isTerminal(2);
  if (hasTerminal) takeTerminal(shell);
  for (;;) {
    const text = yield* readCommand(shell, history, plain || !hasTerminal);
    if (text.kind === 'eof') {
      if (shell.options.isSet('ignoreeof')) {
        shell.say('Use "exit" to leave the shell.\n');
        continue;
      }
      yield* process.write(2, shell.options.has('login_shell') ? 'logout\n' : 'exit\n');
      return shell.status;
    }
    if (text.kind === 'interrupted') {
      shell.isInterrupted = false;
      shell.status = 130;
      continue;
    }
    const parsed = parseScript(text.line);
    for (const unit of parsed.units) {
      yield* runUnit(shell, unit);
      if (shell.leaving) break;
    }
    // the prompt begins on a line of its own after ^C
    if (hasTerminal && shell.status === 130) yield* process.write(2, '\n');
    if (shell.leaving?.kind === 'discard') {
      shell.leaving = undefined;
      continue;
    }
    if (shell.leaving) return shell.status;
    if (parsed.problem) {
      complainOf(shell, parsed.problem, {});
      shell.status = 2;
    }
  }
}

/** Job control: a process group of the shell's own, in front. */
function takeTerminal(shell: Shell): void {
  const { process } = shell;
  const terminal = process.fds.get(2);
  if (process.pgid !== process.pid && process.group.session.sid !== process.pid) process.join(new ProcessGroup(process.pid, process.group.session));
  terminal?.control({ kind: 'tty.set-foreground', group: process.group } as never, process);
  shell.options.set('monitor', true);
}

/** One complete command: lines are asked for as long as it goes on. */
function* readCommand(shell: Shell, history: History, plain: boolean): Sys<EditedLine> {
  let text = '';
  for (;;) {
    if (text === '') yield* beforePrompt(shell);
    const prompt = yield* promptText(shell, text === '' ? (shell.getVariable('PS1') ?? PS1) : (shell.getVariable('PS2') ?? PS2));
    const next: EditedLine = plain
      ? yield* readPlain(shell, prompt)
      : yield* editLine(shell.process, { prompt, history: history.list, complete: (line, cursor) => completeLine(shell, line, cursor) });
    if (next.kind === 'interrupted' || (next.kind === 'eof' && text === '')) return next;
    if (next.kind === 'line') {
      const expanded = shell.options.isSet('histexpand') ? expandHistory(next.line, history.list) : ({ kind: 'same' } as const);
      if (expanded.kind === 'missing') {
        shell.say(`bash: ${expanded.event}: event not found\n`);
        return { kind: 'line', line: '' };
      }
      const line = expanded.kind === 'changed' ? expanded.line : next.line;
      if (expanded.kind === 'changed') yield* shell.process.write(2, `${line}\n`);
      text += `${line}\n`;
    }
    if (text.trim() === '') return { kind: 'line', line: '' };
    if (next.kind === 'line' && isUnfinished(text, parseScript(text))) continue;
    history.add(text.replace(/\n$/, ''), shell.getVariable('HISTCONTROL') ?? '');
    return { kind: 'line', line: text };
  }
}

/** What happens before a prompt: finished jobs are told, PROMPT_COMMAND runs. */
function* beforePrompt(shell: Shell): Sys {
  shell.jobs.refresh();
  for (const job of [...shell.jobs.list]) {
    if (job.isNotified || job.isForeground || job.state === 'running') continue;
    job.isNotified = true;
    shell.say(`[${job.id}]${shell.jobs.mark(job)}  ${job.words.padEnd(23)} ${job.command}\n`);
    if (job.state === 'done') shell.jobs.remove(job);
  }
  const command = shell.getVariable('PROMPT_COMMAND');
  if (command === undefined || command === '') return;
  const { status } = shell;
  yield* shell.runner.evaluate(shell, command, { isFlat: true, name: 'PROMPT_COMMAND' });
  shell.status = status;
}

function* promptText(shell: Shell, prompt: Bytes): Sys<Bytes> {
  const { status } = shell;
  const text = yield* shell.runner.expandText(shell, decodePrompt(shell, prompt));
  shell.status = status;
  return text;
}

function* readPlain(shell: Shell, prompt: Bytes): Sys<EditedLine> {
  yield* shell.process.write(2, prompt.replace(/[\x01\x02]/g, ''));
  const line = yield* readLine(shell.process, 0);
  return line === undefined ? { kind: 'eof' } : { kind: 'line', line: line.replace(/\n$/, '') };
}
