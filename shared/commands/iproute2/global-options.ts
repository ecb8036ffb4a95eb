/**
 * Options in front of the object of ip, bridge and tc: any beginning of a name will do, and the first of the table that fits is meant (matches() of
 * lib/utils.c). Each takes effect as it is read, so they are given out one by one.
 */
import type { DeclaredOption } from '../declaration.ts';
import { abbreviates } from './arguments.ts';

export interface GlobalOption<Id extends string = string> {
  readonly id: Id;
  /** With one dash. */
  readonly names: readonly string[];
  /** Only the whole name will do. */
  readonly isExact?: true;
  /** What its argument is called; `attached` stands behind `=` and may be left out. */
  readonly value?: string;
  readonly attached?: RegExp;
  readonly help: string;
}

export interface GivenGlobalOption<Id extends string> {
  readonly id: Id;
  /** '' where it takes none. */
  readonly argument: string;
}

export interface GlobalStyle<Id extends string> {
  /** Whether two dashes are as good as one, and `--` alone ends the options. */
  readonly dashes: 'one' | 'one or two';
  readonly missing: (id: Id) => never;
  readonly unknown: (option: string) => never;
}

export class GlobalOptions<Id extends string> {
  /** What follows them, once all are read. */
  rest: readonly string[] = [];
  constructor(
    private readonly argv: readonly string[],
    private readonly table: readonly GlobalOption<Id>[],
    private readonly style: GlobalStyle<Id>,
  ) {}

  *[Symbol.iterator](): Generator<GivenGlobalOption<Id>, void> {
    const { argv, style } = this;
    const takesTwo = style.dashes === 'one or two';
    let at = 1;
    for (; at < argv.length; at++) {
      let word = argv[at]!;
      if (takesTwo && word === '--') {
        at++;
        break;
      }
      if (!word.startsWith('-') || (!takesTwo && word === '-')) break;
      if (takesTwo && word[1] === '-') word = word.slice(1);
      const option = this.table.find((each) => fits(word, each)) ?? style.unknown(word);
      const isSeparate = option.value !== undefined && !option.attached;
      if (isSeparate) at++;
      yield { id: option.id, argument: isSeparate ? (argv[at] ?? style.missing(option.id)) : option.attached ? (word.split('=')[1] ?? '') : '' };
    }
    this.rest = argv.slice(at);
  }
}

function fits(word: string, { names, isExact, attached }: GlobalOption): boolean {
  if (isExact) return names.includes(word);
  if (attached) return names.some((name) => abbreviates(word.split('=', 1)[0] ?? '', name)) && attached.test(word);
  return names.some((name) => abbreviates(word, name));
}

/** `-color[=WHEN]`, as all three have it. */
export const COLOR = {
  id: 'color',
  names: ['-color'],
  value: 'always|auto|never',
  attached: /^[^=]*(=(always|auto|never)?)?$/,
  help: 'colours in what is printed',
} as const satisfies GlobalOption;

export const declaredGlobals = (table: readonly GlobalOption[]): readonly DeclaredOption[] =>
  table.map(({ names, value, attached, help }) => ({ names, value, isOptional: attached !== undefined, help }));
