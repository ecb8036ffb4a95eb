/** `help`: what the shell itself can do, by name. */
import type { Bytes } from '../../../base/index.ts';
import { compilePattern } from '../expand/pattern.ts';
import type { Builtin, Shell } from '../shell.ts';
import { BASH_VERSION } from '../special.ts';
import { readOptions, USAGE } from './usage.ts';

/** Names, what they are in a line, and how they are used where they are no builtins; in the order of `help`. */
const TOPICS: readonly (readonly [name: string, line: string, usage?: string])[] = [
  ['%', 'Resume job in foreground.', 'job_spec [&]'],
  ['(( ... ))', 'Evaluate arithmetic expression.', '(( expression ))'],
  ['.', 'Execute commands from a file in the current shell.'],
  [':', 'Null command.'],
  ['[', 'Evaluate conditional expression.'],
  ['[[ ... ]]', 'Execute conditional command.', '[[ expression ]]'],
  ['alias', 'Define or display aliases.'],
  ['bg', 'Move jobs to the background.'],
  ['bind', 'Set Readline key bindings and variables.'],
  ['break', 'Exit for, while, or until loops.'],
  ['builtin', 'Execute shell builtins.'],
  ['caller', 'Return the context of the current subroutine call.'],
  ['case', 'Execute commands based on pattern matching.', 'case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac'],
  ['cd', 'Change the shell working directory.'],
  ['command', 'Execute a simple command or display information about commands.'],
  ['compgen', 'Display possible completions depending on the options.'],
  ['complete', 'Specify how arguments are to be completed by Readline.'],
  ['compopt', 'Modify or display completion options.'],
  ['continue', 'Resume for, while, or until loops.'],
  ['coproc', 'Create a coprocess named NAME.', 'coproc [NAME] command [redirections]'],
  ['declare', 'Set variable values and attributes.'],
  ['dirs', 'Display directory stack.'],
  ['disown', 'Remove jobs from current shell.'],
  ['echo', 'Write arguments to the standard output.'],
  ['enable', 'Enable and disable shell builtins.'],
  ['eval', 'Execute arguments as a shell command.'],
  ['exec', 'Replace the shell with the given command.'],
  ['exit', 'Exit the shell.'],
  ['export', 'Set export attribute for shell variables.'],
  ['false', 'Return an unsuccessful result.'],
  ['fc', 'Display or execute commands from the history list.'],
  ['fg', 'Move job to the foreground.'],
  ['for', 'Execute commands for each member in a list.', 'for NAME [in WORDS ... ] ; do COMMANDS; done'],
  ['for ((', 'Arithmetic for loop.', 'for (( exp1; exp2; exp3 )); do COMMANDS; done'],
  ['function', 'Define shell function.', 'function name { COMMANDS ; } or name () { COMMANDS ; }'],
  ['getopts', 'Parse option arguments.'],
  ['hash', 'Remember or display program locations.'],
  ['help', 'Display information about builtin commands.'],
  ['history', 'Display or manipulate the history list.'],
  ['if', 'Execute commands based on conditional.', 'if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi'],
  ['jobs', 'Display status of jobs.'],
  ['kill', 'Send a signal to a job.'],
  ['let', 'Evaluate arithmetic expressions.'],
  ['local', 'Define local variables.'],
  ['logout', 'Exit a login shell.'],
  ['mapfile', 'Read lines from the standard input into an indexed array variable.'],
  ['popd', 'Remove directories from stack.'],
  ['printf', 'Formats and prints ARGUMENTS under control of the FORMAT.'],
  ['pushd', 'Add directories to stack.'],
  ['pwd', 'Print the name of the current working directory.'],
  ['read', 'Read a line from the standard input and split it into fields.'],
  ['readarray', 'Read lines from a file into an array variable.'],
  ['readonly', 'Mark shell variables as unchangeable.'],
  ['return', 'Return from a shell function.'],
  ['select', 'Select words from a list and execute commands.', 'select NAME [in WORDS ... ;] do COMMANDS; done'],
  ['set', 'Set or unset values of shell options and positional parameters.'],
  ['shift', 'Shift positional parameters.'],
  ['shopt', 'Set and unset shell options.'],
  ['source', 'Execute commands from a file in the current shell.'],
  ['suspend', 'Suspend shell execution.'],
  ['test', 'Evaluate conditional expression.'],
  ['time', "Report time consumed by pipeline's execution.", 'time [-p] pipeline'],
  ['times', 'Display process times.'],
  ['trap', 'Trap signals and other events.'],
  ['true', 'Return a successful result.'],
  ['type', 'Display information about command type.'],
  ['typeset', 'Set variable values and attributes.'],
  ['ulimit', 'Modify shell resource limits.'],
  ['umask', 'Display or set file mode mask.'],
  ['unalias', 'Remove each NAME from the list of defined aliases.'],
  ['unset', 'Unset values and attributes of shell variables and functions.'],
  ['until', 'Execute commands as long as a test does not succeed.', 'until COMMANDS; do COMMANDS-2; done'],
  ['variables', 'Common shell variable names and usage.', 'variables - Names and meanings of some shell variables'],
  ['wait', 'Wait for job completion and return exit status.'],
  ['while', 'Execute commands as long as a test succeeds.', 'while COMMANDS; do COMMANDS-2; done'],
  ['{ ... }', 'Group commands as a unit.', '{ COMMANDS ; }'],
];
const usageOf = ([name, , words]: (typeof TOPICS)[number]): string => words ?? USAGE[name] ?? name;

