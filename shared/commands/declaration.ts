/**
 * What a program takes on its command line, as data: its options, its sub-commands, and what Linux has there but the model has not. The declaration is made
 * from the tables that the program itself parses by, and travels with it: completion, the fuzz input and the published table (docs/programs.md) read it there.
 */
import type { Bytes } from '../base/index.ts';
import type { CompletionRequest, Program } from '../shell/index.ts';
import type { OptionSpec } from './options.ts';

export interface DeclaredOption {
  /** All it is called, as typed: `-c`, `--count`. */
  readonly names: readonly string[];
  /** What its argument is called; undefined takes none. */
  readonly value?: string | undefined;
  /** The argument may be left out. */
  readonly isOptional?: boolean;
  readonly help?: string | undefined;
  /** Given, it says "not modelled". */
  readonly isMissing?: boolean;
}

/** A sub-command, an object of `ip`, a command letter: what stands in the place of a word. */
export interface DeclaredCommand {
  readonly name: string;
  /** Other names. */
  readonly aliases?: readonly string[];
  readonly help?: string | undefined;
  /** Words that may follow it: `add`, `del`, `show`. */
  readonly verbs?: readonly string[];
  readonly options?: readonly DeclaredOption[];
  readonly isMissing?: boolean;
}

export interface Declaration {
  /** What follows the program's name: `[OPTION]... [FILE]...`. */
  readonly synopsis?: string;
  readonly summary?: string;
  readonly options: readonly DeclaredOption[];
  readonly commands?: readonly DeclaredCommand[];
  /** What the real program does and this one does not, each a phrase. */
  readonly missing?: readonly string[];
  /** What could stand at the place of the last word, for a program that knows better than its tables tell. */
  readonly complete?: (request: CompletionRequest) => readonly Bytes[] | undefined;
}

type DeclaredProgram = Program & { readonly declares: Declaration };

export function declared(declares: Declaration, main: Program): DeclaredProgram {
  // A program may stand under several names, each with a declaration of its own.
  const own: Program = 'declares' in main ? (p) => main(p) : main;
  return Object.assign(own, { declares });
}

export const declarationOf = (main: Program): Declaration | undefined => ('declares' in main ? (main as DeclaredProgram).declares : undefined);

/** Options of getopt_long(3) as declared: those that mean the same are one. */
export function declaredOptions(specs: readonly OptionSpec[]): readonly DeclaredOption[] {
  const found = new Map<string, { names: string[]; value: string | undefined; isOptional: boolean; help: string | undefined; isMissing: boolean }>();
  for (const { id, short, long, argument, value, help, isMissing } of specs) {
    const one = found.get(id) ?? { names: [], value: undefined, isOptional: false, help: undefined, isMissing: false };
    found.set(id, one);
    for (const name of [short === '' ? '' : `-${short}`, long === undefined ? '' : `--${long}`])
      if (name !== '' && !one.names.includes(name)) one.names.push(name);
    if (argument !== 'none') one.value ??= value ?? 'ARG';
    one.isOptional ||= argument === 'optional';
    one.help ??= help;
    one.isMissing ||= isMissing ?? false;
  }
  return [...found.values()];
}
