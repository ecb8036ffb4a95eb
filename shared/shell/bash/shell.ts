/**
 * The state of one bash: everything that a subshell gets a copy of. What commands do with it is in execute/, expand/ and builtins/; they reach
 * each other through `Runner`, which `main.ts` puts together.
 *
 * Invariant: a shell belongs to one process; `copy` makes the state of a child at the moment of its fork.
 */
import { strerror, utf8Decode, utf8Encode, type Bytes, type Errno } from '../../base/index.ts';
import type { SignalName } from '../process/signals.ts';
import type { Program } from '../process/host.ts';
import type { Process } from '../process/process.ts';
import type { Sys } from '../process/wait.ts';
import { plainPrefix, plainWords, type Dialect } from './dialect.ts';
import { AssociativeArray, IndexedArray } from './arrays.ts';
import { ShellFailure } from './failure.ts';
import type { History } from './history.ts';
import type { Hooks } from './hooks.ts';
import { Jobs } from './jobs.ts';
import { Options, type SetOption } from './options.ts';
import { installSpecial } from './special.ts';
import { printCommand } from './syntax/print.ts';
import type { Command, List } from './syntax/tree.ts';
import { Traps, type TrapName } from './traps.ts';
import { Variables, type Variable } from './variables.ts';

/** A builtin answers its exit status at once, or waits for something. */
export type MaybeSys<T> = T | Sys<T>;
export type Builtin = (shell: Shell, args: readonly Bytes[]) => MaybeSys<number>;

export interface ShellFunction {
  readonly name: Bytes;
  readonly body: Command;
  /** Script that defined it, for BASH_SOURCE and messages. */
  readonly source: Bytes;
  readonly line: number;
  isExported: boolean;
  isReadonly: boolean;
}

/** A function or script that is running: what FUNCNAME, BASH_SOURCE and BASH_LINENO show. */
export interface Frame {
  readonly name: Bytes;
  readonly source: Bytes;
  /** Line of the call. */
  readonly line: number;
  readonly kind: 'function' | 'source' | 'main';
  /** `local -`: what `set` had on when it was said. */
  options?: readonly (readonly [SetOption, boolean])[];
  /** Under `shopt -s extdebug`: what it was called with. */
  readonly args?: readonly Bytes[] | undefined;
}

/** An element of a compound assignment, expanded. */
export interface Element {
  readonly index: Bytes | undefined;
  readonly isAppend: boolean;
  readonly value: Bytes;
}

/** An assignment whose words are expanded. */
export interface Resolved {
  readonly name: Bytes;
  readonly index: Bytes | undefined;
  readonly isAppend: boolean;
  readonly value: Bytes | readonly Element[];
}

/** Why the commands that follow are passed over. */
export type Leaving =
  | { readonly kind: 'break' | 'continue'; levels: number }
  /** From the function or sourced script. */
  | { readonly kind: 'return' }
  /** Everything up to the end of the line that was read, of the innermost text; after an interrupt, of the outermost. */
  | { readonly kind: 'discard'; readonly isInterrupt?: boolean }
  /** `isInside`: what its functions and sourced files have made is still there for the EXIT trap. */
  | { readonly kind: 'exit'; readonly isInside?: boolean };

export interface Evaluation {
  /** How messages name it: `eval`, a file, a trap's command; undefined for the script that runs. */
  readonly name?: Bytes;
  readonly line?: number;
  readonly isFlat?: boolean;
  /** An interrupt in one command does not keep the next ones from running. */
  readonly isTopLevel?: boolean;
  /** Nothing comes after it: its last command may become the process. */
  readonly isLast?: boolean;
}

