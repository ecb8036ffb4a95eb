/**
 * Command lines as getopt_long(3) of glibc reads them. A program declares its options once, as a table: parsing, the messages about wrong ones,
 * its synopsis of options and the published table of what is supported come from there.
 * Deviation: messages stop at the first mistake, as every program here ends at it.
 */
import type { Bytes } from '../base/index.ts';

export interface OptionSpec<Id extends string = string> {
  readonly id: Id;
  /** One letter; '' when it has only a long name. */
  readonly short: string;
  readonly long?: string;
  readonly argument: 'none' | 'required' | 'optional';
  /** What the argument is called, and what the option does: for help. */
  readonly value?: string;
  readonly help?: string;
  /** The program says "not modelled" when it is given. */
  readonly isMissing?: boolean;
}

export interface GivenOption<Id extends string> {
  readonly id: Id;
  /** Undefined without one. */
  readonly argument: Bytes | undefined;
}
export interface CommandLine<Id extends string> {
  readonly options: readonly GivenOption<Id>[];
  readonly operands: readonly Bytes[];
  /** A line for standard error, with the program's name in front; `options` has those before it. */
  readonly error: string | undefined;
  /** The letter of an unknown short option, for programs that say more. */
  readonly wrong: string | undefined;
}

/** Whether options may follow operands ('permute'), or the first operand ends them ('posix': a `+` in front of getopt's letters). */
export type Order = 'permute' | 'posix';

export function parseOptions<Id extends string>(argv: readonly Bytes[], specs: readonly OptionSpec<Id>[], order: Order = 'permute'): CommandLine<Id> {
  const program = argv[0] ?? '';
  const options: GivenOption<Id>[] = [];
  const operands: Bytes[] = [];
  const end = (error: string, wrong?: string): CommandLine<Id> => ({ options, operands, error: `${program}: ${error}\n`, wrong });
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      operands.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      if (order === 'posix') {
        operands.push(...argv.slice(at + 1));
        break;
      }
      continue;
    }
    if (word.startsWith('--')) {
      const found = longOption(word.slice(2), specs);
      if (typeof found === 'string') return end(found);
      const { spec, given } = found;
      if (given !== undefined && spec.argument === 'none') return end(`option '--${spec.long}' doesn't allow an argument`);
      let argument = given;
      if (argument === undefined && spec.argument === 'required') {
        if (at + 1 >= argv.length) return end(`option '--${spec.long}' requires an argument`);
        argument = argv[++at];
      }
      options.push({ id: spec.id, argument });
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      const spec = specs.find((each) => each.short === letter);
      if (!spec) return end(`invalid option -- '${letter}'`, letter);
      if (spec.argument === 'none') {
        options.push({ id: spec.id, argument: undefined });
        continue;
      }
      let argument: Bytes | undefined = i + 1 < word.length ? word.slice(i + 1) : undefined;
      if (argument === undefined && spec.argument === 'required') {
        if (at + 1 >= argv.length) return end(`option requires an argument -- '${letter}'`, letter);
        argument = argv[++at];
      }
      options.push({ id: spec.id, argument });
      break;
    }
  }
  return { options, operands, error: undefined, wrong: undefined };
}

function longOption<Id extends string>(text: string, specs: readonly OptionSpec<Id>[]): { spec: OptionSpec<Id>; given: string | undefined } | string {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const given = equals < 0 ? undefined : text.slice(equals + 1);
  const exact = specs.find(({ long }) => long === name);
  if (exact) return { spec: exact, given };
  const near = specs.filter(({ long }) => long?.startsWith(name));
  const [first] = near;
  if (first === undefined) return `unrecognized option '--${name}'`;
  if (near.some(({ id, argument }) => id !== first.id || argument !== first.argument))
    return `option '--${name}' is ambiguous; possibilities:${near.map(({ long }) => ` '--${long}'`).join('')}`;
  return { spec: first, given };
}