const HEAD = `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)
These shell commands are defined internally.  Type \`help' to see this list.
Type \`help name' to find out more about the function \`name'.
Use \`info bash' to find out more about the shell in general.
Use \`man -k' or \`info' to find out more about commands not in this list.

A star (*) next to a name means that the command is disabled.

`;

/** All topics in two columns, as wide as COLUMNS. */
function list(shell: Shell): Bytes {
  const width = Math.min(128, Math.floor((Number(shell.getVariable('COLUMNS') ?? 80) || 80) / 2));
  const cell = (topic: (typeof TOPICS)[number] | undefined, room: number): string => {
    if (!topic) return '';
    const text = usageOf(topic);
    return `${shell.disabled.has(topic[0]) ? '*' : ' '}${text.length > room ? `${text.slice(0, room)}>` : text}`;
  };
  const rows = Math.ceil(TOPICS.length / 2);
  return Array.from({ length: rows }, (_, row) => `${cell(TOPICS[row], width - 3).padEnd(width)}${cell(TOPICS[row + rows], width - 4)}\n`).join('');
}

/** What a word means: the topic of that name, or all that begin so; a pattern means what it matches. */
function find(pattern: Bytes): (typeof TOPICS)[number][] {
  const compiled = /[*?[]/.test(pattern) ? compilePattern(pattern) : undefined;
  if (compiled) {
    const matched = TOPICS.filter(([name]) => compiled.matches(name));
    if (matched.length > 0) return matched;
  }
  const exact = TOPICS.filter(([name]) => name === pattern || name === `${pattern} ... ]]` || name === `${pattern} ... ))` || name === `${pattern} ... }`);
  return exact.length > 0 ? exact : TOPICS.filter(([name]) => name.startsWith(pattern));
}

const help: Builtin = (shell, args) => {
  const parsed = readOptions(shell, args, 'dms');
  if (typeof parsed === 'number') return parsed;
  if (parsed.rest.length === 0) {
    shell.put(HEAD + list(shell));
    return 0;
  }
  if (parsed.rest.some((pattern) => /[*?[]/.test(pattern) && pattern !== '[' && pattern !== '[['))
    shell.put(`Shell commands matching keyword${parsed.rest.length > 1 ? 's' : ''} \`${parsed.rest.join(', ')}'\n\n`);
  let status = 0;
  for (const pattern of parsed.rest) {
    const found = find(pattern);
    if (found.length === 0) status = shell.fail(`no help topics match \`${pattern}'.  Try \`help help' or \`man -k ${pattern}' or \`info ${pattern}'.`);
    for (const topic of found) {
      const [name, line] = topic;
      if (parsed.has('d')) shell.put(`${name} - ${line}\n`);
      else if (parsed.has('s')) shell.put(`${name}: ${usageOf(topic)}\n`);
      else {
        shell.put(parsed.has('m') ? `NAME\n    ${name} - ${line}\n\nSYNOPSIS\n    ${usageOf(topic)}\n\n` : `${name}: ${usageOf(topic)}\n    ${line}\n`);
        status = shell.fail(`not modelled: more about ${name} than this`);
      }
    }
  }
  return status;
};

export const HELP: readonly (readonly [string, Builtin])[] = [['help', help]];
