/**
 * A conversation at a terminal: prompts, the line editor, lines that go on, history, jobs that report themselves, ^C and ^D (bash(1), INTERACTIVE
 * SHELLS). Without a terminal, or with `plain`, lines are read as they come.
 */
import { utf8Decode, utf8Encode, type Bytes } from '../../base/index.ts';
import { editLine, type EditedLine, type EditorMemory } from '../editor/index.ts';
import { ProcessGroup } from '../process/session.ts';
import type { Sys } from '../process/wait.ts';
import { IndexedArray } from './arrays.ts';
import { complainOf, refusedPattern, runUnit } from './execute/call.ts';
import { reportJobs, updateWindowSize } from './execute/wait.ts';
import { compilePattern } from './expand/pattern.ts';
import { completeLine } from './complete.ts';
import { expandHistory, type LastSubstitution } from './history-expansion.ts';
import { joinHistory } from './history-lines.ts';
import { History } from './history.ts';
import { decodePrompt } from './prompt.ts';
import { readLine } from './read-line.ts';
import type { Shell } from './shell.ts';
import { isUnfinished, parseScript } from './syntax/parse.ts';

const PS1 = '\\s-\\v\\$ ';
/** Debian's sh, which is dash. */
const SH_PS1 = '\\$ ';
const PS2 = '> ';
/** Until somebody sets another limit. */
const HISTORY_LINES = 500;

/** What is typed, until it is a command. `isLast`: the input ended in the middle of it. */
type Typed = { readonly kind: 'command'; readonly text: Bytes; readonly isLast: boolean } | { readonly kind: 'eof' } | { readonly kind: 'interrupted' };

export function* interact(shell: Shell, plain: boolean): Sys<number> {
  const { process } = shell;
  const hasTerminal = process.isTerminal(0) && process.isTerminal(2);
  const conversation = new Conversation(shell, plain || !hasTerminal);
  if (hasTerminal) takeTerminal(shell);
  for (;;) {
    const typed = yield* conversation.read();
    if (typed.kind === 'interrupted') {
      shell.status = 130;
      if (shell.traps.pending.length > 0) yield* shell.runner.handleSignals(shell);
      shell.isInterrupted = false;
      shell.leaving = shell.leaving?.kind === 'exit' ? shell.leaving : undefined;
      yield* process.write(2, '\n');
      if (shell.leaving) return conversation.end();
      continue;
    }
    if (typed.kind === 'eof') {
      if (shell.options.isSet('ignoreeof')) {
        shell.say('Use "exit" to leave the shell.\n');
        continue;
      }
      yield* process.write(2, goodbye(shell));
      return conversation.end();
    }
    yield* runTyped(shell, typed.text);
    if (shell.leaving) return conversation.end();
    if (!typed.isLast) continue;
    yield* process.write(2, goodbye(shell));
    return conversation.end();
  }
}

