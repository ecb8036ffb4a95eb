/** What the iptables programs take, for the published table: their own options, those of each match and target, and what the model lacks. */
import type { Declaration, DeclaredOption } from '../declaration.ts';
import type { HasArgument } from './getopt.ts';
import { MATCHES, UNMODELLED_MATCHES } from './matches/index.ts';
import type { OptionEntry } from './option.ts';
import { LONG_OPTIONS, SHORT } from './command-line.ts';
import { RESTORE_LONG, RESTORE_SHORT, SAVE_LONG, SAVE_SHORT } from './run.ts';
import { TARGETS, UNMODELLED_TARGETS } from './targets/index.ts';

interface Long {
  readonly name: string;
  readonly argument: HasArgument;
  readonly letter: string;
}
/** A letter with the long names that mean the same; then long names without a letter. */
function optionsOf(short: ReadonlyMap<string, HasArgument>, long: readonly Long[]): readonly DeclaredOption[] {
  const told = (names: readonly string[], argument: HasArgument): DeclaredOption => ({
    ...{ names, value: argument === 'no' ? undefined : 'ARG', isOptional: argument === 'optional' },
  });
  return [
    ...[...short].map(([letter, argument]) => told([`-${letter}`, ...long.filter((each) => each.letter === letter).map(({ name }) => `--${name}`)], argument)),
    ...long.filter(({ letter }) => !short.has(letter)).map(({ name, argument }) => told([`--${name}`], argument)),
  ];
}

const entriesOf = (entries: readonly OptionEntry[]): readonly DeclaredOption[] =>
  entries.map(({ name, type }) => ({ names: [`--${name}`], value: type === 'none' ? undefined : type }));
const lacking = (flag: string) => (name: string) => ({ name: `${flag} ${name}`, isMissing: true });

export const IPTABLES_DECLARATION: Declaration = {
  synopsis: '-[ACD] chain rule-specification [options]',
  options: optionsOf(
    SHORT,
    LONG_OPTIONS.map(({ name, argument, value }) => ({ name, argument, letter: 'letter' in value ? value.letter : '' })),
  ),
  commands: [
    ...MATCHES.map(({ name, options }) => ({ name: `-m ${name}`, options: entriesOf(options) })),
    ...['ACCEPT', 'DROP', 'RETURN'].map((name) => ({ name: `-j ${name}` })),
    ...TARGETS.map(({ name, options }) => ({ name: `-j ${name}`, options: entriesOf(options) })),
    ...UNMODELLED_MATCHES.map(lacking('-m')),
    ...UNMODELLED_TARGETS.map(lacking('-j')),
  ],
};
const byLetter = (long: readonly { readonly name: string; readonly argument: HasArgument; readonly value: string }[]): readonly Long[] =>
  long.map(({ name, argument, value }) => ({ name, argument, letter: value }));
export const SAVE_DECLARATION: Declaration = { synopsis: '[options]', options: optionsOf(SAVE_SHORT, byLetter(SAVE_LONG)) };
export const RESTORE_DECLARATION: Declaration = { synopsis: '[options] [file]', options: optionsOf(RESTORE_SHORT, byLetter(RESTORE_LONG)) };
