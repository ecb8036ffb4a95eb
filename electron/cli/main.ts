/**
 * A command line of `podwalk`. Only this file and what it imports are loaded at once; each command is imported when it is asked for, so that
 * `podwalk sh` starts without what a window needs.
 */
import { findPlaces } from '../places.ts';
import { COMMANDS, Failure, HelpAsked, UsageError, helpText, nearest, parseArguments, usageLine, type Arguments, type CommandName } from './usage.ts';

/** Runs it; its exit status. */
type Run = (args: Arguments) => Promise<number>;

const RUN: Record<CommandName, () => Promise<Run>> = {
  serve: async () => (await import('./serve.ts')).serve,
  sh: async () => (await import('./sh.ts')).sh,
  labs: async () => (await import('./labs.ts')).labs,
  machines: async () => (await import('./machines.ts')).machines,
  up: async () => (await import('./up.ts')).up,
  down: async () => (await import('./up.ts')).down,
  exec: async () => (await import('./exec.ts')).exec,
  shell: async () => (await import('./exec.ts')).shell,
  cni: async () => (await import('./cni.ts')).cni,
  kubeconfig: async () => (await import('./kubeconfig.ts')).kubeconfig,
  parse: async () => (await import('./parse.ts')).parse,
  snapshot: async () => (await import('./snapshot.ts')).snapshot,
  matrix: async () => (await import('./matrix.ts')).matrix,
  diagnose: async () => (await import('./diagnose.ts')).diagnose,
  diff: async () => (await import('./matrix.ts')).diff,
  topology: async () => (await import('./topology.ts')).topology,
  trace: async () => (await import('./trace.ts')).trace,
  exercise: async () => (await import('./exercise.ts')).exercise,
  lesson: async () => (await import('./lesson.ts')).lesson,
  record: async () => (await import('./record.ts')).record,
  play: async () => (await import('./tape.ts')).play,
  convert: async () => (await import('./tape.ts')).convert,
};

/** Runs it; the exit status. */
export const runCommandLine = (args: readonly string[]): Promise<number> => main(args).catch(report);

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) return (await import('./open.ts')).open();
  if (first === '--version' || first === '-V') {
    process.stdout.write(`${findPlaces().version}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') throw new HelpAsked(rest[0] === undefined ? undefined : commandNamed(rest[0]));
  if (first.startsWith('-')) throw new UsageError(`unknown option ${first}`);
  const command = commandNamed(first);
  const parsed = parseArguments(command, rest);
  const run = await RUN[command]();
  try {
    return await run(parsed);
  } catch (error) {
    if (error instanceof UsageError && error.command === undefined) throw new UsageError(error.message, command);
    throw error;
  }
}

function commandNamed(name: string): CommandName {
  if (Object.hasOwn(COMMANDS, name)) return name as CommandName;
  const near = nearest(name);
  throw new UsageError(`there is no command ${JSON.stringify(name)}${near ? `; is ${near} meant?` : ''}`);
}

/** The words of whatever ended a command, and its exit status. */
function report(error: unknown): number {
  if (error instanceof HelpAsked) {
    process.stdout.write(helpText(error.command));
    return 0;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`podwalk${error.command ? ` ${error.command}` : ''}: ${error.message}\n${usageLine(error.command)}\n`);
    return 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  const isOurs = !(error instanceof Failure) && (error as { readonly code?: unknown } | null)?.code === undefined;
  if (process.env['PODWALK_DETACHED'] !== undefined) process.send?.({ kind: 'failed', message });
  process.stderr.write(`podwalk: ${isOurs && process.env['PODWALK_DEBUG'] && error instanceof Error ? (error.stack ?? message) : message}\n`);
  return 1;
}