const isSh = (shell: Shell): boolean => /^-?sh$/.test(shell.name.replace(/^.*\//, ''));
const goodbye = (shell: Shell): Bytes => (isSh(shell) ? '' : shell.options.has('login_shell') ? 'logout\n' : 'exit\n');

/** Afterwards `leaving` says whether the shell is over. */
function* runTyped(shell: Shell, text: Bytes): Sys {
  const parsed = parseScript(text, { dialect: shell.dialect });
  let { problem } = parsed;
  for (const unit of parsed.units) {
    const refused = refusedPattern(shell, unit);
    if (refused) {
      problem = refused;
      break;
    }
    yield* runUnit(shell, unit);
    if (shell.leaving) break;
  }
  if (shell.leaving?.kind === 'exit') return;
  if (shell.leaving) {
    shell.leaving = undefined;
    shell.loops = 0;
    shell.lists = 0;
    shell.conditions = 0;
    return;
  }
  if (!problem) return;
  complainOf(shell, { ...problem, shown: undefined }, {});
  shell.status = 2;
}

/** Job control: a process group of the shell's own, in front. */
function takeTerminal(shell: Shell): void {
  const { process } = shell;
  const terminal = process.fds.get(2);
  if (process.pgid !== process.pid && process.group.session.sid !== process.pid) process.join(new ProcessGroup(process.pid, process.group.session));
  terminal?.control({ kind: 'tty.set-foreground', group: process.group } as never, process);
  shell.options.set('monitor', true);
  updateWindowSize(shell);
}

class Conversation {
  private readonly history: History;
  private readonly memory: EditorMemory = { query: '', kills: [] };
  private readonly lastSubstitution: LastSubstitution = { from: '', to: '' };

  constructor(
    private readonly shell: Shell,
    private readonly isPlain: boolean,
  ) {
    const { variables } = shell;
    if (variables.get('HISTFILE') === undefined && !variables.find('HISTFILE')) variables.put('HISTFILE', `${variables.get('HOME') ?? ''}/.bash_history`);
    for (const name of ['HISTSIZE', 'HISTFILESIZE']) if (variables.get(name) === undefined) variables.put(name, String(HISTORY_LINES));
    this.history = shell.history ??= new History();
    variables.changed('HISTSIZE');
    if (this.history.length === 0 && !isPlain) this.history.load(shell);
  }
  /** The shell is over: its status. */
  end(): number {
    if (!this.isPlain) this.history.save(this.shell);
    return this.shell.status;
  }

  /** One complete command: lines are asked for as long as it goes on. */
  *read(): Sys<Typed> {
    const { shell, history } = this;
    let text = '';
    let entry = '';
    for (;;) {
      if (text === '') yield* beforePrompt(shell);
      const next = yield* this.line(yield* promptText(shell, text === '' ? 'PS1' : 'PS2'));
      if (next.kind === 'interrupted' || (next.kind === 'eof' && text === '')) return next;
      if (next.kind === 'line') {
        const line = yield* this.expanded(next.line);
        if (line === undefined) return NOTHING;
        entry = joinHistory(entry, text, line);
        text += `${line}\n`;
        if (isUnfinished(text, parseScript(text, { dialect: shell.dialect }))) continue;
      }
      if (!isIgnored(shell, entry, history.list.at(-1) ?? '')) history.add(entry, shell.getVariable('HISTCONTROL') ?? '', now(shell));
      const ps0 = shell.getVariable('PS0');
      if (ps0 !== undefined && ps0 !== '') yield* shell.process.write(2, yield* promptText(shell, 'PS0'));
      return { kind: 'command', text, isLast: next.kind === 'eof' };
    }
  }
  private *line(prompt: Bytes): Sys<EditedLine> {
    const { shell, history, memory } = this;
    if (this.isPlain) return yield* readPlain(shell, prompt);
    return yield* editLine(shell.process, {
      prompt,
      history: history.list,
      memory,
      complete: (line, cursor) => completeLine(shell, line, cursor),
      *expand(line) {
        return utf8Decode(yield* shell.runner.expandText(shell, utf8Encode(line)));
      },
      resized: () => updateWindowSize(shell),
    });
  }
  /** With its `!` replaced; undefined when there is nothing to run. */
  private *expanded(line: Bytes): Sys<Bytes | undefined> {
    const { shell, history } = this;
    if (!shell.options.isSet('histexpand')) return line;
    const expansion = expandHistory(line, history.list, this.lastSubstitution);
    switch (expansion.kind) {
      case 'same':
        return line;
      case 'failed':
        shell.say(`${shell.name.replace(/^-/, '')}: ${expansion.words}\n`);
        return undefined;
      case 'changed':
        yield* shell.process.write(2, `${expansion.line}\n`);
        if (!expansion.isShown) return expansion.line;
        history.add(expansion.line, shell.getVariable('HISTCONTROL') ?? '', now(shell));
        return undefined;
    }
  }
}
/** HISTIGNORE: patterns of lines that are not kept; `&` is the line before. */
const isIgnored = (shell: Shell, line: Bytes, before: Bytes): boolean =>
  (shell.getVariable('HISTIGNORE') ?? '')
    .split(':')
    .some((pattern) => pattern !== '' && compilePattern(pattern.replace(/(^|[^\\])&/g, (_, head: string) => head + before)).matches(line));
const now = (shell: Shell): number => Math.floor(shell.process.unixUs / 1e6);
const NOTHING: Typed = { kind: 'command', text: '', isLast: false };

/** What happens before a prompt: finished jobs are told, PROMPT_COMMAND runs. */
function* beforePrompt(shell: Shell): Sys {
  reportJobs(shell);
  if (shell.hasUnsaid) yield* shell.settle();
  const value = shell.variables.find('PROMPT_COMMAND')?.current;
  const commands = value instanceof IndexedArray ? value.values() : [shell.getVariable('PROMPT_COMMAND') ?? ''];
  const { status } = shell;
  for (const command of commands) {
    if (command === '') continue;
    yield* shell.runner.evaluate(shell, command, { isFlat: true, name: 'PROMPT_COMMAND' });
    shell.status = status;
  }
}

function* promptText(shell: Shell, name: 'PS0' | 'PS1' | 'PS2'): Sys<Bytes> {
  const { status } = shell;
  const fallback = name === 'PS2' ? PS2 : isSh(shell) ? SH_PS1 : PS1;
  const text = yield* shell.runner.expandText(shell, decodePrompt(shell, shell.getVariable(name) ?? fallback));
  shell.status = status;
  return name === 'PS0' ? text.replace(/[\x01\x02]/g, '') : text;
}

function* readPlain(shell: Shell, prompt: Bytes): Sys<EditedLine> {
  yield* shell.process.write(2, prompt.replace(/[\x01\x02]/g, ''));
  const line = yield* readLine(shell.process, 0);
  return line === undefined ? { kind: 'eof' } : { kind: 'line', line: line.replace(/\n$/, '') };
}
