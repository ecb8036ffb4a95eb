/**
 * The `podwalk` command. Only this file and what it imports are loaded at once; each command is imported when it is asked for, so that
 * `podwalk sh` starts without what a window needs.
 */
import { join } from 'node:path';
import { enableCodeCache } from './cli/code-cache.ts';
import { cacheFolder, findPlaces } from './places.ts';
import { COMMANDS, Failure, HelpAsked, UsageError, helpText, nearest, parseArguments, usageLine, type Arguments, type CommandName } from './cli/usage.ts';

enableCodeCache(join(import.meta.dirname, 'chunks'), cacheFolder());

/** Runs it; its exit status. */
type Run = (args: Arguments) => Promise<number>;

const RUN: Record<CommandName, () => Promise<Run>> = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  sh: async () => (await import('./cli/sh.ts')).sh,
  labs: async () => (await import('./cli/labs.ts')).labs,
  exec: async () => (await import('./cli/sh.ts')).exec,
  topology: async () => (await import('./cli/topology.ts')).topology,
  trace: async () => (await import('./cli/trace.ts')).trace,
  lesson: async () => (await import('./cli/lesson.ts')).lesson,
  record: async () => (await import('./cli/record.ts')).record,
  play: async () => (await import('./cli/tape.ts')).play,
  convert: async () => (await import('./cli/tape.ts')).convert,
};

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) return (await import('./cli/open.ts')).open();
  if (first === '--version' || first === '-V') {
    process.stdout.write(`${findPlaces().version}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') throw new HelpAsked(isCommand(rest[0]) ? rest[0] : undefined);
  if (!isCommand(first)) {
    const near = nearest(first);
    throw new UsageError(`there is no command ${JSON.stringify(first)}${near ? `; is ${near} meant?` : ''}`);
  }
  const parsed = parseArguments(first, rest);
  const run = await RUN[first]();
  try {
    return await run(parsed);
  } catch (error) {
    if (error instanceof UsageError && error.command === undefined) throw new UsageError(error.message, first);
    throw error;
  }
}

const isCommand = (name: string | undefined): name is CommandName => name !== undefined && Object.hasOwn(COMMANDS, name);

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
  process.stderr.write(`podwalk: ${isOurs && process.env['PODWALK_DEBUG'] && error instanceof Error ? (error.stack ?? message) : message}\n`);
  return 1;
}

void main(process.argv.slice(2))
  .catch(report)
  .then((status) => {
    process.exitCode = status;
  });
