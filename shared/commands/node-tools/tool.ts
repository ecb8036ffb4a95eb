/** Programs of words and flags (Go's cobra and urfave/cli): commands with a table of flags each, from which they are read, declared and explained. */
import type { InstalledProgram } from '../../machine/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { declared, type Declaration, type DeclaredOption } from '../declaration.ts';
import { parseFlags, type Flag, type Flags } from '../kubectl/index.ts';
import type { NodeView } from './node-view.ts';

export interface ToolContext {
  readonly p: Process;
  readonly node: NodeView;
  readonly flags: Flags;
}
export interface ToolCommand {
  /** Words: `token create`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly help: string;
  readonly flags: readonly Flag[];
  /** What follows the first operand belongs to another program. */
  readonly stopsAtOperand?: boolean;
  readonly run: (context: ToolContext) => Sys<number>;
}
export interface Tool {
  readonly path: string;
  readonly origin: string;
  readonly summary: string;
  /** Before the command, or anywhere. */
  readonly flags: readonly Flag[];
  readonly commands: readonly ToolCommand[];
  /** What is wrong with the command line, in the program's words. */
  readonly usageError: (text: string) => string;
  readonly missing?: readonly string[];
}

export const HELP: Flag = { name: 'help', short: 'h', kind: 'bool', usage: 'show help' };
const option = ({ name, short, kind, usage }: Flag): DeclaredOption => ({
  names: [...(short === undefined ? [] : [`-${short}`]), `--${name}`],
  help: usage,
  value: kind === 'bool' ? undefined : kind,
});
export const toolDeclaration = ({ summary, flags, commands, missing = [] }: Tool): Declaration => ({
  synopsis: '[options] COMMAND',
  summary,
  missing,
  options: flags.map(option),
  commands: commands.map(({ name, aliases = [], help, flags: own }) => ({ name, aliases, help, options: own.map(option) })),
});

const nameOf = ({ path }: Tool): string => path.slice(path.lastIndexOf('/') + 1);
function usage(tool: Tool): string {
  const lines = tool.commands.map(({ name, help }) => `  ${name.padEnd(16)} ${help}\n`);
  const flags = tool.flags.map(({ name, short, usage: text }) => `  ${short === undefined ? '' : `-${short}, `}--${name}  ${text}\n`);
  return `${tool.summary}\n\nUsage: ${nameOf(tool)} [options] COMMAND\n\nCommands:\n${lines.join('')}\nOptions:\n${flags.join('')}`;
}

const toolMain = (tool: Tool, node: NodeView): Program =>
  function* (p) {
    const words = p.argv.slice(1);
    const first = firstWord(tool, words);
    if (first === undefined) {
      yield* p.print(usage(tool));
      return 0;
    }
    const rest = words.toSpliced(first, 1);
    const second = firstWord(tool, rest);
    const longer = second === undefined ? undefined : `${words[first]} ${rest[second]}`;
    const named = (name: string | undefined): ToolCommand | undefined => tool.commands.find((one) => one.name === name || one.aliases?.includes(name ?? ''));
    const both = named(longer);
    const command = both ?? named(words[first]);
    if (!command) {
      yield* p.error(tool.usageError(`unknown command "${words[first]}" for "${nameOf(tool)}"`));
      return 1;
    }
    let given = both ? rest.toSpliced(second!, 1) : rest;
    const operand = given.findIndex((word) => !word.startsWith('-'));
    if (command.stopsAtOperand && operand >= 0) given = given.toSpliced(operand, 0, '--');
    const flags = parseFlags([...command.flags, ...tool.flags, HELP], given);
    if (!flags.ok) {
      yield* p.error(tool.usageError(flags.error));
      return 1;
    }
    if (flags.value.bool('help')) {
      yield* p.print(`${command.help}\n\nOptions:\n${command.flags.map(({ name, usage: text }) => `  --${name}  ${text}\n`).join('')}`);
      return 0;
    }
    return yield* command.run({ p, node, flags: flags.value });
  };
/** The first word that is neither a flag nor the value of one. */
function firstWord(tool: Tool, words: readonly string[]): number | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-')) return at;
    const flag = tool.flags.find((one) => `--${one.name}` === word || `-${one.short}` === word);
    if (flag && flag.kind !== 'bool') at++;
  }
  return undefined;
}

/** The program of one node. */
export const toolProgram = (tool: Tool, node: NodeView): InstalledProgram => ({
  path: tool.path,
  main: declared(toolDeclaration(tool), toolMain(tool, node)),
  origin: tool.origin,
});