/** What executes commands, as the parts below it see it. */
export interface Runner {
  readonly builtins: ReadonlyMap<Bytes, Builtin>;
  runList(shell: Shell, list: List): Sys<number>;
  runCommand(shell: Shell, command: Command): MaybeSys<number>;
  /** With `set -e` and the ERR trap looking at the status. */
  runChecked(shell: Shell, command: Command): MaybeSys<number>;
  /** The body of a subshell in the process that there is. */
  runInside(shell: Shell, command: Command): MaybeSys<number>;
  /** A list that is all that is left to do: its last command may become the process. */
  runLastList(shell: Shell, list: List): Sys<number>;
  callBuiltin(shell: Shell, name: Bytes, args: readonly Bytes[]): MaybeSys<number>;
  /** What the commands print, without the newlines at its end; sets `$?`. */
  substitute(shell: Shell, list: List): Sys<Bytes>;
  /** The path of a pipe to or from the commands. */
  substituteProcess(shell: Shell, list: List, direction: '<' | '>'): Sys<Bytes>;
  callFunction(shell: Shell, definition: ShellFunction, args: readonly Bytes[]): Sys<number>;
  /** Reads and runs a text: `eval`, `source`, traps. */
  evaluate(shell: Shell, text: Bytes, how: Evaluation): Sys<number>;
  /** Runs a command by name and arguments, past functions if asked. */
  invoke(shell: Shell, words: readonly Bytes[], how: { readonly functions: boolean; readonly path?: Bytes }): Sys<number>;
  /** Expands a text as if inside double quotes: PS1, PS4. */
  expandText(shell: Shell, text: Bytes): Sys<Bytes>;
  /** What is left to do at the end of a shell: its EXIT trap; the final status. */
  finish(shell: Shell, status: number): Sys<number>;
  /** What signals that came make the shell do. */
  handleSignals(shell: Shell): Sys;
  /** Runs the trap of a signal or event, if it has one. */
  trap(shell: Shell, name: TrapName): Sys;
  /** bash itself, for scripts that name no interpreter. */
  readonly program: Program;
  evaluateInteger(shell: Shell, text: Bytes): Bytes;
  assignElement(shell: Shell, name: Bytes, subscript: Bytes, value: Bytes): Variable;
}

/** Functions may call each other this deep, as if FUNCNEST said so. Deviation: bash goes on until its stack is full. */
export const MAX_CALLS = 900;

export class Shell {
  readonly variables: Variables;
  readonly functions: Map<Bytes, ShellFunction>;
  readonly aliases: Map<Bytes, Bytes>;
  readonly options: Options;
  readonly traps: Traps;
  readonly jobs: Jobs;
  /** Where commands were found: `hash`. */
  readonly hashed: Map<Bytes, { path: Bytes; hits: number }>;
  /** Builtins that `enable -n` turned off. */
  readonly disabled: Set<Bytes>;
  directories: Bytes[];
  /** `$0`. */
  name: Bytes;
  positional: readonly Bytes[] = [];
  /** The positional parameters that the shell began with. */
  initial: readonly Bytes[] = [];
  /** BASH_ARGV has been asked for outside of functions: from then on it has the script's arguments. */
  knowsArguments = false;
  /** `$?`. */
  status = 0;
  /** PIPESTATUS: of the commands of the last pipeline. */
  pipeStatus: number | readonly number[] = 0;
  lastBackground: number | undefined = undefined;
  /** `$$`: the process of the shell itself, also in its subshells. */
  pid: number;
  line = 0;
  frames: Frame[];
  leaving: Leaving | undefined = undefined;
  subshells = 0;
  /** How many command substitutions, evals and sourced files it is inside of: the depth that PS4 shows. */
  substitutions = 0;
  loops = 0;
  /** Lists of several commands that are being run. */
  lists = 0;
  /** Commands in a condition: their failure is no error for `set -e` and the ERR trap. */
  conditions = 0;
  /** Pipelines behind a `!`: what fails in them is no error for `set -e`, but is one for the ERR trap. */
  inversions = 0;
  /** Depth of function calls and evaluations. */
  calls = 0;
  isInteractive = false;
  /** `bash -c`. */
  isCommandString = false;
  /** What BASH_COMMAND shows. */
  current: Command | Bytes | undefined = undefined;
  /** The last argument of the last command: `$_`. */
  lastArgument: Bytes = '';
  /** Name of the builtin that runs, for messages. */
  builtin: Bytes | undefined = undefined;
  isUtf8 = false;
  /** dash and ash name what evaluates the commands they complain about: `eval`, a sourced file. */
  speaker: Bytes | undefined = undefined;
  /** What was complained about since whoever asks cleared it. */
  complaint: Bytes | undefined = undefined;
  /** The ERR trap runs: where it was raised is where all that it calls is called from. */
  trapLine: number | undefined = undefined;
  /** BASH_XTRACEFD. */
  traceFd: number | undefined = undefined;
  readonly startedUs: number;
  secondsOffset = 0;
  workingDirectory: Bytes = '/';
  history: History | undefined = undefined;
  /** Output of the builtin that runs, until it ends. */
  private output = '';
  private unsaid = '';
  /** Where getopts is within a word, and which OPTIND that belongs to. */
  getoptsOffset = 1;
  getoptsIndex = 1;
  /** What `complete` was told, by command. */
  readonly completions: Map<Bytes, Bytes>;
  /** `exit` was refused once because of stopped jobs. */
  warnedOfJobs = false;
  /** The next simple command is the last thing this process does: it may become the program instead of starting it. */
  mayBecome = false;
  /** SIGINT came, and what it means has not happened yet. */
  isInterrupted = false;
  /** The newline after an echoed ^C is there already. */
  hasBrokenLine = false;
  /** The signal that ends it, once its EXIT trap has run. */
  dying: SignalName | undefined = undefined;
  /** A foreground child is waited for: it decides what SIGINT means. */
  isWaiting = false;
  /** Runs for a command substitution: keeps quiet about its jobs. */
  isSubstitution = false;
  /** Status of the last command substitution of the command that is being expanded. */
  substitutionStatus: number | undefined = undefined;
  /** Descriptors that process substitutions of the command that runs hold open. */
  readonly substitutionFds: number[] = [];
  /** Of a declaring builtin: the assignments among its arguments, by their place. */
  declared: ReadonlyMap<number, Resolved> = new Map();

  constructor(
    public process: Process,
    readonly runner: Runner,
    readonly hooks: Hooks,
    name: Bytes,
    readonly dialect: Dialect = 'bash',
    from?: Shell,
  ) {
    this.name = name;
    this.variables = from ? from.variables.copy() : new Variables();
    this.functions = new Map(from?.functions);
    this.aliases = new Map(from?.aliases);
    this.options = new Options(from?.options);
    this.traps = from ? from.traps.copy() : new Traps();
    this.jobs = new Jobs();
    this.hashed = new Map(from?.hashed);
    this.disabled = new Set(from?.disabled);
    this.completions = new Map(from?.completions);
    this.directories = [...(from?.directories ?? [])];
    this.frames = [...(from?.frames ?? [])];
    this.pid = from?.pid ?? process.pid;
    this.startedUs = from?.startedUs ?? process.nowUs;
    if (from) this.inherit(from);
    installSpecial(this);
    this.watchLocale();
  }
  private inherit(from: Shell): void {
    this.positional = from.positional;
    this.initial = from.initial;
    this.history = from.history?.copy();
    this.status = from.status;
    this.pipeStatus = from.pipeStatus;
    this.lastBackground = from.lastBackground;
    this.line = from.line;
    this.subshells = from.subshells + 1;
    this.substitutions = from.substitutions;
    this.loops = from.loops;
    this.conditions = from.conditions;
    this.inversions = from.inversions;
    this.calls = from.calls;
    this.isCommandString = from.isCommandString;
    this.lastArgument = from.lastArgument;
    this.secondsOffset = from.secondsOffset;
    this.workingDirectory = from.workingDirectory;
    this.getoptsOffset = from.getoptsOffset;
    this.getoptsIndex = from.getoptsIndex;
    this.speaker = from.speaker;
    this.traceFd = from.traceFd;
    this.trapLine = from.trapLine;
    this.current = from.current;
    this.jobs.inheritFrom(from.jobs);
  }
  /** The state of a subshell; `process` is set when its process is there. */
  copy(): Shell {
    return new Shell(this.process, this.runner, this.hooks, this.name, this.dialect, this);
  }
  private watchLocale(): void {
    const refresh = (): void => {
      const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => this.variables.get(name)).find((value) => value !== undefined && value !== '');
      this.isUtf8 = /utf-?8/i.test(locale ?? '');
    };
    for (const name of ['LC_ALL', 'LC_CTYPE', 'LANG']) this.variables.watch(name, refresh);
    this.variables.watch('PATH', () => this.hashed.clear());
    this.variables.watch('HISTSIZE', () => this.history?.setLimit(this.variables.get('HISTSIZE')));
    refresh();
  }
  /** Something is left for `Runner.handleSignals`. */
  get hasSignals(): boolean {
    return this.isInterrupted || this.dying !== undefined || this.traps.pending.length > 0;
  }

  // --- output and messages ---

  /** Adds to the output of the builtin that runs. */
  put(text: Bytes): void {
    this.output += text;
  }
  takeOutput(): Bytes {
    const { output } = this;
    this.output = '';
    return output;
  }
  /** `NAME: line N: `, by the script or function that runs. */
  get prefix(): Bytes {
    if (this.dialect !== 'bash') return plainPrefix(this, this.speaker);
    return this.isInteractive ? `${this.name}: ` : `${this.frames.at(-1)?.source ?? this.name}: line ${this.line}: `;
  }
  /** A message on standard error. What does not fit now waits for `settle`. */
  complain(words: Bytes, process = this.process): void {
    this.complaint = words;
    this.say(`${this.dialect === 'bash' ? this.prefix + words : plainWords(this, words)}\n`, process);
  }
  /** A builtin's message, with its name. */
  fail(words: Bytes, status = 1): number {
    this.complain(this.builtin === undefined ? words : `${this.builtin}: ${words}`);
    return status;
  }
  failErrno(what: Bytes, errno: Errno, status = 1): number {
    return this.fail(`${what}: ${strerror(errno)}`, status);
  }
  /** As it is, on standard error. */
  say(text: Bytes, process = this.process): void {
    if (this.output !== '') this.flushLines(process);
    const data = this.unsaid + text;
    this.unsaid = '';
    const written = process.fds.get(2)?.write(data, process);
    if (written?.ok && written.value < data.length) this.unsaid = data.slice(written.value);
    else if (written && !written.ok && written.error === 'EAGAIN') this.unsaid = data;
  }
  /** Standard output is line buffered: what a builtin printed comes before what it complains about. */
  private flushLines(process: Process): void {
    const end = this.output.lastIndexOf('\n') + 1;
    if (end === 0) return;
    const written = process.fds.get(1)?.write(this.output.slice(0, end), process);
    if (written?.ok) this.output = this.output.slice(written.value);
  }
  get hasUnsaid(): boolean {
    return this.unsaid !== '';
  }
  *settle(): Sys {
    const text = this.unsaid;
    this.unsaid = '';
    if (text !== '') yield* this.process.write(2, text);
  }

  // --- text ---

  /** Characters, not bytes, where the locale has longer ones. */
  decode(bytes: Bytes): string {
    return this.isUtf8 ? utf8Decode(bytes) : bytes;
  }
  encode(text: string): Bytes {
    return this.isUtf8 ? utf8Encode(text) : text;
  }

  // --- variables ---

  getVariable(name: Bytes): Bytes | undefined {
    return this.variables.get(name);
  }
  /** Assigns a scalar, or element 0 of an array, as `name=value` does: attributes apply. */
  assign(name: Bytes, value: Bytes): Variable {
    const { variable, target } = this.variables.resolve(name);
    if (!variable && target.includes('[')) {
      const open = target.indexOf('[');
      return this.runner.assignElement(this, target.slice(0, open), target.slice(open + 1, -1), value);
    }
    const meant = variable ?? this.variables.ensure(target);
    this.checkWritable(meant);
    const stored = this.convert(meant, value);
    if (meant.assigned) meant.assigned(stored);
    else if (meant.value instanceof IndexedArray) meant.value.set(0, stored);
    else if (meant.value instanceof AssociativeArray) meant.value.set('0', stored);
    else meant.value = stored;
    if (this.options.allexport) meant.exported = true;
    this.variables.changed(target);
    return meant;
  }
  checkWritable(variable: Variable): void {
    if (variable.readonly) throw new ShellFailure(`${variable.name}: readonly variable`, 'discard');
  }
  /** What attributes make of a value that is assigned. */
  convert(variable: Variable, value: Bytes): Bytes {
    if (variable.integer) return this.runner.evaluateInteger(this, value);
    if (variable.upper) return this.encode(this.decode(value).toUpperCase());
    if (variable.lower) return this.encode(this.decode(value).toLowerCase());
    return value;
  }
  /** Before a command is expanded: `$?` of what it substitutes is not known yet. */
  forgetSubstitution(): void {
    this.substitutionStatus = undefined;
  }
  /** BASH_COMMAND. */
  describeCurrent(): Bytes {
    if (typeof this.current === 'string') return this.current;
    return this.current ? printCommand(this.current) : '';
  }
  get isSubshell(): boolean {
    return this.subshells > 0;
  }
}
